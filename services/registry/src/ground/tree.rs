//! The dated tree: how organisations stand on a date, and how they are inserted, moved and
//! locked.
//!
//! **Invariant:** an act that moves or ends units holds one advisory lock until it commits,
//! so that two of them never decide on each other's past. An act that leans on a unit locks
//! its row `for key share`; an act that changes its standing locks it `for update`; both in
//! the order of the ids.

use std::collections::HashMap;

use chassis::access::unknown_or_denied;
use chassis::database::Acting;
use chassis::feed::NewChange;
use chassis::refusal::{Failure, OnConstraint};
use feeds::registry::{Event, Founded, HandedOver, HandedUnit, Organisation};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::refused::Refused;

/// The advisory lock of acts that move or end units: any constant that nobody else uses.
const TREE_LOCK: i64 = 0x636F_6E67_646F_616E;

/// How an organisation stands on a date, as known now.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Whom this is about.
    pub organisation_id: Uuid,
    /// The first day of its life.
    pub founded_on: Date,
    /// The last superior known; none for the Confederation.
    pub superior_id: Option<Uuid>,
    /// Its superior on the date; none outside its life, and for the Confederation.
    pub place_id: Option<Uuid>,
    /// Since when that one.
    pub place_from: Option<Date>,
    /// The first day under the next one, or of no life; none where neither is known.
    pub place_until: Option<Date>,
    /// Its type on the date, for example `CDCS`.
    pub type_code: String,
    /// The first day of its next type; none where no other is known to come.
    pub type_until: Option<Date>,
    /// Its status on the date; none before it was founded.
    pub status: Option<String>,
    /// Since when.
    pub status_from: Option<Date>,
    /// The first day of the next one; none where none is known.
    pub status_until: Option<Date>,
    /// The first day on which it no longer exists, if its end is known.
    pub ended_on: Option<Date>,
}

/// Whose scope must reach an organisation: see `standing.sql`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The right must cover the organisation itself.
    Itself,
    /// The right must cover its superior, who decides about it.
    BySuperior,
}

impl Standing {
    /// It lives on this date: its end may be known, if it comes later. What is to last, lasts no
    /// longer than `ended_on`.
    pub fn lives_on(&self, on: Date) -> Result<(), Refused> {
        match self.ended_on {
            Some(ended_on) if ended_on <= on => {
                Err(Refused::OrganisationEnded { organisation_id: self.organisation_id, ended_on })
            }
            _ if on < self.founded_on => {
                Err(Refused::DateOutsideLife { on, from: self.founded_on })
            }
            _ => Ok(()),
        }
    }

    /// Its direction is not suspended on the date that was asked about.
    pub fn is_directed(&self) -> Result<(), Refused> {
        if self.status.as_deref() == Some(SUSPENDED) {
            return Err(Refused::OrganisationSuspended { organisation_id: self.organisation_id });
        }
        Ok(())
    }

    /// It can take subordinates from this date on.
    pub fn may_take_subordinates(&self, on: Date) -> Result<(), Refused> {
        self.may_have_subordinates(on, None)
    }

    /// It can have subordinates from this date on, until another; for ever where that is none.
    pub fn may_have_subordinates(&self, on: Date, until: Option<Date>) -> Result<(), Refused> {
        if let Some(ended_on) = self.ended_on
            && (ended_on <= on || until.is_none_or(|until| ended_on < until))
        {
            return Err(Refused::SuperiorEnded { organisation_id: self.organisation_id, ended_on });
        }
        if on < self.founded_on {
            return Err(Refused::DateOutsideLife { on, from: self.founded_on });
        }
        if self.status.as_deref() == Some(SUSPENDED) {
            return Err(Refused::SuperiorSuspended { organisation_id: self.organisation_id });
        }
        Ok(())
    }

    /// It has a superior on that date, and comes to another within its time there: the next
    /// known change of its place stays. Answers the superior that it leaves.
    pub fn may_change_place(&self, on: Date) -> Result<Uuid, Refused> {
        if self.superior_id.is_none() {
            return Err(Refused::ConfederationFixed);
        }
        match (self.place_id, self.place_from) {
            (Some(place_id), Some(since)) => {
                later_than(self.organisation_id, since, on).map(|()| place_id)
            }
            _ => Err(Refused::DateOutsideLife { on, from: self.founded_on }),
        }
    }

