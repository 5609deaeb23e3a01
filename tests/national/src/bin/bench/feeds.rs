//! What registry and membership tell, made up and published by hand: as many acts as are to be followed,
//! however long registry and membership would take to do them.

use std::collections::VecDeque;

use anyhow::{Context, ensure};
use chassis::feed::announce_pending;
use chassis::parse::civil;
use national::Chance;
use prost::Message;
use prost_types::Any;
use proto::membership::v1::membership_change::Change as Told;
use proto::membership::v1::movement_taken_back::Movement;
use proto::membership::v1::{
    AdmissionKind, DecisionWrittenDown, ExitReason, MemberLine, MembersAdmitted, MembersExited,
    MembersTransferred, MembershipChange, MovementTakenBack,
};
use proto::registry::v1::registry_change::Change as Decided;
use proto::registry::v1::{
    DecisionRecorded, OrganisationFounded, OrganisationRenamed, OrganisationState,
    OrganisationsHandedOver, OrganisationsLoaded, RegistryChange, organisations_handed_over,
};
use sqlx::PgPool;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::country::{Country, pool};

/// The first day on which something happens.
const FIRST: Date = time::macros::date!(2020 - 01 - 01);
const DAYS: u64 = 1_800;
/// Superiors of unions.
const SUPERIORS: usize = 34;
/// Organisations of one message.
const OF_A_MESSAGE: usize = 1_000;
/// Whoever is a member, of whom it is known that she may transfer or leave.
const KNOWN: usize = 50_000;

