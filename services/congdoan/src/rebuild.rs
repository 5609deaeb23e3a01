//! `congdoan rebuild`: how far a rebuild of reporting is, what it found, and an end to it.

use reporting::rebuild::kept;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::cli::rebuild::{CancelRebuild, Rebuild, RebuildCommand, RebuildOf};
use crate::fault::{COMMAND_LINE_INVALID, fault_of};
use crate::language::tell;
use crate::output::{is_json, line, print_json};
use crate::owner;

/// Longest name of who cancels.
const TEXT_MAX: usize = 1_000;

/// Does what the command line says.
pub async fn run(asked: Rebuild) -> anyhow::Result<()> {
    let done = match asked.command {
        RebuildCommand::Show(of) => show(of).await,
        RebuildCommand::Cancel(cancelled) => cancel(cancelled).await,
    };
    done.map_err(owner::hindered)
}

async fn pool(of: &RebuildOf) -> anyhow::Result<PgPool> {
    let url = owner::url(&of.database, of.password_file.as_deref())?;
    Ok(PgPoolOptions::new().max_connections(1).connect(&url).await?)
}

async fn show(of: RebuildOf) -> anyhow::Result<()> {
    let pool = pool(&of).await?;
    let Some(last) = kept::last(&pool, 1).await?.into_iter().next() else {
        if is_json() {
            print_json(&serde_json::json!({ "rebuild": null }));
        } else {
            line(&tell!("Chưa có lần dựng lại nào.", "Nothing was ever rebuilt."));
        }
        return Ok(());
    };
    let differed = kept::differed(&pool, last.rebuild_id).await?;
    let counted = kept::counted(&pool, last.rebuild_id).await?;
    if is_json() {
        let differed: Vec<_> = differed
            .iter()
            .map(|of| {
                serde_json::json!({
                    "table": of.table_name,
                    "missing": of.missing,
                    "surplus": of.surplus,
                    "otherwise": of.otherwise,
                })
            })
            .collect();
        let counted: Vec<_> = counted
            .iter()
            .map(
                |of| serde_json::json!({ "code": of.code, "facts": of.facts, "amount": of.amount }),
            )
            .collect();
        print_json(&serde_json::json!({ "rebuild": {
            "rebuildId": last.rebuild_id,
            "state": last.state,
            "begunBy": last.begun_by,
            "reason": last.reason,
            "attempts": last.attempts,
            "registry": { "position": last.registry_position, "head": last.registry_head },
            "membership": { "position": last.membership_position, "head": last.membership_head },
            "changesPerSecond": last.changes_per_second,
            "hindrance": last.hindrance,
            "generation": last.generation,
            "differences": differed,
            "counted": counted,
        } }));
        return Ok(());
    }
    let (id, by, reason) = (last.rebuild_id, &last.begun_by, &last.reason);
    line(&tell!(
        "Dựng lại {id}, do {by} bắt đầu: {reason}",
        "Rebuild {id}, begun by {by}: {reason}"
    ));
    let (of_registry, registry) = (last.registry_head, last.registry_position);
    let (of_membership, membership) = (last.membership_head, last.membership_position);
    let rate = last.changes_per_second;
    match last.state.as_str() {
        "RUNNING" => line(&tell!(
            "Đang theo registry đến {registry} trong {of_registry}, membership đến {membership} trong \
             {of_membership}; {rate} thay đổi mỗi giây.",
            "It has followed registry up to {registry} of {of_registry}, membership up to {membership} \
             of {of_membership}; {rate} changes a second."
        )),
        "CANCELLED" => line(&tell!(
            "Đã hủy: số liệu đang phục vụ không đổi.",
            "Cancelled: what is served stayed as it was."
        )),
        _ => line(&tell!(
            "Đã xong: {} bảng có dòng khác với khi dựng lại.",
            "Done: {} tables had rows that were not as they are derived.",
            differed.len()
        )),
    }
    if let Some(hindrance) = &last.hindrance {
        line(&tell!("Lần chạy cuối bị dừng: {hindrance}", "The last process stopped: {hindrance}"));
    }
    for of in &differed {
        let (table, missing, surplus, otherwise) =
            (&of.table_name, of.missing, of.surplus, of.otherwise);
        line(&tell!(
            "{table}: thiếu {missing}, thừa {surplus}, khác {otherwise} dòng",
            "{table}: {missing} rows missing, {surplus} too many, {otherwise} otherwise"
        ));
    }
    for of in &counted {
        let (code, facts, amount) = (&of.code, of.facts, of.amount);
        line(&tell!(
            "{code}: {facts} sự việc thêm vào hoặc bỏ đi, tổng cộng {amount:+}",
            "{code}: {facts} facts came or went, {amount:+} in all"
        ));
    }
    Ok(())
}

async fn cancel(asked: CancelRebuild) -> anyhow::Result<()> {
    let CancelRebuild { of, by } = asked;
    if by.trim().is_empty() || by.chars().count() > TEXT_MAX {
        return Err(fault_of(
            COMMAND_LINE_INVALID,
            "--by",
            tell!("--by phải có từ 1 đến {TEXT_MAX} ký tự", "--by has 1 to {TEXT_MAX} letters"),
        ));
    }
    let cancelled = kept::cancel(&pool(&of).await?, &by).await?;
    if is_json() {
        print_json(&serde_json::json!({ "cancelled": cancelled }));
        return Ok(());
    }
    match cancelled {
        Some(id) => line(&tell!("Đã hủy lần dựng lại {id}.", "The rebuild {id} is cancelled.")),
        None => line(&tell!("Không có lần dựng lại nào đang chạy.", "No rebuild is running.")),
    }
    Ok(())
}
