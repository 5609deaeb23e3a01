//! Splitting new organisations off one that lives on (tách).

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::{Noted, Share, Shares};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::life::{self, Changed};
use crate::ground::refused::Refused;
use crate::ground::rules::{Rules, SectorNeed};
use crate::ground::seats::{self, Days, NewOffice};
use crate::ground::succession::{self, SPLIT_OFF, Succession};
use crate::ground::tree::{self, NewOrganisation, Origin, Record, Scope, Standing};

/// A new organisation.
#[derive(Debug)]
pub struct Part {
    /// Unique among those alive at the same time.
    pub code: String,
    /// NFC.
    pub name: String,
    /// Empty where there is none.
    pub short_name: String,
    /// None means the type of the one that is split.
    pub type_code: Option<String>,
    /// None means the sector of the one that is split, where the type may have one.
    pub sector: Option<String>,
    /// None means the industry of the one that is split.
    pub industry: Option<String>,
    /// Of the whole.
    pub share: i32,
    /// Its first committee.
    pub offices: Vec<NewOffice>,
}

/// What is split off, and from when.
#[derive(Debug)]
pub struct SplitOff {
    /// Which organisation is split.
    pub organisation_id: Uuid,
    /// At least one.
    pub parts: Vec<Part>,
    /// What the shares are parts of; they leave some of it.
    pub share_whole: i32,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The superior's decision.
    pub basis: Basis,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct SplitOffDone {
    /// The new organisations, in the order of the parts.
    pub organisation_ids: Vec<Uuid>,
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for SplitOff {
    type Answer = SplitOffDone;

    async fn perform(self, acting: &mut Acting) -> Result<SplitOffDone, Failure> {
        let predecessor_id = self.organisation_id;
        let on = basis::effective_on(acting, predecessor_id, Some(&self.basis), self.effective_on)
            .await?;
        tree::lock_moves(acting, &[("organisation_id".to_string(), predecessor_id)]).await?;
        tree::take(acting, &[predecessor_id]).await?;
        let unit = tree::standing(acting, "organisation_id", predecessor_id, on, Scope::BySuperior)
            .await?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;
        unit.is_directed().map_err(|refused| refused.at("organisation_id"))?;
        let superior = superior(acting, &unit, on).await?;
        let rules = Rules::read(acting.db()).await?;
        let classed = classed_on(acting, predecessor_id, on).await?;

        let decision_id = basis::record(
            acting,
            Some(self.basis),
            superior.organisation_id,
            superior.organisation_id,
        )
        .await?;
        let record = Record::of(acting, decision_id);
        let mut shares = Shares { whole: self.share_whole, parts: Vec::new() };
        for (n, part) in self.parts.into_iter().enumerate() {
            let share = part.share;
            let offices_field = format!("parts[{n}].offices");
            let (organisation, offices) =
                part.organisation(n, &unit, &classed, &superior, &rules, on)?;
            let organisation_id = organisation.organisation_id;
            let founded = [organisation];
            // One after the other: a code that is taken is named by its part.
            let inserted = tree::insert(acting.db(), &founded, Origin::Founded, record).await;
            tree::code_taken(inserted, &format!("parts[{n}].code"), &founded[0].code)?;
            acting.publish_all(founded[0].founding(Vec::new(), decision_id));
            let days = Days { from_on: on, until_on: None };
            let offices =
                seats::take(acting, &offices_field, organisation_id, offices, days).await?;
            seats::publish_appointed(acting, organisation_id, &offices, on, decision_id);
            shares.parts.push(Share { organisation_id, share });
        }
        let split =
            Succession { predecessor_id, kind: SPLIT_OFF, principal_id: None, shares: &shares };
        succession::record(acting, &[split], on).await?;
        if superior.type_until.is_some() {
            let parts: Vec<Uuid> = shares.parts.iter().map(|part| part.organisation_id).collect();
            let changed = Changed::OtherThings;
            life::refuse_contradictions(acting, "effective_on", &parts, changed).await?;
        }
        let organisation_ids = shares.parts.iter().map(|part| part.organisation_id).collect();
        acting.publish_all(Noted::SplitOff { predecessor_id, shares }.on(on, decision_id));
        Ok(SplitOffDone { organisation_ids, decision_id })
    }
}

/// The superior, under which the parts will stand too.
async fn superior(acting: &mut Acting, unit: &Standing, on: Date) -> Result<Standing, Failure> {
    // That of the day: it may be known to move.
    let superior_id =
        unit.place_id.ok_or_else(|| Refused::ConfederationFixed.at("organisation_id"))?;
    tree::lean_on(acting, &[superior_id]).await?;
    let superior =
        tree::standing(acting, "organisation_id", superior_id, on, Scope::Itself).await?;
    superior.may_take_subordinates(on).map_err(|refused| refused.at("organisation_id"))?;
    Ok(superior)
}

/// The sector and the industry of an organisation, where it has them.
struct Classed {
    sector: Option<String>,
    industry: Option<String>,
}

async fn classed_on(
    acting: &mut Acting,
    organisation_id: Uuid,
    on: Date,
) -> Result<Classed, Failure> {
    let classed = sqlx::query_as!(
        Classed,
        r#"select (select sector from organisation_sector
                   where organisation_id = $1 and upper_inf(recorded) and valid @> $2::date)
                      as "sector?",
                  (select industry from organisation_industry
                   where organisation_id = $1 and upper_inf(recorded) and valid @> $2::date)
                      as "industry?""#,
        organisation_id,
        on,
    )
    .fetch_one(acting.db())
    .await?;
    Ok(classed)
}

impl Part {
    /// The organisation that the n-th part becomes, and its first committee.
    fn organisation(
        self,
        n: usize,
        unit: &Standing,
        classed: &Classed,
        superior: &Standing,
        rules: &Rules,
        on: Date,
    ) -> Result<(NewOrganisation, Vec<NewOffice>), Failure> {
        let at = |part: &str| format!("parts[{n}].{part}");
        let type_code = self.type_code.unwrap_or_else(|| unit.type_code.clone());
        let need = rules.sector_need(&type_code, on).map_err(|refused| refused.at(at("type")))?;
        let sector = match (self.sector, need) {
            (Some(given), _) => Some(given),
            (None, SectorNeed::None) => None,
            (None, SectorNeed::Allowed | SectorNeed::Required) => classed.sector.clone(),
        };
        if let Some(industry) = &self.industry {
            rules.industry(industry, on).map_err(|refused| refused.at(at("industry")))?;
        }
        rules
            .may_be_founded(&type_code, sector.as_deref(), on)
            .map_err(|refused| refused.at(at("sector")))?;
        rules
            .may_stand_under(&type_code, &superior.type_code, on)
            .map_err(|refused| refused.at(at("type")))?;
        let organisation = NewOrganisation {
            organisation_id: Uuid::now_v7(),
            code: self.code,
            name: self.name,
            short_name: self.short_name,
            type_code,
            sector,
            industry: self.industry.or_else(|| classed.industry.clone()),
            superior_id: Some(superior.organisation_id),
            founded_on: on,
            congress_on: None,
            has_subordinates: false,
        };
        Ok((organisation, self.offices))
    }
}
