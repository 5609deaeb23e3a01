//! How the transaction of a call is opened: all in one round trip.
//!
//! What opens it travels as one text by the simple query protocol, which has no parameters:
//! the end user's names stand in it as literals. [`literal`] is the only way in.

use std::fmt::Write;
use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::call::{Call, unauthenticated};
use crate::refusal::Refusal;

/// Ends what the connection was left in, should a `begin` have been dropped half-way: see
/// [`super::connections`].
const GUARD: &str = "begin; rollback; ";

/// An act whose message is longer than this names many.
pub(crate) const LARGE_BYTES: usize = 4 * 1024;

/// An act on many has its statements planned for what it names and for what there is: plans
/// that the connection kept, made for one line in an empty register, are given up first, and
/// what plans of acts on few lean on ([`super::connections`]) is as PostgreSQL has it.
const PLANNED_ANEW: [(&str, &str); 2] = [("plan_cache_mode", "auto"), ("seq_page_cost", "1")];

/// Which act a transaction writes, and when it is recorded: what the database writes of itself
/// says the same as the act does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    /// UUIDv7.
    pub act_id: Uuid,
    /// To the microsecond, as the database keeps instants.
    pub acted_at: OffsetDateTime,
}

impl Stamp {
    /// Of an act that is done now.
    pub(crate) fn now() -> Self {
        let acted_at = OffsetDateTime::now_utc().truncate_to_microsecond();
        Self { act_id: Uuid::now_v7(), acted_at }
    }

    /// The instant, as the database reads it.
    pub(crate) fn instant(&self) -> String {
        let (date, (hour, minute, second, microsecond)) =
            (self.acted_at.date(), self.acted_at.time().as_hms_micro());
        format!("{date} {hour:02}:{minute:02}:{second:02}.{microsecond:06}+00")
    }
}

/// What the transaction of a call is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// Each of its statements sees what is committed when it starts, so that what it reads
    /// behind a lock is what whoever held it has left. It waits for no lock longer than this.
    Act { lock_timeout: Duration, stamp: Stamp },
    /// The same for what nobody waits for: it may wait for as long as it takes.
    Work { stamp: Stamp },
    /// All of its statements see one instant, and none the half of an act that a follower or
    /// another call commits between them.
    Read,
}

/// The text that opens a call's transaction, on a connection in whatever transaction, and
/// tells it who calls, by which method, why, and how long its statements may take.
pub(super) fn text(purpose: Purpose, call: &Call) -> Result<String, Refusal> {
    let mut text = String::with_capacity(384);
    text.push_str(GUARD);
    text.push_str(match purpose {
        Purpose::Act { .. } | Purpose::Work { .. } => "begin",
        Purpose::Read => "begin isolation level repeatable read, read only",
    });
    if is_large(purpose, call) {
        text.push_str("; discard plans");
    }
    // All settings by one statement, and of one column: each statement of a text costs as much as
    // a look, and each column is described.
    text.push_str("; select num_nulls(");
    // No deadline means no limit but the server's own; zero is how PostgreSQL says it.
    let statement_ms = call.remaining()?.map_or(0, milliseconds);
    set(&mut text, "statement_timeout", &statement_ms.to_string())?;
    if is_large(purpose, call) {
        for (setting, value) in PLANNED_ANEW {
            also(&mut text, setting, value)?;
        }
    }
    if let Purpose::Act { lock_timeout, .. } = purpose {
        also(&mut text, "lock_timeout", &milliseconds(lock_timeout).to_string())?;
    }
    also(&mut text, "congdoan.issuer", &call.caller.issuer)?;
    also(&mut text, "congdoan.subject", &call.caller.subject)?;
    also(&mut text, "congdoan.permission", &call.permission)?;
    also(&mut text, "congdoan.office", call.caller.office.as_deref().unwrap_or_default())?;
    also(&mut text, "congdoan.purpose", call.caller.purpose.as_deref().unwrap_or_default())?;
    if let Purpose::Act { stamp, .. } | Purpose::Work { stamp } = purpose {
        also(&mut text, "congdoan.act_id", &stamp.act_id.to_string())?;
        also(&mut text, "congdoan.acted_at", &stamp.instant())?;
    }
    text.push(')');
    Ok(text)
}

fn is_large(purpose: Purpose, call: &Call) -> bool {
    match purpose {
        Purpose::Act { .. } => call.content_bytes > LARGE_BYTES,
        Purpose::Work { .. } => true,
        Purpose::Read => false,
    }
}

/// At least one: zero would mean that there is no limit.
fn milliseconds(time: Duration) -> i32 {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX).max(1)
}

fn also(text: &mut String, setting: &str, value: &str) -> Result<(), Refusal> {
    text.push_str(", ");
    set(text, setting, value)
}

/// Until the end of the transaction.
fn set(text: &mut String, setting: &str, value: &str) -> Result<(), Refusal> {
    // Writing into a string does not fail.
    let _ = write!(text, "set_config('{setting}', ");
    literal(text, value)?;
    text.push_str(", true)");
    Ok(())
}

