//! Whether a contact of a source says the same as what Brevo holds.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use serde_json::{Map, Value};

use super::columns::{Target, Type};
use super::text_of;

/// Attributes that a row gives: their places among those of the source, in order.
type Mask = Box<[u16]>;

/// How contacts are compared: attribute by attribute, by its type.
pub(super) struct Comparison {
    attributes: Vec<(String, Kind)>,
    by_name: HashMap<String, u16>,
    masks: Vec<Mask>,
    known_masks: HashMap<Mask, u32>,
    state: RandomState,
}

enum Kind {
    Text,
    Number,
    Boolean,
    Date,
    Phone,
    /// Number of the option by each of its names.
    Category(HashMap<String, u32>),
    Choices(Vec<String>),
}

/// What is compared of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Print {
    /// Of the values.
    pub(super) content: u64,
    /// Which attributes they are of.
    pub(super) mask: u32,
}

impl Comparison {
    /// Of the attributes that the columns of a source stand for. `defined` is what Brevo says of the
    /// account's attributes.
    pub(super) fn new(targets: &[Target], defined: &Value) -> Self {
        let mut comparison = Comparison {
            attributes: Vec::new(),
            by_name: HashMap::new(),
            masks: Vec::new(),
            known_masks: HashMap::new(),
            state: RandomState::new(),
        };
        for target in targets {
            let Target::Attribute(name, ty) = target else { continue };
            if comparison.by_name.contains_key(name) {
                continue;
            }
            let kind = match ty {
                Type::Text => Kind::Text,
                Type::Number => Kind::Number,
                Type::Boolean => Kind::Boolean,
                Type::Date => Kind::Date,
                Type::Phone => Kind::Phone,
                Type::Category(_) => Kind::Category(options(name, defined)),
                Type::Choices(options) => Kind::Choices(options.clone()),
            };
            comparison.by_name.insert(name.clone(), comparison.attributes.len() as u16);
            comparison.attributes.push((name.clone(), kind));
        }
        comparison
    }

    /// The print of a row. Values that do not fit their attribute are left out: Brevo ignores them.
    pub(super) fn of_row(&mut self, values: Option<&Map<String, Value>>) -> Print {
        let mut given: Vec<(u16, Vec<u8>)> = Vec::new();
        for (name, value) in values.into_iter().flatten() {
            let Some(&at) = self.by_name.get(name) else { continue };
            let mut canonical = Vec::new();
            if self.attributes[usize::from(at)].1.write(value, &mut canonical) {
                given.push((at, canonical));
            }
        }
        given.sort_unstable_by_key(|(at, _)| *at);
        let mut hasher = self.state.build_hasher();
        for (at, canonical) in &given {
            add(&mut hasher, *at, canonical);
        }
        let mask: Mask = given.iter().map(|(at, _)| *at).collect();
        let next = self.masks.len() as u32;
        let mask = *self.known_masks.entry(mask).or_insert_with_key(|mask| {
            self.masks.push(mask.clone());
            next
        });
        Print { content: hasher.finish(), mask }
    }

    /// The print of what Brevo holds, of the same attributes as another.
    pub(super) fn of_contact(&self, contact: &Value, mask: u32) -> Print {
        let values = contact.get("attributes");
        let mut hasher = self.state.build_hasher();
        for &at in self.masks.get(mask as usize).into_iter().flatten() {
            let mut canonical = Vec::new();
            let (name, kind) = &self.attributes[usize::from(at)];
            let value = values.and_then(|values| values.get(name)).unwrap_or(&Value::Null);
            if !kind.write(value, &mut canonical) {
                canonical = format!("\u{1}{value}").into_bytes();
            }
            add(&mut hasher, at, &canonical);
        }
        Print { content: hasher.finish(), mask }
    }

    /// The hash of an address or an identifier: the same in any case.
    pub(super) fn hash(&self, text: &str) -> u64 {
        self.state.hash_one(text.trim().to_lowercase().as_bytes())
    }
}

