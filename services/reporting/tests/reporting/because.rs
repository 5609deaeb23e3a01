//! Whatever membership did because of an act of registry leads to that act, its decision and its
//! trace.

use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{
    self as members, ConsequenceFinished, MovementTakenBack, movement_taken_back::Movement,
};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{
    self as registry, ActsUndone, DecisionRecorded, MembersOutcome, OrganisationFounded,
    OrganisationsEnded,
};
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::{Actor, World, lines, state};
use stage::feed::traceparent;

const YEAR: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
const ENDED: Date = date!(2020 - 09 - 01);

/// A decision, as the first change of an act that rests on it.
fn decides(number: &str) -> (Uuid, RegistryWhat) {
    let decision_id = Uuid::now_v7();
    let recorded = DecisionRecorded {
        decision_id: decision_id.to_string(),
        number: number.to_string(),
        kind: "QĐ".to_string(),
        ..Default::default()
    };
    (decision_id, RegistryWhat::DecisionRecorded(recorded))
}

pub fn ending(unit: Uuid, last: Uuid, outcome: MembersOutcome, to: Option<Uuid>) -> RegistryWhat {
    RegistryWhat::OrganisationsEnded(OrganisationsEnded {
        units: vec![registry::organisations_ended::Unit {
            organisation_id: unit.to_string(),
            kind: registry::EndKind::Dissolved.into(),
            last_superior_id: last.to_string(),
            members_outcome: outcome.into(),
            rehome_to_id: to.map(|to| to.to_string()).unwrap_or_default(),
            ..Default::default()
        }],
    })
}

pub fn finished(act: Uuid, unit: Uuid) -> MembershipWhat {
    MembershipWhat::ConsequenceFinished(ConsequenceFinished {
        registry_act_id: act.to_string(),
        organisation_id: unit.to_string(),
        members: 0,
    })
}

pub fn exited(act: Uuid, unit: Uuid, people: usize) -> members::MembersExited {
    members::MembersExited {
        exit_id: Uuid::now_v7().to_string(),
        organisation_id: unit.to_string(),
        reason: members::ExitReason::UnionEnded.into(),
        lines: lines(people),
        registry_act_id: act.to_string(),
    }
}

/// The only change behind an indicator of a union.
async fn only(actor: &mut Actor, indicator: &str, unit: Uuid) -> pb::ExplainedChange {
    let figure = actor.figure(indicator, unit, YEAR, None).await;
    let mut units = actor.explained(&figure, true, 10).await;
    assert_eq!(units.len(), 1, "{indicator}: {units:#?}");
    assert_eq!(units[0].changes.len(), 1, "{indicator}: {units:#?}");
    units.remove(0).changes.remove(0)
}

fn leads_to(change: &pb::ExplainedChange, act: Uuid, kind: &str, number: &str) {
    let because = change.because.as_ref().unwrap_or_else(|| panic!("no act: {change:#?}"));
    assert_eq!((because.act_id.clone(), because.kind.as_str()), (act.to_string(), kind));
    assert_eq!(because.traceparent, traceparent(act));
    assert_ne!(change.traceparent, because.traceparent, "membership's own work is traced apart");
    assert_eq!(change.decision_number, number);
    assert!(because.position > 0);
}

#[tokio::test]
async fn a_movement_leads_to_the_decision_that_it_rests_on_and_a_corrected_one_to_its_own() {
    let world = World::start().await;
    let mut national = world.national();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let written = |number: &str| {
        let decision_id = Uuid::now_v7();
        let written = members::DecisionWrittenDown {
            decision_id: decision_id.to_string(),
            issuer_id: union.to_string(),
            kind: "QUYET_DINH".to_string(),
            number: number.to_string(),
            issued_on: None,
        };
        (decision_id, MembershipWhat::DecisionWrittenDown(written))
    };
    let admission = members::MembersAdmitted {
        admission_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        kind: members::AdmissionKind::Admitted.into(),
        lines: lines(5),
    };
    let (first, recorded) = written("3/QĐ-CĐCS");
    let admitted = MembershipWhat::MembersAdmitted(admission.clone());
    world.carries_out_by(ENDED, Some(first), vec![recorded, admitted]);
    let change = only(&mut national, "MBR_ADMITTED", union).await;
    assert_eq!(change.decision_number, "3/QĐ-CĐCS");
    assert_eq!(change.decision_id, first.to_string());

    // It was another decision, and another day: what is taken back and what is in its place.
    let taken_back = MovementTakenBack {
        registry_act_id: String::new(),
        movement: Some(Movement::MembersAdmitted(admission.clone())),
    };
    world.carries_out(ENDED, vec![MembershipWhat::MovementTakenBack(taken_back)]);
    let (second, recorded) = written("4/QĐ-CĐCS");
    let later = date!(2020 - 10 - 01);
    let admission =
        members::MembersAdmitted { admission_id: Uuid::now_v7().to_string(), ..admission };
    let admitted = MembershipWhat::MembersAdmitted(admission);
    world.carries_out_by(later, Some(second), vec![recorded, admitted]);
    let figure = national.figure("MBR_ADMITTED", union, YEAR, None).await;
    assert_eq!(figure.value, 5);
    let units = national.explained(&figure, true, 10).await;
    let behind: Vec<(&str, i64)> = units[0]
        .changes
        .iter()
        .map(|change| (change.decision_number.as_str(), change.amount))
        .collect();
    assert_eq!(behind.len(), 3, "{units:#?}");
    assert!(behind.contains(&("3/QĐ-CĐCS", 5)) && behind.contains(&("4/QĐ-CĐCS", 5)));
    assert!(behind.contains(&("", -5)));
}

