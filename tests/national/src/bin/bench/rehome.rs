//! A million people who continue elsewhere: the unions that they are members of merge into ones
//! that are founded for them under their superior, by one plan. Meanwhile readers look at them,
//! who must find everybody in one union, never in neither or in both.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use proto::membership::v1::{CountMembersRequest, GetMemberRequest};
use proto::registry::v1::plan_step::Kind as Step;
use proto::registry::v1::{EndKind, MembersOutcome, PlanStep};
use sqlx::PgPool;
use system::Client;
use time::Date;
use time::macros::date;
use tokio::task::JoinSet;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::country::{ADMINISTRATOR, Country};
use crate::lines::{Bar, Lines};
use crate::plan;

/// So many people continue elsewhere, as far as there are so many.
const PEOPLE: i64 = 1_000_000;
/// The first day on which the merged unions no longer exist: after all that happened to them.
const MERGED_ON: Date = date!(2026 - 11 - 01);
/// Types of superiors that the restructuring ended: unions are founded below none of them since.
const OF_2025: [&str; 4] = ["LDLD_HUYEN", "CDN_DP", "CD_VC_TINH", "CD_KHOI_TINH"];
/// Whom the readers ask for by id, in turn.
const ASKED_FOR: i64 = 2_000;
const READERS: usize = 3;
/// The most unions that a call counts the members of.
const COUNTED: usize = 1_000;

pub async fn measure(
    country: &Country,
    membership: &PgPool,
    lines: &mut Lines,
) -> anyhow::Result<()> {
    let unions = unions(country, membership).await?;
    let people: i64 = unions.iter().map(|union| union.members).sum();
    let steps = steps(&unions);
    let plan_id =
        plan::create(country, "Hợp nhất công đoàn cơ sở", "2026/QĐ-TLĐ", MERGED_ON).await?;
    plan::add(country, &plan_id, steps).await?;
    country.analyze().await?;
    plan::try_out(country, &plan_id).await?;

    let readers = Readers::start(country, membership, &unions).await?;
    plan::commit(country, &plan_id).await?;
    let begun = Instant::now();
    country.followed("membership").await?;
    let followed = begun.elapsed().as_secs_f64();
    until_done(membership).await?;
    let took = begun.elapsed().as_secs_f64();
    let read = readers.stop().await?;

    let work = format!("re-home {people} members of {} merged unions", unions.len());
    lines.add("membership", work, (took, "s"), None, Bar::Under(60.0));
    let work = format!("of {} reads meanwhile: in neither or in both", read.reads);
    lines.add("membership", work, (read.wrong as f64, "reads"), None, Bar::Exactly(0.0));
    let work = "until membership has followed, and goes on with it";
    lines.add("membership", work, (followed, "s"), None, Bar::None);
    let work = "the longest that a reader was told meanwhile to ask again";
    lines.add("membership", work, (read.unanswered.as_secs_f64(), "s"), None, Bar::None);
    let left: i64 = sqlx::query_scalar(
        "select count(*) from membership
         where organisation_id = any ($1) and (until_on is null or until_on > $2)",
    )
    .bind(unions.iter().map(|union| union.organisation_id).collect::<Vec<_>>())
    .bind(MERGED_ON)
    .fetch_one(membership)
    .await?;
    let work = "members whom the merged unions still have";
    lines.add("membership", work, (left as f64, "people"), None, Bar::Exactly(0.0));
    Ok(())
}

