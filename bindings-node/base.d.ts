// Written by hand: everything that does not depend on the operation table. `index.d.ts` and
// `types.d.ts` are generated (core/facades), import from here and export all of this.

/** Settings of a client. What is left out is taken from the environment (`BREVO_API_KEY`, ...). */
export interface Settings {
  /** API key, beginning with `xkeysib-`; else `BREVO_API_KEY`. */
  apiKey?: string
  /** File that holds nothing but the API key and that only its owner may read; else `BREVO_API_KEY_FILE`. */
  apiKeyFile?: string
  /** Whether to look for the key in the system's keyring; else `BREVO_KEYRING=1`. */
  keyring?: boolean
  /** Key of a reseller, sent beside the API key; else `BREVO_PARTNER_KEY`. */
  partnerKey?: string
  /** Client id of an OAuth app for machines, instead of an API key; else `BREVO_CLIENT_ID`. */
  clientId?: string
  /** Client secret of that app; else `BREVO_CLIENT_SECRET`. */
  clientSecret?: string
  /** Scopes to ask for, separated by spaces; all that the app was granted when left out. */
  scope?: string
  /** Address of the API: https, or plain http to this machine only; else `BREVO_API_URL`, else Brevo's own. */
  baseUrl?: string
  /** Seconds for a whole call with its repeats; 60 by default. */
  timeout?: number
  /** Seconds for making a connection; 10 by default. */
  connectTimeout?: number
  /** Repeats after the first attempt, where a repeat is safe; 3 by default. */
  maxRetries?: number
  /** Seconds that a call may wait for its turn under the rate limits; 60 by default. */
  maxWait?: number
  /** Whether calls are spaced within the rate limits before Brevo refuses them; true by default. */
  pacing?: boolean
  /** Proxy for all calls, as `http://user:password@host:port`; else the usual environment variables. */
  proxy?: string
  /** PEM file of certificate authorities to trust beside the system's. */
  caFile?: string
  /** PEM file with a client certificate and its key. */
  clientCertificateFile?: string
  /** Name and version of the program, put before ours in `User-Agent`. */
  userAgent?: string
}

/** Options of one call. */
export interface CallOptions {
  /** Seconds for the whole call with its repeats. */
  timeout?: number
  /** Repeats allowed after the first attempt. */
  maxRetries?: number
  /** Idempotency key of a transactional e-mail; made automatically where absent. */
  idempotencyKey?: string
  /** Headers added to the request. */
  headers?: Record<string, string>
  /** Fields added to the body, or to the query where there is no body, unchecked. */
  extra?: Record<string, unknown>
  /** Gives up on the call, which then rejects with `CancelledError`. */
  signal?: AbortSignal
}

/** How far a job has come. */
export interface Progress {
  /** What is being done, in one word. */
  stage: string
  /** Units done. */
  done: number
  /** All units, where known. */
  total: number | null
  /** Bytes of the source read, where there is one. */
  bytes?: number
  /** All bytes of the source. */
  totalBytes?: number
  /** Units done in a second, on average. */
  rate?: number
  /** Seconds that the rest takes at this rate. */
  remaining?: number
}

/** Options of a job. */
export interface JobOptions {
  /**
   * Called now and then; what it throws ends the job. `true` shows the progress on the error output: a bar
   * for each stage on a terminal, elsewhere a line now and then.
   */
  onProgress?: boolean | ((progress: Progress) => void)
  /** Gives up on the job, which then rejects with `CancelledError`. */
  signal?: AbortSignal
}

/** What the `x-sib-ratelimit-*` headers say. */
export interface RateLimit {
  /** Calls allowed in the window. */
  limit: number | null
  /** Calls left in the window. */
  remaining: number | null
  /** Seconds until the window starts anew. */
  reset: number | null
}

/** A whole reply. */
export interface RawReply<Body> {
  /** HTTP status. */
  status: number
  /** Header names in lower case; the values of a repeated header joined by commas. */
  headers: Record<string, string>
  /** Decoded body. */
  body: Body
  /** How many times the request was sent for this reply. */
  attempts: number
  /** The account's rate limit, where the reply tells it. */
  rateLimit: RateLimit | null
}

/** Content: bytes, or something that they are read from. Where it is no file, it is sent as base64. */
export type Content =
  | ArrayBufferView
  | ArrayBuffer
  | Blob
  | AsyncIterable<Uint8Array | string>