/// Writes a value as a literal that it cannot leave, however the server is configured: in
/// `E'…'` two quotes are one and two backslashes are one, whatever `standard_conforming_strings`
/// and `backslash_quote` say, and in UTF-8 neither is a part of another letter. NUL ends the
/// whole message and is in no text of PostgreSQL: nobody is called so.
fn literal(text: &mut String, value: &str) -> Result<(), Refusal> {
    text.push_str("E'");
    for letter in value.chars() {
        match letter {
            '\0' => return Err(unauthenticated("malformed")),
            '\'' => text.push_str("''"),
            '\\' => text.push_str("\\\\"),
            other => text.push(other),
        }
    }
    text.push('\'');
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::call::Caller;

    fn written(value: &str) -> Result<String, Refusal> {
        let mut text = String::new();
        literal(&mut text, value).map(|()| text)
    }

    #[test]
    fn a_value_stays_in_its_quotes() {
        assert_eq!(written("an"), Ok("E'an'".to_string()));
        assert_eq!(written("o'an'; drop"), Ok("E'o''an''; drop'".to_string()));
        assert_eq!(written(r"\'; drop"), Ok(r"E'\\''; drop'".to_string()));
        assert_eq!(written("").as_deref(), Ok("E''"));
        assert_eq!(
            written("a\0b").map_err(|refusal| refusal.reason()),
            Err("INTERNAL_TOKEN_INVALID")
        );
    }

    proptest! {
        /// Read as PostgreSQL reads it, a literal ends where it was meant to end.
        #[test]
        fn nothing_ends_a_literal_but_its_end(value in "[^\0]*") {
            let text = written(&value).expect("no NUL");
            let mut letters = text.strip_prefix("E'").expect("a literal").chars();
            let mut read = String::new();
            loop {
                match (letters.next(), letters.clone().next()) {
                    (Some('\''), Some('\'')) | (Some('\\'), Some('\\')) => {
                        read.extend(letters.next());
                    }
                    (Some('\''), rest) => {
                        prop_assert_eq!(rest, None, "the literal ended early");
                        break;
                    }
                    (Some('\\'), _) => prop_assert!(false, "an escape that was not meant"),
                    (Some(letter), _) => read.push(letter),
                    (None, _) => prop_assert!(false, "a literal without an end"),
                }
            }
            prop_assert_eq!(read, value);
        }
    }

    #[test]
    fn an_act_waits_for_locks_as_long_as_it_was_told() {
        let call = Call::of_work(Caller::system("an"), "registry.organisation.found");
        let act = Purpose::Act { lock_timeout: Duration::from_secs(5), stamp: Stamp::now() };
        let text = text(act, &call).expect("written");
        assert!(text.starts_with(
            "begin; rollback; begin; select num_nulls(set_config('statement_timeout', E'0', true)"
        ));
        assert!(text.contains(", set_config('lock_timeout', E'5000', true)"));
        assert!(
            !super::text(Purpose::Work { stamp: Stamp::now() }, &call)
                .expect("written")
                .contains("lock_timeout")
        );
    }

    #[test]
    fn an_act_says_which_it_is_and_when_it_is_recorded() {
        let call = Call::of_work(Caller::system("an"), "registry.organisation.found");
        let acted_at = time::macros::datetime!(2026-11-29 00:05:09.000_120 UTC);
        let stamp = Stamp { act_id: Uuid::from_u128(1), acted_at };
        let act = Purpose::Act { lock_timeout: Duration::from_secs(5), stamp };
        let text = text(act, &call).expect("written");
        assert!(text.ends_with(
            ", set_config('congdoan.act_id', E'00000000-0000-0000-0000-000000000001', true), \
             set_config('congdoan.acted_at', E'2026-11-29 00:05:09.000120+00', true))"
        ));
        let read = super::text(Purpose::Read, &call).expect("written");
        assert!(!read.contains("acted_at"), "a read records nothing");
    }

    #[test]
    fn an_act_on_many_is_planned_for_them() {
        let mut call = Call::of_work(Caller::system("an"), "registry.organisation.load");
        let act = Purpose::Act { lock_timeout: Duration::from_secs(5), stamp: Stamp::now() };
        call.digest_of(&[0; LARGE_BYTES]);
        assert!(!text(act, &call).expect("written").contains("discard plans"));
        call.digest_of(&[0; LARGE_BYTES + 1]);
        let anew = text(act, &call).expect("written");
        assert!(anew.contains("discard plans"));
        assert!(anew.contains(", set_config('plan_cache_mode', E'auto', true)"));
        assert!(anew.contains(", set_config('seq_page_cost', E'1', true)"));
        assert!(
            text(Purpose::Work { stamp: Stamp::now() }, &call)
                .expect("written")
                .contains("discard plans")
        );
        assert!(!text(Purpose::Read, &call).expect("written").contains("discard plans"));
    }
}
