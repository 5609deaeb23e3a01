//! What is large takes many times its size, and long.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tonic::Status;

/// What is larger is read and written apart from where calls are answered, ...
const HEAVY_BYTES: usize = 16 * 1024;
/// ... so many at once: it takes many times its size.
const HEAVY_AT_ONCE: usize = 1;

/// The places for what is heavy. Clones are the same ones.
#[derive(Clone)]
pub struct Heavy(Arc<Semaphore>);

impl Default for Heavy {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(HEAVY_AT_ONCE)))
    }
}

impl Heavy {
    /// Does what takes long for large messages apart from where calls are answered, few at once.
    pub async fn apart<T: Send + 'static>(
        &self,
        size: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Status> {
        if size <= HEAVY_BYTES {
            return Ok(work());
        }
        let place = self.0.clone().acquire_owned().await;
        let place = place.map_err(|_| Status::internal("internal error"))?;
        let worked = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        worked.await.map_err(|error| {
            tracing::error!(%error, "a message could be neither read nor written");
            Status::internal("internal error")
        })
    }
}
