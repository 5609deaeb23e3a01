//! A standing begins: who may stand so is checked line by line, and what follows is published.

use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::membership::StandingKind;
use time::Date;
use uuid::Uuid;

use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll;
use crate::ground::standing;

/// People stand so from a day on.
pub struct Beginning<'a> {
    /// The standing.
    pub standing_id: Uuid,
    /// How.
    pub kind: StandingKind,
    /// `membership.v1.DormancyReason`.
    pub reason: Option<i16>,
    /// Whose members they are, or who names them.
    pub organisation_id: Uuid,
    /// Where they are to go, or take part.
    pub other_organisation_id: Option<Uuid>,
    /// The first day.
    pub from_on: Date,
    /// By when they are to be back; when an offer lapses.
    pub due_on: Option<Date>,
    /// The decision that it rests on.
    pub decision_id: Option<Uuid>,
    /// Who.
    pub person_ids: &'a [Uuid],
}

impl Beginning<'_> {
    /// Records it, for all or for nobody.
    pub async fn record(&self, acting: &mut Acting) -> Result<i32, Failure> {
        roll::hold(acting, self.person_ids).await?;
        self.may_begin(acting).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into standing (person_id, standing_id, kind, reason, organisation_id,
                                   other_organisation_id, from_on, due_on, decision_id, act_id,
                                   recorded_at)
             select person_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
             from unnest($1::uuid[]) as line (person_id)",
            self.person_ids,
            self.standing_id,
            self.kind as i16,
            self.reason,
            self.organisation_id,
            self.other_organisation_id,
            self.from_on,
            self.due_on,
            self.decision_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        let changes = standing::settle(acting.db(), self.person_ids).await?;
        acting.publish_all(changes);
        Ok(i32::try_from(self.person_ids.len()).unwrap_or(i32::MAX))
    }

    async fn may_begin(&self, acting: &mut Acting) -> Result<(), Failure> {
        let rows = sqlx::query!(
            r#"select line as "line!",
                      exists (select from membership stay
                              where stay.person_id = asked.person_id
                                and stay.organisation_id = $2 and from_on <= $3
                                and (until_on is null or until_on > $3)) as "member_here!",
                      exists (select from membership stay
                              where stay.person_id = asked.person_id
                                and (until_on is null or until_on > $3)
                                and (until_on is null or until_on > from_on)) as "member!",
                      exists (select from standing_spell spell
                              where spell.person_id = asked.person_id and kind = $4
                                and (until_on is null or until_on > $3)) as "stands!"
               from unnest($1::uuid[]) with ordinality as asked (person_id, line)
               order by line"#,
            self.person_ids,
            self.organisation_id,
            self.from_on,
            self.kind as i16,
        )
        .fetch_all(acting.db())
        .await?;
        let mut bad = BadLines::default();
        for row in rows {
            let line = usize::try_from(row.line - 1).unwrap_or_default();
            let field = format!("person_ids[{line}]");
            match self.kind {
                StandingKind::Honorary if row.member => {
                    bad.add(line, Refused::MembershipActive { field });
                }
                StandingKind::InTransfer | StandingKind::Dormant | StandingKind::Parked
                    if !row.member_here =>
                {
                    bad.add(line, Refused::MembershipNotActive { field });
                }
                StandingKind::InTransfer if row.stands => {
                    bad.add(line, Refused::TransferOfferOpen { field });
                }
                StandingKind::Dormant | StandingKind::Parked | StandingKind::Honorary
                    if row.stands =>
                {
                    bad.add(line, Refused::StandingActive { field });
                }
                StandingKind::InTransfer
                | StandingKind::Dormant
                | StandingKind::Parked
                | StandingKind::Honorary => {}
            }
        }
        Ok(bad.refuse()?)
    }
}
