//! A person has several documents and several names, and is one person by each of them.

use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use proto::membership::v1::{DocumentEnd, IdentityDocument, IdentityKind, ImportOutcome};
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::imports::{header, line};
use crate::world::{Actor, World, admission, because, id, person, refused};

const DAY: Date = date!(2020 - 03 - 01);
const ISSUED: Date = date!(2021 - 07 - 01);
const CMND: &str = "012345678";

fn document(of: Uuid, kind: IdentityKind, number: &str) -> pb::AddIdentityDocumentRequest {
    pb::AddIdentityDocumentRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: of.to_string(),
        identity_number: number.to_string(),
        identity_kind: kind.into(),
        identity_country: if kind == IdentityKind::Passport { "VN" } else { "" }.to_string(),
        ..Default::default()
    }
}

fn with_cmnd(number: u32, cmnd: &str) -> pb::PersonLine {
    pb::PersonLine {
        identity_number: cmnd.to_string(),
        identity_kind: IdentityKind::OldCard.into(),
        ..person(number)
    }
}

impl Actor {
    async fn adds(&mut self, document: pb::AddIdentityDocumentRequest) -> Result<String, Status> {
        Ok(self.identities.add_identity_document(document).await?.into_inner().document_id)
    }

    async fn documents(&mut self, of: Uuid, at: Option<OffsetDateTime>) -> Vec<IdentityDocument> {
        let asked = pb::ListIdentityDocumentsRequest {
            person_id: of.to_string(),
            known_at: at.map(instant),
        };
        let listed = self.identities.list_identity_documents(asked).await.expect("listed");
        listed.into_inner().documents
    }

    async fn numbers(&mut self, of: Uuid) -> Vec<String> {
        let documents = self.documents(of, None).await;
        documents.into_iter().map(|document| document.number.unwrap_or_default()).collect()
    }

    async fn calls(&mut self, whom: Uuid, name: &str) -> Result<String, Status> {
        let request = pb::AddAliasRequest {
            request_id: Uuid::new_v4().to_string(),
            person_id: whom.to_string(),
            name: name.to_string(),
            ..Default::default()
        };
        Ok(self.identities.add_alias(request).await?.into_inner().alias_id)
    }

    async fn searched(&mut self, text: &str) -> Vec<(String, String)> {
        let sought = pb::SearchMembersRequest { text: text.to_string(), ..Default::default() };
        let found = self.members.search_members(sought).await.expect("searched").into_inner();
        found.found.into_iter().map(|found| (found.name, found.alias)).collect()
    }
}

#[tokio::test]
async fn a_cccd_in_the_place_of_a_cmnd_is_of_the_same_person_and_both_meet_her() {
    let world = World::start().await;
    let mut officer = world.officer();
    let hers = officer.admits(world.alpha, DAY, vec![with_cmnd(1, CMND)]).await.expect("ok")[0];
    let before = OffsetDateTime::now_utc();
    let cmnd = officer.documents(hers, None).await.remove(0);
    assert_eq!((cmnd.number(), cmnd.kind()), (CMND, IdentityKind::OldCard));
    let cccd = person(1).identity_number;
    let request = pb::AddIdentityDocumentRequest {
        from_on: Some(civil(ISSUED)),
        replaces_id: cmnd.document_id.clone(),
        ..document(hers, IdentityKind::Citizen, &cccd)
    };
    let added = officer.adds(request.clone()).await.expect("added");
    let both = officer.documents(hers, None).await;
    assert_eq!(both.len(), 2);
    assert_eq!((both[0].number(), both[0].ended_as()), (cccd.as_str(), DocumentEnd::Unspecified));
    assert_eq!((both[1].number(), both[1].ended_as()), (CMND, DocumentEnd::Replaced));
    assert_eq!(both[1].replaced_by_id, added);
    assert_eq!(both[1].until_on, Some(civil(ISSUED)));
    // What was known before it can still be read.
    let then = officer.documents(hers, Some(before)).await;
    assert_eq!((then.len(), then[0].ended_as()), (1, DocumentEnd::Unspecified));
    // She is shown by the one that is valid.
    let seen = officer.sees(hers).await.expect("seen").person.expect("a person");
    assert_eq!(seen.identity_number(), cccd);

    // The same again, and either of them of somebody else.
    assert_eq!(
        refused(officer.adds(document(hers, IdentityKind::Citizen, &cccd)).await),
        because("HELD_ALREADY", "identity_number")
    );
    for (kind, number) in [(IdentityKind::OldCard, CMND), (IdentityKind::Citizen, &cccd)] {
        let other = pb::PersonLine {
            identity_number: number.to_string(),
            identity_kind: kind.into(),
            ..person(2)
        };
        let refusal = officer.admits(world.beta, DAY, vec![other.clone()]).await;
        assert_eq!(refused(refusal).0, "IDENTITY_NUMBER_TAKEN", "{kind:?}");
        // An import meets her by any of them.
        let same = pb::PersonLine { name: person(1).name, ..other };
        let import = officer.imports(header(Uuid::new_v4(), world.alpha), vec![line(same)]).await;
        assert_eq!(import.expect("imported").already_members, 1, "{kind:?}");
    }
    let find = pb::FindPersonRequest {
        identity_number: CMND.to_string(),
        identity_kind: IdentityKind::OldCard.into(),
        ..Default::default()
    };
    let found = officer.members.find_person(find).await.expect("found").into_inner();
    assert_eq!(id(&found.person_id), hers);
    let request = pb::AddIdentityDocumentRequest {
        replaces_id: both[1].document_id.clone(),
        ..document(hers, IdentityKind::Passport, "B1234567")
    };
    assert_eq!(refused(officer.adds(request).await), because("HELD_NO_LONGER", "replaces_id"));
    world.stop().await;
}

