//! What can be asked for on the command line.

mod audit;
pub mod closing;
pub mod decided;
pub mod feed;
mod figure;
pub mod figures;
mod gateway;
pub mod indicators;
pub mod lookup;
pub mod members;
mod mistake;
pub mod periodic_reports;
pub mod plan;
mod rating;
pub mod rebuild;
pub mod reference;
pub mod templates;
pub(crate) mod values;
mod vietnamese;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use self::closing::Closing;
use self::lookup::{Completion, List, Member, Search};
use self::periodic_reports::PeriodicReports;
use self::plan::Plan;
use self::values::{address, id};
use crate::language::{self, Language};
use crate::output;

pub use self::audit::{Audit, AuditCommand, AuditFigures};
pub use self::figure::{Activities, Explain, Paper, PaperForm, Question, Report, Targets};
pub use self::gateway::Gateway;
pub use self::rating::Ratings;

/// The national register of Vietnam's trade unions, on the command line.
///
/// The whole system runs on one machine with `congdoan up`; the other commands talk to it,
/// or, with --gateway and --token, to any other.
#[derive(Debug, Parser)]
#[command(name = "congdoan", version, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// The language of all that is said; that of the terminal (LANG) by default.
    #[arg(long = "lang", value_enum, global = true, value_name = "LANGUAGE")]
    pub language: Option<Language>,
    /// Print one JSON document, for programs, instead of words. What went wrong is one on standard
    /// error, as {"error": {"message": …, "reason": …, "fields": …}}, also where the command line
    /// itself is wrong.
    #[arg(long, global = true)]
    pub json: bool,
}

impl Cli {
    /// Reads the arguments of this process; a mistake in them ends it, as do --help and --version.
    /// Decides in which language and form it speaks from here on.
    pub fn of_process() -> Self {
        let arguments: Vec<OsString> = std::env::args_os().collect();
        let language = Language::of_arguments(&arguments).unwrap_or_else(Language::of_terminal);
        language::choose(language);
        let as_json = mistake::asks_for_json(&arguments);
        let read = command_in(language).try_get_matches_from(arguments);
        match read.and_then(|matches| Self::from_arg_matches(&matches)) {
            Ok(cli) => {
                output::choose(cli.json);
                cli
            }
            Err(error) => mistake::end(&error, language, as_json),
        }
    }
}

/// The command line, with its help in a language.
pub fn command_in(language: Language) -> clap::Command {
    match language {
        Language::English => Cli::command(),
        Language::Vietnamese => vietnamese::translated(Cli::command()),
    }
}

const EXAMPLES: &str = "\
Examples:
  See it do its real job, and go away again:
    congdoan demo

  Keep a system running, in ./.congdoan; in another terminal found the Confederation, and
  become its administrator:
    congdoan up
    congdoan bootstrap --subject me

  Load a tree of organisations, find one of them, print a report on it, ask why a figure is
  what it is:
    congdoan load tree.csv --history changes.csv
    congdoan search 'ba dinh'
    congdoan report BA_DINH --organisation LDLD-01-001 --from 2020-01-01 --to 2020-12-31
    congdoan explain MBR_ADMITTED --organisation LDLD-01-001 --from 2020-01-01 --to 2020-12-31

  Call it with something else:
    curl -H \"authorization: Bearer $(congdoan token --subject me)\" \\
      http://127.0.0.1:8080/v1/organisations:search?text=thái+nguyên";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the whole system on this machine until interrupted.
    #[command(long_about = "\
Run the whole system on this machine until interrupted: a private PostgreSQL (15 or newer, \
found in CONGDOAN_PG_BIN, in /usr/lib/postgresql or on the PATH; also as root), the \
services, and an issuer of access tokens for development, which gives a token to anybody \
who asks and therefore listens on loopback only.")]
    Up(Up),
    /// Replay five federations' years through the public API, and print their reports.
    Demo(Demo),
    /// Found the Confederation and grant its administrator: once, at the first start.
    #[command(long_about = "\
Found the Confederation and grant its administrator, in one transaction of the schema's \
owner. It is refused when any organisation exists.")]
    Bootstrap(Bootstrap),
    /// Load a tree of organisations that existed before the register did.
    #[command(long_about = "\
Load a tree of organisations that existed before the register did, with what is known of their \
history.

FILE.csv has one organisation a line, as it was founded, in UTF-8, with the columns
  code, name, type, superior_code, founded_on
  short_name, sector, industry           where there are any
  ended_on, end_kind, successor_code     of those that have ended
Days are YYYY-MM-DD; ended_on is the first day on which it no longer existed; end_kind is \
DISSOLVED, MERGED, CONSOLIDATED, DIVIDED or TERMINATED. A superior stands in an earlier line, or \
is in the register already; a successor stands in any line, or is in the register.

