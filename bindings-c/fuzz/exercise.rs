//! A program of C, written down as lines: what a fuzzer plays with, and what the committed corpus replays.
//!
//! Each line is a letter and its fields, apart by tabs; a field that is not there is NULL. A field may hold
//! any bytes, also those that are not UTF-8. Whatever the program, nothing may panic, crash or leak; every
//! text must be UTF-8, every refusal an error of its own, every background call over once.
//!
//! - `s` `j` `i` `d` `b` `y`: sets a text, JSON, integer, double, boolean, bytes: pointer, value
//! - `c` `a` `q` `l`: operation, arguments, options: called, in the background, by a queue, listed
//! - `C`: operation, called with the arguments set so far; `k`: arguments of a job
//! - `J` `B` `Q`: job, arguments: carried out, in the background, by a queue; `r`: job, arguments, rows;
//!   in the background by `w`
//! - `L` `P`: operation or export, arguments: two pages are read, in the background by `P`
//! - `A`: operation or export, arguments, column: two batches are read
//! - `n`: settings of a client; `o`: operation to describe
//! - `R`: operation, status, body of a reply; `E`: status, body of an error; `p`: pointer into the reply

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io::{BufRead, BufReader, Read, Write};
use std::mem::MaybeUninit;
use std::net::{TcpListener, TcpStream};
use std::ptr;
use std::sync::OnceLock;

use arrow_array::ffi_stream::RecordBatchStreamReader;

use crate::args::*;
use crate::arrow::*;
use crate::client::*;
use crate::error::*;
use crate::operations::*;
use crate::pages::*;
use crate::queue::Progress;
use crate::reply::*;
use crate::tasks::*;

/// Nothing listens there, so that calls end at once.
const SETTINGS: &CStr = c"{\"api_key\":\"xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-0123456789abcdef\",\"base_url\":\"http://127.0.0.1:1/v3\",\"max_retries\":0,\"pacing\":false}";

/// What everybody is told by the server of jobs: enough for each of them to come to its end.
const ANSWER: &str = r#"{"id":7,"processId":7,"status":"completed","count":2,"attributes":[{"name":"AGE","category":"normal","type":"float"}],"contacts":[{"id":1,"email":"ada@example.com","attributes":{"AGE":36}},{"id":2,"email":null}],"processes":[{"id":7,"status":"completed"}],"events":[{"date":"2026-11-20T08:00:00Z","event":"opened"}],"reports":[{"date":"2026-11-20","requests":1}],"campaigns":[{"id":1,"name":"a","statistics":{"globalStats":{"sent":2}}}],"messageIds":["<a>"],"info":{"import":{}}}"#;
/// Parameters of jobs that name files, in both spellings.
const FILES: [&str; 7] =
    ["path", "rejects_path", "rejectsPath", "plan_path", "planPath", "checkpoint_path", "checkpointPath"];

type Slot = MaybeUninit<Option<Box<Error>>>;

/// What a program has in its hands.
struct Hands {
    args: Option<Box<Args>>,
    reply: Option<Box<Reply>>,
    queue: Option<Box<Queue>>,
    begun: usize,
    over: Box<usize>,
}

fn client() -> &'static Client {
    static CLIENT: OnceLock<Box<Client>> = OnceLock::new();
    CLIENT.get_or_init(|| made(SETTINGS))
}

fn made(settings: &CStr) -> Box<Client> {
    let mut slot = Slot::uninit();
    // SAFETY: a text.
    let client = unsafe { brevo_client_new(settings.as_ptr(), Some(&mut slot)) };
    client.expect("the settings are good")
}

/// A client of a server that is there.
fn served() -> &'static Client {
    static CLIENT: OnceLock<Box<Client>> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || answer_all(stream));
            }
        });
        let settings = SETTINGS.to_str().expect("a text").replace(":1/", &format!(":{port}/"));
        made(&CString::new(settings).expect("a text"))
    })
}

