//! `FigureService`: a figure, its parts, and every act behind it; and tables of figures.

pub(crate) mod api;
mod asking;
mod compared;
pub mod explain;
mod explained_then;
mod table;
mod tabulated;
pub(crate) mod wire;
