//! Parts of a composite answer: what came, and who is away.

use std::time::Duration;

use proto::gateway::v1::AbsentPart;
use proto::reason::code_name;
use tonic::{Response, Status};
use tonic_types::StatusExt;

use crate::contract::Backend;
use crate::error::Refused;

/// Waits for a part so long and no longer.
pub async fn within<T>(
    patience: Duration,
    call: impl Future<Output = Result<Response<T>, Status>>,
) -> Result<Response<T>, Status> {
    tokio::time::timeout(patience, call).await.unwrap_or_else(|_| {
        let limit_ms = patience.as_millis();
        Err(Refused::DeadlineExceeded { limit_ms }.into())
    })
}

/// What came, and what did not.
#[derive(Default)]
pub struct Parts {
    /// The metadata of the answers that came.
    pub seen: Vec<http::HeaderMap>,
    /// Who did not answer, and why.
    pub absent: Vec<AbsentPart>,
}

impl Parts {
    /// The part, or none: then its service is named among the absent.
    pub fn take<T>(&mut self, backend: Backend, part: Result<Response<T>, Status>) -> Option<T> {
        match part {
            Ok(response) => {
                let (metadata, message, _) = response.into_parts();
                self.seen.push(metadata.into_headers());
                Some(message)
            }
            Err(status) => {
                self.absent.push(AbsentPart {
                    service: backend.name().to_string(),
                    reason: reason(&status),
                    message: text(&status),
                });
                None
            }
        }
    }

    /// Why each absent service is absent.
    pub fn reasons(&self) -> Vec<(&'static str, String)> {
        Backend::ALL
            .into_iter()
            .zip(&self.absent)
            .map(|(backend, absent)| (backend.name(), absent.reason.clone()))
            .collect()
    }
}

/// The reason of a refusal; of a failure, which has none, its code.
fn reason(status: &Status) -> String {
    match status.get_details_error_info() {
        Some(info) => info.reason,
        None => code_name(status.code()).to_string(),
    }
}

fn text(status: &Status) -> String {
    match status.get_details_localized_message() {
        Some(localized) => localized.message,
        None => status.message().to_string(),
    }
}
