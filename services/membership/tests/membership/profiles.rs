//! What more is known of people, from a day on and as it was known; what is sensitive, apart.

use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use proto::membership::v1::PersonAttribute as Attribute;
use sqlx::AssertSqlSafe;
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::world::{Actor, World, because, person, refused};

const DAY: Date = date!(2020 - 03 - 01);
const LATER: Date = date!(2022 - 03 - 01);

fn said(value: &str, on: Date) -> pb::AttributeSaid {
    pb::AttributeSaid {
        value: value.to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    }
}

impl Actor {
    async fn says(
        &mut self,
        of: Uuid,
        attribute: Attribute,
        said: pb::AttributeSaid,
    ) -> Result<(), Status> {
        let (request_id, person_id) = (Uuid::new_v4().to_string(), of.to_string());
        let said = Some(said);
        let validate_only = false;
        match attribute {
            Attribute::Ethnicity => {
                let request =
                    pb::SetEthnicityRequest { request_id, validate_only, person_id, said };
                self.profiles.set_ethnicity(request).await.map(|_| ())
            }
            Attribute::Religion => {
                let request = pb::SetReligionRequest { request_id, validate_only, person_id, said };
                self.profiles.set_religion(request).await.map(|_| ())
            }
            Attribute::PartyMembership => {
                let request =
                    pb::SetPartyMembershipRequest { request_id, validate_only, person_id, said };
                self.profiles.set_party_membership(request).await.map(|_| ())
            }
            other => {
                let request = pb::SetAttributeRequest {
                    request_id,
                    validate_only,
                    person_id,
                    attribute: other.into(),
                    said,
                };
                self.profiles.set_attribute(request).await.map(|_| ())
            }
        }
    }

    async fn profile(
        &mut self,
        of: Uuid,
        as_of: Date,
        at: Option<OffsetDateTime>,
    ) -> pb::GetProfileResponse {
        let request = pb::GetProfileRequest {
            person_id: of.to_string(),
            as_of: Some(civil(as_of)),
            known_at: at.map(instant),
        };
        self.profiles.get_profile(request).await.expect("a profile").into_inner()
    }

    async fn education(&mut self, of: Uuid, as_of: Date, at: Option<OffsetDateTime>) -> String {
        let profile = self.profile(of, as_of, at).await;
        let education = Attribute::Education;
        let of_it = profile.attributes.into_iter().find(|held| held.attribute() == education);
        of_it.map(|held| held.value).unwrap_or_default()
    }
}