/// Answers every request of a connection.
fn answer_all(stream: TcpStream) -> Option<()> {
    let mut input = BufReader::new(stream.try_clone().ok()?);
    let mut output = stream;
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if input.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if line.trim().is_empty() {
                break;
            }
            let told = line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned);
            length = told.and_then(|told| told.trim().parse().ok()).unwrap_or(length);
        }
        std::io::copy(&mut input.by_ref().take(length), &mut std::io::sink()).ok()?;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", ANSWER.len());
        output.write_all(format!("{head}{ANSWER}").as_bytes()).ok()?;
    }
}

/// The arguments of a job without files of this machine; where an export needs one, it is ours. Nobody
/// waits long.
///
/// # Safety
/// A text or NULL.
unsafe fn harmless(job: *const c_char, arguments: *const c_char) -> Option<CString> {
    if arguments.is_null() {
        return None;
    }
    // SAFETY: as promised.
    let text = unsafe { CStr::from_ptr(arguments) };
    let Ok(serde_json::Value::Object(mut map)) = serde_json::from_slice(text.to_bytes()) else {
        return Some(text.to_owned()); // refused anyway
    };
    let had_path = FILES.map(|name| map.remove(name))[0].is_some();
    // SAFETY: as promised.
    let is_export =
        !job.is_null() && unsafe { CStr::from_ptr(job) }.to_bytes().windows(7).any(|w| w == b".export");
    if had_path && is_export {
        map.insert("path".to_owned(), written().to_string_lossy().into());
    }
    map.entry("timeout").or_insert(1.into());
    Some(CString::new(serde_json::Value::Object(map).to_string()).unwrap_or_default())
}

/// Runs a program.
pub fn run(program: &[u8]) {
    let mut hands = Hands { args: brevo_args_new(), reply: None, queue: None, begun: 0, over: Box::new(0) };
    for line in program.split(|byte| *byte == b'\n').take(64) {
        let Some((letter, rest)) = line.split_first() else { continue };
        if [&b"/dev"[..], b"/proc", b"keyring"]
            .iter()
            .any(|word| rest.windows(word.len()).any(|w| w == *word))
        {
            continue; // files without an end, and what is not the fuzzer's to touch
        }
        let fields: Vec<CString> =
            rest.split(|byte| *byte == b'\t').map(|field| CString::new(field).unwrap_or_default()).collect();
        let field = |index: usize| fields.get(index).map_or(ptr::null(), |text| text.as_ptr());
        // SAFETY: fields are texts or NULL, and handles are those of `hands`.
        unsafe {
            hands.step(*letter, &field, fields.get(1).map_or(&[], |text| text.to_bytes()));
            hands.job(*letter, &field);
        }
    }
    // SAFETY: the arguments are ours.
    text(brevo_args_text(hands.args.as_deref_mut()), "args");
    brevo_args_free(hands.args);
    brevo_reply_free(hands.reply);
    if let Some(queue) = hands.queue {
        brevo_queue_free(Some(queue));
    }
    assert_eq!(*hands.over, hands.begun, "every call of the queue is told once");
    let _ = std::fs::remove_file(written());
}

/// The file that exports write.
fn written() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("brevo-fuzz-{}.csv", std::process::id()))
}

