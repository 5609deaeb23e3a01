//! Membership's methods about who a person is.

use proto::membership::v1::*;
use stage::made_up::{on, request_id};

use super::{DAY, Trial, kind_of, one};
use crate::rights::desk::Desk;
use crate::rights::papers::{alias, export, passport};

/// What is said of somebody from a day on.
fn said(value: &str) -> Option<AttributeSaid> {
    let effective_on = on(DAY);
    Some(AttributeSaid { value: value.to_owned(), effective_on, ..AttributeSaid::default() })
}

pub fn list(trials: &mut Vec<Trial>) {
    of_service! { trials, "membership.v1.IdentityService",
        write "AddIdentityDocument": |mine, _| passport(&mine.papers.person);
        write "EndIdentityDocument": |mine, _| EndIdentityDocumentRequest {
            request_id: request_id(),
            person_id: mine.papers.person.clone(),
            document_id: mine.papers.to_end.clone(),
            ended_as: DocumentEnd::Lost.into(),
            effective_on: on(DAY),
            ..EndIdentityDocumentRequest::default()
        };
        mixed "EndIdentityDocument": |mine, theirs| EndIdentityDocumentRequest {
            request_id: request_id(),
            person_id: mine.papers.person.clone(),
            document_id: theirs.papers.to_end.clone(),
            ended_as: DocumentEnd::Lost.into(),
            effective_on: on(DAY),
            ..EndIdentityDocumentRequest::default()
        };
        read "ListIdentityDocuments": |mine, _| ListIdentityDocumentsRequest {
            person_id: mine.papers.person.clone(),
            ..ListIdentityDocumentsRequest::default()
        };
        write "AddAlias": |mine, _| alias(&mine.papers.person, "Bé Khác");
        write "EndAlias": |mine, _| EndAliasRequest {
            request_id: request_id(),
            person_id: mine.papers.person.clone(),
            alias_id: mine.papers.alias_to_end.clone(),
            effective_on: on(DAY),
            ..EndAliasRequest::default()
        };
        read "ListAliases": |mine, _| ListAliasesRequest {
            person_id: mine.papers.person.clone(),
            ..ListAliasesRequest::default()
        };
    }
    of_service! { trials, "membership.v1.CorrectionService",
        write "CorrectIdentityDocument": |mine, _| CorrectIdentityDocumentRequest {
            request_id: request_id(),
            person_id: mine.papers.person.clone(),
            document_id: mine.papers.to_correct.clone(),
            reason: "theo giấy tờ".to_owned(),
            until_on: on(DAY),
            ..CorrectIdentityDocumentRequest::default()
        };
        write "UndoIdentityDocument": |mine, _| UndoIdentityDocumentRequest {
            request_id: request_id(),
            person_id: mine.papers.person.clone(),
            document_id: mine.papers.to_undo.clone(),
            reason: "ghi nhầm".to_owned(),
            ..UndoIdentityDocumentRequest::default()
        };
        write "UndoAlias": |mine, _| UndoAliasRequest {
            request_id: request_id(),
            person_id: mine.papers.person.clone(),
            alias_id: mine.papers.alias_to_undo.clone(),
            reason: "ghi nhầm".to_owned(),
            ..UndoAliasRequest::default()
        };
    }
    of_service! { trials, "membership.v1.ProfileService",
        write "SetAttribute": |mine, _| SetAttributeRequest {
            request_id: request_id(),
            person_id: mine.papers.person.clone(),
            attribute: PersonAttribute::Education.into(),
            said: said("COLLEGE"),
            ..SetAttributeRequest::default()
        };
        write "SetEthnicity": |mine, _| SetEthnicityRequest {
            request_id: request_id(),
            person_id: mine.papers.person.clone(),
            said: said("02"),
            ..SetEthnicityRequest::default()
        };
        read "ListEthnicityValues": |mine, _| ListEthnicityValuesRequest {
            person_id: mine.papers.person.clone(),
            ..ListEthnicityValuesRequest::default()
        };
        write "SetReligion": |mine, _| SetReligionRequest {
            request_id: request_id(),
            person_id: mine.papers.person.clone(),
            said: said("NONE"),
            ..SetReligionRequest::default()
        };
        read "ListReligionValues": |mine, _| ListReligionValuesRequest {
            person_id: mine.papers.person.clone(),
            ..ListReligionValuesRequest::default()
        };
        write "SetPartyMembership": |mine, _| SetPartyMembershipRequest {
            request_id: request_id(),
            person_id: mine.papers.person.clone(),
            said: said("NONE"),
            ..SetPartyMembershipRequest::default()
        };
        read "ListPartyMembershipValues": |mine, _| ListPartyMembershipValuesRequest {
            person_id: mine.papers.person.clone(),
            ..ListPartyMembershipValuesRequest::default()
        };
        write "SetContact": |mine, _| SetContactRequest {
            request_id: request_id(),
            person_id: mine.papers.person.clone(),
            phone: Some("0999000222".to_owned()),
            ..SetContactRequest::default()
        };
        read "GetProfile": |mine, _| GetProfileRequest {
            person_id: mine.papers.person.clone(),
            ..GetProfileRequest::default()
        };
        read "ListAttributeValues": |mine, _| ListAttributeValuesRequest {
            person_id: mine.papers.person.clone(),
            attribute: PersonAttribute::Education.into(),
            ..ListAttributeValuesRequest::default()
        };
    }
    of_service! { trials, "membership.v1.ProtectionService",
        write "ExportPerson": |mine, _| export(&mine.papers.person);
        read "ListExportedRecords": |mine, _| ListExportedRecordsRequest {
            export_id: mine.papers.export.clone(),
            ..ListExportedRecordsRequest::default()
        };
        write "ErasePerson": |mine, _| ErasePersonRequest {
            request_id: request_id(),
            person_id: mine.papers.to_erase.clone(),
            reason: "theo yêu cầu của người có dữ liệu".to_owned(),
            ..ErasePersonRequest::default()
        };
    }
}
