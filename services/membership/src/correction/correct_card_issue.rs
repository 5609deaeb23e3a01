//! Says on which days cards should have been issued, or be valid no longer.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::correction::card_issue::{Line, Recorded};
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::{not_in_future, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::refused::{BadLines, Refused};

/// Cards are of other days.
pub struct CorrectCardIssue {
    /// The act of issuing.
    pub issue_id: Uuid,
    /// To whom; everybody where there is none.
    pub person_ids: Vec<Uuid>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
    /// The first day that they should have had.
    pub issued_on: Option<Date>,
    /// The first day on which they are no longer valid.
    pub until_on: Option<Date>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// How many cards.
    pub cards: i32,
}

impl Act for CorrectCardIssue {
    type Answer = Corrected;

    async fn perform(self, acting: &mut Acting) -> Result<Corrected, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        if let Some(on) = self.issued_on {
            not_in_future("issued_on", on, acting.today)?;
        }
        let recorded = Recorded::of(acting, self.issue_id).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), recorded.organisation_id).await?;
        let were = recorded.lines(acting, &self.person_ids).await?;
        let mut now = were.clone();
        for line in &mut now {
            line.issued_on = self.issued_on.unwrap_or(line.issued_on);
            line.until_on = self.until_on.or(line.until_on);
            if line.until_on.is_some_and(|until_on| until_on <= line.issued_on) {
                return Err(Refused::ExpectedEndTooEarly { field: "until_on" }.into());
            }
            if line.ended_on.is_some_and(|ended_on| ended_on < line.issued_on) {
                return Err(Refused::ExpectedEndTooEarly { field: "issued_on" }.into());
            }
        }
        let days = |line: &Line| (line.issued_on, line.until_on);
        if were.iter().map(days).eq(now.iter().map(days)) {
            return Err(Refused::CorrectionChangesNothing { field: "issue_id" }.into());
        }
        self.may_be_so(acting, recorded.organisation_id, &now).await?;
        recorded.publish(acting, &were, false);
        write(acting, &now).await?;
        recorded.publish(acting, &now, true);
        let corrected = Correction {
            kind: Kind::CardIssueCorrected,
            about_id: self.issue_id,
            now_id: None,
            people: now.len(),
            reason: &self.reason,
            decision_id,
        };
        corrected.record(acting).await?;
        Ok(Corrected { cards: i32::try_from(now.len()).unwrap_or(i32::MAX) })
    }
}

impl CorrectCardIssue {
    /// Refuses where the union did not count her then, or she had another card, or the order of a
    /// card and of the one in its place would be another.
    async fn may_be_so(
        &self,
        acting: &mut Acting,
        organisation_id: Uuid,
        now: &[Line],
    ) -> Result<(), Failure> {
        let people: Vec<Uuid> = now.iter().map(|line| line.person_id).collect();
        let cards: Vec<Uuid> = now.iter().map(|line| line.card_id).collect();
        let days: Vec<Date> = now.iter().map(|line| line.issued_on).collect();
        let rows = sqlx::query!(
            r#"select exists (select from membership stay
                              where stay.person_id = asked.person_id
                                and stay.organisation_id = $4 and from_on <= asked.issued_on
                                and (until_on is null or until_on > asked.issued_on))
                          as "member_here!",
                      exists (select from card other
                              join card_life(asked.person_id) life on life.card_id = other.card_id
                              where other.person_id = asked.person_id
                                and other.card_id <> asked.card_id
                                and other.card_id is distinct from card.replaces_id
                                and other.issued_on <= asked.issued_on
                                and other.replaces_id is distinct from asked.card_id
                                and (life.over_on is null
                                     or life.over_on > asked.issued_on
                                        and life.over_on > other.issued_on))
                          as "has_card!",
                      exists (select from card other
                              where other.person_id = asked.person_id
                                and other.replaces_id = asked.card_id
                                and other.issued_on < asked.issued_on) as "replaced_before!",
                      exists (select from card other
                              where other.person_id = asked.person_id
                                and other.card_id = card.replaces_id
                                and other.issued_on > asked.issued_on) as "replaces_later!"
               from unnest($1::uuid[], $2::uuid[], $3::date[]) with ordinality
                    as asked (person_id, card_id, issued_on, line)
               join card on card.person_id = asked.person_id and card.card_id = asked.card_id
               order by asked.line"#,
            &people,
            &cards,
            &days,
            organisation_id,
        )
        .fetch_all(acting.db())
        .await?;
        let mut bad = BadLines::default();
        for (line, row) in rows.into_iter().enumerate() {
            let field = format!("person_ids[{line}]");
            if !row.member_here {
                bad.add(line, Refused::MembershipNotActive { field });
            } else if row.replaced_before {
                bad.add(line, Refused::CardRestedOn { field });
            } else if row.replaces_later {
                bad.add(line, Refused::CardNotValid { field, state: "NOT_ISSUED" });
            } else if row.has_card {
                bad.add(line, Refused::CardActive { field });
            }
        }
        Ok(bad.refuse()?)
    }
}

async fn write(acting: &mut Acting, now: &[Line]) -> Result<(), Failure> {
    let people: Vec<Uuid> = now.iter().map(|line| line.person_id).collect();
    let cards: Vec<Uuid> = now.iter().map(|line| line.card_id).collect();
    let from: Vec<Date> = now.iter().map(|line| line.issued_on).collect();
    let until: Vec<Option<Date>> = now.iter().map(|line| line.until_on).collect();
    sqlx::query!(
        "update card set issued_on = line.issued_on, until_on = line.until_on
         from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[])
              as line (person_id, card_id, issued_on, until_on)
         where card.person_id = line.person_id and card.card_id = line.card_id",
        &people,
        &cards,
        &from,
        &until as &[Option<Date>],
    )
    .execute(acting.db())
    .await?;
    Ok(())
}
