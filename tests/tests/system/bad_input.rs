//! Bad input is refused with its documented reason, the field or line at fault, in the
//! caller's language, and leaves nothing behind: by gRPC and by JSON alike.

use http::Method;
use prost::Message;
use proto::gateway::v1::*;
use proto::membership::v1::*;
use proto::registry::v1::*;
use proto::reporting::v1::*;
use stage::browser;
use stage::line::Line;
use stage::made_up::{self, basis, on, people, period, request_id};
use stage::refused::Refused;
use tests::posted::{Posted, contracts, posted};
use tests::rows::differences;
use tests::world::{OPENED_ON, Unit, World, admission, line, load_messages};
use time::macros::date;
use time::{Date, Duration};
use tonic::Code;
use uuid::Uuid;

const FOUND: &str = "congdoan.registry.v1.OrganisationService/FoundOrganisation";
const SUSPEND: &str = "congdoan.registry.v1.OrganisationService/SuspendOrganisation";
const RENAME: &str = "congdoan.registry.v1.OrganisationService/RenameOrganisation";
const LOAD: &str = "congdoan.registry.v1.OrganisationService/LoadOrganisations";
const CONGRESS: &str = "congdoan.registry.v1.CongressService/HoldCongress";
const ADMIT: &str = "congdoan.membership.v1.MembershipService/AdmitMembers";
const ACTIVITIES: &str = "congdoan.reporting.v1.ActivityService/RecordActivities";
const FIGURES: &str = "congdoan.reporting.v1.FigureService/QueryFigures";
const DOSSIER: &str = "congdoan.gateway.v1.GatewayService/FoundGrassrootsUnion";

const DAY: Date = date!(2020 - 05 - 01);
/// The largest message that is read.
const LIMIT: usize = 4 * 1024 * 1024;

/// A request that must be refused, and how.
struct Case {
    what: &'static str,
    method: &'static str,
    messages: Vec<Vec<u8>>,
    code: Code,
    domain: &'static str,
    reason: &'static str,
    /// Fields at fault, with their reasons.
    fields: Vec<(&'static str, &'static str)>,
    /// What the ErrorInfo says besides.
    metadata: Vec<(&'static str, String)>,
}

/// A case with one field at fault, or none where the field is empty.
fn case(
    what: &'static str,
    method: &'static str,
    message: &impl Message,
    (code, domain, reason): (Code, &'static str, &'static str),
    field: &'static str,
) -> Case {
    let fields = if field.is_empty() { Vec::new() } else { vec![(field, reason)] };
    let messages = vec![message.encode_to_vec()];
    Case { what, method, messages, code, domain, reason, fields, metadata: Vec::new() }
}

impl Case {
    fn telling(mut self, key: &'static str, value: impl ToString) -> Self {
        self.metadata.push((key, value.to_string()));
        self
    }

