//! A term congress: a new term, and its bodies filled anew.

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use feeds::registry as fact;
use feeds::registry::{Body, EndedSeat};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::congress::ordinals;
use crate::congress::sizes::{self, BodySize, DecidedSize, Grounds};
use crate::congress::term::Congress;
use crate::ground::basis::{self, Basis};
use crate::ground::consent::refuse_other_than_superiors;
use crate::ground::life;
use crate::ground::refused::Refused;
use crate::ground::seats::{self, Days, NewOffice};
use crate::ground::tree::{self, Scope, later_than};

/// A congress and the offices that it filled.
#[derive(Debug)]
pub struct HoldCongress {
    /// The congress.
    pub congress: Congress,
    /// Whom it elected.
    pub offices: Vec<NewOffice>,
    /// How many seats it decided.
    pub sizes: Vec<DecidedSize>,
    /// The superior's decision that consents to another form, or to more seats.
    pub consent_id: Option<Uuid>,
    /// The bodies unite those of organisations that merged.
    pub merged: bool,
    /// The superior's recognition, if it is known.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct CongressHeld {
    /// The congress.
    pub congress_id: Uuid,
    /// The offices, as they were named.
    pub office_ids: Vec<Uuid>,
    /// Offices of the term before.
    pub offices_ended: usize,
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for HoldCongress {
    type Answer = CongressHeld;

    async fn perform(self, acting: &mut Acting) -> Result<CongressHeld, Failure> {
        let Self { congress, offices, sizes, consent_id, merged, basis } = self;
        let (organisation_id, held_on) = (congress.organisation_id, congress.held_on);
        basis::has_happened(acting, "held_on", held_on)?;
        // One congress after the other: its ordinal and its offices depend on the last.
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, held_on, Scope::Itself)
                .await?;
        unit.lives_on(held_on).map_err(|refused| refused.at("held_on"))?;
        unit.is_directed().map_err(|refused| refused.at("organisation_id"))?;
        refuse_out_of_order(acting, &congress).await?;
        refuse_unelected(acting, &offices, &sizes).await?;
        if let Some(consent_id) = consent_id {
            let (field, on) = ("consent_decision_id", held_on);
            refuse_other_than_superiors(acting, field, consent_id, organisation_id, on).await?;
        }
        let grounds = Grounds { consent: consent_id.is_some(), merged };
        sizes::refuse_form(acting, &unit, &congress, grounds).await?;
        let judged = sizes::judge(acting, &unit, &congress, (&sizes, &offices), grounds).await?;

        basis::effective_on(acting, organisation_id, basis.as_ref(), Some(held_on)).await?;
        let issuer_id = unit.superior_id.unwrap_or(organisation_id);
        let decision_id = basis::record(acting, basis, issuer_id, organisation_id).await?;
        let congress_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        let exists = || {
            let ordinal = congress.ordinal;
            Refused::CongressExists { ordinal, last: ordinal }.at("ordinal")
        };
        sqlx::query!(
            "insert into congress (congress_id, organisation_id, ordinal, held_on, form,
                                   term_from_year, term_to_year, term_reason, member_count,
                                   consent_id, decision_id, act_id, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            congress_id,
            organisation_id,
            congress.ordinal,
            held_on,
            congress.form.code(),
            congress.term_from_year,
            congress.term_to_year,
            congress.term_reason,
            congress.member_count,
            consent_id,
            decision_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await
        .on_constraint("congress_ordinal", exists)?;
        record_sizes(acting, congress_id, &judged).await?;

        let ended = offices_before(acting, organisation_id, &offices, held_on).await?;
        seats::end(acting, "held_on", &ended, held_on, decision_id).await?;
        let days = Days { from_on: held_on, until_on: unit.ended_on };
        let taken = seats::take(acting, "offices", organisation_id, offices, days).await?;
        let office_ids = taken.iter().map(|office| office.office_id).collect();
        let held = Body::CongressHeld(fact::Congress {
            congress_id,
            organisation_id,
            ordinal: congress.ordinal,
            held_on,
            term_from_year: congress.term_from_year,
            term_to_year: congress.term_to_year,
            form: congress.form.code().to_string(),
            term_reason: congress.term_reason,
            member_count: congress.member_count,
            offices: taken,
        });
        acting.publish_all(held.on(held_on, decision_id));
        if unit.ended_on.is_some() {
            life::tell_lives(acting, &[organisation_id], held_on, decision_id).await?;
        }
        Ok(CongressHeld { congress_id, office_ids, offices_ended: ended.len(), decision_id })
    }
}

/// Congresses are recorded in the order of their dates, and bear the next number of the count
/// that they continue.
async fn refuse_out_of_order(acting: &mut Acting, congress: &Congress) -> Result<(), Failure> {
    let last = sqlx::query!(
        "select ordinal, held_on from congress
         where organisation_id = $1 and access.covers($1)
         order by ordinal desc
         limit 1",
        congress.organisation_id,
    )
    .fetch_optional(acting.db())
    .await?;
    let ordinal = congress.ordinal;
    if let Some(last) = last {
        if ordinal <= last.ordinal {
            return Err(Refused::CongressExists { ordinal, last: last.ordinal }.at("ordinal"));
        }
        later_than(congress.organisation_id, last.held_on, congress.held_on)
            .map_err(|refused| refused.at("held_on"))?;
    }
    match ordinals::expected(acting, congress.organisation_id, congress.held_on).await? {
        Some(expected) if expected != ordinal => {
            Err(Refused::CongressOrdinalWrong { ordinal, expected }.at("ordinal"))
        }
        _ => Ok(()),
    }
}

/// A congress elects some bodies; others are appointed or established.
async fn refuse_unelected(
    acting: &mut Acting,
    offices: &[NewOffice],
    sizes: &[DecidedSize],
) -> Result<(), Failure> {
    let elected = sqlx::query_scalar!("select body from body_rule where elected")
        .fetch_all(acting.db())
        .await?;
    for (n, office) in offices.iter().enumerate() {
        if !elected.contains(&office.body) {
            let refused = Refused::BodyUnknown { body: office.body.clone() };
            return Err(refused.at(format!("offices[{n}].body")));
        }
    }
    for (n, size) in sizes.iter().enumerate() {
        if !elected.contains(&size.body) {
            let refused = Refused::BodyUnknown { body: size.body.clone() };
            return Err(refused.at(format!("sizes[{n}].body")));
        }
    }
    Ok(())
}

/// Keeps by which limits the bodies were judged: the lists of what is over or under them go
/// by these.
async fn record_sizes(
    acting: &mut Acting,
    congress_id: Uuid,
    judged: &[BodySize],
) -> Result<(), Failure> {
    let bodies: Vec<&str> = judged.iter().map(|size| size.body.as_str()).collect();
    let seats: Vec<Option<i32>> = judged.iter().map(|size| size.seats).collect();
    let limit = |of: fn(&sizes::Limits) -> i32| -> Vec<Option<i32>> {
        judged.iter().map(|size| size.limits.as_ref().map(of)).collect()
    };
    sqlx::query!(
        "insert into congress_body (congress_id, body, seats, least, most, allowed)
         select $1, body, seats, least, most, allowed
         from unnest($2::text[], $3::int[], $4::int[], $5::int[], $6::int[])
              as judged (body, seats, least, most, allowed)",
        congress_id,
        &bodies as &[&str],
        &seats as &[Option<i32>],
        &limit(|limits| limits.least) as &[Option<i32>],
        &limit(|limits| limits.most) as &[Option<i32>],
        &limit(|limits| limits.allowed) as &[Option<i32>],
    )
    .execute(acting.db())
    .await?;
    Ok(())
}

/// The offices, in the bodies now elected, that were held until then.
async fn offices_before(
    acting: &mut Acting,
    organisation_id: Uuid,
    offices: &[NewOffice],
    held_on: Date,
) -> Result<Vec<EndedSeat>, Failure> {
    let bodies: Vec<&str> = offices.iter().map(|office| office.body.as_str()).collect();
    let held = sqlx::query!(
        r#"select office_id, organisation_id, person_id, lower(valid) as "from_on!"
           from office
           where organisation_id = $1 and body = any($2::text[]) and access.covers($1)
             and upper_inf(recorded) and (upper_inf(valid) or upper(valid) > $3)
           order by office_id"#,
        organisation_id,
        &bodies as &[&str],
        held_on,
    )
    .fetch_all(acting.db())
    .await?;
    held.into_iter()
        .map(|seat| {
            later_than(organisation_id, seat.from_on, held_on)
                .map_err(|refused| refused.at("held_on"))?;
            Ok(EndedSeat {
                office_id: seat.office_id,
                organisation_id: seat.organisation_id,
                person_id: seat.person_id,
            })
        })
        .collect()
}
