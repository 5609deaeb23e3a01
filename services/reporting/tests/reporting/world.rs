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

use std::sync::Arc;

use chassis::access::token::{GATEWAY, Signer, keys_in};
use chassis::call::{Caller, SEEN};
use chassis::cluster::testing::{TestDatabase, database};
use chassis::config;
use chassis::parse::{self, civil};
use chassis::refusal::testing::Heard;
use chassis::seen::{Keys, Seen};
use chassis::serve::Running;
use prost_types::Any;
use proto::membership::v1 as members;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::registry::v1 as registry;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::reporting::v1 as pb;
use sqlx::PgPool;
use time::Date;
use time::macros::date;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::feed::Owner;

pub const ORIGIN: Date = date!(2010 - 01 - 01);

pub struct World {
    pub registry: Owner,
    pub membership: Owner,
    pub database: TestDatabase,
    pub confederation: Uuid,
    pub hanoi: Uuid,
    pub badinh: Uuid,
    pub caugiay: Uuid,
    pub education: Uuid,
    pub hue: Uuid,
    channel: Channel,
    gateway: Arc<Signer>,
    seen_keys: Arc<Keys>,
    running: Option<Running>,
    _folder: tempfile::TempDir,
}

/// Speaks as the gateway for one end user, who has seen all that both feeds said so far.
#[derive(Clone)]
pub struct Speak {
    gateway: Arc<Signer>,
    seen_keys: Arc<Keys>,
    registry: Owner,
    membership: Owner,
    caller: Caller,
}

impl Interceptor for Speak {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let token = self.gateway.for_user("reporting", &self.caller).expect("signed");
        let metadata = request.metadata_mut();
        let bearer = MetadataValue::try_from(format!("Bearer {token}")).expect("ascii");
        metadata.insert("authorization", bearer);
        metadata.insert("accept-language", MetadataValue::from_static("vi"));
        let mut seen = Seen::default();
        for (name, owner) in [("registry", &self.registry), ("membership", &self.membership)] {
            if owner.position() > 0 {
                seen = seen.with_position(name, owner.epoch, owner.position());
            }
        }
        let seen = seen.encode(&self.seen_keys);
        metadata.insert(SEEN, MetadataValue::try_from(seen).expect("ascii"));
        Ok(request)
    }
}

pub type Spoken = InterceptedService<Heard<Channel>, Speak>;

/// One end user's clients.
#[derive(Clone)]
pub struct Actor {
    pub figures: pb::figure_service_client::FigureServiceClient<Spoken>,
    pub targets: pb::target_service_client::TargetServiceClient<Spoken>,
    pub ratings: pb::rating_service_client::RatingServiceClient<Spoken>,
    pub activities: pb::activity_service_client::ActivityServiceClient<Spoken>,
    pub reports: pb::report_service_client::ReportServiceClient<Spoken>,
    pub offices: pb::office_service_client::OfficeServiceClient<Spoken>,
    pub periodic_reports: pb::periodic_report_service_client::PeriodicReportServiceClient<Spoken>,
}

