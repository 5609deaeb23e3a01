//! Registry between a real PostgreSQL and real clients: one server and one database for each
//! test.

mod bodies;
mod body_lists;
mod corrections;
mod employers;
mod ends;
mod feed;
mod foundings;
mod grants;
mod histories;
mod history;
mod load;
mod moves;
mod names;
mod plan_refusals;
mod plans;
mod reads;
mod scope;
mod search;
mod secondments;
mod sizes;
mod statuses;
mod undoing;
mod world;
