//! Applies a batch of an import: judges its lines, takes in whom it may, and writes what became
//! of each, in one transaction.

use std::sync::Arc;

use chassis::call::Call;
use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, Language, Refusal};
use serde::{Deserialize, Serialize};
use time::Date;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::ground::consequence;
use crate::ground::duplicates;
use crate::ground::joining::joined;
use crate::ground::keys::{Keys, Sealed};
use crate::ground::quota::Quota;
use crate::import::judge::{Admitted, Earlier, Judged, Outcome, judge};
use crate::import::known::Known;
use crate::import::line::{Batch, Joining, Line, Who};
use crate::import::terms::Terms;
use crate::import::write;

/// A batch to be applied.
#[derive(Clone)]
pub struct ApplyBatch {
    /// Who imports.
    pub call: Call,
    /// How many numbers she may be told of.
    pub quota: Quota,
    /// Seals what lines said.
    pub keys: Arc<Keys>,
    /// Which import.
    pub import: Uuid,
    /// What its header says.
    pub terms: Arc<Terms>,
    /// The lines.
    pub batch: Arc<Batch>,
    /// Where nothing is written, what the lines before would have done.
    pub earlier: Arc<Mutex<Earlier>>,
}

/// What became of a batch.
#[derive(Debug, Serialize, Deserialize)]
pub struct Applied {
    /// The act that applied it.
    pub act_id: Uuid,
    /// The import has come to something else meanwhile.
    pub crossed: bool,
}

impl Act for ApplyBatch {
    type Answer = Applied;

    async fn perform(self, acting: &mut Acting) -> Result<Applied, Failure> {
        let act_id = acting.act_id;
        if !self.is_next(acting).await? {
            let done_by = self.done_by(acting).await?;
            return Ok(Applied { act_id: done_by.unwrap_or(act_id), crossed: done_by.is_none() });
        }
        let known = Known::of(acting, self.import, &self.terms, &self.batch).await?;
        let judged = {
            let mut earlier = self.earlier.lock().await;
            if !self.terms.validate_only {
                *earlier = Earlier::default();
            }
            judge(&self.batch, &self.terms, &known, &mut earlier)
        };
        if !self.terms.validate_only {
            self.take_in(acting, &known, &judged).await?;
        }
        self.tell(acting, &judged).await?;
        // What is told of numbers that are taken counts as asked about: where it would be more
        // than she may ask about, the batch is not done, and nothing of it is told.
        self.quota.count(&self.call, judged.numbers_told).await?;
        Ok(Applied { act_id, crossed: false })
    }
}

impl ApplyBatch {
    /// Locks the import, and looks whether this batch is what it has come to.
    async fn is_next(&self, acting: &mut Acting) -> Result<bool, Failure> {
        let lines_done = sqlx::query_scalar!(
            "select lines_done from member_import where import_key = $1 for update",
            self.import,
        )
        .fetch_optional(acting.db())
        .await?;
        Ok(lines_done == Some(self.batch.first_line))
    }

    /// The act that has applied this very batch: one that a call left behind when it broke off ends
    /// after whoever goes on has asked how far the import had come. Where nobody is taken in, what the
    /// batch would have done is known to the other call only.
    async fn done_by(&self, acting: &mut Acting) -> Result<Option<Uuid>, Failure> {
        let done_by = sqlx::query_scalar!(
            "select act_id from member_import_batch
             where import_key = $1 and first_line = $2 and digest = $3 and not $4",
            self.import,
            self.batch.first_line,
            &self.batch.digest,
            self.terms.validate_only,
        )
        .fetch_optional(acting.db())
        .await?;
        Ok(done_by)
    }