#[tokio::test]
async fn numbers_of_two_kinds_do_not_tell_namesakes_apart() {
    let world = World::start().await;
    let mut officer = world.officer();
    let hers = officer.admits(world.alpha, DAY, vec![with_cmnd(1, CMND)]).await.expect("ok")[0];
    let lines = vec![line(person(1)), line(pb::PersonLine { name: person(1).name, ..person(3) })];
    let key = Uuid::new_v4();
    let import = officer.imports(header(key, world.alpha), lines).await.expect("imported");
    assert_eq!((import.admitted, import.candidates), (0, 2));
    let told = officer.lines_of(key, ImportOutcome::Candidate).await;
    assert_eq!(id(&told[0].candidate_for), hers);

    let request = admission(
        world.beta,
        DAY,
        vec![with_cmnd(5, "123456789"), pb::PersonLine { name: person(5).name, ..person(7) }],
    );
    let warned = officer.members.admit_members(request).await.expect("admitted").into_inner();
    assert_eq!(warned.warnings.len(), 2, "one of them may be the other");
    world.stop().await;
}

#[tokio::test]
async fn a_document_ends_and_its_number_stays_hers_until_it_never_was() {
    let world = World::start().await;
    let mut officer = world.officer();
    let hers = officer.admits(world.alpha, DAY, vec![person(1)]).await.expect("admitted")[0];
    let passport = document(hers, IdentityKind::Passport, "B1234567");
    let passport = officer.adds(passport).await.expect("added");
    let end = |document: &str, on: Date| pb::EndIdentityDocumentRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: hers.to_string(),
        document_id: document.to_string(),
        ended_as: DocumentEnd::Lost.into(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    officer.identities.end_identity_document(end(&passport, ISSUED)).await.expect("ended");
    let again = officer.identities.end_identity_document(end(&passport, ISSUED)).await;
    assert_eq!(refused(again), because("HELD_NO_LONGER", "document_id"));
    let nobodys = end(&Uuid::new_v4().to_string(), ISSUED);
    let unknown = officer.identities.end_identity_document(nobodys).await;
    assert_eq!(refused(unknown), because("DOCUMENT_UNKNOWN", "document_id"));
    let other = officer.admits(world.beta, DAY, vec![person(3)]).await.expect("admitted")[0];
    let taken = officer.adds(document(other, IdentityKind::Passport, "B1234567")).await;
    assert_eq!(refused(taken), because("IDENTITY_NUMBER_TAKEN", "identity_number"));
    let undo = pb::UndoIdentityDocumentRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: hers.to_string(),
        document_id: passport,
        reason: "ghi nhầm người".to_string(),
        ..Default::default()
    };
    officer.corrections.undo_identity_document(undo).await.expect("undone");
    assert_eq!(officer.numbers(hers).await, [person(1).identity_number]);
    officer.adds(document(other, IdentityKind::Passport, "B1234567")).await.expect("free");

    // A document that was in the place of another is undone: that one is valid as it was.
    let cmnd = officer.adds(document(hers, IdentityKind::OldCard, CMND)).await.expect("added");
    let cccd = officer.documents(hers, None).await.remove(0).document_id;
    let until = pb::CorrectIdentityDocumentRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: hers.to_string(),
        document_id: cmnd.clone(),
        reason: "theo giấy tờ".to_string(),
        until_on: Some(civil(date!(2030 - 01 - 01))),
        ..Default::default()
    };
    officer.corrections.correct_identity_document(until).await.expect("corrected");
    let newer = pb::AddIdentityDocumentRequest {
        from_on: Some(civil(ISSUED)),
        replaces_id: cmnd.clone(),
        ..document(hers, IdentityKind::Passport, "C7654321")
    };
    let newer = officer.adds(newer).await.expect("added");
    let undo = pb::UndoIdentityDocumentRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: hers.to_string(),
        document_id: newer,
        reason: "ghi nhầm".to_string(),
        ..Default::default()
    };
    officer.corrections.undo_identity_document(undo).await.expect("undone");
    let left = officer.documents(hers, None).await;
    let cmnd = left.iter().find(|one| one.document_id == cmnd).expect("the CMND");
    assert_eq!(cmnd.ended_as(), DocumentEnd::Unspecified);
    assert_eq!(cmnd.until_on, Some(civil(date!(2030 - 01 - 01))));
    assert_ne!(cccd, cmnd.document_id);
    world.stop().await;
}

