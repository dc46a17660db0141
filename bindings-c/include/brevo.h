/* brevo-native: every operation of the Brevo API, from C.
 *
 * Made by cbindgen from the Rust sources: do not edit; `make header` writes it anew.
 *
 * Rules that hold everywhere:
 * - A function that can fail takes `brevo_error **error`, which may be NULL. It sets *error to NULL
 *   when it succeeds and to a new error when it fails, whatever was there before; the caller frees
 *   that error with brevo_error_free. A function that fails gives NULL.
 * - Handles (client, arguments, reply, error, pages, table, task, queue) are opaque and belong to the
 *   caller, who frees each once with the function named for it, in any order: none needs another to
 *   live on. Every function takes NULL in place of any pointer: where a handle or a text is needed it
 *   then fails or gives its fallback, and freeing NULL does nothing.
 * - `const char *` results belong to a handle and live as long as it does: never free them.
 * - Texts are UTF-8 and end with a NUL; invalid UTF-8 is refused. Texts given to a function are not
 *   kept, and may be freed when it returns.
 * - JSON is read down to a depth of 127. Whole numbers from -2^63 to 2^64-1 keep all their digits.
 * - Every handle but brevo_args may be used by many threads at once; it must not be freed while
 *   another thread uses it. There is no start-up and no shut-down function, and errors are not kept
 *   anywhere but in the error object.
 * - brevo_call, brevo_job and brevo_pages_next wait for Brevo; the functions whose names end in
 *   _async do not. Calls in the background run on threads of this library, which take none of the
 *   program's signals. The library is never unloaded (dlclose keeps it).
 * - After a fork, the child may use its parent's clients, arguments, replies, errors and pages, but
 *   not its tasks, queues and streams; nor a handle that another thread was using at the moment of the
 *   fork.
 */

#ifndef BREVO_H
#define BREVO_H

#include <stddef.h>

/* A compiler without this header declares uint8_t, int64_t and the like first, and BREVO_NO_STDINT. */
#ifndef BREVO_NO_STDINT
#include <stdint.h>
#endif

/** Version that this header belongs to; compare with brevo_version(). */
#define BREVO_VERSION "0.1.0"
#define BREVO_VERSION_MAJOR 0
#define BREVO_VERSION_MINOR 1
#define BREVO_VERSION_PATCH 0

/** Binary interface that this header belongs to; compare with brevo_abi_version(). */
#define BREVO_ABI_VERSION 0

/* Of the Arrow C stream interface; a program that uses it has it from there. */
struct ArrowArrayStream;


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
 * "/to/-/email" an object, whose other keys are then set by its index ("/to/0/name"). A pointer has at
 * most 127 parts.
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
 * The pages of an operation that lists, or of the rows of an export. Owned by the caller; outlives the client that made it.
 * Threads that share it take turns. While the program works on a page, the next one is fetched in
 * the background.
 */
typedef struct brevo_pages brevo_pages;

/**
 * Where callbacks wait until the program runs them, on a thread of its choice: for event loops
 * (select, poll, libuv, GLib, Qt) and programs of one thread. Owned by the caller, who frees it with
 * brevo_queue_free. May be used by many threads at once; belongs to the process that made it.
 *
 * The loop watches brevo_queue_descriptor for reading and then calls brevo_queue_run(queue, 0).
 * Without a loop: `while (brevo_queue_pending(queue)) brevo_queue_run(queue, -1);`
 */
typedef struct brevo_queue brevo_queue;

/**
 * What came back. Owned by the caller once handed out; never changes, and may be read from
 * several threads. Every text that belongs to it lives until brevo_reply_free.
 *
 * Values are addressed by JSON pointer (RFC 6901): "/id", "/contacts/0/attributes/FIRSTNAME"; the
 * empty text or NULL is the whole body. In a key, "~1" stands for "/" and "~0" for "~".
 */
typedef struct brevo_reply brevo_reply;

/**
 * What is known of rows that are read as columns, beside the rows. Owned by the caller. The stream does not
 * need it, nor it the stream.
 */
