//! Under which pseudonyms people are told of who were merged, or are two again: of each purpose under
//! the one of whoever survives, so that whoever counts pseudonyms counts her once.
//!
//! It is told on a later day than who is who, of all of a day together and in the order of the
//! pseudonyms: in the same act, or at its hour, it would say whose the pseudonyms are. Until then what
//! happened is told, taken back and gone on with under the pseudonym that stands in its row.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chassis::database::{Act, Acting, Database, today};
use chassis::feed::NewChange;
use chassis::refusal::Failure;
use feeds::membership::{Discipline, Event, Happening, Outcome, Recommendation, Referral};
use serde::{Deserialize, Serialize};
use time::Date;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::ground::cadre::CadrePurpose;
use crate::ground::discipline::Measure;
use crate::ground::keys::{Keys, Purpose};
use crate::ground::{roll, welfare};

/// How long it is from one look to the next.
const LOOK: Duration = Duration::from_secs(3_600);

/// So many people are looked at by one act.
const STEP: i64 = 500;

/// Looks every hour for those who became one, or two, on an earlier day, until `stopping`.
pub async fn run(
    database: Database,
    keys: Arc<Keys>,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            told = tell(&database, &keys, today()) => match told {
                Ok(0) => {}
                Ok(told) => tracing::info!(told, "what happened is told under other pseudonyms"),
                Err(error) => tracing::warn!(%error, "telling under other pseudonyms failed"),
            },
            () = stopping.cancelled() => return Ok(()),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stopping.cancelled() => return Ok(()),
        }
    }
}

/// Tells anew what is told of people under pseudonyms that are no longer theirs, where it was known
/// before a day; answers of how many happenings. Any number of replicas may do this at once: who
/// comes second finds nothing.
pub async fn tell(database: &Database, keys: &Arc<Keys>, by: Date) -> Result<usize, Failure> {
    let (mut told, mut after) = (0, Uuid::nil());
    loop {
        let people = sqlx::query_scalar!(
            r#"select person_id as "person_id!"
               from ((select person_id from person_merge where person_id > $1
                      order by person_id limit $2)
                     union
                     (select distinct person_id from person_merge_past where person_id > $1
                      order by person_id limit $2)) as ever
               order by person_id limit $2"#,
            after,
            STEP,
        )
        .fetch_all(database.pool())
        .await?;
        let Some(last) = people.last() else { return Ok(told) };
        after = *last;
        let step = TellUnderPseudonyms { keys: keys.clone(), people, by };
        told += database.work_of_itself("membership.pseudonyms", step).await?.told;
    }
}

/// What is told of these people under pseudonyms is told under the right ones.
struct TellUnderPseudonyms {
    keys: Arc<Keys>,
    people: Vec<Uuid>,
    by: Date,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    told: usize,
}

/// What is told anew: the pseudonym, what is taken back, and what is told in its place.
struct Anew {
    subject: String,
    never: NewChange,
    happened: NewChange,
}

impl Anew {
    /// Under one pseudonym and under another.
    fn of(
        (was, is): (&str, &str),
        on: Date,
        decision_id: Option<Uuid>,
        happening: impl Fn(String) -> Happening,
    ) -> Self {
        let never = Event::HappeningTakenBack(happening(was.to_string()));
        let happened = Event::Happened(happening(is.to_string()));
        Self {
            subject: is.to_string(),
            never: never.resting_on(on, None),
            happened: happened.resting_on(on, decision_id),
        }
    }
}

impl Act for TellUnderPseudonyms {
    type Answer = Told;

    async fn perform(self, acting: &mut Acting) -> Result<Told, Failure> {
        roll::lock(acting, &self.people).await?;
        let people = self.settled(acting).await?;
        let is = |purpose: Purpose| -> BTreeMap<Uuid, String> {
            let of = |(person_id, root_id): &(Uuid, Uuid)| {
                (*person_id, self.keys.pseudonym(purpose, *root_id))
            };
            people.iter().map(of).collect()
        };
        let mut anew = party(acting, &is(Purpose::Party)).await?;
        let cadre = is(Purpose::Cadre);
        anew.extend(recommended(acting, &cadre).await?);
        anew.extend(outcomes(acting, &cadre).await?);
        anew.extend(helped(acting, &is(Purpose::Welfare)).await?);
        anew.extend(disciplined(acting, &is(Purpose::Discipline)).await?);
        // Whoever reads their order learns nothing from it.
        anew.sort_by(|one, other| one.subject.cmp(&other.subject));
        let told = anew.len();
        let (never, happened): (Vec<NewChange>, Vec<NewChange>) =
            anew.into_iter().map(|one| (one.never, one.happened)).unzip();
        acting.publish_all(never);
        acting.publish_all(happened);
        Ok(Told { told })
    }
}

