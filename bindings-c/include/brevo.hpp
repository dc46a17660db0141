/* brevo-native: every operation of the Brevo API, from C++11 and later, on top of brevo.h.
 *
 *     brevo::Client client;                    // settings from the environment: BREVO_API_KEY, ...
 *     brevo::Args args;
 *     args.set("/email", "ada@example.com").set("/list_ids/-", 2);
 *     try {
 *         brevo::Reply reply = client.call("contacts.create_contact", args);
 *         std::cout << reply["id"].integer() << '\n';
 *     } catch (const brevo::Error &error) {
 *         std::cerr << error.what() << '\n';   // error.kind() == BREVO_KIND_DUPLICATE, error.advice(), ...
 *     }
 *     for (const brevo::Value &contact : client.iterate("contacts.get_contacts"))
 *         std::cout << contact["email"].string() << '\n';
 *
 * Header only; link with libbrevo. What fails throws brevo::Error. Objects free what they hold; they can be
 * moved, not copied (Error, Json and Value can be copied). A moved-from object may only be assigned to or
 * destroyed. All but Args may be used by many threads at once; Pages and Result by one at a time.
 */
#ifndef BREVO_HPP
#define BREVO_HPP

#include "brevo.h"

#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <iterator>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace brevo {

namespace detail {

struct Free {
    void operator()(brevo_args *handle) const noexcept { brevo_args_free(handle); }
    void operator()(brevo_client *handle) const noexcept { brevo_client_free(handle); }
    void operator()(brevo_error *handle) const noexcept { brevo_error_free(handle); }
    void operator()(brevo_pages *handle) const noexcept { brevo_pages_free(handle); }
    void operator()(brevo_queue *handle) const noexcept { brevo_queue_free(handle); }
    void operator()(brevo_reply *handle) const noexcept { brevo_reply_free(handle); }
    void operator()(brevo_table *handle) const noexcept { brevo_table_free(handle); }
    void operator()(brevo_task *handle) const noexcept { brevo_task_free(handle); }
};

template <class Handle>
using Owned = std::unique_ptr<Handle, Free>;

inline std::string text_of(const char *text) { return text ? std::string(text) : std::string(); }

} // namespace detail

/** Version of the library in use, such as "0.1.0". */
inline std::string version() { return brevo_version(); }

/** Names of all operations. */
inline std::vector<std::string> operations() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < brevo_operation_count(); ++i)
        names.push_back(brevo_operation_at(i));
    return names;
}

/** What went wrong. Copies share one error; `what()` is everything in one line, without keys. */
class Error : public std::runtime_error {
public:
    /** Takes over an error of the C functions. NULL counts as no memory or a library of another version. */
    explicit Error(brevo_error *error)
        : std::runtime_error(error ? brevo_error_text(error) : "no error was told"), error_(error, detail::Free()) {}

    /** What went wrong, to decide by. New kinds may be added. */
    brevo_kind kind() const noexcept { return static_cast<brevo_kind>(brevo_error_kind(error_.get())); }
    /** Name of the kind, such as "not_found". */
    std::string kind_name() const { return brevo_error_kind_name(error_.get()); }
    /** HTTP status; 0 where there was no answer. */
    int status() const noexcept { return brevo_error_status(error_.get()); }
    /** Brevo's code, such as "document_not_found"; empty where there is none. */
    std::string code() const { return brevo_error_code(error_.get()); }
    /** One sentence. */
    std::string message() const { return brevo_error_message(error_.get()); }
    /** What to do next. */
    std::string advice() const { return brevo_error_advice(error_.get()); }
    /** Argument that was refused, such as "recipients.listIds[0]"; empty where none was. */
    std::string parameter() const { return brevo_error_parameter(error_.get()); }
    /** Operation that failed; empty where it is not known. */
    std::string operation() const { return brevo_error_operation(error_.get()); }
    /** Seconds until a repeat makes sense; below 0 where that is not known. */
    double retry_after() const noexcept { return brevo_error_retry_after(error_.get()); }
    /** How many times the request was sent. */
    std::uint32_t attempts() const noexcept { return brevo_error_attempts(error_.get()); }
    /** Body of the answer as it came. */
    std::string body() const {
        std::size_t length = 0;
        const char *bytes = brevo_error_body(error_.get(), &length);
        return std::string(bytes, length);
    }
    /** Header of the answer, by its name in any case; empty where it is missing. */
    std::string header(const std::string &name) const {
        return detail::text_of(brevo_error_header(error_.get(), name.c_str()));
    }
    /** Identifiers that clash with another contact. */
    std::vector<std::string> duplicate_identifiers() const {
        std::vector<std::string> names;
        const std::size_t count = brevo_error_duplicate_identifiers_count(error_.get());
        for (std::size_t i = 0; i < count; ++i)
            names.push_back(brevo_error_duplicate_identifiers_get(error_.get(), i));
        return names;
    }

private:
    std::shared_ptr<brevo_error> error_;
};

