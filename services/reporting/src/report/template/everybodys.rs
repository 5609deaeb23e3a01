//! The templates that come with the program: the first versions of those that are everybody's.
//!
//! Each version of a file is applied once, whichever program brings it: a program of the last release
//! that starts later puts nothing back.

use anyhow::{Context, bail};
use serde::Deserialize;
use sqlx::PgPool;
use sqlx::types::Json;
use uuid::Uuid;

use crate::ground::indicators::Indicators;
use crate::ground::reference::Reference;
use crate::report::template::checked::checked;
use crate::report::template::draft::Draft;
use crate::report::template::versions::EVERYBODY;

/// The files, in the order in which they are applied.
const FILES: [(&str, &str, &str); 7] = [
    ("TONG_HOP", "tong_hop.toml", include_str!("../../../reference/templates/tong_hop.toml")),
    ("TONG_QUAN", "tong_quan.toml", include_str!("../../../reference/templates/tong_quan.toml")),
    ("MY_DUC", "my_duc.toml", include_str!("../../../reference/templates/my_duc.toml")),
    ("THANH_TRI", "thanh_tri.toml", include_str!("../../../reference/templates/thanh_tri.toml")),
    ("BA_DINH", "ba_dinh.toml", include_str!("../../../reference/templates/ba_dinh.toml")),
    ("CAU_GIAY", "cau_giay.toml", include_str!("../../../reference/templates/cau_giay.toml")),
    (
        "THAI_NGUYEN",
        "thai_nguyen.toml",
        include_str!("../../../reference/templates/thai_nguyen.toml"),
    ),
];

/// A file: a draft, with its code.
#[derive(Deserialize)]
struct File {
    code: String,
    #[serde(flatten)]
    draft: toml::Table,
}

/// Every file, read and checked.
pub fn read(reference: &'static Reference) -> anyhow::Result<Vec<(String, Draft)>> {
    FILES
        .iter()
        .map(|(code, file, text)| {
            let draft =
                one(code, text, reference).with_context(|| format!("read templates/{file}"))?;
            Ok(((*code).to_string(), draft))
        })
        .collect()
}

fn one(code: &str, text: &str, reference: &'static Reference) -> anyhow::Result<Draft> {
    let file: File = toml::from_str(text)?;
    if file.code != code {
        bail!("it is called {}, and not {code}", file.code);
    }
    let draft: Draft = file.draft.try_into()?;
    if let Err(faults) = checked(&draft, &Indicators::built_in(reference)) {
        bail!("{faults:?}");
    }
    Ok(draft)
}

/// Adds what of the files was never applied, a version each.
pub async fn apply(pool: &PgPool, reference: &'static Reference) -> anyhow::Result<()> {
    let drafts = read(reference)?;
    let mut transaction = pool.begin().await?;
    // Replicas that start at once apply one after the other.
    sqlx::query!("select pg_advisory_xact_lock(220)").execute(&mut *transaction).await?;
    for (code, draft) in drafts {
        sqlx::query!(
            "insert into report_template (template_version_id, owner_id, code, version, title, body, actor, set_at)
             select $1, $2, $3, coalesce(max(version), 0) + 1, $4, $5, 'reporting', now()
             from report_template where owner_id = $2 and code = $3
             having not coalesce(bool_or(body = $5), false)",
            Uuid::now_v7(),
            EVERYBODY,
            code,
            draft.title,
            Json(&draft) as Json<&Draft>,
        )
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    Ok(())
}
