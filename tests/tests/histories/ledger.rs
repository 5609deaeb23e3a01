//! The recount: what happened, counted one by one where it happened.

use std::collections::BTreeMap;

use tests::world::World;
use tests::{activities, filtered};
use time::{Date, Duration};
use uuid::Uuid;

use crate::employers::Employers;
use crate::events::{self, Event, Stay};
use crate::subjects::Subjects;
use crate::tree::Tree;

/// Every additive indicator.
pub const ADDITIVE: [&str; 110] = [
    "ORG_STOCK",
    "ORG_FOUNDED",
    "ORG_BECAME",
    "ORG_CEASED",
    "ORG_ENDED",
    "ORG_DISSOLVED",
    "ORG_SUSPENDED",
    "ORG_RESUMED",
    "ORG_IN",
    "ORG_OUT",
    "ORG_DECREASED",
    "ORG_NET",
    "MBR_STOCK",
    "MBR_IN_TRANSFER",
    "MBR_DORMANT",
    "MBR_STOCK_ACTIVE",
    "MBR_PARKED",
    "HONORARY_STOCK",
    "DISCIPLINED",
    "MBR_ADMITTED",
    "MBR_RECOGNISED",
    "MBR_READMITTED",
    "MBR_TRANSFER_IN",
    "MBR_TRANSFER_OUT",
    "MBR_IN_WITH_UNIT",
    "MBR_OUT_WITH_UNIT",
    "MBR_EXITED",
    "MBR_INCREASED",
    "MBR_DECREASED",
    "MBR_NET",
    "CEREMONY_HELD",
    "HANDED_OVER",
    "CONG_HELD",
    "DECISION_ISSUED",
    "TRAIN_ATTENDANCES",
    "DELEGATE_SENT",
    "DELEGATE_COMMENDED",
    "HONOURED",
    "HONOURED_PROVINCE_UP",
    "HONOURED_GOOD_LABOUR",
    "HONOURED_GOOD_WORKER",
    "EMULATION_LAUNCHED",
    "WELFARE_N",
    "WELFARE_VISITS",
    "WELFARE_HEALTH_CARE",
    "WELFARE_HARDSHIP",
    "WELFARE_VND",
    "WELFARE_LOANS_VND",
    "WELFARE_UNION_VND",
    "DISPUTE_N",
    "DISPUTE_STRIKES",
    "DISPUTE_PEOPLE",
    "DISPUTE_CONCLUDED",
    "RATING_RATED",
    "INSPECTION_HELD",
    "INSPECTION_LABOUR_LAW",
    "INSPECTION_FOLLOWED_UP",
    "MOVEMENT_LAUNCHED",
    "MOVEMENT_PARTICIPANTS",
    "MEETING_HELD",
    "MEETING_BRIEFINGS",
    "MEETING_SEMINARS",
    "MEETING_REVIEWS",
    "POSTS",
    "POSTS_SOCIAL",
    "CULTURAL_EVENTS",
    "SPORT_EVENTS",
    "WORKS_REGISTERED",
    "WORKS_COMPLETED",
    "WORKS_PLAQUES",
    "WORKS_VND",
    "MODELS",
    "EDUCATIONAL_TRIPS",
    "PETITIONS",
    "PETITIONS_ANSWERED",
    "EMPLOYER_WITHOUT_UNION",
    "EMPLOYER_WITHOUT_UNION_20",
    "EMPLOYER_WITHOUT_UNION_10_19",
    "WORKER_STOCK",
    "HONOURED_GRASSROOTS",
    "HONOURED_CREATIVE_LABOUR",
    "HONOURED_EXCELLENT_MEMBER",
    "HONOURED_TWO_JOBS",
    "HONOURED_CERTIFICATES",
    "HONOURED_LETTERS",
    "HONOURED_CREATIVE_CERTIFICATES",
    "HONOURED_MEDALS",
    "WELFARE_AID",
    "WELFARE_LOANS",
    "WELFARE_TET",
    "WELFARE_SICKNESS",
    "WELFARE_ACCIDENT",
    "WELFARE_DISASTER",
    "WELFARE_HOUSING",
    "WELFARE_WORKERS_MONTH",
    "WELFARE_SOCIAL_VND",
    "WELFARE_EMPLOYER_VND",
    "WELFARE_STATE_VND",
    "WELFARE_DONORS_VND",
    "DISPUTE_INDIVIDUAL",
    "DISPUTE_COLLECTIVE",
    "DISPUTE_STRIKE_PEOPLE",
    "DISPUTE_RESOLVED",
    "MBR_RETIRED",
    "MBR_LEFT_EMPLOYMENT",
    "MBR_RESIGNED",
    "MBR_EXPELLED",
    "MBR_UNION_ENDED",
    "CARDS_ISSUED",
    "CARDS_REPLACED",
];