#[tokio::test]
async fn a_number_that_was_wrong_is_free_and_the_document_goes_on_by_the_right_one() {
    let world = World::start().await;
    let mut officer = world.officer();
    let hers = officer.admits(world.alpha, DAY, vec![with_cmnd(1, CMND)]).await.expect("ok")[0];
    let cmnd = officer.documents(hers, None).await.remove(0).document_id;
    let cccd = pb::AddIdentityDocumentRequest {
        from_on: Some(civil(ISSUED)),
        replaces_id: cmnd.clone(),
        ..document(hers, IdentityKind::Citizen, &person(3).identity_number)
    };
    let cccd = officer.adds(cccd).await.expect("added");
    let correct = |document: &str, number: &str| pb::CorrectIdentityDocumentRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: hers.to_string(),
        document_id: document.to_string(),
        reason: "theo căn cước".to_string(),
        identity_number: number.to_string(),
        ..Default::default()
    };
    let right = officer
        .corrections
        .correct_identity_document(correct(&cccd, &person(1).identity_number))
        .await
        .expect("corrected")
        .into_inner()
        .document_id;
    let both = officer.documents(hers, None).await;
    assert_eq!((both[0].document_id.as_str(), both.len()), (right.as_str(), 2));
    assert_eq!(both[0].from_on, Some(civil(ISSUED)), "its days stay");
    assert_eq!(both[1].replaced_by_id, right);
    let same = officer.corrections.correct_identity_document(correct(&right, "")).await;
    assert_eq!(refused(same), because("CORRECTION_CHANGES_NOTHING", "document_id"));
    officer.admits(world.alpha, DAY, vec![person(3)]).await.expect("the wrong one is free");

    // CorrectPerson speaks of the one that is shown, and leaves the others.
    let number = person(5).identity_number;
    let corrected =
        pb::CorrectPersonRequest { identity_number: Some(number.clone()), ..Default::default() };
    officer.corrects_person(hers, corrected).await.expect("corrected");
    assert_eq!(officer.numbers(hers).await, [number.as_str(), CMND]);
    let corrections =
        pb::ListCorrectionsRequest { about_id: hers.to_string(), ..Default::default() };
    let listed = officer.corrections.list_corrections(corrections).await.expect("listed");
    let kinds: Vec<_> = listed.into_inner().corrections.iter().map(pb::Correction::kind).collect();
    let expected = [pb::CorrectionKind::DocumentCorrected, pb::CorrectionKind::PersonCorrected];
    assert_eq!(kinds, expected);
    world.stop().await;
}

#[tokio::test]
async fn numbers_of_documents_are_read_with_their_own_permission_and_are_no_more_than_twenty() {
    let world = World::start().await;
    let mut officer = world.officer();
    let hers = officer.admits(world.alpha, DAY, vec![person(1)]).await.expect("admitted")[0];
    for n in 0..19 {
        let passport = document(hers, IdentityKind::Passport, &format!("B{n:07}"));
        officer.adds(passport).await.expect("added");
    }
    let more = officer.adds(document(hers, IdentityKind::Passport, "B9999999")).await;
    assert_eq!(refused(more), because("TOO_MANY_HELD", "person_id"));
    world.registry.grants("clerk", "OFFICER", world.hanoi);
    let mut clerk = world.actor("clerk", "vi");
    let asked =
        pb::ListIdentityDocumentsRequest { person_id: hers.to_string(), ..Default::default() };
    let listed = clerk.identities.list_identity_documents(asked.clone()).await.expect("listed");
    let listed = listed.into_inner();
    assert_eq!(
        (listed.documents.len(), listed.identity_roles),
        (20, vec!["IDENTITY_OFFICER".into()])
    );
    assert!(listed.documents.iter().all(|document| document.number.is_none()));
    world.registry.grants("hue", "OFFICER", world.hue);
    let elsewhere = world.actor("hue", "vi").identities.list_identity_documents(asked).await;
    assert_eq!(refused(elsewhere), because("PERSON_UNKNOWN", "person_id"));
    // A dry run tells of numbers, and is counted.
    let dry = |n: u32| pb::AddIdentityDocumentRequest {
        validate_only: true,
        ..document(hers, IdentityKind::Citizen, &person(n).identity_number)
    };
    assert_eq!(refused(clerk.adds(dry(5)).await).0, "TOO_MANY_HELD");
    world.stop().await;
}

