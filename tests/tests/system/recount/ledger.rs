//! The raw rows of those who own them, counted one by one.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgPool;
use tests::world::World;
use tests::{activities, filtered};
use time::{Date, Duration, Month};
use uuid::Uuid;

/// What is recounted: every additive indicator.
pub const INDICATORS: [&str; 110] = [
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
/// Counted by employer rather than by event: those of so many workers.
const EMPLOYERS: [(&str, i32); 2] =
    [("EMPLOYER_WITHOUT_UNION", 1), ("EMPLOYER_WITHOUT_UNION_20", 20)];

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub head: Uuid,
    pub from: Date,
    pub through: Date,
    pub as_of: Option<Date>,
}

struct Organisation {
    grassroots: bool,
    founded_on: Date,
    ended_on: Option<Date>,
    heir: Option<Uuid>,
    last_superior: Option<Uuid>,
    /// (from, superior), oldest first.
    superiors: Vec<(Date, Uuid)>,
}

/// Something that happened to a unit.
struct Event {
    unit: Uuid,
    on: Date,
    what: &'static str,
    /// Of a transfer.
    other: Option<Uuid>,
    amount: i64,
}

struct Survey {
    employer: Uuid,
    on: Date,
    surveyor: Uuid,
    workforce: i32,
}

/// A union that gathers an employer's workers.
struct Link {
    employer: Uuid,
    union: Uuid,
    from: Date,
    until: Option<Date>,
}

/// Everything that the owners know.
pub struct Ledger {
    organisations: BTreeMap<Uuid, Organisation>,
    events: Vec<Event>,
    surveys: Vec<Survey>,
    links: Vec<Link>,
}

impl Ledger {
    /// Reads the rows of registry and membership, and reporting's own acts.
    pub async fn read(world: &World) -> Self {
        let (registry, membership, reporting) =
            (world.pool("registry"), world.pool("membership"), world.pool("reporting"));
        let organisations = organisations(registry).await;
        let mut events = Vec::new();
        of_registry(registry, &organisations, &mut events).await;
        of_membership(membership, &mut events).await;
        of_reporting(reporting, registry, &mut events).await;
        let surveys: Vec<(Uuid, Date, Uuid, i32)> = sqlx::query_as(
            "select employer_id, surveyed_on, surveyor_id, workforce from employer_survey",
        )
        .fetch_all(registry)
        .await
        .expect("read");
        let surveys = surveys.into_iter().map(|(employer, on, surveyor, workforce)| Survey {
            employer,
            on,
            surveyor,
            workforce,
        });
        let links: Vec<(Uuid, Uuid, Date, Option<Date>)> = sqlx::query_as(
            "select employer_id, union_id, lower(valid), upper(valid)
             from employer_union where upper_inf(recorded)",
        )
        .fetch_all(registry)
        .await
        .expect("read");
        let links = links.into_iter().map(|(employer, union, from, until)| Link {
            employer,
            union,
            from,
            until,
        });
        Self { organisations, events, surveys: surveys.collect(), links: links.collect() }
    }

    /// Who is asked about: every organisation that ever was a superior, and some unions.
    pub fn heads(&self) -> Vec<Uuid> {
        let superiors = self
            .organisations
            .values()
            .flat_map(|organisation| organisation.superiors.iter().map(|(_, superior)| *superior));
        let mut heads: BTreeSet<Uuid> = superiors.collect();
        let unions = self.organisations.iter().filter(|(_, organisation)| organisation.grassroots);
        heads.extend(unions.map(|(id, _)| *id).step_by(9));
        heads.into_iter().collect()
    }

