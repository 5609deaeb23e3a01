//! Registry between a real PostgreSQL and real clients: one server and one database for each
//! test.

mod bodies;
mod employers;
mod ends;
mod feed;
mod foundings;
mod grants;
mod history;
mod load;
mod moves;
mod names;
mod reads;
mod scope;
mod search;
mod sizes;
mod statuses;
mod undoing;
mod world;
