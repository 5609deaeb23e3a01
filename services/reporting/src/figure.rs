//! `FigureService`: a figure, its parts, and every act behind it.

pub(crate) mod api;
pub mod explain;
pub(crate) mod wire;