impl Hands {
    /// # Safety
    /// `field` gives texts or NULL.
    unsafe fn step(&mut self, letter: u8, field: &dyn Fn(usize) -> *const c_char, bytes: &[u8]) {
        let number =
            |bytes: &[u8]| std::str::from_utf8(bytes).ok().and_then(|text| text.trim().parse::<i64>().ok());
        let args = self.args.as_deref_mut();
        let mut slot = Slot::uninit();
        // SAFETY: as promised.
        unsafe {
            match letter {
                b's' => yes_or_no(brevo_args_set_string(args, field(0), field(1))),
                b'j' => yes_or_no(brevo_args_set_json(args, field(0), field(1))),
                b'i' => yes_or_no(brevo_args_set_int(args, field(0), number(bytes).unwrap_or(i64::MIN))),
                b'd' => {
                    let value = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
                    yes_or_no(brevo_args_set_double(args, field(0), value.unwrap_or(f64::NAN)));
                }
                b'b' => yes_or_no(brevo_args_set_bool(args, field(0), bytes.len() as c_int)),
                b'y' => yes_or_no(brevo_args_set_bytes(args, field(0), bytes.as_ptr(), bytes.len())),
                b'c' => {
                    let reply =
                        brevo_call_with(Some(client()), field(0), field(1), field(2), Some(&mut slot));
                    self.keep(reply, slot, false);
                }
                b'C' => {
                    let arguments = brevo_args_text(self.args.as_deref_mut());
                    let reply = brevo_call(Some(client()), field(0), arguments, Some(&mut slot));
                    self.keep(reply, slot, false);
                }
                b'k' => {
                    let job = c"process.wait_for_process".as_ptr();
                    let reply =
                        brevo_job(Some(client()), job, field(0), None, ptr::null_mut(), Some(&mut slot));
                    self.keep(reply, slot, false);
                }
                b'a' => {
                    let (operation, queue) = (field(0), ptr::null());
                    let (arguments, options) = (field(1), field(2));
                    let task = brevo_call_async(
                        Some(client()),
                        operation,
                        arguments,
                        options,
                        queue,
                        None,
                        ptr::null_mut(),
                        Some(&mut slot),
                    );
                    let Some(task) = task else { return told(slot) };
                    drop(slot.assume_init());
                    if !bytes.len().is_multiple_of(3) {
                        brevo_task_cancel(&*task);
                    }
                    self.take(task);
                }
                b'q' => {
                    let (queue, over) = self.queue();
                    let task = brevo_call_async(
                        Some(client()),
                        field(0),
                        field(1),
                        field(2),
                        queue,
                        Some(count),
                        over,
                        Some(&mut slot),
                    );
                    let Some(task) = task else { return told(slot) };
                    drop(slot.assume_init());
                    self.begun += 1;
                    if bytes.len().is_multiple_of(2) {
                        brevo_task_cancel(&*task);
                    }
                    brevo_task_free(Some(task));
                    brevo_queue_run(queue, 0.0);
                }
                b'l' => {
                    let pages =
                        brevo_iterate_with(Some(client()), field(0), field(1), field(2), Some(&mut slot));
                    let Some(pages) = pages else { return told(slot) };
                    drop(slot.assume_init());
                    text(brevo_pages_items(Some(&pages)), "items");
                    let mut slot = Slot::uninit();
                    let reply = brevo_pages_next(Some(&pages), Some(&mut slot));
                    self.keep(reply, slot, true);
                    brevo_pages_free(Some(pages));
                }
                b'n' => {
                    let made = brevo_client_new(field(0), Some(&mut slot));
                    match made {
                        Some(made) => {
                            text(brevo_client_describe(Some(&made)), "describe");
                            drop(slot.assume_init());
                            brevo_client_free(Some(made));
                        }
                        None => told(slot),
                    }
                }
                b'o' => {
                    let reply = brevo_operation_describe(field(0), Some(&mut slot));
                    self.keep(reply, slot, false);
                }
                b'R' => {
                    let spec = [field(0)].iter().find(|name| !name.is_null()).and_then(|name| {
                        CStr::from_ptr(*name).to_str().ok().and_then(brevo_core::operation_by_id)
                    });
                    let spec = spec.unwrap_or_else(|| {
                        brevo_core::operation_by_id("contacts.get_contacts").expect("it is")
                    });
                    let reply = read_reply(spec, answer(number(bytes), field(2)));
                    match reply {
                        Ok(reply) => self.keep(Some(Box::new(reply)), Slot::new(None), false),
                        Err(error) => told(Slot::new(Some(error))),
                    }
                }
                b'E' => {
                    let first = field(0);
                    let status = if first.is_null() { &[] } else { CStr::from_ptr(first).to_bytes() };
                    let error = brevo_core::Error::from_reply(answer(number(status), field(1)));
                    told(Slot::new(Some(error.into())));
                }
                b'p' => look(self.reply.as_deref(), field(0)),
                _ => {}
            }
        }
    }

