//! `congdoan audit`.

use clap::{Args, Subcommand};

use super::figure::Question;
use super::gateway::Gateway;

/// `congdoan audit`.
#[derive(Args, Debug)]
pub struct Audit {
    /// What to do.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// What is audited.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Hold the figures that are answered against what other code counts of the same facts.
    Figures(AuditFigures),
}

/// `congdoan audit figures`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  congdoan audit figures --organisation TLD --from 2025-01-01 --to 2025-12-31 --levels 1
  congdoan audit figures --organisation LDLD-01 --from 2020-01-01 --to 2020-12-31 --as-of 2026-01-01

Every indicator is held against it, of the organisation and of so many levels below it, in every month \
that the period touches, as then and as of a day; books and roll-ups, too.

Exit codes:
  0  no number differs
  1  some differ, and are printed; or the audit was not done
  2  the command line is wrong")]
pub struct AuditFigures {
    /// What is asked.
    #[command(flatten)]
    pub question: Question,
    /// How many levels below the organisation; at most 4.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub levels: u8,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}
