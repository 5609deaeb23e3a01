//! What differs between two trees: of two dates, or as known at two instants.

use std::collections::HashMap;

use anyhow::anyhow;
use chassis::database::Reading;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::organisation::{Organisation, Scoped, organisations};
use crate::ground::reading::{AsOf, Asked, in_scope, scope_is_whole};

/// How an organisation differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // `TreeDifferenceKind` of the contract says what each means
pub enum Kind {
    Founded,
    Ended,
    MovedIn,
    MovedOut,
    Moved,
    Renamed,
    CodeChanged,
    TypeChanged,
    SectorChanged,
    IndustryChanged,
    StatusChanged,
    EndingCorrected,
    FoundingCorrected,
}

impl Kind {
    const ALL: [(Self, &'static str); 13] = [
        (Self::Founded, "FOUNDED"),
        (Self::Ended, "ENDED"),
        (Self::MovedIn, "MOVED_IN"),
        (Self::MovedOut, "MOVED_OUT"),
        (Self::Moved, "MOVED"),
        (Self::Renamed, "RENAMED"),
        (Self::CodeChanged, "CODE_CHANGED"),
        (Self::TypeChanged, "TYPE_CHANGED"),
        (Self::SectorChanged, "SECTOR_CHANGED"),
        (Self::IndustryChanged, "INDUSTRY_CHANGED"),
        (Self::StatusChanged, "STATUS_CHANGED"),
        (Self::EndingCorrected, "ENDING_CORRECTED"),
        (Self::FoundingCorrected, "FOUNDING_CORRECTED"),
    ];

    /// The name in SQL.
    fn code(self) -> Option<&'static str> {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map(|(_, code)| code)
    }

    fn parse(code: &str) -> Result<Self, Failure> {
        Self::ALL
            .into_iter()
            .find(|(_, known)| *known == code)
            .map(|(kind, _)| kind)
            .ok_or_else(|| anyhow!("no kind of difference {code}").into())
    }
}

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// Below whom.
    pub root_id: Uuid,
    /// The first tree.
    pub from: AsOf,
    /// The second tree.
    pub to: AsOf,
    /// Only differences of this kind.
    pub kind: Option<Kind>,
}

/// An organisation that differs.
#[derive(Debug)]
pub struct Difference {
    /// Who.
    pub organisation_id: Uuid,
    /// In which ways.
    pub kinds: Vec<Kind>,
    /// As it stood in the first tree, where it was known to exist.
    pub before: Option<Organisation>,
    /// As it stands in the second.
    pub after: Option<Organisation>,
}

/// How many differ, over the whole.
#[derive(Debug, Default)]
pub struct Counts {
    /// In each way.
    pub by_kind: Vec<(Kind, i32)>,
    /// Who lived in the first tree.
    pub before: i32,
    /// Who lives in the second.
    pub after: i32,
}

/// A page of differences.
#[derive(Debug)]
pub struct Compared {
    /// In the order of the ids.
    pub differences: Vec<Difference>,
    /// Empty on the last page.
    pub next_page_token: String,
    /// On the first page.
    pub counts: Option<Counts>,
}

/// A page of what differs; the first counts it all.
pub async fn compare(
    reading: &mut Reading,
    comparison: Comparison,
    asked: &Asked<'_>,
) -> Result<Compared, Failure> {
    let Comparison { root_id, from, to, kind } = comparison;
    let after: Option<Uuid> = asked.after()?;
    in_scope(reading, "organisation_id", root_id).await?;
    let covers_all = scope_is_whole(reading).await?;
    let rows = sqlx::query_file!(
        "src/history/compare.sql",
        root_id,
        from.on,
        from.known_at,
        to.on,
        to.known_at,
        after,
        kind.and_then(Kind::code),
        covers_all,
        asked.limit(),
    )
    .fetch_all(&mut **reading)
    .await?;
    let rows = rows.into_iter().map(|row| (row.organisation_id, row.kinds)).collect();
    let page = asked.page(rows, |(organisation_id, _): &(Uuid, Vec<String>)| *organisation_id)?;
    let counts = match after {
        None => Some(counts(reading, comparison, covers_all).await?),
        Some(_) => None,
    };
    let ids: Vec<Uuid> = page.rows.iter().map(|(organisation_id, _)| *organisation_id).collect();
    let mut before = standing(reading, &ids, from).await?;
    let mut after = standing(reading, &ids, to).await?;
    let differences = page
        .rows
        .into_iter()
        .map(|(organisation_id, kinds)| {
            Ok(Difference {
                organisation_id,
                kinds: kinds.iter().map(|code| Kind::parse(code)).collect::<Result<_, _>>()?,
                before: before.remove(&organisation_id),
                after: after.remove(&organisation_id),
            })
        })
        .collect::<Result<_, Failure>>()?;
    Ok(Compared { differences, next_page_token: page.next_page_token, counts })
}

async fn standing(
    reading: &mut Reading,
    ids: &[Uuid],
    as_of: AsOf,
) -> Result<HashMap<Uuid, Organisation>, Failure> {
    let found = organisations(reading, ids, as_of, Scoped::Already).await?;
    Ok(found.into_iter().map(|one| (one.organisation_id, one)).collect())
}

async fn counts(
    reading: &mut Reading,
    comparison: Comparison,
    covers_all: bool,
) -> Result<Counts, Failure> {
    let Comparison { root_id, from, to, .. } = comparison;
    let rows = sqlx::query_file!(
        "src/history/compare_counts.sql",
        root_id,
        from.on,
        from.known_at,
        to.on,
        to.known_at,
        covers_all,
    )
    .fetch_all(&mut **reading)
    .await?;
    let mut counts = Counts::default();
    for row in rows {
        match row.kind.as_str() {
            "BEFORE" => counts.before = row.organisations,
            "AFTER" => counts.after = row.organisations,
            code => counts.by_kind.push((Kind::parse(code)?, row.organisations)),
        }
    }
    Ok(counts)
}
