//! Acts on the tree.

use proto::gateway::v1::{
    CommitteeMember, FoundGrassrootsUnionRequest, GrassrootsUnionDossier, NewUnion,
};
use proto::membership::v1::{ListApplicationsRequest, PersonLine};
use proto::registry::v1::{
    ChangeIndustryRequest, ChangeSectorRequest, ChangeTerritoryRequest, ChangeTypeRequest, EndKind,
    EndOrganisationsRequest, FoundOrganisationRequest, HandOverOrganisationsRequest,
    MembersOutcome, RenameOrganisationRequest, ResumeOrganisationRequest, SplitOffRequest,
    Successor, SuspendOrganisationRequest, end_organisations_request, split_off_request,
};
use stage::made_up::{self, people, request_id};
use tests::world::Unit;
use time::{Date, Duration};

use crate::desk::{Desk, Tier};

/// What becomes of members, superiors and unions alike.
const OUTCOMES: [MembersOutcome; 3] =
    [MembersOutcome::MembershipEnds, MembersOutcome::Rehomed, MembersOutcome::ToSuperior];

impl Desk {
    fn founding(&mut self, superior: &Unit, on: Date, kind: &str) -> FoundOrganisationRequest {
        let code = self.code("F");
        let grassroots = matches!(kind, "CDCS" | "ND_CS");
        FoundOrganisationRequest {
            request_id: request_id(),
            name: format!("Tổ chức {code}"),
            code,
            r#type: kind.to_owned(),
            sector: if grassroots { self.sector() } else { String::new() },
            superior_id: superior.id.clone(),
            effective_on: made_up::on(on),
            basis: self.basis(on),
            founders: if grassroots { 12 } else { 0 },
            ..FoundOrganisationRequest::default()
        }
    }

    /// Sends a founding; answers the new unit.
    async fn send_founding(
        &mut self,
        kind: &'static str,
        request: FoundOrganisationRequest,
        tier: Tier,
        on: Date,
    ) -> Option<Unit> {
        let under = self.code_of(&request.superior_id);
        let employers = &request.employer_ids;
        let told = format!(
            "found {} ({}) under {under} on {on} for {employers:?}",
            request.code, request.r#type
        );
        let (code, request_id) = (request.code.clone(), request.request_id.clone());
        let mut about = vec![request.superior_id.clone()];
        about.extend(request.applicant_ids.clone());
        about.extend(request.employer_ids.clone());
        let answer = self.client.organisations().found_organisation(request).await;
        if let Ok(answer) = &answer {
            about.push(answer.get_ref().organisation_id.clone());
        }
        let founded = self.trace.note(kind, told.clone(), about, answer)?;
        let unit = Unit { id: founded.organisation_id, code };
        self.learn(unit.clone(), tier);
        self.remember("found", &told, &request_id, &[&unit.id]);
        Some(unit)
    }

    pub async fn found(&mut self, kind: &'static str) -> Option<()> {
        let on = self.tree_day();
        let (superior, type_code, tier) = match self.below(14) {
            0 => (self.any(Tier::Province)?.unit, "CD_KCN", Tier::Above),
            1 => (self.any(Tier::Province)?.unit, "LDLD_HUYEN", Tier::Above),
            2 => (self.any(Tier::Union)?.unit, "CDCS_TV", Tier::Part),
            3 => (self.any(Tier::Union)?.unit, "TO_CD", Tier::Part),
            4 => (self.superior()?, "ND_CS", Tier::Union),
            _ => (self.superior()?, "CDCS", Tier::Union),
        };
        let mut request = self.founding(&superior, on, type_code);
        if tier == Tier::Union && self.once_in(3) {
            request.employer_ids.extend(self.one_of(&self.employers.clone()));
        }
        self.send_founding(kind, request, tier, on).await.map(|_| ())
    }

    pub async fn found_with_applicants(&mut self, kind: &'static str) -> Option<()> {
        let (superior, on) = (self.superior()?, self.now);
        let listed = self.applications(&superior.id, on).await;
        let mut request = self.founding(&superior, on, "CDCS");
        request.applicant_ids = listed;
        self.send_founding(kind, request, Tier::Union, on).await.map(|_| ())
    }