    /// A figure, recounted.
    pub fn count(&self, indicator: &str, asked: Question) -> i64 {
        if let Some((_, workforce)) = EMPLOYERS.iter().find(|(code, _)| *code == indicator) {
            return self.employers_without_union(*workforce, asked);
        }
        if indicator == "EMPLOYER_WITHOUT_UNION_10_19" {
            return self.employers_without_union(10, asked)
                - self.employers_without_union(20, asked);
        }
        if indicator == "WORKER_STOCK" {
            return self.people_at_work(asked);
        }
        let flow = |what: &str| self.flow(what, asked);
        let crossing = |what: &str| self.crossing(what, asked);
        match indicator {
            "ORG_STOCK" => self.unions_at(asked),
            "ORG_FOUNDED" => flow("founded"),
            "ORG_BECAME" => flow("became a union"),
            "ORG_CEASED" => flow("ceased to be a union"),
            "ORG_ENDED" => flow("dissolved") + flow("ended otherwise"),
            "ORG_DISSOLVED" => flow("dissolved"),
            "ORG_SUSPENDED" => flow("suspended"),
            "ORG_RESUMED" => flow("resumed"),
            "ORG_IN" => crossing("unions in"),
            "ORG_OUT" => crossing("unions out"),
            "ORG_DECREASED" => {
                flow("dissolved")
                    + flow("ended otherwise")
                    + flow("ceased to be a union")
                    + crossing("unions out")
            }
            "ORG_NET" => {
                flow("founded") + flow("loaded") + flow("became a union") + crossing("unions in")
                    - flow("ceased to be a union")
                    - flow("dissolved")
                    - flow("ended otherwise")
                    - crossing("unions out")
            }
            "MBR_STOCK" => self.members_at(asked),
            "MBR_IN_TRANSFER" => self.standing_at("in transfer", asked),
            "MBR_DORMANT" => self.standing_at("dormant", asked),
            "MBR_STOCK_ACTIVE" => self.members_at(asked) - self.standing_at("dormant", asked),
            "MBR_PARKED" => self.standing_at("parked", asked),
            "HONORARY_STOCK" => self.standing_at("honorary", asked),
            "DISCIPLINED" => flow("disciplined"),
            "MBR_ADMITTED" => flow("admitted"),
            "MBR_RECOGNISED" => flow("recognised"),
            "MBR_READMITTED" => flow("readmitted"),
            "MBR_EXITED" => flow("exited"),
            "MBR_TRANSFER_IN" => self.transferred("transferred in", asked),
            "MBR_TRANSFER_OUT" => self.transferred("transferred out", asked),
            "MBR_IN_WITH_UNIT" => crossing("members in"),
            "MBR_OUT_WITH_UNIT" => crossing("members out"),
            "MBR_INCREASED" => self.came(asked),
            "MBR_DECREASED" => self.went(asked),
            "MBR_NET" => self.came(asked) - self.went(asked),
            "CEREMONY_HELD" => flow("launched"),
            "HANDED_OVER" => flow("handed over"),
            "CONG_HELD" => flow("congress of a union"),
            "DECISION_ISSUED" => flow("issued"),
            "TRAIN_ATTENDANCES" => flow("attended"),
            "DELEGATE_SENT" => flow("sent") + flow("sent to be commended"),
            "DELEGATE_COMMENDED" => flow("sent to be commended"),
            "HONOURED" => flow("honoured"),
            "HONOURED_PROVINCE_UP" => flow("honoured high"),
            "HONOURED_GOOD_LABOUR" => flow("good labour"),
            "HONOURED_GOOD_WORKER" => flow("good worker"),
            "EMULATION_LAUNCHED" => flow("emulated"),
            "WELFARE_N" => flow("helped"),
            "WELFARE_VISITS" => flow("visited"),
            "WELFARE_HEALTH_CARE" => flow("cared for"),
            "WELFARE_HARDSHIP" => flow("helped in hardship"),
            "WELFARE_VND" => flow("gave"),
            "WELFARE_LOANS_VND" => flow("lent"),
            "WELFARE_UNION_VND" => flow("paid by the union"),
            "DISPUTE_N" => flow("disputed"),
            "DISPUTE_STRIKES" => flow("struck"),
            "DISPUTE_PEOPLE" => flow("in dispute"),
            "DISPUTE_CONCLUDED" => flow("settled"),
            "RATING_RATED" => flow("rated"),
            other => match activities::counted_as(other).or_else(|| filtered::counted_as(other)) {
                Some(whats) => whats.iter().map(|what| flow(what)).sum(),
                None => panic!("nobody recounts {other}"),
            },
        }
    }

