//! Files of members: what becomes of each line, what is told of it, and that the same file again
//! changes nothing.

use chassis::parse::civil;
use proto::membership::v1 as pb;
use proto::membership::v1::ImportOutcome as Outcome;
use proto::membership::v1::import_members_request::{Header, Lines, Part};
use proto::membership::v1::list_import_lines_response::{Line as Told, Warning};
use sqlx::Executor;
use time::Date;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

use crate::world::{Actor, World, because, id, person, refused};
use stage::registry::Members;

const DAY: Date = date!(2020 - 03 - 01);

/// A header for one union.
pub fn header(import: Uuid, union: Uuid) -> Header {
    Header {
        request_id: import.to_string(),
        organisation_id: union.to_string(),
        kind: pb::AdmissionKind::Recognised.into(),
        effective_on: Some(civil(DAY)),
        decision_number: "7/QĐ-LĐLĐ".to_string(),
        ..Header::default()
    }
}

pub fn line(person: pb::PersonLine) -> pb::ImportLine {
    pb::ImportLine { person: Some(person), ..pb::ImportLine::default() }
}

pub fn nobody_knows(number: u32) -> pb::ImportLine {
    line(pb::PersonLine { identity_number: String::new(), ..person(number) })
}

pub fn in_union(union: Uuid, line: pb::ImportLine) -> pb::ImportLine {
    pb::ImportLine { organisation_id: union.to_string(), ..line }
}

pub fn stream(header: Header, lines: Vec<pb::ImportLine>) -> Vec<pb::ImportMembersRequest> {
    let messages = lines.chunks(25).map(|lines| Part::Lines(Lines { lines: lines.to_vec() }));
    let parts = std::iter::once(Part::Header(header)).chain(messages);
    parts.map(|part| pb::ImportMembersRequest { part: Some(part) }).collect()
}

impl Actor {
    pub async fn imports(
        &mut self,
        header: Header,
        lines: Vec<pb::ImportLine>,
    ) -> Result<pb::Import, Status> {
        let messages = tokio_stream::iter(stream(header, lines));
        let answer = self.imports.import_members(messages).await?.into_inner();
        Ok(answer.import.expect("an import"))
    }

    /// All lines with an outcome, page by page.
    pub async fn lines_of(&mut self, import: Uuid, outcome: Outcome) -> Vec<Told> {
        let mut request = pb::ListImportLinesRequest {
            import_id: import.to_string(),
            outcome: outcome.into(),
            page_size: 7,
            ..Default::default()
        };
        let mut told = Vec::new();
        loop {
            let page = self.imports.list_import_lines(request.clone()).await.expect("listed");
            let page = page.into_inner();
            told.extend(page.lines);
            if page.next_page_token.is_empty() {
                return told;
            }
            request.page_token = page.next_page_token;
        }
    }

    pub async fn import_of(&mut self, import: Uuid) -> Result<pb::Import, Status> {
        let request = pb::GetImportRequest { import_id: import.to_string() };
        Ok(self.imports.get_import(request).await?.into_inner().import.expect("an import"))
    }
}

/// Reason and field of a line that was refused.
fn why(line: &Told) -> (String, String) {
    let refusal = line.refusal.as_ref().expect("refused");
    assert!(!refusal.vi.is_empty() && !refusal.en.is_empty() && refusal.vi != refusal.en);
    (refusal.reason.clone(), refusal.field.clone())
}

fn counts(import: &pb::Import) -> (i64, i64, i64, i64) {
    assert_eq!(
        import.lines_done,
        import.admitted + import.already_members + import.candidates + import.refused
    );
    (import.admitted, import.already_members, import.candidates, import.refused)
}

