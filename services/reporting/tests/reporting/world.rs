//! A reporting service of its own for each test, under a Confederation of its own:
//!
//! ```text
//! confederation
//! ├── hanoi          province federation; `officer` may do everything here
//! │   ├── badinh     district federation
//! │   ├── caugiay    district federation
//! │   └── education  sector union
//! └── hue            province federation
//! ```

use chassis::cluster::testing::database;
use chassis::database::today;
use chassis::parse::{self, civil};
use chassis::serve::Running;
use prost_types::Any;
use proto::membership::v1 as members;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::registry::v1 as registry;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::reporting::v1 as pb;
use sqlx::PgPool;
use stage::feed::{Owner, kind};
pub use stage::refused::{because, refused};
use stage::registry::Registry;
use stage::{Setting, Stage};
use time::Date;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

pub const ORIGIN: Date = date!(2010 - 01 - 01);

pub struct World {
    pub registry: Registry,
    pub membership: Owner,
    pub confederation: Uuid,
    pub hanoi: Uuid,
    pub badinh: Uuid,
    pub caugiay: Uuid,
    pub education: Uuid,
    pub hue: Uuid,
    stage: Stage,
    /// Where the keys are that sign closings.
    closings: reporting::Closings,
}

stage::actor! {
    figures: pb::figure_service_client::FigureServiceClient,
    targets: pb::target_service_client::TargetServiceClient,
    ratings: pb::rating_service_client::RatingServiceClient,
    activities: pb::activity_service_client::ActivityServiceClient,
    audits: pb::audit_service_client::AuditServiceClient,
    indicators: pb::indicator_service_client::IndicatorServiceClient,
    reports: pb::report_service_client::ReportServiceClient,
    offices: pb::office_service_client::OfficeServiceClient,
    periodic_reports: pb::periodic_report_service_client::PeriodicReportServiceClient,
    closings: pb::closing_service_client::ClosingServiceClient,
}

impl World {
    pub async fn start() -> Self {
        let (registry, membership) = (Registry::start().await, Owner::start().await);
        let followed = [("registry", &*registry), ("membership", &membership)];
        let database = database("reporting", &reporting::SCHEMA).await;
        let setting = Setting::of("reporting", database, &followed);
        let closings = reporting::Closings::in_folder(setting.folder());
        closings.create(today()).expect("closing keys");
        let further = format!("closings.keys = '{}'", closings.keys.path().display());
        let stage = setting.start(reporting::DEFAULTS, &further, reporting::start).await;
        let [confederation, hanoi, badinh, caugiay, education, hue] =
            std::array::from_fn(|_| Uuid::now_v7());
        let world = Self {
            registry,
            membership,
            confederation,
            hanoi,
            badinh,
            caugiay,
            education,
            hue,
            stage,
            closings,
        };
        let state =
            |unit, superior, kind, name: &str| state(unit, superior, kind, "", name, ORIGIN);
        world.loads(vec![
            state(world.confederation, None, "TLD", "Tổng Liên đoàn Lao động Việt Nam"),
            state(world.hanoi, Some(world.confederation), "LDLD_TINH", "LĐLĐ thành phố Hà Nội"),
            state(world.hue, Some(world.confederation), "LDLD_TINH", "LĐLĐ thành phố Huế"),
            state(world.badinh, Some(world.hanoi), "LDLD_HUYEN", "LĐLĐ quận Ba Đình"),
            state(world.caugiay, Some(world.hanoi), "LDLD_HUYEN", "LĐLĐ quận Cầu Giấy"),
            state(world.education, Some(world.hanoi), "CDN_DP", "Công đoàn ngành Giáo dục Hà Nội"),
        ]);
        world.grants("officer", "OFFICER", world.hanoi);
        world.grants("national", "OFFICER", world.confederation);
        world
    }

    pub fn officer(&self) -> Actor {
        self.actor("officer")
    }

    pub fn national(&self) -> Actor {
        self.actor("national")
    }

    pub fn actor(&self, subject: &str) -> Actor {
        self.stage.line(subject, "vi").into()
    }

    /// Where the database is, for its superuser.
    pub fn superuser_url(&self) -> String {
        self.stage.database().superuser_url.clone()
    }

    /// Where the database is, for the owner of its schema.
    pub fn owner_url(&self) -> String {
        self.stage.database().owner_url.clone()
    }

    /// The settings of another process of the service.
    pub fn config(&self) -> reporting::Config {
        let keys = format!("[closings]\nkeys = '{}'", self.closings.keys.path().display());
        self.stage.config(&reporting::DEFAULTS.replace("[closings]", &keys))
    }

