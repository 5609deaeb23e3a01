//! Random histories of what is told one by one: people in bodies, courses, employers, ratings and
//! activities, also corrected and taken back, in organisations that come, go and move.

use chassis::parse::civil;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{
    PersonMerged, PersonUnmerged, TrainingCourseHeld, TrainingCourseTakenBack, training_course_held,
};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{
    ByElectionHeld, CongressHeld, EmployersRecorded, EndKind, MembersOutcome, Office, OfficesEnded,
    OrganisationsEnded, employers_recorded, offices_ended, organisations_ended,
};
use proto::reporting::v1 as pb;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::columns::{Dice, History};
use crate::world::World;

const GRADES: [&str; 3] = ["HOAN_THANH_XUAT_SAC", "HOAN_THANH_TOT", "HOAN_THANH"];

/// What is told one by one, as the history goes on.
pub(crate) struct Told {
    pub(crate) history: History,
    people: Vec<Uuid>,
    employers: Vec<Uuid>,
    offices: Vec<offices_ended::Seat>,
    courses: Vec<TrainingCourseHeld>,
    merged: Vec<PersonMerged>,
    activities: Vec<(String, pb::Activity)>,
}

impl Told {
    pub(crate) fn begin(world: &World, seed: u64) -> Self {
        let superiors = [world.badinh, world.caugiay, world.education, world.hue];
        let today = date!(2020 - 01 - 01);
        let mut history = History { dice: Dice(seed), today, unions: Vec::new(), superiors };
        for (superior, sector) in superiors.into_iter().zip(["NNN_CP", "SNCL_100", "HC", ""]) {
            (0..3).for_each(|_| history.found(world, superior, sector));
        }
        let some = |count: usize| (0..count).map(|_| Uuid::now_v7()).collect();
        Self {
            history,
            people: some(24),
            employers: some(8),
            offices: Vec::new(),
            courses: Vec::new(),
            merged: Vec::new(),
            activities: Vec::new(),
        }
    }

    fn union(&mut self) -> Uuid {
        let at = self.history.dice.below(self.history.unions.len());
        self.history.unions[at].id
    }

    fn person(&mut self) -> String {
        self.history.dice.one(&self.people).to_string()
    }

    fn topics(&mut self) -> Vec<String> {
        let all = ["CHARTER", "UNION_WORK", "SAFETY"];
        all[..1 + self.history.dice.below(3)].iter().map(|topic| (*topic).to_string()).collect()
    }

    /// What happens next; half of it moves organisations and people.
    pub(crate) async fn step(&mut self, world: &World) {
        let on = self.history.today;
        match self.history.dice.below(24) {
            0 | 1 => self.seats(world, on),
            2 => self.unseats(world),
            3 | 4 => self.trains(world),
            5 => self.trained_nobody(world),
            6 => self.merges(world, on),
            7 => self.unmerges(world, on),
            8 | 9 => self.surveys(world),
            10 => self.rates(world).await,
            11 => self.disseminates(world).await,
            12 => self.corrects(world).await,
            13 => self.undoes(world).await,
            14 => self.elects(world, on),
            15 => self.consolidates(world, on),
            _ => self.history.step(world).await,
        }
    }

    fn office(&mut self, unit: Uuid, on: Date) -> Office {
        Office {
            office_id: Uuid::now_v7().to_string(),
            organisation_id: unit.to_string(),
            body: "EXECUTIVE".into(),
            position: "MEMBER".into(),
            person_id: self.person(),
            from_on: Some(civil(on)),
            term_until: None,
        }
    }

    fn offices(&mut self, unit: Uuid, on: Date, count: usize) -> Vec<Office> {
        let offices: Vec<Office> = (0..count).map(|_| self.office(unit, on)).collect();
        self.offices.extend(offices.iter().map(|office| offices_ended::Seat {
            office_id: office.office_id.clone(),
            organisation_id: office.organisation_id.clone(),
            person_id: office.person_id.clone(),
        }));
        offices
    }