    fn came(&self, asked: Question) -> i64 {
        let flows = ["admitted", "recognised", "readmitted"];
        flows.iter().map(|what| self.flow(what, asked)).sum::<i64>()
            + self.transferred("transferred in", asked)
            + self.crossing("members in", asked)
    }

    fn went(&self, asked: Question) -> i64 {
        self.flow("exited", asked)
            + self.transferred("transferred out", asked)
            + self.crossing("members out", asked)
    }

    /// Whether what a unit does on a day counts under the head.
    fn counts(&self, unit: Uuid, on: Date, asked: Question) -> bool {
        match asked.as_of {
            None => self.under(unit, self.within_life(unit, on), asked.head),
            Some(day) => self.heir(unit, day).is_some_and(|heir| self.under(heir, day, asked.head)),
        }
    }

    /// The day itself; before its founding a unit's first day, after its end its last.
    fn within_life(&self, unit: Uuid, on: Date) -> Date {
        let organisation = &self.organisations[&unit];
        let last = organisation.ended_on.map_or(Date::MAX, |ended_on| ended_on - Duration::DAY);
        on.max(organisation.founded_on).min(last)
    }

    /// Whether the head is the unit, or stood above it on a day of the unit's life.
    fn under(&self, unit: Uuid, on: Date, head: Uuid) -> bool {
        let mut at = unit;
        loop {
            if at == head {
                return true;
            }
            let superiors = &self.organisations[&at].superiors;
            match superiors.iter().rev().find(|(from, _)| *from <= on) {
                Some((_, superior)) => at = *superior,
                None => return false,
            }
        }
    }

    /// Who stands for a unit on a day: itself while it lives.
    fn heir(&self, unit: Uuid, on: Date) -> Option<Uuid> {
        let mut at = unit;
        for _ in 0..100 {
            let organisation = &self.organisations[&at];
            if on < organisation.founded_on {
                at = organisation.superiors.first()?.1;
            } else if organisation.ended_on.is_some_and(|ended_on| ended_on <= on) {
                at = organisation.heir.or(organisation.last_superior)?;
            } else {
                return Some(at);
            }
        }
        None
    }

    fn flow(&self, what: &str, asked: Question) -> i64 {
        let within = |event: &&Event| (asked.from..=asked.through).contains(&event.on);
        let events = self.events.iter().filter(|event| event.what == what).filter(within);
        events
            .filter(|event| self.counts(event.unit, event.on, asked))
            .map(|event| event.amount)
            .sum()
    }

    /// Transfers that cross the head's border.
    fn transferred(&self, what: &str, asked: Question) -> i64 {
        let within = |event: &&Event| (asked.from..=asked.through).contains(&event.on);
        let events = self.events.iter().filter(|event| event.what == what).filter(within);
        events
            .filter(|event| {
                let other = event.other.expect("a transfer has two ends");
                self.counts(event.unit, event.on, asked) && !self.counts(other, event.on, asked)
            })
            .map(|event| event.amount)
            .sum()
    }

    fn unions_at(&self, asked: Question) -> i64 {
        let day = asked.through;
        let lives = |organisation: &Organisation| {
            organisation.founded_on <= day
                && organisation.ended_on.is_none_or(|ended_on| ended_on > day)
        };
        let unions = self.organisations.iter().filter(|(_, organisation)| organisation.grassroots);
        let living = unions.filter(|(_, organisation)| lives(organisation));
        living.filter(|(unit, _)| self.counts(**unit, day, asked)).count() as i64
    }

    /// In each union of the last day its members, or the workers of its employers where those are more.
    fn people_at_work(&self, asked: Question) -> i64 {
        let day = asked.through;
        let lives = |one: &Organisation| {
            one.grassroots
                && one.founded_on <= day
                && one.ended_on.is_none_or(|ended_on| ended_on > day)
        };
        let unions = self.organisations.iter().filter(|(_, organisation)| lives(organisation));
        let counted = unions.filter(|(unit, _)| self.counts(**unit, day, asked));
        counted.map(|(unit, _)| self.members_of(*unit, day).max(self.at_work(*unit, day))).sum()
    }