/// Whose figure, of which days.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub head: usize,
    pub from: Date,
    pub through: Date,
}

/// An event with where it counts as then.
struct Placed {
    event: Event,
    chain: Vec<usize>,
    other: Vec<usize>,
}

/// A unit that stood elsewhere the day before.
struct Crossing {
    unit: usize,
    on: Date,
    before: Vec<usize>,
    after: Vec<usize>,
    /// The evening before.
    union: bool,
    members: i64,
}

/// Everything that the owners know.
pub struct Ledger {
    pub tree: Tree,
    pub stays: Vec<Stay>,
    pub employers: Employers,
    pub subjects: Subjects,
    /// The days on which units disseminated.
    disseminated: BTreeMap<usize, Vec<Date>>,
    by_unit: Vec<Vec<Stay>>,
    events: Vec<Placed>,
    crossings: Vec<Crossing>,
}

impl Ledger {
    /// Reads the rows of all services.
    pub async fn read(world: &World) -> Self {
        let (registry, membership, reporting) =
            (world.pool("registry"), world.pool("membership"), world.pool("reporting"));
        let tree = Tree::read(registry).await;
        let mut happened = events::of_the_tree(&tree);
        events::of_registry(registry, &tree, &mut happened).await;
        events::of_membership(membership, &tree, &mut happened).await;
        events::of_reporting(reporting, &tree, &mut happened).await;
        let stays = events::stays(membership, &tree).await;
        let mut by_unit = vec![Vec::new(); tree.units.len()];
        for stay in &stays {
            by_unit[stay.unit].push(stay.clone());
        }
        let placed = happened.into_iter().filter(|event| event.amount != 0).map(|event| Placed {
            chain: tree.then(event.unit, event.on),
            other: event.other.map(|other| tree.then(other, event.on)).unwrap_or_default(),
            event,
        });
        let events = placed.collect();
        let employers = Employers::read(registry, &tree).await;
        let subjects = Subjects::read(world, &tree).await;
        let disseminated = events::disseminated(reporting, &tree).await;
        let mut ledger = Self {
            disseminated,
            tree,
            stays,
            employers,
            subjects,
            by_unit,
            events,
            crossings: Vec::new(),
        };
        ledger.crossings = ledger.crossings();
        ledger
    }

    fn crossings(&self) -> Vec<Crossing> {
        let mut crossings = Vec::new();
        for (unit, organisation) in self.tree.units.iter().enumerate() {
            if !organisation.exists {
                continue;
            }
            for on in self.tree.days_of_change(unit) {
                // It comes from nowhere on its first day, and stays where it was after its last.
                if on == organisation.founded_on || !organisation.lives(on) {
                    continue;
                }
                let eve = on - Duration::DAY;
                let (before, after) = (self.tree.then(unit, eve), self.tree.then(unit, on));
                if before != after {
                    crossings.push(Crossing {
                        unit,
                        on,
                        before,
                        after,
                        union: organisation.is_union(eve),
                        members: self.members_of(unit, eve),
                    });
                }
            }
        }
        crossings
    }

    /// The stays that last on a day.
    pub fn members_of(&self, unit: usize, on: Date) -> i64 {
        self.by_unit[unit].iter().filter(|stay| stay.lasts_on(on)).count() as i64
    }

