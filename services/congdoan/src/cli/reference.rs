//! `congdoan reference`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::decided::Decided;
use super::gateway::Gateway;

/// `congdoan reference`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  congdoan reference load minimum-founders minimum_founders.csv --decision 12/QĐ-TLĐ \\
    --issued-on 2026-01-05 --dry-run
  congdoan reference load minimum-founders minimum_founders.csv --decision 12/QĐ-TLĐ \\
    --issued-on 2026-01-05
  congdoan reference load sectors sectors.csv --decision-id 0190…   under the same decision")]
pub struct Reference {
    /// What to do.
    #[command(subcommand)]
    pub command: ReferenceCommand,
}

/// What is done to the lists of codes and rules.
#[derive(Debug, Subcommand)]
pub enum ReferenceCommand {
    /// Put a later version in the place of a list of codes or rules, with its decision.
    #[command(long_about = "\
Put a later version in the place of a list of codes or rules, with its decision: whoever \
administers the Confederation does.

FILE.csv is the whole list, in UTF-8, separated by commas, under the heading of its file in \
services/registry/reference; further columns are not read. Days are YYYY-MM-DD; valid_to is the \
last day. A rule that is not among the lines holds no more, on any day; a code that is not among \
them stays known. What is loaded already changes nothing.")]
    Load(LoadReference),
}

/// `congdoan reference load`.
#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("basis").required(true).args(["decision", "decision_id"]))]
pub struct LoadReference {
    /// Which list.
    #[arg(value_name = "LIST", value_enum)]
    pub which: Which,
    /// The whole of it.
    #[arg(value_name = "FILE.csv")]
    pub file: PathBuf,
    /// Say what would be otherwise, and load nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// What a decision is about that is recorded with it.
    #[arg(long, value_name = "TEXT", requires = "decision")]
    pub title: Option<String>,
    /// What it rests on.
    #[command(flatten)]
    pub decided: Decided,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// A list of codes or rules, as its file in `services/registry/reference` is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// types of organisation, and which may stand under which
    OrganisationTypes,
    /// sectors and their groups
    Sectors,
    /// industries
    Industries,
    /// how many people found a union at least
    MinimumFounders,
    /// communes, with their provinces
    Communes,
    /// which types have a territory
    Territories,
    /// kinds of documents
    DocumentKinds,
    /// bodies that are elected or appointed
    Bodies,
    /// positions in bodies
    Positions,
    /// how many members bodies have
    BodySizes,
    /// which shares of bodies there are to be
    BodyShares,
    /// from when on a congress is one of delegates
    CongressForms,
    /// deadlines
    Deadlines,
    /// types of enterprises
    EnterpriseTypes,
    /// stages of organising campaigns
    CampaignStages,
}