#[tokio::test]
async fn what_is_said_holds_from_its_day_and_is_known_from_its_hour() {
    let world = World::start().await;
    let mut officer = world.officer();
    let hers = officer.admits(world.alpha, DAY, vec![person(1)]).await.expect("admitted")[0];
    officer.says(hers, Attribute::Education, said("COLLEGE", DAY)).await.expect("said");
    let first = OffsetDateTime::now_utc();
    officer.says(hers, Attribute::Education, said("BACHELOR", LATER)).await.expect("said");
    let again = officer.says(hers, Attribute::Education, said("MASTER", LATER)).await;
    assert_eq!(refused(again), because("HELD_ALREADY", "said.effective_on"));
    let unlisted = officer.says(hers, Attribute::Education, said("PROFESSOR", DAY)).await;
    assert_eq!(refused(unlisted), because("ATTRIBUTE_VALUE_UNKNOWN", "said.value"));
    let before = date!(2019 - 01 - 01);
    for (as_of, at, education) in [
        (before, None, ""),
        (DAY, None, "COLLEGE"),
        (LATER, None, "BACHELOR"),
        (LATER, Some(first), "COLLEGE"),
    ] {
        assert_eq!(officer.education(hers, as_of, at).await, education, "{as_of}");
    }

    // The day was wrong; then all of it.
    let second = OffsetDateTime::now_utc();
    let corrected = pb::AttributeSaid {
        corrects_on: Some(civil(LATER)),
        reason: "theo bằng tốt nghiệp".to_string(),
        ..said("MASTER", date!(2023 - 01 - 01))
    };
    officer.says(hers, Attribute::Education, corrected.clone()).await.expect("corrected");
    assert_eq!(officer.education(hers, LATER, None).await, "COLLEGE");
    assert_eq!(officer.education(hers, date!(2024 - 01 - 01), None).await, "MASTER");
    assert_eq!(officer.education(hers, LATER, Some(second)).await, "BACHELOR");
    let gone = officer.says(hers, Attribute::Education, corrected).await;
    assert_eq!(refused(gone), because("ATTRIBUTE_UNKNOWN", "said.corrects_on"));
    let same = pb::AttributeSaid {
        corrects_on: Some(civil(DAY)),
        reason: "kiểm tra".to_string(),
        ..said("COLLEGE", DAY)
    };
    let same = officer.says(hers, Attribute::Education, same).await;
    assert_eq!(refused(same), because("CORRECTION_CHANGES_NOTHING", "said.value"));
    let never = pb::AttributeSaid {
        corrects_on: Some(civil(date!(2023 - 01 - 01))),
        reason: "ghi nhầm người".to_string(),
        ..Default::default()
    };
    officer.says(hers, Attribute::Education, never).await.expect("undone");
    let asked = pb::ListAttributeValuesRequest {
        person_id: hers.to_string(),
        attribute: Attribute::Education.into(),
        known_at: None,
    };
    let listed = officer.profiles.list_attribute_values(asked).await.expect("listed").into_inner();
    assert_eq!((listed.values.len(), listed.values[0].name_vi.as_str()), (1, "Cao đẳng"));
    let corrections =
        pb::ListCorrectionsRequest { about_id: hers.to_string(), ..Default::default() };
    let corrections = officer.corrections.list_corrections(corrections).await.expect("listed");
    let kinds: Vec<_> =
        corrections.into_inner().corrections.iter().map(pb::Correction::kind).collect();
    let expected = [pb::CorrectionKind::AttributeCorrected, pb::CorrectionKind::AttributeUndone];
    assert_eq!(kinds, expected);
    for (attribute, value) in [
        (Attribute::HomeCommune, "00004"),
        (Attribute::Employer, "01900000-0000-7000-8000-000000000001"),
        (Attribute::DirectProduction, "YES"),
    ] {
        officer.says(hers, attribute, said(value, DAY)).await.expect("said");
    }
    assert_eq!(officer.profile(hers, DAY, None).await.attributes.len(), 4);
    let sensitive = pb::SetAttributeRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: hers.to_string(),
        attribute: Attribute::Religion.into(),
        said: Some(said("NONE", DAY)),
        ..Default::default()
    };
    let sensitive = officer.profiles.set_attribute(sensitive).await;
    assert_eq!(refused(sensitive), because("ENUM_VALUE_UNKNOWN", "attribute"));
    for year in 1970..2019 {
        let day = Date::from_calendar_date(year, time::Month::May, 1).expect("a day");
        officer.says(hers, Attribute::DirectProduction, said("NO", day)).await.expect("said");
    }
    let more = officer.says(hers, Attribute::DirectProduction, said("NO", LATER)).await;
    assert_eq!(refused(more), because("TOO_MANY_HELD", "person_id"));
    world.stop().await;
}