    /// Who has an application open under an organisation.
    pub async fn applications(&mut self, organisation_id: &str, on: Date) -> Vec<String> {
        let request = ListApplicationsRequest {
            organisation_id: organisation_id.to_owned(),
            as_of: made_up::on(on),
            open_only: true,
            ..ListApplicationsRequest::default()
        };
        let listed = self.client.applications().list_applications(request).await;
        let listed = listed.map(|answer| answer.into_inner().applications).unwrap_or_default();
        listed.into_iter().map(|application| application.person_id).collect()
    }

    pub async fn found_by_dossier(&mut self, kind: &'static str) -> Option<()> {
        let (superior, on) = (self.superior()?, self.tree_day());
        let count = 5 + self.below(4);
        let mut applicants: Vec<PersonLine> = people(count);
        if self.once_in(3)
            && let Some((person_id, _)) = self.former().await
        {
            applicants.push(made_up::known(&person_id));
        }
        let early = if self.once_in(8) { -3 } else { self.below(35) as i64 };
        let code = self.code("D");
        let request = FoundGrassrootsUnionRequest {
            request_id: request_id(),
            dossier: Some(GrassrootsUnionDossier {
                union: Some(NewUnion {
                    superior_id: superior.id.clone(),
                    name: format!("Công đoàn cơ sở {code}"),
                    code: code.clone(),
                    sector: self.sector(),
                    industry: self.some_industry(),
                    effective_on: made_up::on(on),
                    ..NewUnion::default()
                }),
                decision: Some(made_up::decision(on.min(self.today))),
                applicants,
                applied_on: made_up::on((on - Duration::days(early)).min(self.today)),
                committee: vec![CommitteeMember {
                    applicant: 0,
                    position: "CHAIR".to_owned(),
                    term_until: None,
                }],
            }),
            ..FoundGrassrootsUnionRequest::default()
        };
        let told = format!(
            "found {code} under {} on {on} by a dossier of {count} from {early} days before",
            superior.code
        );
        let answer = self.client.gateway().found_grassroots_union(request).await;
        let mut about = vec![superior.id];
        if let Ok(answer) = &answer {
            about.push(answer.get_ref().organisation_id.clone());
            about.extend(answer.get_ref().person_ids.clone());
        }
        let founded = self.trace.note(kind, told.clone(), about, answer)?;
        let unit = Unit { id: founded.organisation_id, code };
        self.people.extend(founded.person_ids);
        self.offices.extend(founded.office_ids.into_iter().map(|office| (unit.id.clone(), office)));
        self.learn(unit.clone(), Tier::Union);
        // The step's request id is the gateway's own: the act is found by its organisation.
        self.remember("found by dossier", &told, "", &[&unit.id]);
        Some(())
    }

    pub async fn split_off(&mut self, kind: &'static str) -> Option<()> {
        let (union, on) = (self.any(Tier::Union)?.unit, self.tree_day());
        let (code, sector, industry) = (self.code("S"), self.sector(), self.some_industry());
        let part = split_off_request::Part {
            name: format!("Công đoàn cơ sở {code}"),
            code: code.clone(),
            r#type: "CDCS".to_owned(),
            sector,
            industry,
            share: 1,
            ..split_off_request::Part::default()
        };
        let request = SplitOffRequest {
            request_id: request_id(),
            organisation_id: union.id.clone(),
            parts: vec![part],
            share_whole: 3,
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..SplitOffRequest::default()
        };
        let (told, request_id) =
            (format!("split {code} off {} on {on}", union.code), request.request_id.clone());
        let answer = self.client.life_cycle().split_off(request).await;
        let mut about = vec![union.id.clone()];
        if let Ok(answer) = &answer {
            about.extend(answer.get_ref().organisation_ids.clone());
        }
        let founded = self.trace.note(kind, told.clone(), about, answer)?;
        let unit = Unit { id: founded.organisation_ids.into_iter().next()?, code };
        self.learn(unit.clone(), Tier::Union);
        self.remember("found", &told, &request_id, &[&unit.id, &union.id]);
        Some(())
    }

