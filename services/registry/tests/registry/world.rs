//! A registry of its own for each test, with a small tree:
//!
//! ```text
//! TLD
//! ├── HN            Hà Nội
//! │   ├── HN-BD     Ba Đình, a district
//! │   │   ├── BD-1  grassroots unions
//! │   │   └── BD-2
//! │   ├── HN-CG     Cầu Giấy, a district
//! │   │   └── CG-1
//! │   └── HN-GD     education, a local sector union
//! │       └── GD-1
//! └── TN            Thái Nguyên
//!     └── TN-1
//! ```
//!
//! All stand since 2010. `admin` administers the Confederation, `hanoi` is Hà Nội's officer,
//! `badinh` Ba Đình's, `reader` reads in Hà Nội; `nobody` holds nothing.

use std::collections::HashMap;

use chassis::cluster::testing::filled;
use chassis::parse::civil;
pub use chassis::parse::instant;
use chassis::serve::Running;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use sqlx::PgConnection;
pub use stage::ISSUER;
pub use stage::made_up::{id, request_id as fresh};
pub use stage::refused::{reason, refused, violations};
use stage::{Setting, Stage};
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

pub const ORIGIN: Date = date!(2010 - 01 - 01);

pub struct World {
    pub confederation: Uuid,
    units: HashMap<String, Uuid>,
    stage: Stage,
}

stage::actor! {
    histories: pb::history_service_client::HistoryServiceClient,
    organisations: pb::organisation_service_client::OrganisationServiceClient,
    life_cycle: pb::life_cycle_service_client::LifeCycleServiceClient,
    attributes: pb::attribute_service_client::AttributeServiceClient,
    decisions: pb::decision_service_client::DecisionServiceClient,
    congresses: pb::congress_service_client::CongressServiceClient,
    bodies: pb::body_service_client::BodyServiceClient,
    succession: pb::succession_service_client::SuccessionServiceClient,
    secondments: pb::secondment_service_client::SecondmentServiceClient,
    ceremonies: pb::ceremony_service_client::CeremonyServiceClient,
    employers: pb::employer_service_client::EmployerServiceClient,
    steering: pb::steering_service_client::SteeringServiceClient,
    grants: pb::grant_service_client::GrantServiceClient,
    plans: pb::plan_service_client::PlanServiceClient,
    operations: pb::operation_service_client::OperationServiceClient,
    corrections: pb::correction_service_client::CorrectionServiceClient,
    references: pb::reference_service_client::ReferenceServiceClient,
}

impl World {
    pub async fn start() -> Self {
        let database = filled("registry", &registry::SCHEMA, registry::fill).await;
        let setting = Setting::of("registry", database, &[]);
        let stage = setting.start(registry::DEFAULTS, "", registry::start).await;
        let confederation = registry::bootstrap(&stage.database().owner_url, ISSUER, "admin")
            .await
            .expect("bootstrapped");
        let units = HashMap::from([("TLD".to_string(), confederation)]);
        let mut world = Self { confederation, units, stage };
        world.plant().await;
        world
    }

    async fn plant(&mut self) {
        let mut admin = self.actor("admin");
        let lines = [
            ("HN", "LDLD_TINH", "", "TLD"),
            ("TN", "LDLD_TINH", "", "TLD"),
            ("HN-BD", "LDLD_HUYEN", "", "HN"),
            ("HN-CG", "LDLD_HUYEN", "", "HN"),
            ("HN-GD", "CDN_DP", "", "HN"),
            ("BD-1", "CDCS", "NNN_CP", "HN-BD"),
            ("BD-2", "CDCS", "HC", "HN-BD"),
            ("CG-1", "CDCS", "NNN_TNHH", "HN-CG"),
            ("GD-1", "CDCS", "SNCL_100", "HN-GD"),
            ("TN-1", "CDCS", "FDI_LD", "TN"),
        ]
        .map(|(code, type_code, sector, superior)| line(code, type_code, sector, superior));
        let loaded = admin.loads(lines.to_vec()).await.expect("loaded");
        assert_eq!(loaded, 10);
        let request = pb::BatchGetOrganisationsRequest {
            codes: lines.iter().map(|line| line.code.clone()).collect(),
            ..Default::default()
        };
        let found = admin.organisations.batch_get_organisations(request).await.expect("found");
        for organisation in found.into_inner().organisations {
            self.units.insert(organisation.code.clone(), id(&organisation.organisation_id));
        }
        for (subject, role, code) in
            [("hanoi", "OFFICER", "HN"), ("badinh", "OFFICER", "HN-BD"), ("reader", "READER", "HN")]
        {
            admin.grants_role(subject, role, self.unit(code)).await.expect("granted");
        }
    }

    /// The unit that the tree was planted with under this code.
    pub fn unit(&self, code: &str) -> Uuid {
        self.units[code]
    }

    pub fn actor(&self, subject: &str) -> Actor {
        self.actor_in(subject, "en")
    }

    pub fn actor_in(&self, subject: &str, language: &'static str) -> Actor {
        self.stage.line(subject, language).into()
    }