/** Arguments, settings or options put together value by value. See brevo_args for the pointers. */
class Args {
public:
    Args() : args_(brevo_args_new()) {}

    /** Sets a value. std::invalid_argument where the pointer leads nowhere or the text is not UTF-8; the
     *  arguments are then useless, so that nothing can be left out unnoticed. */
    Args &set(const std::string &pointer, const char *value) {
        return set_by(pointer, brevo_args_set_string(args_.get(), pointer.c_str(), value));
    }
    /** As above. A NUL inside is refused. */
    Args &set(const std::string &pointer, const std::string &value) {
        const char *text = value.find('\0') == std::string::npos ? value.c_str() : nullptr;
        return set(pointer, text);
    }
    /** As above. */
    Args &set(const std::string &pointer, bool value) {
        return set_by(pointer, brevo_args_set_bool(args_.get(), pointer.c_str(), value ? 1 : 0));
    }
    /** As above: null, which clears a value. */
    Args &set(const std::string &pointer, std::nullptr_t) { return set_json(pointer, "null"); }
    /** As above: any whole number up to 2^64-1. */
    template <class Number>
    typename std::enable_if<std::is_integral<Number>::value, Args &>::type set(const std::string &pointer,
                                                                               Number value) {
        if (std::is_unsigned<Number>::value)
            return set_json(pointer, std::to_string(value));
        return set_by(pointer,
                      brevo_args_set_int(args_.get(), pointer.c_str(), static_cast<std::int64_t>(value)));
    }
    /** As above: infinities and NaN are refused. */
    template <class Number>
    typename std::enable_if<std::is_floating_point<Number>::value, Args &>::type set(const std::string &pointer,
                                                                                     Number value) {
        return set_by(pointer,
                      brevo_args_set_double(args_.get(), pointer.c_str(), static_cast<double>(value)));
    }
    /** As above: an array of texts or numbers. */
    template <class Item>
    Args &set(const std::string &pointer, const std::vector<Item> &values) {
        set_json(pointer, "[]");
        for (const Item &value : values)
            set(pointer + "/-", value);
        return *this;
    }
    /** Sets any value given as JSON text. */
    Args &set_json(const std::string &pointer, const std::string &json) {
        return set_by(pointer, brevo_args_set_json(args_.get(), pointer.c_str(), json.c_str()));
    }
    /** Sets bytes as base64: the content of a file or attachment. */
    Args &set_bytes(const std::string &pointer, const void *bytes, std::size_t length) {
        return set_by(pointer, brevo_args_set_bytes(args_.get(), pointer.c_str(),
                                                    static_cast<const std::uint8_t *>(bytes), length));
    }

    /** The arguments as JSON text. */
    std::string text() const { return brevo_args_text(args_.get()); }

private:
    Args &set_by(const std::string &pointer, int done) {
        if (!done)
            throw std::invalid_argument("brevo::Args: \"" + pointer + "\" cannot be set to this value");
        return *this;
    }

    detail::Owned<brevo_args> args_;
};

/** A JSON object on its way to the library: a text, or Args; empty where there is nothing to say. */
class Json {
public:
    Json() {}
    Json(const char *text) : text_(detail::text_of(text)) {}
    Json(std::string text) : text_(std::move(text)) {}
    Json(const Args &args) : text_(args.text()) {}

    const char *c_str() const noexcept { return text_.empty() ? nullptr : text_.c_str(); }

private:
    std::string text_;
};

/** A value inside a reply, which it must not outlive. Where there is no such value, it is missing: it tests
 *  false, and so do the values in it; its readers give their fallbacks. */
class Value {
public:
    Value(const brevo_reply *reply, std::string pointer) : reply_(reply), pointer_(std::move(pointer)) {}