typedef struct brevo_table brevo_table;

/**
 * An asynchronous call. Owned by the caller, who frees it at any time with brevo_task_free: the call
 * goes on without it. May be used by many threads at once. Belongs to the process that made it: after
 * a fork the child can only free it.
 */
typedef struct brevo_task brevo_task;

/**
 * How far a job has come. What is not known is below 0. A later version of this library may add
 * fields at the end, and then gives a larger `size`: it and its text are valid only during the callback.
 */
typedef struct {
    /**
     * Bytes of this structure: fields that end behind them are not there.
     */
    size_t size;
    /**
     * What is being done, in one word ("read", "send", "wait", "write"). Never NULL.
     */
    const char *stage;
    /**
     * Units done.
     */
    uint64_t done;
    /**
     * All units.
     */
    int64_t total;
    /**
     * Bytes of the source read.
     */
    int64_t bytes;
    /**
     * All bytes of the source.
     */
    int64_t total_bytes;
    /**
     * Units done in a second, on average.
     */
    double rate;
    /**
     * Seconds that the rest takes at this rate.
     */
    double remaining;
} brevo_progress;

/**
 * Called now and then during a job, on the thread that called brevo_job, or for brevo_job_async on
 * the thread of `done` and before it. Give 0 to go on, anything else to stop the job soon, which then
 * fails with BREVO_KIND_CANCELLED. No exception may leave the callback, nor longjmp. During brevo_job
 * it must not call the API.
 */
typedef int (*brevo_on_progress)(const brevo_progress *progress, void *user_data);

/**
 * Called by brevo_job_rows for each row that the job reads, on the thread that called it; for
 * brevo_job_rows_async on the thread of `done` and before it. Sets *row, which is NULL before, to the
 * next row: the JSON text of an object. Leaves it NULL behind the last row, and is not called again
 * then. The text stays the program's, and must not change until the callback is called again or the
 * job is over. Give 0 to go on, anything else to stop the job, which then fails with
 * BREVO_KIND_CANCELLED when what was on its way has come to its end. The callback may call any
 * function of this library, but not wait for its own job. No exception may leave it, nor longjmp.
 */
typedef int (*brevo_rows)(const char **row, void *user_data);

/**
 * Called once for each asynchronous call, when it is over. The callback owns what it is given and
 * frees it (brevo_reply_free, brevo_error_free): a reply where the call succeeded, else an error;
 * neither behind the last page of brevo_pages_next_async. `user_data` is handed over as it is. No
 * exception may leave the callback, nor longjmp.
 */
typedef void (*brevo_done)(brevo_reply *reply, brevo_error *error, void *user_data);

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
 * Begins to read what brevo_iterate_with reads, as columns: the entries of an operation that lists, or the rows
 * of an export. `options` may be NULL. *stream becomes a stream of the Arrow C stream interface, whatever was
 * there before; arrow, nanoarrow, duckdb, polars and others take it as it is, and copy nothing. The account's
 * columns are asked for at once, each page when the stream is asked for the next array; the page behind it is
 * fetched in the background.
 *
 * The program releases the stream as the interface says, also after the client is freed. A stream that failed
 * gives EIO, and its get_last_error the text of the error. It is for one thread at a time. After a fork the
 * child can only release it.
 *
 * The caller owns the table and frees it with brevo_table_free at any time. NULL when it fails: the stream's
 * release is NULL then.
 */
brevo_table *brevo_arrow(const brevo_client *client,
                         const char *operation,
                         const char *arguments,
                         const char *options,
                         struct ArrowArrayStream *stream,
                         brevo_error **error);

/**
 * How many values of a column did not fit its type in what was read so far; they are null there. Of all columns
 * where `column` is NULL.
 */
uint64_t brevo_table_unfit(const brevo_table *table,
                           const char *column);

/**
 * The error that ended the stream before its end; NULL where none did so far. Belongs to the table.
 */
const brevo_error *brevo_table_error(const brevo_table *table);

/**
 * Frees a table. NULL is allowed.
 */