    fn seats(&mut self, world: &World, on: Date) {
        let unit = self.union();
        let held = CongressHeld {
            congress_id: Uuid::now_v7().to_string(),
            organisation_id: unit.to_string(),
            held_on: Some(civil(on)),
            offices: self.offices(unit, on, 3),
            ..Default::default()
        };
        world.says(on, RegistryWhat::CongressHeld(held));
    }

    fn elects(&mut self, world: &World, on: Date) {
        let unit = self.union();
        let held = ByElectionHeld {
            by_election_id: Uuid::now_v7().to_string(),
            organisation_id: unit.to_string(),
            body: "EXECUTIVE".into(),
            held_on: Some(civil(on)),
            offices: self.offices(unit, on, 1),
        };
        world.says(on, RegistryWhat::ByElectionHeld(held));
    }

    fn unseats(&mut self, world: &World) {
        if self.offices.is_empty() {
            return;
        }
        let at = self.history.dice.below(self.offices.len());
        let (on, seats) = (self.history.dice.day(), vec![self.offices.swap_remove(at)]);
        world.says(on, RegistryWhat::OfficesEnded(OfficesEnded { seats }));
    }

    fn trains(&mut self, world: &World) {
        let on = self.history.dice.day();
        let attendances = (0..3)
            .map(|_| training_course_held::Attendance {
                person_id: self.person(),
                organisation_id: self.union().to_string(),
                attended_on: Some(civil(on)),
            })
            .collect();
        let course = TrainingCourseHeld {
            course_id: Uuid::now_v7().to_string(),
            organisation_id: world.hanoi.to_string(),
            topics: self.topics(),
            attendances,
        };
        self.courses.push(course.clone());
        world.tells(on, MembershipWhat::TrainingCourseHeld(course));
    }

    fn trained_nobody(&mut self, world: &World) {
        if self.courses.is_empty() {
            return;
        }
        let at = self.history.dice.below(self.courses.len());
        let taken = TrainingCourseTakenBack { course: Some(self.courses.swap_remove(at)) };
        world.tells(self.history.today, MembershipWhat::TrainingCourseTakenBack(taken));
    }

    /// Nobody is merged twice, and whoever was is nobody's survivor; whom others were merged into may be.
    fn merges(&mut self, world: &World, on: Date) {
        let (person, survivor) = (self.person(), self.person());
        let is_another = |id: &String| self.merged.iter().any(|one| one.person_id == *id);
        if person == survivor || is_another(&person) || is_another(&survivor) {
            return;
        }
        let merge_id = Uuid::now_v7().to_string();
        let merged = PersonMerged { merge_id, person_id: person, survivor_id: survivor };
        self.merged.push(merged.clone());
        world.tells(on, MembershipWhat::PersonMerged(merged));
    }

    fn unmerges(&mut self, world: &World, on: Date) {
        if self.merged.is_empty() {
            return;
        }
        let at = self.history.dice.below(self.merged.len());
        let merged = Some(self.merged.remove(at));
        world.tells(on, MembershipWhat::PersonUnmerged(PersonUnmerged { merged }));
    }

    /// Two employers, of random days, so that some are known otherwise on the same day, and some are
    /// said of one that was surveyed later.
    fn surveys(&mut self, world: &World) {
        let month = i64::try_from(self.history.dice.below(9)).expect("few");
        let on = date!(2020 - 03 - 01) + Duration::days(60 * month);
        let employers = (0..2).map(|_| {
            let unions = self.history.dice.below(3);
            employers_recorded::Employer {
                employer_id: self.history.dice.one(&self.employers).to_string(),
                surveyor_id: self.history.dice.one(&self.history.superiors).to_string(),
                workforce: i32::try_from(5 + self.history.dice.below(40)).expect("few"),
                union_ids: (0..unions).map(|_| self.union().to_string()).collect(),
                ..Default::default()
            }
        });
        let employers: Vec<_> = employers.collect();
        // One employer stands once in a change.
        let employers = match employers[0].employer_id == employers[1].employer_id {
            true => employers[..1].to_vec(),
            false => employers,
        };
        world.says(on, RegistryWhat::EmployersRecorded(EmployersRecorded { employers }));
    }

