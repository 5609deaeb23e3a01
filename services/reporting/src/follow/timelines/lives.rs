//! Founding and end, as they are known now.

use anyhow::Context;
use chassis::feed::Change;
use chassis::refusal::Failure;
use feeds::edges::Edges;
use feeds::registry::{Ending, Timeline};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::reference::Reference;

/// Founding and end. An organisation that never existed keeps its row, which targets may name;
/// what still names it lies under the superior that its founding had placed it under.
pub(super) async fn replace(
    connection: &mut PgConnection,
    change: &Change,
    timelines: &[Timeline],
    edges: &Edges<Uuid>,
    reference: &Reference,
) -> Result<(), Failure> {
    let (mut units, mut types, mut grassroots) = (Vec::new(), Vec::new(), Vec::new());
    let (mut founded, mut loaded) = (Vec::new(), Vec::new());
    let (mut endings, mut never) = (Vec::new(), Vec::new());
    let (mut under, mut first): (Vec<Option<Uuid>>, Vec<Option<Uuid>>) = Default::default();
    for timeline in timelines {
        let Some(founded_on) = timeline.founded_on else {
            never.push(timeline.organisation_id);
            under.push(timeline.founded_under_id);
            first.push(edges.first(timeline.organisation_id));
            continue;
        };
        units.push(timeline.organisation_id);
        // What it was founded as; what it became since stands in its types.
        let first = timeline.types.first().context("a life without a type")?;
        types.push(first.value.as_str());
        grassroots.push(reference.is_grassroots(&first.value));
        founded.push(founded_on);
        loaded.push(timeline.loaded);
        endings.push(timeline.ending);
    }
    let of = |read: fn(Ending) -> Option<Uuid>| -> Vec<Option<Uuid>> {
        endings.iter().map(|ending| ending.and_then(read)).collect()
    };
    let ended: Vec<Option<Date>> =
        endings.iter().map(|ending| ending.map(|ending| ending.ended_on)).collect();
    let kinds: Vec<Option<&str>> =
        endings.iter().map(|ending| ending.map(|ending| ending.kind.code())).collect();
    let heirs = of(|ending| ending.principal_successor_id);
    let superiors = of(|ending| ending.last_superior_id);
    let members_to = of(|ending| ending.members_to());
    sqlx::query!(
        "insert into organisation as known
             (organisation_id, type, grassroots, founded_on, loaded, founding_change_id,
              ended_on, end_kind, heir_id, last_superior_id, ending_change_id, members_to_id)
         select organisation_id, type, grassroots, founded_on, loaded, $10::uuid,
                ended_on, kind, heir_id, superior_id, case when ended_on is not null then $10::uuid end,
                members_to_id
         from unnest($1::uuid[], $2::text[], $3::boolean[], $4::date[], $5::boolean[], $6::date[],
                     $7::text[], $8::uuid[], $9::uuid[], $11::uuid[])
              as line (organisation_id, type, grassroots, founded_on, loaded, ended_on, kind,
                       heir_id, superior_id, members_to_id)
         on conflict (organisation_id) do update
         set type = excluded.type, grassroots = excluded.grassroots,
             founded_on = excluded.founded_on, loaded = excluded.loaded,
             founding_change_id = case when known.founded_on = excluded.founded_on
                                       then known.founding_change_id
                                       else excluded.founding_change_id end,
             never_existed = false, founded_under_id = null,
             members_to_id = excluded.members_to_id,
             ended_on = excluded.ended_on, end_kind = excluded.end_kind,
             heir_id = excluded.heir_id, last_superior_id = excluded.last_superior_id,
             ending_change_id = case when known.ended_on = excluded.ended_on
                                      and known.end_kind = excluded.end_kind
                                     then known.ending_change_id
                                     else excluded.ending_change_id end
         -- Most lives of an undone plan are what they were but for where they stand.
         where known.never_existed or known.founded_under_id is not null
            or (known.type, known.grassroots, known.founded_on, known.loaded, known.ended_on,
                known.end_kind, known.heir_id, known.last_superior_id, known.members_to_id)
               is distinct from
               (excluded.type, excluded.grassroots, excluded.founded_on, excluded.loaded,
                excluded.ended_on, excluded.end_kind, excluded.heir_id, excluded.last_superior_id,
                excluded.members_to_id)",
        &units,
        &types as &[&str],
        &grassroots,
        &founded,
        &loaded,
        &ended as &[Option<Date>],
        &kinds as &[Option<&str>],
        &heirs as &[Option<Uuid>],
        &superiors as &[Option<Uuid>],
        change.change_id,
        &members_to as &[Option<Uuid>],
    )
    .execute(&mut *connection)
    .await?;
    // A registry of before does not say where: its place of that time is still known here.
    sqlx::query!(
        "update organisation
         set never_existed = true,
             founded_under_id = coalesce(line.under_id, founded_under_id, line.first_id),
             ended_on = null, end_kind = null, heir_id = null, last_superior_id = null,
             ending_change_id = null, members_to_id = null
         from unnest($1::uuid[], $2::uuid[], $3::uuid[])
              as line (organisation_id, under_id, first_id)
         where organisation.organisation_id = line.organisation_id",
        &never,
        &under as &[Option<Uuid>],
        &first as &[Option<Uuid>],
    )
    .execute(connection)
    .await?;
    Ok(())
}