    /// Another process on the same database, as one end user reaches it.
    pub async fn replica(&self, subject: &str) -> (Running, Actor) {
        let started = self.stage.replica(registry::DEFAULTS, registry::start, subject).await;
        (started.0, started.1.into())
    }

    /// For the owner of the schema.
    pub fn owner_url(&self) -> &str {
        &self.stage.database().owner_url
    }

    /// The database, as its superuser sees it.
    pub async fn look(&self) -> PgConnection {
        self.stage.look().await
    }

    /// All that was published so far, in order: act, day, change.
    pub async fn published(&self) -> Vec<(Uuid, Date, Change)> {
        let all = self.stage.published::<pb::RegistryChange>().await.into_iter();
        all.map(|one| (one.act_id, one.effective_on, one.change.change.expect("a change")))
            .collect()
    }

    /// How many changes there are: nothing was written if there are no more after a refusal.
    pub async fn changes(&self) -> usize {
        self.published().await.len()
    }

    /// The changes published after the first `before`.
    pub async fn published_since(&self, before: usize) -> Vec<Change> {
        self.published().await.into_iter().skip(before).map(|(_, _, change)| change).collect()
    }
}

impl Actor {
    pub async fn loads(
        &mut self,
        lines: Vec<pb::load_organisations_request::Line>,
    ) -> Result<i32, Status> {
        self.loads_as(Uuid::new_v4(), lines).await
    }

    pub async fn loads_as(
        &mut self,
        request_id: Uuid,
        lines: Vec<pb::load_organisations_request::Line>,
    ) -> Result<i32, Status> {
        let answer = self.organisations.load_organisations(load_parts(request_id, lines)).await?;
        Ok(answer.into_inner().organisations)
    }

    pub async fn grants_role(
        &mut self,
        subject: &str,
        role: &str,
        organisation: Uuid,
    ) -> Result<Uuid, Status> {
        let request = pb::MakeGrantRequest {
            request_id: fresh(),
            issuer: ISSUER.to_string(),
            subject: subject.to_string(),
            role: role.to_string(),
            organisation_id: organisation.to_string(),
            ..Default::default()
        };
        Ok(id(&self.grants.make_grant(request).await?.into_inner().grant_id))
    }

    pub async fn founds(&mut self, superior: Uuid, code: &str, on: Date) -> Result<Uuid, Status> {
        let answer = self.organisations.found_organisation(founding(superior, code, on)).await?;
        Ok(id(&answer.into_inner().organisation_id))
    }

    pub async fn hands_over(
        &mut self,
        units: &[Uuid],
        superior: Uuid,
        on: Date,
    ) -> Result<(), Status> {
        self.organisations.hand_over_organisations(handing_over(units, superior, on)).await?;
        Ok(())
    }

    pub async fn ends(
        &mut self,
        units: Vec<pb::end_organisations_request::Unit>,
        on: Date,
    ) -> Result<pb::EndOrganisationsResponse, Status> {
        let request = pb::EndOrganisationsRequest {
            request_id: fresh(),
            units,
            basis: Some(decided(on)),
            ..Default::default()
        };
        Ok(self.organisations.end_organisations(request).await?.into_inner())
    }

    pub async fn suspends(&mut self, unit: Uuid, on: Date) -> Result<(), Status> {
        let request = pb::SuspendOrganisationRequest {
            request_id: fresh(),
            organisation_id: unit.to_string(),
            basis: Some(decided(on)),
            ..Default::default()
        };
        self.organisations.suspend_organisation(request).await?;
        Ok(())
    }

    pub async fn resumes(&mut self, unit: Uuid, on: Date) -> Result<(), Status> {
        let request = pb::ResumeOrganisationRequest {
            request_id: fresh(),
            organisation_id: unit.to_string(),
            basis: Some(decided(on)),
            ..Default::default()
        };
        self.organisations.resume_organisation(request).await?;
        Ok(())
    }

    /// Undoes an act; answers how many organisations it concerned.
    pub async fn undoes(&mut self, act: Uuid) -> Result<i32, Status> {
        let request = pb::UndoActRequest {
            request_id: fresh(),
            act_id: act.to_string(),
            ..Default::default()
        };
        Ok(self.corrections.undo_act(request).await?.into_inner().organisations)
    }

    /// What is known now is asked in two ways, which are answered by two statements: they say the
    /// same.
    pub async fn reads(
        &mut self,
        organisation: Uuid,
        as_of: Option<Date>,
    ) -> Result<pb::Organisation, Status> {
        let request = pb::GetOrganisationRequest {
            organisation_id: organisation.to_string(),
            as_of: as_of.map(civil),
            known_at: None,
        };
        let answer = self.organisations.get_organisation(request.clone()).await;
        let at_once = pb::GetOrganisationRequest {
            known_at: Some(instant(OffsetDateTime::now_utc())),
            ..request
        };
        let known = self.organisations.get_organisation(at_once).await;
        match (&answer, &known) {
            (Ok(answer), Ok(known)) => assert_eq!(answer.get_ref(), known.get_ref()),
            (Err(answer), Err(known)) => assert_eq!(answer.message(), known.message()),
            (answer, known) => panic!("{answer:?}, but as known now {known:?}"),
        }
        Ok(answer?.into_inner().organisation.expect("an organisation"))
    }

