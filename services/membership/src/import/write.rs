//! Writes those of a batch who become members: each table at once, in the order in which others
//! would wait for its rows.

use std::collections::HashMap;

use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::membership::{Admission, Event};
use time::Date;
use uuid::Uuid;

use crate::ground::change::{self, Moved};
use crate::ground::roll::{Enrolled, LINES_MAX};
use crate::import::copy::Rows;
use crate::import::judge::Admitted;
use crate::import::line::{Batch, Newcomer, Number, Who};
use crate::import::terms::Terms;

/// How many bytes a row takes, about: what is made room for.
const ROW_BYTES: usize = 192;

/// One admission: people who join one union on one day, a thousand at most.
struct Movement {
    movement_id: Uuid,
    organisation_id: Uuid,
    on: Date,
    members: Vec<Moved>,
}

/// Writes people, movements and memberships, and publishes each movement.
pub async fn write(
    acting: &mut Acting,
    terms: &Terms,
    batch: &Batch,
    decisions: &HashMap<Uuid, Uuid>,
    admitted: &[(usize, Admitted)],
) -> Result<(), Failure> {
    let new: Vec<(&Newcomer, Uuid)> = admitted
        .iter()
        .filter(|(_, admitted)| admitted.is_new)
        .filter_map(|(line, admitted)| {
            let joining = batch.lines.get(*line)?.read.as_ref().ok()?;
            match &joining.who {
                Who::New(newcomer) => Some((&**newcomer, admitted.organisation_id)),
                Who::Known(_) => None,
            }
        })
        .collect();
    persons(acting, &new).await?;
    identities(acting, &new).await?;
    contacts(acting, &new).await?;
    let movements = movements(admitted);
    record(acting, terms, decisions, &movements).await?;
    memberships(acting, &movements).await?;
    for movement in movements {
        let event = Event::Admitted(Admission {
            admission_id: Some(movement.movement_id),
            organisation_id: movement.organisation_id,
            kind: terms.kind,
            lines: change::lines(&movement.members),
        });
        let decision_id = decisions.get(&movement.organisation_id).copied();
        acting.publish(event.resting_on(movement.on, decision_id));
    }
    Ok(())
}

async fn persons(acting: &mut Acting, new: &[(&Newcomer, Uuid)]) -> Result<(), Failure> {
    let into = "person (person_id, name, name_key, sex, birth_date, birth_year, workplace, \
                occupation, recorded_under, act_id, recorded_at)";
    let mut rows = Rows::new(into, 11, new.len() * 2 * ROW_BYTES);
    for (newcomer, union) in new {
        rows.row()
            .uuid(newcomer.person_id)
            .text(&newcomer.name)
            .text(&newcomer.name_key)
            .smallint(newcomer.sex)
            .optional_date(newcomer.birth_date)
            .optional_smallint(newcomer.birth_year)
            .optional_text(newcomer.workplace.as_deref())
            .optional_text(newcomer.occupation.as_deref())
            .uuid(*union)
            .uuid(acting.act_id)
            .instant(acting.acted_at);
    }
    Ok(rows.copy(acting.db()).await?)
}

async fn identities(acting: &mut Acting, new: &[(&Newcomer, Uuid)]) -> Result<(), Failure> {
    let mut numbered: Vec<(&Number, Uuid)> = new
        .iter()
        .filter_map(|(newcomer, _)| Some((newcomer.number.as_ref()?, newcomer.person_id)))
        .collect();
    // Whoever else writes some of these numbers queues for them in one order.
    numbered.sort_by(|(one, _), (other, _)| one.blind_index.cmp(&other.blind_index));
    let into = "person_identity (blind_index, person_id, kind, country, key_version, ciphertext, \
                recorded_at)";
    let mut rows = Rows::new(into, 7, numbered.len() * ROW_BYTES);
    for (number, person_id) in numbered {
        rows.row()
            .bytes(&number.blind_index)
            .uuid(person_id)
            .smallint(number.kind)
            .optional_text(number.country.as_deref())
            .integer(number.sealed.key_version)
            .bytes(&number.sealed.ciphertext)
            .instant(acting.acted_at);
    }
    Ok(rows.copy(acting.db()).await?)
}

