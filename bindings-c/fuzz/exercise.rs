//! A program of C, written down as lines: what a fuzzer plays with, and what the committed corpus replays.
//!
//! Each line is a letter and its fields, apart by tabs; a field that is not there is NULL. A field may hold
//! any bytes, also those that are not UTF-8. Whatever the program, nothing may panic, crash or leak; every
//! text must be UTF-8, every refusal an error of its own, every background call over once.
//!
//! - `s` `j` `i` `d` `b` `y`: sets a text, JSON, integer, double, boolean, bytes: pointer, value
//! - `c` `a` `q` `l`: operation, arguments, options: called, in the background, by a queue, listed
//! - `C`: operation, called with the arguments set so far; `k`: arguments of a job
//! - `n`: settings of a client; `o`: operation to describe
//! - `R`: operation, status, body of a reply; `E`: status, body of an error; `p`: pointer into the reply

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;

use crate::args::*;
use crate::client::*;
use crate::error::*;
use crate::operations::*;
use crate::pages::*;
use crate::reply::*;
use crate::tasks::*;

/// Nothing listens there, so that calls end at once.
const SETTINGS: &CStr = c"{\"api_key\":\"xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-0123456789abcdef\",\"base_url\":\"http://127.0.0.1:1/v3\",\"max_retries\":0,\"pacing\":false}";

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
    CLIENT.get_or_init(|| {
        let mut slot = Slot::uninit();
        // SAFETY: a text.
        let client = unsafe { brevo_client_new(SETTINGS.as_ptr(), Some(&mut slot)) };
        client.expect("the settings are good")
    })
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
        unsafe { hands.step(*letter, &field, fields.get(1).map_or(&[], |text| text.to_bytes())) };
    }
    // SAFETY: the arguments are ours.
    text(brevo_args_text(hands.args.as_deref_mut()), "args");
    brevo_args_free(hands.args);
    brevo_reply_free(hands.reply);
    if let Some(queue) = hands.queue {
        brevo_queue_free(Some(queue));
    }
    assert_eq!(*hands.over, hands.begun, "every call of the queue is told once");
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
                    let mut slot = Slot::uninit();
                    let reply = brevo_task_result(&*task, Some(&mut slot));
                    self.keep(reply, slot, false);
                    brevo_task_free(Some(task));
                }
                b'q' => {
                    let queue: *const Queue =
                        &**self.queue.get_or_insert_with(|| brevo_queue_new(None).expect("a queue"));
                    let over = (&raw mut *self.over).cast::<c_void>();
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
    brevo_reply_free(reply);
    brevo_error_free(error);
    // SAFETY: the counter outlives the queue.
    unsafe { *over.cast::<usize>() += 1 };
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
