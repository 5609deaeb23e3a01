//! A membership service of its own for each test, with a small tree:
//!
//! ```text
//! confederation
//! ├── hanoi
//! │   ├── alpha   (grassroots unions)
//! │   └── beta
//! └── hue
//!     └── gamma
//! ```
//!
//! The officer of Hà Nội may do everything in Hà Nội; others are granted by their tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use chassis::cluster::testing;
use chassis::database::{self, Database, today};
use chassis::parse::{self, civil, instant};
use chassis::{config, seen};
use proto::google::r#type::Date as WireDate;
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use serde::Deserialize;
use sqlx::{PgConnection, PgPool};
pub use stage::made_up::{id, texts};
pub use stage::refused::{because, refused};
use stage::registry::{Registry, state};
use stage::{Setting, Stage};
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

pub const ORIGIN: Date = date!(2010 - 01 - 01);

pub struct World {
    pub registry: Registry,
    pub confederation: Uuid,
    pub hanoi: Uuid,
    pub alpha: Uuid,
    pub beta: Uuid,
    pub hue: Uuid,
    pub gamma: Uuid,
    keys: PathBuf,
    stage: Stage,
}

stage::actor! {
    members: pb::membership_service_client::MembershipServiceClient,
    applications: pb::application_service_client::ApplicationServiceClient,
    training: pb::training_service_client::TrainingServiceClient,
    party: pb::party_service_client::PartyServiceClient,
    cadre: pb::cadre_service_client::CadreServiceClient,
    delegations: pb::delegation_service_client::DelegationServiceClient,
    consequences: pb::consequence_service_client::ConsequenceServiceClient,
    imports: pb::import_service_client::ImportServiceClient,
    identities: pb::identity_service_client::IdentityServiceClient,
    profiles: pb::profile_service_client::ProfileServiceClient,
    protection: pb::protection_service_client::ProtectionServiceClient,
    exports: pb::export_service_client::ExportServiceClient,
    corrections: pb::correction_service_client::CorrectionServiceClient,
    offers: pb::transfer_offer_service_client::TransferOfferServiceClient,
    standings: pb::standing_service_client::StandingServiceClient,
    duplicates: pb::duplicate_service_client::DuplicateServiceClient,
    cards: pb::card_service_client::CardServiceClient,
    discipline: pb::discipline_service_client::DisciplineServiceClient,
    honours: pb::honour_service_client::HonourServiceClient,
    welfare: pb::welfare_service_client::WelfareServiceClient,
    timelines: pb::timeline_service_client::TimelineServiceClient,
    cases: pb::dispute_case_service_client::DisputeCaseServiceClient,
    emulations: pb::emulation_service_client::EmulationServiceClient,
}

impl World {
    pub async fn start() -> Self {
        Self::moving(3_000).await
    }

    /// One in which a transaction moves so many members of ended unions.
    pub async fn moving(members_at_a_time: u32) -> Self {
        let registry = Registry::start().await;
        let followed = [("registry", &*registry)];
        let database = testing::database("membership", &membership::SCHEMA).await;
        let setting = Setting::of("membership", database, &followed);
        let keys = membership::ground::keys::Config::in_folder(setting.folder());
        keys.create(today()).expect("keys");
        let folder = setting.folder().to_owned();
        let cards = membership::ground::card_keys::Config::in_folder(setting.folder());
        cards.create(today()).expect("card keys");
        let further = format!(
            "cards.keys = '{}'
             keys.master = '{}'
             keys.data = '{}'
             keys.blind_index = '{}'
             keys.pseudonym = '{}'
             imports.batch_lines = 40
             imports.file_bytes = 4000000
             exports.lines_max = 2400
             exports.files_each = 3
             consequences.members_at_a_time = {members_at_a_time}",
            cards.keys.path().display(),
            keys.master.path().display(),
            keys.data.display(),
            keys.blind_index.path().display(),
            keys.pseudonym.path().display(),
        );
        let stage = setting.start(membership::DEFAULTS, &further, membership::start).await;

        let [confederation, hanoi, alpha, beta, hue, gamma] =
            std::array::from_fn(|_| Uuid::now_v7());
        registry.loads(vec![
            state(confederation, None, "TLD", ORIGIN),
            state(hanoi, Some(confederation), "LDLD_TINH", ORIGIN),
            state(hue, Some(confederation), "LDLD_TINH", ORIGIN),
            state(alpha, Some(hanoi), "CDCS", ORIGIN),
            state(beta, Some(hanoi), "CDCS", ORIGIN),
            state(gamma, Some(hue), "CDCS", ORIGIN),
        ]);
        for role in [
            "OFFICER",
            "PARTY_OFFICER",
            "IDENTITY_OFFICER",
            "DISCIPLINE_OFFICER",
            "WELFARE_OFFICER",
        ] {
            registry.grants("officer", role, hanoi);
            registry.grants("national", role, confederation);
        }
        Self { registry, confederation, hanoi, alpha, beta, hue, gamma, keys: folder, stage }
    }

