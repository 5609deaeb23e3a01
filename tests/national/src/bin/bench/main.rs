//! `make bench`: the whole system on the made-up country, each bar with its measure, its
//! reference from the same run, and the ratio of the two.
//!
//! The services run as they do in production, in one process, over a private PostgreSQL that
//! flushes; everything goes through the gateway by the clients that the command line uses.
//! Where a latency is claimed, calls go out on a timetable that waits for no answer
//! (`timetable.rs`).

mod aged;
mod constraints;
mod country;
mod edge;
mod feeds;
mod figures;
mod following;
mod freshness;
mod lines;
mod load;
mod members;
mod moves;
mod names;
mod pages;
mod plan;
mod rebuild;
mod rehome;
mod search;
mod timetable;

use std::mem;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use national::{National, Size};

use crate::country::Country;
use crate::lines::Lines;

#[derive(Parser)]
#[command(about = "Measures the whole system on a made-up country.")]
struct Arguments {
    /// How much of the country.
    #[arg(long, value_enum, default_value = "tiny")]
    size: SizeName,
    /// What is measured besides the load, which everything needs; everything, if not given.
    #[arg(long, value_enum)]
    only: Vec<Area>,
    /// How many people are taken in; as the size says, if not given.
    #[arg(long, env = "PEOPLE")]
    people: Option<u64>,
    /// How many facts are counted; as the size says, if not given.
    #[arg(long, env = "FACTS")]
    facts: Option<i64>,
    /// The seed of the country.
    #[arg(long, default_value_t = 2025)]
    seed: u64,
    /// Where the figures are written, as `<size>.json`.
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
}

/// What can be measured by itself.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Area {
    Edge,
    Tree,
    Search,
    Plan,
    Load,
    Membership,
    Reporting,
    /// Of reporting, how it is rebuilt and how fresh it is; of everything, too.
    Rebuild,
}

#[derive(Clone, Copy, ValueEnum)]
enum SizeName {
    Tiny,
    Province,
    National,
}

impl SizeName {
    fn size(self) -> Size {
        match self {
            Self::Tiny => Size::Tiny,
            Self::Province => Size::Province,
            Self::National => Size::National,
        }
    }

    /// How many people are taken in.
    fn people(self) -> u64 {
        match self {
            Self::Tiny => 4_000,
            Self::Province => 100_000,
            Self::National => 1_000_000,
        }
    }

    /// How many facts are counted.
    fn facts(self) -> i64 {
        match self {
            Self::Tiny => 100_000,
            Self::Province => 1_000_000,
            Self::National => 10_000_000,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Tiny => "tiny",
            Self::Province => "province",
            Self::National => "national",
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let size = arguments.size.size();
    let tree = National::new(size, arguments.seed)?;
    let mut lines = Lines::new(size);
    let country = Country::start(tree).await?;
    country.print_settings().await?;

    load::measure(&country, &mut lines).await?;
    // One that fails takes no other with it: its line says so.
    let is_asked = |area| arguments.only.is_empty() || arguments.only.contains(&area);
    if is_asked(Area::Load) {
        let measured = constraints::measure(&country, &mut lines).await;
        lines.failed("load", measured);
    }
    if is_asked(Area::Edge) {
        let measured = edge::measure(&country, &mut lines).await;
        lines.failed("edge", measured);
    }
    if is_asked(Area::Reporting) {
        let facts = arguments.facts.unwrap_or(arguments.size.facts());
        let measured = figures::measure(&country, facts, &mut lines).await;
        lines.failed("reporting", measured);
    }
    if is_asked(Area::Tree) {
        let measured = pages::measure(&country, &mut lines).await;
        lines.failed("tree", measured);
    }
    if is_asked(Area::Search) {
        let measured = search::measure(&country, &mut lines).await;
        lines.failed("search", measured);
    }
    let mut following = Vec::new();
    if is_asked(Area::Plan) {
        let measured = plan::measure(&country, &mut lines, &mut following).await;
        lines.failed("plan", measured);
    }
    if is_asked(Area::Tree) {
        let measured = moves::measure(&country, &mut lines, mem::take(&mut following)).await;
        lines.failed("tree", measured);
    }
    for following in following {
        let measured = following.tell(&mut lines).await;
        lines.failed("plan", measured);
    }
    if is_asked(Area::Membership) {
        let people = arguments.people.unwrap_or(arguments.size.people());
        let measured = members::measure(&country, people, &mut lines).await;
        lines.failed("membership", measured);
    }
    country.stop().await?;
    if is_asked(Area::Load) {
        let measured = aged::measure(size, arguments.seed, &mut lines).await;
        lines.failed("load", measured);
    }

    if is_asked(Area::Rebuild) {
        let measured = rebuild::measure(size, arguments.seed, &mut lines).await;
        lines.failed("reporting", measured);
    }

    lines.print();
    lines.write(&arguments.out, arguments.size.name())?;
    Ok(if lines.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