    /// The workers of a union's employers on a day, as each was surveyed last.
    fn at_work(&self, union: Uuid, day: Date) -> i64 {
        let linked = self.links.iter().filter(|link| {
            link.union == union && link.from <= day && link.until.is_none_or(|until| day < until)
        });
        let employers: BTreeSet<Uuid> = linked.map(|link| link.employer).collect();
        let last = |employer: &Uuid| {
            let surveys = self.surveys.iter();
            let known = surveys.filter(|survey| survey.employer == *employer && survey.on <= day);
            known.max_by_key(|survey| survey.on)
        };
        employers.iter().filter_map(last).map(|survey| i64::from(survey.workforce)).sum()
    }

    /// What a unit's movements up to a day, that day included, leave.
    fn members_of(&self, unit: Uuid, through: Date) -> i64 {
        let events = self.events.iter().filter(|event| event.unit == unit && event.on <= through);
        events
            .map(|event| match event.what {
                "admitted" | "recognised" | "readmitted" | "transferred in" => event.amount,
                "exited" | "transferred out" => -event.amount,
                _ => 0,
            })
            .sum()
    }

    fn members_at(&self, asked: Question) -> i64 {
        let units = self.organisations.keys();
        let counted = units.filter(|unit| self.counts(**unit, asked.through, asked));
        counted.map(|unit| self.members_of(*unit, asked.through)).sum()
    }

    /// Who stands so on the last day, in the units that count then.
    fn standing_at(&self, what: &str, asked: Question) -> i64 {
        let units = self.organisations.keys();
        let counted: BTreeSet<&Uuid> =
            units.filter(|unit| self.counts(**unit, asked.through, asked)).collect();
        let until_then = |event: &&Event| event.what == what && event.on <= asked.through;
        let events = self.events.iter().filter(until_then);
        events.filter(|event| counted.contains(&event.unit)).map(|event| event.amount).sum()
    }

    /// Units that came under the head or left it, day by day; as of a day none does.
    fn crossing(&self, what: &str, asked: Question) -> i64 {
        if asked.as_of.is_some() {
            return 0;
        }
        // A place changes only on a day on which somebody's superior does.
        let moves = self.organisations.values();
        let moves = moves.flat_map(|organisation| organisation.superiors.iter().map(|(on, _)| *on));
        let days: BTreeSet<Date> =
            moves.filter(|on| (asked.from..=asked.through).contains(on)).collect();
        let mut sum = 0;
        for day in days {
            let eve = day - Duration::DAY;
            for (unit, organisation) in &self.organisations {
                let was = self.counts(*unit, eve, asked);
                let is = self.counts(*unit, day, asked);
                let crosses = match what {
                    "unions in" | "members in" => is && !was,
                    _ => was && !is,
                };
                if crosses && what.starts_with("unions") {
                    sum += i64::from(organisation.grassroots);
                } else if crosses {
                    sum += self.members_of(*unit, eve);
                }
            }
        }
        sum
    }

    fn employers_without_union(&self, workforce: i32, asked: Question) -> i64 {
        let mut last: BTreeMap<Uuid, &Survey> = BTreeMap::new();
        for survey in self.surveys.iter().filter(|survey| survey.on <= asked.through) {
            let known = last.entry(survey.employer).or_insert(survey);
            if known.on < survey.on {
                *known = survey;
            }
        }
        let without =
            last.values().filter(|survey| !self.has_union(survey.employer, asked.through));
        let large = without.filter(|survey| survey.workforce >= workforce);
        large.filter(|survey| self.counts(survey.surveyor, asked.through, asked)).count() as i64
    }