    /** Whether there is such a value; null is one. */
    explicit operator bool() const { return type() != BREVO_TYPE_MISSING; }
    brevo_type type() const { return static_cast<brevo_type>(brevo_reply_type(reply_, pointer_.c_str())); }
    bool is_null() const { return type() == BREVO_TYPE_NULL; }

    /** Text; a number or boolean as JSON writes it, with all its digits. */
    std::string string(const std::string &fallback = std::string()) const {
        const char *text = brevo_reply_string(reply_, pointer_.c_str());
        return text ? std::string(text) : fallback;
    }
    /** Whole number; `fallback` where there is none, or it does not fit. */
    std::int64_t integer(std::int64_t fallback = 0) const {
        return brevo_reply_int(reply_, pointer_.c_str(), fallback);
    }
    double number(double fallback = 0) const { return brevo_reply_double(reply_, pointer_.c_str(), fallback); }
    bool boolean(bool fallback = false) const {
        return brevo_reply_bool(reply_, pointer_.c_str(), fallback ? 1 : 0) != 0;
    }
    /** JSON text of the value with all that is below it; empty where it is missing. */
    std::string json() const { return detail::text_of(brevo_reply_json(reply_, pointer_.c_str())); }

    /** Value of a key of an object. */
    Value operator[](const std::string &key) const { return Value(reply_, pointer_ + "/" + escaped(key)); }
    Value operator[](const char *key) const { return (*this)[std::string(key)]; }
    /** Entry of an array, counted from 0. */
    template <class Index>
    typename std::enable_if<std::is_integral<Index>::value, Value>::type operator[](Index index) const {
        return Value(reply_, pointer_ + "/" + std::to_string(index));
    }
    /** Value by JSON pointer from here: "/contacts/0/email". */
    Value at(const std::string &pointer) const { return Value(reply_, pointer_ + pointer); }

    /** Entries of an array, or keys of an object. */
    std::size_t size() const { return brevo_reply_count(reply_, pointer_.c_str()); }
    /** Key of an object, counted from 0 in the order of the body; empty beyond the last. */
    std::string key(std::size_t index) const {
        return detail::text_of(brevo_reply_key(reply_, pointer_.c_str(), index));
    }

    /** Goes over the entries of an array, or the values of an object. */
    class iterator;
    iterator begin() const;
    iterator end() const;

private:
    static std::string escaped(const std::string &key) {
        std::string out;
        for (char c : key) {
            if (c == '~')
                out += "~0";
            else if (c == '/')
                out += "~1";
            else
                out += c;
        }
        return out;
    }

    const brevo_reply *reply_;
    std::string pointer_;
};

class Value::iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value *;
    using reference = const Value &;

    iterator(const Value &parent, std::size_t index) : parent_(parent), index_(index), here_(parent) { go(); }
    reference operator*() const { return here_; }
    pointer operator->() const { return &here_; }
    /** Key of the value, where it is one of an object. */
    std::string key() const { return parent_.key(index_); }
    iterator &operator++() {
        ++index_;
        go();
        return *this;
    }
    iterator operator++(int) {
        iterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const iterator &a, const iterator &b) { return a.index_ == b.index_; }
    friend bool operator!=(const iterator &a, const iterator &b) { return a.index_ != b.index_; }

private:
    void go() {
        if (index_ < parent_.size())
            here_ = parent_.type() == BREVO_TYPE_OBJECT ? parent_[parent_.key(index_)] : parent_[index_];
    }

    Value parent_;
    std::size_t index_;
    Value here_;
};

inline Value::iterator Value::begin() const { return iterator(*this, 0); }
inline Value::iterator Value::end() const { return iterator(*this, size()); }

/** What came back: reply["contacts"][0]["email"].string(). Empty (tests false) only behind the last page. */
class Reply {
public:
    /** Takes over a reply of the C functions. */
    explicit Reply(brevo_reply *reply = nullptr) : reply_(reply) {}

    explicit operator bool() const noexcept { return reply_ != nullptr; }
    /** HTTP status; 0 for the result of a job. */
    int status() const noexcept { return brevo_reply_status(reply_.get()); }
    /** How many times the request was sent. */
    std::uint32_t attempts() const noexcept { return brevo_reply_attempts(reply_.get()); }
    /** Body as it came; bytes where the operation gives bytes. */
    std::string body() const {
        std::size_t length = 0;
        const char *bytes = brevo_reply_body(reply_.get(), &length);
        return std::string(bytes, length);
    }
    /** Header, by its name in any case; empty where it is missing. */
    std::string header(const std::string &name) const {
        return detail::text_of(brevo_reply_header(reply_.get(), name.c_str()));
    }

