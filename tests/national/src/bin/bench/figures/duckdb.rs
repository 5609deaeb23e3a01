//! The same facts and the same places, counted with DuckDB: by a program of its own, in the same run.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use futures_util::StreamExt;
use serde::Deserialize;
use sqlx::{Postgres, Transaction};
use time::Duration;
use tokio::io::{AsyncWriteExt, BufWriter};
use tokio::task::spawn_blocking;

use crate::figures::question::{Question, Sums, number};

const PROGRAM: &str = include_str!("duckdb.py");

/// What DuckDB took for a question, and what it counted.
pub struct Answer {
    pub milliseconds: f64,
    pub sums: Sums,
}

#[derive(Deserialize)]
struct Told {
    milliseconds: f64,
    sums: Vec<(usize, i64)>,
}

/// Asks DuckDB all questions; with a Python that has it.
pub async fn ask(
    python: String,
    transaction: &mut Transaction<'_, Postgres>,
    questions: &[Question],
) -> anyhow::Result<Vec<Answer>> {
    let folder = tempfile::Builder::new().prefix("congdoan-duckdb-").tempdir()?;
    let facts = "copy (select u.n, f.on_date - date '2000-01-01', f.code, f.amount
                       from fact f join bench_unit u on u.unit_id = f.unit_id)
                 to stdout (format csv)";
    copy_out(transaction, facts, &folder.path().join("facts.csv")).await?;
    let mut asked = Vec::new();
    let mut lines = Vec::new();
    for (n, question) in questions.iter().enumerate() {
        let pieces = format!("copy ({}) to stdout (format csv)", question.pieces());
        copy_out(transaction, &pieces, &folder.path().join(format!("pieces{n}.csv"))).await?;
        lines.push(question.lines(transaction).await?);
        asked.push(serde_json::json!({
            "code": question.indicator,
            "stock": question.is_stock(),
            "always": !question.is_dated(),
            "first": number(question.from),
            "until": number(question.through + Duration::DAY),
        }));
    }
    std::fs::write(folder.path().join("questions.json"), serde_json::to_vec(&asked)?)?;
    let program = folder.path().join("duckdb_figures.py");
    std::fs::write(&program, PROGRAM)?;
    let told = spawn_blocking(move || {
        let done = Command::new(&python).arg(&program).arg(folder.path()).output();
        let done = done.with_context(|| format!("run {python}"))?;
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let told: Vec<Told> = serde_json::from_slice(&done.stdout).context("what DuckDB told")?;
        anyhow::Ok(told)
    })
    .await??;
    ensure!(told.len() == lines.len(), "an answer to each question");
    let answer = |(told, lines): (Told, Vec<String>)| {
        let named = told.sums.into_iter().map(|(line, sum)| {
            let name = lines.get(line).cloned().context("a line has a name")?;
            anyhow::Ok((name, sum))
        });
        let sums: BTreeMap<String, i64> = named.collect::<anyhow::Result<_>>()?;
        anyhow::Ok(Answer { milliseconds: told.milliseconds, sums })
    };
    told.into_iter().zip(lines).map(answer).collect()
}

async fn copy_out(
    transaction: &mut Transaction<'_, Postgres>,
    statement: &str,
    to: &Path,
) -> anyhow::Result<()> {
    let mut file = BufWriter::new(tokio::fs::File::create(to).await?);
    let mut rows = transaction.copy_out_raw(statement).await?;
    while let Some(part) = rows.next().await {
        file.write_all(&part?).await?;
    }
    file.flush().await?;
    Ok(())
}