#[tokio::test]
async fn each_sensitive_attribute_has_its_own_permission_and_is_sealed() {
    let world = World::start().await;
    let mut officer = world.officer();
    let hers = officer.admits(world.alpha, DAY, vec![person(1)]).await.expect("admitted")[0];
    let denied = officer.says(hers, Attribute::Religion, said("CAO_DAI", DAY)).await;
    assert_eq!(refused(denied).0, "PERMISSION_DENIED");
    world.registry.grants("profiles", "PROFILE_OFFICER", world.hanoi);
    world.registry.grants("profiles", "OFFICER", world.hanoi);
    let mut writer = world.actor("profiles", "vi");
    writer.says(hers, Attribute::Ethnicity, said("02", DAY)).await.expect("said");
    writer.says(hers, Attribute::Religion, said("CAO_DAI", DAY)).await.expect("said");
    let party = writer.says(hers, Attribute::PartyMembership, said("OFFICIAL", DAY)).await;
    assert_eq!(refused(party).0, "PERMISSION_DENIED");
    officer.says(hers, Attribute::PartyMembership, said("OFFICIAL", DAY)).await.expect("said");

    let codes = |profile: &pb::GetProfileResponse| {
        profile.attributes.iter().map(|held| held.value.clone()).collect::<Vec<_>>()
    };
    let seen = writer.profile(hers, DAY, None).await;
    assert_eq!(codes(&seen), ["02", "CAO_DAI"]);
    let roles = |profile: &pb::GetProfileResponse, attribute: Attribute| {
        let mut left_out = profile.left_out.iter();
        let left_out = left_out.find(|left_out| left_out.attribute() == attribute);
        left_out.map(|left_out| left_out.roles.clone()).unwrap_or_default()
    };
    assert_eq!(roles(&seen, Attribute::PartyMembership), ["PARTY_OFFICER"]);
    assert_eq!(roles(&seen, Attribute::Unspecified), ["IDENTITY_OFFICER"]);
    let seen = officer.profile(hers, DAY, None).await;
    assert_eq!(codes(&seen), ["OFFICIAL"]);
    assert_eq!(roles(&seen, Attribute::Ethnicity), ["PROFILE_OFFICER"]);
    let asked = pb::ListReligionValuesRequest { person_id: hers.to_string(), known_at: None };
    let listed = writer.profiles.list_religion_values(asked.clone()).await.expect("listed");
    assert_eq!(listed.into_inner().values[0].name_vi, "Cao Đài");
    assert_eq!(refused(officer.profiles.list_religion_values(asked).await).0, "PERMISSION_DENIED");
    let asked = pb::ListEthnicityValuesRequest { person_id: hers.to_string(), known_at: None };
    writer.profiles.list_ethnicity_values(asked).await.expect("listed");
    let asked =
        pb::ListPartyMembershipValuesRequest { person_id: hers.to_string(), known_at: None };
    officer.profiles.list_party_membership_values(asked).await.expect("listed");

    let mut look = world.look().await;
    let lengths: Vec<i32> =
        sqlx::query_scalar("select distinct length(ciphertext) from person_sensitive")
            .fetch_all(&mut look)
            .await
            .expect("read");
    assert_eq!(lengths.len(), 1, "a length tells no value");
    for table in ["person_sensitive", "person_attribute"] {
        let text: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(format!("select t::text from {table} t")))
                .fetch_all(&mut look)
                .await
                .expect("read");
        assert!(!text.concat().contains("CAO_DAI") && !text.concat().contains("OFFICIAL"));
    }
    world.stop().await;
}

#[tokio::test]
async fn how_somebody_is_reached_is_sealed_and_read_with_the_permission_for_it() {
    let world = World::start().await;
    let mut officer = world.officer();
    let hers = officer.admits(world.alpha, DAY, vec![person(1)]).await.expect("admitted")[0];
    let contact = |phone: Option<&str>, email: Option<&str>| pb::SetContactRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        person_id: hers.to_string(),
        phone: phone.map(str::to_string),
        email: email.map(str::to_string),
    };
    let address = "mai@congdoan.example";
    let both = contact(Some("0999000111"), Some(address));
    officer.profiles.set_contact(both).await.expect("set");
    let then = OffsetDateTime::now_utc();
    let seen = officer.profile(hers, DAY, None).await;
    assert_eq!((seen.phone(), seen.email()), ("0999000111", address));
    officer.profiles.set_contact(contact(None, Some(""))).await.expect("none");
    let seen = officer.profile(hers, DAY, None).await;
    assert_eq!((seen.phone(), seen.email.as_deref()), ("0999000111", None));
    assert_eq!(officer.profile(hers, DAY, Some(then)).await.email(), address);
    let nothing = officer.profiles.set_contact(contact(None, None)).await;
    assert_eq!(refused(nothing), because("CORRECTION_CHANGES_NOTHING", "person_id"));
    let bad = officer.profiles.set_contact(contact(None, Some("mai@"))).await;
    assert_eq!(refused(bad), because("EMAIL_MALFORMED", "email"));
    let bad = officer.profiles.set_contact(contact(Some("12"), None)).await;
    assert_eq!(refused(bad), because("PHONE_MALFORMED", "phone"));
    world.registry.grants("clerk", "OFFICER", world.hanoi);
    let seen = world.actor("clerk", "vi").profile(hers, DAY, None).await;
    assert_eq!((seen.phone, seen.email), (None, None));
    world.stop().await;
}
