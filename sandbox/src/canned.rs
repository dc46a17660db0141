//! Replies made from the schema, for operations without state: plausible by type and name, the same
//! for the same seed, with counts that agree with the lists.

use brevo_core::schema::{Field, Model, PageStyle, Spec, Ty};
use serde_json::{Map, Value, json};

use crate::handler::Answer;
use crate::time;

/// Header of a reply that was made from the schema.
pub const HEADER: &str = "x-brevo-sandbox";

/// Entries of a list that is given in pages.
const ENTRIES: i64 = 3;
/// Models hold one another; beyond this depth they are left out.
const DEPTH: u32 = 5;

/// A plausible reply.
pub fn answer(spec: &'static Spec, args: &Map<String, Value>, seed: u64, now: i64) -> Answer {
    let status = spec.success.first().copied().unwrap_or(200);
    let mut maker = Maker { state: mix(seed, &spec.id()), args, now, shown: shown(spec, args) };
    let mut answer = match &spec.output {
        Ty::Nothing => Answer::empty(status),
        Ty::Bytes => Answer { status, ..Answer::bytes("application/octet-stream", b"sandbox".to_vec()) },
        Ty::Model(model) => Answer::json(status, maker.reply(spec, model())),
        Ty::List(item) => Answer::json(status, maker.entries(item, "", 0)),
        ty => Answer::json(status, maker.value(ty, "", None, 0)),
    };
    answer.headers.push((HEADER, "canned".into()));
    answer
}

/// How many entries the page asked for holds.
fn shown(spec: &Spec, args: &Map<String, Value>) -> i64 {
    let number = |name: &str| args.get(name).and_then(Value::as_i64);
    let size = number("limit").or_else(|| number("pageSize")).unwrap_or(ENTRIES).max(0);
    let before = match spec.page.map(|page| page.style) {
        Some(PageStyle::Offset) => number("offset").unwrap_or(0),
        Some(PageStyle::Page) => {
            let page = number("page").or_else(|| number("pageNumber")).or_else(|| number("page_num"));
            (page.unwrap_or(1) - 1).saturating_mul(size)
        }
        _ => 0,
    };
    (ENTRIES - before).clamp(0, size)
}

struct Maker<'a> {
    state: u64,
    args: &'a Map<String, Value>,
    now: i64,
    shown: i64,
}

