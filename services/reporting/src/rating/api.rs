//! RatingService.

use chassis::call::Call;
use chassis::database::{civil_date, today};
use chassis::page::Page;
use chassis::parse;
use proto::reporting::v1::rating_service_server::RatingService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::ground::api::Api;
use crate::ground::fact::Code;
use crate::ground::figure::{By, Pieces, Scope, heads};
use crate::ground::reading as reads;
use crate::ground::refused::Refused;
use crate::ground::wire as ground;
use crate::rating::answer_appeal::AnswerAppeal;
use crate::rating::appeal_rating::AppealRating;
use crate::rating::appraise_rating::AppraiseRating;
use crate::rating::close_round::CloseRound;
use crate::rating::distribution::{Distribution, of_round, of_year};
use crate::rating::ratings::ratings;
use crate::rating::rounds::{After, round, rounds};
use crate::rating::submit_self_score::SubmitSelfScore;
use crate::rating::terms::Version;
use crate::rating::withdraw_round::WithdrawRound;
use crate::rating::{asking, history, rounds as read, schemes, wire};

/// Grades that are chosen as "đạt".
const ATTAINED_MAX: usize = 20;

#[tonic::async_trait]
impl RatingService for Api {
    async fn record_ratings(
        &self,
        request: Request<RecordRatingsRequest>,
    ) -> Result<Response<RecordRatingsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = asking::record(self.reference, &asked)?;
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|recorded| RecordRatingsResponse {
            rated: recorded.rated,
            rerated: recorded.rerated,
            not_counted: recorded.not_counted.clone(),
        }))
    }

    async fn list_schemes(
        &self,
        _: Request<ListSchemesRequest>,
    ) -> Result<Response<ListSchemesResponse>, Status> {
        let schemes = self.reference.schemes().iter().map(Version::of_country);
        let schemes = schemes.map(|scheme| wire::version(&scheme)).collect();
        Ok(Response::new(ListSchemesResponse { schemes }))
    }

    async fn list_organisation_schemes(
        &self,
        request: Request<ListOrganisationSchemesRequest>,
    ) -> Result<Response<ListOrganisationSchemesResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let near = schemes::versions(&mut reading, self.reference, organisation_id).await?;
        let schemes = near.iter().map(|near| wire::version(&near.version)).collect();
        Ok(reading.reply(ListOrganisationSchemesResponse { schemes }))
    }

    async fn define_scheme(
        &self,
        request: Request<DefineSchemeRequest>,
    ) -> Result<Response<DefineSchemeResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = asking::define(self.reference, &asked)?;
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|defined| DefineSchemeResponse { version: defined.version }))
    }

    async fn open_round(
        &self,
        request: Request<OpenRoundRequest>,
    ) -> Result<Response<OpenRoundResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = asking::open(self.reference, &asked)?;
        let acted = self.database.act(call, act).await?;
        let count = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        Ok(acted.reply(|opened| OpenRoundResponse {
            round_id: opened.round_id.to_string(),
            listed: count(opened.listed),
            eligible: count(opened.eligible),
        }))
    }

    async fn close_round(
        &self,
        request: Request<CloseRoundRequest>,
    ) -> Result<Response<CloseRoundResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = CloseRound {
            round_id: parse::id("round_id", &asked.round_id)?,
            reason: asking::optional_reason(&asked.reason)?,
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|closed| CloseRoundResponse { undecided: closed.undecided }))
    }

    async fn withdraw_round(
        &self,
        request: Request<WithdrawRoundRequest>,
    ) -> Result<Response<WithdrawRoundResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = WithdrawRound {
            round_id: parse::id("round_id", &asked.round_id)?,
            reason: asking::reason(&asked.reason)?,
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|()| WithdrawRoundResponse {}))
    }

    async fn submit_self_score(
        &self,
        request: Request<SubmitSelfScoreRequest>,
    ) -> Result<Response<SubmitSelfScoreResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = SubmitSelfScore {
            round_id: parse::id("round_id", &asked.round_id)?,
            organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
            scores: asking::scores(&asked.scores)?,
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|scored| SubmitSelfScoreResponse {
            total_tenths: scored.total_tenths,
            grade: scored.grade,
        }))
    }

    async fn appraise_rating(
        &self,
        request: Request<AppraiseRatingRequest>,
    ) -> Result<Response<AppraiseRatingResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = AppraiseRating {
            round_id: parse::id("round_id", &asked.round_id)?,
            organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
            scores: asking::scores(&asked.scores)?,
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|scored| AppraiseRatingResponse {
            total_tenths: scored.total_tenths,
            grade: scored.grade,
        }))
    }

    async fn decide_ratings(
        &self,
        request: Request<DecideRatingsRequest>,
    ) -> Result<Response<DecideRatingsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = asking::decide(&asked)?;
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|decided| DecideRatingsResponse {
            lines: decided
                .lines
                .into_iter()
                .map(|(unit, grade, band_grade)| decide_ratings_response::Line {
                    organisation_id: unit.to_string(),
                    grade,
                    band_grade,
                })
                .collect(),
            appeal_through_on: Some(parse::civil(decided.appeal_through)),
        }))
    }

    async fn appeal_rating(
        &self,
        request: Request<AppealRatingRequest>,
    ) -> Result<Response<AppealRatingResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = AppealRating {
            round_id: parse::id("round_id", &asked.round_id)?,
            organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
            reason: asking::reason(&asked.reason)?,
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|()| AppealRatingResponse {}))
    }

    async fn answer_appeal(
        &self,
        request: Request<AnswerAppealRequest>,
    ) -> Result<Response<AnswerAppealResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = AnswerAppeal {
            round_id: parse::id("round_id", &asked.round_id)?,
            organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
            grade: Some(asked.grade.clone()).filter(|grade| !grade.is_empty()),
            reason: asking::reason(&asked.reason)?,
            decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|answered| AnswerAppealResponse { grade: answered.grade }))
    }

    async fn get_round(
        &self,
        request: Request<GetRoundRequest>,
    ) -> Result<Response<GetRoundResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let round_id = parse::id("round_id", &asked.round_id)?;
        let below = parse::optional_id("organisation_id", &asked.organisation_id)?;

        let mut reading = self.database.read(&call).await?;
        let found = round(&mut reading, round_id, below).await?;
        let counts = read::counts(&mut reading, round_id).await?;
        Ok(reading.reply(GetRoundResponse {
            round: Some(wire::round(&found)),
            counts: counts
                .into_iter()
                .map(|(state, unions)| get_round_response::Count {
                    state: wire::state_out(state).into(),
                    unions: i32::try_from(unions).unwrap_or(i32::MAX),
                })
                .collect(),
        }))
    }

    async fn list_rounds(
        &self,
        request: Request<ListRoundsRequest>,
    ) -> Result<Response<ListRoundsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<After> = page.after()?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let rows = rounds(&mut reading, organisation_id, asked.year, after, page.limit()).await?;
        let Page { rows, next_page_token } = page.page(rows, |last| (last.year, last.round_id))?;
        let rounds = rows.iter().map(wire::round_in_list).collect();
        Ok(reading.reply(ListRoundsResponse { rounds, next_page_token }))
    }

    async fn list_ratings(
        &self,
        request: Request<ListRatingsRequest>,
    ) -> Result<Response<ListRatingsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<Uuid> = page.after()?;
        let round_id = parse::id("round_id", &asked.round_id)?;
        let head = parse::id("organisation_id", &asked.organisation_id)?;
        let states = asking::states(&asked.states)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, head).await?;
        let found = round(&mut reading, round_id, Some(head)).await?;
        let rows = ratings(&mut reading, &found, head, &states, after, page.limit()).await?;
        let Page { rows, next_page_token } = page.page(rows, |last| last.organisation_id)?;
        let ratings = rows.iter().map(wire::union).collect();
        Ok(reading.reply(ListRatingsResponse { ratings, next_page_token }))
    }

    async fn get_rating(
        &self,
        request: Request<GetRatingRequest>,
    ) -> Result<Response<GetRatingResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let unit = parse::id("organisation_id", &asked.organisation_id)?;
        let round_id = parse::optional_id("round_id", &asked.round_id)?;
        let known_at = ground::known_at(asked.known_at)?;
        if round_id.is_none() {
            asking::year(asked.year)?;
        }

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, unit).await?;
        let listed_in = match round_id {
            Some(round_id) => Some(round_id),
            None => history::round_of(&mut reading, unit, asked.year).await?,
        };
        let mut response = GetRatingResponse::default();
        let mut year = asked.year;
        if let Some(round_id) = listed_in {
            let found = round(&mut reading, round_id, Some(unit)).await?;
            let rated = history::union(&mut reading, round_id, unit).await?;
            let (Some(rated), true) = (rated, known_at.is_none_or(|at| found.opened_at <= at))
            else {
                return Err(Refused::RatingRoundUnknown { round_id }.into());
            };
            let steps = history::steps(&mut reading, round_id, unit, known_at).await?;
            let rated = history::as_known(rated, &steps, civil_date);
            year = found.year;
            response.round = Some(wire::round(&found));
            response.rating = Some(wire::union(&rated));
            response.steps = steps.iter().map(wire::said).collect();
        }
        if known_at.is_none() {
            let days = asking::year(year)?;
            let counting = history::counting(&mut reading, unit, year, days.through).await?;
            response.counting = counting.map(|counting| wire::counting(year, days, &counting));
        }
        Ok(reading.reply(response))
    }

    async fn get_distribution(
        &self,
        request: Request<GetDistributionRequest>,
    ) -> Result<Response<GetDistributionResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let head = parse::id("organisation_id", &asked.organisation_id)?;
        let round_id = parse::optional_id("round_id", &asked.round_id)?;
        let attained = &asked.attained_grades;
        if attained.len() > ATTAINED_MAX {
            let (field, entries, limit) = ("attained_grades", attained.len(), ATTAINED_MAX);
            return Err(Refused::ListTooLong { field, entries, limit }.into());
        }
        ground::sector_group(self.reference, &asked.sector_grouping, &asked.sector_group)?;
        let scope = Scope {
            by: ground::by(self.reference, asked.breakdown(), &asked.sector_grouping)?,
            grouping: asked.sector_grouping.clone(),
            group: asked.sector_group.clone(),
            ..Scope::of(head, ground::tree(asked.tree)?)
        };
        if scope.by.apart().is_some() {
            let (field, indicator) = ("breakdown".to_string(), Code::Rating.as_str().to_string());
            let breakdown = scope.by.code();
            return Err(Refused::BreakdownNotOfIndicator { field, indicator, breakdown }.into());
        }
        let pieces = Pieces::of(&scope, self.reference);
        let year = match round_id {
            Some(_) => None,
            None => Some(asking::year(asked.year)?),
        };

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, head).await?;
        let near = schemes::versions(&mut reading, self.reference, head).await?;
        let mut grades = schemes::grades(near.iter().map(|near| &near.version));
        let (lines, on) = match (round_id, year) {
            (Some(round_id), _) => {
                let round = round(&mut reading, round_id, Some(head)).await?;
                schemes::add_grades(&mut grades, &round.scheme, &round.terms);
                (of_round(&mut reading, &pieces, &round).await?, round.listed_on)
            }
            (None, Some(days)) => {
                let lines = of_year(&mut reading, &pieces, asked.year, days).await?;
                (lines, days.through.min(today()))
            }
            (None, None) => return Err(parse::required("year").into()),
        };
        schemes::refuse_unknown_grades(&grades, attained)?;
        let units = lines.keys().filter(|_| scope.by == By::Child);
        let units: Vec<Uuid> = units.filter_map(|line| Uuid::parse_str(line).ok()).collect();
        let names = heads(&mut reading, &units, on).await?;
        let written = wire::Written {
            reference: self.reference,
            scope: &scope,
            names: &names,
            grades: &grades,
            attained,
        };
        let mut total = Distribution::default();
        lines.values().for_each(|line| total.plus(line));
        let shown = lines.iter().filter(|_| scope.by != By::Nothing);
        Ok(reading.reply(GetDistributionResponse {
            total: Some(written.line(None, &total)),
            lines: shown.map(|(line, counted)| written.line(Some(line), counted)).collect(),
        }))
    }
}