    /// Where the keys of personal data are.
    pub fn keys_folder(&self) -> &Path {
        &self.keys
    }

    /// May do everything in Hà Nội.
    pub fn officer(&self) -> Actor {
        self.actor("officer", "vi")
    }

    /// May do everything everywhere.
    pub fn national(&self) -> Actor {
        self.actor("national", "vi")
    }

    pub fn actor(&self, subject: &str, language: &'static str) -> Actor {
        self.stage.line(subject, language).into()
    }

    /// The database, as its superuser sees it.
    pub async fn look(&self) -> PgConnection {
        self.stage.look().await
    }

    /// The database, as the service's owner sees it, for what runs beside the calls.
    pub async fn pool(&self) -> PgPool {
        PgPool::connect(&self.stage.database().superuser_url).await.expect("connected")
    }

    /// The database, as the service itself opens it, for what it does of itself.
    pub async fn database(&self) -> Database {
        #[derive(Deserialize)]
        struct Only {
            database: database::Config,
        }
        let url = format!("database.url = '{}'", self.stage.database().url);
        let config: Only = config::with(membership::DEFAULTS, &url).expect("understood");
        let keys = Arc::new(seen::Keys::new(&[7; 32]).expect("a key"));
        database::open(&config.database, "membership", &["registry"], keys).await.expect("opened")
    }

    /// All that was published so far, in order: act, day, change, registry's position.
    pub async fn published(&self) -> Vec<(Uuid, Date, Published, i64)> {
        let all = self.stage.published::<pb::MembershipChange>().await.into_iter();
        all.map(|one| {
            let change = one.change.change.expect("a change");
            (one.act_id, one.effective_on, change, one.registry_position)
        })
        .collect()
    }

    pub async fn stop(self) {
        self.stage.stop().await;
    }
}

impl Actor {
    /// Admits people and answers their ids.
    pub async fn admits(
        &mut self,
        union: Uuid,
        on: Date,
        lines: Vec<pb::PersonLine>,
    ) -> Result<Vec<Uuid>, Status> {
        let request = admission(union, on, lines);
        let answer = self.members.admit_members(request).await?.into_inner();
        Ok(answer.members.iter().map(|member| id(&member.person_id)).collect())
    }

    pub async fn transfers(
        &mut self,
        from: Uuid,
        to: Uuid,
        on: Date,
        persons: &[Uuid],
    ) -> Result<i32, Status> {
        let request = pb::TransferMembersRequest {
            request_id: Uuid::new_v4().to_string(),
            from_organisation_id: from.to_string(),
            to_organisation_id: to.to_string(),
            effective_on: Some(civil(on)),
            person_ids: texts(persons),
            ..Default::default()
        };
        Ok(self.members.transfer_members(request).await?.into_inner().members)
    }

    pub async fn exits(
        &mut self,
        union: Uuid,
        reason: pb::ExitReason,
        on: Date,
        persons: &[Uuid],
    ) -> Result<i32, Status> {
        let request = pb::ExitMembersRequest {
            request_id: Uuid::new_v4().to_string(),
            organisation_id: union.to_string(),
            reason: reason.into(),
            effective_on: Some(civil(on)),
            person_ids: texts(persons),
            ..Default::default()
        };
        Ok(self.members.exit_members(request).await?.into_inner().members)
    }

    pub async fn applies(
        &mut self,
        under: Uuid,
        on: Date,
        applicants: Vec<pb::PersonLine>,
    ) -> Result<Vec<Uuid>, Status> {
        let request = pb::RecordApplicantsRequest {
            request_id: Uuid::new_v4().to_string(),
            organisation_id: under.to_string(),
            applied_on: Some(civil(on)),
            applicants,
            ..Default::default()
        };
        let answer = self.applications.record_applicants(request).await?.into_inner();
        Ok(answer.applicants.iter().map(|applicant| id(&applicant.person_id)).collect())
    }

    pub async fn counts(&mut self, union: Uuid, as_of: Date) -> i32 {
        self.counts_of(&[union], as_of).await[0]
    }

    /// How many members each of these unions had on a day, by one read.
    pub async fn counts_of(&mut self, unions: &[Uuid], as_of: Date) -> Vec<i32> {
        let request = pb::CountMembersRequest {
            organisation_ids: unions.iter().map(Uuid::to_string).collect(),
            as_of: Some(civil(as_of)),
            known_at: None,
        };
        let answer = self.members.count_members(request).await.expect("counted").into_inner();
        answer.counts.iter().map(|count| count.members).collect()
    }

    /// How many members a union had on a day, and how many of them are women, as was known then.
    pub async fn counted(
        &mut self,
        union: Uuid,
        as_of: Date,
        known_at: OffsetDateTime,
    ) -> (i32, i32) {
        let request = pb::CountMembersRequest {
            organisation_ids: vec![union.to_string()],
            as_of: Some(civil(as_of)),
            known_at: Some(instant(known_at)),
        };
        let answer = self.members.count_members(request).await.expect("counted").into_inner();
        (answer.counts[0].members, answer.counts[0].female)
    }