    /** The whole body as a value. */
    Value root() const { return Value(reply_.get(), std::string()); }
    Value at(const std::string &pointer) const { return root().at(pointer); }
    Value operator[](const std::string &key) const { return root()[key]; }
    Value operator[](const char *key) const { return root()[key]; }
    template <class Index>
    typename std::enable_if<std::is_integral<Index>::value, Value>::type operator[](Index index) const {
        return root()[index];
    }
    std::size_t size() const { return root().size(); }
    std::string json() const { return root().json(); }
    Value::iterator begin() const { return root().begin(); }
    Value::iterator end() const { return root().end(); }

    const brevo_reply *get() const noexcept { return reply_.get(); }

private:
    detail::Owned<brevo_reply> reply_;
};

/** How far a job has come. What is not known is below 0. */
struct Progress {
    explicit Progress(const brevo_progress &given)
        : stage(given.stage), done(given.done), total(given.total), bytes(given.bytes),
          total_bytes(given.total_bytes), rate(given.rate), remaining(given.remaining) {}

    /** What is being done, in one word ("read", "send", "wait", "write"). */
    std::string stage;
    /** Units done. */
    std::uint64_t done;
    /** All units. */
    std::int64_t total;
    /** Bytes of the source read. */
    std::int64_t bytes;
    /** All bytes of the source. */
    std::int64_t total_bytes;
    /** Units done in a second, on average. */
    double rate;
    /** Seconds that the rest takes at this rate. */
    double remaining;
};

/** Called now and then during a job; false stops it, which then fails with BREVO_KIND_CANCELLED. */
using OnProgress = std::function<bool(const Progress &)>;

/** Gives the rows that a job reads, one at each call: puts the JSON text of an object into its argument and gives
 *  true; false behind the last one. */
using NextRow = std::function<bool(std::string &)>;

/** What came of an asynchronous call, for its callback. */
class Result {
public:
    Result(brevo_reply *reply, brevo_error *error)
        : reply_(reply), error_(error ? std::make_shared<const Error>(error) : nullptr) {}

    /** Whether it succeeded; behind the last page it did, with an empty reply. */
    explicit operator bool() const noexcept { return !error_; }
    /** The error; NULL where it succeeded. Lives as long as the result. */
    const Error *error() const noexcept { return error_.get(); }
    /** The reply; throws the error. */
    const Reply &reply() const {
        if (error_)
            throw Error(*error_);
        return reply_;
    }
    /** Takes the reply out; throws the error. */
    Reply take() {
        reply();
        return std::move(reply_);
    }

private:
    Reply reply_;
    std::shared_ptr<const Error> error_;
};

/** Told of the end of an asynchronous call, exactly once. An exception that leaves it ends the program. */
using OnDone = std::function<void(Result)>;

/** Where callbacks wait until the program runs them: for event loops and programs of one thread. Destroying it
 *  cancels the calls that are pending and runs their callbacks. */
class Queue {
public:
    Queue() {
        brevo_error *error = nullptr;
        queue_.reset(brevo_queue_new(&error));
        if (!queue_)
            throw Error(error);
    }

    /** File descriptor that is readable while callbacks wait; never read or close it. */
    int descriptor() const noexcept { return brevo_queue_descriptor(queue_.get()); }
    /** Runs the callbacks that wait, on this thread; where none does, waits for one at most so many seconds:
     *  below 0 as long as calls are pending. Gives how many it ran. */
    std::size_t run(double seconds = 0) { return brevo_queue_run(queue_.get(), seconds); }
    /** Calls whose callback has not returned yet. */
    std::size_t pending() const { return brevo_queue_pending(queue_.get()); }

    brevo_queue *get() const noexcept { return queue_.get(); }

private:
    detail::Owned<brevo_queue> queue_;
};

/** A call under way. Destroying it lets the call go on. */
class Task {
public:
    /** Takes over a task of the C functions. */
    explicit Task(brevo_task *task) : task_(task) {}

