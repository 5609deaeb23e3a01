//! The feed, on real databases, over real sockets: what is committed is told once, in one
//! order, whatever dies meanwhile; and who has seen something sees it again.

mod diverged;
mod followed;
mod halted;
mod seen;
mod told;
mod world;