    /// Whether one of its unions lives on a day, or who inherits from it does.
    fn has_union(&self, employer: Uuid, on: Date) -> bool {
        let links = self.links.iter().filter(|link| {
            link.employer == employer
                && link.from <= on
                && link.until.is_none_or(|until| on < until)
        });
        links.map(|link| link.union).any(|union| {
            let mut at = Some(union);
            while let Some(organisation) = at.and_then(|at| self.organisations.get(&at)) {
                if organisation.ended_on.is_none_or(|ended| on < ended) {
                    return organisation.founded_on <= on;
                }
                at = organisation.heir;
            }
            false
        })
    }
}

async fn organisations(registry: &PgPool) -> BTreeMap<Uuid, Organisation> {
    type Row = (Uuid, Date, bool, Option<Date>, Option<Uuid>, Option<Uuid>);
    let rows: Vec<Row> = sqlx::query_as(
        "select o.organisation_id, o.founded_on, t.type in ('CDCS', 'ND_CS'),
                e.ended_on, e.principal_successor_id, e.last_superior_id
         from organisation_founding o
         join organisation_type t on t.organisation_id = o.organisation_id and upper_inf(t.recorded)
         left join organisation_ending e
                on e.organisation_id = o.organisation_id and upper_inf(e.recorded)
         where upper_inf(o.recorded)",
    )
    .fetch_all(registry)
    .await
    .expect("read");
    let mut organisations: BTreeMap<Uuid, Organisation> = rows
        .into_iter()
        .map(|(id, founded_on, grassroots, ended_on, heir, last_superior)| {
            let superiors = Vec::new();
            let organisation =
                Organisation { grassroots, founded_on, ended_on, heir, last_superior, superiors };
            (id, organisation)
        })
        .collect();
    let superiors: Vec<(Uuid, Date, Uuid)> = sqlx::query_as(
        "select organisation_id, lower(valid), superior_id
         from organisation_parent where upper_inf(recorded) order by lower(valid)",
    )
    .fetch_all(registry)
    .await
    .expect("read");
    for (unit, from, superior) in superiors {
        organisations.get_mut(&unit).expect("known").superiors.push((from, superior));
    }
    organisations
}

async fn of_registry(
    registry: &PgPool,
    organisations: &BTreeMap<Uuid, Organisation>,
    events: &mut Vec<Event>,
) {
    // Unions only, except for ceremonies, which are for whatever was launched, and documents.
    let rows: Vec<(String, Uuid, Date, String)> = sqlx::query_as(
        "select 'origin', organisation_id, founded_on, origin
         from organisation_founding where upper_inf(recorded)
         union all
         select 'ending', organisation_id, ended_on, kind
         from organisation_ending where upper_inf(recorded)
         union all
         -- From or to a grassroots union, by a change of type.
         select 'type', later.organisation_id, lower(later.valid),
                case when later.type in ('CDCS', 'ND_CS') then 'BECAME' else 'CEASED' end
         from organisation_type later
         join organisation_type earlier
           on earlier.organisation_id = later.organisation_id
          and upper(earlier.valid) = lower(later.valid)
         where upper_inf(later.recorded) and upper_inf(earlier.recorded)
           and (later.type in ('CDCS', 'ND_CS')) <> (earlier.type in ('CDCS', 'ND_CS'))
         union all
         select 'status', organisation_id, lower(valid), status
         from organisation_status s
         where upper_inf(recorded)
           -- An active organisation was resumed if it was suspended the day before.
           and (status = 'SUSPENDED'
                or status = 'ACTIVE' and exists (
                    select from organisation_status b
                    where b.organisation_id = s.organisation_id and upper_inf(b.recorded)
                      and b.status = 'SUSPENDED' and upper(b.valid) = lower(s.valid)))
         union all
         select 'congress', organisation_id, held_on, '' from congress
         union all
         select 'decision', issuer_id, issued_on, kind from decision
         union all
         select 'ceremony', l.organisation_id, c.held_on, c.kind
         from ceremony c join ceremony_launched l using (ceremony_id)
         union all
         select 'handed over', l.organisation_id, c.held_on, ''
         from ceremony c join ceremony_launched l using (ceremony_id)
         where l.decision_id is not null",
    )
    .fetch_all(registry)
    .await
    .expect("read");
    for (kind, unit, on, detail) in rows {
        let union = organisations[&unit].grassroots;
        let what = match (kind.as_str(), detail.as_str()) {
            ("ceremony", "LAUNCH") => "launched",
            ("ceremony", _) => continue,
            ("handed over", _) => "handed over",
            ("decision", _) => "issued",
            ("type", "BECAME") => "became a union",
            ("type", _) => "ceased to be a union",
            _ if !union => continue,
            ("origin", "FOUNDED") => "founded",
            ("origin", _) => "loaded",
            ("ending", "DISSOLVED") => "dissolved",
            ("ending", _) => "ended otherwise",
            ("status", "SUSPENDED") => "suspended",
            ("status", _) => "resumed",
            _ => "congress of a union",
        };
        events.push(Event { unit, on, what, other: None, amount: 1 });
    }
}