    /** Asks the call to end; it then fails with BREVO_KIND_CANCELLED, unless it was over before. */
    void cancel() { brevo_task_cancel(task_.get()); }
    /** Waits until the call is over and its callback has returned, at most so many seconds: 0 to only look, below
     *  0 as long as it takes. */
    bool wait(double seconds = -1) const { return brevo_task_wait(task_.get(), seconds) != 0; }
    /** Waits for the reply of a call without a callback, and gives it, once. */
    Reply result() {
        brevo_error *error = nullptr;
        Reply reply(brevo_task_result(task_.get(), &error));
        if (error)
            throw Error(error);
        return reply;
    }

    const brevo_task *get() const noexcept { return task_.get(); }

private:
    detail::Owned<brevo_task> task_;
};

namespace detail {

/** What the C callbacks are handed. */
struct Hooks {
    OnDone done;
    OnProgress on_progress;
    NextRow next_row;
    /** The row given last. */
    std::string row;
    /** What a callback threw. */
    std::exception_ptr thrown;
};

inline void on_done(brevo_reply *reply, brevo_error *error, void *user_data) noexcept {
    const std::unique_ptr<Hooks> hooks(static_cast<Hooks *>(user_data));
    hooks->done(Result(reply, error));
}

inline int on_progress(const brevo_progress *progress, void *user_data) noexcept {
    Hooks &hooks = *static_cast<Hooks *>(user_data);
    try {
        return hooks.on_progress(Progress(*progress)) ? 0 : 1;
    } catch (...) {
        hooks.thrown = std::current_exception();
        return 1;
    }
}

inline int on_row(const char **row, void *user_data) noexcept {
    Hooks &hooks = *static_cast<Hooks *>(user_data);
    try {
        if (hooks.next_row(hooks.row))
            *row = hooks.row.c_str();
        return 0;
    } catch (...) {
        hooks.thrown = std::current_exception();
        return 1;
    }
}

/** The result of a job, unless it failed or a callback threw. */
inline Reply finished(brevo_reply *result, brevo_error *error, const Hooks &hooks) {
    Reply reply(result);
    Owned<brevo_error> owned(error);
    if (hooks.thrown)
        std::rethrow_exception(hooks.thrown);
    if (!reply)
        throw Error(owned.release());
    return reply;
}

inline brevo_queue *handle(Queue *queue) { return queue ? queue->get() : nullptr; }

/** Begins what `start` begins, which owns the hooks unless it fails. */
template <class Start>
Task begin(OnDone done, OnProgress on_progress, Start start, NextRow next_row = nullptr) {
    std::unique_ptr<Hooks> hooks(
        new Hooks{std::move(done), std::move(on_progress), std::move(next_row), {}, nullptr});
    brevo_error *error = nullptr;
    brevo_task *task = start(hooks.get(), &error);
    if (!task)
        throw Error(error);
    static_cast<void>(hooks.release());
    return Task(task);
}

} // namespace detail

/** All entries of a listing: `for (const brevo::Value &entry : client.iterate(...))`. The next page is fetched
 *  while the program works on one. To be gone over once. */
class Pages {
public:
    /** Takes over pages of the C functions. */
    explicit Pages(brevo_pages *pages) : pages_(pages), items_(brevo_pages_items(pages)) {}

    /** The next page; an empty reply (which tests false) behind the last one. After an error the same page is
     *  asked for again. */
    Reply next() {
        brevo_error *error = nullptr;
        Reply reply(brevo_pages_next(pages_.get(), &error));
        if (error)
            throw Error(error);
        return reply;
    }
    /** Begins to fetch the next page; see Client::call_async. */
    Task next_async(OnDone done, Queue *queue = nullptr) {
        return detail::begin(std::move(done), nullptr, [&](void *hooks, brevo_error **error) {
            return brevo_pages_next_async(pages_.get(), detail::handle(queue), detail::on_done, hooks, error);
        });
    }
    /** JSON pointer to the entries of a page: "/contacts". */
    const std::string &items() const noexcept { return items_; }

    /** An entry lives until the next one is asked for. */
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Value;
        using difference_type = std::ptrdiff_t;
        using pointer = const Value *;
        using reference = const Value &;