#[tokio::test]
async fn a_file_of_members_is_taken_in_and_the_same_file_again_changes_nothing() {
    let world = World::start().await;
    let mut officer = world.officer();
    let import = Uuid::now_v7();
    let lines = || -> Vec<_> {
        (0..130)
            .map(|n| line(person(n)))
            .chain((1_000..1_030).map(|n| in_union(world.beta, nobody_knows(n))))
            .collect()
    };
    let done = officer.imports(header(import, world.alpha), lines()).await.expect("imported");
    assert_eq!((counts(&done), done.finished), ((160, 0, 0, 0), true));
    assert_eq!(officer.counts(world.alpha, DAY).await, 130);
    assert_eq!(officer.counts(world.beta, DAY).await, 30);
    assert_eq!(officer.counts(world.alpha, DAY.previous_day().expect("a day")).await, 0);

    // Every line has its person; a member is read as anybody else.
    let told = officer.lines_of(import, Outcome::Admitted).await;
    let numbers: Vec<i64> = told.iter().map(|line| line.number).collect();
    assert_eq!(numbers, (0..160).collect::<Vec<i64>>());
    let third = officer.sees(id(&told[3].person_id)).await.expect("seen");
    let read = third.person.expect("a person");
    assert_eq!(read.name, "Nguyễn Văn Số 3");
    assert_eq!(read.identity_number.as_deref(), Some("999185000003"));
    assert_eq!(third.memberships[0].admission_kind, i32::from(pb::AdmissionKind::Recognised));

    // One change for each batch and union, with whom it took in.
    let published = world.published().await;
    let (mut people, mut changes, mut decisions) = (0, 0, 0);
    for (_, on, change, position) in &published {
        use pb::membership_change::Change;
        match change {
            Change::MembersAdmitted(admitted) => {
                assert_eq!((*on, *position), (DAY, world.registry.position()));
                people += admitted.lines.len();
                changes += 1;
            }
            Change::DecisionWrittenDown(_) => decisions += 1,
            other => panic!("{other:?}"),
        }
    }
    // Batches of forty, of which one is of both unions; the decision is of each union itself.
    assert_eq!((people, changes, decisions), (160, 5, 2));

    // The same again, by its id: nothing happens.
    let again = officer.imports(header(import, world.alpha), lines()).await.expect("repeated");
    assert_eq!(again, done);
    // By another id: everybody is there already, or may be.
    let another = Uuid::now_v7();
    let again = officer.imports(header(another, world.alpha), lines()).await.expect("imported");
    assert_eq!(counts(&again), (0, 130, 30, 0));
    assert_eq!(officer.counts(world.alpha, DAY).await, 130);
    let already = officer.lines_of(another, Outcome::AlreadyMember).await;
    assert_eq!(already.len(), 130);
    assert_eq!(already[5].person_id, told[5].person_id);
    let candidates = officer.lines_of(another, Outcome::Candidate).await;
    assert_eq!(candidates[0].candidate_for, told[130].person_id);
    assert_eq!(candidates[0].said, Some(lines()[130].clone()));
    assert_eq!(world.published().await.len(), published.len());

    // Other lines under its id are another file.
    let mut other = lines();
    other[3] = line(person(7_777));
    let refusal = officer.imports(header(import, world.alpha), other).await;
    assert_eq!(refused(refusal).0, "REQUEST_ID_REUSED");
    let mut longer = lines();
    longer.push(line(person(7_777)));
    let refusal = officer.imports(header(import, world.alpha), longer).await;
    assert_eq!(refused(refusal).0, "REQUEST_ID_REUSED");
    let refusal = officer.imports(header(import, world.beta), lines()).await;
    assert_eq!(refused(refusal).0, "REQUEST_ID_REUSED");
    world.stop().await;
}

#[tokio::test]
async fn what_an_import_took_in_is_planned_for_as_soon_as_it_has_ended() {
    let world = World::start().await;
    let mut officer = world.officer();
    let mut look = world.look().await;
    // Counted while they are empty, as a country's are on its first day.
    look.execute("analyze").await.expect("counted");
    let lines = (0..1_200).map(|n| line(person(n))).collect();
    let done = officer.imports(header(Uuid::now_v7(), world.alpha), lines).await.expect("imported");
    assert_eq!(counts(&done), (1_200, 0, 0, 0));
    let counted: Vec<(String, f32)> = sqlx::query_as(
        "select relname::text, reltuples from pg_class
         where relname in ('person', 'person_identity', 'membership') order by relname",
    )
    .fetch_all(&mut look)
    .await
    .expect("looked at");
    assert_eq!(
        counted,
        ["membership", "person", "person_identity"].map(|table| (table.to_owned(), 1_200.0))
    );
    // Of one person her own numbers are read, by her id: with a table that is thought to be empty it was
    // every number that anybody has.
    look.execute("set plan_cache_mode = force_generic_plan").await.expect("set");
    look.execute(
        "prepare numbers(uuid) as select from person_identity where person_id = $1 and ended_at is null",
    )
    .await
    .expect("prepared");
    let plan: Vec<String> = sqlx::query_scalar("explain (costs off) execute numbers(null)")
        .fetch_all(&mut look)
        .await
        .expect("explained");
    assert!(!plan.concat().contains("identity_number_taken"), "{plan:#?}");
    world.stop().await;
}