/// What one act changes: kind and body of each change.
pub type Act = Vec<(&'static str, Any)>;

/// Somebody who is a member.
#[derive(Clone, Copy)]
struct Somebody {
    person: Uuid,
    membership: Uuid,
    union: usize,
}

/// Both feeds, as their owners would write them.
pub struct Feeds {
    /// Registry's database.
    pub registry: PgPool,
    /// Membership's.
    pub membership: PgPool,
    chance: Chance,
    confederation: String,
    superiors: Vec<Uuid>,
    unions: Vec<(Uuid, usize)>,
    members: VecDeque<Somebody>,
    /// The last movements of somebody who moved no more.
    last: Option<Movement>,
}

impl Feeds {
    /// Tells of so many unions that existed before, and of their superiors.
    pub async fn begin(country: &Country, unions: usize) -> anyhow::Result<Self> {
        let of = |service: &str| -> anyhow::Result<String> {
            Ok(country.system.database(service).context("a database")?.owner_url.clone())
        };
        let mut feeds = Self {
            registry: pool(&of("registry")?).await?,
            membership: pool(&of("membership")?).await?,
            chance: Chance::of(2025, "feeds"),
            confederation: country.confederation.clone(),
            superiors: (0..SUPERIORS).map(|_| Uuid::now_v7()).collect(),
            unions: Vec::new(),
            members: VecDeque::new(),
            last: None,
        };
        let confederation = feeds.confederation.clone();
        let mut all: Vec<OrganisationState> = feeds
            .superiors
            .iter()
            .map(|id| state(*id, &confederation, "LDLD_TINH", FIRST))
            .collect();
        for n in 0..unions {
            let (id, superior) = (Uuid::now_v7(), n % SUPERIORS);
            let above = feeds.superiors[superior].to_string();
            all.push(state(id, &above, "CDCS", FIRST));
            feeds.unions.push((id, superior));
        }
        let loaded: Vec<Act> = all
            .chunks(OF_A_MESSAGE)
            .map(|organisations| {
                let organisations = organisations.to_vec();
                vec![decided(Decided::OrganisationsLoaded(OrganisationsLoaded { organisations }))]
            })
            .collect();
        publish(&feeds.registry, &loaded, FIRST, 0).await?;
        Ok(feeds)
    }

    /// What registry decides next: foundings, each with its decision, moves and names.
    pub fn decides(&mut self) -> Act {
        let union = self.chance.below(self.unions.len() as u64) as usize;
        match self.chance.below(10) {
            0..5 => {
                let (id, superior) = (Uuid::now_v7(), self.chance.below(SUPERIORS as u64) as usize);
                self.unions.push((id, superior));
                let above = self.superiors[superior].to_string();
                let decision = DecisionRecorded {
                    decision_id: Uuid::now_v7().to_string(),
                    issuer_id: above.clone(),
                    kind: "QUYET_DINH".to_owned(),
                    number: format!("{}/QĐ-LĐLĐ", self.unions.len()),
                    issued_on: Some(civil(FIRST)),
                    effective_on: Some(civil(FIRST)),
                };
                let founded = OrganisationFounded {
                    organisation: Some(state(id, &above, "CDCS", FIRST)),
                    ..OrganisationFounded::default()
                };
                vec![
                    decided(Decided::DecisionRecorded(decision)),
                    decided(Decided::OrganisationFounded(founded)),
                ]
            }
            5..8 => {
                let (id, from) = self.unions[union];
                let to = (from + 1 + self.chance.below(SUPERIORS as u64 - 1) as usize) % SUPERIORS;
                self.unions[union].1 = to;
                let unit = organisations_handed_over::Unit {
                    organisation_id: id.to_string(),
                    from_superior_id: self.superiors[from].to_string(),
                };
                vec![decided(Decided::OrganisationsHandedOver(OrganisationsHandedOver {
                    superior_id: self.superiors[to].to_string(),
                    units: vec![unit],
                }))]
            }
            _ => vec![decided(Decided::OrganisationRenamed(OrganisationRenamed {
                organisation_id: self.unions[union].0.to_string(),
                name: format!("Công đoàn cơ sở {union}"),
                ..OrganisationRenamed::default()
            }))],
        }
    }

    /// What happens to members next; answers by how many people there are more then.
    pub fn tells(&mut self) -> (Act, i64) {
        if let Some(movement) = self.last.take_if(|_| self.chance.in_thousand(300)) {
            let more = match &movement {
                Movement::MembersExited(exited) => exited.lines.len() as i64,
                Movement::MembersAdmitted(_) | Movement::MembersTransferred(_) => 0,
            };
            let taken =
                MovementTakenBack { registry_act_id: String::new(), movement: Some(movement) };
            return (vec![told(Told::MovementTakenBack(taken))], more);
        }
        match self.chance.below(10) {
            7 | 8 if !self.members.is_empty() => (self.transfers(), 0),
            9 if !self.members.is_empty() => (self.exits(), -1),
            _ => self.admits(),
        }
    }

    fn admits(&mut self) -> (Act, i64) {
        let union = self.chance.below(self.unions.len() as u64) as usize;
        let people = 1 + self.chance.below(4) as usize;
        let mut act = Act::new();
        if self.chance.in_thousand(300) {
            act.push(told(Told::DecisionWrittenDown(DecisionWrittenDown {
                decision_id: Uuid::now_v7().to_string(),
                kind: "QUYET_DINH".to_owned(),
                number: format!("{union}/QĐ-CĐCS"),
                issued_on: Some(civil(FIRST)),
                ..DecisionWrittenDown::default()
            })));
        }
        let mut lines = Vec::new();
        for _ in 0..people {
            let one = Somebody { person: Uuid::now_v7(), membership: Uuid::now_v7(), union };
            lines.push(line(&one, self.chance.below(2)));
            self.members.push_back(one);
        }
        while self.members.len() > KNOWN {
            self.members.pop_front();
        }
        act.push(told(Told::MembersAdmitted(MembersAdmitted {
            admission_id: Uuid::now_v7().to_string(),
            organisation_id: self.unions[union].0.to_string(),
            kind: AdmissionKind::Admitted.into(),
            lines,
        })));
        (act, people as i64)
    }

    fn somebody(&mut self) -> Somebody {
        let at = self.chance.below(self.members.len() as u64) as usize;
        self.members.swap(at, 0);
        self.members[0]
    }

    fn transfers(&mut self) -> Act {
        let one = self.somebody();
        let union = (one.union + 1) % self.unions.len();
        let now = Somebody { membership: Uuid::now_v7(), union, ..one };
        self.members[0] = now;
        vec![told(Told::MembersTransferred(MembersTransferred {
            transfer_id: Uuid::now_v7().to_string(),
            from_organisation_id: self.unions[one.union].0.to_string(),
            to_organisation_id: self.unions[union].0.to_string(),
            lines: vec![line(&now, 0)],
            registry_act_id: String::new(),
        }))]
    }

    fn exits(&mut self) -> Act {
        let one = self.somebody();
        self.members.pop_front();
        let exited = MembersExited {
            exit_id: Uuid::now_v7().to_string(),
            organisation_id: self.unions[one.union].0.to_string(),
            reason: ExitReason::Retired.into(),
            lines: vec![line(&one, 0)],
            registry_act_id: String::new(),
        };
        self.last = Some(Movement::MembersExited(exited.clone()));
        vec![told(Told::MembersExited(exited))]
    }

    /// A day of the five years.
    pub fn day(&mut self) -> Date {
        FIRST + Duration::days(self.chance.below(DAYS).cast_signed())
    }
}

fn state(id: Uuid, superior: &str, kind: &str, on: Date) -> OrganisationState {
    OrganisationState {
        organisation_id: id.to_string(),
        code: id.to_string(),
        name: "Công đoàn".to_owned(),
        short_name: String::new(),
        r#type: kind.to_owned(),
        sector: if kind == "CDCS" { "NNN_CP".to_owned() } else { String::new() },
        superior_id: superior.to_owned(),
        founded_on: Some(civil(on)),
        ..OrganisationState::default()
    }
}

fn line(one: &Somebody, sex: u64) -> MemberLine {
    MemberLine {
        sex: 1 + i32::from(sex == 1),
        birth_year: 1990,
        membership_id: one.membership.to_string(),
        person_id: one.person.to_string(),
    }
}

fn decided(what: Decided) -> (&'static str, Any) {
    let kind = match &what {
        Decided::OrganisationsLoaded(_) => "registry.organisations_loaded",
        Decided::OrganisationFounded(_) => "registry.organisation_founded",
        Decided::OrganisationRenamed(_) => "registry.organisation_renamed",
        Decided::OrganisationsHandedOver(_) => "registry.organisations_handed_over",
        _ => "registry.decision_recorded",
    };
    (kind, packed(&RegistryChange { change: Some(what) }))
}

fn told(what: Told) -> (&'static str, Any) {
    let kind = match &what {
        Told::MembersAdmitted(_) => "membership.members_admitted",
        Told::MembersTransferred(_) => "membership.members_transferred",
        Told::MembersExited(_) => "membership.members_exited",
        Told::MovementTakenBack(_) => "membership.movement_taken_back",
        _ => "membership.decision_written_down",
    };
    (kind, packed(&MembershipChange { change: Some(what) }))
}

fn packed<M: prost::Name>(message: &M) -> Any {
    Any { type_url: M::type_url(), value: message.encode_to_vec() }
}

/// Commits acts as their owner would, in one transaction, for the sequencer to number; answers how many
/// changes they are.
pub async fn publish(
    owner: &PgPool,
    acts: &[Act],
    on: Date,
    registry_position: i64,
) -> anyhow::Result<usize> {
    let (mut changes, mut of, mut complete) = (Vec::new(), Vec::new(), Vec::new());
    let (mut kinds, mut bodies) = (Vec::new(), Vec::new());
    for act in acts {
        let act_id = Uuid::now_v7();
        for (n, (kind, body)) in act.iter().enumerate() {
            changes.push(Uuid::now_v7());
            of.push(act_id);
            complete.push(n + 1 == act.len());
            kinds.push(*kind);
            bodies.push(body.encode_to_vec());
        }
    }
    ensure!(!changes.is_empty(), "nothing to publish");
    sqlx::query(
        "insert into feed.pending
             (change_id, act_id, act_complete, kind, aggregate_id, acted_at, effective_on, actor,
              traceparent, registry_position, body)
         select change_id, act_id, complete, kind, act_id, $6, $7, 'bench', '', $8, body
         from unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::text[], $5::bytea[])
              with ordinality as line (change_id, act_id, complete, kind, body, line)
         order by line",
    )
    .bind(&changes)
    .bind(&of)
    .bind(&complete)
    .bind(&kinds)
    .bind(&bodies)
    .bind(OffsetDateTime::now_utc())
    .bind(on)
    .bind(registry_position)
    .execute(owner)
    .await?;
    announce_pending(owner).await?;
    Ok(changes.len())
}