        explicit iterator(Pages *pages) : pages_(pages), index_(0), count_(0), here_(nullptr, std::string()) {
            if (pages_)
                turn();
        }
        reference operator*() const { return here_; }
        pointer operator->() const { return &here_; }
        iterator &operator++() {
            ++index_;
            turn();
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator &a, const iterator &b) { return a.pages_ == b.pages_; }
        friend bool operator!=(const iterator &a, const iterator &b) { return a.pages_ != b.pages_; }

    private:
        /** To the entry of this index, which may be on another page. */
        void turn() {
            while (index_ == count_) {
                pages_->page_ = pages_->next();
                if (!pages_->page_) {
                    pages_ = nullptr;
                    return;
                }
                index_ = 0;
                count_ = pages_->page_.at(pages_->items_).size();
            }
            here_ = pages_->page_.at(pages_->items_)[index_];
        }

        Pages *pages_;
        std::size_t index_;
        std::size_t count_;
        Value here_;
    };

    iterator begin() { return iterator(this); }
    iterator end() { return iterator(nullptr); }

private:
    detail::Owned<brevo_pages> pages_;
    std::string items_;
    Reply page_;
};

/** What is known of rows that are read as columns, beside the rows; see Client::arrow. */
class Table {
public:
    /** Takes over a table of the C functions. */
    explicit Table(brevo_table *table) : table_(table) {}

    /** How many values did not fit the type of their column so far. */
    std::uint64_t unfit() const noexcept { return brevo_table_unfit(table_.get(), nullptr); }
    /** The same of one column. */
    std::uint64_t unfit(const std::string &column) const noexcept {
        return brevo_table_unfit(table_.get(), column.c_str());
    }
    /** The error that ended the stream before its end, to be read by the C functions; null where none did. */
    const brevo_error *error() const noexcept { return brevo_table_error(table_.get()); }

private:
    detail::Owned<brevo_table> table_;
};

/** Connection to one account. What was made with it may outlive it. */
class Client {
public:
    /** Settings as for brevo_client_new, as JSON text or Args: {"api_key": "...", "timeout": 20}. Without any, all
     *  come from the environment. Sends nothing. */
    explicit Client(const Json &settings = Json()) {
        brevo_error *error = nullptr;
        client_.reset(brevo_client_new(settings.c_str(), &error));
        if (!client_)
            throw Error(error);
    }

    /** One line about the client, without secrets. */
    std::string describe() const { return brevo_client_describe(client_.get()); }

    /** Carries out an operation and waits for the reply. Options: timeout, max_retries, idempotency_key, headers,
     *  extra. */
    Reply call(const std::string &operation, const Json &arguments = Json(), const Json &options = Json()) const {
        brevo_error *error = nullptr;
        Reply reply(brevo_call_with(client_.get(), operation.c_str(), arguments.c_str(), options.c_str(), &error));
        if (!reply)
            throw Error(error);
        return reply;
    }

    /** All entries of an operation that lists. */
    Pages iterate(const std::string &operation, const Json &arguments = Json(), const Json &options = Json()) const {
        brevo_error *error = nullptr;
        brevo_pages *pages =
            brevo_iterate_with(client_.get(), operation.c_str(), arguments.c_str(), options.c_str(), &error);
        if (!pages)
            throw Error(error);
        return Pages(pages);
    }

    /** Begins to read all entries of an operation that lists, or all rows of an export, as columns: `stream`
     *  becomes a stream of the Arrow C stream interface, which the program releases. */
    Table arrow(const std::string &operation, ::ArrowArrayStream *stream, const Json &arguments = Json(),
                const Json &options = Json()) const {
        brevo_error *error = nullptr;
        brevo_table *table =
            brevo_arrow(client_.get(), operation.c_str(), arguments.c_str(), options.c_str(), stream, &error);
        if (!table)
            throw Error(error);
        return Table(table);
    }

    /** Carries out a job of several calls and waits for its end. What `on_progress` throws stops the job and comes
     *  out here. */
    Reply job(const std::string &name, const Json &arguments = Json(), OnProgress on_progress = nullptr) const {
        detail::Hooks hooks{nullptr, std::move(on_progress), nullptr, {}, nullptr};
        brevo_error *error = nullptr;
        brevo_reply *reply = brevo_job(client_.get(), name.c_str(), arguments.c_str(),
                                       hooks.on_progress ? detail::on_progress : nullptr, &hooks, &error);
        return detail::finished(reply, error, hooks);
    }

