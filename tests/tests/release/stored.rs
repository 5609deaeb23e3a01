//! The databases of the last release, made again.

use std::collections::BTreeMap;
use std::str::FromStr;

use chassis::cluster::{ServiceDatabase, provision, testing};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use system::OWNERS;
use tests::release;
use uuid::Uuid;

/// A database of each service, as the last release left it: an empty one of a service that it did
/// not have.
pub async fn restored() -> BTreeMap<&'static str, ServiceDatabase> {
    let superuser_url = std::env::var(testing::VARIABLE).expect("tests have a PostgreSQL");
    let options = PgConnectOptions::from_str(&superuser_url).expect("an address");
    let mut restored = BTreeMap::new();
    for service in OWNERS {
        let name = format!("release_{service}_{}", Uuid::new_v4().simple());
        provision(&superuser_url, service, &name).await.expect("provisioned");
        let of = |role: &str| options.clone().username(role).database(&name);
        let owner = of(&format!("{service}_owner"));
        if release::had(service) {
            let text = release::read(&format!("{service}.sql.gz"));
            let text = String::from_utf8(text).expect("UTF-8");
            let mut connection = owner.connect().await.expect("connected");
            sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.expect("restored");
            connection.close().await.expect("closed");
        }
        let database = ServiceDatabase {
            owner_url: owner.to_url_lossy().to_string(),
            url: of(service).to_url_lossy().to_string(),
        };
        restored.insert(service, database);
    }
    restored
}

/// What a database is made of, but for what is in it: by what it is called, how it is defined.
pub async fn catalogue(url: &str) -> BTreeMap<String, String> {
    let mut connection = PgConnection::connect(url).await.expect("connected");
    let rows: Vec<(String, String)> = sqlx::query_as(
        "with own as (
             select oid, nspname from pg_namespace
             where nspname in ('public', 'feed', 'act', 'access')
         ), extended as (
             select objid from pg_depend where deptype = 'e'
         )
         select format('function %s.%s(%s)', nspname, proname,
                       pg_get_function_identity_arguments(proc.oid)),
                pg_get_functiondef(proc.oid)
         from pg_proc proc join own on own.oid = pronamespace
         where prokind = 'f' and proc.oid not in (select objid from extended)
         union all
         select format('view %s.%s', nspname, relname), pg_get_viewdef(class.oid)
         from pg_class class join own on own.oid = relnamespace where relkind = 'v'
         union all
         select format('column %s.%s.%s', nspname, relname, attname),
                format('%s%s%s%s', format_type(atttypid, atttypmod),
                       case when attnotnull then ' not null' else '' end,
                       ' ' || attidentity::text || attgenerated::text,
                       ' default ' || pg_get_expr(adbin, adrelid))
         from pg_attribute
         join pg_class class on class.oid = attrelid
         join own on own.oid = relnamespace
         left join pg_attrdef on adrelid = attrelid and adnum = attnum
         where relkind = 'r' and attnum > 0 and not attisdropped
         union all
         select format('index %s.%s', nspname, relname), pg_get_indexdef(class.oid)
         from pg_class class join own on own.oid = relnamespace where relkind = 'i'
         union all
         select format('constraint %s.%s on %s', nspname, conname, conrelid::regclass),
                pg_get_constraintdef(pg_constraint.oid)
         from pg_constraint join own on own.oid = connamespace
         union all
         select format('trigger %s on %s', tgname, tgrelid::regclass),
                pg_get_triggerdef(pg_trigger.oid)
         from pg_trigger where not tgisinternal",
    )
    .fetch_all(&mut connection)
    .await
    .expect("read");
    rows.into_iter().collect()
}