    /// Another process of the service, on the same database, and a line to it of the national officer.
    pub async fn replica_of(&self, defaults: &str) -> (Running, stage::Spoken) {
        let keys = format!("[closings]\nkeys = '{}'", self.closings.keys.path().display());
        let defaults = defaults.replace("[closings]", &keys);
        self.stage.replica(&defaults, reporting::start, "national").await
    }

    /// Another process of the service, on the same database.
    pub async fn replica(&self, defaults: &str) -> Running {
        self.replica_of(defaults).await.0
    }

    /// The database, as its superuser sees it.
    pub async fn look(&self) -> PgPool {
        PgPool::connect(&self.stage.database().superuser_url).await.expect("connected")
    }

    // What registry says.

    pub fn says(&self, on: Date, what: RegistryWhat) -> Uuid {
        self.says_by(on, None, what)
    }

    pub fn says_by(&self, on: Date, decision: Option<Uuid>, what: RegistryWhat) -> Uuid {
        self.does(on, decision, vec![what]).1[0]
    }

    /// One act, and all that it changed; answers its id and those of its changes.
    pub fn does(
        &self,
        on: Date,
        decision: Option<Uuid>,
        what: Vec<RegistryWhat>,
    ) -> (Uuid, Vec<Uuid>) {
        self.registry.decides(on, decision, what)
    }

    pub fn loads(&self, organisations: Vec<registry::OrganisationState>) {
        self.registry.loads(organisations);
    }

    /// Loads so many unions, in the stock since long ago.
    pub fn loads_unions(&self, superior: Uuid, sector: &str, count: usize) -> Vec<Uuid> {
        let units: Vec<Uuid> = (0..count).map(|_| Uuid::now_v7()).collect();
        self.loads(
            units
                .iter()
                .enumerate()
                .map(|(n, unit)| {
                    let name = format!("CĐCS {sector} {}", n + 1);
                    state(*unit, Some(superior), "CDCS", sector, &name, ORIGIN)
                })
                .collect(),
        );
        units
    }

    pub fn founds(&self, superior: Uuid, sector: &str, name: &str, on: Date) -> Uuid {
        let unit = Uuid::now_v7();
        let founded = registry::OrganisationFounded {
            organisation: Some(state(unit, Some(superior), "CDCS", sector, name, on)),
            congress_on: None,
            applicant_ids: Vec::new(),
        };
        self.says(on, RegistryWhat::OrganisationFounded(founded));
        unit
    }

    pub fn hands_over(&self, units: &[Uuid], from: Uuid, to: Uuid, on: Date) -> Uuid {
        let handed = registry::OrganisationsHandedOver {
            superior_id: to.to_string(),
            units: units
                .iter()
                .map(|unit| registry::organisations_handed_over::Unit {
                    organisation_id: unit.to_string(),
                    from_superior_id: from.to_string(),
                })
                .collect(),
        };
        self.says(on, RegistryWhat::OrganisationsHandedOver(handed))
    }

    pub fn changes_type(&self, unit: Uuid, (from_type, to_type): (&str, &str), on: Date) -> Uuid {
        self.says(
            on,
            RegistryWhat::OrganisationTypeChanged(registry::OrganisationTypeChanged {
                organisation_id: unit.to_string(),
                from_type: from_type.to_string(),
                r#type: to_type.to_string(),
                sector: String::new(),
            }),
        )
    }

    pub fn ends(&self, unit: Uuid, last: Uuid, heir: Option<Uuid>, on: Date) -> Uuid {
        let kind = match heir {
            Some(_) => registry::EndKind::Merged,
            None => registry::EndKind::Dissolved,
        };
        let ended = registry::OrganisationsEnded {
            units: vec![registry::organisations_ended::Unit {
                organisation_id: unit.to_string(),
                kind: kind.into(),
                principal_successor_id: heir.map(|heir| heir.to_string()).unwrap_or_default(),
                last_superior_id: last.to_string(),
                members_outcome: registry::MembersOutcome::MembershipEnds.into(),
                rehome_to_id: String::new(),
                ..Default::default()
            }],
        };
        self.says(on, RegistryWhat::OrganisationsEnded(ended))
    }

    pub fn grants(&self, subject: &str, role: &str, organisation: Uuid) {
        self.registry.grants(subject, role, organisation);
    }

    // What membership says.

    pub fn tells(&self, on: Date, what: MembershipWhat) -> Uuid {
        self.carries_out(on, vec![what])[0]
    }

    /// One act of membership's; answers the ids of its changes.
    pub fn carries_out(&self, on: Date, what: Vec<MembershipWhat>) -> Vec<Uuid> {
        self.carries_out_by(on, None, what)
    }

