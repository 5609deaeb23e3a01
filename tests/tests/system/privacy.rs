//! Canary people go through everything that happens to people, at the most verbose level;
//! then nothing that the system leaves behind may know them, but the one database that is
//! there to.

use std::collections::BTreeMap;

use crate::canary_calls::{Canary, ask_all};
use chassis::refusal::testing::hear;
use http::Method;
use proto::gateway::v1::*;
use proto::membership::v1::*;
use proto::registry::v1::{BatchGetOrganisationsRequest, EndKind, EndOrganisationsRequest};
use proto::registry::v1::{MakeGrantRequest, MembersOutcome, end_organisations_request};
use serde_json::json;
use sqlx::PgPool;
use stage::line::Line;
use stage::made_up::{self, basis, known, on, request_id};
use system::Client;
use tests::child::{Collector, System};
use tests::rows;
use tests::world::{ADMINISTRATOR, Unit, admission, line, load_messages};
use time::Date;
use time::macros::date;
use tonic::Status;

const MEMBERSHIPS: &str = "congdoan.membership.v1.MembershipService";
const ADMIT: &str = "congdoan.membership.v1.MembershipService/AdmitMembers";

/// Words that stand in every canary's name, workplace, occupation, number and phone, and nowhere else;
/// digits enough that no id and no instant has them by chance.
const NAME: &str = "Kanarixq";
const WORKPLACE: &str = "Zizeronwerk";
const OCCUPATION: &str = "Quintarbeit";
const NUMBER: &str = "999088174";
const PHONE: &str = "8490177352";
const EMAIL: &str = "yodelqux";
/// Of a passport, and a sensitive code that stands in no other text.
const PASSPORT: &str = "QX7719";

/// The n-th canary.
fn canary(number: u32) -> PersonLine {
    PersonLine {
        name: format!("Nguyễn {NAME} {number}"),
        sex: Sex::Female.into(),
        birth_year: 1988,
        identity_number: format!("{NUMBER}{number:03}"),
        phone: format!("+{PHONE}{number:02}"),
        workplace: format!("{WORKPLACE} {number}"),
        occupation: format!("{OCCUPATION} {number}"),
        ..PersonLine::default()
    }
}

fn canaries(numbers: std::ops::Range<u32>) -> Vec<PersonLine> {
    numbers.map(canary).collect()
}

/// What would betray a canary in a text, also in one that writes bytes as hexadecimal digits
/// or characters as escapes.
fn needles() -> Vec<(String, String)> {
    let plain = [NAME, WORKPLACE, OCCUPATION, NUMBER, PHONE, EMAIL, PASSPORT];
    let mut needles = Vec::new();
    for word in plain {
        needles.push((word.to_owned(), word.to_lowercase()));
        let hexadecimal: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
        needles.push((format!("{word} in hexadecimal"), hexadecimal));
        let list: Vec<String> = word.bytes().map(|byte| byte.to_string()).collect();
        needles.push((format!("{word} as a list of bytes"), list.join(", ")));
    }
    needles
}

/// Finds canaries in a text; says where, without the line, which may be long.
fn betrayed(place: &str, text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let mut found = Vec::new();
    for (name, needle) in needles() {
        if let Some(at) = text.find(&needle) {
            let from = (0..=at.saturating_sub(300)).rev().find(|at| text.is_char_boundary(*at));
            let to = (at + 120..=text.len()).find(|at| text.is_char_boundary(*at));
            let around = &text[from.unwrap_or(0)..to.unwrap_or(text.len())];
            found.push(format!("{place} tells {name}: …{around}…"));
        }
    }
    found
}

/// The texts of refusals, in full.
#[derive(Default)]
struct Refusals(Vec<(String, Status)>);

impl Refusals {
    /// Takes down a refusal, for the reason that it should have.
    fn take<T>(&mut self, reason: &str, answer: Result<T, Status>) {
        let Err(status) = answer else { panic!("{reason}: it was not refused") };
        let found = stage::refused::Refused::of(&status);
        assert_eq!(found.reason, reason, "{status:?}");
        self.0.push((reason.to_owned(), status));
    }
}