The file of --history has one change a line:
  of           the code of the organisation in FILE.csv
  founded_on   which one, where several had this code at different times
  from_on      the first day on which it holds
  code, name, short_name, type, sector, industry, superior_code, status   what it is from then on
What is empty stays as it was; columns may be left out; status is ACTIVE or SUSPENDED. The lines \
may stand in any order.

All lines are loaded, or none: what is wrong is told by file, line and column, lines as an editor \
counts them, the heading being line 1. A load that \
broke off goes on behind the last line that arrived when the same command is run again; one that \
was done answers that it was.")]
    Load(Load),
    /// Restructure: collect a plan, try it, do it, take it back.
    Plan(Plan),
    /// Find organisations by name, code, or a commune of their territory.
    Search(Search),
    /// Print a person of the register, and where she is or was a member.
    Member(Member),
    /// Keep members in files: a template to fill in, and a check of what was filled in.
    Members(members::Members),
    /// List what may be written where a code is asked for: types, sectors, industries, roles, indicators,
    /// kinds of activities.
    List(List),
    /// Load a later version of a list of codes or rules.
    Reference(reference::Reference),
    /// See what can be counted, and load indicators with their decision.
    Indicators(indicators::Indicators),
    /// Print a report for an organisation, a period and a tree.
    Report(Report),
    /// Print figures of several organisations and periods: series, ranks, comparisons.
    Figures(Box<figures::Figures>),
    /// Walk a figure down to the units, changes and decisions that made it.
    Explain(Explain),
    /// List what units did, as they reported it, the oldest first.
    Activities(Activities),
    /// Ask for periodic reports, fill them, hand them in, and add them up.
    PeriodicReports(PeriodicReports),
    /// Close periods, and verify what was closed.
    Closing(Closing),
    /// Print the targets of an organisation, how far they are reached and at what pace.
    Targets(Targets),
    /// Look at the templates by which reports are printed, and change them.
    Templates(templates::Templates),
    /// Hold figures against what is counted again.
    Audit(Audit),
    /// Print how the unions of an organisation are rated in a year, and in which rounds.
    Ratings(Ratings),
    /// Ask the development issuer for an access token, and print it.
    Token(Token),
    /// Make the keys of a system whose services run apart.
    #[command(long_about = "\
Make the keys of a system whose services run apart: the key pairs by which they believe each \
other, the secret that seals consistency tokens, and membership's keys of personal data. \
What is there already stays as it is. `congdoan up` makes its own.")]
    Keys(Keys),
    /// Apply a service's migrations as the owner of its schema.
    Migrate(Migrate),
    /// See how far a service follows others, and help it where it halted.
    Feed(feed::Feed),
    /// See how far a rebuild of reporting is and what it found, and cancel one.
    Rebuild(rebuild::Rebuild),
    /// Print a script by which a shell completes what is typed.
    Completion(Completion),
    /// Run a command with a PostgreSQL of its own, for tests.
    WithPostgres(WithPostgres),
}

/// `congdoan up`.
#[derive(Args, Debug)]
pub struct Up {
    /// Where data, keys and addresses are kept.
    #[arg(long, value_name = "DIRECTORY", default_value = ".congdoan")]
    pub data: PathBuf,
    /// Keep nothing: a new database in a temporary directory, removed at the end.
    #[arg(long)]
    pub ephemeral: bool,
    /// Where the gateway listens; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = address)]
    pub listen: SocketAddr,
    /// An OpenTelemetry collector (OTLP over gRPC) for traces, metrics and logs.
    #[arg(long, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub telemetry: Option<String>,
}

/// `congdoan demo`.
#[derive(Args, Debug)]
pub struct Demo {
    /// Keep the system running afterwards, until interrupted, to try it out.
    #[arg(long)]
    pub stay: bool,
    /// Where addresses are noted while it runs, so that other commands find it.
    #[arg(long, value_name = "DIRECTORY", default_value = ".congdoan")]
    pub data: PathBuf,
    /// Where the gateway listens; a free port by default.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = address)]
    pub listen: SocketAddr,
}

/// `congdoan bootstrap`.
#[derive(Args, Debug)]
pub struct Bootstrap {
    /// Who vouches for the subject; the development issuer of the running system by default.
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,
    /// The issuer's opaque id of the administrator.
    #[arg(long)]
    pub subject: String,
    /// Registry's database, for the owner of its schema; that of the running system by default.
    #[arg(long, value_name = "URL", env = "REGISTRY_OWNER_URL", hide_env_values = true)]
    pub database: Option<String>,
    /// A file with the owner's password, where one is needed.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Where the running system keeps its addresses.
    #[arg(long, value_name = "DIRECTORY", default_value = ".congdoan")]
    pub data: PathBuf,
}

