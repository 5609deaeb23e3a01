//! The facts and the tree in memory, for figures to be counted from.
//!
//! PostgreSQL holds the truth. Each process of this service reads it once when it starts, and keeps
//! its own copy current from then on: additive facts in [columns](facts), by code and day, the
//! [tree] with its dated attributes, and what is [told one by one](listed): subjects of facts, seats,
//! employers, whom activities reached. A figure [places] every unit for the tree that is
//! asked, [cuts](cut) the places into lines, and [adds up](sums) the days that are asked, or counts
//! [once](subjects) whom they tell of. Everything carries the instant at which it was recorded, and what
//! was known of the tree before is [kept](history), so that the same scan counts what was known at any
//! instant.
//!
//! **Invariant:** what a reading counts is what its own snapshot shows, no more and no less. A
//! [`State`] is of one position; a reading takes the one of its snapshot's position, and where there
//! is none, makes it from an earlier one and from what its own snapshot shows to have come since. Its
//! figures, its positions and its completeness agree, and whoever waited for a change finds it counted.

mod apart;
mod below;
pub mod cut;
mod cuts;
mod cutting;
mod day;
mod employers;
mod facts;
mod following;
mod history;
pub mod instant;
mod label;
mod listed;
mod listing;
mod listing_since;
mod loading;
mod names;
mod officers;
mod places;
mod position;
mod ratings;
mod reach;
mod recorded;
mod rows;
mod snapshot;
mod snapshot_apart;
mod snapshot_listed;
mod state;
mod subjects;
mod sums;
mod tree;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::Context;
use chassis::database::Database;
use chassis::refusal::Failure;
use sqlx::{PgConnection, PgPool};
use tokio::sync;
use tokio::task::spawn_blocking;

use self::cuts::Cuts;
use self::following::Otherwise;
use self::names::Names;
use self::position::{Aim, Position};
use self::state::State;

pub use self::below::Below;
pub use self::cut::Cut;
pub use self::ratings::Rated;
pub use self::snapshot::{Members, Pieces, Snapshot};
pub use self::snapshot_apart::Said;
pub use self::snapshot_listed::Reach;
pub use self::subjects::Where;
pub use self::sums::ToSettle;

/// States that readings which have just begun may still start from.
const STATES_MAX: usize = 64;
/// Of these, such as have a tree of their own: facts they share, a tree is some megabytes.
const TREES_MAX: usize = 6;
/// How often this process looks for itself how far it is.
const LOOK: Duration = Duration::from_secs(1);
/// All of its statements see one instant.
const READING: &str = "begin isolation level repeatable read, read only";
/// What comes within this time is taken in at once.
const PAUSE: Duration = Duration::from_millis(20);

/// This process's columns. Clones share them.
#[derive(Clone, Default)]
pub struct Columns {
    names: Arc<RwLock<Names>>,
    cuts: Cuts,
    states: Arc<Mutex<Vec<Arc<State>>>>,
    /// One at a time makes a new state.
    making: Arc<sync::Mutex<()>>,
    /// Everything is being read anew.
    loading: Arc<sync::Mutex<()>>,
}

impl Columns {
    /// Those of the snapshot of a reading.
    pub async fn snapshot(&self, connection: &mut PgConnection) -> Result<Snapshot, Failure> {
        let aim = Aim::read(&mut *connection).await?;
        let state = self.state(&mut *connection, aim).await?;
        let acts = listing_since::unnumbered(&mut *connection).await?;
        let state = if acts.is_empty() {
            state
        } else {
            let told = listing_since::of_acts(&mut *connection, &self.names, &acts).await?;
            let unnumbered = following::unnumbered(connection, &self.names).await?;
            Arc::new(state.with(unnumbered, told))
        };
        Ok(Snapshot::of(self.names.clone(), self.cuts.clone(), state))
    }

    async fn state(&self, connection: &mut PgConnection, aim: Aim) -> Result<Arc<State>, Failure> {
        let position = aim.position;
        let known = self.before(&aim);
        if let Some(state) = known.as_ref().filter(|state| state.position == position) {
            return Ok(state.clone());
        }
        let _making = self.making.lock().await;
        // Others have perhaps gone on beyond it meanwhile, and left nothing to start from.
        let state = match self.before(&aim).or(known) {
            Some(state) if state.position == position => return Ok(state),
            Some(earlier) => self.since(&earlier, connection, position).await?,
            None => self.load(connection, aim).await?,
        };
        let state = Arc::new(state);
        self.keep(state.clone());
        Ok(state)
    }

    fn keep(&self, state: Arc<State>) {
        let mut states = self.states();
        states.push(state);
        let trees = |states: &[Arc<State>]| {
            let mut trees: Vec<_> = states.iter().map(|state| Arc::as_ptr(&state.tree)).collect();
            trees.sort_unstable();
            trees.dedup();
            trees.len()
        };
        while states.len() > STATES_MAX || trees(&states) > TREES_MAX {
            states.remove(0);
        }
    }