/// What more is written down of canaries, read, told and erased.
async fn described(client: &Client, members: &[String]) {
    let hers = &members[0];
    let add = AddIdentityDocumentRequest {
        request_id: request_id(),
        person_id: hers.clone(),
        identity_number: format!("{PASSPORT}001"),
        identity_kind: IdentityKind::Passport.into(),
        identity_country: "VN".to_owned(),
        ..AddIdentityDocumentRequest::default()
    };
    let added = client.identities().add_identity_document(add).await.expect("added").into_inner();
    let list = ListIdentityDocumentsRequest {
        person_id: hers.clone(),
        ..ListIdentityDocumentsRequest::default()
    };
    let listed = client.identities().list_identity_documents(list).await.expect("listed");
    let numbers = listed.into_inner().documents.into_iter().filter_map(|one| one.number);
    assert!(numbers.collect::<String>().contains(PASSPORT), "whoever may see it does see it");
    let correct = CorrectIdentityDocumentRequest {
        request_id: request_id(),
        person_id: hers.clone(),
        document_id: added.document_id,
        reason: "theo giấy tờ".to_owned(),
        identity_number: format!("{PASSPORT}002"),
        identity_kind: IdentityKind::Passport.into(),
        identity_country: "VN".to_owned(),
        ..CorrectIdentityDocumentRequest::default()
    };
    let corrections = || client.membership_corrections();
    let corrected = corrections().correct_identity_document(correct).await.expect("corrected");
    let undo = UndoIdentityDocumentRequest {
        request_id: request_id(),
        person_id: hers.clone(),
        document_id: corrected.into_inner().document_id,
        reason: "ghi nhầm".to_owned(),
        ..UndoIdentityDocumentRequest::default()
    };
    corrections().undo_identity_document(undo).await.expect("undone");
    let alias = AddAliasRequest {
        request_id: request_id(),
        person_id: hers.clone(),
        name: format!("Bé {NAME}"),
        ..AddAliasRequest::default()
    };
    client.identities().add_alias(alias).await.expect("called");
    let search = SearchMembersRequest { text: NAME.to_owned(), ..SearchMembersRequest::default() };
    let found = client.memberships().search_members(search).await.expect("searched").into_inner();
    assert!(found.found.iter().any(|found| found.alias.contains(NAME)));
    let reached = SetContactRequest {
        request_id: request_id(),
        person_id: hers.clone(),
        phone: Some(canary(77).phone),
        email: Some(format!("{EMAIL}@congdoan.example")),
        ..SetContactRequest::default()
    };
    client.profiles().set_contact(reached).await.expect("reached");
    let said = |value: &str| {
        let (value, effective_on) = (value.to_owned(), on(date!(2020 - 05 - 01)));
        Some(AttributeSaid { value, effective_on, ..AttributeSaid::default() })
    };
    let education = SetAttributeRequest {
        request_id: request_id(),
        person_id: hers.clone(),
        attribute: PersonAttribute::Education.into(),
        said: said("COLLEGE"),
        ..SetAttributeRequest::default()
    };
    client.profiles().set_attribute(education).await.expect("said");
    let religion = SetReligionRequest {
        request_id: request_id(),
        person_id: hers.clone(),
        said: said("BUU_SON_KY_HUONG"),
        ..SetReligionRequest::default()
    };
    client.profiles().set_religion(religion).await.expect("said");
    let profile = GetProfileRequest { person_id: hers.clone(), ..GetProfileRequest::default() };
    let profile = client.profiles().get_profile(profile).await.expect("read").into_inner();
    assert!(profile.email().contains(EMAIL) && profile.phone().contains(PHONE));

    // Told, and somebody else, who has left, erased.
    let export = ExportPersonRequest {
        request_id: request_id(),
        person_id: hers.clone(),
        purpose: "theo yêu cầu".to_owned(),
        ..ExportPersonRequest::default()
    };
    let export = client.protection().export_person(export).await.expect("told").into_inner();
    let records = ListExportedRecordsRequest {
        export_id: export.export_id,
        page_size: 500,
        ..ListExportedRecordsRequest::default()
    };
    let told = client.protection().list_exported_records(records).await.expect("told").into_inner();
    let told: String = told.records.into_iter().map(|record| record.content).collect();
    for hers in [NAME, NUMBER, PHONE, EMAIL, PASSPORT, "BUU_SON_KY_HUONG"] {
        assert!(told.contains(hers), "{hers} is not told");
    }
    let erase = ErasePersonRequest {
        request_id: request_id(),
        person_id: members[2].clone(),
        reason: "theo yêu cầu".to_owned(),
        ..ErasePersonRequest::default()
    };
    client.protection().erase_person(erase).await.expect("erased");
}

