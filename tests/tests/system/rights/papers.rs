//! People of a desk's union of whom more is written down: documents and other names.

use proto::membership::v1::*;
use stage::made_up::{on, passport_number, person, request_id};
use system::Client;
use tests::world::{Unit, World};
use time::macros::date;

/// One person with documents and names to end, to correct and to undo.
pub struct Papers {
    pub person: String,
    pub to_end: String,
    pub to_correct: String,
    pub to_undo: String,
    pub alias_to_end: String,
    pub alias_to_undo: String,
    /// Of what is held on her, for whoever asked for it.
    pub export: String,
    /// Has left.
    pub to_erase: String,
}

impl Papers {
    /// All ids, to look for them in answers.
    pub fn ids(&self) -> Vec<&str> {
        let ids = [
            &self.person,
            &self.to_end,
            &self.to_correct,
            &self.to_undo,
            &self.alias_to_end,
            &self.alias_to_undo,
            &self.export,
            &self.to_erase,
        ];
        ids.into_iter().map(String::as_str).collect()
    }
}

/// Writes them down, as the administrator.
pub async fn papers(world: &World, client: &Client, union: &Unit) -> Papers {
    let person = world.admit(union, date!(2019 - 01 - 01), vec![person()]).await.remove(0);
    let mut documents = Vec::new();
    let mut aliases = Vec::new();
    for n in 0..3 {
        let added = client.identities().add_identity_document(passport(&person)).await;
        documents.push(added.expect("added").into_inner().document_id);
        let added = client.identities().add_alias(alias(&person, &format!("Bé Số {n}"))).await;
        aliases.push(added.expect("added").into_inner().alias_id);
    }
    let told = client.protection().export_person(export(&person)).await.expect("told");
    let told = told.into_inner();
    let joined = date!(2019 - 01 - 01);
    let to_erase = world.admit(union, joined, vec![stage::made_up::person()]).await.remove(0);
    let exit = ExitMembersRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        reason: ExitReason::Retired.into(),
        effective_on: on(date!(2019 - 03 - 01)),
        person_ids: vec![to_erase.clone()],
        ..ExitMembersRequest::default()
    };
    client.memberships().exit_members(exit).await.expect("left");
    Papers {
        export: told.export_id,
        to_erase,
        person,
        to_end: documents.remove(0),
        to_correct: documents.remove(0),
        to_undo: documents.remove(0),
        alias_to_end: aliases.remove(0),
        alias_to_undo: aliases.remove(0),
    }
}

/// A passport that nobody has.
pub fn passport(person: &str) -> AddIdentityDocumentRequest {
    AddIdentityDocumentRequest {
        request_id: request_id(),
        person_id: person.to_owned(),
        identity_number: passport_number(),
        identity_kind: IdentityKind::Passport.into(),
        identity_country: "LA".to_owned(),
        ..AddIdentityDocumentRequest::default()
    }
}

/// Another name.
pub fn alias(person: &str, name: &str) -> AddAliasRequest {
    AddAliasRequest {
        request_id: request_id(),
        person_id: person.to_owned(),
        name: name.to_owned(),
        ..AddAliasRequest::default()
    }
}

/// All that is held on somebody is to be told.
pub fn export(person: &str) -> ExportPersonRequest {
    ExportPersonRequest {
        request_id: request_id(),
        person_id: person.to_owned(),
        purpose: "theo yêu cầu của người có dữ liệu".to_owned(),
        ..ExportPersonRequest::default()
    }
}
