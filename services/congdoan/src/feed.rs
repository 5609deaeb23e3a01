//! `congdoan feed`: what an operator does where a follower halted, or a database was restored.

use chassis::feed;
use serde::Serialize;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::cli::feed::{Feed, FeedCommand, FeedOf, SkipChange};
use crate::fault::{COMMAND_LINE_INVALID, fault_of};
use crate::language::tell;
use crate::output::{is_json, line, print_json};
use crate::owner;

/// Longest reason, and longest name of who gives it.
const TEXT_MAX: usize = 1_000;

/// How far a service has followed another.
#[derive(Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
struct Follower {
    source: String,
    position: i64,
    halted: Option<String>,
}

/// Does what the command line says.
pub async fn run(asked: Feed) -> anyhow::Result<()> {
    let done = match asked.command {
        FeedCommand::Show(of) => show(of).await,
        FeedCommand::Skip(skipped) => skip(skipped).await,
        FeedCommand::Restored(of) => restored(of).await,
    };
    done.map_err(owner::hindered)
}

async fn pool(of: &FeedOf) -> anyhow::Result<PgPool> {
    let url = owner::url(&of.database, of.password_file.as_deref())?;
    Ok(PgPoolOptions::new().max_connections(1).connect(&url).await?)
}

async fn show(of: FeedOf) -> anyhow::Result<()> {
    let followers: Vec<Follower> =
        sqlx::query_as("select source, position, halted from feed.follower order by source")
            .fetch_all(&pool(&of).await?)
            .await?;
    if is_json() {
        print_json(&serde_json::json!({ "service": of.service, "followers": followers }));
        return Ok(());
    }
    if followers.is_empty() {
        line(&tell!("{} không theo dịch vụ nào.", "{} follows nobody.", of.service));
    }
    for Follower { source, position, halted } in followers {
        match halted {
            None => line(&tell!(
                "{source}: đã theo đến vị trí {position}.",
                "{source}: followed up to position {position}."
            )),
            Some(halted) => line(&tell!(
                "{source}: dừng sau vị trí {position}: {halted}",
                "{source}: halted behind position {position}: {halted}"
            )),
        }
    }
    Ok(())
}

async fn skip(asked: SkipChange) -> anyhow::Result<()> {
    let SkipChange { of, source, change, by, reason } = asked;
    for (argument, text) in [("--by", &by), ("--reason", &reason)] {
        if text.trim().is_empty() || text.chars().count() > TEXT_MAX {
            return Err(fault_of(
                COMMAND_LINE_INVALID,
                argument,
                tell!(
                    "{argument} phải có từ 1 đến {TEXT_MAX} ký tự",
                    "{argument} has 1 to {TEXT_MAX} letters"
                ),
            ));
        }
    }
    let pool = pool(&of).await?;
    let halted: Option<String> =
        sqlx::query_scalar("select halted from feed.follower where source = $1")
            .bind(&source)
            .fetch_optional(&pool)
            .await?
            .flatten();
    // What it did not halt at it can apply: to leave that out is never meant.
    if !halted.is_some_and(|halted| halted.contains(&change.to_string())) {
        let service = &of.service;
        return Err(fault_of(
            COMMAND_LINE_INVALID,
            "--change",
            tell!(
                "{service} không dừng ở thay đổi này của {source}; hãy xem `congdoan feed show {service}`",
                "{service} has not halted at this change of {source}'s; see `congdoan feed show {service}`"
            ),
        ));
    }
    feed::skip(&pool, &source, change, &by, &reason).await?;
    if is_json() {
        print_json(
            &serde_json::json!({ "service": of.service, "source": source, "change": change }),
        );
    } else {
        line(&tell!(
            "{} bỏ qua thay đổi {change} của {source} và theo tiếp.",
            "{} leaves the change {change} of {source}'s out, and goes on.",
            of.service
        ));
    }
    Ok(())
}

async fn restored(of: FeedOf) -> anyhow::Result<()> {
    let epoch = feed::restored(&pool(&of).await?).await?;
    if is_json() {
        print_json(&serde_json::json!({ "service": of.service, "epoch": epoch }));
    } else {
        line(&tell!(
            "Luồng thay đổi của {} bắt đầu kỷ nguyên mới: {epoch}.",
            "The feed of {} begins a new epoch: {epoch}.",
            of.service
        ));
    }
    Ok(())
}