#[tokio::test]
async fn every_kind_of_consequence_leads_to_its_act_decision_and_trace() {
    let world = World::start().await;
    let mut national = world.national();
    let unions = world.loads_unions(world.badinh, "NNN_CP", 4);
    for union in &unions {
        world.admits(*union, date!(2015 - 01 - 01), 6);
    }

    // Memberships end with the union.
    let (decision, recorded) = decides("1/QĐ-LĐLĐ");
    let ends = ending(unions[0], world.badinh, MembersOutcome::MembershipEnds, None);
    let (act, _) = world.does(ENDED, Some(decision), vec![recorded, ends]);
    let exit = exited(act, unions[0], 6);
    world.carries_out(
        ENDED,
        vec![MembershipWhat::MembersExited(exit.clone()), finished(act, unions[0])],
    );
    let change = only(&mut national, "MBR_EXITED", unions[0]).await;
    leads_to(&change, act, "registry.organisations_ended", "1/QĐ-LĐLĐ");

    // They are re-homed: both unions' movements lead there.
    let (decision, recorded) = decides("2/QĐ-LĐLĐ");
    let ends = ending(unions[1], world.badinh, MembersOutcome::Rehomed, Some(unions[3]));
    let (rehomed, _) = world.does(ENDED, Some(decision), vec![recorded, ends]);
    let moved = members::MembersTransferred {
        transfer_id: Uuid::now_v7().to_string(),
        from_organisation_id: unions[1].to_string(),
        to_organisation_id: unions[3].to_string(),
        lines: lines(6),
        registry_act_id: rehomed.to_string(),
    };
    world.carries_out(
        ENDED,
        vec![MembershipWhat::MembersTransferred(moved), finished(rehomed, unions[1])],
    );
    for (indicator, unit) in [("MBR_TRANSFER_OUT", unions[1]), ("MBR_TRANSFER_IN", unions[3])] {
        let change = only(&mut national, indicator, unit).await;
        leads_to(&change, rehomed, "registry.organisations_ended", "2/QĐ-LĐLĐ");
    }

    // Under the superior.
    let (decision, recorded) = decides("3/QĐ-LĐLĐ");
    let ends = ending(unions[2], world.badinh, MembersOutcome::ToSuperior, None);
    let (to_superior, _) = world.does(ENDED, Some(decision), vec![recorded, ends]);
    let moved = members::MembersTransferred {
        transfer_id: Uuid::now_v7().to_string(),
        from_organisation_id: unions[2].to_string(),
        to_organisation_id: world.badinh.to_string(),
        lines: lines(6),
        registry_act_id: to_superior.to_string(),
    };
    world.carries_out(
        ENDED,
        vec![MembershipWhat::MembersTransferred(moved), finished(to_superior, unions[2])],
    );
    let change = only(&mut national, "MBR_TRANSFER_OUT", unions[2]).await;
    leads_to(&change, to_superior, "registry.organisations_ended", "3/QĐ-LĐLĐ");

    // A founding admits its applicants.
    let (decision, recorded) = decides("4/QĐ-LĐLĐ");
    let founded_on = date!(2020 - 03 - 01);
    let union = Uuid::now_v7();
    let founds = RegistryWhat::OrganisationFounded(OrganisationFounded {
        organisation: Some(state(union, Some(world.badinh), "CDCS", "NNN_CP", "CĐCS", founded_on)),
        applicant_ids: vec![Uuid::now_v7().to_string()],
        ..Default::default()
    });
    let (founding, _) = world.does(founded_on, Some(decision), vec![recorded, founds]);
    let admitted = members::MembersAdmitted {
        admission_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        kind: members::AdmissionKind::Admitted.into(),
        lines: lines(1),
    };
    world.carries_out(
        founded_on,
        vec![MembershipWhat::MembersAdmitted(admitted), finished(founding, union)],
    );
    let change = only(&mut national, "MBR_ADMITTED", union).await;
    leads_to(&change, founding, "registry.organisation_founded", "4/QĐ-LĐLĐ");

    // The first end is undone, by a decision of its own, and its exits are taken back.
    let (decision, recorded) = decides("5/QĐ-LĐLĐ");
    let undone = RegistryWhat::ActsUndone(ActsUndone { act_ids: vec![act.to_string()] });
    let (undoing, _) = world.does(ENDED, Some(decision), vec![recorded, undone]);
    world.carries_out(
        ENDED,
        vec![MembershipWhat::MovementTakenBack(MovementTakenBack {
            registry_act_id: undoing.to_string(),
            movement: Some(Movement::MembersExited(exit)),
        })],
    );
    let figure = national.figure("MBR_STOCK", unions[0], YEAR, None).await;
    assert_eq!(figure.value, 6);
    let units = national.explained(&figure, true, 10).await;
    let back =
        units[0].changes.iter().find(|change| change.amount == 6 && change.because.is_some());
    leads_to(back.expect("taken back"), undoing, "registry.acts_undone", "5/QĐ-LĐLĐ");

    // What nobody but membership decided leads nowhere else.
    world.exits(unions[3], date!(2020 - 10 - 01), members::ExitReason::Retired, 1);
    let change = only(&mut national, "MBR_EXITED", unions[3]).await;
    assert_eq!((change.because, change.decision_id.as_str()), (None, ""));
    world.stop().await;
}
