//! `congdoan`: see `congdoan --help`.

use std::process::ExitCode;

use congdoan::cli::{Cli, Command};
use congdoan::report::Printed;
use congdoan::{
    activities, audit, bootstrap, closing, completion, explain, feed, figures, indicators, keys,
    list, load, member, members, migrate, output, periodic_reports, plan, ratings, rebuild,
    reference, report, search, targets, templates, token, told, up, with_postgres,
};

/// What was asked for is printed, and a figure in it is known not to be complete.
const INCOMPLETE: u8 = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::of_process().command {
        Command::Up(up) => up::run(up).await,
        Command::Demo(demo) => up::run_demo(demo).await,
        Command::Bootstrap(bootstrap) => bootstrap::run(bootstrap).await,
        Command::Load(load) => load::run(load).await,
        Command::Plan(plan) => plan::run(plan).await,
        Command::Search(search) => search::run(search).await,
        Command::Member(member) => member::run(member).await,
        Command::Members(members) => members::run(members).await,
        Command::List(list) => list::run(list).await,
        Command::Reference(reference) => reference::run(reference).await,
        Command::Indicators(indicators) => indicators::run(indicators).await,
        Command::Report(report) => match report::run(report).await {
            Ok(Printed::Whole) => Ok(()),
            Ok(Printed::Incomplete) => return ExitCode::from(INCOMPLETE),
            Err(error) => Err(error),
        },
        Command::Figures(figures) => figures::run(*figures).await,
        Command::Explain(explain) => explain::run(explain).await,
        Command::Activities(activities) => activities::run(activities).await,
        Command::PeriodicReports(reports) => periodic_reports::run(reports).await,
        Command::Closing(closing) => closing::run(closing).await,
        Command::Audit(audit) => audit::run(audit).await,
        Command::Templates(templates) => templates::run(templates).await,
        Command::Targets(targets) => targets::run(targets).await,
        Command::Ratings(ratings) => ratings::run(ratings).await,
        Command::Token(token) => token::run(token).await,
        Command::Keys(keys) => keys::run(keys),
        Command::Migrate(migrate) => migrate::run(migrate).await,
        Command::Feed(feed) => feed::run(feed).await,
        Command::Rebuild(rebuild) => rebuild::run(rebuild).await,
        Command::Completion(completion) => completion::run(&completion),
        // The command that was run has said how it went.
        Command::WithPostgres(with) => match with_postgres::run(with).await {
            Ok(code) => return code,
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if output::is_json() {
                eprintln!("{}", told::failure_json(&error));
            } else {
                eprintln!("congdoan: {}", told::failure(&error));
            }
            ExitCode::FAILURE
        }
    }
}
