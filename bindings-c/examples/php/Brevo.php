<?php

declare(strict_types=1);

/**
 * brevo-native for PHP 8.1 and later, by FFI. Arguments and replies are arrays, with texts in UTF-8; failures are thrown.
 *
 * FFI is allowed on the command line by default; in a web server set `ffi.enable=true`, or preload this file with
 * `opcache.preload` (the default setting of `ffi.enable` is `preload`).
 *
 * A PHP string holds its length, may hold NULs and has no encoding: JSON between PHP and the library settles all three,
 * because json_encode refuses what is not UTF-8 and escapes NULs. FFI hands strings to a `const char *` argument as
 * they are, ended by a NUL. A `const char *` result becomes a PHP string, copied, so that it may be freed at once.
 */
final class Brevo
{
    /** What is used of <brevo.h>; FFI reads declarations, but no preprocessor's lines. */
    public const DECLARATIONS = <<<'C'
        typedef struct brevo_client brevo_client;
        typedef struct brevo_error brevo_error;
        typedef struct brevo_pages brevo_pages;
        typedef struct brevo_reply brevo_reply;
        typedef int (*brevo_on_progress)(const void *progress, void *user_data);
        uint32_t brevo_abi_version(void);
        brevo_client *brevo_client_new(const char *settings, brevo_error **error);
        void brevo_client_free(brevo_client *client);
        brevo_reply *brevo_call(const brevo_client *client, const char *operation, const char *arguments, brevo_error **error);
        brevo_reply *brevo_job(const brevo_client *client, const char *job, const char *arguments,
                               brevo_on_progress on_progress, void *user_data, brevo_error **error);
        brevo_pages *brevo_iterate(const brevo_client *client, const char *operation, const char *arguments,
                                   brevo_error **error);
        brevo_reply *brevo_pages_next(const brevo_pages *pages, brevo_error **error);
        const char *brevo_pages_items(const brevo_pages *pages);
        void brevo_pages_free(brevo_pages *pages);
        const char *brevo_reply_json(const brevo_reply *reply, const char *pointer);
        void brevo_reply_free(brevo_reply *reply);
        const char *brevo_error_kind_name(const brevo_error *error);
        int brevo_error_status(const brevo_error *error);
        const char *brevo_error_code(const brevo_error *error);
        const char *brevo_error_message(const brevo_error *error);
        const char *brevo_error_operation(const brevo_error *error);
        const char *brevo_error_advice(const brevo_error *error);
        const char *brevo_error_text(const brevo_error *error);
        void brevo_error_free(brevo_error *error);
        C;
    private const ABI_VERSION = 0;

    private static ?FFI $library = null;
    private FFI\CData $client;

    /** @param array<string, mixed> $settings as for brevo_client_new; what is left out comes from the environment */
    public function __construct(array $settings = [])
    {
        // One for all clients: FFI::cdef parses the declarations each time.
        self::$library ??= self::load();
        $this->client = self::checked('brevo_client_new', self::json($settings));
    }

    public function __destruct()
    {
        if (isset($this->client)) {
            self::$library->brevo_client_free($this->client);
        }
    }

    /** Carries out an operation, such as `contacts.create_contact`; the names in the reply are those of Brevo's API. */
    public function call(string $operation, array $arguments = []): mixed
    {
        return self::decode(self::checked('brevo_call', $this->client, $operation, self::json($arguments)));
    }

    /**
     * Carries out a job of several calls, such as `contacts.import_file`. Its progress is not shown, because FFI never
     * frees what it makes of a PHP function to be called by C.
     */
    public function job(string $job, array $arguments = []): array
    {
        return self::decode(self::checked('brevo_job', $this->client, $job, self::json($arguments), null, null));
    }

    /** @return Generator<int, mixed> all entries of all pages of an operation that lists */
    public function iterate(string $operation, array $arguments = []): Generator
    {
        $pages = self::checked('brevo_iterate', $this->client, $operation, self::json($arguments));
        try {
            $items = self::$library->brevo_pages_items($pages);
            // NULL without an error stands behind the last page.
            while (($page = self::checked('brevo_pages_next', $pages)) !== null) {
                foreach (self::decode($page, $items) as $item) {
                    yield $item;
                }
            }
        } finally { // Also when the caller leaves its loop early.
            self::$library->brevo_pages_free($pages);
        }
    }

    private static function load(): FFI
    {
        $library = FFI::cdef(self::DECLARATIONS, 'libbrevo.so.0');
        if ($library->brevo_abi_version() !== self::ABI_VERSION) {
            throw new RuntimeException('Brevo.php was written for another libbrevo');
        }
        return $library;
    }

    /** Calls a function whose last parameter is `brevo_error **error`. */
    private static function checked(string $function, mixed ...$arguments): ?FFI\CData
    {
        $error = self::$library->new('brevo_error *');
        $result = self::$library->$function(...[...$arguments, FFI::addr($error)]);
        if (!FFI::isNull($error)) {
            try {
                throw new BrevoException(self::$library, $error);
            } finally {
                self::$library->brevo_error_free($error);
            }
        }
        return $result;
    }

    /** An empty array would be `[]` in JSON, where the library takes an object. Below, `(object) []` is an empty object. */
    private static function json(array $arguments): string
    {
        return json_encode((object) $arguments, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
    }

    private static function decode(FFI\CData $reply, string $pointer = ''): mixed
    {
        try {
            $text = self::$library->brevo_reply_json($reply, $pointer);
        } finally {
            self::$library->brevo_reply_free($reply);
        }
        return $text === null ? null : json_decode($text, true, flags: JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
    }
}

/** A call that failed. */
final class BrevoException extends RuntimeException
{
    public readonly string $kind;
    public readonly int $status;
    public readonly string $brevoCode;
    public readonly string $operation;
    public readonly string $advice;

    public function __construct(FFI $library, FFI\CData $error)
    {
        parent::__construct($library->brevo_error_message($error));
        $this->kind = $library->brevo_error_kind_name($error);
        $this->status = $library->brevo_error_status($error);
        $this->brevoCode = $library->brevo_error_code($error);
        $this->operation = $library->brevo_error_operation($error);
        $this->advice = $library->brevo_error_advice($error);
    }
}