    /// What is wrong with the way in which it was refused.
    fn differs(&self, refused: &Refused, locale: &str) -> Option<String> {
        let fields: Vec<_> =
            self.fields.iter().map(|(field, reason)| ((*field).into(), (*reason).into())).collect();
        let told =
            self.metadata.iter().all(|(key, value)| refused.metadata.get(*key) == Some(value));
        let as_expected = refused.code == self.code
            && refused.domain == self.domain
            && refused.reason == self.reason
            && refused.violations == fields
            && refused.locale == locale
            && !refused.text.is_empty()
            && told;
        (!as_expected).then(|| {
            let Self { what, code, domain, reason, metadata, .. } = self;
            format!(
                "{what}: wanted {code:?} {domain} {reason} {fields:?} {metadata:?} in {locale}, \
                 got {refused:#?}"
            )
        })
    }
}

const REGISTRY: &str = "registry.congdoan.vn";
const MEMBERSHIP: &str = "membership.congdoan.vn";
const REPORTING: &str = "reporting.congdoan.vn";
const GATEWAY: &str = "gateway.congdoan.vn";
const EVERYBODY: &str = "congdoan.vn";

/// What the cases are about.
struct Ground {
    province: Unit,
    district: Unit,
    union: Unit,
}

fn founding(ground: &Ground) -> FoundOrganisationRequest {
    FoundOrganisationRequest {
        request_id: request_id(),
        code: "Q-A-NEW".to_owned(),
        name: "CĐCS Công ty Thử".to_owned(),
        r#type: "CDCS".to_owned(),
        sector: "NNN_CP".to_owned(),
        superior_id: ground.district.id.clone(),
        basis: basis(DAY),
        founders: 6,
        ..FoundOrganisationRequest::default()
    }
}

fn congress(ground: &Ground, held_on: Date) -> HoldCongressRequest {
    HoldCongressRequest {
        request_id: request_id(),
        organisation_id: ground.union.id.clone(),
        ordinal: 1,
        held_on: on(held_on),
        term_from_year: held_on.year(),
        term_to_year: held_on.year() + 5,
        form: "PLENARY".to_owned(),
        ..HoldCongressRequest::default()
    }
}

fn dossier(ground: &Ground) -> FoundGrassrootsUnionRequest {
    FoundGrassrootsUnionRequest {
        request_id: request_id(),
        validate_only: false,
        dossier: Some(GrassrootsUnionDossier {
            union: Some(NewUnion {
                superior_id: ground.district.id.clone(),
                code: "Q-A-NEW".to_owned(),
                name: "CĐCS Công ty Thử".to_owned(),
                sector: "NNN_CP".to_owned(),
                ..NewUnion::default()
            }),
            decision: Some(made_up::decision(DAY)),
            applicants: people(5),
            applied_on: on(DAY - Duration::days(10)),
            committee: vec![CommitteeMember {
                applicant: 0,
                position: "CHAIR".to_owned(),
                term_until: None,
            }],
        }),
    }
}

/// "CĐCS Công ty Thử" with a character that turns what is printed after it.
fn turning(text: &str) -> String {
    text.replace('ô', "ô\u{202e}").replace('ễ', "ễ\u{202e}")
}

fn cases(ground: &Ground) -> Vec<Case> {
    let nobody = Uuid::now_v7().to_string();
    let today = chassis::database::today();
    let far = today + Duration::days(367);
    let mut cases = Vec::new();

    // An unknown parent.
    let unknown = (Code::NotFound, REGISTRY, "ORGANISATION_UNKNOWN");
    let request = FoundOrganisationRequest { superior_id: nobody.clone(), ..founding(ground) };
    cases.push(
        case("founded under nobody", FOUND, &request, unknown, "superior_id")
            .telling("organisation_id", &nobody),
    );
    let stranger = Unit { id: nobody.clone(), code: String::new() };
    let request = admission(&stranger, DAY, people(1));
    let unknown = (Code::NotFound, MEMBERSHIP, "ORGANISATION_UNKNOWN");
    cases.push(
        case("admitted by nobody", ADMIT, &request, unknown, "organisation_id")
            .telling("organisation_id", &nobody),
    );
    let request = QueryFiguresRequest {
        indicators: vec!["MBR_STOCK".to_owned()],
        organisation_id: nobody.clone(),
        period: period(DAY, DAY),
        ..QueryFiguresRequest::default()
    };
    let unknown = (Code::NotFound, REPORTING, "ORGANISATION_UNKNOWN");
    cases.push(case("figures of nobody", FIGURES, &request, unknown, "organisation_id"));
    let mut request = dossier(ground);
    let union = request.dossier.as_mut().and_then(|dossier| dossier.union.as_mut());
    union.expect("a union").superior_id = nobody.clone();
    let unknown = (Code::NotFound, REGISTRY, "ORGANISATION_UNKNOWN");
    cases.push(case(
        "a dossier under nobody",
        DOSSIER,
        &request,
        unknown,
        "dossier.union.superior_id",
    ));

    // A date outside a unit's life.
    let outside = (Code::InvalidArgument, REGISTRY, "DATE_OUTSIDE_LIFE");
    let before = OPENED_ON - Duration::days(1);
    let request = FoundOrganisationRequest { basis: basis(before), ..founding(ground) };
    cases.push(
        case("founded before its superior", FOUND, &request, outside, "superior_id")
            .telling("on", before)
            .telling("from", OPENED_ON),
    );
    let request = congress(ground, before);
    cases.push(case("a congress before the founding", CONGRESS, &request, outside, "held_on"));
    let request = admission(&ground.union, before, people(1));
    let outside = (Code::FailedPrecondition, MEMBERSHIP, "ORGANISATION_NOT_FOUNDED");
    cases.push(
        case("admitted before the founding", ADMIT, &request, outside, "organisation_id")
            .telling("founded_on", OPENED_ON),
    );

    // A decision of the future, and effects too far ahead.
    let tomorrow = today + Duration::days(1);
    let future = (Code::InvalidArgument, REGISTRY, "DECISION_IN_FUTURE");
    let superior_id = ground.province.id.clone();
    let request =
        FoundOrganisationRequest { superior_id, basis: basis(tomorrow), ..founding(ground) };
    let field = "basis.new_decision.issued_on";
    cases.push(case("founded by a decision of tomorrow", FOUND, &request, future, field));
    let request = SuspendOrganisationRequest {
        request_id: request_id(),
        organisation_id: ground.union.id.clone(),
        effective_on: on(far),
        basis: basis(today),
        ..SuspendOrganisationRequest::default()
    };
    let too_far = (Code::InvalidArgument, REGISTRY, "EFFECTIVE_DATE_TOO_FAR");
    cases.push(
        case("suspended in two years", SUSPEND, &request, too_far, "effective_on")
            .telling("limit", today + Duration::days(366)),
    );
    let request = AdmitMembersRequest {
        decision_issued_on: on(tomorrow),
        ..admission(&ground.union, DAY, people(1))
    };
    let future = (Code::InvalidArgument, MEMBERSHIP, "DECISION_IN_FUTURE");
    cases.push(case(
        "admitted by a decision of tomorrow",
        ADMIT,
        &request,
        future,
        "decision_issued_on",
    ));
    let request = admission(&ground.union, far, people(1));
    let too_far = (Code::InvalidArgument, MEMBERSHIP, "EFFECTIVE_DATE_TOO_FAR");
    cases.push(case("admitted in two years", ADMIT, &request, too_far, "effective_on"));
    let mut request = dossier(ground);
    let dossier_of = request.dossier.as_mut().expect("a dossier");
    dossier_of.decision = Some(made_up::decision(tomorrow));
    dossier_of.union.as_mut().expect("a union").superior_id = ground.province.id.clone();
    let future = (Code::InvalidArgument, REGISTRY, "DECISION_IN_FUTURE");
    cases.push(case(
        "a dossier with a decision of tomorrow",
        DOSSIER,
        &request,
        future,
        "dossier.decision.issued_on",
    ));

    // Text that cannot be brought into order.
    let malformed = (Code::InvalidArgument, EVERYBODY, "TEXT_MALFORMED");
    let name = turning("CĐCS Công ty Thử");
    let request = FoundOrganisationRequest { name, ..founding(ground) };
    cases.push(case("a name that turns", FOUND, &request, malformed, "name"));
    let mut lines = people(3);
    lines[1].name = turning("Nguyễn Thị Thử");
    let request = admission(&ground.union, DAY, lines);
    cases.push(case("a person's name that turns", ADMIT, &request, malformed, "lines[1].name"));
    let mut request = dossier(ground);
    let union = request.dossier.as_mut().and_then(|dossier| dossier.union.as_mut());
    union.expect("a union").name = turning("CĐCS Công ty Thử");
    cases.push(case(
        "a dossier's name that turns",
        DOSSIER,
        &request,
        malformed,
        "dossier.union.name",
    ));

    // An identity number of thirteen digits.
    let malformed = (Code::InvalidArgument, MEMBERSHIP, "IDENTITY_NUMBER_MALFORMED");
    let mut lines = people(4);
    lines[2].identity_number.push('0');
    let request = admission(&ground.union, DAY, lines);
    let field = "lines[2].identity_number";
    cases
        .push(case("thirteen digits", ADMIT, &request, malformed, field).telling("characters", 13));
    let mut request = dossier(ground);
    let dossier_of = request.dossier.as_mut().expect("a dossier");
    dossier_of.applicants[3].identity_number.push('0');
    let field = "dossier.applicants[3].identity_number";
    cases.push(case("a dossier with thirteen digits", DOSSIER, &request, malformed, field));

    // Several bad lines of one list are all named.
    let mut lines = people(5);
    lines[0].identity_number.push('0');
    lines[3].name = turning("Nguyễn Thị Thử");
    lines[4].phone = "không có".to_owned();
    let request = admission(&ground.union, DAY, lines);
    let mut several = case("three bad lines", ADMIT, &request, malformed, "");
    several.fields = vec![
        ("lines[0].identity_number", "IDENTITY_NUMBER_MALFORMED"),
        ("lines[3].name", "TEXT_MALFORMED"),
        ("lines[4].phone", "PHONE_MALFORMED"),
    ];
    cases.push(several);

    // A load with bad lines.
    let mut lines: Vec<_> =
        (0..8).map(|n| line(&format!("Q-A-L{n}"), "CDCS", &ground.district.code)).collect();
    lines[1].superior_code = "NOBODY".to_owned();
    lines[3].r#type = "CDXX".to_owned();
    lines[4].sector = String::new();
    lines[5].industry = "VU_TRU".to_owned();
    lines[6].code = "Q-A-L5".to_owned();
    let messages = load_messages(request_id(), &lines);
    let refused = (Code::InvalidArgument, REGISTRY, "LINES_REFUSED");
    let mut load = case("a load with bad lines", LOAD, &messages[0], refused, "");
    load.messages = messages.iter().map(Message::encode_to_vec).collect();
    load.fields = vec![
        ("lines[1].superior_code", "ORGANISATION_UNKNOWN"),
        ("lines[3].type", "ORGANISATION_TYPE_UNKNOWN"),
        ("lines[4].sector", "SECTOR_REQUIRED"),
        ("lines[5].industry", "INDUSTRY_UNKNOWN"),
        ("lines[6].code", "LINE_REPEATED"),
    ];
    cases.push(load.telling("refused", 5));
    let mut lines: Vec<_> =
        (0..4).map(|n| line(&format!("Q-A-L{n}"), "CDCS", &ground.district.code)).collect();
    lines[2].name = turning("Công đoàn");
    lines[3].founded_on = None;
    let messages = load_messages(request_id(), &lines);
    let mut load = case("a load with unreadable lines", LOAD, &messages[0], refused, "");
    load.messages = messages.iter().map(Message::encode_to_vec).collect();
    load.fields =
        vec![("lines[2].name", "TEXT_MALFORMED"), ("lines[3].founded_on", "FIELD_REQUIRED")];
    cases.push(load.telling("refused", 2));

    // A message over the limit.
    let request = RenameOrganisationRequest {
        request_id: request_id(),
        organisation_id: ground.union.id.clone(),
        name: "X".repeat(LIMIT),
        effective_on: on(DAY),
        ..RenameOrganisationRequest::default()
    };
    let too_large = (Code::ResourceExhausted, EVERYBODY, "MESSAGE_TOO_LARGE");
    cases.push(case("five megabytes", RENAME, &request, too_large, "").telling("limit", LIMIT));

    // A dossier's step, in the words of the dossier; membership has written nobody down by then.
    let mut request = dossier(ground);
    let incomplete = request.dossier.as_mut().expect("a dossier");
    incomplete.applicants.pop();
    incomplete.committee.clear();
    let too_few = (Code::InvalidArgument, REGISTRY, "FOUNDERS_TOO_FEW");
    cases.push(
        case("four applicants", DOSSIER, &request, too_few, "dossier.applicants")
            .telling("type", "CDCS")
            .telling("founders", 4)
            .telling("minimum", 5),
    );

    // And what the gateway refuses by itself.
    let mut request = dossier(ground);
    request.dossier.as_mut().expect("a dossier").committee[0].applicant = 5;
    let unknown = (Code::InvalidArgument, GATEWAY, "COMMITTEE_MEMBER_UNKNOWN");
    let seat = "dossier.committee[0].applicant";
    cases.push(case("a seat for nobody", DOSSIER, &request, unknown, seat));
    cases
}

/// Writes once, and answers a case that uses the request id for something else.
async fn reused<M: Message + Clone>(
    line: &Line,
    what: &'static str,
    method: &'static str,
    first: M,
    change: impl FnOnce(&mut M),
) -> Case {
    line.send(method, &first).await.unwrap_or_else(|status| panic!("{what}: {status:?}"));
    let mut second = first;
    change(&mut second);
    let refused = (Code::AlreadyExists, EVERYBODY, "REQUEST_ID_REUSED");
    case(what, method, &second, refused, "request_id")
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_gets_its_reason_and_field_in_both_languages_and_leaves_nothing_behind() {
    let world = World::start().await;
    let district = world.district("Q-A").await;
    let union = world.unions(&district, 1).await.remove(0);
    let line = world.line(tests::world::ADMINISTRATOR).await;
    world.settled().await;
    let ground = Ground { province: world.province.clone(), district, union };

    let mut cases = cases(&ground);
    let rename = RenameOrganisationRequest {
        request_id: request_id(),
        organisation_id: ground.union.id.clone(),
        name: "CĐCS Công ty Mới".to_owned(),
        effective_on: on(DAY),
        ..RenameOrganisationRequest::default()
    };
    cases.push(
        reused(&line, "a renaming reused", RENAME, rename, |request| {
            request.name.push_str(" hơn");
        })
        .await,
    );
    let admit = admission(&ground.union, DAY, people(2));
    cases.push(
        reused(&line, "an admission reused", ADMIT, admit, |request| {
            request.lines.truncate(1);
        })
        .await,
    );
    let activities = RecordActivitiesRequest {
        request_id: request_id(),
        activities: vec![Activity {
            organisation_id: ground.union.id.clone(),
            kind: ActivityKind::Inspection.into(),
            held_on: on(DAY),
            ..Activity::default()
        }],
        ..RecordActivitiesRequest::default()
    };
    cases.push(
        reused(&line, "activities reused", ACTIVITIES, activities, |request| {
            request.activities[0].times = 2;
        })
        .await,
    );

    let before = world.rows().await;
    let pool = contracts();
    let mut wrong = Vec::new();
    let mut by_json = 0;
    for case in &cases {
        let mut texts = Vec::new();
        for (language, locale) in [("vi", "vi-VN"), ("en", "en-US")] {
            let line = line.with("accept-language", language);
            match line.call(case.method, case.messages.clone()).await {
                Ok(_) => wrong.push(format!("{} was not refused", case.what)),
                Err(status) => {
                    let refused = Refused::of(&status);
                    wrong.extend(case.differs(&refused, locale));
                    texts.push(refused.text);
                }
            }
            let Some(Posted { path, kind, body }) = posted(&pool, case.method, &case.messages)
            else {
                continue;
            };
            by_json += 1;
            let bearer = format!("Bearer {}", world.token(tests::world::ADMINISTRATOR));
            let headers = [
                ("authorization", bearer.as_str()),
                ("accept-language", language),
                ("content-type", kind),
            ];
            let uri = world.system.gateway();
            let answer = match body.len() {
                large if large > LIMIT => browser::announce(&uri, &path, &headers, large).await,
                _ => browser::send(&uri, Method::POST, &path, &headers, body).await,
            };
            if answer.status.is_success() {
                wrong.push(format!("{} was not refused by JSON", case.what));
                continue;
            }
            wrong.extend(
                case.differs(&answer.refused(), locale).map(|told| format!("JSON: {told}")),
            );
        }
        if texts.len() == 2 && texts[0] == texts[1] {
            wrong.push(format!("{}: one text for both languages: {}", case.what, texts[0]));
        }
    }
    let changed = differences(&before, &world.rows().await);
    assert!(changed.is_empty(), "something was half-written: {changed:?}; {wrong:#?}");
    assert!(
        wrong.is_empty(),
        "{} refusals are not as documented: {}",
        wrong.len(),
        wrong.join("\n")
    );
    println!("{} cases in two languages, {by_json} of them also by JSON", cases.len() * 2);
}
