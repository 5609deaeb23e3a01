//! A system as a process of its own; somebody who calls it all the while; and what it weighs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use proto::registry::v1::{GetOrganisationRequest, GetOrganisationResponse};
use stage::line::Line;
use system::token;
use tests::child::System;
use tests::world::ADMINISTRATOR;

const GET: &str = "congdoan.registry.v1.OrganisationService/GetOrganisation";
/// How often somebody else calls.
const EVERY: Duration = Duration::from_millis(100);
/// How long a call may take on any machine, however busy: a call that is held up waits longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much the process may grow during an attack.
const GROWTH_MAX: u64 = 64 << 20;
/// What ninety-nine of a hundred normal calls stay under, on a quiet machine.
const BAR: Duration = Duration::from_millis(100);

/// How long each attack goes on, and whether the bars of a quiet machine hold.
pub fn duration() -> (Duration, bool) {
    match std::env::var("CONGDOAN_ATTACK_SECONDS").ok().and_then(|text| text.parse().ok()) {
        Some(seconds) => (Duration::from_secs(seconds), true),
        None => (Duration::from_secs(3), false),
    }
}

/// What is attacked.
pub struct Ground {
    pub system: System,
    pub root: String,
    pub administrator: Line,
}

impl Ground {
    pub async fn start() -> Self {
        let system = System::start_quietly(env!("CARGO_BIN_EXE_congdoan-up")).await;
        let running = &system.running;
        let root = registry::bootstrap(&running.registry_owner_url, &running.issuer, ADMINISTRATOR)
            .await
            .expect("bootstrapped")
            .to_string();
        let token = token::ask(&running.issuer, ADMINISTRATOR).await.expect("given");
        let line = Line::to(&running.gateway).await;
        let ground = Self { administrator: line.bearing(&token), system, root };
        // What is made at first use is made before anything is weighed.
        for _ in 0..200 {
            ground.ask(&ground.administrator).await.expect("answered");
        }
        ground
    }

    pub async fn administrator_token(&self) -> String {
        token::ask(&self.system.running.issuer, ADMINISTRATOR).await.expect("given")
    }

    /// The token of a subject who was granted nothing.
    pub async fn nobody(&self, name: &str) -> String {
        token::ask(&self.system.running.issuer, name).await.expect("given")
    }

    /// Where the gateway listens, without the scheme.
    pub fn authority(&self) -> &str {
        self.system.running.gateway.strip_prefix("http://").expect("an address")
    }

    pub async fn ask(&self, line: &Line) -> Result<(), tonic::Status> {
        let asked =
            GetOrganisationRequest { organisation_id: self.root.clone(), ..Default::default() };
        let answer = line.send(GET, &asked).await?;
        assert!(answer.message::<GetOrganisationResponse>().organisation.is_some());
        Ok(())
    }

    /// Attacks, again and again until time is up, while somebody else calls; then asserts that
    /// nobody noticed. `attack` is one round; what it opened stays open until it returns.
    pub async fn withstands<F>(&self, attack: impl Fn() -> F)
    where
        F: Future<Output = ()>,
    {
        let (length, quiet) = duration();
        let before = self.system.resident_bytes();
        let stop = AtomicBool::new(false);
        let most = Arc::new(AtomicU64::new(before));
        let attacking = async {
            let began = Instant::now();
            let mut rounds = 0;
            while began.elapsed() < length {
                attack().await;
                rounds += 1;
            }
            stop.store(true, Ordering::Relaxed);
            rounds
        };
        let calling = async {
            let mut took = Vec::new();
            let mut beat = tokio::time::interval(EVERY);
            while !stop.load(Ordering::Relaxed) {
                beat.tick().await;
                let began = Instant::now();
                let answered = tokio::time::timeout(PATIENCE, self.ask(&self.administrator)).await;
                let answered = answered.expect("a normal call is held up");
                answered.expect("a normal call is refused");
                took.push(began.elapsed());
                most.fetch_max(self.system.resident_bytes(), Ordering::Relaxed);
            }
            took
        };
        let (rounds, mut took) = tokio::join!(attacking, calling);
        took.sort_unstable();
        let high = took[(took.len() * 99).div_ceil(100) - 1];
        let grown = most.load(Ordering::Relaxed).saturating_sub(before);
        println!("{rounds} rounds; {} calls, p99 {high:?}; grown by {grown} bytes", took.len());
        assert!(grown <= GROWTH_MAX, "the process grew by {grown} bytes");
        assert!(!quiet || high <= BAR, "of {} normal calls, p99 is {high:?}", took.len());
        // Normal at once afterwards, also on a new connection.
        let line = Line::to(&self.system.running.gateway).await;
        let token = self.administrator_token().await;
        let again = tokio::time::timeout(PATIENCE, self.ask(&line.bearing(&token))).await;
        again.expect("it is still held up").expect("it still refuses");
    }
}