    /// Undoes a movement for some people, or for all.
    pub async fn undoes(&mut self, movement: &str, persons: &[Uuid]) -> Result<i32, Status> {
        let request = pb::UndoMovementRequest {
            request_id: Uuid::new_v4().to_string(),
            movement_id: movement.to_string(),
            person_ids: texts(persons),
            reason: "ghi nhầm".to_string(),
            ..Default::default()
        };
        Ok(self.corrections.undo_movement(request).await?.into_inner().members)
    }

    /// Corrects a movement, and answers which is in its place.
    pub async fn corrects(
        &mut self,
        movement: &str,
        correction: pb::CorrectMovementRequest,
    ) -> Result<String, Status> {
        let request = pb::CorrectMovementRequest {
            request_id: Uuid::new_v4().to_string(),
            movement_id: movement.to_string(),
            reason: "ghi nhầm".to_string(),
            ..correction
        };
        Ok(self.corrections.correct_movement(request).await?.into_inner().movement_id)
    }

    /// Says who a person is.
    pub async fn corrects_person(
        &mut self,
        person: Uuid,
        correction: pb::CorrectPersonRequest,
    ) -> Result<(), Status> {
        let request = pb::CorrectPersonRequest {
            request_id: Uuid::new_v4().to_string(),
            person_id: person.to_string(),
            reason: "theo căn cước".to_string(),
            ..correction
        };
        self.corrections.correct_person(request).await.map(|_| ())
    }

    /// The movements that began and ended the stays of a person, in order.
    pub async fn movements(&mut self, person: Uuid) -> Vec<String> {
        let stays = self.sees(person).await.expect("seen").memberships;
        let mut movements: Vec<String> = Vec::new();
        for stay in stays {
            for movement in [stay.begun_by, stay.ended_by] {
                if !movement.is_empty() && movements.last() != Some(&movement) {
                    movements.push(movement);
                }
            }
        }
        movements
    }

    /// The stays of a person: union, first day, first day after.
    pub async fn stays(&mut self, person: Uuid) -> Vec<(Uuid, Date, Option<Date>)> {
        let stays = self.sees(person).await.expect("seen").memberships;
        let day = |day: Option<WireDate>| parse::optional_date("day", day).expect("a day");
        let stay = |stay: &pb::Membership| {
            (id(&stay.organisation_id), day(stay.from_on).expect("a day"), day(stay.until_on))
        };
        stays.iter().map(stay).collect()
    }

    /// What is known now is asked in two ways, which are answered by two statements: they say the
    /// same.
    pub async fn sees(&mut self, person: Uuid) -> Result<pb::GetMemberResponse, Status> {
        let request = pb::GetMemberRequest { person_id: person.to_string(), known_at: None };
        let answer = self.members.get_member(request.clone()).await;
        let known_at = Some(instant(OffsetDateTime::now_utc()));
        let known = self.members.get_member(pb::GetMemberRequest { known_at, ..request }).await;
        match (&answer, &known) {
            (Ok(answer), Ok(known)) => assert_eq!(answer.get_ref(), known.get_ref()),
            (Err(answer), Err(known)) => assert_eq!(answer.message(), known.message()),
            (answer, known) => panic!("{answer:?}, but as known now {known:?}"),
        }
        Ok(answer?.into_inner())
    }
}

pub fn admission(union: Uuid, on: Date, lines: Vec<pb::PersonLine>) -> pb::AdmitMembersRequest {
    pb::AdmitMembersRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: union.to_string(),
        kind: pb::AdmissionKind::Admitted.into(),
        effective_on: Some(civil(on)),
        lines,
        ..Default::default()
    }
}

/// A made-up person; `number` below a million makes the identity number.
pub fn person(number: u32) -> pb::PersonLine {
    let female = number % 2 == 1;
    pb::PersonLine {
        name: format!("Nguyễn Văn Số {number}"),
        sex: if female { pb::Sex::Female } else { pb::Sex::Male }.into(),
        birth_year: 1985,
        identity_number: format!("999{}85{number:06}", u8::from(female)),
        ..Default::default()
    }
}

/// As many made-up people, who have no number.
pub fn people(count: u32) -> Vec<pb::PersonLine> {
    (0..count)
        .map(|number| pb::PersonLine { identity_number: String::new(), ..person(number) })
        .collect()
}

pub fn known(person: Uuid) -> pb::PersonLine {
    pb::PersonLine { person_id: person.to_string(), ..Default::default() }
}

/// How long something took, in milliseconds.
pub async fn timed<T>(future: impl Future<Output = T>) -> (T, u128) {
    let started = Instant::now();
    (future.await, started.elapsed().as_millis())
}