impl TellUnderPseudonyms {
    /// Those of whom nothing else became known since, each with the one who she is.
    async fn settled(&self, acting: &mut Acting) -> Result<Vec<(Uuid, Uuid)>, Failure> {
        let rows = sqlx::query!(
            r#"select line.person_id as "person_id!",
                      coalesce(link.root_id, line.person_id) as "root_id!"
               from unnest($1::uuid[]) as line (person_id)
               left join person_merge link on link.person_id = line.person_id
               where (link.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date < $2 is not false
                 and not exists (
                     select from person_merge_past past
                     where past.person_id = line.person_id
                       and (past.replaced_at at time zone 'Asia/Ho_Chi_Minh')::date >= $2
                     offset 0)"#,
            &self.people,
            self.by,
        )
        .fetch_all(acting.db())
        .await?;
        Ok(rows.into_iter().map(|row| (row.person_id, row.root_id)).collect())
    }
}

/// The pseudonym of a row and the right one, where they differ.
fn differ<'a>(
    right: &'a BTreeMap<Uuid, String>,
    person_id: Uuid,
    subject: &'a str,
) -> Option<(&'a str, &'a str)> {
    let is = right.get(&person_id)?;
    (is != subject).then_some((subject, is))
}

/// Whom it is about and their pseudonyms, as a statement takes them.
fn columns(right: &BTreeMap<Uuid, String>) -> (Vec<Uuid>, Vec<&str>) {
    right.iter().map(|(person_id, subject)| (*person_id, subject.as_str())).unzip()
}

async fn party(acting: &mut Acting, right: &BTreeMap<Uuid, String>) -> Result<Vec<Anew>, Failure> {
    let (people, subjects) = columns(right);
    let rows = sqlx::query!(
        "select person_id, referral_id, organisation_id, subject, referred_on, admitted_on,
                confirmed_on
         from party_referral where person_id = any ($1)
         order by person_id, referral_id for update",
        &people,
    )
    .fetch_all(acting.db())
    .await?;
    sqlx::query!(
        "update party_referral set subject = line.subject
         from unnest($1::uuid[], $2::text[]) as line (person_id, subject)
         where party_referral.person_id = line.person_id
           and party_referral.subject <> line.subject",
        &people,
        &subjects as &[&str],
    )
    .execute(acting.db())
    .await?;
    let mut anew = Vec::new();
    for row in &rows {
        let Some(both) = differ(right, row.person_id, &row.subject) else { continue };
        let referral = |subject| Referral {
            referral_id: row.referral_id,
            organisation_id: row.organisation_id,
            subject,
        };
        anew.push(Anew::of(both, row.referred_on, None, |subject| {
            Happening::PartyReferral(referral(subject))
        }));
        anew.extend(row.admitted_on.map(|on| {
            Anew::of(both, on, None, |subject| Happening::PartyAdmission(referral(subject)))
        }));
        anew.extend(row.confirmed_on.map(|on| {
            Anew::of(both, on, None, |subject| Happening::PartyConfirmation(referral(subject)))
        }));
    }
    Ok(anew)
}

async fn recommended(
    acting: &mut Acting,
    right: &BTreeMap<Uuid, String>,
) -> Result<Vec<Anew>, Failure> {
    let (people, subjects) = columns(right);
    let rows = sqlx::query!(
        "select person_id, recommendation_id, organisation_id, subject, recommended_on, purposes
         from cadre_recommendation where person_id = any ($1)
         order by person_id, recommendation_id for update",
        &people,
    )
    .fetch_all(acting.db())
    .await?;
    sqlx::query!(
        "update cadre_recommendation set subject = line.subject
         from unnest($1::uuid[], $2::text[]) as line (person_id, subject)
         where cadre_recommendation.person_id = line.person_id
           and cadre_recommendation.subject <> line.subject",
        &people,
        &subjects as &[&str],
    )
    .execute(acting.db())
    .await?;
    let anew = rows.iter().filter_map(|row| {
        let both = differ(right, row.person_id, &row.subject)?;
        Some(Anew::of(both, row.recommended_on, None, |subject| {
            Happening::CadreRecommendation(Recommendation {
                recommendation_id: row.recommendation_id,
                organisation_id: row.organisation_id,
                subject,
                purposes: row.purposes.iter().map(|purpose| code(*purpose)).collect(),
            })
        }))
    });
    Ok(anew.collect())
}

