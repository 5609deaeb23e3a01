//! What goes away by itself, when a database stops or another server takes its place.

/// Whether the connection was lost, or the server could not do now what it can do a moment later:
/// the same may be tried again.
pub fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        // Connection lost; out of resources; ended by an operator, or while the server stops or
        // recovers; system error; idle in a transaction for too long.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            ["08", "53", "57P", "58"].iter().any(|class| code.starts_with(class)) || code == "25P03"
        }),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}

/// What the database, or the way to it, said that a failure comes of.
pub fn of_database(cause: &anyhow::Error) -> Option<&sqlx::Error> {
    cause.chain().find_map(|cause| cause.downcast_ref())
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;
    use tonic::{Code, Status};
    use tonic_types::StatusExt;

    use crate::refusal::Failure;

    #[test]
    fn a_lost_database_is_told_whatever_was_said_around_it() {
        let lost = anyhow::Error::new(sqlx::Error::WorkerCrashed).context("read the roll");
        let status = Status::from(Failure::Failed(lost));
        let reason = status.get_details_error_info().map(|info| info.reason);
        assert_eq!((status.code(), reason.as_deref()), (Code::Unavailable, Some("DATABASE_LOST")));

        let ours = anyhow!(sqlx::Error::RowNotFound).context("read the roll");
        assert_eq!(Status::from(Failure::Failed(ours)).code(), Code::Internal);
    }
}
