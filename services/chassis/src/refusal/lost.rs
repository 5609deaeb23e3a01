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