fn add(hasher: &mut impl Hasher, at: u16, canonical: &[u8]) {
    hasher.write_u16(at);
    hasher.write_usize(canonical.len());
    hasher.write(canonical);
}

/// The names of a category's options.
fn options(name: &str, defined: &Value) -> HashMap<String, u32> {
    let all = defined.get("attributes").and_then(Value::as_array).into_iter().flatten();
    let mut of_name = all.filter(|attribute| text_of(attribute, "name").as_deref() == Some(name));
    let options = of_name.next().and_then(|attribute| attribute.get("enumeration")).and_then(Value::as_array);
    let mut names = HashMap::new();
    for (number, option) in options.into_iter().flatten().enumerate() {
        let value = option.get("value").map(|value| super::cell(Some(value)));
        for name in value.into_iter().chain(text_of(option, "valueStr")).chain(text_of(option, "label")) {
            names.entry(name).or_insert(number as u32);
        }
    }
    names
}

impl Kind {
    /// Writes a value so that equal ones are written alike; gives whether it is of the kind. What is
    /// empty is written as nothing.
    fn write(&self, value: &Value, out: &mut Vec<u8>) -> bool {
        let text = match value {
            Value::Null => return true,
            Value::Array(list) if list.is_empty() => return true,
            Value::Array(list) => return self.write_list(list.iter().map(Value::as_str).collect(), out),
            other => super::cell(Some(other)),
        };
        let bare = text.trim();
        if bare.is_empty() {
            return true;
        }
        match self {
            Kind::Text => out.extend_from_slice(bare.as_bytes()),
            Kind::Number => match bare.parse::<f64>() {
                // The two zeros are one.
                Ok(number) if number.is_finite() => {
                    out.extend_from_slice(&(number + 0.0).to_bits().to_be_bytes())
                }
                _ => return false,
            },
            Kind::Boolean => match bare.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" => out.push(b'1'),
                "false" | "0" | "no" => out.push(b'0'),
                _ => return false,
            },
            Kind::Date => match date(bare) {
                Some((year, month, day)) => {
                    out.extend_from_slice(format!("{year:04}-{month:02}-{day:02}").as_bytes());
                }
                None => return false,
            },
            Kind::Phone => {
                let rest = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00")).unwrap_or(bare);
                let digits = rest.bytes().filter(|byte| !b" -./()".contains(byte));
                let start = out.len();
                out.extend(digits);
                return out[start..].iter().all(u8::is_ascii_digit);
            }
            Kind::Category(options) => match options.get(bare) {
                Some(number) => out.extend_from_slice(&number.to_be_bytes()),
                None => return false,
            },
            Kind::Choices(_) => return self.write_list(vec![Some(bare)], out),
        }
        true
    }

    fn write_list(&self, list: Vec<Option<&str>>, out: &mut Vec<u8>) -> bool {
        let Kind::Choices(options) = self else { return false };
        let is_known = |choice: &&str| options.is_empty() || options.iter().any(|option| option == choice);
        let Some(mut choices) =
            list.into_iter().map(|choice| choice.map(str::trim).filter(is_known)).collect::<Option<Vec<_>>>()
        else {
            return false;
        };
        choices.sort_unstable();
        choices.dedup();
        for choice in choices {
            out.extend_from_slice(choice.as_bytes());
            out.push(0);
        }
        true
    }
}

