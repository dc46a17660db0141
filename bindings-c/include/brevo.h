/* brevo-native: every operation of the Brevo API, from C.
 *
 * Made by cbindgen from the Rust sources: do not edit; `make header` writes it anew.
 *
 * Rules that hold everywhere:
 * - A function that can fail takes `brevo_error **error`, which may be NULL. It sets *error to NULL
 *   when it succeeds and to a new error when it fails, whatever was there before; the caller frees
 *   that error with brevo_error_free. A function that fails gives NULL.
 * - Handles (client, arguments, reply, error, pages) belong to the caller, who frees each once with the
 *   function named for it. Every function takes NULL in place of any pointer: where a handle or a
 *   text is needed it then fails or gives its fallback, and freeing NULL does nothing.
 * - `const char *` results belong to a handle and live as long as it does: never free them.
 * - Texts are UTF-8 and end with a NUL; invalid UTF-8 is refused. Texts given to a function are not
 *   kept.
 * - Calls block. Clients, replies and errors may be used by many threads at once; a handle must not
 *   be freed while another thread uses it. There is no start-up and no shut-down function.
 */

#ifndef BREVO_H
#define BREVO_H

#include <stddef.h>
#include <stdint.h>

/** Version that this header belongs to; compare with brevo_version(). */
#define BREVO_VERSION "0.1.0"
#define BREVO_VERSION_MAJOR 0
#define BREVO_VERSION_MINOR 1
#define BREVO_VERSION_PATCH 0

/** Binary interface that this header belongs to; compare with brevo_abi_version(). */
#define BREVO_ABI_VERSION 0


/**
 * What went wrong. The numbers never change; new ones may be added, so keep a default branch.
 */
typedef enum {
    /**
     * No error.
     */
    BREVO_KIND_NONE = 0,
    /**
     * The client cannot be made or used as configured: no key, a key of the wrong kind, a bad URL.
     */
    BREVO_KIND_CONFIGURATION = 1,
    /**
     * An argument was refused before anything was sent.
     */
    BREVO_KIND_INVALID_ARGUMENT = 2,
    /**
     * No connection, or it broke.
     */
    BREVO_KIND_CONNECTION = 3,
    /**
     * No answer within the time allowed.
     */
    BREVO_KIND_TIMEOUT = 4,
    /**
     * The caller gave up on the call.
     */
    BREVO_KIND_CANCELLED = 5,
    /**
     * A success whose body is not what the operation promises. The body is kept.
     */
    BREVO_KIND_DECODE = 6,
    /**
     * A local file could not be read or written.
     */
    BREVO_KIND_IO = 7,
    /**
     * Brevo refused the request (400, 405, 406, 415, 417, 422 and other statuses below 500).
     */
    BREVO_KIND_BAD_REQUEST = 20,
    /**
     * The API key or token is missing, wrong, expired or revoked (401).
     */
    BREVO_KIND_UNAUTHORIZED = 21,
    /**
     * The key is right but this machine's address is not authorised (401).
     */
    BREVO_KIND_IP_NOT_AUTHORIZED = 22,
    /**
     * The account is not activated or still under validation (403).
     */
    BREVO_KIND_ACCOUNT_NOT_ACTIVATED = 23,
    /**
     * The credits are used up (402).
     */
    BREVO_KIND_NO_CREDITS = 24,
    /**
     * The account or key may not do this (403).
     */
    BREVO_KIND_PERMISSION_DENIED = 25,
    /**
     * There is no such thing (404).
     */
    BREVO_KIND_NOT_FOUND = 26,
    /**
     * It exists already; the duplicate identifiers may name the keys that clash.
     */
    BREVO_KIND_DUPLICATE = 27,
    /**
     * The state of the thing does not allow it now (409, 412, 424, 425).
     */
    BREVO_KIND_CONFLICT = 28,
    /**
     * Too many calls (429); the retry-after time says when to come back.
     */
    BREVO_KIND_RATE_LIMITED = 29,
    /**
     * Brevo failed (5xx).
     */
    BREVO_KIND_SERVER = 30,
    /**
     * A defect of this library; please report it.
     */
    BREVO_KIND_INTERNAL = 99
} brevo_kind;

/**
 * Type of a JSON value.
 */