/// Waits until nothing is left of what the plan means for members.
async fn until_done(membership: &PgPool) -> anyhow::Result<()> {
    while sqlx::query_scalar("select exists (select from consequence where finished_at is null)")
        .fetch_one(membership)
        .await?
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// A union that has members.
struct Union {
    organisation_id: Uuid,
    /// Those under one superior merge into one.
    superior_id: Uuid,
    /// Under whom that one stands.
    above_id: Uuid,
    members: i64,
}

/// Unions that have a million members together, or all that have members.
async fn unions(country: &Country, membership: &PgPool) -> anyhow::Result<Vec<Union>> {
    let counts: Vec<(Uuid, i64)> = sqlx::query_as(
        "select organisation_id, members from (
             select organisation_id, count(*) as members,
                    sum(count(*)) over (order by organisation_id) - count(*) as before
             from membership where until_on is null group by organisation_id
         ) counted
         where before < $1 order by organisation_id",
    )
    .bind(PEOPLE)
    .fetch_all(membership)
    .await?;
    let (ids, members): (Vec<Uuid>, Vec<i64>) = counts.into_iter().unzip();
    let rows: Vec<(Uuid, Uuid, Uuid, i64)> = sqlx::query_as(
        "select asked.organisation_id, parent.superior_id,
                case when type.type = any ($4) then above.superior_id
                     else parent.superior_id end,
                members
         from unnest($1::uuid[], $2::bigint[]) as asked (organisation_id, members)
         join organisation_parent parent on parent.organisation_id = asked.organisation_id
         join organisation_type type on type.organisation_id = parent.superior_id
         join organisation_parent above on above.organisation_id = parent.superior_id
         where upper_inf(parent.recorded) and parent.valid @> $3
           and upper_inf(type.recorded) and type.valid @> $3
           and upper_inf(above.recorded) and above.valid @> $3
         order by parent.superior_id, asked.organisation_id",
    )
    .bind(ids)
    .bind(members)
    .bind(MERGED_ON)
    .bind(OF_2025.map(str::to_owned).to_vec())
    .fetch_all(&country.registry)
    .await?;
    ensure!(!rows.is_empty(), "no union has members");
    let union = |(organisation_id, superior_id, above_id, members)| Union {
        organisation_id,
        superior_id,
        above_id,
        members,
    };
    Ok(rows.into_iter().map(union).collect())
}

/// The code of the union into which those under a superior merge.
fn receiver(superior_id: Uuid) -> String {
    format!("HN-{}", superior_id.simple())
}

fn steps(unions: &[Union]) -> Vec<PlanStep> {
    let superiors: BTreeMap<Uuid, Uuid> =
        unions.iter().map(|union| (union.superior_id, union.above_id)).collect();
    let founded = superiors.into_iter().map(|(superior_id, above_id)| PlanStep {
        kind: Step::Found.into(),
        unit: receiver(superior_id),
        name: format!("Công đoàn cơ sở hợp nhất {}", superior_id.simple()),
        r#type: "CDCS".to_owned(),
        sector: "NNN_TNHH".to_owned(),
        superior: above_id.to_string(),
        ..PlanStep::default()
    });
    let ended = unions.iter().map(|union| PlanStep {
        kind: Step::End.into(),
        unit: union.organisation_id.to_string(),
        end_kind: EndKind::Merged.into(),
        successor: receiver(union.superior_id),
        members_outcome: MembersOutcome::Rehomed.into(),
        rehome_to: receiver(union.superior_id),
        ..PlanStep::default()
    });
    founded.chain(ended).zip(1..).map(|(step, line)| PlanStep { line, ..step }).collect()
}

/// Clients who look at the people who are moved, all the time.
struct Readers {
    enough: Arc<AtomicBool>,
    at_work: JoinSet<anyhow::Result<Reader>>,
}

/// What a reader has seen.
struct Reader {
    enough: Arc<AtomicBool>,
    reads: u64,
    wrong: u64,
    answered_at: Instant,
    /// The longest time in which it was told to ask again.
    unanswered: Duration,
}

impl Reader {
    fn enough(&self) -> bool {
        self.enough.load(Ordering::Relaxed)
    }

    /// An answer, unless it is to ask again.
    fn answered<T>(&mut self, answer: Result<T, Status>) -> anyhow::Result<Option<T>> {
        self.unanswered = self.unanswered.max(self.answered_at.elapsed());
        match answer {
            Ok(answer) => {
                self.answered_at = Instant::now();
                Ok(Some(answer))
            }
            Err(status) if status.code() == Code::Unavailable => Ok(None),
            Err(status) => Err(status.into()),
        }
    }

    fn read(&mut self, right: bool) {
        self.reads += 1;
        self.wrong += u64::from(!right);
    }
}

