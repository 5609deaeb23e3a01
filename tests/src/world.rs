//! The real system, a small tree of unions, and who acts in it.

use std::collections::BTreeMap;
use std::path::Path;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proto::google::r#type::Date as CivilDate;
use proto::membership::v1::{AdmissionKind, AdmitMembersRequest, PersonLine};
use proto::registry::v1::load_organisations_request as load;
use proto::registry::v1::{
    BatchGetOrganisationsRequest, GetOrganisationRequest, LoadOrganisationsRequest,
    MakeGrantRequest,
};
use serde_json::json;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use system::{Client, OWNERS, Options, System};
use time::Date;
use time::macros::date;
use tokio_stream as stream;

use crate::feeds;
use crate::rows::{self, Rows};
use stage::line::Line;
use stage::made_up;

/// Who bootstrapped.
pub const ADMINISTRATOR: &str = "administrator";
/// From when everything exists that a world begins with.
pub const OPENED_ON: Date = date!(2015 - 01 - 01);
/// Lines of one message of a load, at most.
const LINES_PER_MESSAGE: usize = 1_000;

/// An organisation of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// UUIDv7.
    pub id: String,
    /// Unique among organisations that exist at the same time.
    pub code: String,
}

/// The whole system with its databases.
pub struct World {
    /// The services.
    pub system: System,
    /// At the top of the tree.
    pub confederation: Unit,
    /// A province, in which the districts are.
    pub province: Unit,
    administrator: Client,
    pools: BTreeMap<&'static str, PgPool>,
}

impl World {
    /// Starts everything; bootstraps; founds a province.
    ///
    /// # Panics
    /// When the system does not start, as all of this does when something is refused that a
    /// test stands on.
    pub async fn start() -> Self {
        let system = System::start(Options::test()).await.expect("the system starts");
        let mut pools = BTreeMap::new();
        for service in OWNERS {
            let database = system.database(service).expect("a database");
            pools.insert(service, pool(&database.owner_url).await);
        }
        let (confederation, administrator) =
            system.bootstrap(ADMINISTRATOR).await.expect("bootstrapped");
        let none = Unit { id: String::new(), code: String::new() };
        let mut world =
            Self { system, confederation: none.clone(), province: none, administrator, pools };
        world.confederation = world.unit(&confederation.to_string()).await;
        let line = line("T-01", "LDLD_TINH", &world.confederation.code);
        world.province = world.load(vec![line]).await.remove(0);
        world
    }

    /// The administrator of the Confederation, on a line of its own.
    pub fn administrator(&self) -> Client {
        self.administrator.fork()
    }

    /// An access token of the development issuer.
    ///
    /// # Panics
    /// When it cannot be signed.
    pub fn token(&self, subject: &str) -> String {
        self.system.issuer().token(subject).expect("signed")
    }

    /// Somebody, with whatever rights she has been granted.
    ///
    /// # Panics
    /// When it cannot be.
    pub fn client(&self, subject: &str) -> Client {
        self.administrator.with_token(&self.token(subject)).expect("a client")
    }

    /// A line to the gateway in the name of a subject, that speaks English.
    pub async fn line(&self, subject: &str) -> Line {
        let line = Line::to(&self.system.gateway()).await;
        line.bearing(&self.token(subject)).with("accept-language", "en")
    }

    /// An officer of a unit and all below it.
    pub async fn officer_of(&self, unit: &Unit) -> Client {
        let subject = format!("officer of {}", unit.code);
        self.grant(&subject, "OFFICER", unit).await;
        self.client(&subject)
    }

    /// Grants a role, from today on.
    ///
    /// # Panics
    /// When it cannot be.
    pub async fn grant(&self, subject: &str, role: &str, unit: &Unit) -> String {
        let request = MakeGrantRequest {
            request_id: made_up::request_id(),
            issuer: self.system.issuer().issuer().to_owned(),
            subject: subject.to_owned(),
            role: role.to_owned(),
            organisation_id: unit.id.clone(),
            ..MakeGrantRequest::default()
        };
        let granted = self.administrator.grants().make_grant(request).await;
        granted.expect("granted").into_inner().grant_id
    }

    /// Loads organisations that existed before the register did; answers them in order.
    ///
    /// # Panics
    /// When a line is refused.
    pub async fn load(&self, lines: Vec<load::Line>) -> Vec<Unit> {
        let codes: Vec<String> = lines.iter().map(|line| line.code.clone()).collect();
        let messages = load_messages(made_up::request_id(), &lines);
        let mut organisations = self.administrator.organisations();
        organisations.load_organisations(stream::iter(messages)).await.expect("loaded");
        let mut ids = BTreeMap::new();
        for codes in codes.chunks(500) {
            let request =
                BatchGetOrganisationsRequest { codes: codes.to_vec(), ..Default::default() };
            let found = organisations.batch_get_organisations(request).await.expect("found");
            let found = found.into_inner().organisations.into_iter();
            ids.extend(found.map(|found| (found.code, found.organisation_id)));
        }
        let unit = |code: String| Unit { id: ids[&code].clone(), code };
        codes.into_iter().map(unit).collect()
    }

