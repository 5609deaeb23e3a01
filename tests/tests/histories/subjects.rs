//! Distinct indicators, recounted: people, unions and employers, each once.

use std::collections::{BTreeMap, BTreeSet};

use tests::activities;
use tests::world::World;
use time::{Date, Duration};
use uuid::Uuid;

use crate::ledger::{Question, View};
use crate::tree::Tree;

/// Something that shows a subject.
struct Shown {
    unit: usize,
    on: Date,
    what: String,
    subject: String,
}

/// A person in office.
struct Office {
    unit: usize,
    person: Uuid,
    from: Date,
    until: Option<Date>,
}

/// What shows subjects.
pub struct Subjects {
    shown: Vec<Shown>,
    offices: Vec<Office>,
}

impl Subjects {
    pub async fn read(world: &World, tree: &Tree) -> Self {
        type Row = (String, Uuid, Date, String);
        let mut rows: Vec<Row> = sqlx::query_as(
            "with happened (what, organisation_id, on_day, person_id) as (
                 select 'trained', organisation_id, attended_on, person_id
                 from training_attendance
                 union all
                 select 'trained on the charter', a.organisation_id, a.attended_on, a.person_id
                 from training_attendance a join training_course c using (course_id)
                 where c.topics && array['CHARTER', 'CHARTER_GUIDANCE', 'UNION_WORK']
                 union all
                 select 'honoured', organisation_id, honoured_on, person_id from honour
                 union all
                 select 'honoured as a teacher', organisation_id, honoured_on, person_id
                 from honour where kind = 'EXCELLENT_TEACHER'
                 union all
                 select 'took part', organisation_id, joined_on, person_id
                 from emulation_participant
             )
             -- Whoever was merged is who survives her.
             select what, organisation_id, on_day, coalesce(root_id, person_id)::text
             from happened left join person_merge using (person_id)
             union all
             select 'initiative', organisation_id, honoured_on, initiative_id::text from honour
             where initiative_id is not null
             union all
             select 'initiative of the capital', organisation_id, honoured_on, initiative_id::text
             from honour where kind = 'CAPITAL_INITIATIVE'
             union all
             -- Of whom a pseudonym is told, it is hers until the day is over.
             select 'referred', organisation_id, referred_on, subject from party_referral
             union all
             select 'admitted to the party', organisation_id, admitted_on, subject
             from party_referral where admitted_on is not null
             union all
             select 'confirmed in the party', organisation_id, confirmed_on, subject
             from party_referral where confirmed_on is not null
             union all
             select 'helped', organisation_id, given_on, subject from welfare
             union all
             select case outcome when 1 then 'planned' when 2 then 'trained as cadre'
                    else 'appointed' end, organisation_id, reached_on, subject
             from cadre_outcome
             union all
             select 'recommended', organisation_id, recommended_on, subject
             from cadre_recommendation",
        )
        .fetch_all(world.pool("membership"))
        .await
        .expect("read");
        let registry = world.pool("registry");
        let more: Vec<Row> = sqlx::query_as(
            "select 'elected', organisation_id, held_on, organisation_id::text from by_election
             union all
             select s.stage, c.organisation_id, s.reached_on, c.employer_id::text
             from campaign c join campaign_stage s using (campaign_id)",
        )
        .fetch_all(registry)
        .await
        .expect("read");
        rows.extend(more);
        let named = activities::named(world.pool("reporting")).await;
        rows.extend(named.into_iter().map(|(unit, on, what, subject)| (what, unit, on, subject)));
        let shown = rows
            .into_iter()
            .map(|(what, unit, on, subject)| Shown { unit: tree.unit(unit), on, what, subject })
            .filter(|shown| shown.what != "elected" || tree.get(shown.unit).is_union(shown.on));
        let offices: Vec<(Uuid, Uuid, Date, Option<Date>)> = sqlx::query_as(
            "select organisation_id, person_id, lower(valid), upper(valid)
             from office where upper_inf(recorded) and body <> 'STEERING'",
        )
        .fetch_all(registry)
        .await
        .expect("read");
        let merged: Vec<(Uuid, Uuid)> =
            sqlx::query_as("select person_id, root_id from person_merge")
                .fetch_all(world.pool("membership"))
                .await
                .expect("read");
        let merged: BTreeMap<Uuid, Uuid> = merged.into_iter().collect();
        let offices = offices.into_iter().map(|(unit, person, from, until)| Office {
            unit: tree.unit(unit),
            person: merged.get(&person).copied().unwrap_or(person),
            from,
            until,
        });
        Self { shown: shown.collect(), offices: offices.collect() }
    }

    fn shown(&self, view: &View<'_>, what: &str, asked: Question) -> i64 {
        let shown = self.shown.iter().filter(|shown| {
            shown.what == what
                && asked.from <= shown.on
                && shown.on <= asked.through
                && view.counts(shown.unit, shown.on, asked.head)
        });
        shown.map(|shown| &shown.subject).collect::<BTreeSet<_>>().len() as i64
    }

    /// Who held an office under the head on some day from one to another.
    fn in_office(&self, view: &View<'_>, from: Date, through: Date, head: usize) -> BTreeSet<Uuid> {
        let mut people = BTreeSet::new();
        for office in &self.offices {
            let first = office.from.max(from);
            let last = office.until.map_or(through, |until| (until - Duration::DAY).min(through));
            if first > last || people.contains(&office.person) {
                continue;
            }
            let mut days = view.ledger.tree.days_of_change(office.unit);
            days.insert(first);
            let mut days = days.range(first..=last);
            if days.any(|day| view.counts(office.unit, *day, head)) {
                people.insert(office.person);
            }
        }
        people
    }

    fn trained(&self, from: Date, through: Date) -> BTreeSet<Uuid> {
        let trained = self
            .shown
            .iter()
            .filter(|shown| shown.what == "trained" && from <= shown.on && shown.on <= through);
        trained.map(|shown| shown.subject.parse().expect("an id")).collect()
    }

    /// A distinct indicator; none where nobody recounts it.
    pub fn count(&self, view: &View<'_>, indicator: &str, asked: Question) -> Option<i64> {
        let names = BTreeMap::from([
            ("BYELECT_ORG", "elected"),
            ("CONGRESS_GUIDED", "guided"),
            ("MODEL_COPIERS", "copied"),
            ("TRAIN_HEADCOUNT", "trained"),
            ("TRAIN_CHARTER_HEADCOUNT", "trained on the charter"),
            ("PARTY_REFERRED", "referred"),
            ("PARTY_ADMITTED", "admitted to the party"),
            ("PARTY_CONFIRMED", "confirmed in the party"),
            ("CADRE_RECOMMENDED", "recommended"),
            ("CADRE_PLANNED", "planned"),
            ("CADRE_TRAINED", "trained as cadre"),
            ("CADRE_APPOINTED", "appointed"),
            ("HONOURED_PEOPLE", "honoured"),
            ("HONOURED_TEACHERS", "honoured as a teacher"),
            ("INITIATIVES", "initiative"),
            ("INITIATIVES_CAPITAL", "initiative of the capital"),
            ("EMULATION_PEOPLE", "took part"),
            ("WELFARE_PEOPLE", "helped"),
            ("CAMPAIGN_ELIGIBLE", "ELIGIBLE"),
            ("CAMPAIGN_CANVASSED", "CANVASSED"),
            ("CAMPAIGN_ORGANISING", "ORGANISING_COMMITTEE"),
            ("CAMPAIGN_FOUNDED", "FOUNDED"),
            ("CAMPAIGN_BLOCKED", "BLOCKED"),
        ]);
        if let Some(what) = names.get(indicator) {
            return Some(self.shown(view, what, asked));
        }
        let (from, through, head) = (asked.from, asked.through, asked.head);
        let people = match indicator {
            "OFFICER_STOCK" => self.in_office(view, through, through, head),
            "OFFICER_IN_POST" => self.in_office(view, from, through, head),
            "OFFICER_TRAINED_HEADCOUNT" => {
                let trained = self.trained(from, through);
                let officers = self.in_office(view, from, through, head);
                officers.intersection(&trained).copied().collect()
            }
            _ => return None,
        };
        Some(people.len() as i64)
    }
}
