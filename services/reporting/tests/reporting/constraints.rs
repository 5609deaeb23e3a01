//! Every constraint of the schema is one that no request can violate, for a reason that stands
//! here, or one whose violation is refused with a reason of its own.

use std::collections::BTreeSet;

use chassis::parse::civil;
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::closings::closing;
use crate::indicators::{additive, administrator, decides, loading};
use crate::returns::{SOME_DAY, defining, opening, tet};
use crate::targets::target;
use crate::world::{World, refused};

/// Why a constraint holds whatever is asked.
enum Why {
    /// What is written there is made here, and by nobody who asks.
    Made,
    /// A request that would violate it is refused with this reason, and for this field.
    Refused(&'static str, &'static str),
}
use Why::{Made, Refused};

const CONSTRAINTS: [(&str, Why); 110] = [
    ("activity.activity_pkey", Made),
    ("activity.activity_revision", Made),
    // A revision is known no longer once, while it is held.
    ("activity_past.activity_past_key", Made),
    (
        "activity.activity_organisation_id_fkey",
        Refused("ORGANISATION_UNKNOWN", "activities[0].organisation_id"),
    ),
    (
        "activity.activity_members_reached_check",
        Refused("ACTIVITY_COUNT_OUT_OF_RANGE", "activities[0].members_reached"),
    ),
    (
        "activity.activity_workers_reached_check",
        Refused("ACTIVITY_COUNT_OUT_OF_RANGE", "activities[0].workers_reached"),
    ),
    (
        "activity.activity_times_check",
        Refused("ACTIVITY_COUNT_OUT_OF_RANGE", "activities[0].times"),
    ),
    ("fact.fact_amount_check", Made),
    // An operator begins rebuilds, as the owner of the schema.
    ("rebuild.rebuild_key", Made),
    ("rebuild.rebuild_one", Made),
    ("rebuild.rebuild_says_why", Made),
    ("rebuild.rebuild_says_who", Made),
    ("rebuild.rebuild_state", Made),
    ("rebuild.rebuild_ends", Made),
    ("rebuild_difference.rebuild_difference_key", Made),
    ("rebuild_difference.rebuild_difference_of", Made),
    ("rebuild_counted.rebuild_counted_key", Made),
    ("rebuild_counted.rebuild_counted_of", Made),
    ("rebuild_generation.rebuild_generation_pkey", Made),
    ("rebuild_generation.rebuild_generation_only_row_check", Made),
    ("rebuild_unit.rebuild_unit_key", Made),
    ("figure_audit.figure_audit_key", Made),
    // Whole months are made of the days that were asked for.
    ("figure_audit.figure_audit_months", Made),
    ("figure_audit.figure_audit_reason", Made),
    ("figure_audit_result.figure_audit_result_key", Made),
    ("figure_audit_result.figure_audit_result_of", Made),
    ("figure_audit_difference.figure_audit_difference_key", Made),
    ("figure_audit_difference.figure_audit_difference_of", Made),
    ("figure_audit_difference.figure_audit_difference_differs", Made),
    // The newest version was read, with the Confederation locked.
    ("indicator_version.indicator_version_pkey", Made),
    ("indicator_version.indicator_version_number", Made),
    ("indicator_version.indicator_version_is_of_kind", Made),
    (
        "indicator_version.indicator_version_shares_have_denominators",
        Refused("INDICATOR_UNFIT", "indicators[0].kind"),
    ),
    (
        "indicator_version.indicator_version_holds_from_another_day",
        Refused("INDICATOR_VERSION_EARLIER", "indicators[0]"),
    ),
    ("subject_fact.subject_fact_amount", Made),
    ("unit_month.unit_month_month_check", Made),
    ("unit_month.unit_month_pkey", Made),
    // One rated again is re-rated, and twice in one list refused.
    ("rating.rating_key", Refused("LINE_REPEATED", "lines[1].organisation_id")),
    (
        "rating.rating_organisation_id_fkey",
        Refused("ORGANISATION_UNKNOWN", "lines[0].organisation_id"),
    ),
    // Versions are counted up while their code is held.
    ("rating_scheme.rating_scheme_key", Made),
    ("rating_scheme.rating_scheme_version_check", Made),
    (
        "rating_scheme.rating_scheme_organisation_id_fkey",
        Refused("ORGANISATION_UNKNOWN", "organisation_id"),
    ),
    ("rating_round.rating_round_pkey", Made),
    ("rating_round.rating_round_ends_whole", Made),
    ("rating_round.rating_round_period_check", Refused("PERIOD_REVERSED", "period")),
    (
        "rating_round.rating_round_organisation_id_fkey",
        Refused("ORGANISATION_UNKNOWN", "organisation_id"),
    ),
    // Unions are listed by one statement, while no other round of the year is opened.
    ("rating_of_round.rating_of_round_key", Made),
    ("rating_of_round.rating_of_round_once", Made),
    ("rating_of_round.rating_of_round_is_decided", Made),
    ("rating_of_round.rating_of_round_round_id_fkey", Made),
    ("rating_of_round.rating_of_round_organisation_id_fkey", Made),
    // What is said is counted up, with the union held.
    ("rating_step.rating_step_key", Made),
    ("rating_step.rating_step_of", Made),
    ("target.target_pkey", Made),
    ("target.target_revision", Made),
    ("target.target_revision_check", Made),
    ("target.target_organisation_id_fkey", Refused("ORGANISATION_UNKNOWN", "organisation_id")),
    ("target.target_issuer_id_fkey", Refused("ORGANISATION_UNKNOWN", "issuer_id")),
    ("target.target_issuer_is_one", Refused("TARGET_ISSUER_AMBIGUOUS", "issuer_id")),
    ("target.target_mean_has_denominator", Refused("TARGET_COMPARATOR_UNFIT", "comparator")),
    ("target.target_period_check", Refused("PERIOD_REVERSED", "period")),
    ("target.target_value_check", Refused("TARGET_VALUE_OUT_OF_RANGE", "value")),
    // One that is withdrawn is refused, with the unit locked; its revision was read.
    ("target_withdrawal.target_withdrawal_pkey", Made),
    ("target_withdrawal.target_withdrawal_is_of_revision", Made),
    ("target_withdrawal.target_withdrawal_says_why", Refused("FIELD_REQUIRED", "reason")),
    // Reports are made with their opening, and written while they are locked.
    ("periodic_report.periodic_report_approved", Made),
    ("periodic_report.periodic_report_edition", Made),
    ("periodic_report.periodic_report_once", Made),
    ("periodic_report.periodic_report_opening_id_fkey", Made),
    ("periodic_report.periodic_report_organisation_id_fkey", Made),
    ("periodic_report.periodic_report_pkey", Made),
    ("periodic_report.periodic_report_revision", Made),
    ("periodic_report.periodic_report_state", Made),
    ("periodic_report.periodic_report_superior_id_fkey", Made),
    ("periodic_report_consumed.periodic_report_consumed_below_id_fkey", Made),
    ("periodic_report_consumed.periodic_report_consumed_key", Made),
    ("periodic_report_consumed.periodic_report_consumed_report_id_fkey", Made),
    (
        "periodic_report_form.periodic_report_form_issuer_id_fkey",
        Refused("ORGANISATION_UNKNOWN", "form.issuer_id"),
    ),
    ("periodic_report_form.periodic_report_form_key", Made),
    ("periodic_report_form.periodic_report_form_version", Made),
    (
        "periodic_report_opening.periodic_report_opening_due",
        Refused("PERIODIC_REPORT_DATES_UNFIT", "due_on"),
    ),
    ("periodic_report_opening.periodic_report_opening_has_form", Refused("LIST_EMPTY", "forms")),
    (
        "periodic_report_opening.periodic_report_opening_once",
        Refused("PERIODIC_REPORT_OPENED", "forms"),
    ),
    (
        "periodic_report_opening.periodic_report_opening_organisation_id_fkey",
        Refused("ORGANISATION_UNKNOWN", "organisation_id"),
    ),
    (
        "periodic_report_opening.periodic_report_opening_period",
        Refused("PERIOD_REVERSED", "period"),
    ),
    ("periodic_report_opening.periodic_report_opening_pkey", Made),
    ("periodic_report_opening.periodic_report_opening_withdrawal", Made),
    ("periodic_report_step.periodic_report_step_key", Made),
    ("periodic_report_step.periodic_report_step_report_id_fkey", Made),
    // A closing is counted and numbered here, with the organisation locked.
    ("closing.closing_pkey", Made),
    ("closing.closing_organisation_id_fkey", Refused("ORGANISATION_UNKNOWN", "organisation_id")),
    ("closing.closing_earlier_id_fkey", Made),
    ("closing.closing_period", Refused("PERIOD_REVERSED", "period")),
    ("closing.closing_revision", Made),
    ("closing.closing_once", Refused("PERIOD_CLOSED", "period")),
    ("closing.closing_revises", Made),
    ("closing_cell.closing_cell_key", Made),
    ("closing_cell.closing_cell_closing_id_fkey", Made),
    // Versions are counted with the organisation locked.
    ("report_template.report_template_key", Made),
    ("report_template.report_template_version", Made),
    ("report_template.report_template_counted", Made),
    ("report_printing.report_printing_key", Made),
    ("report_printing.report_printing_once", Made),
    ("report_printing.report_printing_reason", Made),
    // Each report is written down once, by the attempt that is the last.
    ("report_printing_file.report_printing_file_key", Made),
    ("report_printing_file.report_printing_file_of", Made),
    ("report_printing_file.report_printing_file_or_reason", Made),
    // In the schemas of the chassis, which every service has.
    ("request.request_key", Refused("REQUEST_ID_REUSED", "request_id")),
    ("request.request_body_digest_check", Made),
    ("pending.pending_pkey", Made),
];

