//! Room of `CardService`: member cards, issued, lost, replaced, revoked and found.

pub(crate) mod api;
pub mod cards;
pub mod end_card;
pub mod find_card;
pub mod issue_cards;
pub mod issue_cards_to_roll;
pub mod replace_card;
pub(crate) mod wire;
