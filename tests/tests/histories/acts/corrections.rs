//! Corrections, and acts that are undone.

use proto::registry::v1::correct_organisation_request::{Attribute, Name};
use proto::registry::v1::{CorrectOrganisationRequest, UndoActRequest};
use stage::made_up::{self, request_id};
use tests::world::Unit;
use time::{Date, Duration};

use crate::desk::{Desk, Done, Tier};

/// Of so many of the last acts one is undone.
const LAST: usize = 40;

impl Desk {
    async fn correct(
        &mut self,
        kind: &'static str,
        unit: &Unit,
        (from, until): (Option<Date>, Option<Date>),
        attribute: Attribute,
    ) -> Option<()> {
        let told = format!("correct {} from {from:?} until {until:?}: {attribute:?}", unit.code);
        let mut about = vec![unit.id.clone()];
        if let Attribute::SuperiorId(superior_id) = &attribute {
            about.push(superior_id.clone());
        }
        let request = CorrectOrganisationRequest {
            request_id: request_id(),
            organisation_id: unit.id.clone(),
            from_on: from.and_then(made_up::on),
            until_on: until.and_then(made_up::on),
            attribute: Some(attribute),
            reason: "Ghi nhầm".to_owned(),
            ..CorrectOrganisationRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.corrections().correct_organisation(request).await;
        self.trace.note(kind, told.clone(), about, answer)?;
        self.remember(kind, &told, &request_id, &[&unit.id]);
        self.look_at(std::slice::from_ref(&unit.id)).await;
        Some(())
    }

    /// Some days; their end is open now and then.
    fn days(&mut self) -> (Option<Date>, Option<Date>) {
        let from = self.day();
        let days = Duration::days(1 + self.below(600) as i64);
        (Some(from), (!self.once_in(3)).then(|| from + days))
    }

    pub async fn correct_place(&mut self, kind: &'static str) -> Option<()> {
        let tier = if self.once_in(6) { Tier::Above } else { Tier::Union };
        let (unit, superior, days) = (self.any(tier)?.unit, self.superior()?, self.days());
        self.correct(kind, &unit, days, Attribute::SuperiorId(superior.id)).await
    }

    pub async fn correct_type(&mut self, kind: &'static str) -> Option<()> {
        let (unit, days) = (self.any(Tier::Union)?.unit, self.days());
        let types = ["ND_CS", "CDCS", "CD_TCT"];
        let type_code = types[self.below(types.len())].to_owned();
        self.correct(kind, &unit, days, Attribute::Type(type_code)).await
    }

    pub async fn correct_sector(&mut self, kind: &'static str) -> Option<()> {
        let (unit, sector, days) = (self.any(Tier::Union)?.unit, self.sector(), self.days());
        self.correct(kind, &unit, days, Attribute::Sector(sector)).await
    }

    pub async fn correct_industry(&mut self, kind: &'static str) -> Option<()> {
        let (unit, industry, days) = (self.any(Tier::Union)?.unit, self.industry(), self.days());
        self.correct(kind, &unit, days, Attribute::Industry(industry)).await
    }

    pub async fn correct_status(&mut self, kind: &'static str) -> Option<()> {
        let (unit, days) = (self.any(Tier::Union)?.unit, self.days());
        let status = if self.once_in(2) { "ACTIVE" } else { "SUSPENDED" };
        self.correct(kind, &unit, days, Attribute::Status(status.to_owned())).await
    }

    pub async fn correct_founding(&mut self, kind: &'static str) -> Option<()> {
        let unit = self.any(Tier::Union)?.unit;
        let on = self.past_day();
        let founded_on = made_up::on(on).expect("a day");
        self.correct(kind, &unit, (None, None), Attribute::FoundedOn(founded_on)).await
    }

    pub async fn correct_end(&mut self, kind: &'static str) -> Option<()> {
        let some: Vec<Unit> = self
            .units
            .iter()
            .filter(|known| known.gone && known.tier != Tier::Province)
            .map(|known| known.unit.clone())
            .collect();
        let (unit, on) = (self.one_of(&some)?, self.day());
        if self.once_in(5) {
            let name = Name { name: self.code("Tên đúng"), short_name: String::new() };
            let days = self.days();
            return self.correct(kind, &unit, days, Attribute::Name(name)).await;
        }
        let ended_on = made_up::on(on).expect("a day");
        self.correct(kind, &unit, (None, None), Attribute::EndedOn(ended_on)).await
    }

    /// Undoes an act that was done; it is forgotten, whether it could be undone or not.
    async fn take_back(&mut self, kind: &'static str, n: usize) -> Option<()> {
        let done = self.done.remove(n);
        let act_id = self.act_of_done(&done).await?;
        let told = format!("undo: {}", done.told);
        let request =
            UndoActRequest { request_id: request_id(), act_id, ..UndoActRequest::default() };
        let undo_id = request.request_id.clone();
        let answer = self.client.corrections().undo_act(request).await;
        self.trace.note(kind, told.clone(), done.units.clone(), answer)?;
        // An undoing is an act, too.
        let units: Vec<&str> = done.units.iter().map(String::as_str).collect();
        self.remember("undo", &told, &undo_id, &units);
        self.look_at(&done.units).await;
        Some(())
    }

    async fn act_of_done(&mut self, done: &Done) -> Option<String> {
        if done.request_id.is_empty() {
            return self.founding_act_of(done.units.first()?).await;
        }
        self.act_of(&done.request_id).await
    }

    pub async fn undo(&mut self, kind: &'static str) -> Option<()> {
        let foundings_too = self.does("undo a founding");
        let some: Vec<usize> = (0..self.done.len())
            .rev()
            .filter(|n| foundings_too || !self.done[*n].kind.starts_with("found"))
            .take(LAST)
            .collect();
        let n = self.one_of(&some)?;
        self.take_back(kind, n).await
    }

    /// A founding: the last of them may still have everything in them.
    pub async fn undo_founding(&mut self, kind: &'static str) -> Option<()> {
        let foundings: Vec<usize> = (0..self.done.len())
            .rev()
            .filter(|n| self.done[*n].kind.starts_with("found"))
            .take(12)
            .collect();
        let n = self.one_of(&foundings)?;
        self.take_back(kind, n).await
    }
}
