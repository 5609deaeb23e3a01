//! The one stage on which tests act.
//!
//! A [`Stage`] is one service over a fresh database of a real PostgreSQL, started as it is alone,
//! with the feeds of those whom it follows written by the test ([`feed::Owner`],
//! [`registry::Registry`]). Whoever acts on it speaks as the gateway would for one end user.
//! [`line::Line`] calls any method of any server by its name, also wrongly, and [`browser`] calls
//! one as a browser would. [`made_up`] makes people, decisions and days, [`refused`] reads refusals.
//!
//! It knows no service: a test of one builds that one only. The whole system on this stage is
//! `tests::world`.

pub mod browser;
pub mod feed;
pub mod line;
pub mod made_up;
pub mod refused;
pub mod registry;
mod service;

pub use service::{Published, Setting, Spoken, Stage, as_user};

/// Who vouches for everybody on the stage.
pub const ISSUER: &str = "test";

/// One end user's clients of a service, each in a field: `actor.members.get_member(…)`.
#[macro_export]
macro_rules! actor {
    ($($field:ident: $package:ident :: $module:ident :: $client:ident,)*) => {
        /// One end user's clients.
        #[derive(Clone)]
        pub struct Actor {
            $(pub $field: $package::$module::$client<$crate::Spoken>,)*
        }

        impl From<$crate::Spoken> for Actor {
            fn from(spoken: $crate::Spoken) -> Self {
                Self { $($field: $package::$module::$client::new(spoken.clone()),)* }
            }
        }
    };
}
