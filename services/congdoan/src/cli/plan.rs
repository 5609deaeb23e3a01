//! `congdoan plan`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::decided::Decided;
use super::gateway::Gateway;
use super::values::id;

/// `congdoan plan`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  congdoan plan generate-2025 --file steps.csv
  plan=$(congdoan plan create 'Sắp xếp 2025' --decision 1500/QĐ-TLĐ \\
    --issued-on 2025-06-27 --effective-on 2025-07-01)
  congdoan plan add $plan --file steps.csv
  congdoan plan dry-run $plan
  congdoan plan conflicts $plan                  what stands against it
  congdoan plan mend $plan --file steps.csv      after the file was mended
  congdoan plan review $plan
  congdoan plan commit $plan
  congdoan plan undo $plan
  congdoan plan copy $plan --decision-id 0190…   once more, under its real decision")]
pub struct Plan {
    /// What to do.
    #[command(subcommand)]
    pub command: PlanCommand,
}

/// What is done to a plan.
#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Begin a plan, and print its id.
    Create(CreatePlan),
    /// List plans, newest first.
    List {
        /// The code or id of the organisation on whose behalf they are, and of all below it.
        #[arg(long, value_name = "CODE", default_value = "TLD")]
        organisation: String,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Add the steps of a file. What the plan has already is passed over.
    #[command(long_about = "\
Add the steps of a file, which is CSV in UTF-8: kind (FOUND, END, HAND_OVER, RENAME, \
CHANGE_TYPE), unit, name, short_name, code, type, sector, industry, superior, end_kind, successor, members_outcome, \
rehome_to, subordinates_to.

A step is known by its line in the file, as an editor counts it: the heading is line 1, the first \
step line 2. Where the file has a column `line`, that says it instead. Steps that the plan \
has already are passed over: what broke off is just repeated.")]
    Add {
        /// The plan.
        #[arg(value_parser = id)]
        plan_id: uuid::Uuid,
        /// The file.
        #[arg(long, value_name = "FILE.csv")]
        file: PathBuf,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Make a draft what its mended file says: steps that are gone are removed, steps that differ
    /// replaced, new ones added.
    Mend {
        /// The plan.
        #[arg(value_parser = id)]
        plan_id: uuid::Uuid,
        /// The file.
        #[arg(long, value_name = "FILE.csv")]
        file: PathBuf,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Take steps out of a draft, by their lines.
    Remove {
        /// The plan.
        #[arg(value_parser = id)]
        plan_id: uuid::Uuid,
        /// Lines, such as 12 or 20-25.
        #[arg(required = true, value_name = "LINES", value_parser = lines)]
        lines: Vec<Lines>,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Put the steps of some lines of a file in the places of those that a draft has.
    Replace {
        /// The plan.
        #[arg(value_parser = id)]
        plan_id: uuid::Uuid,
        /// Lines, such as 12 or 20-25.
        #[arg(required = true, value_name = "LINES", value_parser = lines)]
        lines: Vec<Lines>,
        /// The file.
        #[arg(long, value_name = "FILE.csv")]
        file: PathBuf,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Begin a new draft with the steps of a plan, also of one that is done or undone; print its
    /// id.
    Copy(CopyPlan),
    /// Print the steps of a plan, as a file has them.
    Steps {
        /// The plan.
        #[arg(value_parser = id)]
        plan_id: uuid::Uuid,
        /// Write them here instead; a file that is not there yet.
        #[arg(long, value_name = "FILE.csv")]
        file: Option<PathBuf>,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Find out what the plan would do, and what stands against it.
    DryRun {
        /// The plan.
        #[arg(value_parser = id)]
        plan_id: uuid::Uuid,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// List what the last dry run found against the plan: all of it.
    Conflicts {
        /// The plan.
        #[arg(value_parser = id)]
        plan_id: uuid::Uuid,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Print each step with what it means for members and quotas.
    Review {
        /// The plan.
        #[arg(value_parser = id)]
        plan_id: uuid::Uuid,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Do what the last dry run found.
    Commit {
        /// The plan.
        #[arg(value_parser = id)]
        plan_id: uuid::Uuid,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Take a committed plan back.
    Undo {
        /// The plan.
        #[arg(value_parser = id)]
        plan_id: uuid::Uuid,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Print where a plan is, and what its last dry run found.
    Show {
        /// The plan.
        #[arg(value_parser = id)]
        plan_id: uuid::Uuid,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Print the steps of 2025-07-01: 63 provinces become 34, the districts end.
    #[command(name = "generate-2025")]
    Generate2025 {
        /// Write them here instead; a file that is not there yet.
        #[arg(long, value_name = "FILE.csv")]
        file: Option<PathBuf>,
    },
}

/// `congdoan plan create`.
#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("basis").required(true).args(["decision", "decision_id"]))]
pub struct CreatePlan {
    /// What it is about.
    pub name: String,
    /// The code or id of the organisation that restructures.
    #[arg(long, value_name = "CODE", default_value = "TLD")]
    pub organisation: String,
    /// What it rests on.
    #[command(flatten)]
    pub decided: Decided,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `congdoan plan copy`.
#[derive(Args, Debug)]
pub struct CopyPlan {
    /// The plan whose steps it takes over.
    #[arg(value_parser = id)]
    pub plan_id: uuid::Uuid,
    /// What the new one is about; by default the same.
    #[arg(long)]
    pub name: Option<String>,
    /// What it rests on; by default the same decision and the same day.
    #[command(flatten)]
    pub decided: Decided,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// Lines of a file, from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The first.
    pub first: i32,
    /// The last.
    pub last: i32,
}

/// `12`, or `20-25`.
fn lines(text: &str) -> anyhow::Result<Lines> {
    use crate::language::tell;
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let lines = first.trim().parse().ok().zip(last.trim().parse().ok());
    lines
        .map(|(first, last)| Lines { first, last })
        .filter(|lines| 0 < lines.first && lines.first <= lines.last)
        // More than any plan has is a slip of the fingers.
        .filter(|lines| lines.last - lines.first < 200_000)
        .ok_or_else(|| {
            anyhow::Error::msg(tell!(
                "ghi số dòng như 12, hoặc 20-25",
                "write lines such as 12, or 20-25"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_one_or_a_range() {
        assert_eq!(lines("12").expect("read"), Lines { first: 12, last: 12 });
        assert_eq!(lines("20-25").expect("read"), Lines { first: 20, last: 25 });
        for bad in ["0", "-3", "5-4", "x", "1-999999999", ""] {
            assert!(lines(bad).is_err(), "{bad}");
        }
    }
}