/// Tables that only followers write: whatever they cannot apply stops them, loudly.
const FOLLOWED: [&str; 31] = [
    "act_undone",
    "ceremony",
    "ceremony_launched",
    "change_seen",
    "congress",
    "decision",
    "edge",
    "employer_survey",
    "ending",
    "founding_under_way",
    "grant_held",
    "membership",
    "membership_told",
    "movement_left",
    "office",
    "organisation",
    "organisation_name",
    "organisation_industry",
    "organisation_sector",
    "organisation_type",
    "person_merge",
    "role_permission",
    "steering_committee",
    "succession_share",
    "superior",
    "suspension",
    "tree_known",
    "unit_assignment",
    "unit_told",
    // The feeds' own books.
    "applied",
    "follower",
];
/// Those of the sequencer, and of operators.
const OTHERS: [&str; 3] = ["head", "stream", "skipped"];

#[tokio::test]
async fn every_constraint_is_refused_with_a_reason_or_cannot_be_violated() {
    let world = World::start().await;
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select class.relname, known.conname::text
         from pg_constraint known
         join pg_class class on class.oid = known.conrelid
         join pg_namespace space on space.oid = class.relnamespace
         where space.nspname in ('public', 'act', 'feed', 'access') and known.contype <> 'n'
         union
         select class.relname, unique_index.relname
         from pg_index index
         join pg_class unique_index on unique_index.oid = index.indexrelid
         join pg_class class on class.oid = index.indrelid
         join pg_namespace space on space.oid = class.relnamespace
         where space.nspname in ('public', 'act', 'feed', 'access') and index.indisunique",
    )
    .fetch_all(&world.look().await)
    .await
    .expect("read");
    let mut unexplained = BTreeSet::new();
    let mut missing: BTreeSet<&str> = CONSTRAINTS.iter().map(|(name, _)| *name).collect();
    for (table, constraint) in &rows {
        let name = format!("{table}.{constraint}");
        let table = table.as_str();
        let written = !FOLLOWED.contains(&table) && !OTHERS.contains(&table);
        missing.remove(name.as_str());
        if written
            && CONSTRAINTS.iter().all(|(known, _)| *known != name)
            && table != "_sqlx_migrations"
            && table != "function_applied"
        {
            unexplained.insert(name);
        }
    }
    assert!(unexplained.is_empty(), "refuse it, or say why nobody can violate it: {unexplained:?}");
    assert!(missing.is_empty(), "no longer there: {missing:?}");

    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    for (name, why) in &CONSTRAINTS {
        if let Refused(reason, field) = why {
            let answer = violates(&world, union, name).await;
            assert_eq!(answer, (reason.to_string(), field.to_string()), "{name}");
        }
    }
    world.stop().await;
}