/// By rolls of their own, done and refused.
async fn honoured_and_helped(client: &Client, union: &Unit, day: Date) {
    let honour = |person: PersonLine, title: &str| RecordHonoursRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        kind: "GOOD_LABOUR".to_owned(),
        level: "GRASSROOTS".to_owned(),
        honoured_on: on(day),
        lines: vec![record_honours_request::Line {
            person: Some(person),
            title: title.to_owned(),
            ..record_honours_request::Line::default()
        }],
        ..RecordHonoursRequest::default()
    };
    client.honours().record_honours(honour(canary(31), "")).await.expect("honoured");
    let refused = client.honours().record_honours(honour(canary(32), "Cải tiến")).await;
    refused.expect_err("a title has no title");
    let help = |person: PersonLine, amount_vnd: i64| GiveWelfareRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        kind: WelfareKind::Aid.into(),
        occasion: "SICKNESS".to_owned(),
        source: "DONORS".to_owned(),
        given_on: on(day),
        lines: vec![give_welfare_request::Line { person: Some(person), amount_vnd }],
        ..GiveWelfareRequest::default()
    };
    let gave = client.welfare().give_welfare(help(canary(33), 500_000)).await.expect("given");
    client.welfare().give_welfare(help(canary(34), 0)).await.expect_err("it is nothing");
    let timeline = GetPersonTimelineRequest {
        person_id: gave.into_inner().person_ids.remove(0),
        ..GetPersonTimelineRequest::default()
    };
    let timeline = client.timelines().get_person_timeline(timeline).await.expect("read");
    assert_eq!(timeline.into_inner().entries.len(), 1);
}

