//! Where everybody is: in what exists, in one scope, and readable.

use std::collections::{BTreeMap, BTreeSet};

use proto::membership::v1::{GetMemberRequest, ListConsequencesRequest, ListPassedOverRequest};
use rand::RngExt;
use rand::rngs::StdRng;
use sqlx::PgPool;
use system::Client;
use tests::world::World;
use time::Date;
use tonic::Code;
use uuid::Uuid;

use crate::figures::Wrong;
use crate::ledger::Ledger;

/// Consequences of one page.
const PAGE: i32 = 500;

/// Officers of each province.
pub struct Officers(Vec<(Uuid, Client)>);

impl Officers {
    pub async fn of(world: &World, provinces: &[tests::world::Unit]) -> Self {
        let mut officers = Vec::new();
        for province in provinces {
            let id = province.id.parse().expect("an id");
            officers.push((id, world.officer_of(province).await));
        }
        Self(officers)
    }
}

/// What membership says is not, or could not be, carried out.
#[derive(Default)]
struct Listed {
    people: BTreeSet<Uuid>,
    organisations: BTreeSet<Uuid>,
}

async fn listed(client: &Client) -> Listed {
    let mut request = ListConsequencesRequest { page_size: PAGE, ..Default::default() };
    let mut listed = Listed::default();
    loop {
        let page = client.consequences().list_consequences(request.clone()).await;
        let page = page.expect("listed").into_inner();
        for consequence in page.consequences {
            let organisation = consequence.organisation_id.parse().expect("an id");
            if consequence.passed_over.is_empty() {
                listed.organisations.insert(organisation);
            }
            let mut people = consequence.passed_over;
            // The first of them are named, the rest are asked for.
            if usize::try_from(consequence.passed_over_count) != Ok(people.len()) {
                let request = ListPassedOverRequest {
                    registry_act_id: consequence.registry_act_id,
                    organisation_id: consequence.organisation_id,
                    page_size: PAGE,
                    ..ListPassedOverRequest::default()
                };
                let all = client.consequences().list_passed_over(request).await;
                people = all.expect("listed").into_inner().passed_over;
            }
            let people = people.into_iter();
            listed.people.extend(people.map(|one| one.person_id.parse::<Uuid>().expect("an id")));
        }
        if page.next_page_token.is_empty() {
            return listed;
        }
        request.page_token = page.next_page_token;
    }
}

/// Nobody is a member of what does not exist on that day, unless membership says so; and of
/// one person no two stays overlap.
pub async fn alive(client: &Client, ledger: &Ledger) -> Vec<Wrong> {
    let listed = listed(client).await;
    let mut wrong = Vec::new();
    for stay in &ledger.stays {
        let organisation = ledger.tree.get(stay.unit);
        let outside = !organisation.exists
            || stay.from < organisation.founded_on
            || organisation
                .ended_on
                .is_some_and(|ended_on| stay.until.is_none_or(|until| ended_on < until));
        let told =
            listed.people.contains(&stay.person) || listed.organisations.contains(&organisation.id);
        let nowhere = stay.until.is_some_and(|until| until <= stay.from);
        if (outside && !nowhere) && !told {
            let text = format!(
                "{} is a member of {} from {} until {:?}, which exists: {}, from {} until {:?}",
                stay.person,
                organisation.id,
                stay.from,
                stay.until,
                organisation.exists,
                organisation.founded_on,
                organisation.ended_on
            );
            let suspects = [stay.person.to_string(), organisation.id.to_string()].into();
            wrong.push(Wrong { text, suspects });
        }
    }
    for pair in ledger.stays.windows(2) {
        let overlaps = pair[0].person == pair[1].person
            && pair[0].until.is_none_or(|until| pair[1].from < until);
        if overlaps {
            let text = format!("{} has two memberships at once: {pair:?}", pair[0].person);
            wrong.push(Wrong { text, suspects: [pair[0].person.to_string()].into() });
        }
    }
    wrong
}

/// Where a person lies today: her union, or else her last; and who has her application.
#[derive(Default)]
struct Lies {
    scope: BTreeSet<Uuid>,
    applied: bool,
}

