//! `ReportService`: templates of reports, and reports printed by them.
//!
//! A [template] is data: what holds where nobody has set another came with the program, and every
//! organisation sets its own. A [print](mod@print) fills in figures, and is [written](paper) in the form
//! that is asked for; those of many organisations are a [printing].

pub(crate) mod api;
pub mod children;
pub mod drawing;
pub mod measured;
pub mod order;
pub mod paper;
pub mod print;
pub mod printed;
pub mod printing;
pub mod rows;
pub mod set_template;
pub mod template;
pub(crate) mod told;
pub(crate) mod wire;
pub mod withdraw_template;
