//! Printed documents.
//!
//! A [`document`] is what is printed: a heading, sentences, tables, forms and [charts](chart). It is
//! written as [`text`], as a [`table`] for spreadsheets, as [`html`], its charts as [`svg`], or as
//! [`pdf`]. Nothing here knows a service, a contract or a database, or what time it is: the same
//! document gives the same bytes.

pub mod bundle;
pub mod chart;
pub mod document;
pub mod drawing;
pub mod html;
pub mod pdf;
pub mod plain;
pub mod svg;
pub mod table;
pub mod text;

pub use document::Document;
