//! Indicators that are loaded: they count what is recorded by their filter, and nothing else; what each has
//! meant it goes on meaning.

use chassis::database::today;
use chassis::parse::civil;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{ExitReason, WelfareGiven, welfare_given};
use proto::registry::v1::DecisionRecorded;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::reporting::v1 as pb;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::targets::{assign, target};
use crate::templates::{ask, body, sentence, set, sets};
use crate::world::{Actor, World, because, period, query, refused};

const YEAR: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));

pub(crate) fn decides(world: &World) -> Uuid {
    let decision_id = Uuid::now_v7();
    let recorded = DecisionRecorded {
        decision_id: decision_id.to_string(),
        issuer_id: world.confederation.to_string(),
        kind: "QUYET_DINH".to_string(),
        number: "7/QĐ-TLĐ".to_string(),
        issued_on: Some(civil(YEAR.0)),
        effective_on: Some(civil(YEAR.0)),
    };
    world.says(YEAR.0, RegistryWhat::DecisionRecorded(recorded));
    decision_id
}

pub(crate) fn additive(code: &str, numerator: &str) -> pb::IndicatorDefinition {
    pb::IndicatorDefinition {
        code: code.to_string(),
        name_vi: format!("Chỉ tiêu {code}"),
        name_en: format!("Indicator {code}"),
        unit_vi: "lượt".to_string(),
        kind: pb::IndicatorKind::Additive.into(),
        numerator: numerator.to_string(),
        ..Default::default()
    }
}

fn distinct(code: &str, numerator: &str) -> pb::IndicatorDefinition {
    let kind = pb::IndicatorKind::Distinct.into();
    pb::IndicatorDefinition { kind, ..additive(code, numerator) }
}

fn share(code: &str, numerator: &str, denominator: &str) -> pb::IndicatorDefinition {
    pb::IndicatorDefinition {
        kind: pb::IndicatorKind::Share.into(),
        denominator: denominator.to_string(),
        ..additive(code, numerator)
    }
}

pub(crate) fn loading(
    decision: Uuid,
    from: Date,
    indicators: Vec<pb::IndicatorDefinition>,
) -> pb::LoadIndicatorsRequest {
    pb::LoadIndicatorsRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        indicators,
        in_force_from: Some(civil(from)),
        decision_id: decision.to_string(),
    }
}

impl Actor {
    async fn loads(&mut self, asked: pb::LoadIndicatorsRequest) -> Vec<(String, i32, bool)> {
        let answer = self.indicators.load_indicators(asked).await.expect("loaded").into_inner();
        let of = |one: pb::load_indicators_response::Loaded| (one.code, one.version, one.is_new);
        answer.indicators.into_iter().map(of).collect()
    }

    async fn listed(&mut self, code: &str) -> Vec<pb::Indicator> {
        let asked = pb::ListIndicatorsRequest {};
        let listed = self.figures.list_indicators(asked).await.expect("listed").into_inner();
        listed.indicators.into_iter().filter(|one| one.code == code).collect()
    }
}

/// An administrator of the whole trade union.
pub(crate) fn administrator(world: &World) -> Actor {
    world.grants("chief", "ADMINISTRATOR", world.confederation);
    world.actor("chief")
}

fn helps(world: &World, unit: Uuid, (kind, occasion): (&str, &str), subjects: &[&str]) {
    let people = subjects.iter().map(|subject| welfare_given::Person {
        subject: (*subject).to_string(),
        amount_vnd: 500_000,
    });
    let given = WelfareGiven {
        welfare_id: Uuid::now_v7().to_string(),
        organisation_id: unit.to_string(),
        kind: kind.to_string(),
        occasion: occasion.to_string(),
        source: "UNION_FUND".to_string(),
        people: people.collect(),
    };
    world.tells(date!(2020 - 01 - 20), MembershipWhat::WelfareGiven(given));
}

