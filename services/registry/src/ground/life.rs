//! What is known of organisations before and after a day, in whatever order it became known.
//!
//! **Invariant:** whatever is known now of organisations agrees with itself on every day
//! (`contradictions.sql`): a rule that relates two acts is a rule about what is known after both of
//! them. An act that could break it asks for what is known to come later (`later.sql`) before it
//! writes, or looks at what it has written; no act has a list of its own. Where something later is
//! known, followers are told whole lives.

use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::{timeline, tree};

/// Refuses to end organisations on a day on which, or after which, anything known of them begins;
/// `field` names the n-th.
pub async fn refuse_later(
    acting: &mut Acting,
    field: impl Fn(usize) -> String,
    organisation_ids: &[Uuid],
    on: Date,
) -> Result<(), Failure> {
    let later = sqlx::query_file!("src/ground/life/later.sql", organisation_ids, on)
        .fetch_all(acting.db())
        .await?;
    let named = |row: Uuid| organisation_ids.iter().position(|id| *id == row);
    // The first that the caller named.
    let first = later.iter().min_by_key(|row| named(row.organisation_id));
    match first {
        None => Ok(()),
        Some(row) => {
            let refused =
                Refused::LaterActKnown { subject_id: row.organisation_id, later_on: row.later_on };
            Err(refused.at(field(named(row.organisation_id).unwrap_or_default())))
        }
    }
}

/// Tells followers the whole lives of those organisations of which something is known that begins
/// after a day, or an end: what an act of that day says of them holds only until then.
pub async fn tell_lives(
    acting: &mut Acting,
    organisation_ids: &[Uuid],
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<(), Failure> {
    let lives = sqlx::query_file_scalar!("src/ground/life/has_later.sql", organisation_ids, on)
        .fetch_all(acting.db())
        .await?;
    timeline::publish(acting, &lives, on, decision_id).await
}

/// A place where what is known contradicts itself: see `contradictions.sql`.
#[derive(Clone, Debug)]
pub struct Contradiction {
    /// OUTSIDE_LIFE, SUSPENDED, SUPERIOR_NOT_LIVING, SUPERIOR_SUSPENDED, TYPE_NOT_ALLOWED,
    /// DIRECTOR_IS_SUPERIOR, TERRITORY_OF_OTHER_TYPE or HEIR_NOT_LIVING.
    pub rule: String,
    /// Whom it is about.
    pub organisation_id: Uuid,
    /// The superior or the heir.
    pub related_id: Option<Uuid>,
    /// A day on which it does.
    pub on_date: Option<Date>,
    /// The act that recorded what contradicts, where it is one row's.
    pub act_id: Option<Uuid>,
}

impl Contradiction {
    /// Something took an organisation that is directed, and it is suspended.
    pub fn is_of_suspension(&self) -> bool {
        matches!(self.rule.as_str(), "SUSPENDED" | "SUPERIOR_SUSPENDED")
    }

    /// What somebody reads who would have made it known.
    pub fn refused(&self, own_type: String, superior_type: String) -> Refused {
        let organisation_id = self.organisation_id;
        match (self.rule.as_str(), self.related_id, self.on_date) {
            ("SUPERIOR_NOT_LIVING", Some(superior_id), Some(on)) => {
                Refused::SuperiorNotLiving { organisation_id, superior_id, on }
            }
            ("TYPE_NOT_ALLOWED", _, Some(on)) => {
                Refused::SuperiorTypeNotAllowed { type_code: own_type, superior_type, on }
            }
            ("HEIR_NOT_LIVING", Some(heir_id), _) => {
                Refused::SuccessorNotLiving { organisation_id: heir_id }
            }
            ("SUPERIOR_SUSPENDED", Some(superior_id), _) => {
                Refused::SuperiorSuspended { organisation_id: superior_id }
            }
            ("DIRECTOR_IS_SUPERIOR", Some(director_id), _) => {
                Refused::DirectorIsSuperior { director_id }
            }
            ("SUSPENDED", ..) => Refused::OrganisationSuspended { organisation_id },
            ("TERRITORY_OF_OTHER_TYPE", ..) => Refused::TerritoryHeld { organisation_id },
            (_, _, on) => Refused::LifeContradicted { organisation_id, on },
        }
    }
}

/// What an act may have changed of organisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// When they live and are directed, or what they are: what others have to do with them rests on
    /// that.
    LifeOrType,
    /// Where they stand, or anything else of their own.
    OtherThings,
}

/// Refuses what the act has written where it contradicts anything known of organisations on
/// any date, or lets one stand below itself; `field` named it.
pub async fn refuse_contradictions(
    acting: &mut Acting,
    field: &str,
    organisation_ids: &[Uuid],
    changed: Changed,
) -> Result<(), Failure> {
    let act_id = acting.act_id;
    let found = contradictions(acting, organisation_ids, Some(act_id), changed).await?;
    if let Some(first) = found.first() {
        let types = sqlx::query!(
            r#"select organisation_id, type as "type_code!" from organisation_type
               where organisation_id in ($1, $2) and upper_inf(recorded) and valid @> $3::date"#,
            first.organisation_id,
            first.related_id,
            first.on_date,
        )
        .fetch_all(acting.db())
        .await?;
        let type_of = |id: Option<Uuid>| {
            let found = types.iter().find(|row| Some(row.organisation_id) == id);
            found.map(|row| row.type_code.clone()).unwrap_or_default()
        };
        let own = type_of(Some(first.organisation_id));
        return Err(first.refused(own, type_of(first.related_id)).at(field));
    }
    if let Some(organisation_id) = tree::stands_below_itself(acting, organisation_ids).await? {
        return Err(Refused::WouldFormCycle { organisation_id }.at(field));
    }
    Ok(())
}

/// Where what is known now of organisations contradicts itself on any date; types are
/// compared where they or the place rest on one act, or everywhere.
pub async fn contradictions(
    acting: &mut Acting,
    organisation_ids: &[Uuid],
    act_id: Option<Uuid>,
    changed: Changed,
) -> Result<Vec<Contradiction>, Failure> {
    let found = sqlx::query_file_as!(
        Contradiction,
        "src/ground/life/contradictions.sql",
        organisation_ids,
        act_id,
        changed == Changed::LifeOrType,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(found)
}
