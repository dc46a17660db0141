import brevo from './index.js'

export const {
  Brevo,
  version,
  BrevoError,
  ConfigurationError,
  InvalidArgumentError,
  ConnectionError,
  TimeoutError,
  CancelledError,
  DecodeError,
  IoError,
  BadRequestError,
  UnauthorizedError,
  IpNotAuthorizedError,
  AccountNotActivatedError,
  NoCreditsError,
  PermissionDeniedError,
  NotFoundError,
  DuplicateError,
  ConflictError,
  RateLimitedError,
  ServerError
} = brevo
