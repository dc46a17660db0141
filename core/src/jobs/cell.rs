//! A value written as the text that it has in a row.

use std::fmt;
use std::io::Write as _;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::csv::write_field;
use crate::json::write_text;

/// Writes a value, which may come as text or as a tree. Gives it where it is a whole number.
pub(super) struct Cell<'a> {
    pub(super) out: &'a mut Vec<u8>,
    /// As a cell of CSV: a text as it is, and nothing for `null`. Otherwise as JSON.
    pub(super) is_csv: bool,
}

impl Cell<'_> {
    /// Writes a value of a tree.
    pub(super) fn write(self, value: &Value) {
        // A tree holds nothing that cannot be written, and memory takes everything.
        let _ = self.deserialize(value);
    }

    fn json(&mut self, number: impl serde::Serialize) {
        // Writing to memory does not fail.
        let _ = serde_json::to_writer(&mut *self.out, &number);
    }

    /// Writes a list or an object. In CSV, where it is quoted, it is made apart.
    fn nested<E>(self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<Option<i64>, E> {
        if self.is_csv {
            let mut json = Vec::new();
            write(&mut json)?;
            write_field(self.out, &json);
        } else {
            write(self.out)?;
        }
        Ok(None)
    }
}

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = Option<i64>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<i64>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = Option<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Option<i64>, E> {
        if !self.is_csv {
            self.out.extend_from_slice(b"null");
        }
        Ok(None)
    }

    fn visit_bool<E>(self, is_true: bool) -> Result<Option<i64>, E> {
        self.out.extend_from_slice(if is_true { b"true" } else { b"false" });
        Ok(None)
    }

    fn visit_i64<E>(mut self, number: i64) -> Result<Option<i64>, E> {
        self.json(number);
        Ok(Some(number))
    }

    fn visit_u64<E>(mut self, number: u64) -> Result<Option<i64>, E> {
        self.json(number);
        Ok(i64::try_from(number).ok())
    }

    fn visit_f64<E>(mut self, number: f64) -> Result<Option<i64>, E> {
        self.json(number);
        Ok(None)
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<i64>, E> {
        match self.is_csv {
            true => write_field(self.out, text.as_bytes()),
            false => write_text(self.out, text),
        }
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<i64>, A::Error> {
        self.nested(|out| {
            out.push(b'[');
            let empty = out.len();
            while list.next_element_seed(Cell { out: &mut *out, is_csv: false })?.is_some() {
                out.push(b',');
            }
            if out.len() > empty {
                out.pop();
            }
            out.push(b']');
            Ok(())
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<i64>, A::Error> {
        // In a tree, since a key that comes twice counts once.
        let object = Value::deserialize(MapAccessDeserializer::new(map))?;
        self.nested(|out| {
            let _ = write!(out, "{object}");
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_as_a_tree_of_them_is() {
        for (text, csv) in [
            ("null", ""),
            ("true", "true"),
            ("false", "false"),
            ("-7", "-7"),
            ("18446744073709551615", "18446744073709551615"),
            ("123456789012345678901234567890", "1.2345678901234568e+29"),
            ("1.50", "1.5"),
            ("-0", "-0.0"),
            ("1E3", "1000.0"),
            ("\"\"", ""),
            (r#""a\/b\u00eb\b\f\n\r\t\u0001\u007f""#, "\"a/bë\u{8}\u{c}\n\r\t\u{1}\u{7f}\""),
            (r#""=1+1, \"x\"""#, "\"=1+1, \"\"x\"\"\""),
            ("[]", "[]"),
            ("[ [ ] , {} ]", "\"[[],{}]\""),
            (r#"["x",1.0,null,{"a":1,"b":2,"a":"\b"}]"#, r#""[""x"",1.0,null,{""a"":""\b"",""b"":2}]""#),
            (r#"{"a" : 1}"#, r#""{""a"":1}""#),
        ] {
            let tree: Value = serde_json::from_str(text).expect(text);
            for (is_csv, expected) in [(true, csv.to_owned()), (false, tree.to_string())] {
                let (mut one, mut other) = (Vec::new(), Vec::new());
                let cell = Cell { out: &mut one, is_csv };
                let whole = cell.deserialize(&mut serde_json::Deserializer::from_str(text)).expect(text);
                Cell { out: &mut other, is_csv }.write(&tree);
                assert_eq!(String::from_utf8(one).expect("text"), expected);
                assert_eq!(String::from_utf8(other).expect("text"), expected);
                assert_eq!(whole, tree.as_i64(), "{text}");
            }
        }
        let every: String = (0..0x2100).filter_map(char::from_u32).collect();
        let mut out = Vec::new();
        Cell { out: &mut out, is_csv: false }.write(&json!(every));
        assert_eq!(String::from_utf8(out).expect("text"), json!(every).to_string());
    }
}
