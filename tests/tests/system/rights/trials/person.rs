//! Membership's methods about who a person is.

use proto::membership::v1::*;
use stage::made_up::{on, request_id};

use super::{DAY, Trial, kind_of, one};
use crate::rights::desk::Desk;
use crate::rights::papers::{alias, passport};

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
}
