//! Restructuring plans: what is collected, how it is tried, and what a trial finds.
//!
//! A trial is a handful of scripts over temporary tables: whom the steps mean
//! (`resolve.sql`), what they would do (`effects.sql`), the tree that they would leave
//! (`tree_after.sql`), and what stands against it (`check.sql`). A dry run notes what it has
//! seen of the feed before (`begin.sql`), counts units before and after (`counts.sql`) and
//! keeps what was found (`keep.sql`). A commit makes the same trial again under the locks of
//! its act, compares (`outdated.sql`), and writes the dated tables from the same temporary
//! tables (`commit.sql`). No step is looked at by itself, and nothing but what is published
//! leaves the database.
//!
//! The statements are not checked when the program is compiled, as others are: the tables
//! that they read are made by the statements before them. Every one of them runs in the
//! tests of plans.

use chassis::access::unknown_or_denied;
use chassis::database::Acting;
use chassis::refusal::{Failure, Refusal};
use feeds::registry::{EndKind, MembersOutcome};
use sqlx::{AssertSqlSafe, PgConnection};
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::plan::operation::Progress;

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// thành lập
    Found,
    /// kết thúc
    End,
    /// chuyển giao
    HandOver,
    /// đổi tên
    Rename,
    /// nâng cấp, hạ cấp: it becomes one of another type
    ChangeType,
}

impl StepKind {
    /// As the schema writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Found => "FOUND",
            Self::End => "END",
            Self::HandOver => "HAND_OVER",
            Self::Rename => "RENAME",
            Self::ChangeType => "CHANGE_TYPE",
        }
    }

    /// As the schema wrote it.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Found, Self::End, Self::HandOver, Self::Rename, Self::ChangeType]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// What becomes of the members of a unit that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembersGo {
    /// To the union that the step names.
    Rehomed,
    /// They continue directly under the superior.
    ToSuperior,
    /// Membership ends with the union.
    MembershipEnds,
}

impl MembersGo {
    /// As the schema writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Rehomed => "REHOMED",
            Self::ToSuperior => "TO_SUPERIOR",
            Self::MembershipEnds => "MEMBERSHIP_ENDS",
        }
    }

    /// As the schema wrote it.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Rehomed, Self::ToSuperior, Self::MembershipEnds]
            .into_iter()
            .find(|outcome| outcome.code() == code)
    }

    /// With the union that they go to; none where one is needed and missing.
    pub fn to(self, rehome_to_id: Option<Uuid>) -> Option<MembersOutcome> {
        match self {
            Self::Rehomed => rehome_to_id.map(MembersOutcome::Rehomed),
            Self::ToSuperior => Some(MembersOutcome::ToSuperior),
            Self::MembershipEnds => Some(MembersOutcome::MembershipEnds),
        }
    }
}

/// One step, as it was given; what its kind has no use for is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// From 1, once in the plan.
    pub line: i32,
    /// What it does.
    pub kind: StepKind,
    /// Whom it is about, by id or code; of a founding, the new code.
    pub unit: String,
    /// A new name.
    pub name: String,
    /// A new short name.
    pub short_name: String,
    /// A new code, of a renaming.
    pub code: String,
    /// Of a founding, and of a change of type.
    pub type_code: String,
    /// Of a founding, and of a change of type.
    pub sector: String,
    /// Of a founding; empty where it is not stated.
    pub industry: String,
    /// By id or code, as are the units below.
    pub superior: String,
    /// How the unit ends.
    pub end_kind: Option<EndKind>,
    /// The one heir.
    pub successor: String,
    /// What becomes of the members of a unit that ends.
    pub members_outcome: Option<MembersGo>,
    /// The union that they go to.
    pub rehome_to: String,
    /// Who takes subordinates that no step of their own ends or moves.
    pub subordinates_to: String,
}

impl Step {
    /// The steps that a plan has under these lines.
    pub async fn of_lines(
        acting: &mut Acting,
        plan_id: Uuid,
        lines: &[i32],
    ) -> Result<Vec<Self>, Failure> {
        let rows = sqlx::query!(
            "select * from plan_step where plan_id = $1 and line = any($2::int[])",
            plan_id,
            lines,
        )
        .fetch_all(acting.db())
        .await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(Self {
                    line: row.line,
                    kind: StepKind::parse(&row.kind)?,
                    unit: row.unit,
                    name: row.name,
                    short_name: row.short_name,
                    code: row.code,
                    type_code: row.r#type,
                    sector: row.sector,
                    industry: row.industry,
                    superior: row.superior,
                    end_kind: EndKind::parse(&row.end_kind),
                    successor: row.successor,
                    members_outcome: MembersGo::parse(&row.members_outcome),
                    rehome_to: row.rehome_to,
                    subordinates_to: row.subordinates_to,
                })
            })
            .collect())
    }
}

