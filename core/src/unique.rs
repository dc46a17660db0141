//! Names that nobody else gives: for the idempotency keys of mails.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use uuid::{Builder, Uuid};

use crate::fork::Process;

/// Bytes of a name, and names for which random bytes are got at once: asking the system costs as much as
/// checking half a mail.
const SIZE: usize = 16;
const AT_ONCE: usize = 32;

/// Random bytes that no name was made of yet.
struct Stock {
    process: Process,
    bytes: [u8; SIZE * AT_ONCE],
    left: usize,
}

thread_local! {
    static STOCK: RefCell<Option<Stock>> = const { RefCell::new(None) };
}

/// A new UUID of version 4.
pub(crate) fn uuid() -> Uuid {
    let Some(mut bytes) = STOCK.with_borrow_mut(take) else { return Uuid::new_v4() };
    // Where the memory of a machine is copied and goes on twice (snapshots), the stock does so too, but at other
    // times.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
    for (byte, of_time) in bytes[SIZE / 2..].iter_mut().zip(now.to_be_bytes()) {
        *byte ^= of_time;
    }
    Builder::from_random_bytes(bytes).into_uuid()
}

/// Bytes from the stock, which is filled where it is empty or that of a parent; `None` where the system gives none.
fn take(stock: &mut Option<Stock>) -> Option<[u8; SIZE]> {
    if !stock.as_ref().is_some_and(|stock| stock.left > 0 && stock.process.is_this()) {
        let mut bytes = [0; SIZE * AT_ONCE];
        getrandom::fill(&mut bytes).ok()?;
        *stock = Some(Stock { process: Process::this(), bytes, left: AT_ONCE });
    }
    let stock = stock.as_mut()?;
    stock.left -= 1;
    stock.bytes.as_chunks::<SIZE>().0.get(stock.left).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_name_comes_twice() {
        let names: HashSet<Uuid> = (0..10 * AT_ONCE).map(|_| uuid()).collect();
        assert_eq!(names.len(), 10 * AT_ONCE);
        assert!(names.iter().all(|name| name.get_version_num() == 4));
    }

    #[test]
    fn a_copied_stock_gives_other_names() {
        uuid();
        let stock = STOCK.with_borrow(|stock| stock.as_ref().map(|stock| (stock.bytes, stock.left)));
        let first = uuid();
        STOCK.with_borrow_mut(|now| {
            let now = now.as_mut().expect("a stock");
            (now.bytes, now.left) = stock.expect("a stock");
        });
        assert_ne!(uuid(), first);
    }
}