    /// One act of membership's that rests on a decision; answers the ids of its changes.
    pub fn carries_out_by(
        &self,
        on: Date,
        decision: Option<Uuid>,
        what: Vec<MembershipWhat>,
    ) -> Vec<Uuid> {
        let changes = what.into_iter().map(|what| {
            let kind = kind("membership", &what);
            let body = members::MembershipChange { change: Some(what) };
            (kind, Any::from_msg(&body).expect("encoded"))
        });
        let behind = self.registry.position();
        self.membership.does(on, decision, behind, changes.collect()).1
    }

    pub fn admits(&self, unit: Uuid, on: Date, people: usize) -> Uuid {
        let admitted = members::MembersAdmitted {
            admission_id: Uuid::now_v7().to_string(),
            organisation_id: unit.to_string(),
            kind: members::AdmissionKind::Admitted.into(),
            lines: lines(people),
        };
        self.tells(on, MembershipWhat::MembersAdmitted(admitted))
    }

    pub fn transfers(&self, from: Uuid, to: Uuid, on: Date, people: usize) -> Uuid {
        let transferred = members::MembersTransferred {
            transfer_id: Uuid::now_v7().to_string(),
            from_organisation_id: from.to_string(),
            to_organisation_id: to.to_string(),
            lines: lines(people),
            registry_act_id: String::new(),
        };
        self.tells(on, MembershipWhat::MembersTransferred(transferred))
    }

    pub fn exits(&self, unit: Uuid, on: Date, reason: members::ExitReason, people: usize) -> Uuid {
        let exited = members::MembersExited {
            exit_id: Uuid::now_v7().to_string(),
            organisation_id: unit.to_string(),
            reason: reason.into(),
            lines: lines(people),
            registry_act_id: String::new(),
        };
        self.tells(on, MembershipWhat::MembersExited(exited))
    }

    pub async fn stop(self) {
        self.stage.stop().await;
    }
}

impl Actor {
    pub async fn figure(
        &mut self,
        indicator: &str,
        head: Uuid,
        period: (Date, Date),
        as_of: Option<Date>,
    ) -> pb::Figure {
        let asked = query(indicator, head, period, as_of);
        let figures =
            self.figures.query_figures(asked).await.expect("counted").into_inner().figures;
        figures.into_iter().next().expect("one figure")
    }

    pub async fn value(
        &mut self,
        indicator: &str,
        head: Uuid,
        period: (Date, Date),
        as_of: Option<Date>,
    ) -> i64 {
        self.figure(indicator, head, period, as_of).await.value
    }

    /// Explains a figure to the end, page by page, and checks that every sum is right.
    pub async fn explained(
        &mut self,
        figure: &pb::Figure,
        additive: bool,
        page_size: i32,
    ) -> Vec<pb::ExplainedUnit> {
        self.explained_then(figure, additive, page_size, None).await
    }

