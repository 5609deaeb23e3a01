//! `congdoan templates`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use uuid::Uuid;

use super::gateway::Gateway;
use super::values::id;

/// `congdoan templates`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  congdoan templates list --organisation LDLD-01
  congdoan templates show TONG_HOP --organisation LDLD-01 --out tong_hop.toml
  congdoan templates set TONG_HOP tong_hop.toml --organisation LDLD-01 --dry-run
  congdoan templates withdraw TONG_HOP --organisation LDLD-01 --reason \"Theo mẫu chung\"")]
pub struct Templates {
    /// What to do.
    #[command(subcommand)]
    pub command: TemplatesCommand,
}

/// What is done to templates of reports.
#[derive(Debug, Subcommand)]
pub enum TemplatesCommand {
    /// List the templates that hold for an organisation.
    List(ListTemplates),
    /// Print a template as a file that can be changed and set.
    Show(ShowTemplate),
    /// Set a template of an organisation: for itself and all below it.
    Set(SetTemplate),
    /// Let the template of the nearest superior hold again.
    Withdraw(WithdrawTemplate),
}

/// `congdoan templates list`.
#[derive(Args, Debug)]
pub struct ListTemplates {
    /// The organisation's code (or its id).
    #[arg(long, value_name = "CODE")]
    pub organisation: String,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `congdoan templates show`.
#[derive(Args, Debug)]
pub struct ShowTemplate {
    /// The template's code.
    #[arg(value_name = "TEMPLATE")]
    pub template: String,
    /// The organisation's code (or its id).
    #[arg(long, value_name = "CODE")]
    pub organisation: String,
    /// A certain version, by its id; by default the one that holds.
    #[arg(long, value_name = "ID", value_parser = id)]
    pub version: Option<Uuid>,
    /// Write it to this file.
    #[arg(long, value_name = "FILE.toml")]
    pub out: Option<PathBuf>,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `congdoan templates set`.
#[derive(Args, Debug)]
pub struct SetTemplate {
    /// The template's code: capital letters, digits and underscores.
    #[arg(value_name = "TEMPLATE")]
    pub template: String,
    /// What it says, as `templates show` prints it.
    #[arg(value_name = "FILE.toml")]
    pub file: PathBuf,
    /// The organisation's code (or its id).
    #[arg(long, value_name = "CODE")]
    pub organisation: String,
    /// Say what is wrong with it, and set nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Why it is set.
    #[command(flatten)]
    pub why: Why,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `congdoan templates withdraw`.
#[derive(Args, Debug)]
pub struct WithdrawTemplate {
    /// The template's code.
    #[arg(value_name = "TEMPLATE")]
    pub template: String,
    /// The organisation's code (or its id).
    #[arg(long, value_name = "CODE")]
    pub organisation: String,
    /// Say whether it can be, and withdraw nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Why it is withdrawn.
    #[command(flatten)]
    pub why: Why,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// Why a template is set or withdrawn.
#[derive(Args, Debug)]
pub struct Why {
    /// The decision that it rests on, by its id.
    #[arg(long, value_name = "ID", value_parser = id)]
    pub decision_id: Option<Uuid>,
    /// Why, in words.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// The organisation's own version that was read; set by somebody else meanwhile, it is refused.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub over: i32,
}