fn mix(seed: u64, text: &str) -> u64 {
    text.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Maker<'_> {
    /// The next number of splitmix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn hex(&mut self, length: usize) -> String {
        let mut out = String::new();
        while out.len() < length {
            out += &format!("{:016x}", self.next());
        }
        out.truncate(length);
        out
    }

    /// The reply itself: entries of the page, their number, and what the caller gave.
    fn reply(&mut self, spec: &Spec, model: &Model) -> Value {
        let mut out = Map::new();
        for field in model.fields {
            let page = spec.page.as_ref();
            let value = match (&field.ty, page) {
                (Ty::List(item), Some(page)) if page.items == field.wire() => {
                    self.entries(item, field.wire(), 1)
                }
                (_, Some(page)) if page.total == Some(field.wire()) => ENTRIES.into(),
                _ => match self.args.get(field.wire()).filter(|value| echoes(&field.ty, value)) {
                    Some(given) => given.clone(),
                    None => self.field(field, 1),
                },
            };
            if !value.is_null() {
                out.insert(field.wire().into(), value);
            }
        }
        out.into()
    }

    fn entries(&mut self, item: &Ty, name: &str, depth: u32) -> Value {
        (0..self.shown).map(|_| self.value(item, name, None, depth)).collect()
    }

    fn field(&mut self, field: &Field, depth: u32) -> Value {
        let value = self.value(&field.ty, field.wire(), field.limits().format, depth);
        match (value.as_i64(), field.limits().min, field.limits().max) {
            (Some(number), min, max) => number.clamp(min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX)).into(),
            _ => value,
        }
    }

    fn value(&mut self, ty: &Ty, name: &str, format: Option<&str>, depth: u32) -> Value {
        match ty {
            Ty::Nothing | Ty::Any | Ty::File | Ty::Bytes => Value::Null,
            Ty::Boolean => (self.below(2) == 1).into(),
            Ty::Integer => self.integer(name),
            Ty::Number => json!(self.below(10_000) as f64 / 100.0),
            Ty::Date => time::day(self.moment()).into(),
            Ty::DateTime => time::rfc3339(self.moment()).into(),
            Ty::String => self.text(name, format).into(),
            Ty::Enum(known) => match known.values {
                [] => Value::Null,
                values => values[self.below(values.len() as u64) as usize].into(),
            },
            Ty::List(_) | Ty::Map(_) | Ty::Model(_) if depth > DEPTH => Value::Null,
            Ty::List(item) => {
                let values = (0..2).map(|_| self.value(item, name.trim_end_matches('s'), format, depth + 1));
                values.filter(|value| !value.is_null()).collect()
            }
            Ty::Map(_) => json!({}),
            Ty::Model(model) => {
                let fields = model()
                    .fields
                    .iter()
                    .map(|field| (field.wire().to_owned(), self.field(field, depth + 1)));
                fields.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>().into()
            }
            Ty::Union(union) => match union().variants {
                [first, ..] => self.value(first, name, format, depth),
                [] => Value::Null,
            },
        }
    }

    /// A moment of the last thirty days.
    fn moment(&mut self) -> i64 {
        let day = self.now.div_euclid(86_400_000) * 86_400_000;
        day - self.below(30 * 86_400) as i64 * 1000
    }

    fn integer(&mut self, name: &str) -> Value {
        let lower = name.to_lowercase();
        let number = if lower.contains("epoch") || lower.ends_with("timestamp") {
            self.moment() / 1000
        } else if lower == "count" || lower.contains("total") {
            ENTRIES
        } else {
            1 + self.below(500) as i64
        };
        number.into()
    }

    fn text(&mut self, name: &str, format: Option<&str>) -> String {
        const FIRST: &[&str] = &["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald"];
        const LAST: &[&str] = &["Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth"];
        let lower = name.to_lowercase();
        let has = |part: &str| lower.contains(part);
        let at = self.below(6) as usize;
        match format {
            Some("email") => return format!("{}@example.com", FIRST[at].to_lowercase()),
            Some("uri" | "url") => return format!("https://example.com/{}", self.hex(8)),
            Some("uuid") => return self.uuid(),
            Some("date") => return time::day(self.moment()),
            Some("date-time") => return time::rfc3339(self.moment()),
            _ => {}
        }
        if has("email") {
            format!("{}@example.com", FIRST[at].to_lowercase())
        } else if lower.ends_with("id") || has("uuid") {
            if has("uuid") { self.uuid() } else { self.hex(24) }
        } else if has("url") || has("link") || has("redirect") {
            format!("https://example.com/{}", self.hex(8))
        } else if has("firstname") {
            FIRST[at].into()
        } else if has("lastname") {
            LAST[at].into()
        } else if lower.ends_with("at") || has("date") || has("time") {
            time::rfc3339(self.moment())
        } else if has("phone") || has("sms") || has("number") {
            format!("336{:08}", self.below(100_000_000))
        } else if has("currency") {
            "EUR".into()
        } else if has("country") {
            "France".into()
        } else if has("city") {
            "Paris".into()
        } else if has("ip") && lower.len() < 9 {
            format!("192.0.2.{}", 1 + self.below(254))
        } else if has("token") || has("key") || has("code") {
            self.hex(16)
        } else if has("name") || has("title") || has("label") {
            format!("Sample {}", 1 + self.below(99))
        } else {
            format!("sample {name}").trim().into()
        }
    }

    fn uuid(&mut self) -> String {
        let hex = self.hex(32);
        format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    }
}

/// Whether a value that the caller gave fits into the reply as it is.
fn echoes(ty: &Ty, value: &Value) -> bool {
    match ty {
        Ty::String | Ty::Enum(_) | Ty::Date | Ty::DateTime => value.is_string(),
        Ty::Integer => value.is_i64(),
        Ty::Number => value.is_number(),
        Ty::Boolean => value.is_boolean(),
        _ => false,
    }
}