    /// What is done with jobs and exports.
    ///
    /// # Safety
    /// `field` gives texts or NULL.
    unsafe fn job(&mut self, letter: u8, field: &dyn Fn(usize) -> *const c_char) {
        if !b"JBQrwLPA".contains(&letter) {
            return;
        }
        let job = field(0);
        let mut slot = Slot::uninit();
        // SAFETY: as promised.
        unsafe {
            let arguments = harmless(job, field(1));
            let given = arguments.as_ref().map_or(ptr::null(), |text| text.as_ptr());
            let length = arguments.as_ref().map_or(0, |text| text.as_bytes().len());
            match letter {
                b'J' => {
                    let mut steps = length;
                    let steps = (&raw mut steps).cast::<c_void>();
                    let reply = brevo_job(Some(served()), job, given, Some(go_on), steps, Some(&mut slot));
                    self.keep(reply, slot, false);
                }
                b'r' | b'w' => {
                    let mut rows = GivenRows {
                        next: 0,
                        texts: (2..40).map(field).take_while(|row| !row.is_null()).collect(),
                    };
                    let rows = (&raw mut rows).cast::<c_void>();
                    if letter == b'w' {
                        let task = brevo_job_rows_async(
                            Some(served()),
                            job,
                            given,
                            Some(next_row),
                            ptr::null(),
                            None,
                            None,
                            rows,
                            Some(&mut slot),
                        );
                        let Some(task) = task else { return told(slot) };
                        drop(slot.assume_init());
                        assert_eq!(brevo_task_wait(&*task, 30.0), 1, "it ends");
                        return self.take(task);
                    }
                    let reply = brevo_job_rows(
                        Some(served()),
                        job,
                        given,
                        Some(next_row),
                        None,
                        rows,
                        Some(&mut slot),
                    );
                    self.keep(reply, slot, false);
                }
                b'B' => {
                    let none = ptr::null_mut();
                    let task = brevo_job_async(
                        Some(served()),
                        job,
                        given,
                        ptr::null(),
                        None,
                        None,
                        none,
                        Some(&mut slot),
                    );
                    let Some(task) = task else { return told(slot) };
                    drop(slot.assume_init());
                    if length.is_multiple_of(2) {
                        brevo_task_cancel(&*task);
                    }
                    yes_or_no(brevo_task_wait(&*task, 0.0));
                    assert_eq!(brevo_task_wait(&*task, 30.0), 1, "it ends");
                    self.take(task);
                }
                b'Q' => {
                    let (queue, over) = self.queue();
                    let task = brevo_job_async(
                        Some(served()),
                        job,
                        given,
                        queue,
                        Some(told_of),
                        Some(count),
                        over,
                        Some(&mut slot),
                    );
                    let Some(task) = task else { return told(slot) };
                    drop(slot.assume_init());
                    self.begun += 1;
                    assert!(brevo_queue_pending(queue) > 0 && brevo_queue_descriptor(queue) >= 0);
                    match length % 3 {
                        0 => brevo_task_cancel(&*task),
                        1 => assert_eq!(brevo_task_wait(&*task, 30.0), 1, "it ends"),
                        _ => drop(brevo_queue_run(queue, 0.01)),
                    }
                    brevo_task_free(Some(task));
                }
                b'L' | b'P' => {
                    let pages = brevo_iterate(Some(served()), job, given, Some(&mut slot));
                    let Some(pages) = pages else { return told(slot) };
                    drop(slot.assume_init());
                    for _ in 0..2 {
                        let mut slot = Slot::uninit();
                        if letter == b'L' {
                            let reply = brevo_pages_next(Some(&pages), Some(&mut slot));
                            self.keep(reply, slot, true);
                            continue;
                        }
                        let (queue, over) = self.queue();
                        let task = brevo_pages_next_async(
                            Some(&pages),
                            queue,
                            Some(count_page),
                            over,
                            Some(&mut slot),
                        );
                        let Some(task) = task else { return told(slot) };
                        drop(slot.assume_init());
                        self.begun += 1;
                        brevo_task_free(Some(task));
                    }
                    brevo_pages_free(Some(pages));
                    brevo_queue_run(self.queue().0, 0.01);
                }
                b'A' => {
                    let mut stream = MaybeUninit::uninit();
                    let (options, place) = (ptr::null(), Some(&mut stream));
                    let table = brevo_arrow(Some(served()), job, given, options, place, Some(&mut slot));
                    let stream = stream.assume_init();
                    let Some(table) = table else { return told(slot) };
                    drop(slot.assume_init());
                    let batches = RecordBatchStreamReader::try_new(stream).expect("a schema");
                    let batches: Vec<_> = batches.take(2).collect();
                    let failed = batches.iter().any(Result::is_err);
                    assert_eq!(failed, brevo_table_error(Some(&table)).is_some());
                    let rows: usize = batches.iter().flatten().map(|batch| batch.num_rows()).sum();
                    let unfit = brevo_table_unfit(Some(&table), field(2));
                    assert!(unfit == 0 || rows > 0);
                    brevo_table_free(Some(table));
                }
                _ => {}
            }
        }
    }

