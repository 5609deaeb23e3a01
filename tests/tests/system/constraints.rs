//! Every rule that the schemas hold, and what becomes of a request that would break it: it is
//! refused with a reason, or no request can. A constraint that nobody has thought about breaks
//! as "internal error", and the next caller tries again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chassis::cluster::testing::database;
use chassis::database::Schema;
use sqlx::{Connection, PgConnection};

/// What a request is told that would break one.
#[derive(Clone, Copy, Debug)]
enum Told {
    /// Refused with this reason, by the act or by the name of the constraint.
    Refused(&'static str),
    /// No request can break it, because ...
    Never(&'static str),
}

use Told::{Never, Refused};

const OURS: Told = Never("written by the feed, the acts and the copy of rights, from no request");
const REFERENCE: Told = Refused("REFERENCE_LINE_INVALID");
const ID: Told = Never("its key is an id that the act makes");
const BELIEF: Told = Never("who ends a belief names, in the same statement, the act that does");
const LATER: Told =
    Never("dated acts come in the order of their dates: LATER_ACT_KNOWN, with the unit locked");
const SCOPED: Told =
    Never("the act has looked the organisation up, with its scope, and leans on it");
const CODES: Told = Never("written from an enumeration of ours, not from a text");
const FOLLOWED: Told = Never("written by the follower, from changes that the owner has checked");

/// By service and `schema.table.constraint`; `*` stands for anything. The first that fits.
const TOLD: &[(&str, &str, Told)] = &[
    ("*", "public._sqlx_migrations.*", Never("written by the migrations, from no request")),
    ("*", "public.function_applied.*", Never("written with the functions, from no request")),
    ("*", "feed.*", OURS),
    ("*", "act.*", OURS),
    ("*", "access.*", OURS),
    // What requests do break.
    ("registry", "public.decision.decision_key", Refused("DECISION_EXISTS")),
    ("registry", "public.decision.decision_issuer", Refused("ORGANISATION_UNKNOWN")),
    ("registry", "public.decision_alias.decision_alias_key", Refused("DECISION_EXISTS")),
    ("registry", "*_decision_id_fkey", Refused("DECISION_UNKNOWN")),
    ("registry", "*.congress_consent_id_fkey", Refused("DECISION_UNKNOWN")),
    ("registry", "*.organisation_code_taken", Refused("CODE_TAKEN")),
    ("registry", "*.organisation_alias_known", Refused("ALIAS_EXISTS")),
    ("registry", "*.organisation_director_known", Refused("JOINT_DIRECTION_EXISTS")),
    ("registry", "*.organisation_director_not_itself", Refused("DIRECTOR_IS_SUPERIOR")),
    ("registry", "*.organisation_territory_taken", Refused("COMMUNE_TAKEN")),
    ("registry", "*.organisation_territory_known", Refused("COMMUNE_HELD")),
    ("registry", "*.organisation_seal_account", Refused("ACCOUNT_INVALID")),
    ("registry", "*.organisation_parent_not_itself", Refused("WOULD_FORM_CYCLE")),
    ("registry", "*.organisation_succession_share*", Refused("SHARE_INVALID")),
    ("registry", "*.organisation_succession_split", Refused("SHARE_INVALID")),
    ("registry", "*.organisation_succession_known", Refused("SUCCESSOR_REPEATED")),
    ("registry", "*.organisation_succession_principal", Refused("ORGANISATION_ENDED")),
    ("registry", "*.organisation_succession_not_itself", Refused("SUCCESSOR_NOT_LIVING")),
    ("registry", "*.organisation_ending_successor", Refused("SUCCESSOR_REQUIRED")),
    ("registry", "*.organisation_ending_rehome", Refused("REHOME_REQUIRED")),
    ("registry", "*.organisation_ending_known", Refused("ORGANISATION_ENDED")),
    ("registry", "*.organisation_sector_sector_fkey", Refused("SECTOR_UNKNOWN")),
    ("registry", "*.organisation_status_known", Refused("LATER_ACT_KNOWN")),
    ("registry", "*.organisation_correction_has_reason", Refused("CORRECTION_REASON_REQUIRED")),
    ("registry", "*.organisation_correction_valid_check", Refused("PERIOD_INVALID")),
    ("registry", "*.recognition_of_*", Refused("RECOGNITION_EXISTS")),
    ("registry", "*.congress_ordinal", Refused("CONGRESS_EXISTS")),
    ("registry", "*.congress_ordinal_check", Refused("ORDINAL_INVALID")),
    ("registry", "*.congress_member_count", Refused("MEMBER_COUNT_INVALID")),
    ("registry", "*.congress_term", Refused("TERM_INVALID")),
    ("registry", "*.congress_term_reason", Refused("TERM_REASON_REQUIRED")),
    ("registry", "*.congress_form_check", Refused("CONGRESS_FORM_UNKNOWN")),
    ("registry", "*.congress_body_seats_check", Refused("BODY_SIZE_INVALID")),
    ("registry", "*.congress_body_once", Refused("BODY_SIZE_INVALID")),
    ("registry", "*_body_fkey", Refused("BODY_UNKNOWN")),
    ("registry", "*_body_position_fkey", Refused("POSITION_UNKNOWN")),
    ("registry", "*.office_seat", Refused("SEAT_TAKEN")),
    ("registry", "*.office_sole", Refused("SEAT_TAKEN")),
    ("registry", "*.office_valid_check", Refused("TERM_UNTIL_INVALID")),
    ("registry", "*.unit_assignment_once", Refused("ASSIGNMENT_EXISTS")),
    ("registry", "*.ceremony_kind_check", Refused("CEREMONY_KIND_UNKNOWN")),
    ("registry", "*.ceremony_launched_once", Refused("UNIT_REPEATED")),
    ("registry", "*.employer_tax_code", Refused("TAX_CODE_TAKEN")),
    ("registry", "*.tax_code_asked_tax_codes", Never("tax codes are counted up from none")),
    ("registry", "*.tax_code_asked_key", Never("a day's count is added to, on conflict")),
    ("registry", "*.employer_tax_code_form", Refused("TAX_CODE_INVALID")),
    ("registry", "*.employer_survey_key", Refused("EMPLOYER_SURVEYED_LATER")),
    ("registry", "*.employer_survey_*check", Refused("WORKFORCE_INVALID")),
    ("registry", "*.employer_survey_enterprise_type_fkey", Refused("ENTERPRISE_TYPE_UNKNOWN")),
    ("registry", "*.employer_survey_sector_fkey", Refused("SECTOR_UNKNOWN")),
    ("registry", "*.campaign_stage_block", Refused("BLOCK_REASON_REQUIRED")),
    ("registry", "*.campaign_stage_union", Refused("UNION_REQUIRED")),
    ("registry", "*.campaign_stage_stage_fkey", Refused("STAGE_UNKNOWN")),
    ("registry", "*_employer_id_fkey", Refused("EMPLOYER_UNKNOWN")),
    ("registry", "*.role_grant_once", Refused("GRANT_EXISTS")),
    ("registry", "*.role_grant_valid_check", Refused("GRANT_DATES_INVALID")),
    ("registry", "*.secondment_once", Refused("SECONDMENT_EXISTS")),
    ("registry", "*.secondment_not_to_itself", Refused("SECONDMENT_TO_ITSELF")),
    ("registry", "*.secondment_valid_check", Refused("SECONDMENT_DATES_INVALID")),
    ("registry", "*.succession_plan_once", Refused("LATER_ACT_KNOWN")),
    ("registry", "*.succession_plan_term", Refused("TERM_INVALID")),
    ("registry", "*.succession_candidate_once", Refused("CANDIDATE_REPEATED")),
    ("registry", "*.founding_route_route_check", Refused("FOUNDING_ROUTE_UNFIT")),
    ("registry", "*.body_steering_has_name", Refused("FIELD_REQUIRED")),
    ("registry", "*.plan_step_key", Refused("STEP_EXISTS")),
    ("registry", "*.plan_step_line_check", Refused("STEP_LINE_INVALID")),
    ("registry", "*.plan_step_kind", Refused("STEP_KIND_REQUIRED")),
    ("registry", "*.operation_under_way", Refused("OPERATION_UNDER_WAY")),
    ("membership", "*.application_one_at_a_time", Refused("APPLICATION_OVERLAPS")),
    ("membership", "*.membership_one_at_a_time", Refused("MOVEMENT_LATER")),
    ("membership", "*.identity_number_taken", Refused("IDENTITY_NUMBER_TAKEN")),
    ("membership", "*.party_admitted_once", Refused("PARTY_ALREADY_ADMITTED")),
    ("membership", "*.party_referral_before_admission", Refused("PARTY_ADMISSION_TOO_EARLY")),
    (
        "membership",
        "*.party_referral_admitted_before_confirmed",
        Refused("PARTY_CONFIRMATION_TOO_EARLY"),
    ),
    ("membership", "*.training_course_dates", Refused("COURSE_DATES_MALFORMED")),
    ("membership", "*.training_course_counts", Refused("LINES_EMPTY")),
    ("membership", "*.training_attendance_key", Refused("ATTENDANCE_REPEATED")),
    ("membership", "*.delegate_key", Refused("PERSON_REPEATED")),
    ("membership", "*.cadre_recommendation_purposes", Refused("PURPOSE_MISSING")),
    ("membership", "*.movement_members", Refused("LINES_EMPTY")),
    ("membership", "*.movement_shape", Refused("TRANSFER_TO_SAME")),
    ("membership", "*.movement_source", Refused("SOURCE_ONLY_OF_RECOGNITION")),
    ("membership", "*.honour_once", Refused("HONOUR_RECORDED")),
    ("membership", "*.honour_issuer", Refused("ISSUER_AMBIGUOUS")),
    ("membership", "*.honour_initiative", Refused("INITIATIVE_TITLE_MISFIT")),
    ("membership", "*.emulation_days", Refused("EMULATION_DAYS_MALFORMED")),
    ("membership", "*.emulation_participant_key", Refused("EMULATION_JOINED")),
    ("membership", "*.dispute_case_people", Refused("PEOPLE_CONCERNED_TOO_FEW")),
    ("membership", "*.dispute_case_concluded", Refused("CONCLUSION_TOO_EARLY")),
    ("membership", "*.welfare_amount", Refused("WELFARE_AMOUNT_OUT_OF_RANGE")),
    ("membership", "*.welfare_loan_is_paid_back", Refused("LOAN_DUE_MISFIT")),
    ("membership", "*.standing_shape", Refused("TRANSFER_TO_SAME")),
    ("membership", "*.card_days", Refused("EXPECTED_END_TOO_EARLY")),
    ("membership", "*.person_merge_of_two", Refused("PERSON_REPEATED")),
    ("membership", "*.standing_ends_after_it_began", Refused("EXPECTED_END_TOO_EARLY")),
    ("membership", "*.discipline_ended", Refused("EXPECTED_END_TOO_EARLY")),
    ("membership", "*.person_identity_days", Refused("EXPECTED_END_TOO_EARLY")),
    ("membership", "*.person_alias_days", Refused("EXPECTED_END_TOO_EARLY")),
    ("membership", "*.person_alias_once", Refused("HELD_ALREADY")),
    ("membership", "*.person_birth_year_of_date", Refused("BIRTH_MALFORMED")),
    ("membership", "*.person_sex_known", Refused("ENUM_VALUE_UNKNOWN")),
    (
        "membership",
        "*.person_name_nfc",
        Never("every text is brought into that form as it comes in"),
    ),
    (
        "reporting",
        "*.target_revision",
        Never("revisions are counted from the last one on, with the unit locked"),
    ),
    ("reporting", "*.target_issuer_is_one", Refused("TARGET_ISSUER_AMBIGUOUS")),
    ("reporting", "*.target_mean_has_denominator", Refused("TARGET_COMPARATOR_UNFIT")),
    ("reporting", "*.target_period_check", Refused("PERIOD_REVERSED")),
    ("reporting", "*.target_value_check", Refused("TARGET_VALUE_OUT_OF_RANGE")),
    ("reporting", "*.target_issuer_id_fkey", Refused("ORGANISATION_UNKNOWN")),
    ("reporting", "*.target_withdrawal_says_why", Refused("FIELD_REQUIRED")),
    (
        "reporting",
        "*.target_withdrawal_is_of_revision",
        Never("the revision was read, with the unit locked"),
    ),
    (
        "reporting",
        "*.target_withdrawal_pkey",
        Never("one that is withdrawn is refused, with the unit locked"),
    ),
    (
        "reporting",
        "*.report_template_*",
        Never("versions are counted from the last one on, with the organisation locked"),
    ),
    (
        "reporting",
        "*.report_printing_*",
        Never("written by the worker, with the printing's row locked"),
    ),
    ("reporting", "*.rebuild*", Never("written by an operator's rebuild, from no request")),
    ("reporting", "*.activity_*_check", Refused("ACTIVITY_COUNT_OUT_OF_RANGE")),
    ("reporting", "*.periodic_report_opening_once", Refused("PERIODIC_REPORT_OPENED")),
    ("reporting", "*.periodic_report_opening_period", Refused("PERIOD_REVERSED")),
    ("reporting", "*.periodic_report_opening_due", Refused("PERIODIC_REPORT_DATES_UNFIT")),
    ("reporting", "*.periodic_report_opening_has_form", Refused("LIST_EMPTY")),
    ("reporting", "*.periodic_report_opening_withdrawal", Never("one statement says when and why")),
    (
        "reporting",
        "*.periodic_report_form_*",
        Never("versions are counted, with the issuer locked"),
    ),
    ("reporting", "*.periodic_report_once", Never("the tree has each unit once on a day")),
    ("reporting", "*.periodic_report_state", CODES),
    (
        "reporting",
        "public.periodic_report_consumed.*",
        Never("what was added up is read from the reports, and written anew each time"),
    ),
    (
        "reporting",
        "*.periodic_report_step_key",
        Never("revisions are counted from the last one on, with the report locked"),
    ),
    (
        "reporting",
        "public.periodic_report*.*",
        Never("written from what the act has read, with the report or the organisation locked"),
    ),
    ("reporting", "*.closing_period", Refused("PERIOD_REVERSED")),
    ("reporting", "*.closing_once", Refused("PERIOD_CLOSED")),
    ("reporting", "public.closing.*_organisation_id_fkey", SCOPED),
    (
        "reporting",
        "public.closing*.*",
        Never("revisions are counted from the last one on, with the organisation locked"),
    ),
    ("reporting", "*.rating_key", Never("a later rating replaces it, in the same statement")),
    ("reporting", "*.target_revision_check", Never("revisions are counted from the last one on")),
    // What no request can break.
    ("registry", "*_rule.*", REFERENCE),
    ("registry", "public.reference_version.*", Never("of our making")),
    ("registry", "public.reference_former.*", Never("of our making")),
    ("*", "*_replaced", BELIEF),
    ("registry", "*.*_pkey", ID),
    ("registry", "*.*_organisation_id_fkey", SCOPED),
    ("registry", "*.*_surveyor_id_fkey", SCOPED),
    ("registry", "*.*_union_id_fkey", SCOPED),
    ("registry", "*.*_director_id_fkey", SCOPED),
    ("registry", "*.*_host_id_fkey", SCOPED),
    ("registry", "*.*_unit_id_fkey", SCOPED),
    ("registry", "*.*_issuer_id_fkey", SCOPED),
    ("registry", "*.unit_assignment_known", LATER),
    ("registry", "*.office_known", LATER),
    ("registry", "*.role_grant_known", LATER),
    ("registry", "*.secondment_known", LATER),
    ("registry", "*.organisation_seal_known", LATER),
    ("registry", "*.employer_union_known", LATER),
    ("registry", "*.unit_assignment_valid_check", LATER),
    ("registry", "*.employer_union_valid_check", LATER),
    ("registry", "*.organisation_*_valid_check", LATER),
    ("registry", "*.organisation_*_begins", Never("an attribute begins with the act's day")),
    (
        "registry",
        "*.organisation_*_known",
        Never("the act splits, under the unit's lock, what was known"),
    ),
    ("registry", "*.founding_route_known", Never("a union is founded once: its id is new")),
    ("registry", "*.organisation_founding_origin_check", CODES),
    ("registry", "*.organisation_ending_*_check", CODES),
    ("registry", "*.organisation_seal_seal_check", CODES),
    ("registry", "*.organisation_status_status_check", CODES),
    ("registry", "*.organisation_succession_kind_check", CODES),
    ("registry", "*.organisation_correction_attribute", CODES),
    ("registry", "*.recognition_kind_check", CODES),
    ("registry", "public.operation*", Never("written by the worker, from no request")),
    ("registry", "public.plan_conflict.*", Never("written by the dry run, from no request")),
    ("registry", "public.plan_count.*", Never("written by the dry run, from no request")),
    ("registry", "public.plan_effect.*", Never("written by the dry run, from no request")),
    ("registry", "public.plan_seen.*", Never("written by the dry run, from no request")),
    ("registry", "*.plan_step_check", Never("a founding's id is made with its step")),
    (
        "registry",
        "public.plan_step_former.*",
        Never("a step is taken out once, with its plan locked"),
    ),
    ("registry", "*.plan_step_plan_id_fkey", Never("the act has locked the plan")),
    (
        "registry",
        "*.load_part_*",
        Never("lines are counted by the service, and kept again they are replaced"),
    ),
    ("registry", "*.body_of_organisation", Never("a body that is there already is used")),
    ("registry", "*.*_body_id_fkey", Never("the act has made the body, or locked the office")),
    (
        "registry",
        "*.campaign_stage_*",
        Never("steps are counted from the last one on, with the employer locked"),
    ),
    ("registry", "*.ceremony_launched_ceremony_id_fkey", ID),
    ("registry", "*.congress_body_congress_id_fkey", ID),
    ("registry", "*.congress_body_limits", Never("the three come from one rule")),
    (
        "registry",
        "*.succession_candidate_*",
        Never("candidates are placed in the order of their list"),
    ),
    ("membership", "*.person_attribute_value", Never("a value is bounded as it comes in")),
    ("membership", "*.person_erasure_cause", CODES),
    ("membership", "trigger keep_past", Never("who seals with another key changes nothing else")),
    ("membership", "*.person_identity_ended", Never("both are written by one statement")),
    ("membership", "*.person_identity_blind", Never("the index is an HMAC of that length")),
    (
        "membership",
        "*.person_identity_key",
        Never("one number is written for one new person, and what was hers before is hers again"),
    ),
    (
        "membership",
        "*.decision_document",
        Never("a document that is known already is that one, in the same statement"),
    ),
    ("membership", "*.decision_issuer", Never("the act says one or the other")),
    ("membership", "*.correction_reason", Never("a text is bounded as it comes in")),
    ("membership", "*.movement_corrects", Never("the act has read the movement that it corrects")),
    ("membership", "*_key", ID),
    ("membership", "public.organisation*", FOLLOWED),
    ("membership", "*.application_closed", Never("both are written by one statement")),
    ("membership", "*.membership_ends_by_movement", Never("both are written by one statement")),
    (
        "membership",
        "public.member_import*",
        Never("lines are counted by the service, with their import locked"),
    ),
    (
        "membership",
        "public.member_export*",
        Never("the service alone writes how far an export is, with its row locked"),
    ),
    ("membership", "*.membership_days", Never("nobody leaves before she has come")),
    ("membership", "*.standing_spell_days", Never("days that are none are not written")),
    ("membership", "*.standing_only_offers_are_accepted", Never("the act has read that it is one")),
    ("membership", "*.discipline_measure", CODES),
    ("membership", "*.welfare_kind", CODES),
    ("membership", "*.cadre_outcome_code", CODES),
    (
        "membership",
        "*.cadre_outcome_recommendation",
        Never("the act has locked the recommendation, and undoing one undoes what became of it"),
    ),
    ("membership", "*.dispute_case_kind", CODES),
    ("membership", "*.dispute_case_person_case", ID),
    (
        "membership",
        "*.emulation_participant_emulation",
        Never("the act has read the movement, and keeps it from being undone"),
    ),
    ("membership", "*.discipline_expels_by_exit", Never("both are written by one statement")),
    (
        "membership",
        "trigger membership_apart",
        Never("whom it writes of the act has enrolled; two at a time has a name of its own"),
    ),
    ("membership", "*.card_number", Never("75 random bits: the act draws, nobody chooses")),
    ("membership", "*.card_number_form", Never("the act draws the number, in that form")),
    ("membership", "*.card_ended", Never("both are written by one statement")),
    ("membership", "*.card_revoked_with_reason", Never("a reason is bounded as it comes in")),
    ("membership", "*.duplicate_candidate_dismissed", Never("a text is bounded as it comes in")),
    ("membership", "*.duplicate_candidate_pair", Never("pairs are put in that order as found")),
    ("membership", "trigger members_survive", Never("acts go on with the one who survives")),
    ("membership", "trigger *_person", Never("the act has written the person down")),
    ("membership", "trigger keep_id", Never("no act deletes what others name by its id")),
    ("membership", "trigger taken_back_movement", Never("the act has read what it takes back")),
    ("membership", "public.consequences_left.*", FOLLOWED),
    ("membership", "*.identity_asked_numbers", Never("numbers are counted up from the last one")),
    (
        "membership",
        "*.movement_restates",
        Never("the act has locked the movement that it restates"),
    ),
    ("membership", "*_person", Never("the act has enrolled the person, or locked her")),
    ("membership", "*.delegate_delegation", ID),
    ("membership", "*.training_attendance_course", ID),
    ("membership", "*_organisation", SCOPED),
    ("membership", "*_sender", SCOPED),
    ("membership", "*_host", SCOPED),
    ("membership", "*_organiser", SCOPED),
    ("membership", "*.cadre_recommendation_by", SCOPED),
    ("reporting", "*.figure_audit_key", ID),
    (
        "reporting",
        "*.figure_audit_months",
        Never("whole months are made of the days that were asked for"),
    ),
    ("reporting", "*.figure_audit_*", Never("written by the worker, from what it counted")),
    (
        "reporting",
        "*.indicator_version_*",
        Never("a later version holds from a later day, and what is written was parsed"),
    ),
    ("reporting", "*.activity_pkey", ID),
    ("reporting", "*.activity_revision", Never("revisions are counted from the last one on")),
    ("reporting", "*.activity_past_key", Never("a revision is replaced once, while it is held")),
    ("reporting", "*.target_pkey", ID),
    ("reporting", "public.activity.*_fkey", SCOPED),
    ("reporting", "public.rating.*_fkey", SCOPED),
    ("reporting", "public.rating_*_organisation_id_fkey", SCOPED),
    ("reporting", "*.rating_round_pkey", ID),
    ("reporting", "*.rating_round_period_check", Refused("PERIOD_REVERSED")),
    ("reporting", "*.rating_scheme_*", Never("versions are counted up while their code is held")),
    ("reporting", "*.rating_round_ends_whole", Never("both are written by one statement")),
    (
        "reporting",
        "*.rating_of_round_*",
        Never("unions are listed by one statement, while no other round of the year is opened"),
    ),
    ("reporting", "*.rating_step_*", Never("steps are counted up, with the union held")),
    ("reporting", "public.target.*_organisation_id_fkey", SCOPED),
    ("reporting", "*", FOLLOWED),
    // Triggers that raise by themselves.
    ("membership", "trigger past_stays", Never("no act writes a past: tables keep theirs")),
    (
        "registry",
        "trigger keep_organisation",
        Never("no act deletes an organisation or touches a belief"),
    ),
    ("registry", "trigger stay_closed", BELIEF),
    ("registry", "trigger *_named", Never("the act has looked the organisation up")),
    ("registry", "trigger *_apart", Never("the act splits, under the unit's lock, what was known")),
];

/// Everything that can refuse a row, as `schema.table.constraint`, and `trigger function`.
const ALL: &str = "
    select format('%s.%s.%s', space.nspname, owner.relname, held.conname)
    from pg_constraint held
    join pg_class owner on owner.oid = held.conrelid
    join pg_namespace space on space.oid = owner.relnamespace
    where space.nspname not in ('pg_catalog', 'information_schema') and space.nspname !~ '^pg_'
      -- Not null is for code that does not compile otherwise.
      and held.contype <> 'n'
    union
    select format('%s.%s.%s', space.nspname, owner.relname, index.relname)
    from pg_index
    join pg_class index on index.oid = pg_index.indexrelid
    join pg_class owner on owner.oid = pg_index.indrelid
    join pg_namespace space on space.oid = owner.relnamespace
    where pg_index.indisunique and space.nspname not in ('pg_catalog', 'information_schema')
      and space.nspname !~ '^pg_'
      and not exists (select from pg_constraint where conindid = index.oid and contype in ('p', 'u', 'x'))
    union
    select format('trigger %s', body.proname)
    from pg_trigger
    join pg_proc body on body.oid = pg_trigger.tgfoid
    where not tgisinternal and body.prosrc ~* 'raise exception'
    order by 1";

/// Whether a name fits a pattern with stars.
fn fits(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => name == pattern,
        Some((head, rest)) => name.strip_prefix(head).is_some_and(|name| {
            rest.is_empty()
                || name
                    .char_indices()
                    .map(|(at, _)| at)
                    .chain([name.len()])
                    .any(|at| fits(&name[at..], rest))
        }),
    }
}

async fn of_schema(service: &'static str, schema: &Schema) -> Vec<String> {
    let database = database(service, schema).await;
    let mut connection = PgConnection::connect(&database.superuser_url).await.expect("connected");
    let all = sqlx::query_scalar(ALL).fetch_all(&mut connection).await.expect("read");
    connection.close().await.expect("closed");
    all
}

/// The reasons of a package's contract.
fn reasons(package: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let path = root.join("proto/congdoan").join(package).join("v1/reason.proto");
    fs::read_to_string(path).expect("a contract of reasons")
}

#[tokio::test]
async fn every_constraint_has_its_refusal_or_cannot_be_broken() {
    let schemas = [
        ("registry", of_schema("registry", &registry::SCHEMA).await),
        ("membership", of_schema("membership", &membership::SCHEMA).await),
        ("reporting", of_schema("reporting", &reporting::SCHEMA).await),
    ];
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    let mut found = 0;
    for (service, constraints) in &schemas {
        let contracts = [reasons(service), reasons("refusal")].concat();
        for constraint in constraints {
            found += 1;
            let told = TOLD.iter().enumerate().find(|(_, (of, pattern, _))| {
                (*of == "*" || of == service) && fits(constraint, pattern)
            });
            match told {
                None => findings.push(format!("{service}: {constraint}: nobody has thought of it")),
                Some((n, (.., told))) => {
                    used.insert(n);
                    if let Refused(reason) = told
                        && !contracts.contains(&format!("REASON_{reason} = "))
                    {
                        findings.push(format!("{service}: {constraint}: there is no {reason}"));
                    }
                    if let Never(why) = told {
                        assert!(why.len() > 10, "{constraint}");
                    }
                }
            }
        }
    }
    for (n, (service, pattern, told)) in TOLD.iter().enumerate() {
        if !used.contains(&n) {
            findings.push(format!("{service}: {pattern}: no constraint is {told:?} any more"));
        }
    }
    assert!(found > 300, "only {found} constraints were found");
    assert!(findings.is_empty(), "say what a request is told:\n{}", findings.join("\n"));
}