    /// The tree on which it is counted.
    pub fn view(&self, as_of: Option<Date>) -> View<'_> {
        let placed = as_of.map(|on| {
            (0..self.tree.units.len()).map(|unit| self.tree.as_of(unit, on)).collect::<Vec<_>>()
        });
        View { ledger: self, placed }
    }

    /// Heads that a figure can be asked of: whatever exists now or did.
    pub fn heads(&self) -> Vec<usize> {
        (0..self.tree.units.len()).filter(|unit| self.tree.get(*unit).exists).collect()
    }

    pub fn id(&self, unit: usize) -> Uuid {
        self.tree.get(unit).id
    }
}

/// The ledger, counted on one tree.
pub struct View<'a> {
    pub ledger: &'a Ledger,
    /// As of a day: where everything of a unit counts.
    placed: Option<Vec<Vec<usize>>>,
}

/// What each unit adds.
pub type Amounts = BTreeMap<usize, i64>;

fn plus(amounts: &mut Amounts, sign: i64, more: Amounts) {
    for (unit, amount) in more {
        *amounts.entry(unit).or_default() += sign * amount;
    }
}

impl View<'_> {
    /// Whether what a unit is on a day counts under a head.
    pub fn counts(&self, unit: usize, on: Date, head: usize) -> bool {
        match &self.placed {
            Some(placed) => placed[unit].contains(&head),
            None => self.ledger.tree.then(unit, on).contains(&head),
        }
    }

    fn flow(&self, whats: &[&str], asked: Question) -> Amounts {
        let mut amounts = Amounts::new();
        for placed in &self.ledger.events {
            let event = &placed.event;
            if !whats.contains(&event.what) || event.on < asked.from || event.on > asked.through {
                continue;
            }
            let chain = self.placed.as_ref().map_or(&placed.chain, |all| &all[event.unit]);
            if !chain.contains(&asked.head) {
                continue;
            }
            // A transfer counts where the other end lies elsewhere.
            if event.what.starts_with("transferred")
                && let Some(other) = event.other
            {
                let chain = self.placed.as_ref().map_or(&placed.other, |all| &all[other]);
                if chain.contains(&asked.head) {
                    continue;
                }
            }
            *amounts.entry(event.unit).or_default() += event.amount;
        }
        amounts
    }

    /// Units that came under the head or left it; as of a day none does.
    fn crossing(&self, comes: bool, members: bool, asked: Question) -> Amounts {
        let mut amounts = Amounts::new();
        if self.placed.is_some() {
            return amounts;
        }
        for crossing in &self.ledger.crossings {
            let was = crossing.before.contains(&asked.head);
            let is = crossing.after.contains(&asked.head);
            let within = asked.from <= crossing.on && crossing.on <= asked.through;
            if within && was != is && is == comes {
                let amount = if members { crossing.members } else { i64::from(crossing.union) };
                *amounts.entry(crossing.unit).or_default() += amount;
            }
        }
        amounts
    }

    fn stock(&self, asked: Question, of: impl Fn(usize) -> i64) -> Amounts {
        let mut amounts = Amounts::new();
        for unit in 0..self.ledger.tree.units.len() {
            let amount = of(unit);
            if amount != 0 && self.counts(unit, asked.through, asked.head) {
                amounts.insert(unit, amount);
            }
        }
        amounts
    }

    /// Unions that exist on the last day.
    pub fn unions(&self, asked: Question, without_suspended: bool) -> Amounts {
        self.stock(asked, |unit| {
            let (organisation, on) = (self.ledger.tree.get(unit), asked.through);
            let left_out = without_suspended && organisation.is_suspended(on);
            i64::from(organisation.lives(on) && organisation.is_union(on) && !left_out)
        })
    }

    /// In each union of the last day its members, or the workers of its employers where those are more.
    pub fn people_at_work(&self, asked: Question, without_suspended: bool) -> Amounts {
        let people = |unit: usize| {
            let members = self.ledger.members_of(unit, asked.through);
            members.max(self.ledger.employers.at_work(unit, asked.through))
        };
        let unions = self.unions(asked, without_suspended).into_keys();
        unions.map(|unit| (unit, people(unit))).collect()
    }

    /// Who stands so on the last day.
    fn standing_at(&self, what: &str, asked: Question) -> Amounts {
        let mut by_unit = Amounts::new();
        for placed in &self.ledger.events {
            let event = &placed.event;
            if event.what == what && event.on <= asked.through {
                *by_unit.entry(event.unit).or_default() += event.amount;
            }
        }
        self.stock(asked, |unit| by_unit.get(&unit).copied().unwrap_or_default())
    }

    fn came(&self, asked: Question) -> Amounts {
        let mut amounts =
            self.flow(&["admitted", "recognised", "readmitted", "transferred in"], asked);
        plus(&mut amounts, 1, self.crossing(true, true, asked));
        amounts
    }

    fn went(&self, asked: Question) -> Amounts {
        let mut amounts = self.flow(&["exited", "transferred out"], asked);
        plus(&mut amounts, 1, self.crossing(false, true, asked));
        amounts
    }

    /// What each unit adds to an additive indicator.
    pub fn amounts(&self, indicator: &str, asked: Question) -> Amounts {
        let flow = |whats: &[&str]| self.flow(whats, asked);
        let ended = ["dissolved", "ended otherwise"];
        let mut amounts = match indicator {
            "ORG_STOCK" => self.unions(asked, false),
            "ORG_FOUNDED" => flow(&["founded"]),
            "ORG_BECAME" => flow(&["became a union"]),
            "ORG_CEASED" => flow(&["ceased to be a union"]),
            "ORG_ENDED" => flow(&ended),
            "ORG_DISSOLVED" => flow(&["dissolved"]),
            "ORG_SUSPENDED" => flow(&["suspended"]),
            "ORG_RESUMED" => flow(&["resumed"]),
            "ORG_IN" => self.crossing(true, false, asked),
            "ORG_OUT" => self.crossing(false, false, asked),
            "ORG_DECREASED" => {
                let mut less = flow(&["dissolved", "ended otherwise", "ceased to be a union"]);
                plus(&mut less, 1, self.crossing(false, false, asked));
                less
            }
            "ORG_NET" => {
                let mut net = flow(&["founded", "loaded", "became a union"]);
                plus(&mut net, 1, self.crossing(true, false, asked));
                plus(&mut net, -1, flow(&["dissolved", "ended otherwise", "ceased to be a union"]));
                plus(&mut net, -1, self.crossing(false, false, asked));
                net
            }
            "MBR_STOCK" => self.stock(asked, |unit| self.ledger.members_of(unit, asked.through)),
            "MBR_IN_TRANSFER" => self.standing_at("in transfer", asked),
            "MBR_DORMANT" => self.standing_at("dormant", asked),
            "MBR_STOCK_ACTIVE" => {
                let mut active =
                    self.stock(asked, |unit| self.ledger.members_of(unit, asked.through));
                plus(&mut active, -1, self.standing_at("dormant", asked));
                active
            }
            "MBR_PARKED" => self.standing_at("parked", asked),
            "HONORARY_STOCK" => self.standing_at("honorary", asked),
            "DISCIPLINED" => flow(&["disciplined"]),
            "MBR_ADMITTED" => flow(&["admitted"]),
            "MBR_RECOGNISED" => flow(&["recognised"]),
            "MBR_READMITTED" => flow(&["readmitted"]),
            "MBR_EXITED" => flow(&["exited"]),
            "MBR_TRANSFER_IN" => flow(&["transferred in"]),
            "MBR_TRANSFER_OUT" => flow(&["transferred out"]),
            "MBR_IN_WITH_UNIT" => self.crossing(true, true, asked),
            "MBR_OUT_WITH_UNIT" => self.crossing(false, true, asked),
            "MBR_INCREASED" => self.came(asked),
            "MBR_DECREASED" => self.went(asked),
            "MBR_NET" => {
                let mut net = self.came(asked);
                plus(&mut net, -1, self.went(asked));
                net
            }
            "CEREMONY_HELD" => flow(&["launched"]),
            "HANDED_OVER" => flow(&["handed over"]),
            "CONG_HELD" => flow(&["congress of a union"]),
            "DECISION_ISSUED" => flow(&["issued"]),
            "TRAIN_ATTENDANCES" => flow(&["attended"]),
            "DELEGATE_SENT" => flow(&["sent", "sent to be commended"]),
            "DELEGATE_COMMENDED" => flow(&["sent to be commended"]),
            "HONOURED" => flow(&["honoured"]),
            "HONOURED_PROVINCE_UP" => flow(&["honoured high"]),
            "HONOURED_GOOD_LABOUR" => flow(&["good labour"]),
            "HONOURED_GOOD_WORKER" => flow(&["good worker"]),
            "EMULATION_LAUNCHED" => flow(&["emulated"]),
            "WELFARE_N" => flow(&["helped"]),
            "WELFARE_VISITS" => flow(&["visited"]),
            "WELFARE_HEALTH_CARE" => flow(&["cared for"]),
            "WELFARE_HARDSHIP" => flow(&["helped in hardship"]),
            "WELFARE_VND" => flow(&["gave"]),
            "WELFARE_LOANS_VND" => flow(&["lent"]),
            "WELFARE_UNION_VND" => flow(&["paid by the union"]),
            "DISPUTE_N" => flow(&["disputed"]),
            "DISPUTE_STRIKES" => flow(&["struck"]),
            "DISPUTE_PEOPLE" => flow(&["in dispute"]),
            "DISPUTE_CONCLUDED" => flow(&["settled"]),
            "RATING_RATED" => flow(&["rated"]),
            "EMPLOYER_WITHOUT_UNION" => self.ledger.employers.amounts(self, asked, 1),
            "EMPLOYER_WITHOUT_UNION_20" => self.ledger.employers.amounts(self, asked, 20),
            "EMPLOYER_WITHOUT_UNION_10_19" => {
                let mut some = self.ledger.employers.amounts(self, asked, 10);
                plus(&mut some, -1, self.ledger.employers.amounts(self, asked, 20));
                some
            }
            "WORKER_STOCK" => self.people_at_work(asked, false),
            other => match activities::counted_as(other).or_else(|| filtered::counted_as(other)) {
                Some(whats) => flow(whats),
                None => panic!("nobody recounts {other}"),
            },
        };
        amounts.retain(|_, amount| *amount != 0);
        amounts
    }

    /// Ratings of the grades of a scheme whose names begin so.
    fn rated(&self, grades: &[&str], asked: Question) -> i64 {
        let events = self.ledger.events.iter().filter(|placed| {
            let event = &placed.event;
            event.what == "rated"
                && asked.from <= event.on
                && event.on <= asked.through
                && grades.iter().any(|grade| event.detail.starts_with(grade))
        });
        let counted = events.filter(|placed| {
            let chain = self.placed.as_ref().map_or(&placed.chain, |all| &all[placed.event.unit]);
            chain.contains(&asked.head)
        });
        counted.count() as i64
    }

    /// A share, recounted: a part and its whole; none where nobody recounts it.
    pub fn share(
        &self,
        indicator: &str,
        asked: Question,
        without_suspended: bool,
    ) -> Option<(i64, i64)> {
        let rated = |grades: &[&str]| self.rated(grades, asked);
        Some(match indicator {
            "RATING_STRONG" => (rated(&["NAM_MUC.VUNG_MANH"]), rated(&["NAM_MUC."])),
            "RATING_GOOD" => (
                rated(&["BON_MUC.HOAN_THANH_XUAT_SAC", "BON_MUC.HOAN_THANH_TOT"]),
                rated(&["BON_MUC."]),
            ),
            "DISS_ORG" => {
                let unions = self.unions(asked, without_suspended);
                let reached = &self.ledger.disseminated;
                let within = |unit: &usize| {
                    let days = reached.get(unit).into_iter().flatten();
                    days.into_iter().any(|on| asked.from <= *on && *on <= asked.through)
                };
                (unions.keys().filter(|unit| within(unit)).count() as i64, unions.len() as i64)
            }
            "OFFICER_TRAINED" => (
                self.ledger.subjects.count(self, "OFFICER_TRAINED_HEADCOUNT", asked)?,
                self.ledger.subjects.count(self, "OFFICER_IN_POST", asked)?,
            ),
            _ => return None,
        })
    }

    /// A figure, recounted: of additive indicators the value, of distinct ones the number of
    /// subjects; none where nobody recounts it.
    pub fn figure(&self, indicator: &str, asked: Question) -> Option<i64> {
        if ADDITIVE.contains(&indicator) {
            return Some(self.amounts(indicator, asked).values().sum());
        }
        self.ledger.subjects.count(self, indicator, asked)
    }
}