/// Everybody, as the owners' rows tell it.
async fn lying(membership: &PgPool, ledger: &Ledger, today: Date) -> BTreeMap<Uuid, Lies> {
    let mut lie: BTreeMap<Uuid, Lies> = BTreeMap::new();
    let mut counted = BTreeSet::new();
    // Of a person the latest stay comes last.
    for stay in &ledger.stays {
        let id = ledger.id(stay.unit);
        if counted.contains(&stay.person) {
            continue;
        }
        lie.entry(stay.person).or_default().scope = [id].into();
        if stay.lasts_on(today) {
            counted.insert(stay.person);
        }
    }
    let applications: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "select person_id, organisation_id from application
         where applied_on <= $1 and coalesce(closed_on, lapses_on) > $1",
    )
    .bind(today)
    .fetch_all(membership)
    .await
    .expect("read");
    for (person, organisation) in applications {
        if !counted.contains(&person) {
            let lies = lie.entry(person).or_default();
            lies.scope.insert(organisation);
            lies.applied = true;
        }
    }
    let persons: Vec<(Uuid, Uuid)> = sqlx::query_as("select person_id, recorded_under from person")
        .fetch_all(membership)
        .await
        .expect("read");
    for (person, recorded_under) in persons {
        let lies = lie.entry(person).or_default();
        if lies.scope.is_empty() {
            lies.scope.insert(recorded_under);
        }
    }
    // Whoever was merged lies where the one lies who survives.
    let merged: Vec<(Uuid, Uuid)> = sqlx::query_as("select person_id, root_id from person_merge")
        .fetch_all(membership)
        .await
        .expect("read");
    for (person, survivor) in merged {
        let Lies { scope, applied } = &lie[&survivor];
        let lies = Lies { scope: scope.clone(), applied: *applied };
        lie.insert(person, lies);
    }
    lie
}

/// Everybody lies in one scope, or in that of her application too; of some it is asked through
/// the API: the officers of exactly those provinces can read her, and the Confederation can.
pub async fn scopes(
    world: &World,
    officers: &Officers,
    ledger: &Ledger,
    today: Date,
    (rng, asked): (&mut StdRng, usize),
) -> Vec<Wrong> {
    let lie = lying(world.pool("membership"), ledger, today).await;
    let mut wrong = Vec::new();
    let confederation: Uuid = world.confederation.id.parse().expect("an id");
    let mut above: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    for (person, lies) in &lie {
        let mut reached = true;
        for organisation in &lies.scope {
            let line = above.entry(*organisation).or_insert_with(|| {
                let unit = ledger.tree.unit(*organisation);
                ledger.tree.as_of(unit, today).into_iter().map(|unit| ledger.id(unit)).collect()
            });
            reached &= line.contains(&confederation);
        }
        let one = lies.scope.len() == 1 || (lies.applied && lies.scope.len() == 2);
        if !one || !reached {
            let text = format!("{person} lies in the scopes {:?}", lies.scope);
            let suspects = lies.scope.iter().chain([person]).map(Uuid::to_string).collect();
            wrong.push(Wrong { text, suspects });
        }
    }
    let people: Vec<&Uuid> = lie.keys().collect();
    let administrator = world.administrator();
    for _ in 0..asked.min(people.len()) {
        let person = people[rng.random_range(0..people.len())];
        let request = GetMemberRequest { person_id: person.to_string(), known_at: None };
        let suspects = || -> BTreeSet<String> {
            lie[person].scope.iter().chain([person]).map(Uuid::to_string).collect()
        };
        if let Err(status) = administrator.memberships().get_member(request.clone()).await {
            let text = format!("the Confederation cannot read {person}: {status:?}");
            wrong.push(Wrong { text, suspects: suspects() });
        }
        let mut readers = BTreeSet::new();
        for (province, officer) in &officers.0 {
            match officer.memberships().get_member(request.clone()).await {
                Ok(_) => {
                    readers.insert(*province);
                }
                Err(status) if status.code() == Code::NotFound => {}
                Err(status) => {
                    let text = format!("an officer asks for {person}: {status:?}");
                    wrong.push(Wrong { text, suspects: suspects() });
                }
            }
        }
        let expected: BTreeSet<Uuid> = officers
            .0
            .iter()
            .map(|(province, _)| *province)
            .filter(|province| lie[person].scope.iter().any(|at| above[at].contains(province)))
            .collect();
        if readers != expected {
            let text =
                format!("{person} is read by the provinces {readers:?}, not by {expected:?}");
            wrong.push(Wrong { text, suspects: suspects() });
        }
    }
    wrong
}