#[tokio::test]
async fn a_loaded_indicator_counts_what_its_filter_says_and_no_counter_example() {
    let world = World::start().await;
    let (chief, decision) = (&mut administrator(&world), decides(&world));
    let unions = world.loads_unions(world.badinh, "NNN_CP", 2);
    world.admits(unions[0], date!(2020 - 01 - 05), 9);
    world.exits(unions[0], date!(2020 - 02 - 01), ExitReason::Retired, 2);
    world.exits(unions[0], date!(2020 - 02 - 01), ExitReason::Resigned, 1);
    helps(&world, unions[0], ("AID", "TET"), &["a", "b"]);
    helps(&world, unions[1], ("VISIT", "TET"), &["a"]);
    helps(&world, unions[1], ("VISIT", "SICKNESS"), &["c"]);
    let posted = |channel: &str, times| pb::Activity {
        organisation_id: unions[0].to_string(),
        kind_code: "POST".to_string(),
        held_on: Some(civil(date!(2020 - 05 - 01))),
        times,
        fields: vec![pb::ActivityField {
            name: "channel".to_string(),
            codes: vec![channel.to_string()],
            ..Default::default()
        }],
        ..Default::default()
    };
    let recorded = pb::RecordActivitiesRequest {
        request_id: Uuid::new_v4().to_string(),
        activities: vec![posted("FACEBOOK", 4), posted("ZALO", 3)],
        ..Default::default()
    };
    chief.activities.record_activities(recorded).await.expect("recorded");

    let unknown =
        refused(chief.figures.query_figures(query("TET_HELPS", world.hanoi, YEAR, None)).await);
    assert_eq!(unknown, because("INDICATOR_UNKNOWN", "indicators[0]"));
    let indicators = vec![
        additive("TET_HELPS", "WELFARE_FOR[TET]"),
        distinct("TET_VISITED", "WELFARE_PERSON[VISIT]"),
        additive("LEFT_BY_AGE", "MBR_EXITED[RETIRED|DIED]"),
        additive("POSTS_FACEBOOK", "ACTIVITY_OF[POST.channel.FACEBOOK]"),
        additive("HELPS_BUT_TET", "WELFARE - WELFARE_FOR[TET]"),
        share("TET_SHARE", "WELFARE_FOR[TET]", "WELFARE_FOR"),
    ];
    let loaded = chief.loads(loading(decision, YEAR.0, indicators)).await;
    assert!(loaded.iter().all(|(_, version, is_new)| (*version, *is_new) == (1, true)));
    let of = [
        ("TET_HELPS", 3, 0),
        ("TET_VISITED", 2, 0),
        ("LEFT_BY_AGE", 2, 0),
        ("POSTS_FACEBOOK", 4, 0),
        ("HELPS_BUT_TET", 1, 0),
        ("TET_SHARE", 3, 4),
    ];
    let pool = world.look().await;
    for (code, value, denominator) in of {
        let figure = chief.figure(code, world.hanoi, YEAR, None).await;
        assert_eq!((figure.value, figure.denominator), (value, denominator), "{code}");
        assert_eq!(figure.indicator_version, 1);
        chief.explained(&figure, code != "TET_VISITED", 1).await;
        // On any tree and by table it is the same.
        let other = chief.figure(code, world.hanoi, YEAR, Some(YEAR.1)).await;
        assert_eq!((other.value, other.denominator), (value, denominator), "{code}");
        // Counted a second time from the rows.
        let listed = &chief.listed(code).await[0];
        let by_rows: i64 =
            sqlx::query_scalar(by_rows(code)).fetch_one(&pool).await.expect("counted");
        assert_eq!(by_rows, value, "{code} = {}", listed.formula);
    }
    let tet = &chief.listed("TET_HELPS").await[0];
    assert_eq!(tet.counts_vi, "lượt người được thăm hỏi, trợ giúp, theo dịp: Tết");
    assert_eq!(tet.counts_en, "times that people were helped, by occasion: Tết");
    assert_eq!((tet.version, tet.decision_id.clone()), (1, decision.to_string()));
    assert!(tet.crossed && !tet.stock);
    assert!(chief.listed("TET_VISITED").await[0].crossed);
    world.stop().await;
}

