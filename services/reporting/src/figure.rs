//! `FigureService`: a figure, its parts, and every act behind it; and tables of figures.

pub(crate) mod api;
mod asking;
mod behind;
mod compared;
pub mod explain;
mod table;
mod tabulated;
pub(crate) mod wire;
