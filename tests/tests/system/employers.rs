//! Employers with and without a union: registry, which knows them by name, and the figure, which
//! counts them, agree on every date, in whatever order surveys, foundings and ends become known.

use std::collections::BTreeSet;

use proto::registry::v1::{
    EndKind, EndOrganisationsRequest, FoundOrganisationRequest, ListEmployersWithoutUnionRequest,
    MembersOutcome, SurveyEmployersRequest, SurveyedEmployer, UndoActRequest,
    end_organisations_request,
};
use proto::reporting::v1::{QueryFiguresRequest, Tree};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use stage::made_up::{basis, on, period, request_id};
use tests::world::{ADMINISTRATOR, Unit, World};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

const BEGIN: Date = date!(2024 - 01 - 01);
const DAYS: i64 = 60;
const EMPLOYERS: usize = 5;
const ACTS: usize = 160;

const UNDO: &str = "congdoan.registry.v1.CorrectionService/UndoAct";

struct Surveyed<'a> {
    world: &'a World,
    district: Unit,
    rng: StdRng,
    unions: Vec<String>,
    codes: usize,
}

impl Surveyed<'_> {
    fn day(&mut self) -> Date {
        BEGIN + Duration::days(self.rng.random_range(0..DAYS))
    }

    fn some_unions(&mut self, most: usize) -> Vec<String> {
        let count = self.rng.random_range(0..=most.min(self.unions.len()));
        let start = self.rng.random_range(0..self.unions.len().max(1));
        self.unions.iter().cycle().skip(start).take(count).cloned().collect()
    }

    /// One act, on any day; what registry refuses has not happened.
    async fn acts(&mut self) -> bool {
        let client = self.world.administrator();
        let day = self.day();
        match self.rng.random_range(0..10) {
            0..5 => {
                let employer = self.rng.random_range(0..EMPLOYERS);
                let request = SurveyEmployersRequest {
                    request_id: request_id(),
                    organisation_id: self.district.id.clone(),
                    surveyed_on: on(day),
                    employers: vec![SurveyedEmployer {
                        tax_code: format!("099900000{employer}"),
                        name: format!("Công ty Thử {employer}"),
                        workforce: self.rng.random_range(10..40),
                        union_ids: self.some_unions(2),
                        ..SurveyedEmployer::default()
                    }],
                    ..SurveyEmployersRequest::default()
                };
                client.employers().survey_employers(request).await.is_ok()
            }
            5..7 => {
                self.codes += 1;
                let code = format!("EMP-{}", self.codes);
                let listed = self.without_union(BEGIN + Duration::days(DAYS)).await;
                let employer_ids = listed.into_iter().take(1).collect();
                let request = FoundOrganisationRequest {
                    request_id: request_id(),
                    code: code.clone(),
                    name: format!("CĐCS {code}"),
                    r#type: "CDCS".to_owned(),
                    sector: "NNN_CP".to_owned(),
                    superior_id: self.district.id.clone(),
                    basis: basis(day),
                    founders: 6,
                    employer_ids,
                    ..FoundOrganisationRequest::default()
                };
                let Ok(founded) = client.organisations().found_organisation(request).await else {
                    return false;
                };
                let founded = founded.into_inner();
                self.unions.push(founded.organisation_id.clone());
                true
            }
            7..9 if self.unions.len() > 1 => {
                let (ends, heir) = (self.some_unions(1), self.some_unions(1));
                let Some(ends) = ends.into_iter().next() else { return false };
                let heir = heir.into_iter().next().filter(|heir| *heir != ends).unwrap_or_default();
                let merged = !heir.is_empty();
                let request = EndOrganisationsRequest {
                    request_id: request_id(),
                    units: vec![end_organisations_request::Unit {
                        organisation_id: ends,
                        kind: if merged { EndKind::Merged } else { EndKind::Dissolved }.into(),
                        principal_successor_id: heir.clone(),
                        members_outcome: if merged {
                            MembersOutcome::Rehomed
                        } else {
                            MembersOutcome::MembershipEnds
                        }
                        .into(),
                        rehome_to_id: heir,
                        ..end_organisations_request::Unit::default()
                    }],
                    basis: basis(day),
                    ..EndOrganisationsRequest::default()
                };
                client.organisations().end_organisations(request).await.is_ok()
            }
            _ => {
                // The last end or founding of all that is known.
                let last: Option<Uuid> = sqlx::query_scalar(
                    "select act_id
                     from (select act_id, lower(recorded) as since from organisation_ending
                           where upper_inf(recorded)
                           union all
                           select act_id, lower(recorded) from organisation_founding
                           where upper_inf(recorded) and origin = 'FOUNDED') known
                     order by since desc limit 1",
                )
                .fetch_optional(self.world.pool("registry"))
                .await
                .expect("read");
                let Some(act_id) = last else { return false };
                let request = UndoActRequest {
                    request_id: request_id(),
                    act_id: act_id.to_string(),
                    validate_only: false,
                };
                let line = self.world.line(ADMINISTRATOR).await;
                line.send(UNDO, &request).await.is_ok()
            }
        }
    }

    /// Those that registry lists as without a union on a day.
    async fn without_union(&self, day: Date) -> Vec<String> {
        let request = ListEmployersWithoutUnionRequest {
            organisation_id: self.district.id.clone(),
            min_workforce: 20,
            as_of: on(day),
            page_size: 500,
            ..ListEmployersWithoutUnionRequest::default()
        };
        let client = self.world.administrator();
        let listed = client.employers().list_employers_without_union(request).await;
        let employers = listed.expect("listed").into_inner().employers.into_iter();
        employers.map(|employer| employer.employer_id).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn registry_and_the_figure_agree_on_every_date_about_who_has_a_union() {
    let seed = crate::seed();
    let world = World::start().await;
    let district = world.district("EMP").await;
    let unions = world.unions(&district, 3).await;
    let mut surveyed = Surveyed {
        world: &world,
        district: district.clone(),
        rng: StdRng::seed_from_u64(seed),
        unions: unions.into_iter().map(|union| union.id).collect(),
        codes: 0,
    };
    let mut happened = 0;
    for _ in 0..ACTS {
        happened += usize::from(surveyed.acts().await);
    }
    // Registry refuses what a later act contradicts; the days are drawn without knowing any.
    assert!(happened > ACTS / 10, "{happened} acts of {ACTS}");
    world.settled().await;

    let client = world.administrator();
    let mut counts = BTreeSet::new();
    for number in 0..DAYS {
        let day = BEGIN + Duration::days(number);
        let listed = surveyed.without_union(day).await.len();
        let asked = QueryFiguresRequest {
            indicators: vec!["EMPLOYER_WITHOUT_UNION_20".to_owned()],
            organisation_id: district.id.clone(),
            period: period(day, day),
            tree: Some(Tree { as_of: on(day) }),
            ..QueryFiguresRequest::default()
        };
        let figures = client.figures().query_figures(asked).await.expect("counted").into_inner();
        let counted = usize::try_from(figures.figures[0].value).expect("not negative");
        assert_eq!(counted, listed, "on {day}, seed {seed}");
        counts.insert(counted);
    }
    println!("{happened} acts, {counts:?} employers without a union");
}