    /// As [`Self::explained`], as it was known at an instant.
    pub async fn explained_then(
        &mut self,
        figure: &pb::Figure,
        additive: bool,
        page_size: i32,
        known_at: Option<prost_types::Timestamp>,
    ) -> Vec<pb::ExplainedUnit> {
        let mut units: Vec<pb::ExplainedUnit> = Vec::new();
        let mut page_token = String::new();
        loop {
            let asked = pb::ExplainFigureRequest {
                indicator: figure.indicator.clone(),
                organisation_id: figure.organisation_id.clone(),
                period: figure.period,
                tree: figure.tree,
                sector_grouping: figure.sector_grouping.clone(),
                sector_group: figure.sector_group.clone(),
                without_suspended: figure.without_suspended,
                direct_only: figure.direct_only,
                page_size,
                page_token,
                known_at,
            };
            let page = self.figures.explain_figure(asked).await.expect("explained").into_inner();
            assert_eq!(page.figure.expect("a figure").value, figure.value);
            units.extend(page.units);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let whole = self.explained_whole(figure, known_at).await;
        if units.iter().all(|unit| unit.changes_left_off == 0) {
            // An act of ours may have been numbered between the two questions.
            let unnumbered = |units: &[pb::ExplainedUnit]| {
                let mut units = units.to_vec();
                for change in units.iter_mut().flat_map(|unit| &mut unit.changes) {
                    if change.source == "reporting" {
                        change.position = 0;
                    }
                }
                units
            };
            assert_eq!(unnumbered(&whole), unnumbered(&units), "{}, whole", figure.indicator);
        }
        if additive {
            let sum: i64 = units.iter().map(|unit| unit.amount).sum();
            assert_eq!(sum, figure.value, "{} by units", figure.indicator);
            for unit in &units {
                let sum: i64 = unit.changes.iter().map(|change| change.amount).sum();
                assert_eq!(sum, unit.amount, "{} of a unit by changes", figure.indicator);
            }
            // Whatever adds to what happened within a period happened within it.
            // What stands at its end may have begun before.
            let is_stock =
                ["STOCK", "WITHOUT_UNION"].iter().any(|it| figure.indicator.contains(it));
            let asked = figure.period.expect("a period");
            let [from, through] = [asked.from_on, asked.through_on].map(day);
            for change in units.iter().flat_map(|unit| &unit.changes) {
                let on = day(change.effective_on);
                assert!(on <= through, "{}: {change:?}", figure.indicator);
                assert!(is_stock || from <= on, "{}: {change:?}", figure.indicator);
            }
        }
        units
    }

    /// The same, told whole: a unit that goes on in the next message is put together.
    async fn explained_whole(
        &mut self,
        figure: &pb::Figure,
        known_at: Option<prost_types::Timestamp>,
    ) -> Vec<pb::ExplainedUnit> {
        let asked = pb::ExplainWholeFigureRequest {
            indicator: figure.indicator.clone(),
            organisation_id: figure.organisation_id.clone(),
            period: figure.period,
            tree: figure.tree,
            sector_grouping: figure.sector_grouping.clone(),
            sector_group: figure.sector_group.clone(),
            without_suspended: figure.without_suspended,
            direct_only: figure.direct_only,
            known_at,
        };
        let answer = self.figures.explain_whole_figure(asked).await.expect("explained");
        let mut messages = answer.into_inner();
        let first = messages.message().await.expect("told").expect("a figure first");
        assert_eq!(first.figure.expect("a figure").value, figure.value);
        let mut units: Vec<pb::ExplainedUnit> = Vec::new();
        while let Some(message) = messages.message().await.expect("told") {
            assert!(message.figure.is_none() && !message.units.is_empty());
            for unit in message.units {
                match units.last_mut() {
                    Some(last) if last.organisation_id == unit.organisation_id => {
                        assert_eq!((last.amount, &last.name), (unit.amount, &unit.name));
                        last.changes.extend(unit.changes);
                    }
                    _ => units.push(unit),
                }
            }
        }
        units
    }

    pub async fn print(
        &mut self,
        template: &str,
        head: Uuid,
        days: (Date, Date),
        parameters: &[(&str, &str)],
    ) -> Result<Vec<pb::ReportLine>, Status> {
        let asked = pb::PrintReportRequest {
            template: template.to_string(),
            organisation_id: head.to_string(),
            period: Some(period(days)),
            tree: None,
            parameters: parameters
                .iter()
                .map(|(name, value)| pb::print_report_request::Parameter {
                    name: (*name).to_string(),
                    value: (*value).to_string(),
                })
                .collect(),
            template_version_id: String::new(),
        };
        Ok(self.reports.print_report(asked).await?.into_inner().lines)
    }
}

pub fn state(
    unit: Uuid,
    superior: Option<Uuid>,
    kind: &str,
    sector: &str,
    name: &str,
    on: Date,
) -> registry::OrganisationState {
    registry::OrganisationState {
        name: name.to_string(),
        sector: sector.to_string(),
        ..stage::registry::state(unit, superior, kind, on)
    }
}

pub fn lines(people: usize) -> Vec<members::MemberLine> {
    (0..people)
        .map(|n| members::MemberLine {
            sex: if n % 3 == 0 { 1 } else { 2 },
            birth_year: 1990,
            membership_id: Uuid::now_v7().to_string(),
            person_id: Uuid::now_v7().to_string(),
        })
        .collect()
}

pub fn period((from, through): (Date, Date)) -> pb::Period {
    pb::Period { from_on: Some(civil(from)), through_on: Some(civil(through)) }
}

pub fn query(
    indicator: &str,
    head: Uuid,
    days: (Date, Date),
    as_of: Option<Date>,
) -> pb::QueryFiguresRequest {
    pb::QueryFiguresRequest {
        indicators: vec![indicator.to_string()],
        organisation_id: head.to_string(),
        period: Some(period(days)),
        tree: Some(pb::Tree { as_of: as_of.map(civil) }),
        breakdown: pb::Breakdown::Child.into(),
        ..pb::QueryFiguresRequest::default()
    }
}

/// A day of an answer.
fn day(told: Option<proto::google::r#type::Date>) -> Date {
    parse::date("effective_on", told).expect("a day")
}
