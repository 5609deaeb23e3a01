//! `TransferOfferService`: one union offers members, another accepts them.

pub mod accept_transfer;
pub(crate) mod api;
pub mod close_offer;
pub mod lapse;
mod offer;
pub mod offer_transfer;
pub mod offers;
pub(crate) mod wire;
