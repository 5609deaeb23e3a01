//! Registry between a real PostgreSQL and real clients: one server and one database for each
//! test.

mod bodies;
mod corrections;
mod employers;
mod ends;
mod feed;
mod foundings;
mod grants;
mod histories;
mod load;
mod moves;
mod names;
mod reads;
mod scope;
mod sizes;
mod statuses;
mod undoing;
mod world;