    /// Its status begins before that date and is known to last, if not for ever, until its end:
    /// between two others there is no room for one more.
    pub fn may_change_status(&self, on: Date) -> Result<(), Refused> {
        if let Some(since) = self.status_from {
            later_than(self.organisation_id, since, on)?;
        }
        match self.status_until {
            Some(until) if self.ended_on != Some(until) => {
                Err(Refused::LaterActKnown { subject_id: self.organisation_id, later_on: until })
            }
            _ => Ok(()),
        }
    }

    /// Another type of it, or an end, is known to come: what becomes known of its past meets it.
    pub fn has_later_life(&self) -> bool {
        self.type_until.is_some() || self.ended_on.is_some()
    }
}

/// The earlier of two ends, where one is known.
pub fn earlier(one: Option<Date>, other: Option<Date>) -> Option<Date> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Two acts on one attribute are not of one day, and what is to come after another act comes
/// after it: `on` is later than `since`.
pub fn later_than(organisation_id: Uuid, since: Date, on: Date) -> Result<(), Refused> {
    if on <= since {
        return Err(Refused::LaterActKnown { subject_id: organisation_id, later_on: since });
    }
    Ok(())
}

/// The status of an organisation that is alive and directed.
pub const ACTIVE: &str = "ACTIVE";
/// The status of an organisation whose direction is suspended.
pub const SUSPENDED: &str = "SUSPENDED";
/// The status of an organisation that no longer exists.
pub const ENDED: &str = "ENDED";

/// One organisation's standing on a date; `field` named it in the request.
pub async fn standing(
    acting: &mut Acting,
    field: &str,
    organisation_id: Uuid,
    on: Date,
    scope: Scope,
) -> Result<Standing, Failure> {
    let mut known = standings(acting, &[organisation_id], on, scope).await?;
    match known.remove(&organisation_id) {
        Some(standing) => Ok(standing),
        None => Err(unknown(acting, field, organisation_id).await),
    }
}

