//! Bodies whose end is held back until they may be whole. A server cannot take what it has not received.

use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use tokio::sync::watch;

/// Opens a gate. Dropped before, it leaves it closed for good.
#[derive(Debug)]
pub(crate) struct Opener(watch::Sender<bool>);

/// What the end of a body waits for.
#[derive(Debug, Clone)]
pub(crate) struct Gate(watch::Receiver<bool>);

/// The gate is closed for good.
#[derive(Debug)]
pub(crate) struct Closed;

/// A gate that is closed.
pub(crate) fn gate() -> (Opener, Gate) {
    let (open, opened) = watch::channel(false);
    (Opener(open), Gate(opened))
}

impl Opener {
    pub(crate) fn open(self) {
        let _ = self.0.send(true);
    }
}

impl Gate {
    pub(crate) fn is_open(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is open.
    pub(crate) async fn opened(&mut self) -> Result<(), Closed> {
        self.0.wait_for(|is_open| *is_open).await.map(drop).map_err(|_| Closed)
    }
}

type Waiting = Pin<Box<dyn Future<Output = Result<(), Closed>> + Send>>;

/// A body that comes without its last byte, until the gate is open.
pub(crate) struct Held {
    text: Bytes,
    // Only its owner waits; the lock lets others hold a reference.
    waiting: Mutex<Waiting>,
}

impl Held {
    pub(crate) fn new(text: Bytes, gate: &Gate) -> Self {
        let mut gate = gate.clone();
        Held { text, waiting: Mutex::new(Box::pin(async move { gate.opened().await })) }
    }
}

impl Body for Held {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let length = self.text.len();
        if length > 1 {
            let most = self.text.split_to(length - 1);
            return Poll::Ready(Some(Ok(Frame::data(most))));
        }
        if self.text.is_empty() {
            return Poll::Ready(None);
        }
        let waiting = self.waiting.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        Poll::Ready(Some(match ready!(waiting.as_mut().poll(context)) {
            Ok(()) => Ok(Frame::data(std::mem::take(&mut self.text))),
            Err(Closed) => Err(std::io::Error::other("the body was given up")),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.text.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.text.len() as u64)
    }
}

/// The body of a request.
pub(crate) enum Content {
    Whole(Full<Bytes>),
    Held(Held),
}

impl Body for Content {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        match self.get_mut() {
            Content::Whole(body) => Pin::new(body).poll_frame(context).map_err(|never| match never {}),
            Content::Held(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Content::Whole(body) => body.is_end_stream(),
            Content::Held(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Content::Whole(body) => body.size_hint(),
            Content::Held(body) => body.size_hint(),
        }
    }
}
