//! One connection as a stream of bytes: one that begins to speak, and takes what it is sent;
//! cut at a hard stop.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// What an HTTP/2 client begins with; no HTTP/1.1 request is shorter than half of it.
const PREFACE: usize = 24;

/// One connection.
pub(super) struct Connection {
    stream: TcpStream,
    /// Until the other side has begun to speak: when we give up, and the bytes to come.
    silent: Option<(Pin<Box<Sleep>>, usize)>,
    /// How long the other side may take nothing of what it is sent, and when that is over.
    patience: Duration,
    full: Option<Pin<Box<Sleep>>>,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Connection {
    pub(super) fn new(
        stream: TcpStream,
        handshake: Duration,
        patience: Duration,
        cut: CancellationToken,
    ) -> Self {
        Self {
            stream,
            silent: Some((Box::pin(sleep(handshake)), PREFACE)),
            patience,
            full: None,
            cut: Box::pin(cut.cancelled_owned()),
        }
    }

    fn is_cut(&mut self, context: &mut Context<'_>) -> Result<()> {
        match self.cut.as_mut().poll(context) {
            Poll::Ready(()) => Err(Error::new(ErrorKind::ConnectionAborted, "the service stopped")),
            Poll::Pending => Ok(()),
        }
    }

    /// A socket that stays full is given up.
    fn taken(
        &mut self,
        written: Poll<Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<Result<usize>> {
        if written.is_ready() {
            self.full = None;
            return written;
        }
        let patience = self.patience;
        let given_up = self.full.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(given_up.as_mut().poll(context));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client takes nothing")))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        self.is_cut(context)?;
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer)?;
        if let Some((given_up, to_come)) = &mut self.silent {
            let read = buffer.filled().len() - before;
            *to_come = to_come.saturating_sub(read);
            if *to_come == 0 {
                self.silent = None;
            } else if given_up.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client is silent")));
            }
        }
        polled.map(Ok)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        self.is_cut(context)?;
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.taken(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.is_cut(context)?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.taken(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