async fn outcomes(
    acting: &mut Acting,
    right: &BTreeMap<Uuid, String>,
) -> Result<Vec<Anew>, Failure> {
    let (people, subjects) = columns(right);
    let rows = sqlx::query!(
        "select person_id, recommendation_id, organisation_id, subject, outcome, reached_on
         from cadre_outcome where person_id = any ($1)
         order by person_id, recommendation_id, outcome for update",
        &people,
    )
    .fetch_all(acting.db())
    .await?;
    sqlx::query!(
        "update cadre_outcome set subject = line.subject
         from unnest($1::uuid[], $2::text[]) as line (person_id, subject)
         where cadre_outcome.person_id = line.person_id
           and cadre_outcome.subject <> line.subject",
        &people,
        &subjects as &[&str],
    )
    .execute(acting.db())
    .await?;
    let anew = rows.iter().filter_map(|row| {
        let both = differ(right, row.person_id, &row.subject)?;
        Some(Anew::of(both, row.reached_on, None, |subject| {
            Happening::CadreOutcome(Outcome {
                recommendation_id: row.recommendation_id,
                organisation_id: row.organisation_id,
                subject,
                outcome: code(row.outcome),
            })
        }))
    });
    Ok(anew.collect())
}

fn code(purpose: i16) -> String {
    CadrePurpose::numbered(purpose).map(|purpose| purpose.code().to_string()).unwrap_or_default()
}

async fn helped(acting: &mut Acting, right: &BTreeMap<Uuid, String>) -> Result<Vec<Anew>, Failure> {
    let (people, subjects) = columns(right);
    let lines = sqlx::query_as!(
        welfare::Line,
        "select welfare_id, person_id, organisation_id, subject, kind, occasion, source, given_on,
                amount_vnd, decision_id
         from welfare where person_id = any ($1)
         order by person_id, welfare_id for update",
        &people,
    )
    .fetch_all(acting.db())
    .await?;
    sqlx::query!(
        "update welfare set subject = line.subject
         from unnest($1::uuid[], $2::text[]) as line (person_id, subject)
         where welfare.person_id = line.person_id and welfare.subject <> line.subject",
        &people,
        &subjects as &[&str],
    )
    .execute(acting.db())
    .await?;
    let anew = lines.iter().filter_map(|line| {
        let both = differ(right, line.person_id, &line.subject)?;
        Some(Anew::of(both, line.given_on, line.decision_id, |subject| {
            welfare::Line { subject, ..line.clone() }.told()
        }))
    });
    Ok(anew.collect())
}

async fn disciplined(
    acting: &mut Acting,
    right: &BTreeMap<Uuid, String>,
) -> Result<Vec<Anew>, Failure> {
    let (people, subjects) = columns(right);
    let rows = sqlx::query!(
        "select person_id, discipline_id, organisation_id, subject, measure, effective_on,
                decision_id
         from discipline where person_id = any ($1)
         order by person_id, discipline_id for update",
        &people,
    )
    .fetch_all(acting.db())
    .await?;
    sqlx::query!(
        "update discipline set subject = line.subject
         from unnest($1::uuid[], $2::text[]) as line (person_id, subject)
         where discipline.person_id = line.person_id and discipline.subject <> line.subject",
        &people,
        &subjects as &[&str],
    )
    .execute(acting.db())
    .await?;
    let anew = rows.iter().filter_map(|row| {
        let (was, is) = differ(right, row.person_id, &row.subject)?;
        let step = |subject: &str| Discipline {
            discipline_id: row.discipline_id,
            organisation_id: row.organisation_id,
            subject: subject.to_string(),
            measure: Measure::code_of(row.measure).to_string(),
        };
        let (on, decision_id) = (row.effective_on, row.decision_id);
        Some(Anew {
            subject: is.to_string(),
            never: Event::DisciplineTakenBack(step(was)).resting_on(on, None),
            happened: Event::DisciplineRecorded(step(is)).resting_on(on, decision_id),
        })
    });
    Ok(anew.collect())
}