async fn contacts(acting: &mut Acting, new: &[(&Newcomer, Uuid)]) -> Result<(), Failure> {
    let mut rows = Rows::new(
        "person_contact (person_id, key_version, ciphertext, recorded_at)",
        4,
        new.len() * ROW_BYTES,
    );
    for (newcomer, _) in new {
        if let Some(phone) = &newcomer.phone {
            rows.row()
                .uuid(newcomer.person_id)
                .integer(phone.key_version)
                .bytes(&phone.ciphertext)
                .instant(acting.acted_at);
        }
    }
    Ok(rows.copy(acting.db()).await?)
}

/// Who joins one union on one day, together.
fn movements(admitted: &[(usize, Admitted)]) -> Vec<Movement> {
    let mut movements: Vec<Movement> = Vec::new();
    let mut open: HashMap<(Uuid, Date), usize> = HashMap::new();
    for (_, admitted) in admitted {
        let key = (admitted.organisation_id, admitted.on);
        let place = match open.get(&key) {
            Some(place) if movements[*place].members.len() < LINES_MAX => *place,
            _ => {
                movements.push(Movement {
                    movement_id: Uuid::now_v7(),
                    organisation_id: admitted.organisation_id,
                    on: admitted.on,
                    members: Vec::new(),
                });
                open.insert(key, movements.len() - 1);
                movements.len() - 1
            }
        };
        let person = Enrolled {
            person_id: admitted.person_id,
            sex: admitted.sex,
            birth_year: admitted.birth_year,
        };
        movements[place].members.push(Moved { membership_id: Uuid::now_v7(), person });
    }
    movements
}

async fn record(
    acting: &mut Acting,
    terms: &Terms,
    decisions: &HashMap<Uuid, Uuid>,
    movements: &[Movement],
) -> Result<(), Failure> {
    let ids: Vec<Uuid> = movements.iter().map(|movement| movement.movement_id).collect();
    let unions: Vec<Uuid> = movements.iter().map(|movement| movement.organisation_id).collect();
    let days: Vec<Date> = movements.iter().map(|movement| movement.on).collect();
    let members: Vec<i32> = movements
        .iter()
        .map(|movement| i32::try_from(movement.members.len()).unwrap_or(i32::MAX))
        .collect();
    let rested_on: Vec<Option<Uuid>> = movements
        .iter()
        .map(|movement| decisions.get(&movement.organisation_id).copied())
        .collect();
    let (number, issued_on) = terms.dated.written();
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query!(
        "insert into movement (movement_id, kind, to_organisation_id, admission_kind, effective_on,
                               decision_number, decision_issued_on, members, act_id, recorded_at,
                               decision_id)
         select movement_id, 'admission', organisation_id, $5, effective_on, $6, $7, members, $8, $9,
                decision_id
         from unnest($1::uuid[], $2::uuid[], $3::date[], $4::integer[], $10::uuid[])
              as line (movement_id, organisation_id, effective_on, members, decision_id)",
        &ids,
        &unions,
        &days,
        &members,
        terms.kind as i16,
        number,
        issued_on,
        act_id,
        acted_at,
        &rested_on as &[Option<Uuid>],
    )
    .execute(acting.db())
    .await?;
    Ok(())
}

async fn memberships(acting: &mut Acting, movements: &[Movement]) -> Result<(), Failure> {
    let members: usize = movements.iter().map(|movement| movement.members.len()).sum();
    let into = "membership (person_id, membership_id, organisation_id, from_on, begun_by, \
                recorded_at)";
    let mut rows = Rows::new(into, 6, members * ROW_BYTES);
    for movement in movements {
        for member in &movement.members {
            rows.row()
                .uuid(member.person.person_id)
                .uuid(member.membership_id)
                .uuid(movement.organisation_id)
                .date(movement.on)
                .uuid(movement.movement_id)
                .instant(acting.acted_at);
        }
    }
    Ok(rows.copy(acting.db()).await?)
}