/// `congdoan load`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  congdoan load tree.csv --history changes.csv --validate-only
  congdoan load tree.csv --history changes.csv")]
pub struct Load {
    /// The organisations.
    #[arg(value_name = "FILE.csv")]
    pub file: PathBuf,
    /// What they went through since they were founded.
    #[arg(long, value_name = "CHANGES.csv")]
    pub history: Option<PathBuf>,
    /// Check everything and load nothing.
    #[arg(long)]
    pub validate_only: bool,
    /// Names this load: the same id never loads twice, and goes on where it broke off. Derived
    /// from the files by default.
    #[arg(long, value_name = "UUID", value_parser = id)]
    pub request_id: Option<uuid::Uuid>,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `congdoan token`.
#[derive(Args, Debug)]
pub struct Token {
    /// Whom the token is for.
    #[arg(long)]
    pub subject: String,
    /// The development issuer; that of the running system by default.
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,
    /// Ask nobody: sign it with this private key (Ed25519, PEM), in the name of --issuer.
    #[arg(long, value_name = "FILE", requires = "issuer")]
    pub key: Option<PathBuf>,
    /// Where the running system keeps its addresses.
    #[arg(long, value_name = "DIRECTORY", default_value = ".congdoan")]
    pub data: PathBuf,
}

/// `congdoan keys`.
#[derive(Args, Debug)]
pub struct Keys {
    /// The directory, made if it is missing, for its owner only.
    #[arg(value_name = "DIRECTORY")]
    pub directory: PathBuf,
    /// Add a data key that seals personal data from tomorrow on: what is sealed is sealed anew by the
    /// running service.
    #[arg(long)]
    pub rotate: bool,
}

/// `congdoan migrate`.
#[derive(Args, Debug)]
pub struct Migrate {
    /// Whose migrations.
    #[arg(value_parser = proto::services::OWNERS)]
    pub service: String,
    /// The service's database, for the owner of its schema.
    #[arg(long, value_name = "URL", env = "CONGDOAN_OWNER_URL", hide_env_values = true)]
    pub database: String,
    /// A file with the owner's password, where one is needed.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// `congdoan with-postgres`.
#[derive(Args, Debug)]
#[command(
    long_about = "\
Run a command with a PostgreSQL of its own: started before it, named to it by the variable \
CONGDOAN_TEST_POSTGRES, and removed after it with all it held.",
    after_help = "\
Example:
  congdoan with-postgres -- cargo test --workspace"
)]
pub struct WithPostgres {
    /// Keep the cluster in this directory, with the templates of the tests' databases, for the
    /// next time.
    #[arg(long, value_name = "DIRECTORY")]
    pub keep: Option<PathBuf>,
    /// The command and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub command: Vec<OsString>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        for language in [Language::English, Language::Vietnamese] {
            command_in(language).debug_assert();
        }
    }

    #[test]
    fn a_command_to_run_keeps_its_own_options() {
        let cli =
            Cli::try_parse_from(["congdoan", "with-postgres", "--", "cargo", "test", "--help"]);
        let Ok(Cli { command: Command::WithPostgres(with), .. }) = cli else { panic!("{cli:?}") };
        assert_eq!(with.command, ["cargo", "test", "--help"]);
        assert_eq!(with.keep, None);
        let kept =
            ["congdoan", "with-postgres", "--keep", "target/postgresql", "--", "ls", "--all"];
        let Ok(Cli { command: Command::WithPostgres(with), .. }) = Cli::try_parse_from(kept) else {
            panic!("{kept:?}");
        };
        assert_eq!(with.command, ["ls", "--all"]);
        assert_eq!(with.keep, Some("target/postgresql".into()));
    }

    #[test]
    fn a_report_wants_a_template_or_a_list() {
        assert!(Cli::try_parse_from(["congdoan", "report"]).is_err());
        assert!(Cli::try_parse_from(["congdoan", "report", "--list"]).is_ok());
        // Of any system.
        let elsewhere = ["congdoan", "report", "--list", "--gateway", "g", "--token", "t"];
        assert!(Cli::try_parse_from(elsewhere).is_ok());
        assert!(Cli::try_parse_from(["congdoan", "report", "X", "--list"]).is_err());
        let asked = [
            "congdoan",
            "report",
            "X",
            "--organisation",
            "A",
            "--from",
            "2020-01-01",
            "--to",
            "2020-02-31",
        ];
        assert!(Cli::try_parse_from(asked).is_err());
    }
}