typedef enum {
    /**
     * There is no such value.
     */
    BREVO_TYPE_MISSING = 0,
    /**
     * null.
     */
    BREVO_TYPE_NULL = 1,
    /**
     * true or false.
     */
    BREVO_TYPE_BOOLEAN = 2,
    /**
     * Whole number that fits brevo_reply_int.
     */
    BREVO_TYPE_INTEGER = 3,
    /**
     * Any other number.
     */
    BREVO_TYPE_NUMBER = 4,
    /**
     * Text.
     */
    BREVO_TYPE_STRING = 5,
    /**
     * Array.
     */
    BREVO_TYPE_ARRAY = 6,
    /**
     * Object.
     */
    BREVO_TYPE_OBJECT = 7
} brevo_type;

/**
 * Arguments under construction: a JSON object whose values are set by JSON pointer. For one thread
 * at a time.
 *
 * "/email" sets a key, "/attributes/FIRSTNAME" one below it; what is missing on the way is made.
 * "-" stands for the place behind the last entry of an array: "/list_ids/-" appends a value,
 * "/to/-/email" an object, whose other keys are then set by its index ("/to/0/name").
 */
typedef struct brevo_args brevo_args;

/**
 * Connection to one account. May be used by many threads at once. Free it only when no other
 * thread uses it; replies, errors and pages made with it stay valid.
 */
typedef struct brevo_client brevo_client;

/**
 * What went wrong with a call. Owned by the caller once handed out; never changes, and may be
 * read from several threads. Every text that belongs to it lives until brevo_error_free.
 */
typedef struct brevo_error brevo_error;

/**
 * The pages of an operation that lists. Owned by the caller; outlives the client that made it.
 * Threads that share it take turns.
 */
typedef struct brevo_pages brevo_pages;

/**
 * What came back. Owned by the caller once handed out; never changes, and may be read from
 * several threads. Every text that belongs to it lives until brevo_reply_free.
 *
 * Values are addressed by JSON pointer (RFC 6901): "/id", "/contacts/0/attributes/FIRSTNAME"; the
 * empty text or NULL is the whole body. In a key, "~1" stands for "/" and "~0" for "~".
 */
typedef struct brevo_reply brevo_reply;

/**
 * Called now and then during a job, on the thread that called brevo_job. `stage` says in one word
 * what is being done and is valid only during the callback; `total` is below 0 where it is not
 * known. Give 0 to go on, anything else to stop the job soon, which then fails with
 * BREVO_KIND_CANCELLED. The callback must not call the API, and no exception may leave it.
 */
typedef int (*brevo_progress)(const char *stage, uint64_t done, int64_t total, void *user_data);

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Version of the library in use, such as "0.1.0". Lives for ever; do not free.
 */
const char *brevo_version(void);

/**
 * Version of the binary interface of the library in use; compare with BREVO_ABI_VERSION, which is
 * that of the header. Where they differ, the program was built for another library.
 */
uint32_t brevo_abi_version(void);

/**
 * Makes empty arguments. The caller owns them and frees them with brevo_args_free.
 */
brevo_args *brevo_args_new(void);

/**
 * Frees arguments. NULL is allowed.
 */
void brevo_args_free(brevo_args *args);

/**
 * The arguments as JSON text, for brevo_call and the like. Belongs to the arguments and lives until
 * the next change. If any value was refused, the text is made so that a call with it fails, rather
 * than leaving the value out. Never NULL.
 */
const char *brevo_args_text(brevo_args *args);

/**
 * Sets a text. All setters give 1, or 0 where the pointer leads nowhere or the value is NULL or
 * not valid UTF-8.
 */
int brevo_args_set_string(brevo_args *args, const char *pointer, const char *value);

/**
 * Sets a whole number.
 */
int brevo_args_set_int(brevo_args *args, const char *pointer, int64_t value);

/**
 * Sets a number; infinities and NaN are refused.
 */
int brevo_args_set_double(brevo_args *args, const char *pointer, double value);

/**
 * Sets true (anything but 0) or false.
 */
int brevo_args_set_bool(brevo_args *args, const char *pointer, int value);

/**
 * Sets any value given as JSON text.
 */
int brevo_args_set_json(brevo_args *args, const char *pointer, const char *value);

/**
 * Sets bytes, as base64: the content of an attachment ("/attachment/0/content") or of a file
 * ("/file/content", beside "/file/name").
 */
int brevo_args_set_bytes(brevo_args *args,
                         const char *pointer,
                         const uint8_t *value,
                         size_t length);

/**
 * Makes a client. `settings` is a JSON object, or NULL to take everything from the environment
 * (BREVO_API_KEY, BREVO_API_KEY_FILE, BREVO_API_URL, ...). Keys: api_key, api_key_file, keyring,
 * partner_key, client_id, client_secret, scope, base_url, timeout, connect_timeout, max_retries,
 * max_wait (seconds), pacing, proxy, ca_file, client_certificate_file, user_agent. Sends nothing.
 * The caller owns the client and frees it with brevo_client_free. NULL when it fails.
 */