    /** Carries out a job that reads rows, such as contacts.import_file, with those of `next_row` in place of a
     *  file. What a callback throws stops the job and comes out here. */
    Reply job_rows(const std::string &name, const Json &arguments, NextRow next_row,
                   OnProgress on_progress = nullptr) const {
        detail::Hooks hooks{nullptr, std::move(on_progress), std::move(next_row), {}, nullptr};
        brevo_error *error = nullptr;
        brevo_reply *reply =
            brevo_job_rows(client_.get(), name.c_str(), arguments.c_str(), hooks.next_row ? detail::on_row : nullptr,
                           hooks.on_progress ? detail::on_progress : nullptr, &hooks, &error);
        return detail::finished(reply, error, hooks);
    }

    /** The same with the rows between two iterators over texts. */
    template <class Iterator>
    Reply job_rows(const std::string &name, const Json &arguments, Iterator begin, Iterator end,
                   OnProgress on_progress = nullptr) const {
        const auto next_row = [&begin, &end](std::string &row) {
            if (begin == end)
                return false;
            row = *begin;
            ++begin;
            return true;
        };
        return job_rows(name, arguments, NextRow(next_row), std::move(on_progress));
    }

    /** Begins an operation; Task::result waits for its reply. */
    Task begin(const std::string &operation, const Json &arguments = Json(), const Json &options = Json()) const {
        brevo_error *error = nullptr;
        brevo_task *task = brevo_call_async(client_.get(), operation.c_str(), arguments.c_str(), options.c_str(),
                                            nullptr, nullptr, nullptr, &error);
        if (!task)
            throw Error(error);
        return Task(task);
    }

    /** Begins an operation. `done` is called once, on the background thread of the library, or by Queue::run where
     *  a queue is given, which must outlive the call of this function. */
    Task call_async(const std::string &operation, const Json &arguments, OnDone done, Queue *queue = nullptr,
                    const Json &options = Json()) const {
        return detail::begin(std::move(done), nullptr, [&](void *hooks, brevo_error **error) {
            return brevo_call_async(client_.get(), operation.c_str(), arguments.c_str(), options.c_str(),
                                    detail::handle(queue), detail::on_done, hooks, error);
        });
    }

    /** Begins an operation; the future gives the reply or throws the error. Destroying it does not wait. */
    std::future<Reply> future(const std::string &operation, const Json &arguments = Json(),
                              const Json &options = Json()) const {
        const auto promise = std::make_shared<std::promise<Reply>>();
        call_async(
            operation, arguments,
            [promise](Result result) {
                if (result)
                    promise->set_value(result.take());
                else
                    promise->set_exception(std::make_exception_ptr(*result.error()));
            },
            nullptr, options);
        return promise->get_future();
    }

    /** Begins a job; see call_async. `on_progress` is called on the thread of `done`; what it throws stops the job. */
    Task job_async(const std::string &name, const Json &arguments, OnDone done, OnProgress on_progress = nullptr,
                   Queue *queue = nullptr) const {
        const brevo_on_progress report = on_progress ? detail::on_progress : nullptr;
        return detail::begin(std::move(done), std::move(on_progress), [&](void *hooks, brevo_error **error) {
            return brevo_job_async(client_.get(), name.c_str(), arguments.c_str(), detail::handle(queue), report,
                                   detail::on_done, hooks, error);
        });
    }

    /** Begins a job that reads rows; see job_async and job_rows. `next_row` is called on the thread of `done`; what it
     *  throws stops the job. */
    Task job_rows_async(const std::string &name, const Json &arguments, NextRow next_row, OnDone done,
                        OnProgress on_progress = nullptr, Queue *queue = nullptr) const {
        const brevo_on_progress report = on_progress ? detail::on_progress : nullptr;
        const brevo_rows rows = next_row ? detail::on_row : nullptr;
        return detail::begin(
            std::move(done), std::move(on_progress),
            [&](void *hooks, brevo_error **error) {
                return brevo_job_rows_async(client_.get(), name.c_str(), arguments.c_str(), rows, detail::handle(queue),
                                            report, detail::on_done, hooks, error);
            },
            std::move(next_row));
    }

    const brevo_client *get() const noexcept { return client_.get(); }

private:
    detail::Owned<brevo_client> client_;
};

} // namespace brevo

#endif /* BREVO_HPP */