/// Year, month and day of a date, with or without a time: year first, else day first, else month first.
fn date(text: &str) -> Option<(u32, u32, u32)> {
    let day = text.get(..10).filter(|_| text.len() == 10 || text[10..].starts_with(['T', 't', ' ']))?;
    let numbers: Vec<u32> =
        day.split(['-', '/', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [a, b, c] = numbers[..] else { return None };
    let is_day = |month: u32, day: u32| (1..=12).contains(&month) && (1..=31).contains(&day);
    if day.as_bytes()[..4].iter().all(u8::is_ascii_digit) {
        is_day(b, c).then_some((a, b, c))
    } else if is_day(b, a) {
        Some((c, b, a))
    } else {
        is_day(a, b).then_some((c, a, b))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn comparison() -> Comparison {
        let target = |name: &str, ty| Target::Attribute(name.into(), ty);
        let targets = [
            Target::Email,
            target("NAME", Type::Text),
            target("AGE", Type::Number),
            target("VIP", Type::Boolean),
            target("BORN", Type::Date),
            target("SMS", Type::Phone),
            target("GRADE", Type::Category(Vec::new())),
            target("LIKES", Type::Choices(vec!["tea".into(), "ale".into()])),
            Target::Nowhere,
        ];
        let defined = json!({"attributes": [{"name": "GRADE", "category": "category",
            "enumeration": [{"value": 1, "label": "Tin"}, {"value": 2, "label": "Gold"}]}]});
        Comparison::new(&targets, &defined)
    }

    #[test]
    fn values_are_equal_by_their_types() {
        let mut comparison = comparison();
        for (name, given, held, is_same) in [
            ("NAME", json!(" Ada "), json!("Ada"), true),
            ("NAME", json!("Ada"), json!("ada"), false),
            ("NAME", json!(7), json!("7"), true),
            ("NAME", json!("Ada"), Value::Null, false),
            ("NAME", json!(""), Value::Null, true),
            ("NAME", json!(""), json!("Ada"), false),
            ("AGE", json!(36), json!(36.0), true),
            ("AGE", json!("36.50"), json!(36.5), true),
            ("AGE", json!(-0.0), json!(0), true),
            ("AGE", json!(36), json!(37), false),
            ("AGE", json!("old"), json!(37), true),
            ("VIP", json!(true), json!("Yes"), true),
            ("VIP", json!(false), Value::Null, false),
            ("BORN", json!("29-02-2024"), json!("2024-02-29"), true),
            ("BORN", json!("2024-02-29T10:00:00Z"), json!("2024-02-29"), true),
            ("BORN", json!("12/31/1999"), json!("1999-12-31"), true),
            ("BORN", json!("2024-02-28"), json!("2024-02-29"), false),
            ("SMS", json!("+33 6 12-34"), json!("3361234"), true),
            ("SMS", json!("003361234"), json!("3361234"), true),
            ("SMS", json!("3361235"), json!("3361234"), false),
            ("GRADE", json!("Gold"), json!(2), true),
            ("GRADE", json!("2"), json!("Gold"), true),
            ("GRADE", json!("Tin"), json!(2), false),
            ("GRADE", json!("Lead"), json!(2), true),
            ("LIKES", json!(["ale", "tea"]), json!(["tea", "ale"]), true),
            ("LIKES", json!(["ale"]), json!(["tea", "ale"]), false),
            ("LIKES", json!(["gin"]), json!(["tea"]), true),
            ("LIKES", json!([]), json!([]), true),
        ] {
            let (row, contact) = (json!({"attributes": {name: given}}), json!({"attributes": {name: held}}));
            let print = comparison.of_row(row["attributes"].as_object());
            assert_eq!(comparison.of_contact(&contact, print.mask) == print, is_same, "{row} {contact}");
        }
    }

    #[test]
    fn only_what_a_row_gives_is_compared() {
        let mut comparison = comparison();
        let contact = json!({"attributes": {"NAME": "Ada", "AGE": 36, "OTHER": "x"}});
        for (row, is_same) in [
            (json!({}), true),
            (json!({"AGE": 36}), true),
            (json!({"AGE": 36, "NAME": "Ada"}), true),
            (json!({"AGE": 36, "NAME": "Bob"}), false),
            (json!({"VIP": true}), false),
        ] {
            let print = comparison.of_row(row.as_object());
            assert_eq!(comparison.of_contact(&contact, print.mask) == print, is_same, "{row}");
        }
        assert_eq!(comparison.of_row(None).mask, comparison.of_row(json!({}).as_object()).mask);
        assert_eq!(comparison.hash(" ADA@Example.com"), comparison.hash("ada@example.com"));
    }
}
