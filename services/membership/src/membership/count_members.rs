//! How many members unions have on a day, and how they stand.

use chassis::refusal::Failure;
use feeds::membership::StandingKind;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;

/// How many members one union has.
#[derive(Debug)]
pub struct Count {
    /// The union.
    pub organisation_id: Uuid,
    /// All.
    pub members: i64,
    /// Women.
    pub female: i64,
    /// Of them the dormant.
    pub dormant: i64,
    /// Of them those who are offered to another union.
    pub in_transfer: i64,
    /// Of them those who take part in another union.
    pub parked: i64,
    /// Members of others who take part here.
    pub hosted: i64,
    /// Honorary members.
    pub honorary: i64,
}

/// Members, without how they stand.
struct Members {
    organisation_id: Uuid,
    members: i64,
    female: i64,
}

/// How many members each of these unions has on a day, in the order of the request.
pub async fn count(
    connection: &mut PgConnection,
    organisation_ids: &[Uuid],
    as_of: Date,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<Count>, Failure> {
    let field = |line| format!("organisation_ids[{line}]");
    organisation::all_in_scope(connection, organisation_ids, field).await?;
    let members = match known_at {
        None => {
            sqlx::query_as!(
                Members,
                r#"select asked.organisation_id as "organisation_id!",
                          count(person.person_id) as "members!",
                          count(person.person_id) filter (where sex = 2) as "female!"
                   from unnest($1::uuid[]) with ordinality as asked (organisation_id, line)
                   left join membership on membership.organisation_id = asked.organisation_id
                                       and from_on <= $2 and (until_on is null or until_on > $2)
                   left join person on person.person_id = membership.person_id
                   group by asked.organisation_id, line
                   order by line"#,
                organisation_ids,
                as_of,
            )
            .fetch_all(&mut *connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Members,
                r#"select asked.organisation_id as "organisation_id!",
                          count(member.person_id) as "members!",
                          count(member.person_id) filter (where sex = 2) as "female!"
                   from unnest($1::uuid[]) with ordinality as asked (organisation_id, line)
                   left join lateral (
                       select stay.person_id, person.sex
                       from membership_known stay
                       join person_known person
                         on person.person_id = stay.person_id
                        and person.recorded @> $3::timestamptz
                       where stay.organisation_id = asked.organisation_id
                         and from_on <= $2 and (until_on is null or until_on > $2)
                         and stay.recorded @> $3::timestamptz
                       offset 0) member on true
                   group by asked.organisation_id, line
                   order by line"#,
                organisation_ids,
                as_of,
                at,
            )
            .fetch_all(&mut *connection)
            .await?
        }
    };
    let mut counts: Vec<Count> = members
        .into_iter()
        .map(|of| Count {
            organisation_id: of.organisation_id,
            members: of.members,
            female: of.female,
            dormant: 0,
            in_transfer: 0,
            parked: 0,
            hosted: 0,
            honorary: 0,
        })
        .collect();
    for stand in standing(connection, organisation_ids, as_of, known_at).await? {
        let line = usize::try_from(stand.line - 1).unwrap_or_default();
        let Some(count) = counts.get_mut(line) else { continue };
        *match (StandingKind::numbered(stand.kind)?, stand.hosted) {
            (_, true) => &mut count.hosted,
            (StandingKind::InTransfer, false) => &mut count.in_transfer,
            (StandingKind::Dormant, false) => &mut count.dormant,
            (StandingKind::Parked, false) => &mut count.parked,
            (StandingKind::Honorary, false) => &mut count.honorary,
        } += stand.people;
    }
    Ok(counts)
}

/// How many people stand so.
struct Stand {
    /// Of the list of unions, from 1 on.
    line: i64,
    kind: i16,
    /// The union is where they take part.
    hosted: bool,
    people: i64,
}

/// How many people stand how in each of these unions on a day.
async fn standing(
    connection: &mut PgConnection,
    organisation_ids: &[Uuid],
    as_of: Date,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<Stand>, Failure> {
    let rows = match known_at {
        None => {
            sqlx::query_as!(
                Stand,
                r#"select line as "line!", kind as "kind!", hosted as "hosted!",
                          count(*) as "people!"
                   from unnest($1::uuid[]) with ordinality as asked (organisation_id, line)
                   cross join lateral (
                       select kind, false as hosted from standing_spell spell
                       where spell.organisation_id = asked.organisation_id
                         and from_on <= $2 and (until_on is null or until_on > $2)
                       union all
                       select kind, true from standing_spell spell
                       where spell.other_organisation_id = asked.organisation_id and kind = $3
                         and from_on <= $2 and (until_on is null or until_on > $2)
                       offset 0) stand
                   group by line, kind, hosted"#,
                organisation_ids,
                as_of,
                StandingKind::Parked as i16,
            )
            .fetch_all(&mut *connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Stand,
                r#"select line as "line!", kind as "kind!", hosted as "hosted!",
                          count(*) as "people!"
                   from unnest($1::uuid[]) with ordinality as asked (organisation_id, line)
                   cross join lateral (
                       select kind, false as hosted from standing_spell_known spell
                       where spell.organisation_id = asked.organisation_id
                         and from_on <= $2 and (until_on is null or until_on > $2)
                         and recorded @> $4::timestamptz
                       union all
                       select kind, true from standing_spell_known spell
                       where spell.other_organisation_id = asked.organisation_id and kind = $3
                         and from_on <= $2 and (until_on is null or until_on > $2)
                         and recorded @> $4::timestamptz
                       offset 0) stand
                   group by line, kind, hosted"#,
                organisation_ids,
                as_of,
                StandingKind::Parked as i16,
                at,
            )
            .fetch_all(&mut *connection)
            .await?
        }
    };
    Ok(rows)
}
