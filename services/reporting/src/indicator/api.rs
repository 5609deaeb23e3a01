//! IndicatorService.

use chassis::call::Call;
use chassis::parse;
use chassis::refusal::Refusal;
use proto::reporting::v1::indicator_service_server::IndicatorService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};

use crate::ground::acting::refuse_all;
use crate::ground::api::Api;
use crate::ground::refused::Refused;
use crate::indicator::load_indicators::LoadIndicators;
use crate::indicator::wire::{definition, faults, loaded};

const INDICATORS_MAX: usize = 100;

#[tonic::async_trait]
impl IndicatorService for Api {
    async fn load_indicators(
        &self,
        request: Request<LoadIndicatorsRequest>,
    ) -> Result<Response<LoadIndicatorsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let (field, limit, entries) = ("indicators", INDICATORS_MAX, asked.indicators.len());
        if entries == 0 {
            return Err(Refused::ListEmpty { field }.into());
        }
        if entries > limit {
            return Err(Refused::ListTooLong { field, entries, limit }.into());
        }
        let in_force_from = parse::date("in_force_from", asked.in_force_from)?;
        let decision_id = parse::id("decision_id", &asked.decision_id)?;
        let lines = asked.indicators.iter().enumerate();
        let lines = lines.map(|(n, line)| definition(&format!("{field}[{n}]"), line));
        let (definitions, missing): (Vec<_>, Vec<_>) = lines.partition(Result::is_ok);
        let missing = missing.into_iter().filter_map(Result::err).reduce(Refusal::and);
        if let Some(missing) = missing {
            return Err(missing.into());
        }
        let definitions = definitions.into_iter().filter_map(Result::ok).collect::<Vec<_>>();
        refuse_all(faults(self.reference, &definitions))?;
        let act = LoadIndicators { definitions, in_force_from, decision_id };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|answer| loaded(&answer)))
    }
}