/**
 * What a job reads: a path as text or `file:` URL; content, CSV or JSON Lines, as bytes or something that they are
 * read from (a `Readable`, a web `ReadableStream`, a `Blob`); rows from anything that can be iterated over, also
 * asynchronously: objects, or record batches of apache-arrow; a table of apache-arrow. It is read as it is needed.
 */
export type Source =
  | string
  | URL
  | Content
  | Iterable<object | string>
  | AsyncIterable<object | string>
  | { readonly schema: { readonly fields: readonly object[] } }

/** A file to send: its path as text or `file:` URL, content, or content with a name. */
export type FileInput =
  | string
  | URL
  | Content
  | { path: string; name?: string }
  /** Content as text is base64. */
  | { name: string; content: Content | string }

/**
 * A file to attach beside what the API itself takes (`{ name, content }`, `{ name, url }`): its path as
 * text or `file:` URL, a web address as URL, or content that knows its name.
 */
export type AttachmentInput =
  | string
  | URL
  | { path: string; name?: string }
  /** Such as a `File`. */
  | (Blob & { readonly name: string })
  /** Such as the stream of `fs.createReadStream`. */
  | (AsyncIterable<Uint8Array | string> & { readonly path: string | Uint8Array })

/**
 * What subscribers of `node:diagnostics_channel` get under `tracing:brevo-native:request:start`, `:end`,
 * `:asyncStart`, `:asyncEnd` and `:error`: one object for each call, filled as it goes on. Pages of `iter`
 * are a call each. It holds neither keys nor what is sent or received.
 */
export interface RequestEvent {
  /** Operation or job, such as `contacts.createContact`. */
  readonly operation: string
  /** Method of HTTP; `undefined` for jobs, which make several requests. */
  readonly method: string | undefined
  /** Path with placeholders, such as `/contacts/{identifier}`; `undefined` for jobs. */
  readonly path: string | undefined
  /** HTTP status, once there is an answer. */
  readonly status?: number | undefined
  /** How many times the request was sent, once it is known. */
  readonly attempts?: number | undefined
  /** The account's rate limit, where the reply tells it. */
  readonly rateLimit?: RateLimit | null
  /** What went wrong. */
  readonly error?: BrevoError
}

/** Parameters may be left out where none is required. */
export type Arguments<Params, Options = CallOptions> = {} extends Params
  ? [params?: Params | null, options?: Options | null]
  : [params: Params, options?: Options | null]

/**
 * An operation. Called, it gives the decoded body. Integers beyond 2^53 in a body are `bigint`, whatever
 * the declared type; all others are `number`.
 */
export interface Operation<Params, Body> {
  (...args: Arguments<Params>): Promise<Body>
  /** The whole reply instead of the body. */
  raw(...args: Arguments<Params>): Promise<RawReply<Body>>
  /** What it does, and its parameters. */
  readonly doc: string
}

/**
 * Rows as columns: an Arrow IPC stream in pieces, as apache-arrow, nodejs-polars and others read it. Nothing is read
 * before it is iterated over; each iteration asks Brevo anew. The next page is fetched while one is used.
 */
export interface Table extends AsyncIterable<Buffer> {
  /** How many values of each column did not fit its type in the last reading. They are null in the rows. */
  readonly unfit: Record<string, number>
  /** What ended the last reading before its end, where something did. It was thrown, too. */
  readonly error: BrevoError | undefined
}

/** An operation that lists. */
export interface ListOperation<Params, Body, Item> extends Operation<Params, Body> {
  /** The entries of all pages; the next page is fetched while those of one are used. */
  iter(...args: Arguments<Params>): AsyncGenerator<Item, void, undefined>
  /** The entries of all pages as columns: those that are documented. */
  arrow(...args: Arguments<Params>): Table
}

/** Several calls that do one thing people want. */
export interface Job<Params, Result> {
  (...args: Arguments<Params, JobOptions>): Promise<Result>
  /** What it does, and its parameters. */
  readonly doc: string
}