#[tokio::test]
async fn somebody_is_found_by_every_name_she_is_called_by() {
    let world = World::start().await;
    let mut officer = world.officer();
    let line = |name: &str| pb::PersonLine {
        name: name.to_string(),
        birth_year: 1985,
        sex: pb::Sex::Female.into(),
        ..Default::default()
    };
    let hers = officer.admits(world.alpha, DAY, vec![line("Lê Thị Mai")]).await.expect("ok")[0];
    let alias = officer.calls(hers, "Lê Thị Bé").await.expect("called");
    assert_eq!(refused(officer.calls(hers, "LÊ THỊ BÉ").await), because("HELD_ALREADY", "name"));
    assert_eq!(refused(officer.calls(hers, "Lê thị Mai").await), because("HELD_ALREADY", "name"));
    let found = |name: &str, alias: &str| vec![(name.to_string(), alias.to_string())];
    assert_eq!(officer.searched("thi be").await, found("Lê Thị Mai", "Lê Thị Bé"));
    assert_eq!(officer.searched("thi mai").await, found("Lê Thị Mai", ""));
    // Where she goes, her names go; whatever is corrected of her, they are still hers.
    officer.transfers(world.alpha, world.beta, ISSUED, &[hers]).await.expect("moved");
    let corrected = pb::CorrectPersonRequest {
        name: "Lê Thị Mơ".into(),
        birth_year: 1986,
        ..Default::default()
    };
    officer.corrects_person(hers, corrected).await.expect("corrected");
    let at_beta = pb::SearchMembersRequest {
        text: "thi be".to_string(),
        within_id: world.beta.to_string(),
        birth_year: 1986,
        ..Default::default()
    };
    let there = officer.members.search_members(at_beta).await.expect("searched").into_inner();
    assert_eq!(there.found.len(), 1);
    // Page by page, whichever name a page ends with.
    for name in ["Trần Thị Bé", "Lê Văn Bé"] {
        officer.admits(world.alpha, DAY, vec![line(name)]).await.expect("admitted");
    }
    let mut asked =
        pb::SearchMembersRequest { text: "be".to_string(), page_size: 1, ..Default::default() };
    let mut pages = Vec::new();
    loop {
        let page =
            officer.members.search_members(asked.clone()).await.expect("a page").into_inner();
        pages.extend(page.found.into_iter().map(|found| found.name));
        if page.next_page_token.is_empty() {
            break;
        }
        asked.page_token = page.next_page_token;
    }
    assert_eq!(pages, ["Lê Thị Mơ", "Trần Thị Bé", "Lê Văn Bé"]);

    let end = pb::EndAliasRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: hers.to_string(),
        alias_id: alias.clone(),
        effective_on: Some(civil(ISSUED)),
        ..Default::default()
    };
    officer.identities.end_alias(end.clone()).await.expect("ended");
    assert_eq!(officer.searched("le thi be").await, found("Lê Thị Mơ", "Lê Thị Bé"));
    let asked = pb::ListAliasesRequest { person_id: hers.to_string(), ..Default::default() };
    let listed = officer.identities.list_aliases(asked).await.expect("listed").into_inner().aliases;
    assert_eq!((listed.len(), listed[0].until_on), (1, Some(civil(ISSUED))));
    let undo = pb::UndoAliasRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: hers.to_string(),
        alias_id: alias,
        reason: "không phải tên của người này".to_string(),
        ..Default::default()
    };
    officer.corrections.undo_alias(undo).await.expect("undone");
    assert_eq!(officer.searched("le thi be").await, []);
    let ended = pb::EndAliasRequest { request_id: Uuid::new_v4().to_string(), ..end };
    let gone = officer.identities.end_alias(ended).await;
    assert_eq!(refused(gone), because("ALIAS_UNKNOWN", "alias_id"));
    world.stop().await;
}