impl Readers {
    async fn start(
        country: &Country,
        membership: &PgPool,
        unions: &[Union],
    ) -> anyhow::Result<Self> {
        let ids: Vec<Uuid> = unions.iter().map(|union| union.organisation_id).collect();
        let people: Vec<String> = sqlx::query_scalar(
            "select person_id::text from membership
             where organisation_id = any ($1) and until_on is null
             order by md5(person_id::text) limit $2",
        )
        .bind(ids)
        .bind(ASKED_FOR)
        .fetch_all(membership)
        .await?;
        let people = Arc::new(people);
        let mut readers = Self { enough: Arc::default(), at_work: JoinSet::new() };
        for n in 0..READERS {
            let client = client(country).await?;
            let people = people.clone();
            let mut seen = readers.reader();
            readers.at_work.spawn(async move {
                let mut turn = n;
                while !seen.enough() {
                    let person_id = people[turn % people.len()].clone();
                    let Some(unions) = seen.answered(unions_of(&client, person_id).await)? else {
                        continue;
                    };
                    seen.read(unions == 1);
                    turn += READERS;
                }
                Ok(seen)
            });
        }

        // Those under one superior, before and after: together they have as many all the time.
        let mut of_one: BTreeMap<Uuid, Vec<&Union>> = BTreeMap::new();
        for union in unions {
            of_one.entry(union.superior_id).or_default().push(union);
        }
        let counted = of_one.into_iter().filter(|(_, under)| under.len() < COUNTED);
        let counted = counted.max_by_key(|(_, under)| under.len());
        if let Some((superior_id, under)) = counted {
            let members: i64 = under.iter().map(|union| union.members).sum();
            let ids = under.iter().map(|union| union.organisation_id.to_string()).collect();
            let client = client(country).await?;
            let registry = country.registry.clone();
            let mut seen = readers.reader();
            readers.at_work.spawn(async move {
                let mut ids: Vec<String> = ids;
                let before = ids.len();
                while !seen.enough() {
                    if ids.len() == before {
                        ids.extend(bearer(&registry, &receiver(superior_id)).await?);
                    }
                    let request = CountMembersRequest {
                        organisation_ids: ids.clone(),
                        ..CountMembersRequest::default()
                    };
                    // Membership may not know yet whom registry has founded.
                    let counted = match client.memberships().count_members(request).await {
                        Err(status) if status.code() == Code::NotFound => {
                            ids.truncate(before);
                            continue;
                        }
                        counted => seen.answered(counted)?,
                    };
                    let Some(counted) = counted else { continue };
                    let counts = counted.into_inner().counts;
                    let counted: i64 = counts.iter().map(|count| i64::from(count.members)).sum();
                    seen.read(counted == members);
                }
                Ok(seen)
            });
        }
        Ok(readers)
    }

    fn reader(&self) -> Reader {
        Reader {
            enough: self.enough.clone(),
            reads: 0,
            wrong: 0,
            answered_at: Instant::now(),
            unanswered: Duration::ZERO,
        }
    }

    /// What all have seen together.
    async fn stop(mut self) -> anyhow::Result<Reader> {
        self.enough.store(true, Ordering::Relaxed);
        let mut all = self.reader();
        while let Some(reader) = self.at_work.join_next().await {
            let one = reader.context("a reader of the bench")??;
            all.reads += one.reads;
            all.wrong += one.wrong;
            all.unanswered = all.unanswered.max(one.unanswered);
        }
        Ok(all)
    }
}

async fn client(country: &Country) -> anyhow::Result<Client> {
    let token = country.system.issuer().token(ADMINISTRATOR)?;
    Ok(Client::connect(&country.system.gateway(), &token).await?)
}

/// How many unions count the person today.
async fn unions_of(client: &Client, person_id: String) -> Result<usize, Status> {
    let request = GetMemberRequest { person_id, known_at: None };
    let found = client.memberships().get_member(request).await?.into_inner();
    Ok(found.memberships.iter().filter(|membership| membership.until_on.is_none()).count())
}

/// The organisation that bears the code, once it is founded.
async fn bearer(registry: &PgPool, code: &str) -> anyhow::Result<Option<String>> {
    let found = sqlx::query_scalar(
        "select organisation_id::text from organisation_code where code = $1 and upper_inf(recorded)",
    )
    .bind(code)
    .fetch_optional(registry)
    .await?;
    Ok(found)
}
