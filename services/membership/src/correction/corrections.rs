//! What was corrected or undone of a movement or of a person.

use chassis::access;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ground::refused::Refused;

/// The permission of reading steps of discipline.
const DISCIPLINE_READ: &str = "membership.discipline.read";
const PARTY_READ: &str = "membership.party.read";
const WELFARE_READ: &str = "membership.welfare.read";

/// An act that corrected or undid something.
#[derive(Debug)]
pub struct Recorded {
    /// The act.
    pub act_id: Uuid,
    /// `membership.v1.CorrectionKind`.
    pub kind: i16,
    /// The movement, or the person.
    pub about_id: Uuid,
    /// The movement in its place.
    pub now_id: Option<Uuid>,
    /// For how many people.
    pub people: i32,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub decision_id: Option<Uuid>,
    /// Who did it.
    pub actor: String,
    /// When.
    pub recorded_at: OffsetDateTime,
}

/// All of one movement or person in the caller's scope, the first first.
pub async fn list(
    connection: &mut PgConnection,
    about_id: Uuid,
    asked: &Asked<'_>,
) -> Result<Page<Recorded>, Failure> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from movement
                          where movement_id = $1
                            and (access.covers(from_organisation_id)
                                 or access.covers(to_organisation_id)))
               or exists (select persons_in_scope(array[$1]))
               -- What is undone leaves the table, and stays known of before.
               or exists (select from standing
                          where standing_id = $1 and access.covers(organisation_id)
                          union all
                          select from standing_past
                          where standing_id = $1 and access.covers(organisation_id))
               or exists (select from discipline
                          where discipline_id = $1 and access.covers_with(organisation_id, $2)
                          union all
                          select from discipline_past
                          where discipline_id = $1 and access.covers_with(organisation_id, $2))
               or exists (select from card
                          where issue_id = $1 and access.covers(organisation_id)
                          union all
                          select from card_past
                          where issue_id = $1 and access.covers(organisation_id))
               or exists (select persons_in_scope(array(select person_id from card
                                                        where card_id = $1
                                                        union
                                                        select person_id from card_past
                                                        where card_id = $1)))
               or exists (select from training_course
                          where course_id = $1 and access.covers(organisation_id)
                          union all
                          select from training_course_past
                          where course_id = $1 and access.covers(organisation_id))
               or exists (select from party_referral
                          where referral_id = $1 and access.covers_with(organisation_id, $3)
                          union all
                          select from party_referral_past
                          where referral_id = $1 and access.covers_with(organisation_id, $3))
               or exists (select from cadre_recommendation
                          where recommendation_id = $1 and access.covers(organisation_id)
                          union all
                          select from cadre_recommendation_past
                          where recommendation_id = $1 and access.covers(organisation_id))
               or exists (select from delegation
                          where delegation_id = $1 and access.covers(organisation_id)
                          union all
                          select from delegation_past
                          where delegation_id = $1 and access.covers(organisation_id))
               or exists (select from honour
                          where honour_id = $1 and access.covers(organisation_id)
                          union all
                          select from honour_past
                          where honour_id = $1 and access.covers(organisation_id))
               or exists (select from emulation
                          where emulation_id = $1 and access.covers(organisation_id)
                          union all
                          select from emulation_past
                          where emulation_id = $1 and access.covers(organisation_id))
               or exists (select from welfare
                          where welfare_id = $1 and access.covers_with(organisation_id, $4)
                          union all
                          select from welfare_past
                          where welfare_id = $1 and access.covers_with(organisation_id, $4))
               or exists (select from dispute_case
                          where case_id = $1 and access.covers(organisation_id)
                          union all
                          select from dispute_case_past
                          where case_id = $1 and access.covers(organisation_id))
                   as "known!""#,
        about_id,
        DISCIPLINE_READ,
        PARTY_READ,
        WELFARE_READ,
    )
    .fetch_one(&mut *connection)
    .await?;
    if !known {
        let unknown = Refused::MovementUnknown { movement_id: about_id };
        return Err(access::unknown_or_denied(connection, unknown).await);
    }
    let rows = sqlx::query_as!(
        Recorded,
        "select act_id, kind, about_id, now_id, people, reason, decision_id, actor, recorded_at
         from correction
         where about_id = $1 and ($2::uuid is null or act_id > $2)
         order by act_id limit $3",
        about_id,
        asked.after::<Uuid>()?,
        asked.limit(),
    )
    .fetch_all(connection)
    .await?;
    asked.page(rows, |one| one.act_id)
}