/// Everything that happens to people, done and refused.
async fn live(system: &System, client: &Client, stranger: &Line, refusals: &mut Refusals) {
    let lines = [
        line("T-01", "LDLD_TINH", "TLD"),
        line("CS-1", "CDCS", "T-01"),
        line("CS-2", "CDCS", "T-01"),
        line("CS-3", "CDCS", "T-01"),
    ];
    let load = tokio_stream::iter(load_messages(request_id(), &lines));
    client.organisations().load_organisations(load).await.expect("loaded");
    let find = BatchGetOrganisationsRequest {
        codes: lines.iter().map(|line| line.code.clone()).collect(),
        ..BatchGetOrganisationsRequest::default()
    };
    let found = client.organisations().batch_get_organisations(find).await.expect("found");
    let units: BTreeMap<String, Unit> = found
        .into_inner()
        .organisations
        .into_iter()
        .map(|found| (found.code.clone(), Unit { id: found.organisation_id, code: found.code }))
        .collect();
    for role in [
        "PARTY_OFFICER",
        "IDENTITY_OFFICER",
        "PROFILE_OFFICER",
        "PROTECTION_OFFICER",
        "WELFARE_OFFICER",
    ] {
        let grant = MakeGrantRequest {
            request_id: request_id(),
            issuer: system.running.issuer.clone(),
            subject: ADMINISTRATOR.to_owned(),
            role: role.to_owned(),
            organisation_id: units["T-01"].id.clone(),
            ..MakeGrantRequest::default()
        };
        client.grants().make_grant(grant).await.expect("granted");
    }
    let (union, other, ending) = (&units["CS-1"], &units["CS-2"], &units["CS-3"]);
    let day = date!(2020 - 05 - 01);
    let stranger = stranger.with("congdoan-seen", client.seen().expect("a token"));

    // Applied, admitted, listed, found, moved, left.
    let apply = RecordApplicantsRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        applied_on: on(date!(2020 - 04 - 20)),
        applicants: canaries(0..3),
        ..RecordApplicantsRequest::default()
    };
    let applied = client.applications().record_applicants(apply).await.expect("applied");
    let applied = applied.into_inner().applicants;
    let lines = applied.iter().map(|one| known(&one.person_id)).collect();
    let admit = admission(union, day, lines);
    client.memberships().admit_members(admit).await.expect("admitted");
    let admit = admission(union, day, canaries(10..16));
    let admitted = client.memberships().admit_members(admit).await.expect("admitted");
    let members: Vec<String> =
        admitted.into_inner().members.into_iter().map(|member| member.person_id).collect();
    let admit = admission(ending, day, canaries(20..23));
    client.memberships().admit_members(admit).await.expect("admitted");
    let get = GetMemberRequest { person_id: members[0].clone(), known_at: None };
    let read = client.memberships().get_member(get).await.expect("read").into_inner();
    let person = read.person.expect("a person");
    assert!(person.name.contains(NAME) && person.identity_number().starts_with(NUMBER));
    assert!(person.phone().contains(PHONE), "whoever may see it does see it");
    let list =
        ListMembersRequest { organisation_id: union.id.clone(), ..ListMembersRequest::default() };
    client.memberships().list_members(list).await.expect("listed");
    let list = ListApplicationsRequest {
        organisation_id: union.id.clone(),
        ..ListApplicationsRequest::default()
    };
    client.applications().list_applications(list).await.expect("listed");
    let find = FindPersonRequest {
        identity_number: canary(10).identity_number,
        ..FindPersonRequest::default()
    };
    client.memberships().find_person(find.clone()).await.expect("found");
    let transfer = TransferMembersRequest {
        request_id: request_id(),
        from_organisation_id: union.id.clone(),
        to_organisation_id: other.id.clone(),
        effective_on: on(date!(2020 - 06 - 01)),
        person_ids: vec![members[1].clone()],
        ..TransferMembersRequest::default()
    };
    client.memberships().transfer_members(transfer).await.expect("moved");
    let exit = ExitMembersRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        reason: ExitReason::Retired.into(),
        effective_on: on(date!(2020 - 06 - 01)),
        person_ids: vec![members[2].clone()],
        ..ExitMembersRequest::default()
    };
    client.memberships().exit_members(exit).await.expect("left");

    // Trained, referred, admitted to the Party, recommended, sent.
    let course = HoldTrainingCourseRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        title: "Nghiệp vụ công đoàn".to_owned(),
        topics: vec!["UNION_WORK".to_owned()],
        starts_on: on(day),
        attendances: vec![Attendance {
            person_id: members[0].clone(),
            organisation_id: union.id.clone(),
            attended_on: None,
        }],
        ..HoldTrainingCourseRequest::default()
    };
    client.trainings().hold_training_course(course).await.expect("held");
    let refer = ReferToPartyRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        referred_on: on(day),
        lines: vec![known(&members[0]), canary(30)],
        ..ReferToPartyRequest::default()
    };
    let referred = client.party().refer_to_party(refer).await.expect("referred").into_inner();
    let admit = AdmitToPartyRequest {
        request_id: request_id(),
        admitted_on: on(date!(2020 - 07 - 01)),
        referral_ids: vec![referred.referrals[0].referral_id.clone()],
        ..AdmitToPartyRequest::default()
    };
    client.party().admit_to_party(admit).await.expect("admitted");
    let recommend = RecommendCadreRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        recommended_on: on(day),
        lines: vec![recommend_cadre_request::Line {
            person_id: members[0].clone(),
            purposes: vec![CadrePurpose::Planning.into()],
        }],
        ..RecommendCadreRequest::default()
    };
    client.cadres().recommend_cadre(recommend).await.expect("recommended");
    let send = SendDelegationRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        host_id: other.id.clone(),
        event: "CONFERENCE".to_owned(),
        held_on: on(day),
        delegates: vec![Delegate {
            person_id: members[0].clone(),
            organisation_id: union.id.clone(),
        }],
        ..SendDelegationRequest::default()
    };
    client.delegations().send_delegation(send).await.expect("sent");
    honoured_and_helped(client, union, day).await;

    described(client, &members).await;

    // A dossier, by gRPC; and a union that ends under its members' feet.
    let dossier = |code: &str, applicants: Vec<PersonLine>| FoundGrassrootsUnionRequest {
        request_id: request_id(),
        validate_only: false,
        dossier: Some(GrassrootsUnionDossier {
            union: Some(NewUnion {
                superior_id: units["T-01"].id.clone(),
                code: code.to_owned(),
                name: "CĐCS Công ty Thử".to_owned(),
                sector: "NNN_CP".to_owned(),
                ..NewUnion::default()
            }),
            decision: Some(made_up::decision(day)),
            applicants,
            applied_on: on(date!(2020 - 04 - 20)),
            committee: Vec::new(),
        }),
    };
    let found = dossier("CS-9", canaries(40..46));
    client.gateway().found_grassroots_union(found).await.expect("founded");
    let end = EndOrganisationsRequest {
        request_id: request_id(),
        units: vec![end_organisations_request::Unit {
            organisation_id: ending.id.clone(),
            kind: EndKind::Dissolved.into(),
            members_outcome: MembersOutcome::Rehomed.into(),
            rehome_to_id: other.id.clone(),
            ..end_organisations_request::Unit::default()
        }],
        basis: basis(date!(2020 - 08 - 01)),
        ..EndOrganisationsRequest::default()
    };
    client.organisations().end_organisations(end).await.expect("ended");

    // Every way of being refused that has people in it.
    let admits =
        async |lines: Vec<PersonLine>| stranger.send(ADMIT, &admission(union, day, lines)).await;
    refusals.take("IDENTITY_NUMBER_TAKEN", admits(vec![canary(10)]).await);
    refusals.take("IDENTITY_NUMBER_REPEATED", admits(vec![canary(50), canary(50)]).await);
    let changed = |change: fn(&mut PersonLine)| {
        let mut person = canary(51);
        change(&mut person);
        vec![person]
    };
    let refused = changed(|person| person.identity_number.push('0'));
    refusals.take("IDENTITY_NUMBER_MALFORMED", admits(refused).await);
    let refused = changed(|person| person.phone.push('x'));
    refusals.take("PHONE_MALFORMED", admits(refused).await);
    let refused = changed(|person| person.name.push('\u{202e}'));
    refusals.take("TEXT_MALFORMED", admits(refused).await);
    let refused = changed(|person| person.name = person.name.repeat(30));
    refusals.take("TEXT_TOO_LONG", admits(refused).await);
    let refused = changed(|person| person.name.push('\u{7}'));
    refusals.take("TEXT_MALFORMED", admits(refused).await);
    let refused = changed(|person| person.birth_year = 1700);
    refusals.take("BIRTH_MALFORMED", admits(refused).await);
    let refused = changed(|person| person.person_id = person.identity_number.clone());
    refusals.take("ID_MALFORMED", admits(refused).await);
    refusals.take("MEMBERSHIP_ACTIVE", admits(vec![known(&members[0])]).await);
    let find = FindPersonRequest { identity_number: canary(99).identity_number, ..find };
    let answer = stranger.send(&format!("{MEMBERSHIPS}/FindPerson"), &find).await;
    refusals.take("PERSON_UNKNOWN", answer);
    let find = FindPersonRequest { identity_number: format!("{NUMBER}1"), ..find };
    let answer = stranger.send(&format!("{MEMBERSHIPS}/FindPerson"), &find).await;
    refusals.take("IDENTITY_NUMBER_MALFORMED", answer);
    let mut refused = dossier("CS-10", canaries(60..65));
    refused.dossier.as_mut().expect("a dossier").applicants[2].identity_number.push('0');
    let answer = stranger.send("congdoan.gateway.v1.GatewayService/FoundGrassrootsUnion", &refused);
    refusals.take("IDENTITY_NUMBER_MALFORMED", answer.await);
    // The code is taken: registry refuses what membership had recorded.
    let refused = dossier("CS-1", canaries(70..75));
    let answer = stranger.send("congdoan.gateway.v1.GatewayService/FoundGrassrootsUnion", &refused);
    refusals.take("CODE_TAKEN", answer.await);
    // Bytes that are no message, and a message that is too large, with canaries in them.
    let name = canary(80).name;
    let answer =
        stranger.call(ADMIT, vec![format!("{name} {}", canary(80).phone).into_bytes()]).await;
    refusals.take("MESSAGE_MALFORMED", answer);
    let answer = stranger.call(ADMIT, vec![name.repeat(300_000).into_bytes()]).await;
    refusals.take("MESSAGE_TOO_LARGE", answer);
}

