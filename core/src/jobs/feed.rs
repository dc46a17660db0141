//! A source that the program gives piece by piece, each when it is asked for.

use std::future::Future;
use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::{Input, Progress};
use crate::runtime;

/// The program's end of a feed. Dropped before [`end`](Feed::end), it breaks the reading off.
pub struct Feed(SyncSender<Piece>);

/// The end that a job reads. It waits until a piece is there, and asks for the next one while this one is
/// used, so that memory holds two of them at most.
pub struct Fed {
    pieces: Mutex<Receiver<Piece>>,
    ask: Box<dyn Fn() + Send + Sync>,
    piece: Vec<u8>,
    used: usize,
    state: State,
}

enum Piece {
    Bytes(Vec<u8>),
    End,
}

#[derive(PartialEq)]
enum State {
    Fresh,
    Asked,
    Over,
}

/// Makes a feed. `ask` is called, on the thread that reads, whenever a piece is wanted: one
/// [`push`](Feed::push) or [`end`](Feed::end) is due for each call. It must not wait.
pub fn feed(ask: impl Fn() + Send + Sync + 'static) -> (Feed, Fed) {
    // Never more than one piece is asked for.
    let (give, take) = sync_channel(1);
    let fed =
        Fed { pieces: Mutex::new(take), ask: Box::new(ask), piece: Vec::new(), used: 0, state: State::Fresh };
    (Feed(give), fed)
}

impl Feed {
    /// Gives a piece. False: nobody reads any more.
    pub fn push(&self, piece: Vec<u8>) -> bool {
        self.0.send(Piece::Bytes(piece)).is_ok()
    }

    /// Says that there is nothing more.
    pub fn end(&self) {
        let _ = self.0.send(Piece::End);
    }

    /// Gives a piece that was asked for; an empty one says that there is nothing more.
    pub fn give(&self, piece: Vec<u8>) {
        match piece.is_empty() {
            true => self.end(),
            false => drop(self.push(piece)),
        }
    }
}

impl Read for Fed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.used == self.piece.len() {
            match self.state {
                State::Over => return Ok(0),
                State::Fresh => (self.ask)(),
                State::Asked => {}
            }
            self.state = State::Asked;
            match self.pieces.get_mut().map(|pieces| pieces.recv()) {
                Ok(Ok(Piece::Bytes(piece))) => {
                    (self.piece, self.used) = (piece, 0);
                    (self.ask)();
                }
                Ok(Ok(Piece::End)) => self.state = State::Over,
                _ => return Err(io::Error::new(io::ErrorKind::BrokenPipe, "the source was broken off")),
            }
        }
        let count = buffer.len().min(self.piece.len() - self.used);
        buffer[..count].copy_from_slice(&self.piece[self.used..self.used + count]);
        self.used += count;
        Ok(count)
    }
}

/// A job that runs in the background while the thread that wants its result gives it what it reads. Dropped
/// before its end, it is given up.
pub struct Running<T> {
    feed: Option<Feed>,
    said: Mutex<Receiver<Said<T>>>,
    work: JoinHandle<()>,
}

/// What such a job says.
pub enum Said<T> {
    /// The next piece is wanted.
    Wanted,
    /// How far it is.
    Progress(Progress),
    /// Its outcome: the last word.
    Done(T),
    /// Nothing in the time allowed.
    Nothing,
    /// It broke down, and says nothing more.
    Gone,
}