/// Refuses steps, each named with its own reason, if there are any; beside them stand the lines
/// under which their caller knows them.
pub fn steps_refused(count: usize, refusals: Vec<(i32, Refusal)>) -> Result<(), Failure> {
    if count == 0 {
        return Ok(());
    }
    let lines = listed(refusals.iter().map(|(line, _)| *line));
    let whole = Refused::LinesRefused { refused: count }.refusal().with("lines", lines);
    let refusals = refusals.into_iter().map(|(_, refusal)| refusal);
    Err(refusals.fold(whole, Refusal::and).into())
}

/// Lines as the metadata of a refusal says them: `3,7,12`, each once.
pub fn listed(lines: impl Iterator<Item = i32>) -> String {
    let mut lines: Vec<i32> = lines.collect();
    lines.sort_unstable();
    lines.dedup();
    let texts: Vec<String> = lines.iter().map(i32::to_string).collect();
    texts.join(",")
}

/// A plan as an act or an operation needs to know it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// UUIDv7.
    pub plan_id: Uuid,
    /// From when all of its steps hold.
    pub effective_on: Date,
    /// What it rests on.
    pub decision_id: Uuid,
    /// The act that its commit was.
    pub committed_by: Option<Uuid>,
    /// It was taken back.
    pub undone: bool,
    /// An operation of it is not done.
    pub under_way: bool,
    /// The last dry run that succeeded.
    pub dry_run_id: Option<Uuid>,
    /// It has steps.
    pub has_steps: bool,
}

impl Plan {
    /// The plan, locked: nobody adds steps to it or begins an operation meanwhile.
    pub async fn take(acting: &mut Acting, plan_id: Uuid) -> Result<Self, Failure> {
        let locked = sqlx::query_scalar!(
            r#"select true as "locked!" from plan
               where plan_id = $1 and access.covers(organisation_id)
               for update"#,
            plan_id,
        )
        .fetch_optional(acting.db())
        .await?;
        if locked.is_none() {
            let refusal = Refused::PlanUnknown { plan_id }.at("plan_id");
            return Err(unknown_or_denied(acting.db(), refusal).await);
        }
        let plan = sqlx::query_as!(
            Self,
            r#"select plan_id, effective_on, decision_id,
                      (select act_id from operation
                       where operation.plan_id = plan.plan_id and kind = 'COMMIT'
                         and state = 'SUCCEEDED') as committed_by,
                      exists (select from operation join act_undone using (act_id)
               where operation.plan_id = plan.plan_id and kind = 'COMMIT') as "undone!",
                      exists (select from operation
                              where operation.plan_id = plan.plan_id
                                and state = 'WAITING') as "under_way!",
                      (select operation_id from operation
                       where operation.plan_id = plan.plan_id and kind = 'DRY_RUN'
                         and state = 'SUCCEEDED'
                       order by operation_id desc limit 1) as dry_run_id,
                      exists (select from plan_step
                              where plan_step.plan_id = plan.plan_id) as "has_steps!"
               from plan
               where plan_id = $1 and access.covers(organisation_id)"#,
            plan_id,
        )
        .fetch_one(acting.db())
        .await?;
        Ok(plan)
    }

    /// The plan, locked as `take` does it, unless an operation of it is under way: whoever does
    /// that holds the plan for as long as it takes, and nobody is kept waiting to be refused.
    pub async fn take_idle(
        acting: &mut Acting,
        field: &str,
        plan_id: Uuid,
    ) -> Result<Self, Failure> {
        let under_way = sqlx::query_scalar!(
            r#"select exists (select from operation
                              where operation.plan_id = plan.plan_id
                                and state = 'WAITING') as "under_way!"
               from plan
               where plan_id = $1 and access.covers(organisation_id)"#,
            plan_id,
        )
        .fetch_optional(acting.db())
        .await?;
        if under_way == Some(true) {
            return Err(Refused::OperationUnderWay { plan_id }.at(field));
        }
        let plan = Self::take(acting, plan_id).await?;
        // One may have been asked for since we looked.
        plan.is_idle().map_err(|refused| refused.at(field))?;
        Ok(plan)
    }

    /// It was neither committed nor undone.
    pub fn is_draft(&self) -> Result<(), Refused> {
        if self.committed_by.is_some() || self.undone {
            return Err(Refused::PlanClosed { plan_id: self.plan_id });
        }
        Ok(())
    }

    fn is_idle(&self) -> Result<(), Refused> {
        if self.under_way {
            return Err(Refused::OperationUnderWay { plan_id: self.plan_id });
        }
        Ok(())
    }
}