    async fn rates(&mut self, world: &World) {
        let year = 2019 + i32::try_from(self.history.dice.below(4)).expect("few");
        let mut lines: Vec<pb::record_ratings_request::Line> = Vec::new();
        for _ in 0..4 {
            let organisation_id = self.union().to_string();
            let grade = self.history.dice.one(&GRADES).to_string();
            if lines.iter().all(|line| line.organisation_id != organisation_id) {
                lines.push(pb::record_ratings_request::Line { organisation_id, grade });
            }
        }
        let request_id = Uuid::new_v4().to_string();
        let request = pb::RecordRatingsRequest { request_id, year, lines, ..Default::default() };
        // What was no union in that year, or is not known yet, is refused; that is another's test.
        let _ = world.national().ratings.record_ratings(request).await;
    }

    fn activity(&mut self) -> pb::Activity {
        pb::Activity {
            organisation_id: self.union().to_string(),
            kind: pb::ActivityKind::Dissemination.into(),
            held_on: Some(civil(self.history.dice.day())),
            members_reached: Some(i32::try_from(self.history.dice.below(9)).expect("few")),
            workers_reached: Some(i32::try_from(self.history.dice.below(5)).expect("few")),
            times: 1,
            ..Default::default()
        }
    }

    async fn disseminates(&mut self, world: &World) {
        let activity = self.activity();
        let recorded = pb::RecordActivitiesRequest {
            request_id: Uuid::new_v4().to_string(),
            validate_only: false,
            activities: vec![activity.clone()],
        };
        if let Ok(answer) = world.national().activities.record_activities(recorded).await {
            self.activities.push((answer.into_inner().activity_ids.remove(0), activity));
        }
    }

    async fn corrects(&mut self, world: &World) {
        if self.activities.is_empty() {
            return;
        }
        let at = self.history.dice.below(self.activities.len());
        let (activity_id, activity) = (self.activities[at].0.clone(), self.activity());
        let corrected = pb::CorrectActivityRequest {
            request_id: Uuid::new_v4().to_string(),
            activity_id,
            activity: Some(activity.clone()),
            reason: "Nhầm".to_string(),
            ..Default::default()
        };
        if world.national().activities.correct_activity(corrected).await.is_ok() {
            self.activities[at].1 = activity;
        }
    }

    async fn undoes(&mut self, world: &World) {
        if self.activities.is_empty() {
            return;
        }
        let at = self.history.dice.below(self.activities.len());
        let (activity_id, _) = self.activities.swap_remove(at);
        let undone = pb::UndoActivityRequest {
            request_id: Uuid::new_v4().to_string(),
            activity_id,
            reason: "Không có".to_string(),
            ..Default::default()
        };
        world.national().activities.undo_activity(undone).await.expect("undone");
    }

    /// Two unions become a new one, which is rated after six months.
    fn consolidates(&mut self, world: &World, on: Date) {
        let superior = self.history.dice.one(&self.history.superiors);
        self.history.found(world, superior, "NNN_CP");
        let heir = self.history.unions.last().expect("founded").id;
        let end = |unit: Uuid, superior: Uuid| organisations_ended::Unit {
            organisation_id: unit.to_string(),
            kind: EndKind::Consolidated.into(),
            principal_successor_id: heir.to_string(),
            last_superior_id: superior.to_string(),
            members_outcome: MembersOutcome::MembershipEnds.into(),
            ..Default::default()
        };
        let living: Vec<usize> = (0..self.history.unions.len() - 1)
            .filter(|at| self.history.unions[*at].lives && self.history.unions[*at].founded < on)
            .take(2)
            .collect();
        let units = living
            .iter()
            .map(|at| end(self.history.unions[*at].id, self.history.unions[*at].superior))
            .collect();
        for at in living {
            self.history.unions[at].lives = false;
        }
        world.says(on, RegistryWhat::OrganisationsEnded(OrganisationsEnded { units }));
    }
}