void brevo_table_free(brevo_table *table);

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
 * `on_progress` may be NULL; `user_data` is handed to it as it is. The result is read like a reply,
 * with the status 0; the caller owns it and frees it with brevo_reply_free. NULL when it fails.
 */
brevo_reply *brevo_job(const brevo_client *client,
                       const char *job,
                       const char *arguments,
                       brevo_on_progress on_progress,
                       void *user_data,
                       brevo_error **error);

/**
 * As brevo_job, for a job that reads rows (contacts.import_file and its like), which `rows` gives one by
 * one in place of a file: `{"email": "ada@example.com", "FIRSTNAME": "Ada"}`. `arguments` then names no
 * path. Sending goes on while the callback makes the next rows. `user_data` is handed to both
 * callbacks as it is. The caller owns the result and frees it with brevo_reply_free. NULL when it fails.
 */
brevo_reply *brevo_job_rows(const brevo_client *client,
                            const char *job,
                            const char *arguments,
                            brevo_rows rows,
                            brevo_on_progress on_progress,
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
 * with name, wire, type, required, doc and limits), output, pages (whether brevo_iterate takes it),
 * and for an operation method, path and deprecated. Read like a reply, with the status 0; the caller frees it with
 * brevo_reply_free. NULL when there is no such operation.
 */
brevo_reply *brevo_operation_describe(const char *operation,
                                      brevo_error **error);

/**
 * Prepares to read all pages of an operation that lists, such as "contacts.get_contacts". Sends
 * nothing yet. `arguments` as for brevo_call; a limit among them is the size of a page, an offset
 * the start. Of an export, such as "contacts.export_list", the pages are the rows that it would write,
 * and no file is written. The caller frees the pages with brevo_pages_free. NULL when it fails.
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
 * when it fails; after a failure the next call asks for the same page again, but the rows of an export
 * have ended. The caller owns the
 * reply and frees it with brevo_reply_free.
 */
brevo_reply *brevo_pages_next(const brevo_pages *pages,
                              brevo_error **error);

/**
 * JSON pointer to the array of entries in every page: "/contacts"; empty where the page itself is
 * the array, as with the rows of an export. Never NULL; belongs to the pages.
 */
const char *brevo_pages_items(const brevo_pages *pages);

/**
 * Frees pages. NULL is allowed.
 */
void brevo_pages_free(brevo_pages *pages);

/**
 * To be given as the `on_progress` of a job, with any user_data: shows on the error output how far the job
 * is, with rows, bytes, rate and remaining time. On a terminal it draws a bar for each stage, elsewhere
 * it writes a line now and then. Called by a program itself, it writes a line where `size` is
 * that of the structure, and gives 0.
 */
int brevo_progress_bar(const brevo_progress *progress,
                       void *user_data);

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

/**
 * Begins an operation and returns at once; `operation`, `arguments` and `options` (which may be NULL)
 * are those of brevo_call_with. What comes of it is told in one of three ways:
 *
 * - `done` and no `queue`: `done` is called on a background thread of this library, which is the same
 *   for all such calls, so that they come one after the other. It may come before this function
 *   returns. It may call any function of this library, also those that wait.
 * - `done` and a `queue`: `done` is called by brevo_queue_run, brevo_task_wait or brevo_queue_free, on
 *   the thread that calls those, and never by this function.
 * - `done` is NULL: brevo_task_result gives it.
 *
 * `done` is called exactly once, also when the call is cancelled and when the task, the client or the
 * queue is freed, but never when this function gives NULL. So it is the place to free `user_data`.
 * The client may be freed while the call is under way. The caller owns the task and frees it with
 * brevo_task_free. NULL when it fails: also when the arguments are refused, since nothing is sent then.
 */
brevo_task *brevo_call_async(const brevo_client *client,
                             const char *operation,
                             const char *arguments,
                             const char *options,
                             const brevo_queue *queue,
                             brevo_done done,
                             void *user_data,
                             brevo_error **error);