/** A job that writes rows to a file, or gives them to the program. */
export interface Export<Params, Result, Row> extends Job<Params, Result> {
  /**
   * The rows that would be written, as objects; no file is. The next page is fetched while the rows of one are
   * used.
   */
  iter(...args: Arguments<Omit<Params, 'path' | 'format' | 'checkpointPath'>, JobOptions>): AsyncGenerator<Row, void, undefined>
  /** The rows that would be written, as columns. */
  arrow(...args: Arguments<Omit<Params, 'path' | 'format' | 'checkpointPath'>, JobOptions>): Table
}

/** What went wrong. */
export type ErrorKind =
  | 'configuration'
  | 'invalid_argument'
  | 'connection'
  | 'timeout'
  | 'cancelled'
  | 'decode'
  | 'io'
  | 'bad_request'
  | 'unauthorized'
  | 'ip_not_authorized'
  | 'account_not_activated'
  | 'no_credits'
  | 'permission_denied'
  | 'not_found'
  | 'duplicate'
  | 'conflict'
  | 'rate_limited'
  | 'server'

/** Root of all errors of this package. The message tells the operation, the parameter and the status as well. */
export class BrevoError extends Error {
  protected constructor()
  /** What went wrong: one kind for each class. */
  readonly kind: ErrorKind
  /** Operation or job that failed, such as `contacts.createContact`. */
  readonly operation: string | undefined
  /** Parameter that was refused, as a path such as `recipients.listIds[0]`. */
  readonly parameter: string | undefined
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined
  /** Brevo's `code`, as it came. */
  readonly code: string | undefined
  /** One sentence: Brevo's own where it answered. */
  readonly reason: string
  /** What to do next, in one line. */
  readonly advice: string
  /** Raw body of the answer, where there was one. */
  readonly body: string | undefined
  /** Headers of the answer, where there was one. */
  readonly headers: Record<string, string> | undefined
  /** Seconds after which a repeat makes sense, where that is known. */
  readonly retryAfter: number | undefined
  /** Identifiers that clash with another contact (`email`, `SMS`, `ext_id`, ...). */
  readonly duplicateIdentifiers: string[]
  /** How many times the request was sent. */
  readonly attempts: number
  /** What led to it, where that is known; the signal's reason of a `CancelledError`. */
  readonly cause?: unknown
}

/** The client cannot be made or used as configured: no key, a key of the wrong kind, a bad URL. */
export class ConfigurationError extends BrevoError { readonly kind: 'configuration' }
/** An argument was refused before anything was sent. */
export class InvalidArgumentError extends BrevoError { readonly kind: 'invalid_argument' }
/** No connection, or it broke. */
export class ConnectionError extends BrevoError { readonly kind: 'connection' }
/** No answer within the time allowed. */
export class TimeoutError extends BrevoError { readonly kind: 'timeout' }
/** The caller gave up on the call. */
export class CancelledError extends BrevoError { readonly kind: 'cancelled' }
/** A success whose body is not what the operation promises. The body is kept. */
export class DecodeError extends BrevoError { readonly kind: 'decode' }
/** A local file could not be read or written. */
export class IoError extends BrevoError { readonly kind: 'io' }
/** Brevo refused the request. */
export class BadRequestError extends BrevoError { readonly kind: 'bad_request' }
/** The API key or token is missing, wrong, expired or revoked. */
export class UnauthorizedError extends BrevoError { readonly kind: 'unauthorized' }
/** The key is right but this machine's address is not authorised. */
export class IpNotAuthorizedError extends BrevoError { readonly kind: 'ip_not_authorized' }
/** The account is not activated or still under validation. */
export class AccountNotActivatedError extends BrevoError { readonly kind: 'account_not_activated' }
/** The credits are used up. */
export class NoCreditsError extends BrevoError { readonly kind: 'no_credits' }
/** The account or key may not do this. */
export class PermissionDeniedError extends BrevoError { readonly kind: 'permission_denied' }
/** There is no such thing. */
export class NotFoundError extends BrevoError { readonly kind: 'not_found' }
/** It exists already; `duplicateIdentifiers` may name the keys that clash. */
export class DuplicateError extends BrevoError { readonly kind: 'duplicate' }
/** The state of the thing does not allow it now. */
export class ConflictError extends BrevoError { readonly kind: 'conflict' }
/** Too many calls; `retryAfter` says when to come back. */
export class RateLimitedError extends BrevoError { readonly kind: 'rate_limited' }
/** Brevo failed. */
export class ServerError extends BrevoError { readonly kind: 'server' }

/** Version of this package. */
export const version: string