async fn of_membership(membership: &PgPool, events: &mut Vec<Event>) {
    // Counted by memberships, person by person, not by what movements say of themselves.
    type Row = (String, Option<i16>, Option<Uuid>, Option<Uuid>, Date, i64, i64);
    let movements: Vec<Row> = sqlx::query_as(
        "select kind, admission_kind, from_organisation_id, to_organisation_id, effective_on,
                (select count(*) from membership where begun_by = movement_id),
                (select count(*) from membership where ended_by = movement_id)
         from movement",
    )
    .fetch_all(membership)
    .await
    .expect("read");
    for (kind, admission, from, to, on, begun, ended) in movements {
        if let Some(unit) = to {
            let what = match (kind.as_str(), admission) {
                ("transfer", _) => "transferred in",
                (_, Some(1)) => "admitted",
                (_, Some(2)) => "recognised",
                _ => "readmitted",
            };
            events.push(Event { unit, on, what, other: from, amount: begun });
        }
        if let Some(unit) = from {
            let what = if kind == "transfer" { "transferred out" } else { "exited" };
            events.push(Event { unit, on, what, other: to, amount: ended });
        }
    }
    let others: Vec<(String, Uuid, Date)> = sqlx::query_as(
        "select 'attended', organisation_id, attended_on from training_attendance
         union all
         select case event when 'PARTY_MEMBER_OFFICERS_COMMENDATION' then 'commended'
                else 'sent' end, d.organisation_id, held_on
         from delegate d join delegation using (delegation_id)",
    )
    .fetch_all(membership)
    .await
    .expect("read");
    for (what, unit, on) in others {
        let what = match what.as_str() {
            "attended" => "attended",
            "commended" => "sent to be commended",
            _ => "sent",
        };
        events.push(Event { unit, on, what, other: None, amount: 1 });
    }
    let happened: Vec<(String, Uuid, Date, i64)> = sqlx::query_as(
        "select 'honoured', organisation_id, honoured_on, 1::bigint from honour
             union all
             select 'honoured high', organisation_id, honoured_on, 1 from honour
             where level in ('PROVINCE', 'NATIONAL', 'STATE')
             union all
             select case kind when 'GOOD_LABOUR' then 'good labour' else 'good worker' end,
                    organisation_id, honoured_on, 1
             from honour where kind in ('GOOD_LABOUR', 'GOOD_WORKER')
             union all
             select 'emulated', organisation_id, from_on, 1 from emulation
             union all
             select 'helped', organisation_id, given_on, 1 from welfare
             union all
             select case kind when 1 then 'visited' else 'cared for' end,
                    organisation_id, given_on, 1
             from welfare where kind in (1, 4)
             union all
             select 'helped in hardship', organisation_id, given_on, 1 from welfare
             where occasion = 'HARDSHIP'
             union all
             select case when kind = 3 then 'lent' else 'gave' end, organisation_id, given_on,
                    amount_vnd
             from welfare
             union all
             select 'paid by the union', organisation_id, given_on, amount_vnd from welfare
             where source = 'UNION_FUND'
             union all
             select 'disputed', organisation_id, opened_on, 1 from dispute_case
             union all
             select 'struck', organisation_id, opened_on, 1 from dispute_case where kind = 3
             union all
             select 'in dispute', organisation_id, opened_on, people_concerned from dispute_case
             union all
             select 'settled', organisation_id, concluded_on, 1 from dispute_case
             where concluded_on is not null",
    )
    .fetch_all(membership)
    .await
    .expect("read");
    for (what, unit, on, amount) in happened {
        let what = happening(&what);
        events.push(Event { unit, on, what, other: None, amount });
    }
    // How people stand, by the days in each union, and steps of discipline.
    let standing: Vec<(i16, Uuid, Date, i64)> = sqlx::query_as(
        "select kind, organisation_id, from_on, 1::bigint from standing_spell
         union all
         select kind, organisation_id, until_on, -1 from standing_spell where until_on is not null
         union all
         select 0::smallint, organisation_id, effective_on, 1 from discipline",
    )
    .fetch_all(membership)
    .await
    .expect("read");
    for (kind, unit, on, amount) in standing {
        let what = match kind {
            0 => "disciplined",
            1 => "in transfer",
            2 => "dormant",
            3 => "parked",
            _ => "honorary",
        };
        events.push(Event { unit, on, what, other: None, amount });
    }
    for (unit, on, what, amount) in filtered::counted(membership).await {
        events.push(Event { unit, on, what, other: None, amount });
    }
}

