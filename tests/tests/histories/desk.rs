//! The offices' desk: what they believe the world to be, and how they choose.

use std::collections::BTreeMap;

use proto::membership::v1::{GetMemberRequest, Membership};
use proto::registry::v1::{Basis, NewDecision, OrganisationStatus, basis};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::PgPool;
use stage::made_up;
use system::Client;
use tests::world::{ADMINISTRATOR, Unit, World, line};
use time::{Date, Duration, OffsetDateTime, UtcOffset};
use uuid::Uuid;

use crate::acts::{Happened, Standing};
use crate::trace::Trace;

/// How many days before today a history begins.
const DAYS: i64 = 3_000;
const INDUSTRIES: [&str; 4] = ["GIAO_DUC", "Y_TE", "TOA_AN", "DET_MAY"];
const SECTORS: [&str; 5] = ["NNN_CP", "FDI_100", "SNCL_TC", "NNN_TNHH", "HC"];

/// Where in the tree an organisation stands, as far as offices care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Directly under the Confederation.
    Province,
    /// Directs unions.
    Above,
    /// At a workplace.
    Union,
    /// Below a union.
    Part,
}

/// An organisation as the offices know it.
#[derive(Clone, Debug)]
pub struct Known {
    pub unit: Unit,
    pub tier: Tier,
    /// Ended, or known never to have existed.
    pub gone: bool,
    pub suspended: bool,
    /// Congresses held.
    pub congresses: i32,
}

/// An act of registry that was done.
#[derive(Clone, Debug)]
pub struct Done {
    pub kind: &'static str,
    pub told: String,
    pub request_id: String,
    pub units: Vec<String>,
}

/// A plan that was committed.
#[derive(Clone, Debug)]
pub struct Planned {
    pub plan_id: String,
    pub act_id: String,
    pub told: String,
    pub units: Vec<String>,
}

/// Whoever records.
pub struct Desk {
    pub client: Client,
    pub rng: StdRng,
    pub trace: Trace,
    pub confederation: Unit,
    pub units: Vec<Known>,
    pub people: Vec<String>,
    /// Referrals to the Party that were not yet followed by an admission.
    pub referrals: Vec<String>,
    /// Activities that were recorded.
    pub activities: Vec<String>,
    /// What happened to people, and can be taken back.
    pub happened: Vec<Happened>,
    /// How people were made to stand.
    pub dormant: Vec<Standing>,
    pub parked: Vec<Standing>,
    pub honorary: Vec<Standing>,
    /// Offers of transfer that were not accepted yet.
    pub offers: Vec<String>,
    /// People of whom no number is known: they may be anybody.
    pub unnumbered: Vec<String>,
    /// Who was found to be another.
    pub merged: Vec<String>,
    pub employers: Vec<String>,
    /// Seats that were taken.
    pub offices: Vec<(String, String)>,
    pub done: Vec<Done>,
    pub plans: Vec<Planned>,
    pub today: Date,
    /// What is left out.
    pub without: Vec<String>,
    /// Up to which day the history has got.
    pub now: Date,
    codes: usize,
    seed: u64,
    registry: PgPool,
}

/// Today in Vietnam.
fn today() -> Date {
    let seven = UtcOffset::from_hms(7, 0, 0).expect("an offset");
    OffsetDateTime::now_utc().to_offset(seven).date()
}

impl Desk {
    /// Provinces, what stands in them, and the first unions.
    pub async fn begin(world: &World, seed: u64, provinces: usize) -> Self {
        let today = today();
        let begins = today - Duration::days(DAYS);
        let mut desk = Self {
            client: world.administrator(),
            rng: StdRng::seed_from_u64(seed),
            trace: Trace::default(),
            confederation: world.confederation.clone(),
            units: Vec::new(),
            people: Vec::new(),
            referrals: Vec::new(),
            activities: Vec::new(),
            happened: Vec::new(),
            dormant: Vec::new(),
            parked: Vec::new(),
            honorary: Vec::new(),
            offers: Vec::new(),
            unnumbered: Vec::new(),
            merged: Vec::new(),
            employers: Vec::new(),
            offices: Vec::new(),
            done: Vec::new(),
            plans: Vec::new(),
            today,
            without: Vec::new(),
            now: begins,
            codes: 0,
            seed,
            registry: world.pool("registry").clone(),
        };
        // Matters of the Party have a role of their own.
        world.grant(ADMINISTRATOR, "PARTY_OFFICER", &world.confederation).await;
        world.grant(ADMINISTRATOR, "WELFARE_OFFICER", &world.confederation).await;
        world.grant(ADMINISTRATOR, "DISCIPLINE_OFFICER", &world.confederation).await;
        let lines = (1..provinces).map(|n| line(&format!("T-1{n}"), "LDLD_TINH", "TLD"));
        let mut heads = vec![world.province.clone()];
        heads.extend(world.load(lines.collect()).await);
        let mut lines = Vec::new();
        for (n, head) in heads.iter().enumerate() {
            for (m, kind) in
                ["LDLD_HUYEN", "LDLD_HUYEN", "CD_KCN", "CDN_DP"].into_iter().enumerate()
            {
                lines.push(line(&format!("Q-{n}{m}"), kind, &head.code));
            }
        }
        let above = world.load(lines).await;
        let mut lines = Vec::new();
        for n in 0..above.len() * 3 {
            let kind = if n % 11 == 10 { "ND_CS" } else { "CDCS" };
            let under = above[n % above.len()].code.clone();
            let mut union = line(&format!("CS-{n:02}"), kind, &under);
            // Nghiệp đoàn do not stand in industrial zones.
            if kind == "ND_CS" && n % 4 == 2 {
                union.r#type = "CDCS".to_owned();
            }
            union.sector = SECTORS[n % SECTORS.len()].to_owned();
            // Of every fifth none is stated.
            union.industry =
                INDUSTRIES.get(n % (INDUSTRIES.len() + 1)).copied().unwrap_or_default().to_owned();
            union.founded_on = made_up::on(begins - Duration::days(7 * n as i64));
            lines.push(union);
        }
        let unions = world.load(lines).await;
        for (tier, units) in [(Tier::Province, heads), (Tier::Above, above), (Tier::Union, unions)]
        {
            for unit in units {
                desk.learn(unit, tier);
            }
        }
        desk
    }