/// The standings of those organisations that are known and in scope.
pub async fn standings(
    acting: &mut Acting,
    organisation_ids: &[Uuid],
    on: Date,
    scope: Scope,
) -> Result<HashMap<Uuid, Standing>, Failure> {
    let rows = sqlx::query_file_as!(
        Standing,
        "src/ground/tree/standing.sql",
        organisation_ids,
        on,
        scope == Scope::BySuperior,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(rows.into_iter().map(|standing| (standing.organisation_id, standing)).collect())
}

/// The refusal of an organisation that did not come back: unknown, or out of scope, or the
/// caller may do this nowhere.
pub async fn unknown(acting: &mut Acting, field: &str, organisation_id: Uuid) -> Failure {
    let refusal = Refused::OrganisationUnknown { organisation_id }.at(field);
    unknown_or_denied(acting.db(), refusal).await
}

/// The refusal of an act that is unknown or out of scope, or of whoever may do this nowhere.
pub async fn unknown_act(acting: &mut Acting, field: &str, act_id: Uuid) -> Failure {
    unknown_or_denied(acting.db(), Refused::ActUnknown { act_id }.at(field)).await
}

/// Makes acts that move or end units wait for each other. Rights come first: whoever has none
/// on an organisation that the act names, under its field, holds up nobody.
pub async fn lock_moves(acting: &mut Acting, named: &[(String, Uuid)]) -> Result<(), Failure> {
    let organisation_ids: Vec<Uuid> =
        named.iter().map(|(_, organisation_id)| *organisation_id).collect();
    let unreached = sqlx::query_file_scalar!("src/ground/tree/unreached.sql", &organisation_ids)
        .fetch_one(acting.db())
        .await?;
    let unreached = unreached.and_then(|n| usize::try_from(n - 1).ok());
    if let Some((field, organisation_id)) = unreached.and_then(|n| named.get(n)) {
        return Err(unknown(acting, field, *organisation_id).await);
    }
    lock_tree(acting).await
}

/// The same, where rights have been looked at.
pub async fn lock_tree(acting: &mut Acting) -> Result<(), Failure> {
    sqlx::query("select pg_advisory_xact_lock($1)").bind(TREE_LOCK).execute(acting.db()).await?;
    Ok(())
}

/// Whether so many organisations are few.
pub fn are_few(organisations: usize) -> bool {
    organisations <= 10
}

/// An act has its statements planned once for each connection, not anew for the organisations
/// that it names: of the larger ones that takes longer than running them. One on thousands,
/// which its message need not name, is better planned for them.
pub async fn plan_for(acting: &mut Acting, organisations: usize) -> Result<(), Failure> {
    if !are_few(organisations) {
        sqlx::raw_sql("discard plans; set local plan_cache_mode = auto")
            .execute(acting.db())
            .await?;
    }
    Ok(())
}

/// Leans on organisations: none of them ends or moves before this act commits.
pub async fn lean_on(acting: &mut Acting, organisation_ids: &[Uuid]) -> Result<(), Failure> {
    sqlx::query!(
        "select organisation_id from organisation
         where organisation_id = any($1::uuid[])
         order by organisation_id
         for key share",
        organisation_ids,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(())
}

/// Takes organisations for itself: nobody leans on them, moves or ends them meanwhile.
pub async fn take(acting: &mut Acting, organisation_ids: &[Uuid]) -> Result<(), Failure> {
    sqlx::query!(
        "select organisation_id from organisation
         where organisation_id = any($1::uuid[])
         order by organisation_id
         for update",
        organisation_ids,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(())
}

/// An organisation as it is to be from its first day on.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// UUIDv7.
    pub organisation_id: Uuid,
    /// Unique among those alive at the same time.
    pub code: String,
    /// NFC.
    pub name: String,
    /// Empty where there is none.
    pub short_name: String,
    /// For example `CDCS`.
    pub type_code: String,
    /// None for superior organisations.
    pub sector: Option<String>,
    /// None where it is not stated.
    pub industry: Option<String>,
    /// None for the Confederation.
    pub superior_id: Option<Uuid>,
    /// The first day.
    pub founded_on: Date,
    /// The founding congress.
    pub congress_on: Option<Date>,
    /// Others of the same insertion stand under it.
    pub has_subordinates: bool,
}

impl NewOrganisation {
    /// As it is told of.
    pub fn told(&self) -> Organisation {
        Organisation {
            organisation_id: self.organisation_id,
            code: self.code.clone(),
            name: self.name.clone(),
            short_name: self.short_name.clone(),
            type_code: self.type_code.clone(),
            sector: self.sector.clone(),
            industry: self.industry.clone(),
            superior_id: self.superior_id,
            founded_on: self.founded_on,
        }
    }

    /// The change that tells of its founding, with those whom membership admits with it.
    pub fn founding(&self, applicant_ids: Vec<Uuid>, decision_id: Option<Uuid>) -> Vec<NewChange> {
        let (organisation, congress_on) = (self.told(), self.congress_on);
        let founded = Event::Founded(Founded { organisation, congress_on, applicant_ids });
        founded.on(self.founded_on, decision_id)
    }
}

/// Whether an organisation was founded while the register existed, or loaded into it.
#[derive(Clone, Copy, Debug)]
pub enum Origin {
    /// Counts as a founding.
    Founded,
    /// Existed before the register did.
    Loaded,
}

/// By which act, when, and on which decision rows are recorded.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// UUIDv7.
    pub act_id: Uuid,
    /// One instant for all rows of the act.
    pub at: OffsetDateTime,
    /// The decision that the act rests on.
    pub decision_id: Option<Uuid>,
}

impl Record {
    /// The record of an act in progress.
    pub fn of(acting: &Acting, decision_id: Option<Uuid>) -> Self {
        Self { act_id: acting.act_id, at: acting.acted_at, decision_id }
    }
}

/// Inserts organisations that have been checked.
pub async fn insert(
    db: &mut PgConnection,
    organisations: &[NewOrganisation],
    origin: Origin,
    record: Record,
) -> Result<(), sqlx::Error> {
    let column =
        |of: fn(&NewOrganisation) -> &str| -> Vec<&str> { organisations.iter().map(of).collect() };
    let organisation_ids: Vec<Uuid> = organisations.iter().map(|new| new.organisation_id).collect();
    let sectors: Vec<Option<&str>> =
        organisations.iter().map(|new| new.sector.as_deref()).collect();
    let industries: Vec<Option<&str>> =
        organisations.iter().map(|new| new.industry.as_deref()).collect();
    let superior_ids: Vec<Option<Uuid>> = organisations.iter().map(|new| new.superior_id).collect();
    let founded_ons: Vec<Date> = organisations.iter().map(|new| new.founded_on).collect();
    let congress_ons: Vec<Option<Date>> = organisations.iter().map(|new| new.congress_on).collect();
    let have_subordinates: Vec<bool> =
        organisations.iter().map(|new| new.has_subordinates).collect();
    let origin = match origin {
        Origin::Founded => "FOUNDED",
        Origin::Loaded => "LOADED",
    };
    sqlx::query_file!(
        "src/ground/tree/insert.sql",
        &organisation_ids,
        &column(|new| &new.code) as &[&str],
        &column(|new| &new.name) as &[&str],
        &column(|new| &new.short_name) as &[&str],
        &column(|new| &new.type_code) as &[&str],
        &sectors as &[Option<&str>],
        &superior_ids as &[Option<Uuid>],
        &founded_ons,
        &congress_ons as &[Option<Date>],
        &have_subordinates,
        origin,
        record.decision_id,
        record.act_id,
        record.at,
        &industries as &[Option<&str>],
    )
    .execute(&mut *db)
    .await?;
    mark_superiors(db, &superior_ids.into_iter().flatten().collect::<Vec<_>>()).await
}

/// Puts organisations that now have subordinates into the skeleton of the tree.
pub async fn mark_superiors(
    db: &mut PgConnection,
    superior_ids: &[Uuid],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update organisation_parent set has_subordinates = true
         where organisation_id = any($1::uuid[]) and not has_subordinates",
        superior_ids,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The refusal of a code that somebody else bears.
pub fn code_taken<T, E: Into<Failure>>(
    inserted: Result<T, E>,
    field: &str,
    code: &str,
) -> Result<T, Failure> {
    inserted.on_constraint("organisation_code_taken", || {
        Refused::CodeTaken { code: code.to_string() }.at(field)
    })
}

/// A unit that moves under another superior.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// The unit.
    pub organisation_id: Uuid,
    /// The superior that it leaves.
    pub from_superior_id: Uuid,
    /// The superior that takes it over.
    pub superior_id: Uuid,
}

/// That units go over to one superior, which all of these moves name.
pub fn handed_over(superior_id: Uuid, moves: &[Move]) -> Event {
    let units = moves.iter().map(|one| HandedUnit {
        organisation_id: one.organisation_id,
        from_superior_id: one.from_superior_id,
    });
    Event::HandedOver(HandedOver { superior_id, units: units.collect() })
}

/// Moves units from a date on, each until its next known change of place, or its end, which then
/// names another last superior. Whoever calls has checked everything but this: no unit comes to
/// stand below itself. Answers the unit that would, if one does.
pub async fn move_units(
    acting: &mut Acting,
    moves: &[Move],
    on: Date,
) -> Result<Option<Uuid>, Failure> {
    let unit_ids: Vec<Uuid> = moves.iter().map(|one| one.organisation_id).collect();
    let superior_ids: Vec<Uuid> = moves.iter().map(|one| one.superior_id).collect();
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query_file!("src/ground/tree/move.sql", &unit_ids, &superior_ids, on, acted_at, act_id)
        .execute(acting.db())
        .await?;
    sqlx::query_file!("src/ground/tree/last_superior.sql", &unit_ids, acted_at, act_id)
        .execute(acting.db())
        .await?;
    mark_superiors(acting.db(), &superior_ids).await?;
    stands_below_itself(acting, &unit_ids).await
}

/// One of these organisations that stands below itself on some date, as is known now, through
/// a place that the act in progress has recorded.
pub async fn stands_below_itself(
    acting: &mut Acting,
    organisation_ids: &[Uuid],
) -> Result<Option<Uuid>, Failure> {
    let acted_at = acting.acted_at;
    let below_itself =
        sqlx::query_file_scalar!("src/ground/tree/cycle.sql", organisation_ids, acted_at)
            .fetch_optional(acting.db())
            .await?;
    Ok(below_itself)
}

/// Gives organisations a status from a date on, until the next known change of it.
pub async fn change_status(
    acting: &mut Acting,
    organisation_ids: &[Uuid],
    status: &str,
    on: Date,
) -> Result<(), Failure> {
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query_file!("src/ground/tree/status.sql", organisation_ids, status, on, acted_at, act_id)
        .execute(acting.db())
        .await?;
    Ok(())
}
