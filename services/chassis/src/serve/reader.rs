//! Whoever is answered takes the answer, or loses it.
//!
//! An answer waits for its reader when there is something of it that the other side has not
//! taken: bytes that wait behind the flow control of HTTP/2 or in a full socket, or a body that
//! could be read on if there were room. What waits so for too long, or is not through when all
//! its time is over, is cut, whatever was asked and by whichever protocol: reflection, health,
//! documents and refusals too. Until the last byte is taken, an answer holds what it held: its
//! place, and what its bytes were counted as.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use bytes::Buf;
use futures_util::task::AtomicWaker;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::in_progress::InProgress;

tokio::task_local! {
    /// The task that answers one call of HTTP/2. HTTP/1.1 has none: its connection answers.
    static ANSWERING: Arc<Answering>;
}

/// A task that answers one call, and can be told to let it be.
#[derive(Default)]
struct Answering {
    cut: AtomicBool,
    waker: AtomicWaker,
}

/// Runs what answers the calls of HTTP/2 connections, each in a task that can be cut.
#[derive(Clone, Copy)]
pub(super) struct Tasks;

impl<F> hyper::rt::Executor<F> for Tasks
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, answer: F) {
        tokio::spawn(Cuttable { answer: Some(Box::pin(answer)), task: Arc::default() });
    }
}

struct Cuttable<F> {
    answer: Option<Pin<Box<F>>>,
    task: Arc<Answering>,
}

impl<F: Future<Output = ()>> Future for Cuttable<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        this.task.waker.register(context.waker());
        let Some(answer) = &mut this.answer else { return Poll::Ready(()) };
        if this.task.cut.load(Ordering::Acquire) {
            // With it goes the stream: it is reset.
            this.answer = None;
            return Poll::Ready(());
        }
        ANSWERING.sync_scope(this.task.clone(), || answer.as_mut().poll(context))
    }
}

/// How one answer fares.
pub(super) struct Reader {
    state: Mutex<State>,
}

struct State {
    task: Option<Arc<Answering>>,
    /// The head is out.
    begun: bool,
    /// The body has given all that it had.
    finished: bool,
    /// Asked for more, the body had nothing yet: nobody is kept waiting by its reader.
    waits_for_us: bool,
    /// Pieces that were given and not taken yet.
    outstanding: usize,
    /// When the last byte was taken.
    moved: Instant,
    /// When all time is over.
    over: Option<Instant>,
    /// How long nothing may move; none where a reader may stop for as long as it likes.
    patience: Option<Duration>,
    /// What is held until the last byte is taken.
    kept: Option<Kept>,
}

/// What an answer holds.
struct Kept {
    _body: Body,
    _in_progress: InProgress,
}

/// How a reader does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// Everything was taken.
    Done,
    /// It takes, or is still being answered.
    Well,
    /// It takes nothing: its answer was cut, and nothing of it is left here.
    Cut,
    /// It takes nothing, and what it was given can be had back with the connection only.
    Stuck,
}

impl Reader {
    pub(super) fn new(patience: Duration, over: Duration) -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self {
            state: Mutex::new(State {
                task: None,
                begun: false,
                finished: false,
                waits_for_us: false,
                outstanding: 0,
                moved: now,
                over: now.checked_add(over),
                patience: Some(patience),
                kept: None,
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call is being answered by the task that asks this.
    pub(super) fn attend(&self) {
        self.state().task = ANSWERING.try_with(Arc::clone).ok();
    }

    /// The answer may take until then.
    pub(super) fn until(&self, over: Instant) {
        self.state().over = Some(over);
    }

    /// The answer has no end, and its reader its own pace: a follower reads on when it has
    /// applied what it was given.
    pub(super) fn at_its_own_pace(&self) {
        let mut state = self.state();
        (state.over, state.patience) = (None, None);
    }

    /// How it does; cuts what is to be cut.
    pub(super) fn look(&self, now: Instant) -> Doing {
        let state = self.state();
        if state.finished && state.outstanding == 0 {
            return Doing::Done;
        }
        let waiting = state.outstanding > 0 || !state.waits_for_us;
        let stopped = state.patience.is_some_and(|patience| now > state.moved + patience);
        let over = state.over.is_some_and(|over| now > over);
        if !(state.begun && (over || waiting && stopped)) {
            return Doing::Well;
        }
        let stuck = state.outstanding > 0 || state.task.is_none();
        let task = state.task.clone();
        // Whoever is woken may want the state at once.
        drop(state);
        if let Some(task) = task {
            task.cut.store(true, Ordering::Release);
            task.waker.wake();
        }
        if stuck { Doing::Stuck } else { Doing::Cut }
    }

    /// The answer, watched on its way to the reader.
    pub(super) fn watch(self: &Arc<Self>, body: Body, in_progress: InProgress) -> Given {
        {
            let mut state = self.state();
            state.begun = true;
            state.moved = Instant::now();
        }
        let kept = Kept { _body: Body::empty(), _in_progress: in_progress };
        Given { body, kept: Some(kept), reader: self.clone() }
    }

    fn moved(&self) {
        self.state().moved = Instant::now();
    }

    fn gave(&self) {
        let mut state = self.state();
        state.outstanding += 1;
        state.waits_for_us = false;
        state.moved = Instant::now();
    }

    fn took(&self) {
        let mut state = self.state();
        state.outstanding -= 1;
        state.moved = Instant::now();
        let kept = if state.finished && state.outstanding == 0 { state.kept.take() } else { None };
        drop(state);
        drop(kept);
    }

    fn finish(&self, kept: Option<Kept>) {
        let mut state = self.state();
        state.finished = true;
        if state.outstanding > 0 {
            state.kept = kept;
        } else {
            drop(state);
            drop(kept);
        }
    }
}

/// A body on its way to its reader.
pub(super) struct Given {
    body: Body,
    kept: Option<Kept>,
    reader: Arc<Reader>,
}

impl HttpBody for Given {
    type Data = Piece;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) if frame.is_data() => self.reader.gave(),
            Poll::Ready(_) => {}
            Poll::Pending => self.reader.state().waits_for_us = true,
        }
        polled.map_ok(|frame| frame.map_data(|bytes| Piece { bytes, reader: self.reader.clone() }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        let body = std::mem::take(&mut self.body);
        let kept = self.kept.take().map(|kept| Kept { _body: body, ..kept });
        self.reader.finish(kept);
    }
}

/// A piece of an answer; it is taken when it is dropped.
pub(super) struct Piece {
    bytes: Bytes,
    reader: Arc<Reader>,
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        self.reader.moved();
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.reader.took();
    }
}

/// The readers of one connection.
#[derive(Default)]
pub(super) struct Readers(Mutex<VecDeque<Arc<Reader>>>);

impl Readers {
    pub(super) fn add(&self, reader: Arc<Reader>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(reader);
    }

    /// Looks after all of them; true when one is stuck, so that the connection has to go.
    pub(super) fn look(&self, now: Instant) -> bool {
        let mut stuck = false;
        let mut readers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        readers.retain(|reader| {
            let doing = reader.look(now);
            stuck |= doing == Doing::Stuck;
            matches!(doing, Doing::Well | Doing::Stuck)
        });
        stuck
    }
}
