//! A registry that has no database: it says what the test says.

use std::ops::Deref;

use chassis::parse::civil;
use prost_types::Any;
use proto::registry::v1::registry_change::Change as What;
use proto::registry::v1::{
    EndKind, GrantMade, MembersOutcome, OrganisationFounded, OrganisationResumed,
    OrganisationState, OrganisationSuspended, OrganisationsEnded, OrganisationsLoaded,
    RegistryChange, organisations_ended,
};
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::ISSUER;
use crate::feed::{Owner, kind};

/// The day of what is said before a test begins.
const LONG_AGO: Date = date!(2000 - 01 - 01);

/// What becomes of the members of a union that ends.
#[derive(Clone, Copy, Debug)]
pub enum Members {
    /// They go on in another union, which is the heir.
    Rehomed(Uuid),
    /// Members go on in another union, which is not the heir.
    Entrusted(Uuid),
    /// They lie directly under the superior.
    ToSuperior(Uuid),
    /// They are members no more.
    Ended,
}

/// Registry's feed, written by hand. Clones are the same one.
#[derive(Clone)]
pub struct Registry(Owner);

impl Deref for Registry {
    type Target = Owner;

    fn deref(&self) -> &Owner {
        &self.0
    }
}

impl Registry {
    /// Serves an empty feed.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start() -> Self {
        Self(Owner::start().await)
    }

    /// One act: all that it changed, from one day on, by a decision if any. Answers its id and
    /// those of its changes.
    ///
    /// # Panics
    /// When it changes nothing.
    pub fn decides(&self, on: Date, decision: Option<Uuid>, whats: Vec<What>) -> (Uuid, Vec<Uuid>) {
        let changes = whats.into_iter().map(|what| {
            let kind = kind("registry", &what);
            let body = RegistryChange { change: Some(what) };
            (kind, Any::from_msg(&body).expect("encoded"))
        });
        self.0.does(on, decision, 0, changes.collect())
    }

    /// One act; answers its id.
    pub fn acts(&self, on: Date, whats: Vec<What>) -> Uuid {
        self.decides(on, None, whats).0
    }

    /// Organisations that existed before the register did.
    pub fn loads(&self, organisations: Vec<OrganisationState>) {
        let loaded = OrganisationsLoaded { organisations };
        self.acts(LONG_AGO, vec![What::OrganisationsLoaded(loaded)]);
    }

    /// Founds a grassroots union; answers it and the act.
    pub fn founds(&self, superior: Uuid, on: Date, applicants: &[Uuid]) -> (Uuid, Uuid) {
        let union = Uuid::now_v7();
        let act = self.acts(on, vec![founded(union, superior, on, applicants)]);
        (union, act)
    }

    /// Suspends the direction of a union.
    pub fn suspends(&self, union: Uuid, on: Date) -> Uuid {
        let organisation_id = union.to_string();
        self.acts(on, vec![What::OrganisationSuspended(OrganisationSuspended { organisation_id })])
    }

    /// A union works again.
    pub fn resumes(&self, union: Uuid, on: Date) {
        let organisation_id = union.to_string();
        self.acts(on, vec![What::OrganisationResumed(OrganisationResumed { organisation_id })]);
    }

    /// Ends unions by one act.
    pub fn ends(&self, on: Date, units: &[(Uuid, Members)]) -> Uuid {
        self.acts(on, vec![ended(units)])
    }

    /// Grants a role on an organisation and all that lies in its scope.
    pub fn grants(&self, subject: &str, role: &str, organisation: Uuid) {
        let made = GrantMade {
            grant_id: Uuid::now_v7().to_string(),
            issuer: ISSUER.to_string(),
            subject: subject.to_string(),
            role: role.to_string(),
            organisation_id: organisation.to_string(),
            until_on: None,
        };
        self.acts(LONG_AGO, vec![What::GrantMade(made)]);
    }
}

/// An organisation as it is founded.
pub fn state(union: Uuid, superior: Option<Uuid>, type_code: &str, on: Date) -> OrganisationState {
    OrganisationState {
        organisation_id: union.to_string(),
        code: union.to_string(),
        name: "Công đoàn thử".to_string(),
        short_name: String::new(),
        r#type: type_code.to_string(),
        sector: String::new(),
        industry: String::new(),
        superior_id: superior.map(|id| id.to_string()).unwrap_or_default(),
        founded_on: Some(civil(on)),
    }
}

/// That a grassroots union was founded for these applicants.
pub fn founded(union: Uuid, superior: Uuid, on: Date, applicants: &[Uuid]) -> What {
    What::OrganisationFounded(OrganisationFounded {
        organisation: Some(state(union, Some(superior), "CDCS", on)),
        congress_on: None,
        applicant_ids: applicants.iter().map(Uuid::to_string).collect(),
    })
}

/// That unions ended, with what becomes of their members.
pub fn ended(units: &[(Uuid, Members)]) -> What {
    let units = units
        .iter()
        .map(|(union, members)| {
            let (outcome, rehome_to, superior) = match members {
                Members::Rehomed(to) => (MembersOutcome::Rehomed, Some(*to), None),
                Members::Entrusted(to) => (MembersOutcome::Rehomed, Some(*to), None),
                Members::ToSuperior(to) => (MembersOutcome::ToSuperior, None, Some(*to)),
                Members::Ended => (MembersOutcome::MembershipEnds, None, None),
            };
            let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
            organisations_ended::Unit {
                organisation_id: union.to_string(),
                kind: EndKind::Dissolved.into(),
                principal_successor_id: match members {
                    Members::Rehomed(heir) => heir.to_string(),
                    Members::Entrusted(_) | Members::ToSuperior(_) | Members::Ended => {
                        String::new()
                    }
                },
                last_superior_id: text(superior),
                members_outcome: outcome.into(),
                rehome_to_id: text(rehome_to),
                ..organisations_ended::Unit::default()
            }
        })
        .collect();
    What::OrganisationsEnded(OrganisationsEnded { units })
}