    /// The latest from which one comes there; of what was read anew, that one.
    fn before(&self, aim: &Aim) -> Option<Arc<State>> {
        let states = self.states();
        let before = states.iter().filter(|state| aim.comes_from(&state.position, state.announced));
        before
            .max_by_key(|state| {
                let Position { generation, registry, membership, own, .. } = state.position;
                (generation, state.announced, registry, membership, own)
            })
            .cloned()
    }

    fn states(&self) -> MutexGuard<'_, Vec<Arc<State>>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads everything.
    async fn load(&self, connection: &mut PgConnection, aim: Aim) -> Result<State, Failure> {
        let begun = Instant::now();
        let (tree, history) = loading::tree(&mut *connection, &self.names).await?;
        let facts = loading::facts(&mut *connection, &self.names).await?;
        let listed = listing::listed(connection, &self.names).await?;
        tracing::info!(
            facts = facts.len(),
            bytes = facts.bytes(),
            listed = listed.len(),
            listed_bytes = listed.bytes(),
            units = tree.len(),
            milliseconds = begun.elapsed().as_millis() as u64,
            "the columns are loaded"
        );
        let (position, announced) = (aim.position, aim.announced);
        Ok(State { position, announced, facts, listed, tree: Arc::new(tree), history })
    }

    /// Reads what came since.
    async fn since(
        &self,
        earlier: &State,
        connection: &mut PgConnection,
        position: Position,
    ) -> Result<State, Failure> {
        let told =
            following::facts(&mut *connection, &self.names, &earlier.position, &position).await?;
        let listed =
            listing_since::since(&mut *connection, &self.names, &earlier.position, &position)
                .await?;
        let anew = match position.places_otherwise_than(&earlier.position) {
            true => following::units(connection, &self.names, &earlier.position, &position).await?,
            false => None,
        };
        let units = self.names.read().unwrap_or_else(PoisonError::into_inner).units.len();
        let (facts, tree) = (earlier.facts.clone(), earlier.tree.clone());
        // What was derived otherwise was perhaps known otherwise at earlier instants.
        let history = match position.generation == earlier.position.generation {
            true => earlier.history.clone(),
            false => earlier.history.forgetting_trees(),
        };
        let of_earlier = earlier.listed.clone();
        let announced = earlier.announced;
        spawn_blocking(move || {
            let (tree, history) = match anew {
                Some(Otherwise { units: anew, versions }) => (
                    Arc::new(tree.otherwise(units, versions.told(), &anew)),
                    history.otherwise(&anew, versions),
                ),
                None => (tree, history),
            };
            let (facts, listed) = (facts.with(told), of_earlier.with(listed));
            State { position, announced, facts, listed, tree, history }
        })
        .await
        .context("take in what came")
        .map_err(Failure::from)
    }

    /// Takes in whatever has come, in a reading of its own.
    pub async fn catch_up(&self, database: &Database) -> Result<(), Failure> {
        let mut reading = database.pool().begin_with(READING).await?;
        let aim = Aim::read(&mut reading).await?;
        let state = self.state(&mut reading, aim).await?;
        reading.rollback().await?;
        if state.announced < aim.announced {
            self.load_anew(database.pool().clone());
        }
        Ok(())
    }

    /// Reads everything anew beside what is answered from, since a rebuild has announced itself: whoever
    /// reads goes on meanwhile, and goes on from what was read when it is there.
    fn load_anew(&self, pool: PgPool) {
        let Ok(loading) = self.loading.clone().try_lock_owned() else { return };
        let columns = self.clone();
        tokio::spawn(async move {
            if let Err(failure) = columns.read_anew(&pool).await {
                // Whoever needs it then reads it.
                tracing::warn!(cause = %failure, "the columns could not be read anew");
            }
            drop(loading);
        });
    }

    async fn read_anew(&self, pool: &PgPool) -> Result<(), Failure> {
        let mut reading = pool.begin_with(READING).await?;
        let aim = Aim::read(&mut reading).await?;
        let state = self.load(&mut reading, aim).await?;
        reading.rollback().await?;
        self.keep(Arc::new(state));
        Ok(())
    }

    /// Keeps them current, as this process learns of progress: a reading that begins then finds
    /// little to take in.
    pub async fn keep_current(self, database: Database) {
        let mut registry = database.progress().of("registry");
        let mut membership = database.progress().of("membership");
        let mut failing = false;
        loop {
            match self.catch_up(&database).await {
                Ok(()) => failing = false,
                // Said once, not at every try.
                Err(failure) if !failing => {
                    failing = true;
                    tracing::warn!(cause = %failure, "the columns cannot be kept current; readings will try");
                }
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
            tokio::select! {
                () = changed(&mut registry) => {}
                () = changed(&mut membership) => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

/// Waits for news of a source; for ever, where there will be none.
async fn changed<T>(source: &mut Option<sync::watch::Receiver<T>>) {
    let Some(source) = source else { return std::future::pending().await };
    if source.changed().await.is_err() {
        std::future::pending().await
    }
}