    /// The queue, and the counter of what it told.
    fn queue(&mut self) -> (*const Queue, *mut c_void) {
        let queue: *const Queue =
            &**self.queue.get_or_insert_with(|| brevo_queue_new(None).expect("a queue"));
        (queue, (&raw mut *self.over).cast())
    }

    /// What came of a task, which is over then.
    unsafe fn take(&mut self, task: Box<Task>) {
        let mut slot = Slot::uninit();
        // SAFETY: the task is ours, and the slot is there.
        unsafe {
            let reply = brevo_task_result(&*task, Some(&mut slot));
            self.keep(reply, slot, false);
        }
        brevo_task_free(Some(task));
    }

    /// A reply or an error; neither only behind the last page.
    unsafe fn keep(&mut self, reply: Option<Box<Reply>>, slot: Slot, may_end: bool) {
        match reply {
            Some(reply) => {
                // SAFETY: every function that takes it writes it.
                assert!(unsafe { slot.assume_init() }.is_none(), "a reply and an error");
                look(Some(&reply), c"".as_ptr());
                self.reply = Some(reply);
            }
            // SAFETY: as above.
            None if may_end && unsafe { slot.assume_init_ref() }.is_none() => {}
            None => told(slot),
        }
    }
}

unsafe extern "C" fn count(reply: Option<Box<Reply>>, error: Option<Box<Error>>, over: *mut c_void) {
    assert!(reply.is_some() != error.is_some());
    // SAFETY: the same contract.
    unsafe { count_page(reply, error, over) };
}

/// As `count`, of pages: behind the last one there is neither.
unsafe extern "C" fn count_page(reply: Option<Box<Reply>>, error: Option<Box<Error>>, over: *mut c_void) {
    assert!(reply.is_none() || error.is_none());
    brevo_reply_free(reply);
    brevo_error_free(error);
    // SAFETY: the counter outlives the queue.
    unsafe { *over.cast::<usize>() += 1 };
}

/// Progress of a job that is stopped after so many times as its arguments have bytes, counted from 32.
unsafe extern "C" fn go_on(progress: *const Progress, steps: *mut c_void) -> c_int {
    // SAFETY: both are there while the job runs.
    unsafe {
        told_of(progress, ptr::null_mut());
        let steps = &mut *steps.cast::<usize>();
        *steps += 1;
        c_int::from(steps.is_multiple_of(32))
    }
}

/// Progress of a job that goes on.
unsafe extern "C" fn told_of(progress: *const Progress, _: *mut c_void) -> c_int {
    // SAFETY: a progress whose texts are there.
    let (progress, stage) = unsafe { (&*progress, CStr::from_ptr((*progress).stage)) };
    assert!(progress.size == size_of::<Progress>() && !stage.is_empty());
    0
}

struct GivenRows {
    next: usize,
    texts: Vec<*const c_char>,
}