/// The same, of the tables.
fn by_rows(code: &str) -> &'static str {
    match code {
        "TET_HELPS" | "TET_SHARE" => {
            "select sum(amount)::bigint from fact where code = 'WELFARE_FOR' and reason = 'TET'"
        }
        "TET_VISITED" => {
            "select count(distinct subject) from subject_fact where code = 'WELFARE_PERSON' and reason = 'VISIT'"
        }
        "LEFT_BY_AGE" => {
            "select sum(amount)::bigint from fact where code = 'MBR_EXITED' and reason in ('RETIRED', 'DIED')"
        }
        "POSTS_FACEBOOK" => {
            "select sum(times)::bigint from activity
             where kind = 'POST' and fields -> 'channel' -> 'codes' ? 'FACEBOOK'"
        }
        _ => "select sum(amount)::bigint from fact where code = 'WELFARE_FOR' and reason <> 'TET'",
    }
}

#[tokio::test]
async fn a_later_version_counts_what_ends_later_and_the_earlier_goes_on_meaning_what_it_meant() {
    let world = World::start().await;
    let (chief, decision) = (&mut administrator(&world), decides(&world));
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    world.admits(union, date!(2020 - 01 - 05), 9);
    world.exits(union, date!(2020 - 02 - 01), ExitReason::Retired, 2);
    world.exits(union, date!(2020 - 02 - 01), ExitReason::Died, 1);
    let first = vec![additive("LEFT_BY_AGE", "MBR_EXITED[RETIRED]")];
    let since = date!(2015 - 01 - 01);
    let request = loading(decision, since, first.clone());
    assert_eq!(chief.loads(request.clone()).await, [("LEFT_BY_AGE".to_string(), 1, true)]);
    assert_eq!(chief.loads(request).await, [("LEFT_BY_AGE".to_string(), 1, true)], "told once");
    let again = loading(decision, since, first);
    assert_eq!(chief.loads(again).await, [("LEFT_BY_AGE".to_string(), 1, false)]);

    let second = vec![additive("LEFT_BY_AGE", "MBR_EXITED[RETIRED|DIED]")];
    let back = loading(decision, today() - Duration::DAY, second.clone());
    let refusal = refused(chief.indicators.load_indicators(back).await);
    assert_eq!(refusal, because("INDICATOR_VERSION_EARLIER", "indicators[0]"));
    let checked = pb::LoadIndicatorsRequest {
        validate_only: true,
        ..loading(decision, today(), second.clone())
    };
    assert_eq!(chief.loads(checked).await, [("LEFT_BY_AGE".to_string(), 2, true)]);
    assert_eq!(chief.listed("LEFT_BY_AGE").await.len(), 1, "nothing was loaded");
    let loaded = chief.loads(loading(decision, today(), second)).await;
    assert_eq!(loaded, [("LEFT_BY_AGE".to_string(), 2, true)]);

    let until_today = (YEAR.0, today());
    let cases = [
        ("LEFT_BY_AGE", YEAR, 1, 2),
        ("LEFT_BY_AGE", until_today, 2, 3),
        ("LEFT_BY_AGE@1", until_today, 1, 2),
        ("LEFT_BY_AGE@2", YEAR, 2, 3),
        ("LEFT_BY_AGE", (date!(1990 - 01 - 01), date!(1990 - 12 - 31)), 1, 0),
    ];
    for (code, days, version, value) in cases {
        let figure = chief.figure(code, world.hanoi, days, None).await;
        assert_eq!((figure.indicator_version, figure.value), (version, value), "{code} {days:?}");
    }
    for code in ["LEFT_BY_AGE@3", "LEFT_BY_AGE@0x", "LEFT_BY_AGE@", "MBR_STOCK@1"] {
        let asked = query(code, world.hanoi, YEAR, None);
        let refusal = refused(chief.figures.query_figures(asked).await);
        assert_eq!(refusal, because("INDICATOR_UNKNOWN", "indicators[0]"), "{code}");
    }
    let listed = chief.listed("LEFT_BY_AGE").await;
    let versions: Vec<i32> = listed.iter().map(|one| one.version).collect();
    assert_eq!(versions, [1, 2]);
    assert_eq!(listed[0].formula, "MBR_EXITED[RETIRED]");
    world.stop().await;
}