    /// An organisation becomes known.
    pub fn learn(&mut self, unit: Unit, tier: Tier) {
        self.units.push(Known { unit, tier, gone: false, suspended: false, congresses: 0 });
    }

    /// Of so many.
    pub fn below(&mut self, limit: usize) -> usize {
        self.rng.random_range(0..limit)
    }

    /// Once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of some.
    pub fn one_of<T: Clone>(&mut self, some: &[T]) -> Option<T> {
        (!some.is_empty()).then(|| some[self.rng.random_range(0..some.len())].clone())
    }

    /// Whether this habit is one of the offices'.
    pub fn does(&self, habit: &str) -> bool {
        !self.without.iter().any(|left_out| habit.contains(left_out))
    }

    /// The day of an act: most come as days go by, some late, some are of days to come.
    pub fn day(&mut self) -> Date {
        match self.below(10) {
            9 if !self.does("days to come") => self.now,
            0..6 => self.now,
            6..9 => {
                let back =
                    self.rng.random_range(0..=(self.now - self.begins()).whole_days().min(700));
                self.now - Duration::days(back)
            }
            _ => self.now + Duration::days(self.rng.random_range(1..300)),
        }
    }

    /// The day of an act on the tree.
    pub fn tree_day(&mut self) -> Date {
        let on = self.day();
        if self.does("late acts on the tree") { on } else { on.max(self.now) }
    }

    /// The day of something that has happened.
    pub fn past_day(&mut self) -> Date {
        self.day().min(self.today)
    }

    /// The first day of the history.
    pub fn begins(&self) -> Date {
        self.today - Duration::days(DAYS)
    }

    /// Any of a tier; most of them exist.
    pub fn any(&mut self, tier: Tier) -> Option<Known> {
        let gone_too = self.once_in(12);
        let some: Vec<Known> = self
            .units
            .iter()
            .filter(|known| known.tier == tier && (gone_too || !known.gone))
            .cloned()
            .collect();
        self.one_of(&some)
    }

    /// How many of a tier exist.
    pub fn living(&self, tier: Tier) -> usize {
        self.units.iter().filter(|known| known.tier == tier && !known.gone).count()
    }

    /// A union; now and then something else that may have members.
    pub fn union(&mut self) -> Option<Unit> {
        let tier = if self.once_in(12) {
            if self.once_in(2) { Tier::Above } else { Tier::Part }
        } else {
            Tier::Union
        };
        let known = match self.any(tier) {
            Some(known) => Some(known),
            None => self.any(Tier::Union),
        };
        known.map(|known| known.unit)
    }

    /// What may direct unions.
    pub fn superior(&mut self) -> Option<Unit> {
        let tier = if self.once_in(4) { Tier::Province } else { Tier::Above };
        self.any(tier).map(|known| known.unit)
    }

    /// A code that nobody has.
    pub fn code(&mut self, prefix: &str) -> String {
        self.codes += 1;
        format!("{prefix}-{}", self.codes)
    }

    /// A sector of a union.
    pub fn sector(&mut self) -> String {
        SECTORS[self.below(SECTORS.len())].to_owned()
    }

    /// An industry.
    pub fn industry(&mut self) -> String {
        INDUSTRIES[self.below(INDUSTRIES.len())].to_owned()
    }

    /// An industry, or none that is stated.
    pub fn some_industry(&mut self) -> String {
        if self.once_in(3) { String::new() } else { self.industry() }
    }