impl World {
    pub async fn start() -> Self {
        let database = database("reporting", &reporting::SCHEMA).await;
        chassis::database::migrate(&database.owner_url, &reporting::SCHEMA)
            .await
            .expect("migrated, with what each role may do");
        let registry = Owner::start().await;
        let membership = Owner::start().await;

        let folder = tempfile::tempdir().expect("a folder");
        let keys = keys_in(folder.path()).expect("keys");
        let settings = format!(
            r#"
            seen_key = "{seen}"
            [serve]
            address = "127.0.0.1:0"
            key = "{key}"
            [serve.signers]
            gateway = "{gateway}"
            [database]
            url = "{url}"
            [feeds]
            registry = "http://{registry}"
            membership = "http://{membership}"
            "#,
            seen = keys.seen().path().display(),
            key = keys.private("reporting").path().display(),
            gateway = keys.public(GATEWAY).display(),
            url = database.url,
            registry = registry.address,
            membership = membership.address,
        );
        let config: reporting::Config =
            config::with(reporting::DEFAULTS, &settings).expect("understood");
        let running = reporting::start(config).await.expect("started");
        let channel = Endpoint::from_shared(running.uri()).expect("a uri").connect_lazy();
        let gateway = Signer::from_pem_file(GATEWAY, &keys.private(GATEWAY)).expect("a key");
        let seen_keys = Keys::new(keys.seen().read().expect("read").as_bytes()).expect("a key");

        let world = Self {
            registry,
            membership,
            database,
            confederation: Uuid::now_v7(),
            hanoi: Uuid::now_v7(),
            badinh: Uuid::now_v7(),
            caugiay: Uuid::now_v7(),
            education: Uuid::now_v7(),
            hue: Uuid::now_v7(),
            channel,
            gateway: Arc::new(gateway),
            seen_keys: Arc::new(seen_keys),
            running: Some(running),
            _folder: folder,
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
        let speak = Speak {
            gateway: self.gateway.clone(),
            seen_keys: self.seen_keys.clone(),
            registry: self.registry.clone(),
            membership: self.membership.clone(),
            caller: Caller {
                issuer: "test".to_string(),
                subject: subject.to_string(),
                office: None,
                purpose: None,
            },
        };
        let spoken = || InterceptedService::new(Heard(self.channel.clone()), speak.clone());
        Actor {
            figures: pb::figure_service_client::FigureServiceClient::new(spoken()),
            targets: pb::target_service_client::TargetServiceClient::new(spoken()),
            ratings: pb::rating_service_client::RatingServiceClient::new(spoken()),
            activities: pb::activity_service_client::ActivityServiceClient::new(spoken()),
            reports: pb::report_service_client::ReportServiceClient::new(spoken()),
            offices: pb::office_service_client::OfficeServiceClient::new(spoken()),
            periodic_reports: pb::periodic_report_service_client::PeriodicReportServiceClient::new(
                spoken(),
            ),
        }
    }

    /// The database, as its superuser sees it.
    pub async fn look(&self) -> PgPool {
        PgPool::connect(&self.database.superuser_url).await.expect("connected")
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
        let changes = what.into_iter().map(|what| {
            let kind = match &what {
                RegistryWhat::OrganisationFounded(_) => "registry.organisation_founded",
                RegistryWhat::OrganisationsEnded(_) => "registry.organisations_ended",
                RegistryWhat::TimelinesCorrected(_) => "registry.timelines_corrected",
                RegistryWhat::ActsUndone(_) => "registry.acts_undone",
                _ => "registry.test",
            };
            let body = registry::RegistryChange { change: Some(what) };
            (kind, Any::from_msg(&body).expect("encoded"))
        });
        self.registry.does(on, decision, 0, changes.collect())
    }

    pub fn loads(&self, organisations: Vec<registry::OrganisationState>) {
        let loaded = registry::OrganisationsLoaded { organisations };
        self.says(ORIGIN, RegistryWhat::OrganisationsLoaded(loaded));
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
        let made = registry::GrantMade {
            grant_id: Uuid::now_v7().to_string(),
            issuer: "test".to_string(),
            subject: subject.to_string(),
            role: role.to_string(),
            organisation_id: organisation.to_string(),
            until_on: None,
        };
        self.says(ORIGIN, RegistryWhat::GrantMade(made));
    }

    // What membership says.

    pub fn tells(&self, on: Date, what: MembershipWhat) -> Uuid {
        self.carries_out(on, vec![what])[0]
    }

    /// One act of membership's; answers the ids of its changes.
    pub fn carries_out(&self, on: Date, what: Vec<MembershipWhat>) -> Vec<Uuid> {
        let changes = what.into_iter().map(|what| {
            let kind = match &what {
                MembershipWhat::MembersAdmitted(_) => "membership.members_admitted",
                MembershipWhat::MembersTransferred(_) => "membership.members_transferred",
                MembershipWhat::MembersExited(_) => "membership.members_exited",
                MembershipWhat::MovementTakenBack(_) => "membership.movement_taken_back",
                MembershipWhat::ConsequenceFinished(_) => "membership.consequence_finished",
                _ => "membership.test",
            };
            let body = members::MembershipChange { change: Some(what) };
            (kind, Any::from_msg(&body).expect("encoded"))
        });
        let behind = self.registry.position();
        self.membership.does(on, None, behind, changes.collect()).1
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

    pub async fn stop(mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await.expect("stopped");
        }
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
            };
            let page = self.figures.explain_figure(asked).await.expect("explained").into_inner();
            assert_eq!(page.figure.expect("a figure").value, figure.value);
            units.extend(page.units);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
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
        organisation_id: unit.to_string(),
        code: unit.to_string(),
        name: name.to_string(),
        short_name: String::new(),
        r#type: kind.to_string(),
        sector: sector.to_string(),
        superior_id: superior.map(|id| id.to_string()).unwrap_or_default(),
        founded_on: Some(civil(on)),
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

/// The reason of a refusal, and the first field at fault.
pub fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> (String, String) {
    let status = answer.expect_err("refused");
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_else(|| {
        panic!("a refusal without a reason: {status:?}");
    });
    let field = details
        .bad_request()
        .and_then(|bad| bad.field_violations.first())
        .map(|violation| violation.field.clone())
        .unwrap_or_default();
    (reason, field)
}

pub fn because(reason: &str, field: &str) -> (String, String) {
    (reason.to_string(), field.to_string())
}

/// A day of an answer.
fn day(told: Option<proto::google::r#type::Date>) -> Date {
    parse::date("effective_on", told).expect("a day")
}
