//! The system as a whole, held to what it promises: real services, real databases, and
//! clients that know nothing but the gateway's address.

mod bad_input;
mod canary_calls;
mod cancelled;
mod constraints;
mod door;
mod employers;
mod feed_faults;
mod freshness;
mod generic_client;
mod journey;
mod load;
mod plan;
mod plan_undone;
mod privacy;
mod recount;
mod rights;
mod seen_kept;
mod trace;

/// The seed of a test's choices: another each time, unless `CONGDOAN_TEST_SEED` repeats one.
fn seed() -> u64 {
    let given = std::env::var("CONGDOAN_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(rand::random);
    println!("CONGDOAN_TEST_SEED={seed}");
    seed
}