    /// A decision, signed on the day or, of days to come, today.
    pub fn basis(&self, on: Date) -> Option<Basis> {
        let decision =
            NewDecision { effective_on: made_up::on(on), ..made_up::decision(on.min(self.today)) };
        Some(Basis { basis: Some(basis::Basis::NewDecision(decision)) })
    }

    /// Where a person's memberships were, oldest first: the Confederation can read everybody.
    pub async fn memberships(&mut self, person_id: &str) -> Vec<Membership> {
        let request = GetMemberRequest { person_id: person_id.to_owned(), known_at: None };
        match self.client.memberships().get_member(request).await {
            Ok(answer) => answer.into_inner().memberships,
            Err(status) => {
                let number = self.trace.number;
                self.trace.faults.push(format!(
                    "before act {number} the Confederation cannot read {person_id}: {status:?}\n{}",
                    self.trace.about(&[person_id.to_owned()].into())
                ));
                Vec::new()
            }
        }
    }

    /// A person with the union of her last membership, if that lasts.
    pub async fn member(&mut self) -> Option<(String, String)> {
        for _ in 0..4 {
            let person_id = self.one_of(&self.people.clone())?;
            let last = self.memberships(&person_id).await.pop();
            let lasts = last.filter(|last| last.until_on.is_none());
            if let Some(last) = lasts {
                return Some((person_id, last.organisation_id));
            }
        }
        None
    }

    /// A person who left, with her last union.
    pub async fn former(&mut self) -> Option<(String, String)> {
        for _ in 0..6 {
            let person_id = self.one_of(&self.people.clone())?;
            let last = self.memberships(&person_id).await.pop();
            let left = last.filter(|last| last.until_on.is_some());
            if let Some(last) = left {
                return Some((person_id, last.organisation_id));
            }
        }
        None
    }

    /// The unit with an id.
    pub fn known(&mut self, id: &str) -> Option<&mut Known> {
        self.units.iter_mut().find(|known| known.unit.id == id)
    }

    /// The code of a unit, to tell of it.
    pub fn code_of(&self, id: &str) -> String {
        let known = self.units.iter().find(|known| known.unit.id == id);
        known.map_or_else(|| id.to_owned(), |known| known.unit.code.clone())
    }

    /// Remembers an act of registry.
    pub fn remember(&mut self, kind: &'static str, told: &str, request_id: &str, units: &[&str]) {
        let units = units.iter().map(|id| (*id).to_owned()).collect();
        let (told, request_id) = (told.to_owned(), request_id.to_owned());
        self.done.push(Done { kind, told, request_id, units });
    }

    /// The act that a request began.
    pub async fn act_of(&self, request_id: &str) -> Option<String> {
        let request_id: Uuid = request_id.parse().expect("an id");
        let act: Option<Uuid> =
            sqlx::query_scalar("select act_id from act.request where request_id = $1")
                .bind(request_id)
                .fetch_optional(&self.registry)
                .await
                .expect("read");
        act.map(|act| act.to_string())
    }

    /// The act that founded a unit.
    pub async fn founding_act_of(&self, organisation_id: &str) -> Option<String> {
        let organisation_id: Uuid = organisation_id.parse().expect("an id");
        let act: Option<Uuid> =
            sqlx::query_scalar("select act_id from organisation where organisation_id = $1")
                .bind(organisation_id)
                .fetch_optional(&self.registry)
                .await
                .expect("read");
        act.map(|act| act.to_string())
    }

    /// Who has a code.
    pub async fn bearer_of(&self, code: &str) -> Option<String> {
        let bearer: Option<Uuid> =
            sqlx::query_scalar("select organisation_id from organisation_code where code = $1")
                .bind(code)
                .fetch_optional(&self.registry)
                .await
                .expect("read");
        bearer.map(|bearer| bearer.to_string())
    }

    /// Looks at units anew, after an undoing or a correction.
    pub async fn look_at(&mut self, units: &[String]) {
        let mut found = BTreeMap::new();
        for id in units {
            let request = proto::registry::v1::GetOrganisationRequest {
                organisation_id: id.clone(),
                as_of: made_up::on(self.today + Duration::days(700)),
                ..Default::default()
            };
            let answer = self.client.organisations().get_organisation(request).await;
            let organisation = answer.ok().and_then(|answer| answer.into_inner().organisation);
            let status = organisation.map(|organisation| organisation.status());
            let gone =
                !matches!(status, Some(OrganisationStatus::Active | OrganisationStatus::Suspended));
            found.insert(id, (gone, status == Some(OrganisationStatus::Suspended)));
        }
        for known in &mut self.units {
            if let Some((gone, suspended)) = found.get(&known.unit.id) {
                (known.gone, known.suspended) = (*gone, *suspended);
            }
        }
    }

    /// Random numbers for what is looked at, which leave the acts of the history as they are.
    pub fn onlooker(&self) -> StdRng {
        StdRng::seed_from_u64(self.seed.wrapping_add(self.trace.number as u64))
    }
}