unsafe extern "C" fn next_row(row: *mut *const c_char, rows: *mut c_void) -> c_int {
    // SAFETY: both are there while the job runs.
    unsafe {
        assert!((*row).is_null());
        let rows = &mut *rows.cast::<GivenRows>();
        if let Some(text) = rows.texts.get(rows.next) {
            *row = *text;
        }
        rows.next += 1;
        // An empty text is where it gives up.
        c_int::from(!(*row).is_null() && **row == 0)
    }
}

fn answer(status: Option<i64>, body: *const c_char) -> brevo_core::Reply {
    // SAFETY: a text or NULL.
    let body = if body.is_null() { &[] } else { unsafe { CStr::from_ptr(body) }.to_bytes() };
    let status = status.and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
    brevo_core::Reply { status, headers: Default::default(), body: body.to_vec().into(), attempts: 1 }
}

fn yes_or_no(done: c_int) {
    assert!(done == 0 || done == 1);
}

/// A text that must be there, and its length.
fn text(found: *const c_char, what: &str) -> usize {
    assert!(!found.is_null(), "{what} is NULL");
    // SAFETY: every text of the library ends with a NUL.
    unsafe { CStr::from_ptr(found) }.to_str().expect(what).len()
}

/// Reads an error to the end and frees it.
fn told(slot: Slot) {
    // SAFETY: every function that takes a slot writes it.
    let error = unsafe { slot.assume_init() }.expect("an error");
    let seen = Some(&*error);
    assert!((1..99).contains(&brevo_error_kind(seen)), "{:?}", error.text);
    assert!((0..=u16::MAX.into()).contains(&brevo_error_status(seen)));
    for part in [brevo_error_kind_name, brevo_error_message, brevo_error_advice, brevo_error_text] {
        assert!(text(part(seen), "a text of the error") > 0);
    }
    for part in [brevo_error_code, brevo_error_parameter, brevo_error_operation] {
        text(part(seen), "a text of the error");
    }
    let mut length = 0;
    assert!(!brevo_error_body(seen, Some(&mut length)).is_null());
    assert!(!brevo_error_retry_after(seen).is_nan());
    for index in 0..=brevo_error_duplicate_identifiers_count(seen) {
        let name = brevo_error_duplicate_identifiers_get(seen, index);
        assert_eq!(name.is_null(), index == brevo_error_duplicate_identifiers_count(seen));
    }
    brevo_error_free(Some(error));
}

/// Reads a value of a reply in all ways, which must agree.
fn look(reply: Option<&Reply>, pointer: *const c_char) {
    // SAFETY: a text or NULL.
    unsafe {
        let kind = brevo_reply_type(reply, pointer);
        let there = kind != Type::Missing as c_int;
        let string = brevo_reply_string(reply, pointer);
        let json = brevo_reply_json(reply, pointer);
        assert_eq!(!json.is_null(), there);
        if there {
            text(json, "JSON");
        }
        let plain = (Type::Boolean as c_int..=Type::String as c_int).contains(&kind);
        assert_eq!(!string.is_null(), plain);
        if plain {
            text(string, "text");
            assert_eq!(string, brevo_reply_string(reply, pointer), "a text stays where it is");
        }
        let whole = brevo_reply_int(reply, pointer, 1) == brevo_reply_int(reply, pointer, 2);
        assert_eq!(whole, kind == Type::Integer as c_int);
        let truth = brevo_reply_bool(reply, pointer, 5);
        assert_eq!(truth != 5, kind == Type::Boolean as c_int);
        assert!(!brevo_reply_double(reply, pointer, 0.0).is_nan());
        let count = brevo_reply_count(reply, pointer);
        assert!(count == 0 || kind >= Type::Array as c_int);
        for index in [0, count / 2, count] {
            let key = brevo_reply_key(reply, pointer, index);
            assert_eq!(!key.is_null(), kind == Type::Object as c_int && index < count);
            if !key.is_null() {
                text(key, "a key");
            }
        }
    }
    let mut length = 1;
    assert!(!brevo_reply_body(reply, Some(&mut length)).is_null());
}