/// The same over JSON, also broken JSON; answers what the gateway said.
async fn live_by_json(system: &System, token: &str, union_id: &str) -> Vec<String> {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let path = format!("/v1/organisations/{union_id}:admitMembers");
    let person = |number: u32| {
        let person = canary(number);
        json!({
            "name": person.name,
            "identityNumber": person.identity_number,
            "phone": person.phone,
            "workplace": person.workplace,
            "occupation": person.occupation,
        })
    };
    let admission = |person: serde_json::Value| {
        json!({
            "requestId": request_id(),
            "kind": "ADMISSION_KIND_ADMITTED",
            "effectiveOn": { "year": 2020, "month": 9, "day": 1 },
            "lines": [person],
        })
    };
    let mut unknown_field = person(91);
    unknown_field["nickname"] = json!(canary(91).name);
    let mut wrong_type = person(92);
    wrong_type["birthYear"] = json!(canary(92).name);
    let mut wrong_value = person(93);
    wrong_value["sex"] = json!(canary(93).name);
    let mut malformed = person(94);
    malformed["identityNumber"] = json!(format!("{}0", canary(94).identity_number));
    let whole = admission(person(90)).to_string();
    let bodies = [
        (200, whole.clone()),
        (400, whole[..whole.len() - 9].to_owned()),
        (400, admission(unknown_field).to_string()),
        (400, admission(wrong_type).to_string()),
        (400, admission(wrong_value).to_string()),
        (400, admission(malformed).to_string()),
    ];
    let mut said = Vec::new();
    for (status, body) in bodies {
        let gateway = &system.running.gateway;
        let answer = stage::browser::send(gateway, Method::POST, &path, &headers, body).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status.as_u16(), status, "{text}");
        said.push(text);
    }
    said
}

