//! Every rule of the schema either becomes a refusal, or cannot be broken by a request: no
//! constraint answers with an internal error.

use std::collections::BTreeMap;

use crate::world::World;

/// What stands between a request and each rule.
const RULES: [(&str, &str); 65] = [
    // The reason that a request which would break it is refused with.
    ("application_one_at_a_time", "APPLICATION_OVERLAPS"),
    ("application_organisation", "ORGANISATION_UNKNOWN"),
    ("application_person", "PERSON_UNKNOWN"),
    ("cadre_recommendation_by", "ORGANISATION_UNKNOWN"),
    ("cadre_recommendation_person", "PERSON_UNKNOWN"),
    ("cadre_recommendation_purposes", "PURPOSE_MISSING"),
    ("delegate_key", "PERSON_REPEATED"),
    ("delegate_person", "PERSON_UNKNOWN"),
    ("delegation_host", "ORGANISATION_UNKNOWN"),
    ("delegation_sender", "ORGANISATION_UNKNOWN"),
    ("identity_asked_numbers", "IDENTITY_QUOTA_EXHAUSTED"),
    ("identity_number_taken", "IDENTITY_NUMBER_TAKEN"),
    ("membership_one_at_a_time", "MEMBERSHIP_ACTIVE"),
    ("membership_organisation", "ORGANISATION_UNKNOWN"),
    ("membership_person", "PERSON_UNKNOWN"),
    ("movement_members", "LINES_EMPTY"),
    ("party_admitted_once", "PARTY_ALREADY_ADMITTED"),
    ("party_referral_before_admission", "PARTY_ADMISSION_TOO_EARLY"),
    ("party_referral_organisation", "ORGANISATION_UNKNOWN"),
    ("party_referral_person", "PERSON_UNKNOWN"),
    ("person_birth_year_of_date", "BIRTH_MALFORMED"),
    ("person_name_nfc", "TEXT_NOT_NFC"),
    ("person_sex_known", "ENUM_VALUE_UNKNOWN"),
    ("request_key", "REQUEST_ID_REUSED"),
    ("training_attendance_key", "ATTENDANCE_REPEATED"),
    ("training_attendance_person", "PERSON_UNKNOWN"),
    ("training_course_counts", "LINES_EMPTY"),
    ("training_course_dates", "COURSE_DATES_MALFORMED"),
    ("training_course_organiser", "ORGANISATION_UNKNOWN"),
    // Ids that the act makes itself.
    ("application_key", "made by the act"),
    ("cadre_recommendation_key", "made by the act"),
    ("delegation_key", "made by the act"),
    ("membership_key", "made by the act"),
    ("movement_key", "made by the act"),
    ("party_referral_key", "made by the act"),
    ("person_key", "made by the act"),
    ("person_contact_key", "made by the act"),
    ("person_contact_person", "made by the act"),
    ("person_identity_blind", "made by the act"),
    ("person_identity_key", "made by the act"),
    ("person_identity_person", "made by the act"),
    ("request_body_digest_check", "made by the act"),
    ("training_course_key", "made by the act"),
    ("training_attendance_course", "written by the same act"),
    ("delegate_delegation", "written by the same act"),
    ("membership_begun_by", "written by the same act"),
    ("membership_ended_by", "written by the same act"),
    ("movement_restates", "a movement that was read in the same transaction"),
    // What one statement writes together.
    ("application_closed", "both are written together"),
    ("membership_ends_by_movement", "both are written together"),
    ("movement_shape", "each kind has a statement of its own"),
    ("movement_taken_back_key", "a movement that counts was not taken back"),
    ("movement_taken_back_movement", "a movement that was read in the same transaction"),
    ("identity_asked_key", "counted on conflict"),
    ("consequence_passed_over_key", "written on conflict"),
    // Only registry's feed writes them.
    ("consequence_key", "written by the follower, on conflict"),
    ("grant_held_pkey", "written by the follower"),
    ("ending_pkey", "written by the follower"),
    ("superior_pkey", "written by the follower"),
    ("superior_valid_check", "written by the follower"),
    ("organisation_key", "written by the follower, on conflict"),
    ("organisation_end_has_outcome", "written by the follower, both together"),
    ("organisation_suspension_key", "written by the follower, on conflict"),
    ("organisation_suspension_of", "written by the follower"),
    ("role_permission_pkey", "written by the owner, when it migrates"),
];

#[tokio::test]
async fn every_rule_of_the_schema_is_a_refusal_or_cannot_be_broken() {
    let world = World::start().await;
    let constraints: Vec<(String,)> = sqlx::query_as(
        "select conname::text from pg_constraint
         join pg_namespace on pg_namespace.oid = connamespace
         where contype in ('c', 'f', 'p', 'u', 'x')
           and nspname not in ('pg_catalog', 'information_schema', 'feed')
           and conrelid <> 0 and conname not like '\\_sqlx%'
         union
         select indexrelid::regclass::text from pg_index
         join pg_class on pg_class.oid = indexrelid
         join pg_namespace on pg_namespace.oid = relnamespace
         where indisunique and nspname = 'public'
           and not exists (select from pg_constraint where conindid = indexrelid)
         order by 1",
    )
    .fetch_all(&mut world.look().await)
    .await
    .expect("read");
    let known: BTreeMap<&str, &str> = RULES.into_iter().collect();
    let unheard: Vec<&str> = constraints
        .iter()
        .map(|(name,)| name.as_str())
        .filter(|name| !known.contains_key(name))
        .collect();
    assert!(unheard.is_empty(), "what refuses a request that would break {unheard:?}?");
    let gone: Vec<&&str> =
        known.keys().filter(|name| !constraints.iter().any(|(one,)| one == **name)).collect();
    assert!(gone.is_empty(), "no such rule: {gone:?}");

    // Whatever is said to refuse is in the contract.
    let documented = concat!(
        include_str!("../../../../proto/congdoan/membership/v1/reason.proto"),
        include_str!("../../../../proto/congdoan/refusal/v1/reason.proto"),
    );
    for (rule, reason) in known {
        let is_reason = reason.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
        let word = format!("\"{reason}\"");
        assert!(!is_reason || documented.contains(&word), "{rule}: {reason} is no reason");
    }
}