#[tokio::test]
async fn unions_that_are_suspended_are_left_out_where_the_indicator_says_so() {
    let world = World::start().await;
    let (chief, decision) = (&mut administrator(&world), decides(&world));
    let unions = world.loads_unions(world.badinh, "NNN_CP", 3);
    let organisation_id = unions[0].to_string();
    let suspended = proto::registry::v1::OrganisationSuspended { organisation_id };
    world.says(date!(2020 - 06 - 01), RegistryWhat::OrganisationSuspended(suspended));
    let active = pb::IndicatorDefinition {
        without_suspended: true,
        ..additive("UNIONS_ACTIVE", "UNIONS_AT")
    };
    chief.loads(loading(decision, YEAR.0, vec![active])).await;
    let asked = pb::QueryFiguresRequest {
        indicators: ["ORG_STOCK", "UNIONS_ACTIVE", "ORG_STOCK"].map(str::to_string).to_vec(),
        period: Some(period(YEAR)),
        ..query("ORG_STOCK", world.hanoi, YEAR, None)
    };
    let figures = chief.figures.query_figures(asked).await.expect("counted").into_inner().figures;
    let values: Vec<(i64, bool)> =
        figures.iter().map(|figure| (figure.value, figure.without_suspended)).collect();
    assert_eq!(values, [(3, false), (2, true), (3, false)]);
    world.stop().await;
}