    async fn end(
        &mut self,
        kind: &'static str,
        units: Vec<end_organisations_request::Unit>,
        on: Date,
    ) -> Option<()> {
        let ended: Vec<String> = units.iter().map(|unit| unit.organisation_id.clone()).collect();
        let mut about = ended.clone();
        let mut told = format!("end on {on}:");
        for unit in &units {
            about.extend([unit.principal_successor_id.clone(), unit.rehome_to_id.clone()]);
            about.push(unit.subordinates_to_id.clone());
            told += &format!(
                " {} {:?} into {}, members {:?} {}, subordinates to {};",
                self.code_of(&unit.organisation_id),
                unit.kind(),
                self.code_of(&unit.principal_successor_id),
                unit.members_outcome(),
                self.code_of(&unit.rehome_to_id),
                self.code_of(&unit.subordinates_to_id),
            );
        }
        let request = EndOrganisationsRequest {
            request_id: request_id(),
            units,
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..EndOrganisationsRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.organisations().end_organisations(request).await;
        self.trace.note(kind, told.clone(), about, answer)?;
        for known in &mut self.units {
            known.gone |= ended.contains(&known.unit.id);
        }
        let ended: Vec<&str> = ended.iter().map(String::as_str).collect();
        self.remember(kind, &told, &request_id, &ended);
        Some(())
    }

    /// Whom a union's parts go to, where it has any.
    fn heir_of_parts(&mut self, other: &Unit) -> String {
        if self.once_in(2) { other.id.clone() } else { String::new() }
    }

    pub async fn end_union(&mut self, kind: &'static str) -> Option<()> {
        if self.living(Tier::Union) < 8 {
            return None;
        }
        let tier = if self.once_in(8) { Tier::Part } else { Tier::Union };
        let (ending, other, on) = (self.any(tier)?.unit, self.union()?, self.tree_day());
        let outcome = OUTCOMES[self.below(3)];
        let rehomed = outcome == MembersOutcome::Rehomed;
        let unit = end_organisations_request::Unit {
            organisation_id: ending.id,
            kind: EndKind::Dissolved.into(),
            members_outcome: outcome.into(),
            rehome_to_id: if rehomed { other.id.clone() } else { String::new() },
            subordinates_to_id: self.heir_of_parts(&other),
            ..end_organisations_request::Unit::default()
        };
        self.end(kind, vec![unit], on).await
    }

    pub async fn merge_union(&mut self, kind: &'static str) -> Option<()> {
        if self.living(Tier::Union) < 8 {
            return None;
        }
        let (ending, other, on) =
            (self.any(Tier::Union)?.unit, self.any(Tier::Union)?.unit, self.tree_day());
        let unit = end_organisations_request::Unit {
            organisation_id: ending.id,
            kind: EndKind::Merged.into(),
            principal_successor_id: other.id.clone(),
            members_outcome: MembersOutcome::Rehomed.into(),
            rehome_to_id: other.id.clone(),
            subordinates_to_id: self.heir_of_parts(&other),
            ..end_organisations_request::Unit::default()
        };
        self.end(kind, vec![unit], on).await
    }

    /// Two unions into a third, which is founded for it.
    pub async fn consolidate(&mut self, kind: &'static str) -> Option<()> {
        let (superior, on) = (self.superior()?, self.now);
        let (one, other) = (self.any(Tier::Union)?.unit, self.any(Tier::Union)?.unit);
        let request = self.founding(&superior, on, "CDCS");
        let new = self.send_founding(kind, request, Tier::Union, on).await?;
        let into_new = |unit: Unit| end_organisations_request::Unit {
            organisation_id: unit.id,
            kind: EndKind::Consolidated.into(),
            principal_successor_id: new.id.clone(),
            members_outcome: MembersOutcome::Rehomed.into(),
            rehome_to_id: new.id.clone(),
            ..end_organisations_request::Unit::default()
        };
        self.end(kind, vec![into_new(one), into_new(other)], on).await
    }

    /// One union into two.
    pub async fn divide(&mut self, kind: &'static str) -> Option<()> {
        let (ending, on) = (self.any(Tier::Union)?.unit, self.tree_day());
        let (one, other) = (self.any(Tier::Union)?.unit, self.any(Tier::Union)?.unit);
        let part = |unit: &Unit, share| Successor { organisation_id: unit.id.clone(), share };
        let unit = end_organisations_request::Unit {
            organisation_id: ending.id,
            kind: EndKind::Divided.into(),
            principal_successor_id: one.id.clone(),
            members_outcome: MembersOutcome::Rehomed.into(),
            rehome_to_id: other.id.clone(),
            successors: vec![part(&one, 2), part(&other, 1)],
            share_whole: 3,
            ..end_organisations_request::Unit::default()
        };
        self.end(kind, vec![unit], on).await
    }

    pub async fn end_superior(&mut self, kind: &'static str) -> Option<()> {
        if self.living(Tier::Above) < 5 {
            return None;
        }
        let (ending, other, on) = (self.any(Tier::Above)?.unit, self.superior()?, self.tree_day());
        let outcome = OUTCOMES[self.below(3)];
        let rehomed = outcome == MembersOutcome::Rehomed;
        let inherits = self.once_in(2);
        let unit = end_organisations_request::Unit {
            organisation_id: ending.id,
            kind: EndKind::Terminated.into(),
            principal_successor_id: if inherits { other.id.clone() } else { String::new() },
            members_outcome: outcome.into(),
            rehome_to_id: if rehomed { other.id.clone() } else { String::new() },
            subordinates_to_id: other.id,
            ..end_organisations_request::Unit::default()
        };
        self.end(kind, vec![unit], on).await
    }

    async fn hand_over(
        &mut self,
        kind: &'static str,
        units: Vec<Unit>,
        superior: Unit,
        on: Date,
    ) -> Option<()> {
        let unit_ids: Vec<String> = units.iter().map(|unit| unit.id.clone()).collect();
        let codes: Vec<&str> = units.iter().map(|unit| unit.code.as_str()).collect();
        let told = format!("hand {codes:?} over to {} on {on}", superior.code);
        let request = HandOverOrganisationsRequest {
            request_id: request_id(),
            unit_ids: unit_ids.clone(),
            superior_id: superior.id.clone(),
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..HandOverOrganisationsRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.organisations().hand_over_organisations(request).await;
        let about = unit_ids.iter().cloned().chain([superior.id]);
        self.trace.note(kind, told.clone(), about, answer)?;
        let unit_ids: Vec<&str> = unit_ids.iter().map(String::as_str).collect();
        self.remember(kind, &told, &request_id, &unit_ids);
        Some(())
    }

    pub async fn hand_over_union(&mut self, kind: &'static str) -> Option<()> {
        let (superior, on) = (self.superior()?, self.tree_day());
        let mut units = vec![self.any(Tier::Union)?.unit];
        if self.once_in(3) {
            units.push(self.any(Tier::Union)?.unit);
        }
        self.hand_over(kind, units, superior, on).await
    }

    pub async fn hand_over_superior(&mut self, kind: &'static str) -> Option<()> {
        let (unit, to, on) =
            (self.any(Tier::Above)?.unit, self.any(Tier::Province)?.unit, self.tree_day());
        self.hand_over(kind, vec![unit], to, on).await
    }

    pub async fn change_type(&mut self, kind: &'static str) -> Option<()> {
        let unit = match self.below(5) {
            0 => self.any(Tier::Part)?,
            1 => self.any(Tier::Above)?,
            _ => self.any(Tier::Union)?,
        };
        let on = self.tree_day();
        let (type_code, sector, superior) = match self.below(5) {
            0 | 1 => ("CD_TCT", String::new(), Some(self.any(Tier::Province)?.unit)),
            2 => ("CDCS_TV", String::new(), Some(self.any(Tier::Union)?.unit)),
            3 => ("ND_CS", self.sector(), None),
            _ => ("CDCS", self.sector(), Some(self.superior()?)),
        };
        let under = superior.as_ref().map_or("where it stands", |superior| &superior.code);
        let told = format!("{} becomes a {type_code} under {under} on {on}", unit.unit.code);
        let superior_id = superior.map(|superior| superior.id).unwrap_or_default();
        let request = ChangeTypeRequest {
            request_id: request_id(),
            organisation_id: unit.unit.id.clone(),
            r#type: type_code.to_owned(),
            sector,
            superior_id: superior_id.clone(),
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..ChangeTypeRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.life_cycle().change_type(request).await;
        self.trace.note(kind, told.clone(), [unit.unit.id.clone(), superior_id], answer)?;
        self.remember(kind, &told, &request_id, &[&unit.unit.id]);
        Some(())
    }

    pub async fn change_sector(&mut self, kind: &'static str) -> Option<()> {
        let (union, sector, on) = (self.any(Tier::Union)?.unit, self.sector(), self.tree_day());
        let told = format!("{} comes into the sector {sector} on {on}", union.code);
        let request = ChangeSectorRequest {
            request_id: request_id(),
            organisation_id: union.id.clone(),
            sector,
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..ChangeSectorRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.organisations().change_sector(request).await;
        self.trace.note(kind, told.clone(), [union.id.clone()], answer)?;
        self.remember(kind, &told, &request_id, &[&union.id]);
        Some(())
    }

    pub async fn change_industry(&mut self, kind: &'static str) -> Option<()> {
        let (union, industry, on) = (self.any(Tier::Union)?.unit, self.industry(), self.tree_day());
        let told = format!("{} comes into the industry {industry} on {on}", union.code);
        let request = ChangeIndustryRequest {
            request_id: request_id(),
            organisation_id: union.id.clone(),
            industry,
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..ChangeIndustryRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.organisations().change_industry(request).await;
        self.trace.note(kind, told.clone(), [union.id.clone()], answer)?;
        self.remember(kind, &told, &request_id, &[&union.id]);
        Some(())
    }

    pub async fn rename(&mut self, kind: &'static str) -> Option<()> {
        let (union, on) = (self.any(Tier::Union)?.unit, self.tree_day());
        let told = format!("rename {} on {on}", union.code);
        let request = RenameOrganisationRequest {
            request_id: request_id(),
            organisation_id: union.id.clone(),
            name: self.code("Tên"),
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..RenameOrganisationRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.organisations().rename_organisation(request).await;
        self.trace.note(kind, told.clone(), [union.id.clone()], answer)?;
        self.remember(kind, &told, &request_id, &[&union.id]);
        Some(())
    }

    pub async fn suspend(&mut self, kind: &'static str) -> Option<()> {
        let (union, on) = (self.any(Tier::Union)?.unit, self.tree_day());
        let told = format!("suspend {} on {on}", union.code);
        let request = SuspendOrganisationRequest {
            request_id: request_id(),
            organisation_id: union.id.clone(),
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..SuspendOrganisationRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.organisations().suspend_organisation(request).await;
        self.trace.note(kind, told.clone(), [union.id.clone()], answer)?;
        self.known(&union.id)?.suspended = true;
        self.remember(kind, &told, &request_id, &[&union.id]);
        Some(())
    }

    pub async fn resume(&mut self, kind: &'static str) -> Option<()> {
        let some: Vec<Unit> = self
            .units
            .iter()
            .filter(|known| known.suspended && !known.gone)
            .map(|known| known.unit.clone())
            .collect();
        let (union, on) = (self.one_of(&some)?, self.tree_day());
        let told = format!("resume {} on {on}", union.code);
        let request = ResumeOrganisationRequest {
            request_id: request_id(),
            organisation_id: union.id.clone(),
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..ResumeOrganisationRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.organisations().resume_organisation(request).await;
        self.trace.note(kind, told.clone(), [union.id.clone()], answer)?;
        self.known(&union.id)?.suspended = false;
        self.remember(kind, &told, &request_id, &[&union.id]);
        Some(())
    }

    pub async fn change_territory(&mut self, kind: &'static str) -> Option<()> {
        let (unit, on) = (self.any(Tier::Above)?.unit, self.tree_day());
        // A few communes, which more than one would have.
        let communes = ["00004", "00008", "00016", "00022", "00025"];
        let commune = communes[self.below(communes.len())].to_owned();
        let told = format!("{} takes the commune {commune} on {on}", unit.code);
        let request = ChangeTerritoryRequest {
            request_id: request_id(),
            organisation_id: unit.id.clone(),
            communes_added: vec![commune],
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..ChangeTerritoryRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.attributes().change_territory(request).await;
        self.trace.note(kind, told.clone(), [unit.id.clone()], answer)?;
        self.remember(kind, &told, &request_id, &[&unit.id]);
        Some(())
    }
}
