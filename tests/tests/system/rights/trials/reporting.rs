//! Reporting's methods.

use proto::reporting::v1::*;
use stage::made_up::{on, period, request_id};
use time::macros::date;

use super::{DAY, Trial, kind_of, one};
use crate::rights::desk::Desk;

pub fn list(trials: &mut Vec<Trial>) {
    of_service! { trials, "reporting.v1.FigureService",
        read "ListIndicators": |_, _| ListIndicatorsRequest {};
        read "QueryFigures": |mine, _| QueryFiguresRequest {
            indicators: vec!["MBR_STOCK".to_owned()],
            organisation_id: mine.district.id.clone(),
            period: period(DAY, DAY),
            ..QueryFiguresRequest::default()
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
