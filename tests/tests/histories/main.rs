//! Random histories across all three services, recounted by other code.
//!
//! A history is a row of acts, as offices would record them: of any day, late or of days to
//! come, many of them refused, some of them undone, also foundings and plans with people in
//! them. After every so many acts, when everybody has followed everybody, the rows of registry
//! and membership are read and counted one by one, and must say what the services say:
//!
//! * [`figures`]: every figure of random organisations, periods and trees is the recount's, its
//!   lines sum to it, no share is more than its whole, and every book balances;
//! * [`known`]: figures as they were known at an earlier quiet point are what was recounted then;
//! * [`people`]: nobody is a member of what does not exist on that day, unless a consequence
//!   says so; everybody lies in one scope, and the Confederation can read everybody;
//! * [`employers`]: registry lists as many employers without a union as reporting counts.
//!
//! That the comparison sees what is wrong, [`mutants`] shows: of feeds that say something wrongly.
//!
//! No call is ever answered INTERNAL. What goes wrong is told with the seed, the number of the
//! act, and the acts on the organisations concerned.
//!
//! `cargo test` runs short histories. `CONGDOAN_HISTORIES=full` runs one of 20,000 acts, or of
//! as many as the number says that stands in its place; `make soak` does it. `CONGDOAN_SEED`
//! repeats a history, on the same day: half of what is recorded is dated from today.
//! `CONGDOAN_KEEP` names a folder in which the last state is kept, see `kept`.
//! `CONGDOAN_WITHOUT=plan,end` leaves out the acts whose names contain one of these words, and
//! `CONGDOAN_EVERY=1` looks after every act, to find the one after which something is wrong.

mod acts;
mod desk;
mod employers;
mod events;
mod figures;
mod history;
mod kept;
mod known;
mod ledger;
mod mutants;
mod people;
mod subjects;
mod trace;
mod tree;
