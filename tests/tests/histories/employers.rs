//! Employers and their unions, on every day: registry and reporting count the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use proto::registry::v1::ListEmployersWithoutUnionRequest;
use sqlx::PgPool;
use stage::made_up;
use system::Client;
use time::Date;
use uuid::Uuid;

use crate::ledger::{Amounts, Question, View};
use crate::tree::Tree;

struct Survey {
    on: Date,
    surveyor: usize,
    workforce: i32,
}

/// All employers, by their surveys and unions.
pub struct Employers {
    /// Oldest first.
    surveys: BTreeMap<Uuid, Vec<Survey>>,
    /// A union of an employer, from when until when.
    unions: BTreeMap<Uuid, Vec<(usize, Date, Option<Date>)>>,
}

impl Employers {
    pub async fn read(registry: &PgPool, tree: &Tree) -> Self {
        let rows: Vec<(Uuid, Date, Uuid, i32)> = sqlx::query_as(
            "select employer_id, surveyed_on, surveyor_id, workforce
             from employer_survey order by surveyed_on",
        )
        .fetch_all(registry)
        .await
        .expect("read");
        let mut surveys: BTreeMap<Uuid, Vec<Survey>> = BTreeMap::new();
        for (employer, on, surveyor, workforce) in rows {
            let survey = Survey { on, surveyor: tree.unit(surveyor), workforce };
            surveys.entry(employer).or_default().push(survey);
        }
        let rows: Vec<(Uuid, Uuid, Date, Option<Date>)> = sqlx::query_as(
            "select employer_id, union_id, lower(valid), upper(valid)
             from employer_union where upper_inf(recorded)",
        )
        .fetch_all(registry)
        .await
        .expect("read");
        let mut unions: BTreeMap<Uuid, Vec<(usize, Date, Option<Date>)>> = BTreeMap::new();
        for (employer, union, from, until) in rows {
            unions.entry(employer).or_default().push((tree.unit(union), from, until));
        }
        Self { surveys, unions }
    }

    /// Whether an employer has a union that lives on a day: what merged goes on in its
    /// successor.
    fn has_union(&self, tree: &Tree, employer: Uuid, on: Date) -> bool {
        let linked = self.unions.get(&employer).into_iter().flatten();
        let mut of_the_day = linked
            .filter(|(_, from, until)| *from <= on && until.is_none_or(|until| on < until))
            .map(|(union, ..)| *union);
        of_the_day.any(|union| {
            let mut at = Some(union);
            while let Some(here) = at {
                if tree.get(here).lives(on) {
                    return true;
                }
                let ended = tree.get(here).ended_on.is_some_and(|ended_on| ended_on <= on);
                at = if ended { tree.get(here).heir } else { None };
            }
            false
        })
    }

    /// Whom a unit surveyed last by a day.
    pub fn surveyed_by(&self, unit: usize, on: Date) -> Vec<Uuid> {
        let of_the_day = |surveys: &Vec<Survey>| {
            let last = surveys.iter().rev().find(|survey| survey.on <= on);
            last.is_some_and(|last| last.surveyor == unit)
        };
        let some = self.surveys.iter().filter(|(_, surveys)| of_the_day(surveys));
        some.map(|(employer, _)| *employer).collect()
    }

    /// Employers without a union at the end of a period, by those who surveyed them last.
    pub fn amounts(&self, view: &View<'_>, asked: Question, workforce: i32) -> Amounts {
        let mut amounts = Amounts::new();
        for (surveyor, _) in self.without_union(view, asked, workforce) {
            *amounts.entry(surveyor).or_default() += 1;
        }
        amounts
    }

    /// Employers without a union at the end of a period, each with who surveyed it last.
    pub fn without_union(
        &self,
        view: &View<'_>,
        asked: Question,
        workforce: i32,
    ) -> Vec<(usize, Uuid)> {
        let mut without = Vec::new();
        for (employer, surveys) in &self.surveys {
            let last = surveys.iter().rev().find(|survey| survey.on <= asked.through);
            if let Some(last) = last
                && last.workforce >= workforce
                && view.counts(last.surveyor, asked.through, asked.head)
                && !self.has_union(&view.ledger.tree, *employer, asked.through)
            {
                without.push((last.surveyor, *employer));
            }
        }
        without
    }

    /// The workers of a union's employers on a day, as each was surveyed last.
    pub fn at_work(&self, union: usize, on: Date) -> i64 {
        let of_the_day = |(linked, from, until): &(usize, Date, Option<Date>)| {
            *linked == union && *from <= on && until.is_none_or(|until| on < until)
        };
        let employers = self.unions.iter().filter(|(_, links)| links.iter().any(of_the_day));
        let last = |employer: &Uuid| {
            let surveys = self.surveys.get(employer)?;
            surveys.iter().rev().find(|survey| survey.on <= on)
        };
        employers
            .filter_map(|(employer, _)| last(employer))
            .map(|one| i64::from(one.workforce))
            .sum()
    }

    /// Every union that an employer ever had.
    pub fn unions(&self, employer: Uuid) -> Vec<usize> {
        self.unions.get(&employer).into_iter().flatten().map(|(union, ..)| *union).collect()
    }

    /// What is known of an employer, in words.
    pub fn told(&self, tree: &Tree, employer: Uuid) -> String {
        let mut told = String::new();
        for survey in self.surveys.get(&employer).into_iter().flatten() {
            let surveyor = tree.get(survey.surveyor).id;
            let _ = write!(told, "; {} at work on {} by {surveyor}", survey.workforce, survey.on);
        }
        for (union, from, until) in self.unions.get(&employer).into_iter().flatten() {
            let _ = write!(told, "; from {from} until {until:?} union {:?}", tree.get(*union));
        }
        told
    }
}

/// Which employers without a union registry lists on a day.
pub async fn listed(client: &Client, head: Uuid, on: Date) -> BTreeSet<Uuid> {
    let mut request = ListEmployersWithoutUnionRequest {
        organisation_id: head.to_string(),
        min_workforce: 1,
        as_of: made_up::on(on),
        page_size: 500,
        ..ListEmployersWithoutUnionRequest::default()
    };
    let mut listed = BTreeSet::new();
    loop {
        let page = client.employers().list_employers_without_union(request.clone()).await;
        let page = page.expect("listed").into_inner();
        let ids =
            page.employers.into_iter().map(|one| one.employer_id.parse::<Uuid>().expect("an id"));
        listed.extend(ids);
        if page.next_page_token.is_empty() {
            return listed;
        }
        request.page_token = page.next_page_token;
    }
}
