//! One request per method, as an officer would send it about the things on a desk.

use prost::Message;
use proto::feed::v1::WatchRequest;
use proto::gateway::v1::*;
use stage::made_up::{self, on, people, request_id};
use time::Date;
use time::macros::date;

use super::desk::Desk;

/// The day on which most of it happens.
const DAY: Date = date!(2020 - 05 - 01);

/// What a method owes to somebody who asks about another's things.
pub enum Kind {
    /// A refusal that says no more than that they are unknown.
    Scoped,
    /// An answer without them.
    Filtered,
    /// A refusal, to whoever does not hold it on the Confederation.
    National,
    /// The same answer as to everybody: it is about nothing that belongs to anybody.
    Public,
    /// Nothing: no such method is open to the outside.
    ForServices,
}

/// A method, tried.
pub struct Trial {
    /// `congdoan.registry.v1.DecisionService/GetDecision`.
    pub method: &'static str,
    pub kind: Kind,
    /// It would change something.
    pub writes: bool,
    /// It is about things of both desks, and refused for those of the second.
    pub mixed: bool,
    /// The messages, for the desk that it is about and another.
    pub ask: fn(&Desk, &Desk) -> Vec<Vec<u8>>,
}

fn one(message: impl Message) -> Vec<Vec<u8>> {
    vec![message.encode_to_vec()]
}

fn kind_of(method: &str) -> Kind {
    const PUBLIC: [&str; 10] = [
        "/ListActivityKinds",
        "/ListIndicators",
        "/ListSchemes",
        "/ListTemplates",
        "/ListOrganisationTypes",
        "/ListSectors",
        "/ListIndustries",
        "/ListRoles",
        "/ListCardKeys",
        "/ListClosingKeys",
    ];
    const FILTERED: [&str; 9] = [
        "/BatchGetOrganisations",
        "/SearchOrganisations",
        "/ListOrganisations",
        "/ListCodeBearers",
        "/ListConsequences",
        "/GetLoad",
        "/GetImport",
        "/ListImportLines",
        "/ExportRefusedLines",
    ];
    if PUBLIC.iter().any(|name| method.ends_with(name)) {
        Kind::Public
    } else if FILTERED.iter().any(|name| method.ends_with(name)) {
        Kind::Filtered
    } else if ["/LoadReference", "/LoadIndicators"].iter().any(|name| method.ends_with(name)) {
        Kind::National
    } else if method.ends_with("/Watch") {
        Kind::ForServices
    } else {
        Kind::Scoped
    }
}

/// Lists trials of one service: `write`, `read`, or `mixed`, which is a write about both.
macro_rules! of_service {
    ($trials:ident, $service:literal, $($sort:ident $method:literal: |$mine:pat_param, $theirs:pat_param| $message:expr;)*) => {
        $(
            let method = concat!("congdoan.", $service, "/", $method);
            let sort = stringify!($sort);
            $trials.push(Trial {
                method,
                kind: kind_of(method),
                writes: sort != "read",
                mixed: sort == "mixed",
                ask: |$mine: &Desk, $theirs: &Desk| one($message),
            });
        )*
    };
}

// After the macro, which they use.
mod happenings;
mod membership;
mod person;
mod registry;
mod reporting;

/// Every method; some once more with things of both desks.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    registry::list(&mut trials);
    membership::list(&mut trials);
    happenings::list(&mut trials);
    person::list(&mut trials);
    reporting::list(&mut trials);
    gateway(&mut trials);
    // What takes a union away comes last.
    trials.sort_by_key(|trial| trial.method.ends_with("/EndOrganisations"));
    trials
}

fn gateway(trials: &mut Vec<Trial>) {
    of_service! { trials, "gateway.v1.GatewayService",
        read "GetOrganisationProfile": |mine, _| GetOrganisationProfileRequest {
            organisation_id: mine.union.id.clone(),
            as_of: None,
        };
        read "GetDecisionProfile": |mine, _| GetDecisionProfileRequest {
            decision_id: mine.decision.clone(),
            ..GetDecisionProfileRequest::default()
        };
        read "ReviewPlan": |mine, _| ReviewPlanRequest {
            plan_id: mine.plan.clone(),
            ..ReviewPlanRequest::default()
        };
        write "FoundGrassrootsUnion": |mine, _| {
            let unique = request_id();
            let code = format!("{}-{}", mine.district.code, &unique[..13]);
            FoundGrassrootsUnionRequest {
                request_id: unique,
                validate_only: false,
                dossier: Some(GrassrootsUnionDossier {
                    union: Some(NewUnion {
                        superior_id: mine.district.id.clone(),
                        code,
                        name: "CĐCS Công ty Thử".to_owned(),
                        sector: "NNN_CP".to_owned(),
                        ..NewUnion::default()
                    }),
                    decision: Some(made_up::decision(DAY)),
                    applicants: people(5),
                    applied_on: on(date!(2020 - 04 - 20)),
                    committee: Vec::new(),
                }),
            }
        };
    }
    of_service! { trials, "feed.v1.FeedService",
        read "Watch": |_, _| WatchRequest::default();
    }
}
