//! Reporting's methods.

use proto::reporting::v1::*;
use stage::made_up::{on, period, request_id};
use time::macros::date;

use super::{DAY, Trial, kind_of, one};
use crate::rights::desk::Desk;
use crate::rights::returns;
use crate::rights::rounds;

pub fn list(trials: &mut Vec<Trial>) {
    of_service! { trials, "reporting.v1.FigureService",
        read "ListIndicators": |_, _| ListIndicatorsRequest {};
        read "QueryFigures": |mine, _| QueryFiguresRequest {
            indicators: vec!["MBR_STOCK".to_owned()],
            organisation_id: mine.district.id.clone(),
            period: period(DAY, DAY),
            ..QueryFiguresRequest::default()
        };
        read "TabulateFigures": |mine, _| TabulateFiguresRequest {
            indicators: vec!["MBR_STOCK".to_owned()],
            organisation_ids: vec![mine.district.id.clone()],
            periods: period(DAY, DAY).into_iter().collect(),
            ..TabulateFiguresRequest::default()
        };
        read "TabulateFigures": |mine, _| TabulateFiguresRequest {
            indicators: vec!["MBR_STOCK".to_owned()],
            below: Some(Below { organisation_id: mine.district.id.clone(), ..Below::default() }),
            periods: period(DAY, DAY).into_iter().collect(),
            ..TabulateFiguresRequest::default()
        };
        read "ExplainWholeFigure": |mine, _| ExplainWholeFigureRequest {
            indicator: "MBR_ADMITTED".to_owned(),
            organisation_id: mine.district.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            ..ExplainWholeFigureRequest::default()
        };
        read "ExplainFigure": |mine, _| ExplainFigureRequest {
            indicator: "MBR_STOCK".to_owned(),
            organisation_id: mine.district.id.clone(),
            period: period(DAY, DAY),
            ..ExplainFigureRequest::default()
        };
        read "GetBook": |mine, _| GetBookRequest {
            organisation_id: mine.district.id.clone(),
            period: period(DAY, DAY),
            ..GetBookRequest::default()
        };
    }
    of_service! { trials, "reporting.v1.AuditService",
        write "BeginAudit": |mine, _| BeginAuditRequest {
            request_id: request_id(),
            organisation_id: mine.district.id.clone(),
            period: period(DAY, DAY),
            ..BeginAuditRequest::default()
        };
        read "GetAudit": |mine, _| GetAuditRequest { audit_id: mine.quotas.audit.clone() };
        read "ListAudits": |mine, _| ListAuditsRequest {
            organisation_id: mine.district.id.clone(),
            ..ListAuditsRequest::default()
        };
        write "CancelAudit": |mine, _| CancelAuditRequest {
            request_id: request_id(),
            audit_id: mine.quotas.audit.clone(),
            ..CancelAuditRequest::default()
        };
    }
    of_service! { trials, "reporting.v1.IndicatorService",
        write "LoadIndicators": |_, _| LoadIndicatorsRequest {
            request_id: request_id(),
            indicators: vec![IndicatorDefinition {
                code: "TET_HELPS".to_owned(),
                name_vi: "Lượt người được thăm hỏi dịp Tết".to_owned(),
                name_en: "Times that people were helped for Tết".to_owned(),
                unit_vi: "lượt".to_owned(),
                kind: IndicatorKind::Additive.into(),
                numerator: "WELFARE_FOR[TET]".to_owned(),
                ..IndicatorDefinition::default()
            }],
            in_force_from: on(DAY),
            decision_id: request_id(),
            ..LoadIndicatorsRequest::default()
        };
    }
    of_service! { trials, "reporting.v1.OfficeService",
        read "ListOfficesOfPeopleWhoLeft": |mine, _| ListOfficesOfPeopleWhoLeftRequest {
            organisation_id: mine.district.id.clone(),
            ..ListOfficesOfPeopleWhoLeftRequest::default()
        };
    }
    of_service! { trials, "reporting.v1.TargetService",
        write "AssignTarget": |mine, _| AssignTargetRequest {
            request_id: request_id(),
            indicator: "MBR_ADMITTED".to_owned(),
            organisation_id: mine.union.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            issuer_id: mine.district.id.clone(),
            value: Some(10),
            value_unit: ValueUnit::Count.into(),
            comparator: Comparator::GreaterOrEqual.into(),
            ..AssignTargetRequest::default()
        };
        write "AssignTarget": |mine, _| AssignTargetRequest {
            request_id: request_id(),
            indicator: "MBR_ADMITTED".to_owned(),
            organisation_id: mine.union.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            issuer_name: "Huyện ủy".to_owned(),
            value: Some(10),
            value_unit: ValueUnit::Count.into(),
            comparator: Comparator::GreaterOrEqual.into(),
            ..AssignTargetRequest::default()
        };
        mixed "AssignTarget": |mine, theirs| AssignTargetRequest {
            request_id: request_id(),
            indicator: "MBR_ADMITTED".to_owned(),
            organisation_id: mine.union.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            issuer_id: theirs.district.id.clone(),
            value: Some(10),
            value_unit: ValueUnit::Count.into(),
            comparator: Comparator::GreaterOrEqual.into(),
            ..AssignTargetRequest::default()
        };
        write "AssignTargets": |mine, _| targets(&[mine]);
        mixed "AssignTargets": |mine, theirs| targets(&[mine, theirs]);
        write "WithdrawTarget": |mine, _| WithdrawTargetRequest {
            request_id: request_id(),
            target_id: mine.quotas.to_withdraw.clone(),
            reason: "Giao nhầm".to_owned(),
            withdrawn_on: on(DAY),
            ..WithdrawTargetRequest::default()
        };
        write "DistributeTarget": |mine, _| DistributeTargetRequest {
            request_id: request_id(),
            target_id: mine.quotas.to_hand_down.clone(),
            distribution: Distribution::Equal.into(),
            assigned_on: on(DAY),
            ..DistributeTargetRequest::default()
        };
        read "ListTargets": |mine, _| ListTargetsRequest {
            organisation_id: mine.union.id.clone(),
            ..ListTargetsRequest::default()
        };
        read "ListOpenTargets": |mine, _| ListOpenTargetsRequest {
            organisation_ids: vec![mine.union.id.clone()],
            ..ListOpenTargetsRequest::default()
        };
        read "GetTargetCascade": |mine, _| GetTargetCascadeRequest {
            organisation_id: mine.union.id.clone(),
            indicator: "MBR_ADMITTED".to_owned(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            ..GetTargetCascadeRequest::default()
        };
        read "MeasureTargets": |mine, _| MeasureTargetsRequest {
            organisation_id: mine.union.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            ..MeasureTargetsRequest::default()
        };
        read "MeasureIssuedTargets": |mine, _| MeasureIssuedTargetsRequest {
            organisation_id: mine.union.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            ..MeasureIssuedTargetsRequest::default()
        };
        read "MeasureProgramme": |mine, _| MeasureProgrammeRequest {
            organisation_id: mine.district.id.clone(),
            indicator: "MBR_ADMITTED".to_owned(),
            period: period(date!(2018 - 01 - 01), date!(2023 - 12 - 31)),
            ..MeasureProgrammeRequest::default()
        };
        read "ListApportionedTargets": |mine, _| ListApportionedTargetsRequest {
            organisation_id: mine.district.id.clone(),
            ..ListApportionedTargetsRequest::default()
        };
    }
    of_service! { trials, "reporting.v1.RatingService",
        write "RecordRatings": |mine, _| rating(&[mine]);
        mixed "RecordRatings": |mine, theirs| rating(&[mine, theirs]);
        read "ListSchemes": |_, _| ListSchemesRequest {};
        read "ListOrganisationSchemes": |mine, _| ListOrganisationSchemesRequest {
            organisation_id: mine.district.id.clone(),
        };
        write "SubmitSelfScore": |mine, _| SubmitSelfScoreRequest {
            request_id: request_id(),
            round_id: mine.rounds.to_score.clone(),
            organisation_id: mine.union.id.clone(),
            scores: rounds::points(),
            ..SubmitSelfScoreRequest::default()
        };
        write "AppraiseRating": |mine, _| AppraiseRatingRequest {
            request_id: request_id(),
            round_id: mine.rounds.to_appraise.clone(),
            organisation_id: mine.union.id.clone(),
            scores: rounds::points(),
            ..AppraiseRatingRequest::default()
        };
        write "DecideRatings": |mine, _| rounds::decision(&mine.rounds.to_decide, &[mine]);
        mixed "DecideRatings": |mine, theirs| {
            rounds::decision(&mine.rounds.to_decide, &[mine, theirs])
        };
        write "AppealRating": |mine, _| AppealRatingRequest {
            request_id: request_id(),
            round_id: mine.rounds.to_appeal.clone(),
            organisation_id: mine.union.id.clone(),
            reason: "Thiếu điểm".to_owned(),
            ..AppealRatingRequest::default()
        };
        write "AnswerAppeal": |mine, _| AnswerAppealRequest {
            request_id: request_id(),
            round_id: mine.rounds.to_answer.clone(),
            organisation_id: mine.union.id.clone(),
            reason: "Giữ nguyên".to_owned(),
            ..AnswerAppealRequest::default()
        };
        write "CloseRound": |mine, _| CloseRoundRequest {
            request_id: request_id(),
            round_id: mine.rounds.to_close.clone(),
            reason: "Hết hạn".to_owned(),
            ..CloseRoundRequest::default()
        };
        write "WithdrawRound": |mine, _| WithdrawRoundRequest {
            request_id: request_id(),
            round_id: mine.rounds.to_withdraw.clone(),
            reason: "Mở nhầm".to_owned(),
            ..WithdrawRoundRequest::default()
        };
        read "GetRound": |mine, _| GetRoundRequest {
            round_id: mine.rounds.to_read.clone(),
            ..GetRoundRequest::default()
        };
        read "GetRound": |mine, _| GetRoundRequest {
            round_id: mine.rounds.to_read.clone(),
            organisation_id: mine.union.id.clone(),
        };
        read "ListRounds": |mine, _| ListRoundsRequest {
            organisation_id: mine.district.id.clone(),
            ..ListRoundsRequest::default()
        };
        read "ListRatings": |mine, _| ListRatingsRequest {
            round_id: mine.rounds.to_read.clone(),
            organisation_id: mine.district.id.clone(),
            ..ListRatingsRequest::default()
        };
        read "GetRating": |mine, _| GetRatingRequest {
            round_id: mine.rounds.to_read.clone(),
            organisation_id: mine.union.id.clone(),
            ..GetRatingRequest::default()
        };
        read "GetRating": |mine, _| GetRatingRequest {
            organisation_id: mine.union.id.clone(),
            year: 2022,
            ..GetRatingRequest::default()
        };
        read "GetDistribution": |mine, _| GetDistributionRequest {
            organisation_id: mine.district.id.clone(),
            round_id: mine.rounds.to_read.clone(),
            breakdown: Breakdown::Child.into(),
            ..GetDistributionRequest::default()
        };
        read "GetDistribution": |mine, _| GetDistributionRequest {
            organisation_id: mine.district.id.clone(),
            year: 2022,
            breakdown: Breakdown::Child.into(),
            ..GetDistributionRequest::default()
        };
        write "OpenRound": |mine, _| rounds::opening(&mine.district, 2026, &[&mine.other_union]);
        mixed "OpenRound": |mine, theirs| {
            rounds::opening(&mine.district, 2026, &[&mine.other_union, &theirs.union])
        };
        write "DefineScheme": |mine, _| rounds::scheme(mine);
    }
    of_service! { trials, "reporting.v1.ActivityService",
        read "ListActivityKinds": |_, _| ListActivityKindsRequest {};
        read "GetActivity": |mine, _| GetActivityRequest {
            activity_id: mine.happened.activity.clone(),
            known_at: None,
        };
        read "ListActivities": |mine, _| ListActivitiesRequest {
            organisation_id: mine.district.id.clone(),
            subtree: true,
            period: period(date!(2018 - 01 - 01), date!(2020 - 12 - 31)),
            ..ListActivitiesRequest::default()
        };
        write "CorrectActivity": |mine, _| correction(mine, &mine.union.id);
        mixed "CorrectActivity": |mine, theirs| correction(mine, &theirs.union.id);
        write "UndoActivity": |mine, _| UndoActivityRequest {
            request_id: request_id(),
            activity_id: mine.happened.activity_to_undo.clone(),
            reason: "Không diễn ra".to_owned(),
            ..UndoActivityRequest::default()
        };
        write "RecordActivities": |mine, _| activities(&[mine]);
        mixed "RecordActivities": |mine, theirs| activities(&[mine, theirs]);
    }
    of_service! { trials, "reporting.v1.PeriodicReportService",
        read "ListReportsDue": |mine, _| ListReportsDueRequest {
            organisation_id: mine.district.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            ..ListReportsDueRequest::default()
        };
        read "ListPeriodicReportForms": |mine, _| ListPeriodicReportFormsRequest {
            organisation_id: mine.district.id.clone(),
            ..ListPeriodicReportFormsRequest::default()
        };
        write "DefinePeriodicReportForm": |mine, _| DefinePeriodicReportFormRequest {
            request_id: request_id(),
            form: Some(form(mine)),
            ..DefinePeriodicReportFormRequest::default()
        };
        write "OpenPeriodicReports": |mine, _| {
            returns::opening(&mine.district, date!(2019 - 12 - 31))
        };
        write "WithdrawPeriodicReportOpening": |mine, _| WithdrawPeriodicReportOpeningRequest {
            request_id: request_id(),
            opening_id: mine.returns.opening_to_withdraw.clone(),
            reason: "Mở nhầm".to_owned(),
            ..WithdrawPeriodicReportOpeningRequest::default()
        };
        read "ListPeriodicReportOpenings": |mine, _| ListPeriodicReportOpeningsRequest {
            organisation_id: mine.union.id.clone(),
            ..ListPeriodicReportOpeningsRequest::default()
        };
        read "GetPeriodicReportOpening": |mine, _| GetPeriodicReportOpeningRequest {
            opening_id: mine.returns.opening.clone(),
            organisation_id: mine.union.id.clone(),
            as_of: None,
        };
        read "ListPeriodicReports": |mine, _| ListPeriodicReportsRequest {
            opening_id: mine.returns.opening.clone(),
            ..ListPeriodicReportsRequest::default()
        };
        read "GetPeriodicReport": |mine, _| GetPeriodicReportRequest {
            report_id: mine.returns.draft.clone(),
            approved: false,
        };
        write "DraftPeriodicReport": |mine, _| DraftPeriodicReportRequest {
            request_id: request_id(),
            report_id: mine.returns.due.clone(),
            ..DraftPeriodicReportRequest::default()
        };
        write "DeclarePeriodicReport": |mine, _| returns::declaring(&mine.returns.draft);
        write "ConsolidatePeriodicReport": |mine, _| ConsolidatePeriodicReportRequest {
            request_id: request_id(),
            report_id: mine.returns.to_consolidate.clone(),
            ..ConsolidatePeriodicReportRequest::default()
        };
        write "SubmitPeriodicReport": |mine, _| SubmitPeriodicReportRequest {
            request_id: request_id(),
            report_id: mine.returns.to_submit.clone(),
            ..SubmitPeriodicReportRequest::default()
        };
        write "ReturnPeriodicReport": |mine, _| ReturnPeriodicReportRequest {
            request_id: request_id(),
            report_id: mine.returns.to_return.clone(),
            message: "Thiếu số liệu".to_owned(),
            ..ReturnPeriodicReportRequest::default()
        };
        write "ReopenPeriodicReport": |mine, _| ReopenPeriodicReportRequest {
            request_id: request_id(),
            report_id: mine.returns.to_reopen.clone(),
            row: "WORKERS".to_owned(),
            message: "Xem lại".to_owned(),
            ..ReopenPeriodicReportRequest::default()
        };
        write "ApprovePeriodicReport": |mine, _| ApprovePeriodicReportRequest {
            request_id: request_id(),
            report_id: mine.returns.to_approve.clone(),
            ..ApprovePeriodicReportRequest::default()
        };
        write "RevisePeriodicReport": |mine, _| RevisePeriodicReportRequest {
            request_id: request_id(),
            report_id: mine.returns.to_revise.clone(),
            message: "Đính chính".to_owned(),
            ..RevisePeriodicReportRequest::default()
        };
        write "WaivePeriodicReport": |mine, _| WaivePeriodicReportRequest {
            request_id: request_id(),
            report_id: mine.returns.to_waive.clone(),
            message: "Đang giải thể".to_owned(),
            ..WaivePeriodicReportRequest::default()
        };
        read "ListPeriodicReportReminders": |mine, _| ListPeriodicReportRemindersRequest {
            organisation_id: mine.district.id.clone(),
            ..ListPeriodicReportRemindersRequest::default()
        };
    }
    of_service! { trials, "reporting.v1.ClosingService",
        write "ClosePeriod": |mine, _| {
            returns::closing(&mine.district, date!(2015 - 12 - 31))
        };
        write "ReviseClosing": |mine, _| ReviseClosingRequest {
            request_id: request_id(),
            closing_id: mine.returns.closing_to_revise.clone(),
            reason: "Số liệu đến muộn".to_owned(),
            ..ReviseClosingRequest::default()
        };
        read "GetClosing": |mine, _| GetClosingRequest { closing_id: mine.returns.closing.clone() };
        read "ListClosings": |mine, _| ListClosingsRequest {
            organisation_id: mine.district.id.clone(),
            ..ListClosingsRequest::default()
        };
        read "ListClosingCells": |mine, _| ListClosingCellsRequest {
            closing_id: mine.returns.closing.clone(),
            ..ListClosingCellsRequest::default()
        };
        read "ListClosingDifferences": |mine, _| ListClosingDifferencesRequest {
            closing_id: mine.returns.closing.clone(),
            ..ListClosingDifferencesRequest::default()
        };
        read "VerifyClosing": |mine, _| VerifyClosingRequest {
            closing_id: mine.returns.closing.clone(),
        };
        read "ListClosingKeys": |_, _| ListClosingKeysRequest {};
    }
    of_service! { trials, "reporting.v1.ReportService",
        read "ListTemplates": |_, _| ListTemplatesRequest {};
        read "ListTemplatesInForce": |mine, _| ListTemplatesInForceRequest {
            organisation_id: mine.district.id.clone(),
        };
        read "GetTemplate": |mine, _| GetTemplateRequest {
            organisation_id: mine.district.id.clone(),
            template: "BA_DINH".to_owned(),
            ..GetTemplateRequest::default()
        };
        write "SetTemplate": |mine, _| SetTemplateRequest {
            request_id: request_id(),
            organisation_id: mine.district.id.clone(),
            template: "THU".to_owned(),
            body: Some(TemplateBody {
                title_vi: "Thử".to_owned(),
                lines: vec![TemplateLine {
                    content: Some(template_line::Content::Text("{ORG_STOCK} CĐCS".to_owned())),
                    ..TemplateLine::default()
                }],
                ..TemplateBody::default()
            }),
            ..SetTemplateRequest::default()
        };
        // What was just set.
        write "WithdrawTemplate": |mine, _| WithdrawTemplateRequest {
            request_id: request_id(),
            organisation_id: mine.district.id.clone(),
            template: "THU".to_owned(),
            reason: "Dùng mẫu của cấp trên".to_owned(),
            ..WithdrawTemplateRequest::default()
        };
        read "PrintReport": |mine, _| report(mine);
        read "RenderReport": |mine, _| RenderReportRequest {
            report: Some(report(mine)),
            format: ReportFormat::Html.into(),
            ..RenderReportRequest::default()
        };
        // Named as its district is, so that the others can ask for it.
        write "PrintReports": |mine, _| reports(mine.district.id.clone(), &[mine]);
        mixed "PrintReports": |mine, theirs| reports(request_id(), &[mine, theirs]);
        read "GetPrinting": |mine, _| GetPrintingRequest { printing_id: mine.district.id.clone() };
        read "DownloadPrinting": |mine, _| DownloadPrintingRequest {
            printing_id: mine.district.id.clone(),
        };
        write "CancelPrinting": |mine, _| CancelPrintingRequest {
            request_id: request_id(),
            printing_id: mine.district.id.clone(),
            ..CancelPrintingRequest::default()
        };
    }
}

fn report(of: &Desk) -> PrintReportRequest {
    PrintReportRequest {
        template: "BA_DINH".to_owned(),
        organisation_id: of.district.id.clone(),
        period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
        ..PrintReportRequest::default()
    }
}

fn reports(printing_id: String, desks: &[&Desk]) -> PrintReportsRequest {
    PrintReportsRequest {
        request_id: printing_id,
        organisation_ids: desks.iter().map(|desk| desk.district.id.clone()).collect(),
        template: "BA_DINH".to_owned(),
        period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
        format: ReportFormat::Html.into(),
        ..PrintReportsRequest::default()
    }
}

/// A form of one row.
fn form(desk: &Desk) -> PeriodicReportForm {
    PeriodicReportForm {
        issuer_id: desk.district.id.clone(),
        code: "CHAM_LO_TET".to_owned(),
        name_vi: "Chăm lo Tết".to_owned(),
        name_en: "Care at Tết".to_owned(),
        reporters: PeriodicReporters::All.into(),
        rows: vec![periodic_report_form::Row {
            code: "PEOPLE".to_owned(),
            name_vi: "Người được chăm lo".to_owned(),
            name_en: "People cared for".to_owned(),
            unit_vi: "người".to_owned(),
            ..periodic_report_form::Row::default()
        }],
        ..PeriodicReportForm::default()
    }
}

fn targets(desks: &[&Desk]) -> AssignTargetsRequest {
    let lines = desks.iter().map(|desk| assign_targets_request::Line {
        indicator: "MBR_EXITED".to_owned(),
        organisation_id: desk.union.id.clone(),
        period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
        issuer_id: desk.district.id.clone(),
        value: Some(10),
        ..assign_targets_request::Line::default()
    });
    AssignTargetsRequest {
        request_id: request_id(),
        lines: lines.collect(),
        ..AssignTargetsRequest::default()
    }
}

fn rating(desks: &[&Desk]) -> RecordRatingsRequest {
    let lines = desks.iter().map(|desk| record_ratings_request::Line {
        organisation_id: desk.union.id.clone(),
        grade: "HOAN_THANH_TOT".to_owned(),
    });
    RecordRatingsRequest {
        request_id: request_id(),
        year: 2020,
        lines: lines.collect(),
        ..RecordRatingsRequest::default()
    }
}

/// An inspection that lies on a desk was one of this union, on another day.
fn correction(desk: &Desk, union: &str) -> CorrectActivityRequest {
    CorrectActivityRequest {
        request_id: request_id(),
        activity_id: desk.happened.activity_to_correct.clone(),
        activity: Some(Activity {
            organisation_id: union.to_owned(),
            kind: ActivityKind::Inspection.into(),
            held_on: on(DAY),
            ..Activity::default()
        }),
        reason: "Ghi nhầm ngày".to_owned(),
        ..CorrectActivityRequest::default()
    }
}

fn activities(desks: &[&Desk]) -> RecordActivitiesRequest {
    let activities = desks.iter().map(|desk| Activity {
        organisation_id: desk.union.id.clone(),
        kind: ActivityKind::Inspection.into(),
        held_on: on(DAY),
        ..Activity::default()
    });
    RecordActivitiesRequest {
        request_id: request_id(),
        activities: activities.collect(),
        ..RecordActivitiesRequest::default()
    }
}
