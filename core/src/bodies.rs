//! Bodies of replies, put together from the pieces in which they come. Large ones, pages of listings above all,
//! come one after the other and are let go as soon as they are read: their memory is kept for the next ones,
//! since to get it from the system anew, page by page, takes longer than to fill it.

use std::sync::{Arc, Mutex, Weak};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body;

/// Bodies below this many bytes get memory of their own, which is at hand.
const SMALL: usize = 64 << 10;
/// Memory of more bytes than this is not kept.
const LARGE: usize = 2 << 20;
/// Pieces of memory that are kept: one page is read while the next one comes.
const MOST: usize = 2;

/// Memory for bodies. A fork may leave it locked for ever, so nobody waits for the lock.
#[derive(Default)]
pub(crate) struct Bodies(Arc<Mutex<Vec<Vec<u8>>>>);

/// A body whose memory comes back.
struct Lent {
    body: Vec<u8>,
    home: Weak<Mutex<Vec<Vec<u8>>>>,
}

impl Bodies {
    /// The whole of a body.
    pub(crate) async fn gather<B>(&self, mut body: B) -> Result<Bytes, B::Error>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let (mut first, mut whole) = (Bytes::new(), Vec::new());
        while let Some(frame) = body.frame().await {
            let Ok(piece) = frame?.into_data() else { continue };
            if whole.is_empty() {
                if first.is_empty() {
                    first = piece;
                    continue;
                }
                let rest = usize::try_from(body.size_hint().lower()).unwrap_or(LARGE).min(LARGE);
                whole = self.take(first.len() + piece.len() + rest);
                whole.extend_from_slice(&first);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(if whole.is_empty() { first } else { self.lend(whole) })
    }

    /// Empty memory for about so many bytes.
    pub(crate) fn take(&self, size: usize) -> Vec<u8> {
        let kept = if size < SMALL { None } else { self.0.try_lock().ok().and_then(|mut kept| kept.pop()) };
        let mut memory = kept.unwrap_or_default();
        memory.reserve(size);
        memory
    }

    /// A body whose memory is kept once nobody needs it.
    pub(crate) fn lend(&self, body: Vec<u8>) -> Bytes {
        match body.capacity() {
            SMALL..=LARGE => Bytes::from_owner(Lent { body, home: Arc::downgrade(&self.0) }),
            _ => body.into(),
        }
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(home) = self.home.upgrade()
            && let Ok(mut kept) = home.try_lock()
            && kept.len() < MOST
        {
            let mut memory = std::mem::take(&mut self.body);
            memory.clear();
            kept.push(memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use hyper::body::{Frame, SizeHint};

    use super::*;
    use crate::runtime;

    /// A body of these pieces, which promises so many bytes more than there are.
    struct Pieces(Vec<Bytes>, u64);

    impl Body for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let piece = if self.0.is_empty() { None } else { Some(self.0.remove(0)) };
            Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.0.iter().map(|piece| piece.len() as u64).sum::<u64>() + self.1)
        }
    }

    fn gathered(bodies: &Bodies, pieces: &[usize], promised: u64) -> Bytes {
        let pieces: Vec<Bytes> = (1..).zip(pieces).map(|(n, length)| vec![n; *length].into()).collect();
        let whole = pieces.concat();
        let Ok(found) = runtime::wait(bodies.gather(Pieces(pieces, promised)));
        assert!(found == whole);
        found
    }

    fn kept(bodies: &Bodies) -> usize {
        bodies.0.lock().expect("not poisoned").len()
    }

    #[test]
    fn bodies_are_whole() {
        let bodies = Bodies::default();
        for pieces in [&[][..], &[0], &[7], &[3, 4], &[0, 5, 0, 6], &[9_000; 30], &[70_000], &[1, 3_000_000]]
        {
            gathered(&bodies, pieces, 0);
        }
        assert!(gathered(&bodies, &[1, 2], u64::MAX / 2).len() == 3, "what is promised is not believed");
    }

    #[test]
    fn memory_of_large_bodies_is_used_again() {
        let bodies = Bodies::default();
        gathered(&bodies, &[10_000, 10_000], 0);
        assert_eq!(kept(&bodies), 0, "small");
        gathered(&bodies, &[10_000, 3_000_000], 0);
        assert_eq!(kept(&bodies), 0, "too large");
        let first = gathered(&bodies, &[100_000, 100_000], 0);
        let place = first.as_ptr();
        drop(first.clone());
        assert_eq!(kept(&bodies), 0, "still needed");
        drop(first);
        assert_eq!(kept(&bodies), 1);
        assert_eq!(gathered(&bodies, &[100_000, 50_000], 0).as_ptr(), place);
        drop([0; 4].map(|_| gathered(&bodies, &[100_000, 100_000], 0)));
        assert_eq!(kept(&bodies), MOST);
        let last = gathered(&bodies, &[100_000, 100_000], 0);
        drop(bodies);
        assert_eq!(last.len(), 200_000);
    }
}
