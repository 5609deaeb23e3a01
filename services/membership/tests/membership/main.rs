//! Membership, as its callers and registry's feed meet it: a real server on a free port, a
//! database of its own for each test, and a registry that says what the test lets it say.

#![allow(missing_docs)]

mod activities;
mod admission;
mod apart_by_person;
mod applicants;
mod books;
mod cards;
mod consequences_known;
mod corrections;
mod discipline;
mod dispute_cases;
mod documents;
mod duplicates;
mod duplicates_at_random;
mod ends;
mod exports;
mod happenings_undone;
mod honours;
mod import_files;
mod imports;
mod imports_killed;
mod late;
mod leaving;
mod never;
mod numbers;
mod parts;
mod past;
mod privacy;
mod profiles;
mod protection;
mod retold;
mod scope;
mod searching;
mod standings;
mod standings_at_random;
mod timelines;
mod told_of_one;
mod transfer_offers;
mod undone;
mod welfare;
mod world;