/**
 * Begins a job and returns at once; as brevo_call_async, with the arguments of brevo_job, but what is
 * wrong with them is told by `done`. `on_progress` (which may be NULL) is called on the same thread
 * as `done`, and before it.
 */
brevo_task *brevo_job_async(const brevo_client *client,
                            const char *job,
                            const char *arguments,
                            const brevo_queue *queue,
                            brevo_on_progress on_progress,
                            brevo_done done,
                            void *user_data,
                            brevo_error **error);

/**
 * As brevo_job_async, for a job that reads rows, which `rows` gives in place of a file; see brevo_job_rows.
 * `rows` is called when the job wants some, for as many as make a piece to be sent, but not for much longer than
 * 50 milliseconds at a time; a program that waits for its rows holds up the other callbacks of that thread.
 */
brevo_task *brevo_job_rows_async(const brevo_client *client,
                                 const char *job,
                                 const char *arguments,
                                 brevo_rows rows,
                                 const brevo_queue *queue,
                                 brevo_on_progress on_progress,
                                 brevo_done done,
                                 void *user_data,
                                 brevo_error **error);

/**
 * Begins to fetch the next page and returns at once; as brevo_call_async and brevo_pages_next. `done`
 * gets neither reply nor error behind the last page. Pages that are asked for at the same time come
 * one after the other. The pages may be freed while one is under way.
 */
brevo_task *brevo_pages_next_async(const brevo_pages *pages,
                                   const brevo_queue *queue,
                                   brevo_done done,
                                   void *user_data,
                                   brevo_error **error);

/**
 * Asks a call to end. Its outcome is then BREVO_KIND_CANCELLED, unless it had come before; it is told
 * as always. Whether Brevo has carried out a cancelled call is not known. Does not wait.
 */
void brevo_task_cancel(const brevo_task *task);

/**
 * Waits until the call is over and its callback has returned, but at most so many seconds: 0 to only
 * look, below 0 to wait as long as it takes. Gives 1 then, else 0. A call with a queue is not told
 * unless somebody runs the queue; so this function runs its callbacks while it waits. Inside the
 * call's own callback it gives 0 at once.
 */
int brevo_task_wait(const brevo_task *task,
                    double seconds);

/**
 * Waits for the end of a call without a callback and gives its reply, once. The caller owns the reply
 * and frees it with brevo_reply_free. NULL when the call failed, when it has a callback, and when the
 * reply has been given before; *error says which. NULL without an error behind the last page.
 */
brevo_reply *brevo_task_result(const brevo_task *task,
                               brevo_error **error);

/**
 * Frees a task; its call goes on, and its callback is called when it is over. NULL is allowed.
 */
void brevo_task_free(brevo_task *task);

/**
 * Makes a queue. The caller owns it and frees it with brevo_queue_free. NULL when it fails.
 */
brevo_queue *brevo_queue_new(brevo_error **error);

/**
 * File descriptor that is readable as long as callbacks wait to be run: for select, poll, epoll and
 * the like. Never read it or close it; it lives as long as the queue. -1 where the system has none.
 */
int brevo_queue_descriptor(const brevo_queue *queue);

/**
 * Runs the callbacks that wait, on this thread; where none does, waits for one, but at most so many
 * seconds: 0 to not wait, below 0 to wait as long as calls are pending. Gives how many callbacks it
 * ran, those of progress among them. A callback may call any function of this library.
 */
size_t brevo_queue_run(const brevo_queue *queue, double seconds);

/**
 * Number of calls of the queue whose `done` has not returned yet.
 */
size_t brevo_queue_pending(const brevo_queue *queue);

/**
 * Frees a queue. Calls that are pending are cancelled, and their callbacks run on this thread before
 * it returns. Allowed inside a callback of the queue. NULL is allowed.
 */
void brevo_queue_free(brevo_queue *queue);

#ifdef __cplusplus
}
#endif

#endif  /* BREVO_H */

/* One documented helper for each operation; define BREVO_NO_OPERATIONS to leave them out. */
#ifndef BREVO_NO_OPERATIONS
#include "brevo_operations.h"
#endif