const YEAR: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));

/// Asks for what would violate a constraint.
async fn violates(world: &World, union: Uuid, constraint: &str) -> (String, String) {
    let mut officer = world.officer();
    let nobody = Uuid::now_v7().to_string();
    let activity = pb::Activity {
        organisation_id: union.to_string(),
        kind: pb::ActivityKind::Dissemination.into(),
        held_on: Some(civil(YEAR.0)),
        members_reached: Some(1),
        workers_reached: Some(1),
        times: 1,
        ..Default::default()
    };
    let activity = match constraint {
        "activity.activity_organisation_id_fkey" => {
            Some(pb::Activity { organisation_id: nobody.clone(), ..activity })
        }
        "activity.activity_members_reached_check" => {
            Some(pb::Activity { members_reached: Some(-1), ..activity })
        }
        "activity.activity_workers_reached_check" => {
            Some(pb::Activity { workers_reached: Some(-1), ..activity })
        }
        "activity.activity_times_check" => Some(pb::Activity { times: -1, ..activity }),
        _ => None,
    };
    if let Some(activity) = activity {
        let request = pb::RecordActivitiesRequest {
            request_id: Uuid::new_v4().to_string(),
            validate_only: false,
            activities: vec![activity],
        };
        return refused(officer.activities.record_activities(request).await);
    }
    if let Some(of) = constraint.strip_prefix("indicator_version.") {
        let mut chief = administrator(world);
        let loaded = additive("WELFARE_TIMES", "WELFARE");
        let asked = match of {
            "indicator_version_shares_have_denominators" => {
                let kind = pb::IndicatorKind::Share.into();
                let share = pb::IndicatorDefinition { kind, ..loaded };
                loading(Uuid::now_v7(), YEAR.0, vec![share])
            }
            _ => {
                let decision = decides(world);
                let first = loading(decision, YEAR.0, vec![loaded]);
                chief.indicators.load_indicators(first).await.expect("loaded");
                let other = additive("WELFARE_TIMES", "WELFARE[AID]");
                loading(decision, YEAR.0, vec![other])
            }
        };
        return refused(chief.indicators.load_indicators(asked).await);
    }
    let line = |unit: &str| pb::record_ratings_request::Line {
        organisation_id: unit.to_string(),
        grade: "HOAN_THANH".to_string(),
    };
    let lines = match constraint {
        "rating.rating_key" => vec![line(&union.to_string()), line(&union.to_string())],
        "rating.rating_organisation_id_fkey" => vec![line(&nobody)],
        _ => Vec::new(),
    };
    if !lines.is_empty() {
        let request = pb::RecordRatingsRequest {
            request_id: Uuid::new_v4().to_string(),
            year: 2020,
            lines,
            ..Default::default()
        };
        return refused(officer.ratings.record_ratings(request).await);
    }
    let round = crate::rating_rounds::opening(world.badinh);
    let round = match constraint {
        "rating_round.rating_round_period_check" => Some(pb::OpenRoundRequest {
            kind: pb::RatingRoundKind::Custom.into(),
            period: Some(crate::world::period((YEAR.1, YEAR.0))),
            ..round
        }),
        "rating_round.rating_round_organisation_id_fkey" => {
            Some(pb::OpenRoundRequest { organisation_id: nobody.clone(), ..round })
        }
        _ => None,
    };
    if let Some(round) = round {
        return refused(officer.ratings.open_round(round).await);
    }
    if constraint == "rating_scheme.rating_scheme_organisation_id_fkey" {
        let nobody = Uuid::now_v7();
        let asked = crate::rating_schemes::version(nobody, &nobody.to_string(), 2025);
        return refused(officer.ratings.define_scheme(asked).await);
    }
    if constraint == "target_withdrawal.target_withdrawal_says_why" {
        let request = pb::WithdrawTargetRequest {
            request_id: Uuid::new_v4().to_string(),
            target_id: nobody,
            withdrawn_on: Some(civil(YEAR.0)),
            ..Default::default()
        };
        return refused(officer.targets.withdraw_target(request).await);
    }
    if constraint.starts_with("closing.") {
        let good = closing(world.hanoi, YEAR);
        let asked = match constraint {
            "closing.closing_organisation_id_fkey" => {
                pb::ClosePeriodRequest { organisation_id: nobody, ..good }
            }
            "closing.closing_period" => closing(world.hanoi, (YEAR.1, YEAR.0)),
            _ => {
                officer.closings.close_period(good).await.expect("closed");
                closing(world.hanoi, YEAR)
            }
        };
        return refused(officer.closings.close_period(asked).await);
    }
    if constraint == "periodic_report_form.periodic_report_form_issuer_id_fkey" {
        let form = tet(Uuid::now_v7(), None);
        return refused(officer.periodic_reports.define_periodic_report_form(defining(form)).await);
    }
    if constraint.starts_with("periodic_report_opening.") {
        let good = opening(world.badinh, SOME_DAY);
        let asked = match constraint.rsplit('.').next() {
            Some("periodic_report_opening_due") => {
                pb::OpenPeriodicReportsRequest { due_on: Some(civil(YEAR.0)), ..good }
            }
            Some("periodic_report_opening_has_form") => {
                pb::OpenPeriodicReportsRequest { forms: Vec::new(), ..good }
            }
            Some("periodic_report_opening_organisation_id_fkey") => {
                pb::OpenPeriodicReportsRequest { organisation_id: nobody, ..good }
            }
            Some("periodic_report_opening_period") => {
                let reversed = Some(crate::world::period((YEAR.1, YEAR.0)));
                pb::OpenPeriodicReportsRequest { period: reversed, ..good }
            }
            _ => {
                officer.opens(opening(world.badinh, SOME_DAY)).await;
                good
            }
        };
        return refused(officer.periodic_reports.open_periodic_reports(asked).await);
    }
    let good = pb::AssignTargetRequest {
        issuer_id: world.hanoi.to_string(),
        ..target("MBR_ADMITTED", union, YEAR, 10)
    };
    let asked = match constraint {
        "target.target_organisation_id_fkey" => {
            pb::AssignTargetRequest { organisation_id: nobody, ..good }
        }
        "target.target_issuer_id_fkey" => pb::AssignTargetRequest { issuer_id: nobody, ..good },
        "target.target_issuer_is_one" => {
            pb::AssignTargetRequest { issuer_id: String::new(), ..good }
        }
        "target.target_mean_has_denominator" => pb::AssignTargetRequest {
            comparator: pb::Comparator::MeanGreaterOrEqual.into(),
            ..good
        },
        "target.target_period_check" => {
            pb::AssignTargetRequest { period: Some(crate::world::period((YEAR.1, YEAR.0))), ..good }
        }
        "target.target_value_check" => pb::AssignTargetRequest { value: Some(-1), ..good },
        "request.request_key" => {
            officer.targets.assign_target(good.clone()).await.expect("assigned");
            pb::AssignTargetRequest { value: Some(11), ..good }
        }
        unknown => panic!("nobody tries {unknown}"),
    };
    refused(officer.targets.assign_target(asked).await)
}
