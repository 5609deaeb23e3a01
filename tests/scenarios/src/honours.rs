//! Honours, emulation movements and help, as offices record them.

use chassis::parse::civil;
use proto::membership::v1::{
    GiveWelfareRequest, JoinEmulationRequest, LaunchEmulationRequest, RecordHonoursRequest,
    WelfareKind, give_welfare_request, record_honours_request,
};
use time::{Date, Duration};

use crate::office::Office;
use crate::people::known;

/// A roll of honours.
pub struct Roll<'a> {
    /// A code of the list of honours.
    pub kind: &'static str,
    /// A code of the list of levels.
    pub level: &'static str,
    /// The day.
    pub on: Date,
    /// Who.
    pub people: &'a [String],
    /// The first so many of them work directly in production.
    pub direct: usize,
    /// Of initiatives: what each is called, and how many authors the first of them has; the others
    /// have one.
    pub titles: &'a [String],
}

impl Office {
    /// People of a union are honoured.
    pub async fn honour(
        &self,
        act: String,
        organisation_id: String,
        roll: Roll<'_>,
    ) -> anyhow::Result<()> {
        // The first initiative is that of whoever is left over.
        let more = roll.people.len().saturating_sub(roll.titles.len());
        let lines = roll.people.iter().enumerate().map(|(n, person_id)| {
            let title = roll.titles.get(n.saturating_sub(more)).cloned().unwrap_or_default();
            record_honours_request::Line {
                person: Some(known(person_id)),
                direct_production: n < roll.direct,
                title,
            }
        });
        let request = RecordHonoursRequest {
            request_id: self.client.request_id(&act),
            organisation_id,
            kind: roll.kind.into(),
            level: roll.level.into(),
            honoured_on: Some(civil(roll.on)),
            lines: lines.collect(),
            ..RecordHonoursRequest::default()
        };
        self.client.record_honours(request).await?;
        self.client.happened(roll.people.len());
        Ok(())
    }

    /// Launches an emulation movement of a year.
    pub async fn launch_emulation(
        &self,
        theme: &'static str,
        title: &str,
        (from, through): (Date, Date),
    ) -> anyhow::Result<String> {
        let request = LaunchEmulationRequest {
            request_id: self.client.request_id(&format!("emulation/{theme}")),
            organisation_id: self.organisation_id.clone(),
            theme: theme.into(),
            title: title.into(),
            from_on: Some(civil(from)),
            through_on: Some(civil(through)),
            ..LaunchEmulationRequest::default()
        };
        self.client.happened(1);
        Ok(self.client.launch_emulation(request).await?.emulation_id)
    }

    /// People of a union take part in it.
    pub async fn join_emulation(
        &self,
        act: String,
        organisation_id: String,
        emulation_id: String,
        on: Date,
        people: &[String],
    ) -> anyhow::Result<()> {
        let request = JoinEmulationRequest {
            request_id: self.client.request_id(&act),
            organisation_id,
            emulation_id,
            joined_on: Some(civil(on)),
            person_ids: people.to_vec(),
            ..JoinEmulationRequest::default()
        };
        self.client.join_emulation(request).await?;
        self.client.happened(people.len());
        Ok(())
    }

    /// The federation helps people in hardship, each with the same.
    pub async fn help(
        &self,
        kind: WelfareKind,
        source: &'static str,
        on: Date,
        people: &[String],
        amount_vnd: i64,
    ) -> anyhow::Result<()> {
        let lines = people.iter().map(|person_id| give_welfare_request::Line {
            person: Some(known(person_id)),
            amount_vnd,
        });
        let request = GiveWelfareRequest {
            request_id: self.client.request_id(&format!("help/{}/{source}", kind.as_str_name())),
            organisation_id: self.organisation_id.clone(),
            kind: kind.into(),
            occasion: "HARDSHIP".into(),
            source: source.into(),
            given_on: Some(civil(on)),
            due_on: (kind == WelfareKind::Loan)
                .then(|| civil(on.saturating_add(Duration::days(365)))),
            lines: lines.collect(),
            ..GiveWelfareRequest::default()
        };
        self.client.give_welfare(request).await?;
        self.client.happened(people.len());
        Ok(())
    }
}
