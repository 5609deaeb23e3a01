//! Connections: not too many, none that keeps silent, and all of them cut at a hard stop.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::transport::server::{Connected, TcpConnectInfo, TcpIncoming};

use super::Config;

/// What an HTTP/2 client begins with; no HTTP/1.1 request is shorter than half of it.
const PREFACE: usize = 24;

/// The connections that come in at a listener, within the configured limits.
pub(super) fn accept(
    listener: TcpListener,
    config: &Config,
    cut: CancellationToken,
) -> impl Stream<Item = Result<Connection>> + use<> {
    let room = Arc::new(Semaphore::new(config.connections_max));
    let handshake = Duration::from_millis(config.handshake_ms);
    TcpIncoming::from(listener).with_nodelay(Some(true)).filter_map(move |accepted| {
        let connection = accepted.map(|stream| {
            // Without room the stream is dropped here, and with it the connection.
            let permit = room.clone().try_acquire_owned().ok()?;
            Some(Connection {
                stream,
                silent: Some((Box::pin(sleep(handshake)), PREFACE)),
                cut: Box::pin(cut.clone().cancelled_owned()),
                _permit: permit,
            })
        });
        std::future::ready(connection.transpose())
    })
}

/// One connection.
pub(super) struct Connection {
    stream: TcpStream,
    /// Until the other side has begun to speak: when we give up, and the bytes to come.
    silent: Option<(Pin<Box<Sleep>>, usize)>,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
    _permit: OwnedSemaphorePermit,
}

impl Connection {
    fn is_cut(&mut self, context: &mut Context<'_>) -> Result<()> {
        match self.cut.as_mut().poll(context) {
            Poll::Ready(()) => Err(Error::new(ErrorKind::ConnectionAborted, "the service stopped")),
            Poll::Pending => Ok(()),
        }
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
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.is_cut(context)?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
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

impl Connected for Connection {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.stream.connect_info()
    }
}