    async fn take_in(
        &self,
        acting: &mut Acting,
        known: &Known,
        judged: &Judged,
    ) -> Result<(), Failure> {
        let admitted: Vec<(usize, Admitted)> = judged
            .outcomes
            .iter()
            .enumerate()
            .filter_map(|(line, outcome)| match outcome {
                Outcome::Admitted(admitted) => Some((line, *admitted)),
                _ => None,
            })
            .collect();
        if admitted.is_empty() {
            return Ok(());
        }
        // Read after the locks: what was decided on cannot be newer than this position.
        let position = sqlx::query_scalar!(
            r#"select coalesce(max(position), 0) as "position!"
               from feed.follower where source = 'registry'"#
        )
        .fetch_one(acting.db())
        .await?;
        acting.set_registry_position(position);
        write::write(acting, &self.terms, &self.batch, &known.decisions, &admitted).await?;

        let known_before: Vec<&Admitted> =
            admitted.iter().map(|(_, admitted)| admitted).filter(|one| !one.is_new).collect();
        if !known_before.is_empty() {
            close_applications(acting, &known_before).await?;
        }
        // Late paper: the union may have ended since, or end on a day that is still to come.
        let ends = |union: &Uuid| known.unions.get(union).is_some_and(|it| it.ended_on.is_some());
        let going_on: Vec<&Admitted> = admitted
            .iter()
            .map(|(_, admitted)| admitted)
            .filter(|admitted| ends(&admitted.organisation_id))
            .collect();
        if !going_on.is_empty() {
            let unions: Vec<Uuid> = going_on.iter().map(|one| one.organisation_id).collect();
            let people: Vec<Uuid> = going_on.iter().map(|one| one.person_id).collect();
            consequence::go_on(acting, &unions, &people).await?;
        }
        if !known_before.is_empty() {
            let people: Vec<Uuid> = known_before.iter().map(|one| one.person_id).collect();
            joined(acting, &people).await?;
        }
        self.look_at_namesakes(acting, &admitted).await
    }

    /// Whoever is another, as her line says, stays likely to be the one. Nobody else of a file is like
    /// a member: she was offered, and not written down.
    async fn look_at_namesakes(
        &self,
        acting: &mut Acting,
        admitted: &[(usize, Admitted)],
    ) -> Result<(), Failure> {
        let is_another = |line: &usize| match &self.batch.lines[*line].read {
            Ok(Joining { who: Who::New(newcomer), .. }) => newcomer.is_another,
            _ => false,
        };
        let people: Vec<Uuid> = admitted
            .iter()
            .filter(|(line, admitted)| admitted.is_new && is_another(line))
            .map(|(_, admitted)| admitted.person_id)
            .collect();
        if people.is_empty() {
            return Ok(());
        }
        duplicates::look(acting, &people).await
    }