    /// Codes of the children on a date.
    pub async fn children(&mut self, organisation: Uuid, as_of: Date) -> Vec<String> {
        let request = pb::ListChildrenRequest {
            organisation_id: organisation.to_string(),
            as_of: Some(civil(as_of)),
            ..Default::default()
        };
        let answer = self.organisations.list_children(request).await.expect("listed");
        codes(answer.into_inner().organisations)
    }

    /// Codes of a subtree on a date, read in pages of this size.
    pub async fn subtree(&mut self, root: Uuid, as_of: Date, page_size: i32) -> Vec<String> {
        let mut all = Vec::new();
        let mut request = pb::ListSubtreeRequest {
            organisation_id: root.to_string(),
            as_of: Some(civil(as_of)),
            page_size,
            ..Default::default()
        };
        loop {
            let page = self.organisations.list_subtree(request.clone()).await.expect("listed");
            let page = page.into_inner();
            assert!(page.organisations.len() <= usize::try_from(page_size).expect("a size"));
            all.extend(codes(page.organisations));
            if page.next_page_token.is_empty() {
                return all;
            }
            request.page_token = page.next_page_token;
        }
    }
}

pub fn codes(organisations: Vec<pb::Organisation>) -> Vec<String> {
    organisations.into_iter().map(|organisation| organisation.code).collect()
}

pub fn today() -> Date {
    chassis::database::today()
}

pub fn line(
    code: &str,
    type_code: &str,
    sector: &str,
    superior: &str,
) -> pb::load_organisations_request::Line {
    pb::load_organisations_request::Line {
        code: code.to_string(),
        name: format!("Công đoàn {code}"),
        short_name: String::new(),
        r#type: type_code.to_string(),
        sector: sector.to_string(),
        superior_code: superior.to_string(),
        founded_on: Some(civil(ORIGIN)),
        ..Default::default()
    }
}

/// A load as it goes over the wire: a header, then lines in several messages.
pub fn load_parts(
    request_id: Uuid,
    lines: Vec<pb::load_organisations_request::Line>,
) -> impl tokio_stream::Stream<Item = pb::LoadOrganisationsRequest> {
    use pb::load_organisations_request::{Header, Lines, Part};
    let header = Header { request_id: request_id.to_string(), ..Default::default() };
    let mut parts = vec![pb::LoadOrganisationsRequest { part: Some(Part::Header(header)) }];
    for lines in lines.chunks(1_000) {
        let lines = Lines { lines: lines.to_vec() };
        parts.push(pb::LoadOrganisationsRequest { part: Some(Part::Lines(lines)) });
    }
    tokio_stream::iter(parts)
}

/// A new decision of its own number, signed and effective on a date; signed today where
/// that lies in the future.
pub fn decided(on: Date) -> pb::Basis {
    let issued_on = on.min(today());
    let decision = pb::NewDecision {
        number: format!("{}/QĐ-LĐLĐ", Uuid::new_v4().simple()),
        issued_on: Some(civil(issued_on)),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    pb::Basis { basis: Some(pb::basis::Basis::NewDecision(decision)) }
}

pub fn founding(superior: Uuid, code: &str, on: Date) -> pb::FoundOrganisationRequest {
    pb::FoundOrganisationRequest {
        request_id: fresh(),
        code: code.to_string(),
        name: format!("Công đoàn cơ sở {code}"),
        r#type: "CDCS".to_string(),
        sector: "NNN_CP".to_string(),
        superior_id: superior.to_string(),
        basis: Some(decided(on)),
        ..Default::default()
    }
}

pub fn handing_over(units: &[Uuid], superior: Uuid, on: Date) -> pb::HandOverOrganisationsRequest {
    pb::HandOverOrganisationsRequest {
        request_id: fresh(),
        unit_ids: units.iter().map(Uuid::to_string).collect(),
        superior_id: superior.to_string(),
        basis: Some(decided(on)),
        ..Default::default()
    }
}

pub fn dissolved(unit: Uuid) -> pb::end_organisations_request::Unit {
    pb::end_organisations_request::Unit {
        organisation_id: unit.to_string(),
        kind: pb::EndKind::Dissolved.into(),
        members_outcome: pb::MembersOutcome::ToSuperior.into(),
        ..Default::default()
    }
}

pub fn office(position: &str, person: Uuid) -> pb::NewOffice {
    pb::NewOffice {
        position: position.to_string(),
        person_id: person.to_string(),
        ..Default::default()
    }
}

impl Actor {
    /// Further attributes on a date, as known at an instant.
    pub async fn details(
        &mut self,
        organisation: Uuid,
        as_of: Date,
        known_at: Option<OffsetDateTime>,
    ) -> pb::OrganisationDetails {
        let request = pb::GetOrganisationDetailsRequest {
            organisation_id: organisation.to_string(),
            as_of: Some(civil(as_of)),
            known_at: known_at.map(instant),
        };
        let answer = self.attributes.get_organisation_details(request).await.expect("read");
        answer.into_inner().details.expect("details")
    }
}