    /// A new district of the province.
    pub async fn district(&self, code: &str) -> Unit {
        self.load(vec![line(code, "LDLD_HUYEN", &self.province.code)]).await.remove(0)
    }

    /// So many grassroots unions under a superior, in the stock since 2015.
    pub async fn unions(&self, superior: &Unit, count: usize) -> Vec<Unit> {
        let code = |n: usize| format!("{}-{n:03}", superior.code);
        self.load((1..=count).map(|n| line(&code(n), "CDCS", &superior.code)).collect()).await
    }

    /// Admits people to a union, as the administrator; answers their ids.
    ///
    /// # Panics
    /// When it cannot be.
    pub async fn admit(&self, union: &Unit, on: Date, lines: Vec<PersonLine>) -> Vec<String> {
        let mut memberships = self.administrator.memberships();
        let admitted = memberships.admit_members(admission(union, on, lines)).await;
        let members = admitted.expect("admitted").into_inner().members;
        members.into_iter().map(|member| member.person_id).collect()
    }

    async fn unit(&self, id: &str) -> Unit {
        let request =
            GetOrganisationRequest { organisation_id: id.to_owned(), ..Default::default() };
        let found = self.administrator.organisations().get_organisation(request).await;
        let found = found.expect("found").into_inner().organisation.expect("an organisation");
        Unit { id: found.organisation_id, code: found.code }
    }

    /// The database of a service, as the owner of its schema.
    pub fn pool(&self, service: &str) -> &PgPool {
        &self.pools[service]
    }

    /// The databases by service.
    pub fn pools(&self) -> &BTreeMap<&'static str, PgPool> {
        &self.pools
    }

    /// Waits until everybody has followed everybody.
    pub async fn settled(&self) {
        feeds::followed(&self.pools).await;
    }

    /// All that the services have written, when they are at rest.
    pub async fn rows(&self) -> Rows {
        self.settled().await;
        let mut all = Rows::new();
        for (service, pool) in &self.pools {
            all.extend(rows::of(service, pool).await);
        }
        all
    }

    /// A token of the development issuer that says what it likes.
    pub fn forged(&self, subject: &str, audience: &str, from: i64, until: i64) -> String {
        sign(self.system.directory(), self.system.issuer().issuer(), subject, audience, from, until)
    }
}

/// A database, for looking into it.
async fn pool(url: &str) -> PgPool {
    let pool = PgPoolOptions::new().max_connections(4).connect(url).await;
    pool.expect("connected to a database")
}

/// A line of a load, of the day on which everything begins.
pub fn line(code: &str, organisation_type: &str, superior_code: &str) -> load::Line {
    let grassroots = matches!(organisation_type, "CDCS" | "ND_CS");
    load::Line {
        code: code.to_owned(),
        name: format!("Tổ chức {code}"),
        r#type: organisation_type.to_owned(),
        sector: if grassroots { "NNN_CP".to_owned() } else { String::new() },
        superior_code: superior_code.to_owned(),
        founded_on: civil(OPENED_ON),
        ..load::Line::default()
    }
}

/// The messages of a load.
pub fn load_messages(request_id: String, lines: &[load::Line]) -> Vec<LoadOrganisationsRequest> {
    let header = load::Header { request_id, ..load::Header::default() };
    let header = LoadOrganisationsRequest { part: Some(load::Part::Header(header)) };
    let lines = lines.chunks(LINES_PER_MESSAGE).map(|lines| LoadOrganisationsRequest {
        part: Some(load::Part::Lines(load::Lines { lines: lines.to_vec() })),
    });
    std::iter::once(header).chain(lines).collect()
}

/// An admission.
pub fn admission(union: &Unit, on: Date, lines: Vec<PersonLine>) -> AdmitMembersRequest {
    AdmitMembersRequest {
        request_id: made_up::request_id(),
        organisation_id: union.id.clone(),
        kind: AdmissionKind::Admitted.into(),
        effective_on: civil(on),
        lines,
        ..AdmitMembersRequest::default()
    }
}

fn civil(date: Date) -> Option<CivilDate> {
    made_up::on(date)
}

/// Signs with the development issuer's own key, which lies in the system's directory.
fn sign(
    directory: &Path,
    issuer: &str,
    subject: &str,
    audience: &str,
    from: i64,
    until: i64,
) -> String {
    let folder = directory.join("issuer");
    let key = std::fs::read(folder.join("key.pk8")).expect("the issuer's key");
    let keys = std::fs::read(folder.join("jwks.json")).expect("the issuer's public key");
    let keys: serde_json::Value = serde_json::from_slice(&keys).expect("JSON");
    let mut header = Header::new(Algorithm::ES256);
    header.kid = keys["keys"][0]["kid"].as_str().map(str::to_owned);
    let now = jsonwebtoken::get_current_timestamp().cast_signed();
    let claims = json!({
        "iss": issuer,
        "sub": subject,
        "aud": audience,
        "iat": now + from,
        "nbf": now + from,
        "exp": now + until,
    });
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ec_der(&key)).expect("signed")
}