    /// Writes what became of each line, and how far the import has come.
    async fn tell(&self, acting: &mut Acting, judged: &Judged) -> Result<(), Failure> {
        let outcomes: Vec<u8> = judged.outcomes.iter().map(Outcome::number).collect();
        let person_ids: Vec<Option<Uuid>> =
            judged.outcomes.iter().map(Outcome::person_id).collect();
        let lines = i32::try_from(outcomes.len()).unwrap_or(i32::MAX);
        let act_id = acting.act_id;
        sqlx::query!(
            "insert into member_import_batch
                 (import_key, first_line, lines, digest, act_id, outcomes, person_ids)
             values ($1, $2, $3, $4, $5, $6, $7)",
            self.import,
            self.batch.first_line,
            lines,
            &self.batch.digest,
            act_id,
            &outcomes,
            &person_ids as &[Option<Uuid>],
        )
        .execute(acting.db())
        .await?;
        self.tell_of_lines(acting, judged).await?;
        let of = |number: u8| {
            let count = outcomes.iter().filter(|outcome| **outcome == number).count();
            i64::try_from(count).unwrap_or(i64::MAX)
        };
        let warned = self.batch.lines.iter().filter(|line| !line.warnings.is_empty()).count();
        sqlx::query!(
            "update member_import
             set lines_done = lines_done + $2, admitted = admitted + $3,
                 already_members = already_members + $4, candidates = candidates + $5,
                 refused = refused + $6, warned = warned + $7, last_at = now()
             where import_key = $1",
            self.import,
            i64::from(lines),
            of(1),
            of(2),
            of(3),
            of(4),
            i64::try_from(warned).unwrap_or(i64::MAX),
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }

    /// Lines that want a look.
    async fn tell_of_lines(&self, acting: &mut Acting, judged: &Judged) -> Result<(), Failure> {
        let mut told = Told::default();
        for ((line, outcome), number) in
            self.batch.lines.iter().zip(&judged.outcomes).zip(self.batch.first_line..)
        {
            let taken = matches!(outcome, Outcome::Admitted(_) | Outcome::AlreadyMember(_));
            if taken && line.warnings.is_empty() {
                continue;
            }
            let sealed = match taken || line.said.is_empty() {
                true => None,
                false => Some(self.keys.seal_line(self.import, number, &line.said)?),
            };
            told.push(number, outcome, line, sealed);
        }
        if told.lines.is_empty() {
            return Ok(());
        }
        told.write(acting, self.import).await
    }
}

/// Rows of `member_import_line`, column by column.
#[derive(Default)]
struct Told {
    lines: Vec<i64>,
    outcomes: Vec<i16>,
    person_ids: Vec<Option<Uuid>>,
    candidates_for: Vec<Option<Uuid>>,
    reasons: Vec<Option<&'static str>>,
    fields: Vec<Option<String>>,
    vi: Vec<Option<String>>,
    en: Vec<Option<String>>,
    /// A digit for each: PostgreSQL has no arrays of arrays of different lengths.
    warnings: Vec<String>,
    key_versions: Vec<Option<i32>>,
    ciphertexts: Vec<Option<Vec<u8>>>,
    file_lines: Vec<Option<i32>>,
}

impl Told {
    fn push(&mut self, number: i64, outcome: &Outcome, line: &Line, sealed: Option<Sealed>) {
        let refusal = match outcome {
            Outcome::Refused(refusal) => Some(refusal),
            _ => None,
        };
        self.lines.push(number);
        self.outcomes.push(i16::from(outcome.number()));
        self.person_ids.push(outcome.person_id());
        self.candidates_for.push(match outcome {
            Outcome::Candidate(member) => Some(*member),
            _ => None,
        });
        self.reasons.push(refusal.map(Refusal::reason));
        self.fields.push(refusal.and_then(|it| it.fields().next().map(str::to_string)));
        let (vi, en) = match &line.sentences {
            Some([vi, en]) => (Some(vi.clone()), Some(en.clone())),
            None => (
                refusal.map(|refusal| refusal.sentence(Language::Vietnamese)),
                refusal.map(|refusal| refusal.sentence(Language::English)),
            ),
        };
        self.vi.push(vi);
        self.en.push(en);
        let digits: Vec<String> =
            line.warnings.iter().map(|warning| (*warning as i16).to_string()).collect();
        self.warnings.push(format!("{{{}}}", digits.join(",")));
        let (key_version, ciphertext) = sealed.map(|it| (it.key_version, it.ciphertext)).unzip();
        self.key_versions.push(key_version);
        self.ciphertexts.push(ciphertext);
        self.file_lines.push(line.file_line);
    }

    async fn write(self, acting: &mut Acting, import: Uuid) -> Result<(), Failure> {
        sqlx::query!(
            "insert into member_import_line
                 (import_key, line, outcome, person_id, candidate_for, reason, field, vi, en,
                  warnings, key_version, ciphertext, file_line)
             select $1, line, outcome, person_id, candidate_for, reason, field, vi, en,
                    warnings::smallint[], key_version, ciphertext, file_line
             from unnest($2::bigint[], $3::smallint[], $4::uuid[], $5::uuid[], $6::text[],
                         $7::text[], $8::text[], $9::text[], $10::text[], $11::integer[],
                         $12::bytea[], $13::integer[])
                  as told (line, outcome, person_id, candidate_for, reason, field, vi, en,
                           warnings, key_version, ciphertext, file_line)",
            import,
            &self.lines,
            &self.outcomes,
            &self.person_ids as &[Option<Uuid>],
            &self.candidates_for as &[Option<Uuid>],
            &self.reasons as &[Option<&str>],
            &self.fields as &[Option<String>],
            &self.vi as &[Option<String>],
            &self.en as &[Option<String>],
            &self.warnings,
            &self.key_versions as &[Option<i32>],
            &self.ciphertexts as &[Option<Vec<u8>>],
            &self.file_lines as &[Option<i32>],
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}

/// Ends the open applications of people who became members.
async fn close_applications(acting: &mut Acting, admitted: &[&Admitted]) -> Result<(), Failure> {
    let people: Vec<Uuid> = admitted.iter().map(|one| one.person_id).collect();
    let days: Vec<Date> = admitted.iter().map(|one| one.on).collect();
    sqlx::query!(
        "update application
         set closed_on = greatest(applied_on, joined.joined_on), closed_as = 2
         from unnest($1::uuid[], $2::date[]) as joined (person_id, joined_on)
         where application.person_id = joined.person_id and closed_on is null
           and lapses_on > joined.joined_on",
        &people,
        &days,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}
