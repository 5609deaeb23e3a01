//! Reporting, as its callers and the two feeds meet it: a real server on a free port, a
//! database of its own for each test, and a registry and a membership that say what the
//! test lets them say.

#![allow(missing_docs)]

mod activities;
mod activities_asked;
mod activities_recounted;
mod at_once;
mod audits;
mod because;
mod books;
mod closings;
mod columns;
mod constraints;
mod employers;
mod explained;
mod handed_down;
mod heads;
mod heirs;
mod indicators;
mod industries;
mod issued;
mod known;
mod listed;
mod listed_history;
mod offices;
mod papers;
mod periodic_reports;
mod periodic_reports_opened;
mod print;
mod programmes;
mod quotas;
mod rating_rights;
mod rating_rounds;
mod rating_schemes;
mod rating_shares;
mod rebuild;
mod rebuild_restored;
mod rebuild_served;
mod returns;
mod scope;
mod sentences;
mod shares;
mod splices;
mod tables;
mod tables_refused;
mod taken_back;
mod targets;
mod templates;
mod templates_refused;
mod timelines;
mod together;
mod told_apart;
mod trees;
mod under_way;
mod world;
