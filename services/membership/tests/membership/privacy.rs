use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use sqlx::AssertSqlSafe;
use time::Date;
use time::macros::date;

use crate::world::{World, known, person, refused};

const DAY: Date = date!(2020 - 03 - 01);
const NUMBER: &str = "999085004711";
const PHONE: &str = "0999004711";
const NAME: &str = "Trần Kim Tước";
const WORKPLACE: &str = "Xưởng Sơn Ca";
const OCCUPATION: &str = "Thợ tiện bậc 5";

fn canary() -> pb::PersonLine {
    pb::PersonLine {
        name: NAME.to_string(),
        identity_number: NUMBER.to_string(),
        phone: PHONE.to_string(),
        birth_year: 1985,
        workplace: WORKPLACE.to_string(),
        occupation: OCCUPATION.to_string(),
        ..Default::default()
    }
}

#[tokio::test]
async fn no_table_holds_an_identity_number_or_a_phone_that_can_be_read() {
    let world = World::start().await;
    world.officer().admits(world.alpha, DAY, vec![canary()]).await.expect("admitted");
    let mut look = world.look().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_schema in ('public', 'feed', 'act', 'access') and table_type = 'BASE TABLE'",
    )
    .fetch_all(&mut look)
    .await
    .expect("tables");
    assert!(tables.len() > 15);
    let hexadecimal = |text: &str| text.bytes().map(|b| format!("{b:02x}")).collect::<String>();
    for table in tables {
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(format!("select row::text from {table} as row")))
                .fetch_all(&mut look)
                .await
                .expect("read");
        for row in rows {
            for secret in [NUMBER, PHONE] {
                assert!(!row.contains(secret), "{table} holds a secret");
                assert!(!row.contains(&hexadecimal(secret)), "{table} holds a secret in bytes");
            }
            if !table.contains("person") {
                for hers in [NAME, WORKPLACE, OCCUPATION] {
                    let held = row.contains(hers) || row.contains(&hexadecimal(hers));
                    assert!(!held, "{table} holds what is hers");
                }
            }
        }
    }
}

#[tokio::test]
async fn numbers_are_left_out_without_the_permission_for_them() {
    let world = World::start().await;
    let persons = world.officer().admits(world.alpha, DAY, vec![canary()]).await.expect("admitted");
    let answer = world.officer().sees(persons[0]).await.expect("seen");
    assert_eq!(answer.identity_roles, [""; 0]);
    let seen = answer.person.expect("a person");
    assert_eq!(seen.identity_number.as_deref(), Some(NUMBER));
    assert_eq!(seen.phone.as_deref(), Some(PHONE));
    assert_eq!((seen.workplace.as_str(), seen.occupation.as_str()), (WORKPLACE, OCCUPATION));

    world.registry.grants("clerk", "OFFICER", world.hanoi);
    let mut clerk = world.actor("clerk", "vi");
    let answer = clerk.sees(persons[0]).await.expect("seen");
    assert_eq!(answer.identity_roles, ["IDENTITY_OFFICER"]);
    let seen = answer.person.expect("a person");
    assert_eq!((seen.name.as_str(), seen.birth_year), (NAME, 1985));
    assert_eq!((seen.identity_number, seen.phone), (None, None));
    assert_eq!((seen.workplace.as_str(), seen.occupation.as_str()), (WORKPLACE, OCCUPATION));
    let find = pb::FindPersonRequest { identity_number: NUMBER.to_string(), ..Default::default() };
    assert_eq!(refused(clerk.members.find_person(find.clone()).await).0, "PERMISSION_DENIED");

    // The permission counts where it was granted: not here.
    world.registry.grants("clerk", "IDENTITY_OFFICER", world.hue);
    let seen = clerk.sees(persons[0]).await.expect("seen").person.expect("a person");
    assert_eq!(seen.identity_number, None);
    assert_eq!(refused(clerk.members.find_person(find).await).0, "PERSON_UNKNOWN");
}

#[tokio::test]
async fn a_person_is_found_by_her_number_only_by_those_whose_scope_covers_her() {
    let world = World::start().await;
    let persons = world.officer().admits(world.alpha, DAY, vec![canary()]).await.expect("admitted");
    let find = pb::FindPersonRequest { identity_number: NUMBER.to_string(), ..Default::default() };
    let found =
        world.officer().members.find_person(find.clone()).await.expect("found").into_inner();
    assert_eq!(found.person_id, persons[0].to_string());
    assert_eq!(found.organisation_id, world.alpha.to_string());

    world.registry.grants("hue", "IDENTITY_OFFICER", world.hue);
    let mut hue = world.actor("hue", "vi");
    assert_eq!(refused(hue.members.find_person(find).await).0, "PERSON_UNKNOWN");
    let other = pb::FindPersonRequest {
        identity_number: "9990850047110".to_string(),
        ..Default::default()
    };
    assert_eq!(refused(hue.members.find_person(other).await).0, "IDENTITY_NUMBER_MALFORMED");
}

#[tokio::test]
async fn party_and_cadre_changes_carry_a_pseudonym_per_purpose_and_no_person() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, vec![person(1)]).await.expect("admitted");
    for _ in 0..2 {
        let request = pb::ReferToPartyRequest {
            request_id: uuid::Uuid::new_v4().to_string(),
            organisation_id: world.alpha.to_string(),
            referred_on: Some(chassis::parse::civil(DAY)),
            lines: vec![known(persons[0])],
            ..Default::default()
        };
        officer.party.refer_to_party(request).await.expect("referred");
    }
    let request = pb::RecommendCadreRequest {
        request_id: uuid::Uuid::new_v4().to_string(),
        organisation_id: world.alpha.to_string(),
        recommended_on: Some(chassis::parse::civil(DAY)),
        lines: vec![pb::recommend_cadre_request::Line {
            person_id: persons[0].to_string(),
            purposes: vec![pb::CadrePurpose::Planning.into()],
        }],
        ..Default::default()
    };
    officer.cadre.recommend_cadre(request).await.expect("recommended");

    let mut party = Vec::new();
    let mut cadre = Vec::new();
    for (_, _, change, _) in world.published().await.into_iter().skip(1) {
        assert!(!format!("{change:?}").contains(&persons[0].to_string()));
        match change {
            Published::PartyReferred(change) => party.push(change.subject),
            Published::CadreRecommended(change) => {
                assert_eq!(change.purposes, ["PLANNING"]);
                cadre.push(change.subject);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(party.len(), 2);
    assert_eq!(party[0], party[1], "one person, one pseudonym for one purpose");
    assert_ne!(party[0], cadre[0], "and another for another");
}
