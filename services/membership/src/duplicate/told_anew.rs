//! What happened to people of whom it is known otherwise who they are: it is told anew, of whoever they
//! are now, so that whoever counts people counts her once. Nothing that was recorded is written anew.
//!
//! What is told under a pseudonym is not: in the act that says who is who it would say whose the
//! pseudonym is ([`crate::duplicate::pseudonyms`]).

use std::collections::BTreeMap;

use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::membership::{
    Attendance, Delegate, Delegation, Event, Happening, Joining, TrainingCourse,
};
use time::Date;
use uuid::Uuid;

use crate::ground::honour::{self, Line};

/// People who are known otherwise.
pub struct ToldAnew {
    /// All of them who have become one with somebody, or are no longer.
    pub people: Vec<Uuid>,
    /// As whom they were told of until now.
    pub as_was: Uuid,
    /// As whom they are told of from now on.
    pub as_is: Uuid,
    /// The decision that says so.
    pub decision_id: Option<Uuid>,
}

/// What happened, of somebody: its day, and what it rests on.
type Told = (Date, Option<Uuid>, Happening);

struct Attended {
    course_id: Uuid,
    organiser: Uuid,
    topics: Vec<String>,
    starts_on: Date,
    organisation_id: Uuid,
    attended_on: Date,
}

struct Sent {
    delegation_id: Uuid,
    sender: Uuid,
    host_id: Uuid,
    event: String,
    held_on: Date,
    organisation_id: Uuid,
}

struct Joined {
    emulation_id: Uuid,
    organisation_id: Uuid,
    theme: String,
    joined_on: Date,
}

impl ToldAnew {
    /// Publishes it all: what was told is taken back, and happened under the other id.
    pub async fn publish(&self, acting: &mut Acting) -> Result<(), Failure> {
        // The rows are locked: whoever undoes them does so before, or finds who is who afterwards.
        let attended = self.attended(acting).await?;
        let sent = self.sent(acting).await?;
        let honoured = self.honoured(acting).await?;
        let joined = self.joined(acting).await?;
        let told = |person_id: Uuid| {
            let mut told = courses(&attended, person_id);
            told.extend(sent.iter().map(|one| one.told(person_id)));
            let mut lines = honoured.clone();
            lines.iter_mut().for_each(|line| line.person_id = person_id);
            told.extend(honour::told(&lines));
            told.extend(joined.iter().map(|one| one.told(person_id)));
            told
        };
        for (on, _, never) in told(self.as_was) {
            let never = Event::HappeningTakenBack(never);
            acting.publish(never.resting_on(on, self.decision_id));
        }
        for (on, decision_id, happened) in told(self.as_is) {
            acting.publish(Event::Happened(happened).resting_on(on, decision_id));
        }
        Ok(())
    }

    async fn attended(&self, acting: &mut Acting) -> Result<Vec<Attended>, Failure> {
        Ok(sqlx::query_as!(
            Attended,
            "select course_id, course.organisation_id as organiser, topics, starts_on,
                    attendance.organisation_id, attended_on
             from training_attendance attendance
             join training_course course using (course_id)
             where attendance.person_id = any ($1)
             order by attendance.person_id, course_id, attended_on
             for update of attendance",
            &self.people,
        )
        .fetch_all(acting.db())
        .await?)
    }

    async fn sent(&self, acting: &mut Acting) -> Result<Vec<Sent>, Failure> {
        Ok(sqlx::query_as!(
            Sent,
            "select delegation_id, delegation.organisation_id as sender, host_id, event, held_on,
                    delegate.organisation_id
             from delegate
             join delegation using (delegation_id)
             where delegate.person_id = any ($1)
             order by delegate.person_id, delegation_id
             for update of delegate",
            &self.people,
        )
        .fetch_all(acting.db())
        .await?)
    }

    async fn honoured(&self, acting: &mut Acting) -> Result<Vec<Line>, Failure> {
        Ok(sqlx::query_as!(
            Line,
            "select honour_id, person_id, organisation_id, kind, level, honoured_on,
                    direct_production, initiative_id, decision_id
             from honour
             where person_id = any ($1)
             order by person_id, honour_id
             for update",
            &self.people,
        )
        .fetch_all(acting.db())
        .await?)
    }

    async fn joined(&self, acting: &mut Acting) -> Result<Vec<Joined>, Failure> {
        Ok(sqlx::query_as!(
            Joined,
            "select emulation_id, participant.organisation_id, theme, joined_on
             from emulation_participant participant
             join emulation using (emulation_id)
             where participant.person_id = any ($1)
             order by participant.person_id, emulation_id
             for update of participant",
            &self.people,
        )
        .fetch_all(acting.db())
        .await?)
    }
}

/// Each course once, with her days.
fn courses(attended: &[Attended], person_id: Uuid) -> Vec<Told> {
    let mut courses: BTreeMap<Uuid, (Date, TrainingCourse)> = BTreeMap::new();
    for one in attended {
        let (_, course) = courses.entry(one.course_id).or_insert_with(|| {
            let course = TrainingCourse {
                course_id: one.course_id,
                organisation_id: one.organiser,
                topics: one.topics.clone(),
                attendances: Vec::new(),
            };
            (one.starts_on, course)
        });
        course.attendances.push(Attendance {
            person_id,
            organisation_id: one.organisation_id,
            attended_on: one.attended_on,
        });
    }
    let courses = courses.into_values();
    courses.map(|(on, course)| (on, None, Happening::TrainingCourse(course))).collect()
}

impl Sent {
    fn told(&self, person_id: Uuid) -> Told {
        let delegates = vec![Delegate { person_id, organisation_id: self.organisation_id }];
        let delegation = Delegation {
            delegation_id: self.delegation_id,
            organisation_id: self.sender,
            host_id: self.host_id,
            event: self.event.clone(),
            delegates,
        };
        (self.held_on, None, Happening::Delegation(delegation))
    }
}

impl Joined {
    fn told(&self, person_id: Uuid) -> Told {
        let joining = Joining {
            emulation_id: self.emulation_id,
            organisation_id: self.organisation_id,
            theme: self.theme.clone(),
            person_ids: vec![person_id],
        };
        (self.joined_on, None, Happening::EmulationJoining(joining))
    }
}