/// Every row of every table, as text; feeds' bodies also as what they are.
async fn tables(service: &str, pool: &PgPool) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for table in rows::tables(pool).await {
        let text = rows::texts(pool, &table).await.join("\n");
        texts.push((format!("{service}: {table}"), text));
    }
    let bodies: Vec<Vec<u8>> =
        sqlx::query_scalar("select body from feed.stream").fetch_all(pool).await.expect("read");
    assert!(!bodies.is_empty() || service == "reporting", "{service} published something");
    let text = bodies.iter().map(|body| String::from_utf8_lossy(body)).collect::<Vec<_>>();
    texts.push((format!("{service}: bodies of the feed"), text.join("\n")));
    texts
}

#[tokio::test(flavor = "multi_thread")]
async fn canary_people_appear_in_no_log_span_measure_error_or_feed() {
    let collector = Collector::start().await;
    let system = System::start(env!("CARGO_BIN_EXE_congdoan-up"), &collector.endpoint).await;
    let running = system.running.clone();
    registry::bootstrap(&running.registry_owner_url, &running.issuer, ADMINISTRATOR)
        .await
        .expect("bootstrapped");
    let token = system::token::ask(&running.issuer, ADMINISTRATOR).await.expect("a token");
    let client = Client::connect(&running.gateway, &token).await.expect("connected").heard_by(hear);
    let line = Line::to(&running.gateway).await.bearing(&token);

    let mut refusals = Refusals::default();
    live(&system, &client, &line, &mut refusals).await;
    let find = BatchGetOrganisationsRequest {
        codes: vec!["CS-2".to_owned()],
        ..BatchGetOrganisationsRequest::default()
    };
    let found = client.organisations().batch_get_organisations(find).await.expect("found");
    let union_id = found.into_inner().organisations.remove(0).organisation_id;
    let said = live_by_json(&system, &token, &union_id).await;
    let hers = canary(10);
    let find = FindPersonRequest {
        identity_number: hers.identity_number.clone(),
        ..FindPersonRequest::default()
    };
    let found = client.memberships().find_person(find).await.expect("found").into_inner();
    let address = format!("{EMAIL}@congdoan.example");
    let asked = Canary {
        name: &hers.name,
        number: &hers.identity_number,
        phone: &hers.phone,
        email: &address,
        person_id: &found.person_id,
        organisation_id: &union_id,
    };
    let asking = line.with("congdoan-seen", client.seen().expect("a token"));
    let all = ask_all(&asking, &asked).await;
    let (methods, refused) = (all.methods, all.refusals.len());
    assert!(methods > 60 && refused > methods, "{methods} methods, {refused} refusals");
    assert!(all.unheard_of.is_empty(), "no comment names why: {:#?}", all.unheard_of);
    refusals.0.extend(all.refusals);

    // The databases, when everybody has followed everybody.
    let mut pools = BTreeMap::new();
    for service in proto::services::OWNERS {
        let url = running
            .registry_owner_url
            .replace("registry_owner@", &format!("{service}_owner@"))
            .replace("/registry?", &format!("/{service}?"));
        pools.insert(service, PgPool::connect(&url).await.expect("connected"));
    }
    tests::feeds::followed(&pools).await;
    let mut places = Vec::new();
    for (service, pool) in &pools {
        places.extend(tables(service, pool).await);
        pool.close().await;
    }
    let left = system.stop().await;
    let heard = collector.heard().await;
    let (log, postgresql) = (left.log(), left.postgresql_log());
    assert!(log.lines().count() > 1_000, "it was to log everything");
    assert!(heard.spans.len() > 100 && !heard.logs.is_empty() && !heard.metrics.is_empty());

    // The one place that is to know them: names, workplaces and occupations, but no number and no
    // phone.
    let homes = ["person", "person_past", "person_alias"];
    let at_home =
        |place: &str| homes.iter().any(|home| place == format!("membership: public.{home}"));
    let home = places.iter().find(|(place, _)| place == "membership: public.person");
    let home = home.expect("the people");
    assert!(home.1.contains(NAME) && home.1.contains(OCCUPATION), "they do live here");
    let secret = [NUMBER, PHONE].map(str::to_owned);
    assert!(!secret.iter().any(|secret| home.1.contains(secret)), "numbers are encrypted");

    places.retain(|(place, _)| !at_home(place));
    places.push(("the log".to_owned(), log));
    places.push(("PostgreSQL's log".to_owned(), postgresql));
    places.push(("a span".to_owned(), format!("{:?}", heard.spans)));
    places.push(("a log line told to the collector".to_owned(), format!("{:?}", heard.logs)));
    places.push(("a measure".to_owned(), format!("{:?}", heard.metrics)));
    for (reason, status) in &refusals.0 {
        let details = String::from_utf8_lossy(status.details()).into_owned();
        let text = format!("{} {details} {:?}", status.message(), status.metadata());
        places.push((format!("the refusal {reason}"), text));
    }
    places.extend(said.into_iter().map(|said| ("an answer in JSON".to_owned(), said)));
    let betrayals: Vec<String> =
        places.iter().flat_map(|(place, text)| betrayed(place, text)).collect();
    let (spans, lines) = (heard.spans.len(), heard.logs.len());
    println!("looked through {} places, {spans} spans, {lines} log lines", places.len());
    assert!(betrayals.is_empty(), "{}", betrayals.join("\n"));
}

#[test]
fn a_canary_would_be_found() {
    for text in [
        "name=Nguyễn kanarixq 7".to_owned(),
        "\\x4b616e6172697871".to_owned(),
        format!("{:?}", NAME.as_bytes()),
        canary(7).identity_number,
        canary(7).phone,
    ] {
        assert!(!betrayed("here", &text).is_empty(), "{text}");
    }
}
