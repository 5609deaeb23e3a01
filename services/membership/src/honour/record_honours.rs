//! Records that people were honoured: a title, an award, an initiative.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::Event;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::{not_too_far, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::honour::{self, Line};
use crate::ground::keys::Keys;
use crate::ground::organisation::{self, Asked};
use crate::ground::reference::{Nature, honour_levels, honours};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{Roll, Warning};

/// Who honours people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// The organisation whose people they are.
    Itself,
    /// Another of the trade union.
    Organisation(Uuid),
    /// Somebody else, by name.
    Named(String),
}

/// What a line says beside who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Whether she works directly in production.
    pub direct_production: bool,
    /// Of an initiative, what it is called.
    pub title: Option<String>,
}

/// People are honoured.
pub struct RecordHonours {
    /// Seals numbers.
    pub keys: Arc<Keys>,
    /// Whose people they are honoured as.
    pub organisation_id: Uuid,
    /// A code of the list of honours.
    pub kind: String,
    /// A code of the list of levels.
    pub level: String,
    /// Who honours them.
    pub issuer: Issuer,
    /// The day.
    pub honoured_on: Date,
    /// By which decision.
    pub basis: Option<Basis>,
    /// Who.
    pub roll: Roll,
    /// In the order of the roll.
    pub details: Vec<Detail>,
}

/// What was recorded.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// The decision about these people.
    pub honour_id: Uuid,
    /// In the order of the roll.
    pub person_ids: Vec<Uuid>,
    /// What is unlikely about some lines.
    pub warnings: Vec<Warning>,
}

impl Act for RecordHonours {
    type Answer = Recorded;

    async fn perform(self, acting: &mut Acting) -> Result<Recorded, Failure> {
        let on = self.honoured_on;
        not_too_far("honoured_on", on, acting.today)?;
        signed(self.basis.as_ref(), acting.today)?;
        self.well_written()?;
        organisation::stands(acting, self.organisation_id, on, Asked::Acts).await?;
        if let Issuer::Organisation(issuer_id) = self.issuer {
            organisation::known(acting, "issuer_id", issuer_id).await?;
        }
        let decision_id = rests_on(acting, self.basis.as_ref(), self.organisation_id).await?;
        let enrolled = self.roll.enrol(acting, &self.keys, self.organisation_id).await?.people;
        let person_ids: Vec<Uuid> = enrolled.iter().map(|person| person.person_id).collect();
        let titles: Vec<Option<&str>> =
            self.details.iter().map(|detail| detail.title.as_deref()).collect();
        self.none_recorded(acting, &person_ids, &titles).await?;

        let honour_id = Uuid::now_v7();
        // Lines of one title are the authors of one initiative.
        let mut initiatives: BTreeMap<&str, Uuid> = BTreeMap::new();
        for title in titles.iter().flatten() {
            initiatives.entry(title).or_insert_with(Uuid::now_v7);
        }
        let lines: Vec<Line> = person_ids
            .iter()
            .zip(&self.details)
            .map(|(person_id, detail)| Line {
                honour_id,
                person_id: *person_id,
                organisation_id: self.organisation_id,
                kind: self.kind.clone(),
                level: self.level.clone(),
                honoured_on: on,
                direct_production: detail.direct_production,
                initiative_id: detail.title.as_deref().and_then(|it| initiatives.get(it).copied()),
                decision_id,
            })
            .collect();
        self.write(acting, &lines, &titles).await?;
        for (on, decision_id, told) in honour::told(&lines) {
            acting.publish(Event::Happened(told).resting_on(on, decision_id));
        }
        Ok(Recorded { honour_id, person_ids, warnings: self.roll.warnings() })
    }
}

impl RecordHonours {
    fn well_written(&self) -> Result<(), Failure> {
        let Some(nature) = honours().get(&self.kind) else {
            return Err(Refused::HonourKindUnknown { field: "kind".to_string() }.into());
        };
        if !honour_levels().contains_key(&self.level) {
            return Err(Refused::HonourLevelUnknown.into());
        }
        let mut bad = BadLines::default();
        for (line, detail) in self.details.iter().enumerate() {
            if (*nature == Nature::Initiative) != detail.title.is_some() {
                let field = format!("lines[{line}].title");
                bad.add(line, Refused::InitiativeTitleMisfit { field });
            }
        }
        Ok(bad.refuse()?)
    }

    /// Refuses whoever has been honoured so on that day already: a roll that comes again.
    async fn none_recorded(
        &self,
        acting: &mut Acting,
        person_ids: &[Uuid],
        titles: &[Option<&str>],
    ) -> Result<(), Failure> {
        let recorded: HashSet<i64> = sqlx::query_scalar!(
            r#"select line as "line!"
               from unnest($1::uuid[], $2::text[]) with ordinality
                    as asked (person_id, title, line)
               join honour using (person_id)
               where honour.kind = $3 and honour.level = $4 and honour.honoured_on = $5
                 and honour.title is not distinct from asked.title"#,
            person_ids,
            titles as &[Option<&str>],
            self.kind,
            self.level,
            self.honoured_on,
        )
        .fetch_all(acting.db())
        .await?
        .into_iter()
        .collect();
        let mut bad = BadLines::default();
        for line in (0..person_ids.len())
            .filter(|line| i64::try_from(line + 1).is_ok_and(|at| recorded.contains(&at)))
        {
            let field = format!("lines[{line}].person");
            bad.add(line, Refused::HonourRecorded { field });
        }
        Ok(bad.refuse()?)
    }

    async fn write(
        &self,
        acting: &mut Acting,
        lines: &[Line],
        titles: &[Option<&str>],
    ) -> Result<(), Failure> {
        let (issuer_id, issuer_name) = match &self.issuer {
            Issuer::Itself => (Some(self.organisation_id), None),
            Issuer::Organisation(issuer_id) => (Some(*issuer_id), None),
            Issuer::Named(name) => (None, Some(name.as_str())),
        };
        let Some(first) = lines.first() else { return Ok(()) };
        let person_ids: Vec<Uuid> = lines.iter().map(|line| line.person_id).collect();
        let direct: Vec<bool> = lines.iter().map(|line| line.direct_production).collect();
        let initiatives: Vec<Option<Uuid>> = lines.iter().map(|line| line.initiative_id).collect();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into honour (person_id, honour_id, organisation_id, kind, level, issuer_id,
                                 issuer_name, honoured_on, direct_production, initiative_id, title,
                                 decision_id, act_id, recorded_at)
             select person_id, $5, $6, $7, $8, $9, $10, $11, direct_production, initiative_id,
                    title, $12, $13, $14
             from unnest($1::uuid[], $2::boolean[], $3::uuid[], $4::text[])
                  as line (person_id, direct_production, initiative_id, title)",
            &person_ids,
            &direct,
            &initiatives as &[Option<Uuid>],
            titles as &[Option<&str>],
            first.honour_id,
            self.organisation_id,
            self.kind,
            self.level,
            issuer_id,
            issuer_name,
            self.honoured_on,
            first.decision_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