impl<T: Send + 'static> Running<T> {
    /// Begins the work, which is given its input and whom to tell of its progress. `rows`: how many there
    /// are, where that is known.
    pub fn begin<F>(
        rows: Option<u64>,
        work: impl FnOnce(Input, Box<dyn Fn(&Progress) + Send + Sync>) -> F,
    ) -> Self
    where
        F: Future<Output = T> + Send + 'static,
    {
        let (tell, said) = mpsc::channel();
        let (wanted, progress) = (tell.clone(), tell.clone());
        let (feed, fed) = feed(move || drop(wanted.send(Said::Wanted)));
        let input = Input::new(fed);
        let input = match rows {
            Some(rows) => input.with_rows(rows),
            None => input,
        };
        let report = move |told: &Progress| drop(progress.send(Said::Progress(told.clone())));
        let work = work(input, Box::new(report));
        let work = runtime::spawn(async move { drop(tell.send(Said::Done(work.await))) });
        Running { feed: Some(feed), said: Mutex::new(said), work }
    }

    /// Waits for what it says next.
    pub fn listen(&self, at_most: Duration) -> Said<T> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        match said.recv_timeout(at_most) {
            // What is wanted of a source that was broken off cannot be given.
            Ok(Said::Wanted) if self.feed.is_none() => Said::Nothing,
            Ok(said) => said,
            Err(RecvTimeoutError::Timeout) => Said::Nothing,
            Err(RecvTimeoutError::Disconnected) => Said::Gone,
        }
    }

    /// Gives the piece that is wanted; an empty one says that there is nothing more.
    pub fn give(&self, piece: Vec<u8>) {
        if let Some(feed) = &self.feed {
            feed.give(piece);
        }
    }

    /// The source cannot be read to its end. The job fails when all that was on its way has come to its end.
    pub fn break_off(&mut self) {
        self.feed = None;
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.work.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn counted() -> (Arc<AtomicUsize>, Feed, Fed) {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        let (feed, fed) = feed(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        (asked, feed, fed)
    }

    #[test]
    fn pieces_are_asked_for_one_ahead() {
        let (asked, feed, mut fed) = counted();
        assert_eq!(asked.load(Ordering::Relaxed), 0, "nothing is asked for before it is read");
        assert!(feed.push(b"one".to_vec()));
        let mut buffer = [0; 2];
        assert_eq!(fed.read(&mut buffer).unwrap(), 2);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        assert!(feed.push(Vec::new()), "a piece may be empty");
        assert_eq!(fed.read(&mut buffer).unwrap(), 1);
        let rest = std::thread::spawn(move || {
            let mut rest = String::new();
            fed.read_to_string(&mut rest).map(|_| rest)
        });
        assert!(feed.push(b"two".to_vec()));
        feed.end();
        assert_eq!(rest.join().unwrap().unwrap(), "two");
        assert_eq!(asked.load(Ordering::Relaxed), 4);
    }

    #[test]
    fn a_job_in_the_background_asks_this_thread() {
        let mut pieces = vec![Vec::new(), b"wo".to_vec(), b"t".to_vec()];
        let running = Running::begin(Some(3), |mut input, report| async move {
            report(&Progress::of("read", 1, None));
            let read = tokio::task::spawn_blocking(move || {
                let mut text = String::new();
                input.read_to_string(&mut text).map(|_| text)
            });
            read.await.unwrap()
        });
        let mut told = 0;
        let text = loop {
            match running.listen(Duration::from_secs(5)) {
                Said::Wanted => running.give(pieces.pop().unwrap()),
                Said::Progress(progress) => told += progress.done,
                Said::Done(text) => break text,
                Said::Nothing | Said::Gone => panic!("it never ends"),
            }
        };
        assert_eq!((text.unwrap().as_str(), told), ("two", 1));

        let mut running = Running::begin(None, |mut input, _| async move {
            tokio::task::spawn_blocking(move || input.read(&mut [0])).await.unwrap()
        });
        assert!(matches!(running.listen(Duration::from_secs(5)), Said::Wanted));
        running.break_off();
        assert!(matches!(running.listen(Duration::from_secs(5)), Said::Done(Err(_))));
        assert!(matches!(running.listen(Duration::from_secs(5)), Said::Gone));
    }

    #[test]
    fn each_end_sees_that_the_other_went() {
        let (_, feed, mut fed) = counted();
        drop(feed);
        assert_eq!(fed.read(&mut [0; 8]).unwrap_err().to_string(), "the source was broken off");
        let (_, feed, fed) = counted();
        drop(fed);
        assert!(!feed.push(b"one".to_vec()));
    }
}
