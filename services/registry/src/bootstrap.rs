//! The first act of all: the Confederation is founded, and somebody may administer it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, ensure};
use chassis::access::roles;
use chassis::database::civil_date;
use chassis::feed::{self, ActStamp};
use feeds::registry as fact;
use feeds::registry::Event;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};
use time::macros::date;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::tree::{self, NewOrganisation, Origin, Record};

/// The founding congress of the Red Workers' Union, from which the Confederation counts.
const FOUNDED_ON: Date = date!(1929 - 07 - 28);
const CODE: &str = "TLD";
const NAME: &str = "Tổng Liên đoàn Lao động Việt Nam";
const SHORT_NAME: &str = "TLĐLĐVN";
const TYPE: &str = "TLD";
const ROLE: &str = "ADMINISTRATOR";
/// How changes name the actor.
const ACTOR: &str = "bootstrap";
/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The register has organisations already: it is bootstrapped once.
#[derive(Clone, Copy, Debug)]
pub struct AlreadyBootstrapped;

impl fmt::Display for AlreadyBootstrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the register has organisations already: it is bootstrapped once")
    }
}

impl std::error::Error for AlreadyBootstrapped {}

/// Founds the Confederation and makes a subject its administrator, in one transaction
/// through the role that owns the schema; answers the Confederation's id. Refuses when any
/// organisation exists.
pub async fn bootstrap(owner_url: &str, issuer: &str, subject: &str) -> anyhow::Result<Uuid> {
    ensure!(!issuer.is_empty() && !subject.is_empty(), "name an issuer and a subject");
    ensure!(roles::exists(ROLE), "there is no role {ROLE}");
    let options = PgConnectOptions::from_str(owner_url)
        .context("read the owner's url")?
        .application_name(ACTOR);
    // One connection first, which fails at once where nobody answers: a pool would ask again and
    // again until its time is over.
    let first = tokio::time::timeout(PATIENCE, options.connect()).await;
    let first = first.unwrap_or(Err(sqlx::Error::PoolTimedOut));
    first.context("connect as the schema's owner")?.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await
        .context("connect as the schema's owner")?;
    let mut transaction = pool.begin().await?;

    // Two who bootstrap at once queue here: the second finds an organisation.
    sqlx::query("lock table organisation in share row exclusive mode")
        .execute(&mut *transaction)
        .await?;
    let organisations = sqlx::query_scalar!(r#"select count(*) as "count!" from organisation"#)
        .fetch_one(&mut *transaction)
        .await?;
    ensure!(organisations == 0, AlreadyBootstrapped);

    let at = OffsetDateTime::now_utc();
    let today = civil_date(at);
    let act_id = Uuid::now_v7();
    let confederation = NewOrganisation {
        organisation_id: Uuid::now_v7(),
        code: CODE.to_string(),
        name: NAME.to_string(),
        short_name: SHORT_NAME.to_string(),
        type_code: TYPE.to_string(),
        sector: None,
        industry: None,
        superior_id: None,
        founded_on: FOUNDED_ON,
        congress_on: Some(FOUNDED_ON),
        has_subordinates: false,
    };
    let organisation_id = confederation.organisation_id;
    let founded = [confederation];
    let record = Record { act_id, at, decision_id: None };
    tree::insert(&mut transaction, &founded, Origin::Founded, record).await?;
    let grant_id = Uuid::now_v7();
    sqlx::query!(
        "insert into role_grant (grant_id, issuer, subject, role, organisation_id, valid,
                                 recorded, act_id)
         values ($1, $2, $3, $4, $5, daterange($6, null), tstzrange($7, null), $8)",
        grant_id,
        issuer,
        subject,
        ROLE,
        organisation_id,
        today,
        at,
        act_id,
    )
    .execute(&mut *transaction)
    .await?;

    let mut changes = founded[0].founding(Vec::new(), None);
    let granted = Event::GrantMade(fact::Grant {
        grant_id,
        issuer: issuer.to_string(),
        subject: subject.to_string(),
        role: ROLE.to_string(),
        organisation_id,
        until_on: None,
    });
    changes.extend(granted.on(today, None));
    let stamp = ActStamp {
        act_id,
        acted_at: at,
        actor: ACTOR.to_string(),
        traceparent: chassis::telemetry::traceparent(),
        registry_position: 0,
    };
    feed::append(&mut transaction, &stamp, changes).await?;
    transaction.commit().await?;
    feed::announce_pending(&pool).await?;
    pool.close().await;
    Ok(organisation_id)
}