/// Ratings and activities are reporting's own acts; whether a union is eligible for its rating is said
/// by registry: it is a union on the last day of the year, neither ended nor suspended then, and has
/// operated all the year, or half of it where it came of others.
async fn of_reporting(reporting: &PgPool, registry: &PgPool, events: &mut Vec<Event>) {
    let ratings: Vec<(Uuid, i32)> = sqlx::query_as("select organisation_id, year from rating")
        .fetch_all(reporting)
        .await
        .expect("read");
    let (units, years): (Vec<Uuid>, Vec<i32>) = ratings.into_iter().unzip();
    let eligible: Vec<(Uuid, i32)> = sqlx::query_as(
        "select unit, year
         from unnest($1::uuid[], $2::integer[]) as rated (unit, year)
         cross join lateral (select make_date(year, 12, 31) as last_day) y
         join organisation_founding f on f.organisation_id = unit and upper_inf(f.recorded)
         join organisation_type t on t.organisation_id = unit and upper_inf(t.recorded)
                                 and t.valid @> last_day
         join organisation_status s on s.organisation_id = unit and upper_inf(s.recorded)
                                   and s.valid @> last_day
         where t.type in ('CDCS', 'ND_CS') and s.status = 'ACTIVE'
           and (f.founded_on <= make_date(year, 1, 1)
                or f.founded_on <= make_date(year, 7, 1) and exists (
                    select from organisation_succession came
                    where came.successor_id = unit and upper_inf(came.recorded)
                      and came.succeeded_on = f.founded_on
                      and came.kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED', 'SPLIT_OFF')))",
    )
    .bind(units)
    .bind(years)
    .fetch_all(registry)
    .await
    .expect("read");
    for (unit, year) in eligible {
        let on = Date::from_calendar_date(year, Month::December, 31).expect("a day");
        events.push(Event { unit, on, what: "rated", other: None, amount: 1 });
    }
    for (unit, on, what, amount) in activities::counted(reporting).await {
        events.push(Event { unit, on, what, other: None, amount });
    }
}

/// What happened to people, by its name.
fn happening(name: &str) -> &'static str {
    const ALL: [&str; 16] = [
        "honoured",
        "honoured high",
        "good labour",
        "good worker",
        "emulated",
        "helped",
        "visited",
        "cared for",
        "helped in hardship",
        "gave",
        "lent",
        "paid by the union",
        "disputed",
        "struck",
        "in dispute",
        "settled",
    ];
    ALL.into_iter().find(|what| *what == name).expect("a name of ours")
}