brevo_client *brevo_client_new(const char *settings, brevo_error **error);

/**
 * Frees a client. NULL is allowed.
 */
void brevo_client_free(brevo_client *client);

/**
 * One line about the client, without secrets, for a log. Never NULL; belongs to the client.
 */
const char *brevo_client_describe(const brevo_client *client);

/**
 * Carries out an operation, such as "contacts.create_contact", and waits for the reply.
 * `arguments` is a JSON object with the names of the reference or of the API; NULL where there are
 * none. The caller owns the reply and frees it with brevo_reply_free. NULL when it fails.
 */
brevo_reply *brevo_call(const brevo_client *client,
                        const char *operation,
                        const char *arguments,
                        brevo_error **error);

/**
 * As brevo_call, with options for this call: a JSON object with the keys timeout (seconds),
 * max_retries, idempotency_key, headers (object), extra (object: fields sent unchecked).
 */
brevo_reply *brevo_call_with(const brevo_client *client,
                             const char *operation,
                             const char *arguments,
                             const char *options,
                             brevo_error **error);

/**
 * Carries out a job of several calls, such as "contacts.import_file", and waits for its end.
 * `progress` may be NULL; `user_data` is handed to it as it is. The result is read like a reply,
 * with the status 0; the caller owns it and frees it with brevo_reply_free. NULL when it fails.
 */
brevo_reply *brevo_job(const brevo_client *client,
                       const char *job,
                       const char *arguments,
                       brevo_progress progress,
                       void *user_data,
                       brevo_error **error);

/**
 * Frees an error and every text that belongs to it. NULL is allowed.
 */
void brevo_error_free(brevo_error *error);

/**
 * What went wrong: one of enum brevo_kind. BREVO_KIND_NONE for NULL.
 */
int brevo_error_kind(const brevo_error *error);

/**
 * Name of the kind, such as "not_found". Never NULL; belongs to the error.
 */
const char *brevo_error_kind_name(const brevo_error *error);

/**
 * HTTP status; 0 where there was no answer.
 */
int brevo_error_status(const brevo_error *error);

/**
 * Brevo's code, such as "document_not_found"; empty where there is none. Never NULL; belongs to
 * the error.
 */
const char *brevo_error_code(const brevo_error *error);

/**
 * One sentence: Brevo's own where it answered. Never NULL; belongs to the error.
 */
const char *brevo_error_message(const brevo_error *error);

/**
 * Argument that was refused, as a path such as "recipients.listIds[0]"; empty where none was.
 * Never NULL; belongs to the error.
 */
const char *brevo_error_parameter(const brevo_error *error);

/**
 * Operation that failed, such as "contacts.create_contact"; empty where it is not known. Never
 * NULL; belongs to the error.
 */
const char *brevo_error_operation(const brevo_error *error);

/**
 * What to do next, in one line. Never NULL; belongs to the error.
 */
const char *brevo_error_advice(const brevo_error *error);

/**
 * Everything in one line, for a log. Never NULL, never holds a key; belongs to the error.
 */
const char *brevo_error_text(const brevo_error *error);

/**
 * Body of the answer as it came, ended by a NUL that `length` (which may be NULL) does not count.
 * Empty where there was no answer. Never NULL; belongs to the error.
 */
const char *brevo_error_body(const brevo_error *error, size_t *length);

/**
 * Header of the answer, by its name in any case; NULL where it is missing. Belongs to the error.
 */
const char *brevo_error_header(const brevo_error *error, const char *name);

/**
 * Seconds until a repeat makes sense; below 0 where that is not known.
 */
double brevo_error_retry_after(const brevo_error *error);

/**
 * How many times the request was sent.
 */
uint32_t brevo_error_attempts(const brevo_error *error);

/**
 * Number of identifiers that clash with another contact.
 */
size_t brevo_error_duplicate_identifiers_count(const brevo_error *error);

/**
 * Identifier that clashes ("email", "SMS", "EXT_ID", ...), counted from 0; NULL beyond the last.
 * Belongs to the error.
 */
const char *brevo_error_duplicate_identifiers_get(const brevo_error *error, size_t index);

/**
 * Number of operations.
 */
size_t brevo_operation_count(void);

/**
 * Name of an operation, counted from 0; NULL beyond the last. Lives for ever; do not free.
 */
const char *brevo_operation_at(size_t index);

/**
 * Number of jobs.
 */