/// The stages of a trial.
const TRIAL: [(&str, &str); 4] = [
    ("RESOLVE", include_str!("steps/resolve.sql")),
    ("EFFECTS", include_str!("steps/effects.sql")),
    ("TREE", include_str!("steps/tree_after.sql")),
    ("CHECK", include_str!("steps/check.sql")),
];

/// How many stages a trial has.
pub const TRIAL_STAGES: usize = TRIAL.len();

/// Makes a trial of the plan's steps, in temporary tables that last until the act ends.
pub async fn make_trial(
    acting: &mut Acting,
    plan: &Plan,
    progress: &mut Progress,
) -> Result<(), Failure> {
    let variables = Variables::of(acting, plan);
    for (stage, script) in TRIAL {
        progress.begins(stage).await;
        variables.run(acting.db(), script).await?;
    }
    Ok(())
}

/// The conflicts of the trial that block, and the first of them.
pub async fn conflicts(
    db: &mut PgConnection,
    plan: &Plan,
) -> Result<(i64, Vec<Conflict>), Failure> {
    let blocking = sqlx::query_scalar("select count(*) from plan_against where blocks")
        .fetch_one(&mut *db)
        .await?;
    let first = sqlx::query_as(
        // Who it is about by the code that the plan's file has, as ListPlanConflicts tells it.
        "select line, field, reason,
                coalesce(given.unit,
                         (select code.code from organisation_code code
                          where code.organisation_id = known.organisation_id
                            and upper_inf(code.recorded) and access.covers(code.organisation_id)
                          order by code.valid @> ($1::date - 1) desc, lower(code.valid) desc
                          limit 1),
                         against.subject) as about
         from (select * from plan_against where blocks
               order by line, field, reason, subject limit 100) against
         cross join lateral (
             select case when length(against.subject) = 36
                              and against.subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                         then against.subject::uuid end as organisation_id) known
         left join (select founded_id, unit from plan_step where plan_id = $2) given
           on given.founded_id = known.organisation_id
         order by line, field, reason, subject",
    )
    .bind(plan.effective_on)
    .bind(plan.plan_id)
    .fetch_all(db)
    .await?;
    Ok((blocking, first))
}

/// Something against a plan, in short: line, field, reason, and whom it is about.
pub type Conflict = (i32, String, String, String);

/// What the scripts are about. They are written for psql, which knows `:'name'`.
pub struct Variables {
    plan_id: Uuid,
    on: Date,
    decision_id: Uuid,
    act_id: Uuid,
    acted_at: OffsetDateTime,
    operation_id: Uuid,
}

impl Variables {
    /// Those of an act on a plan.
    pub fn of(acting: &Acting, plan: &Plan) -> Self {
        Self {
            plan_id: plan.plan_id,
            on: plan.effective_on,
            decision_id: plan.decision_id,
            act_id: acting.act_id,
            acted_at: acting.acted_at,
            operation_id: Uuid::nil(),
        }
    }

    /// With the operation under which something is kept.
    pub fn kept_under(self, operation_id: Uuid) -> Self {
        Self { operation_id, ..self }
    }

    /// Runs a script. Ids, a date and an instant take the places of its variables, and no
    /// text of anybody's: the planner knows the date, and nothing needs to be quoted.
    pub async fn run(&self, db: &mut PgConnection, script: &str) -> Result<(), Failure> {
        // Microseconds, cut off: what a bound parameter would be.
        let instant = format_description!(
            "[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:6]+00"
        );
        let acted_at = self
            .acted_at
            .to_offset(UtcOffset::UTC)
            .format(instant)
            .map_err(|error| Failure::Failed(anyhow::Error::new(error)))?;
        let filled = script
            .replace(":'plan_id'", &format!("'{}'", self.plan_id))
            .replace(":'on_date'", &format!("'{}'", self.on))
            .replace(":'decision_id'", &format!("'{}'", self.decision_id))
            .replace(":'act_id'", &format!("'{}'", self.act_id))
            .replace(":'acted_at'", &format!("'{acted_at}'"))
            .replace(":'operation_id'", &format!("'{}'", self.operation_id));
        sqlx::raw_sql(AssertSqlSafe(filled)).execute(db).await?;
        Ok(())
    }
}
