//! Texts that are JSON but for a few places, for tests of what reads JSON.

/// What is put into such a text.
const PIECES: &[&str] = &[
    "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "1", "-", ".", "e", "E", "+", " ", "\t", "\u{1}", "null",
    "true", "\\u", "\\ud800", "é",
];

/// A text with one to three changes: a character less, another one, one of the usual pieces or of these more, or
/// a part of it a second time.
pub(crate) fn mutated(random: &mut fastrand::Rng, text: &str, pieces: &[&str]) -> String {
    let pieces = [PIECES, pieces].concat();
    let mut text = text.to_owned();
    for _ in 0..random.usize(1..4) {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = places[random.usize(..places.len())];
        let piece = pieces[random.usize(..pieces.len())];
        match random.u8(..4) {
            0 => drop(text.remove(at)),
            1 => text.insert_str(at, piece),
            2 => {
                let to = places[random.usize(..places.len())];
                let part = text[at.min(to)..at.max(to)].to_owned();
                text.insert_str(places[random.usize(..places.len())], &part);
            }
            _ => {
                text.remove(at);
                text.insert_str(at, piece);
            }
        }
    }
    text
}