size_t brevo_job_count(void);

/**
 * Name of a job, counted from 0; NULL beyond the last. Lives for ever; do not free.
 */
const char *brevo_job_at(size_t index);

/**
 * Describes an operation or a job: an object with name, summary, doc, parameters (array of objects
 * with name, wire, type, required, doc and limits), output, and for an operation method, path,
 * pages and deprecated. Read like a reply, with the status 0; the caller frees it with
 * brevo_reply_free. NULL when there is no such operation.
 */
brevo_reply *brevo_operation_describe(const char *operation, brevo_error **error);

/**
 * Prepares to read all pages of an operation that lists, such as "contacts.get_contacts". Sends
 * nothing yet. `arguments` as for brevo_call; a limit among them is the size of a page, an offset
 * the start. The caller frees the pages with brevo_pages_free. NULL when it fails.
 */
brevo_pages *brevo_iterate(const brevo_client *client,
                           const char *operation,
                           const char *arguments,
                           brevo_error **error);

/**
 * As brevo_iterate, with options for each call, as for brevo_call_with.
 */
brevo_pages *brevo_iterate_with(const brevo_client *client,
                                const char *operation,
                                const char *arguments,
                                const char *options,
                                brevo_error **error);

/**
 * Fetches the next page and waits for it. NULL behind the last page, with *error set to NULL, and
 * when it fails; after a failure the next call asks for the same page again. The caller owns the
 * reply and frees it with brevo_reply_free.
 */
brevo_reply *brevo_pages_next(const brevo_pages *pages, brevo_error **error);

/**
 * JSON pointer to the array of entries in every page: "/contacts"; empty where the page itself is
 * the array. Never NULL; belongs to the pages.
 */
const char *brevo_pages_items(const brevo_pages *pages);

/**
 * Frees pages. NULL is allowed.
 */
void brevo_pages_free(brevo_pages *pages);

/**
 * Frees a reply and every text that belongs to it. NULL is allowed.
 */
void brevo_reply_free(brevo_reply *reply);

/**
 * HTTP status; 0 for NULL and for the result of a job.
 */
int brevo_reply_status(const brevo_reply *reply);

/**
 * How many times the request was sent for this reply.
 */
uint32_t brevo_reply_attempts(const brevo_reply *reply);

/**
 * Body as it came, ended by a NUL that `length` (which may be NULL) does not count. It may hold
 * NULs itself where the operation gives bytes. Never NULL; belongs to the reply.
 */
const char *brevo_reply_body(const brevo_reply *reply, size_t *length);

/**
 * Header, by its name in any case; NULL where it is missing. Belongs to the reply.
 */
const char *brevo_reply_header(const brevo_reply *reply, const char *name);

/**
 * Type of a value: one of enum brevo_type. BREVO_TYPE_MISSING where there is none.
 */
int brevo_reply_type(const brevo_reply *reply, const char *pointer);

/**
 * Text of a value; a number or boolean as JSON writes it. NULL where there is none, and for null,
 * arrays and objects. U+0000 inside becomes U+FFFD. Belongs to the reply.
 */
const char *brevo_reply_string(const brevo_reply *reply, const char *pointer);

/**
 * Whole number; `fallback` where there is none, or it does not fit.
 */
int64_t brevo_reply_int(const brevo_reply *reply, const char *pointer, int64_t fallback);

/**
 * Number; `fallback` where there is none.
 */
double brevo_reply_double(const brevo_reply *reply, const char *pointer, double fallback);

/**
 * 1 for true, 0 for false; `fallback` where there is no boolean.
 */
int brevo_reply_bool(const brevo_reply *reply, const char *pointer, int fallback);

/**
 * Number of entries of an array or of keys of an object; 0 for anything else.
 */
size_t brevo_reply_count(const brevo_reply *reply, const char *pointer);

/**
 * Key of an object, counted from 0 in the order of the body; NULL beyond the last, and for anything
 * but objects. Belongs to the reply.
 */
const char *brevo_reply_key(const brevo_reply *reply, const char *pointer, size_t index);

/**
 * JSON text of a value with all that is below it; NULL where there is none. Belongs to the reply.
 */
const char *brevo_reply_json(const brevo_reply *reply, const char *pointer);

#ifdef __cplusplus
}
#endif

#endif  /* BREVO_H */

/* One documented helper for each operation. C89 has no inline functions: use brevo_call there. */
#if !defined(BREVO_NO_OPERATIONS) && (defined(__cplusplus) || __STDC_VERSION__ >= 199901L)
#include "brevo_operations.h"
#endif
