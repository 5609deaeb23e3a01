//! Databases as their owners reach them, and why they do not.

use std::path::Path;
use std::str::FromStr;

use anyhow::Context;
use chassis::database::Schema;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use system::{OWNERS, schema};

use crate::fault::{DATABASE_AWAY, DATABASE_OF_ANOTHER, fault};
use crate::language::tell;
use crate::told::{read_file, words};

/// The address with the password that a file holds: so that it stands in no command line and
/// in no environment.
pub fn url(url: &str, password_file: Option<&Path>) -> anyhow::Result<String> {
    let options = PgConnectOptions::from_str(url).map_err(|_| unreadable())?;
    let Some(file) = password_file else { return Ok(url.to_owned()) };
    let password = read_file(file)?;
    let password = String::from_utf8_lossy(&password);
    Ok(options.password(password.trim_end()).to_url_lossy().to_string())
}

fn unreadable() -> anyhow::Error {
    fault(
        DATABASE_AWAY,
        tell!(
            "địa chỉ cơ sở dữ liệu không đúng; hãy ghi như postgres://chủ@127.0.0.1/registry",
            "the address of the database cannot be read; write it such as \
             postgres://owner@127.0.0.1/registry"
        ),
    )
}

/// What stood in the way of an owner, in one language; another error stays as it is.
pub fn hindered(error: anyhow::Error) -> anyhow::Error {
    let of_sqlx = error.chain().find_map(|cause| {
        cause.downcast_ref::<sqlx::Error>().or_else(|| match cause.downcast_ref::<MigrateError>() {
            Some(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
                Some(error)
            }
            _ => None,
        })
    });
    let Some(of_sqlx) = of_sqlx else { return error };
    let why = match of_sqlx {
        sqlx::Error::Configuration(_) => return unreadable(),
        sqlx::Error::Io(error) => words(error),
        sqlx::Error::PoolTimedOut => tell!("đã quá thời hạn chờ", "it took too long"),
        sqlx::Error::Database(refused) => match refused.code().as_deref() {
            Some("28P01" | "28000") => tell!(
                "PostgreSQL không nhận người dùng hoặc mật khẩu này",
                "PostgreSQL does not accept this user or this password"
            ),
            Some("3D000") => {
                tell!("không có cơ sở dữ liệu nào tên như vậy", "there is no database of this name")
            }
            Some("42501") => {
                tell!("người dùng này không phải chủ lược đồ", "this user does not own the schema")
            }
            Some("42P01") => tell!(
                "lược đồ chưa có; hãy chạy `congdoan migrate` trước",
                "the schema is not there; run `congdoan migrate` first"
            ),
            Some("55P03") => tell!(
                "một việc khác đang giữ các bảng; hãy thử lại",
                "something else holds the tables; try again"
            ),
            _ => {
                let said = refused.message();
                tell!("PostgreSQL báo: \"{said}\"", "PostgreSQL says: \"{said}\"")
            }
        },
        other => other.to_string(),
    };
    fault(
        DATABASE_AWAY,
        tell!("không dùng được cơ sở dữ liệu: {why}", "the database cannot be used: {why}"),
    )
}

/// Why the migrations of a service do not fit a database: it is another's, or a newer program's.
/// Another error is told as [`hindered`] does.
pub async fn unfitting(error: anyhow::Error, url: &str, service: &str) -> anyhow::Error {
    let fits = error.chain().filter_map(|cause| cause.downcast_ref::<MigrateError>()).all(|of| {
        !matches!(
            of,
            MigrateError::VersionMissing(_)
                | MigrateError::VersionMismatch(_)
                | MigrateError::VersionNotPresent(_)
        )
    });
    if fits {
        return hindered(error);
    }
    match whose(url).await {
        Ok(Some(other)) if other != service => fault(
            DATABASE_OF_ANOTHER,
            tell!(
                "đây là cơ sở dữ liệu của {other}, không phải của {service}",
                "this is the database of {other}, and not that of {service}"
            ),
        ),
        _ => fault(
            DATABASE_OF_ANOTHER,
            tell!(
                "lược đồ ở đó không phải của {service} theo phiên bản này: của phiên bản mới hơn, hoặc \
                 của chương trình khác",
                "the schema there is not that of {service} as this program knows it: a newer one made \
                 it, or another program"
            ),
        ),
    }
}

/// The service whose migrations a database has, all of which one service only knows.
async fn whose(url: &str) -> anyhow::Result<Option<&'static str>> {
    let mut connection = PgConnectOptions::from_str(url)?.connect().await?;
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("select version, checksum from _sqlx_migrations")
            .fetch_all(&mut connection)
            .await
            .context("read which migrations are applied")?;
    connection.close().await?;
    let knows = |schema: &Schema| {
        applied.iter().all(|(version, checksum)| {
            schema
                .migrations
                .iter()
                .any(|known| known.version == *version && *known.checksum == **checksum)
        })
    };
    let mut owners = Vec::new();
    for owner in OWNERS {
        if knows(schema(owner)?) {
            owners.push(owner);
        }
    }
    Ok(match &*owners {
        [one] => Some(*one),
        _ => None,
    })
}