#[tokio::test]
async fn what_counts_nothing_that_there_is_does_not_load_and_all_lines_at_fault_are_named() {
    let world = World::start().await;
    let (chief, decision) = (&mut administrator(&world), decides(&world));
    let numerator = |numerator: &str| additive("X_1", numerator);
    let cases = [
        (numerator("WELFARE_FOR[CHRISTMAS]"), "INDICATOR_UNFIT", "numerator"),
        (numerator("MBR_HAPPY"), "INDICATOR_UNFIT", "numerator"),
        (numerator("MBR_TRANSFER_IN"), "INDICATOR_UNFIT", "numerator"),
        (numerator("WELFARE_FOR[TET"), "INDICATOR_UNFIT", "numerator"),
        (numerator("ACTIVITY_OF"), "INDICATOR_UNFIT", "numerator"),
        (numerator("STANDING_AT"), "INDICATOR_UNFIT", "numerator"),
        (numerator("ACTIVITY_OF[POST.channel.TELEGRAM]"), "INDICATOR_UNFIT", "numerator"),
        (numerator("ACTIVITY_AMOUNT[POST.channel]"), "INDICATOR_UNFIT", "numerator"),
        (numerator("EMPLOYERS_WITHOUT_UNION[many]"), "INDICATOR_UNFIT", "numerator"),
        (numerator("EMPLOYERS_WITHOUT_UNION[-5]"), "INDICATOR_UNFIT", "numerator"),
        (numerator("RATING[NO_SUCH.*]"), "INDICATOR_UNFIT", "numerator"),
        (numerator("MEMBERS_AT[X]"), "INDICATOR_UNFIT", "numerator"),
        (numerator("MEMBERS_AT + MBR_ADMITTED"), "INDICATOR_UNFIT", "numerator"),
        (numerator("+ -"), "INDICATOR_UNFIT", "numerator"),
        (numerator(&["WELFARE"; 21].join(" + ")), "INDICATOR_UNFIT", "numerator"),
        (numerator("TRAINED[SAFETY]"), "INDICATOR_UNFIT", "kind"),
        (distinct("X_1", "TRAINED + WELFARE_PERSON"), "INDICATOR_UNFIT", "numerator"),
        (distinct("X_1", "WELFARE"), "INDICATOR_UNFIT", "kind"),
        (share("X_1", "WELFARE", ""), "INDICATOR_UNFIT", "kind"),
        (share("X_1", "WELFARE", "MEMBERS_AT"), "INDICATOR_UNFIT", "numerator"),
        (share("X_1", "DISPUTE", "DISPUTE[STRIKE]"), "INDICATOR_UNFIT", "numerator"),
        (additive("x_1", "WELFARE"), "INDICATOR_CODE_MALFORMED", "code"),
        (additive("X'; drop table fact", "WELFARE"), "INDICATOR_CODE_MALFORMED", "code"),
        (additive("X@1", "WELFARE"), "INDICATOR_CODE_MALFORMED", "code"),
        (additive("MBR_STOCK", "WELFARE"), "INDICATOR_BUILT_IN", "code"),
        (additive("", "WELFARE"), "FIELD_REQUIRED", "code"),
        (numerator(""), "FIELD_REQUIRED", "numerator"),
    ];
    for (line, reason, field) in cases {
        let told = format!("{line:?}");
        let asked = loading(decision, YEAR.0, vec![line]);
        let refusal = refused(chief.indicators.load_indicators(asked).await);
        assert_eq!(refusal, because(reason, &format!("indicators[0].{field}")), "{told}");
    }
    let good = additive("X_1", "WELFARE");
    let twice = loading(decision, YEAR.0, vec![good.clone(), good.clone()]);
    let refusal = refused(chief.indicators.load_indicators(twice).await);
    assert_eq!(refusal, because("LINE_REPEATED", "indicators[1]"));
    let none =
        refused(chief.indicators.load_indicators(loading(decision, YEAR.0, Vec::new())).await);
    assert_eq!(none, because("LIST_EMPTY", "indicators"));
    let many = loading(decision, YEAR.0, vec![good.clone(); 101]);
    let refusal = refused(chief.indicators.load_indicators(many).await);
    assert_eq!(refusal, because("LIST_TOO_LONG", "indicators"));
    let undecided = loading(Uuid::now_v7(), YEAR.0, vec![good.clone()]);
    let refusal = refused(chief.indicators.load_indicators(undecided).await);
    assert_eq!(refusal, because("DECISION_UNKNOWN", "decision_id"));
    assert!(chief.listed("X_1").await.is_empty(), "nothing was loaded");

    // An officer of the whole counts, and does not say what is counted; nor does who administers a part.
    world.grants("provincial", "ADMINISTRATOR", world.hanoi);
    for mut other in [world.national(), world.officer(), world.actor("provincial")] {
        let asked = loading(decision, YEAR.0, vec![good.clone()]);
        let refusal = refused(other.indicators.load_indicators(asked).await);
        assert_eq!(refusal.0, "PERMISSION_DENIED");
    }
    assert_eq!(chief.loads(loading(decision, YEAR.0, vec![good])).await.len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn no_more_versions_are_kept_than_a_list_holds() {
    let world = World::start().await;
    let (chief, decision) = (&mut administrator(&world), decides(&world));
    for hundred in 0..10 {
        let indicators =
            (0..100).map(|n| additive(&format!("X_{hundred}_{n}"), "WELFARE")).collect();
        chief.loads(loading(decision, YEAR.0, indicators)).await;
    }
    let one_more = loading(decision, YEAR.0, vec![additive("X_MORE", "WELFARE")]);
    let refusal = refused(chief.indicators.load_indicators(one_more).await);
    assert_eq!(refusal, because("INDICATORS_TOO_MANY", "indicators"));
    world.stop().await;
}

#[tokio::test]
async fn targets_and_templates_name_what_was_loaded_as_they_name_what_the_program_brings_along() {
    let world = World::start().await;
    let (chief, decision) = (&mut administrator(&world), decides(&world));
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    helps(&world, union, ("AID", "TET"), &["a", "b", "c"]);
    helps(&world, union, ("VISIT", "SICKNESS"), &["d"]);
    let mut national = world.national();
    let by = |asked: pb::AssignTargetRequest| pb::AssignTargetRequest {
        issuer_id: world.confederation.to_string(),
        ..asked
    };
    let asked = by(target("TET_HELPS", world.hanoi, YEAR, 4));
    let unknown = refused(national.targets.assign_target(asked.clone()).await);
    assert_eq!(unknown, because("INDICATOR_UNKNOWN", "indicator"));
    let sentences = || {
        vec![
            sentence("Chăm lo Tết {TET_HELPS} lượt, {TET_HELPS/lượt}, bằng {TET_SHARE:%} số lượt."),
            pb::TemplateLine {
                content: Some(pb::template_line::Content::Chart(pb::TemplateChart {
                    kind: pb::TemplateChartKind::Trend.into(),
                    title_vi: "Chăm lo Tết".to_string(),
                    indicator: "TET_HELPS".to_string(),
                    ..Default::default()
                })),
                ..Default::default()
            },
        ]
    };
    let early = set(world.hanoi, "TET", body(sentences()));
    let early = refused(national.reports.set_template(early).await);
    assert_eq!(early.0, "TEMPLATE_INDICATOR_UNKNOWN");

    let indicators = vec![
        additive("TET_HELPS", "WELFARE_FOR[TET]"),
        share("TET_SHARE", "WELFARE_FOR[TET]", "WELFARE_FOR"),
    ];
    chief.loads(loading(decision, YEAR.0, indicators)).await;
    assign(&mut national, asked).await;
    assign(&mut national, by(target("TET_HELPS", world.badinh, YEAR, 3))).await;
    let measuring = |unit: Uuid| pb::MeasureTargetsRequest {
        organisation_id: unit.to_string(),
        period: Some(period(YEAR)),
        ..Default::default()
    };
    let measured =
        national.targets.measure_targets(measuring(world.hanoi)).await.expect("measured");
    let measured = measured.into_inner().targets;
    assert_eq!(measured.len(), 1);
    assert!(measured[0].text.starts_with("3/4 lượt (đạt 75%"), "{}", measured[0].text);
    let own = national.targets.measure_targets(measuring(world.badinh)).await.expect("measured");
    assert!(own.into_inner().targets[0].text.starts_with("3/3 lượt (đạt 100%"));
    let cascade = pb::GetTargetCascadeRequest {
        organisation_id: world.hanoi.to_string(),
        indicator: "TET_HELPS".to_string(),
        period: Some(period(YEAR)),
        measure: true,
        ..Default::default()
    };
    let cascade = national.targets.get_target_cascade(cascade).await.expect("told").into_inner();
    assert_eq!(cascade.assigned[0].value, 4);
    assert_eq!(cascade.figure.expect("measured").value, 3);
    let listing = pb::ListTargetsRequest {
        organisation_id: world.hanoi.to_string(),
        indicator: "TET_HELPS".to_string(),
        ..Default::default()
    };
    let listed = national.targets.list_targets(listing).await.expect("listed").into_inner();
    assert_eq!(listed.targets.len(), 1);

    sets(&mut national, world.hanoi, "TET", sentences()).await;
    let printed = national.reports.print_report(ask("TET", world.hanoi)).await.expect("printed");
    let lines = printed.into_inner().lines;
    assert_eq!(lines[0].text, "Chăm lo Tết 3 lượt, 3/4 lượt (đạt 75%), bằng 75% số lượt.");
    assert!(lines.iter().any(|line| line.text == "Chăm lo Tết"), "{lines:?}");

    // A later version counts what ends from its day on; what was asked before means what it meant.
    let later = vec![additive("TET_HELPS", "WELFARE")];
    chief.loads(loading(decision, today() + Duration::days(1), later)).await;
    let measured =
        national.targets.measure_targets(measuring(world.hanoi)).await.expect("measured");
    assert!(measured.into_inner().targets[0].text.starts_with("3/4 lượt (đạt 75%"));
    let printed = national.reports.print_report(ask("TET", world.hanoi)).await.expect("printed");
    assert!(printed.into_inner().lines[0].text.starts_with("Chăm lo Tết 3 lượt"));
    world.stop().await;
}