#[tokio::test]
async fn a_line_that_is_refused_says_why_and_stops_no_other() {
    let world = World::start().await;
    let mut officer = world.officer();
    world.registry.suspends(world.beta, date!(2020 - 02 - 01));
    let elsewhere = world.national().admits(world.gamma, DAY, vec![person(500)]).await;
    elsewhere.expect("admitted");
    let inside = officer.admits(world.hanoi, DAY, vec![person(501)]).await.expect("admitted");

    let mut malformed = person(1);
    malformed.identity_number = "9990850000011".to_string();
    let mut nameless = person(2);
    nameless.name = String::new();
    let mut phone = person(3);
    phone.phone = "1,23457E+11".to_string();
    let mut twin = nobody_knows(40);
    let mut later = line(person(11));
    later.joined_on = Some(civil(date!(2021 - 05 - 01)));
    let lines = vec![
        line(malformed.clone()),
        line(nameless),
        line(phone),
        in_union(world.gamma, line(person(4))),
        in_union(Uuid::now_v7(), line(person(5))),
        in_union(world.beta, line(person(6))),
        line(person(500)),
        line(person(501)),
        line(person(7)),
        line(pb::PersonLine { name: "Trần Thị Khác".to_string(), ..person(7) }),
        twin.clone(),
        twin.clone(),
        line(crate::world::known(Uuid::now_v7())),
        line(crate::world::known(inside[0])),
        line(pb::PersonLine { name: "Á".repeat(3_000), ..person(8) }),
        later,
    ];
    let import = Uuid::now_v7();
    let done = officer.imports(header(import, world.alpha), lines).await.expect("imported");
    assert_eq!(counts(&done), (3, 0, 1, 12));
    let refused_lines = officer.lines_of(import, Outcome::Refused).await;
    let told: Vec<(i64, String, String)> = refused_lines
        .iter()
        .map(|line| {
            let (reason, field) = why(line);
            (line.number, reason, field)
        })
        .collect();
    let expected = [
        (0, "IDENTITY_NUMBER_MALFORMED", "person.identity_number"),
        (1, "FIELD_REQUIRED", "person.name"),
        (2, "PHONE_MALFORMED", "person.phone"),
        // One outside of her scope is as one that nobody knows.
        (3, "ORGANISATION_UNKNOWN", "organisation_id"),
        (4, "ORGANISATION_UNKNOWN", "organisation_id"),
        (5, "ORGANISATION_SUSPENDED", "organisation_id"),
        (6, "IDENTITY_NUMBER_TAKEN", "person.identity_number"),
        (7, "MEMBERSHIP_ACTIVE", "person.identity_number"),
        (9, "IDENTITY_NUMBER_REPEATED", "person.identity_number"),
        (12, "PERSON_UNKNOWN", "person.person_id"),
        (13, "MEMBERSHIP_ACTIVE", "person.person_id"),
        (14, "IMPORT_LINE_TOO_LONG", "line"),
    ]
    .map(|(number, reason, field)| (number, reason.to_string(), field.to_string()));
    assert_eq!(told, expected);
    // What it said comes back, to be corrected; of one that is too long it does not.
    assert_eq!(refused_lines[0].said, Some(line(malformed)));
    assert_eq!(refused_lines[11].said, None);
    for told in &refused_lines {
        let refusal = told.refusal.as_ref().expect("refused");
        let words = format!("{refusal:?}");
        assert!(!words.contains("999") && !words.contains(&world.gamma.to_string()), "{words}");
    }
    let candidates = officer.lines_of(import, Outcome::Candidate).await;
    let admitted = officer.lines_of(import, Outcome::Admitted).await;
    assert_eq!(candidates[0].candidate_for, admitted[1].person_id);
    assert_eq!(officer.counts(world.alpha, DAY).await, 2);
    assert_eq!(officer.counts(world.alpha, date!(2021 - 05 - 01)).await, 3);

    // She is another, says the corrected file; or the one who is there.
    twin.is_another = true;
    let same = line(crate::world::known(id(&admitted[1].person_id)));
    let corrected = Uuid::now_v7();
    let done = officer.imports(header(corrected, world.alpha), vec![twin, same]).await;
    assert_eq!(counts(&done.expect("imported")), (1, 1, 0, 0));
    // They stay likely to be one, for whoever looks.
    let request = pb::ListDuplicateCandidatesRequest {
        organisation_id: world.alpha.to_string(),
        ..Default::default()
    };
    let likely = officer.duplicates.list_duplicate_candidates(request).await.expect("listed");
    let likely = likely.into_inner().candidates;
    let of = |one: &Option<pb::list_duplicate_candidates_response::Person>| {
        one.as_ref().map(|person| person.person_id.clone())
    };
    let first = Some(admitted[1].person_id.clone());
    assert_eq!(likely.len(), 1);
    assert!([of(&likely[0].person), of(&likely[0].other)].contains(&first));
    // Nobody reads another's import.
    let theirs = world.national().import_of(import).await.expect("told");
    assert_eq!((theirs.lines_done, theirs.finished), (0, false));
    assert!(world.national().lines_of(import, Outcome::Refused).await.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn what_a_number_says_otherwise_is_a_warning() {
    let world = World::start().await;
    let mut officer = world.officer();
    let mut other = person(1);
    other.sex = pb::Sex::Male.into();
    other.birth_year = 1986;
    let mut born_elsewhere = person(2);
    // Of Bắc Kạn, which is Thái Nguyên now; so made up that nobody has it.
    let of_bac_kan = |last: &str| ["006", "08599999", last].concat();
    born_elsewhere.identity_number = of_bac_kan("9");
    let from = |code: &str, number: &str| {
        let mut person = born_elsewhere.clone();
        person.identity_number = number.to_string();
        pb::ImportLine { birth_province: code.to_string(), ..line(person) }
    };
    let lines = vec![
        line(other),
        from("01", &of_bac_kan("9")),
        from("06", &of_bac_kan("8")),
        from("19", &of_bac_kan("7")),
    ];
    let import = Uuid::now_v7();
    let done = officer.imports(header(import, world.alpha), lines).await.expect("imported");
    assert_eq!((counts(&done), done.warned), ((4, 0, 0, 0), 2));
    let warned = officer.lines_of(import, Outcome::Unspecified).await;
    let told: Vec<(i64, Vec<Warning>)> =
        warned.iter().map(|line| (line.number, line.warnings().collect())).collect();
    assert_eq!(
        told,
        [
            (0, vec![Warning::IdentitySexDiffers, Warning::IdentityYearDiffers]),
            (1, vec![Warning::IdentityProvinceDiffers]),
        ]
    );
    // They are taken in: what they said is not kept beside the register.
    assert!(warned.iter().all(|line| line.said.is_none() && !line.person_id.is_empty()));
    let admitted = officer.lines_of(import, Outcome::Admitted).await;
    assert_eq!(admitted[0].warnings.len(), 2);
    world.stop().await;
}

#[tokio::test]
async fn a_dry_import_tells_all_that_the_caller_may_know_and_takes_in_nobody() {
    let world = World::start().await;
    let mut officer = world.officer();
    world.national().admits(world.gamma, DAY, vec![person(500)]).await.expect("admitted");
    officer.admits(world.beta, DAY, vec![person(501)]).await.expect("admitted");
    let published = world.published().await.len();
    // The two of a number lie in different batches.
    let lines = || -> Vec<_> {
        [500, 501]
            .into_iter()
            .chain(0..60)
            .chain([1])
            .map(|n| line(person(n)))
            .chain([nobody_knows(900), nobody_knows(900)])
            .collect()
    };
    let import = Uuid::now_v7();
    let dry = Header { validate_only: true, ..header(import, world.alpha) };
    let judged = officer.imports(dry.clone(), lines()).await.expect("judged");
    // Of somebody outside of her scope it says nothing.
    assert_eq!((counts(&judged), judged.validate_only), ((62, 0, 1, 2), true));
    let told: Vec<_> =
        officer.lines_of(import, Outcome::Refused).await.iter().map(why).map(|it| it.0).collect();
    assert_eq!(told, ["MEMBERSHIP_ACTIVE", "IDENTITY_NUMBER_REPEATED"]);
    assert_eq!(officer.counts(world.alpha, DAY).await, 0);
    assert_eq!(world.published().await.len(), published);
    let again = officer.imports(dry, lines()).await.expect("judged again");
    assert_eq!(counts(&again), counts(&judged));

    // Then in earnest, under the same id.
    let done = officer.imports(header(import, world.alpha), lines()).await.expect("imported");
    assert_eq!((counts(&done), done.validate_only), ((61, 0, 1, 3), false));
    assert_eq!(officer.counts(world.alpha, DAY).await, 61);
    let dry = Header { validate_only: true, ..header(import, world.alpha) };
    assert_eq!(refused(officer.imports(dry, lines()).await).0, "REQUEST_ID_REUSED");
    world.stop().await;
}

#[tokio::test]
async fn whoever_was_known_is_met_by_her_number_and_keeps_to_the_rules() {
    let world = World::start().await;
    let mut officer = world.officer();
    let applied = officer.applies(world.hanoi, DAY, vec![person(1)]).await.expect("recorded");
    let left = officer.admits(world.beta, date!(2019 - 01 - 01), vec![person(2), person(3)]).await;
    let left = left.expect("admitted");
    let gone = [(left[0], date!(2020 - 02 - 01)), (left[1], date!(2019 - 02 - 01))];
    for (person, on) in gone {
        officer.exits(world.beta, pb::ExitReason::Resigned, on, &[person]).await.expect("left");
    }
    let import = Uuid::now_v7();
    let lines = [1, 2, 3].map(|n| line(person(n))).to_vec();
    let done = officer.imports(header(import, world.alpha), lines.clone()).await.expect("imported");
    assert_eq!(counts(&done), (2, 0, 0, 1));
    let admitted = officer.lines_of(import, Outcome::Admitted).await;
    assert_eq!([id(&admitted[0].person_id), id(&admitted[1].person_id)], [applied[0], left[1]]);
    let waiting = officer.lines_of(import, Outcome::Refused).await;
    assert_eq!(why(&waiting[0]).0, "WAITING_PERIOD_RUNNING");

    // Who comes back was here before.
    let readmitted = Header {
        kind: pb::AdmissionKind::Readmitted.into(),
        ..header(Uuid::now_v7(), world.alpha)
    };
    let import = id(&readmitted.request_id);
    let done = officer.imports(readmitted, vec![line(person(77))]).await.expect("imported");
    assert_eq!(counts(&done), (0, 0, 0, 1));
    let told = officer.lines_of(import, Outcome::Refused).await;
    assert_eq!(why(&told[0]).0, "FORMER_MEMBERSHIP_MISSING");

    // Late paper for a union that has ended since: whoever joined before goes on from there.
    world.registry.ends(date!(2022 - 01 - 01), &[(world.beta, Members::Rehomed(world.alpha))]);
    let import = Uuid::now_v7();
    let late = vec![line(person(88)), line(person(89))];
    let done = officer.imports(header(import, world.beta), late).await.expect("imported");
    assert_eq!(counts(&done), (2, 0, 0, 0));
    assert_eq!(officer.counts(world.beta, date!(2021 - 12 - 31)).await, 2);
    assert_eq!(officer.counts(world.alpha, date!(2022 - 01 - 01)).await, 4);
    world.stop().await;
}

#[tokio::test]
async fn streams_that_are_none_are_refused() {
    let world = World::start().await;
    let mut officer = world.officer();
    let headless = pb::ImportMembersRequest { part: Some(Part::Lines(Lines::default())) };
    let refusal = officer.imports.import_members(tokio_stream::iter([headless])).await;
    assert_eq!(refused(refusal), because("IMPORT_HEADER_MISSING", "header"));

    let import = Uuid::now_v7();
    let first = Header { continues: true, ..header(import, world.alpha) };
    let done = officer.imports(first, vec![line(person(1))]).await.expect("imported");
    assert!(!done.finished);
    let ahead = Header { first_line: 2, ..header(import, world.alpha) };
    let refusal = officer.imports(ahead, vec![line(person(2))]).await;
    assert_eq!(refused(refusal).0, "IMPORT_LINES_MISSING");
    let next = Header { first_line: 1, ..header(import, world.alpha) };
    let done = officer.imports(next, vec![line(person(2))]).await.expect("imported");
    assert_eq!((done.lines_done, done.finished), (2, true));
    assert_eq!(officer.import_of(import).await.expect("told"), done);

    let kindless = Header { kind: 0, ..header(Uuid::now_v7(), world.alpha) };
    assert_eq!(refused(officer.imports(kindless, Vec::new()).await).0, "FIELD_REQUIRED");
    let far = Header {
        effective_on: Some(civil(date!(2199 - 01 - 01))),
        ..header(Uuid::now_v7(), world.alpha)
    };
    assert_eq!(refused(officer.imports(far, Vec::new()).await).0, "EFFECTIVE_DATE_TOO_FAR");
    let unsigned = Header {
        decision_issued_on: Some(civil(date!(2199 - 01 - 01))),
        ..header(Uuid::now_v7(), world.alpha)
    };
    assert_eq!(refused(officer.imports(unsigned, Vec::new()).await).0, "DECISION_IN_FUTURE");
    let many = vec![line(person(1)); 1_001];
    let parts =
        [Part::Header(header(Uuid::now_v7(), world.alpha)), Part::Lines(Lines { lines: many })];
    let messages = parts.map(|part| pb::ImportMembersRequest { part: Some(part) });
    let refusal = officer.imports.import_members(tokio_stream::iter(messages)).await;
    assert_eq!(refused(refusal).0, "TOO_MANY_LINES");
    let beyond = officer.imports(header(Uuid::now_v7(), world.gamma), Vec::new()).await;
    assert_eq!(refused(beyond), because("ORGANISATION_UNKNOWN", "organisation_id"));
    let stranger =
        world.actor("stranger", "vi").imports(header(import, world.alpha), Vec::new()).await;
    assert_eq!(refused(stranger).0, "PERMISSION_DENIED");
    world.stop().await;
}

#[tokio::test]
async fn numbers_of_people_outside_the_scope_are_told_within_the_quota_only() {
    let world = World::start().await;
    let mut national = world.national();
    for block in 0..4 {
        let lines = (block * 900..block * 900 + 900).map(person).collect();
        national.admits(world.gamma, DAY, lines).await.expect("admitted");
    }
    let import = Uuid::now_v7();
    let lines: Vec<_> = (0..3_600).map(|n| line(person(n))).collect();
    let mut officer = world.officer();
    let refusal = officer.imports(header(import, world.alpha), lines).await;
    assert_eq!(refused(refusal).0, "IDENTITY_QUOTA_EXHAUSTED");
    let told = officer.import_of(import).await.expect("told");
    // Some hundreds a process counts by itself before it adds them.
    assert!((2_500..3_500).contains(&told.lines_done) && !told.finished, "{told:?}");
    // Asked again, it tells no more.
    let header = Header { first_line: told.lines_done, ..header(import, world.alpha) };
    let refusal = officer.imports(header, vec![line(person(0)); 40]).await;
    assert_eq!(refused(refusal).0, "IDENTITY_QUOTA_EXHAUSTED");
    assert_eq!(officer.import_of(import).await.expect("told"), told);
    world.stop().await;
}

/// Thirty-two writers, by imports and by rolls, with the same people.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_admit_the_same_people_one_wins_and_nobody_hears_of_a_deadlock() {
    const PEOPLE: u32 = 120;
    let world = World::start().await;
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..32_u32 {
        let mut officer = world.officer();
        // Each in an order of its own, half of them into another union.
        let people: Vec<u32> = (0..PEOPLE).map(|k| (k * 7 + n * 11) % PEOPLE).collect();
        let union = if n % 2 == 0 { world.alpha } else { world.beta };
        writers.spawn(async move {
            if n % 4 == 3 {
                let lines = people.into_iter().map(person).collect();
                match officer.admits(union, DAY, lines).await {
                    Ok(admitted) => i64::try_from(admitted.len()).expect("few"),
                    Err(status) => {
                        let reason = refused::<()>(Err(status)).0;
                        let lost = ["IDENTITY_NUMBER_TAKEN", "MEMBERSHIP_ACTIVE"];
                        assert!(lost.contains(&reason.as_str()), "{reason}");
                        0
                    }
                }
            } else {
                let lines = people.into_iter().map(|n| line(person(n))).collect();
                let done = officer.imports(header(Uuid::now_v7(), union), lines).await;
                done.expect("imported").admitted
            }
        });
    }
    let admitted: i64 = writers.join_all().await.into_iter().sum();
    assert_eq!(admitted, i64::from(PEOPLE));
    let mut officer = world.officer();
    let members = officer.counts(world.alpha, DAY).await + officer.counts(world.beta, DAY).await;
    assert_eq!(members, i32::try_from(PEOPLE).expect("few"));
    world.stop().await;
}

/// The rule that a unique index and a trigger keep between two sessions.
#[tokio::test]
async fn nobody_is_in_two_unions_on_a_day_whoever_writes_at_once() {
    use sqlx::{AssertSqlSafe, Connection, Executor};
    let world = World::start().await;
    let mut officer = world.officer();
    let admitted = officer.admits(world.alpha, DAY, vec![person(1)]).await.expect("admitted");
    let person = admitted[0];
    officer
        .exits(world.alpha, pb::ExitReason::LeftEmployment, date!(2020 - 06 - 01), &[person])
        .await
        .expect("left");
    let mut one = world.look().await;
    let mut other = world.look().await;
    let stay = |union: Uuid, from: &str, until: &str| {
        AssertSqlSafe(format!(
            "insert into membership (person_id, membership_id, organisation_id, from_on, until_on,
                                     begun_by, ended_by)
             select '{person}', gen_random_uuid(), '{union}', '{from}', '{until}', movement_id,
                    movement_id
             from movement limit 1"
        ))
    };
    let constraint = |error: sqlx::Error| {
        let told = error.as_database_error().and_then(|error| error.constraint());
        told.map(str::to_string)
    };
    // Over one that is there, around it, and from the same day on.
    for (from, until) in
        [("2020-05-01", "2020-07-01"), ("2020-01-01", "2021-01-01"), ("2020-03-01", "2020-03-02")]
    {
        let refused = one.execute(stay(world.beta, from, until)).await.map(drop);
        let refused = refused.expect_err("refused");
        assert_eq!(constraint(refused).as_deref(), Some("membership_one_at_a_time"));
    }
    one.execute(stay(world.beta, "2020-06-01", "2020-07-01")).await.expect("the day after");
    // One that holds on no day lies over none.
    one.execute(stay(world.alpha, "2020-06-15", "2020-06-15")).await.expect("no day");

    // The second waits for the first, and then sees it.
    let mut first = one.begin().await.expect("begun");
    first.execute(stay(world.alpha, "2021-01-01", "2021-03-01")).await.expect("written");
    let second = tokio::spawn({
        let statement = stay(world.beta, "2021-02-01", "2021-04-01");
        async move { other.execute(statement).await.map(drop) }
    });
    let mut look = world.look().await;
    loop {
        let waiting: bool = sqlx::query_scalar(
            "select exists (select from pg_stat_activity
                            where datname = current_database() and wait_event_type = 'Lock')",
        )
        .fetch_one(&mut look)
        .await
        .expect("read");
        if waiting {
            break;
        }
        tokio::task::yield_now().await;
    }
    first.commit().await.expect("committed");
    let refused = second.await.expect("ran").expect_err("refused");
    assert_eq!(constraint(refused).as_deref(), Some("membership_one_at_a_time"));
    // Nor is a stay drawn over another one.
    let drawn =
        look.execute("update membership set until_on = '2020-06-20' where from_on = '2020-03-01'");
    let refused = drawn.await.map(drop).expect_err("refused");
    assert_eq!(constraint(refused).as_deref(), Some("membership_one_at_a_time"));
    // And what a row names is there, and stays.
    let nobody = look.execute(
        "insert into membership (person_id, membership_id, organisation_id, from_on, begun_by)
         select gen_random_uuid(), gen_random_uuid(), to_organisation_id, '2020-01-01', movement_id
         from movement where to_organisation_id is not null limit 1",
    );
    let refused = nobody.await.map(drop).expect_err("refused");
    assert_eq!(constraint(refused).as_deref(), Some("membership_person"));
    look.execute("delete from movement").await.map(drop).expect_err("movements stay");
    look.execute("delete from person").await.map(drop).expect_err("people stay");
    world.stop().await;
}
