//! `HonourService`: by what people were honoured.

pub(crate) mod api;
pub mod honours;
pub mod record_honours;
pub(crate) mod wire;
