//! What is written is what is read, for every kind of change in the contract: each is made by
//! its description, with something in every field, read into facts, and written again.
//!
//! A kind that nobody reads does not come out at all, and a field that nobody keeps comes out
//! empty; so that a change cannot be told to half.

use chassis::feed::{Change, NewChange};
use feeds::{membership, registry};
use prost::{Message, Name};
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    ReflectMessage, Value,
};
use prost_types::Any;
use proto::membership::v1::MembershipChange;
use proto::registry::v1::RegistryChange;
use time::macros::date;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

const ON: Date = date!(2024 - 02 - 29);

/// Draws what stands in a field: everything another thing, the same in every run.
struct Draw {
    drawn: u64,
    /// How many lines each list has.
    lines: usize,
    /// Which of its values an enumeration takes.
    value: usize,
}

impl Draw {
    fn next(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    fn message(&mut self, descriptor: &MessageDescriptor, only: Option<&FieldDescriptor>) -> Value {
        let mut message = DynamicMessage::new(descriptor.clone());
        if descriptor.full_name() == "google.type.Date" {
            let day = self.next();
            for (field, value) in [("year", 2000 + day % 50), ("month", 1 + day % 12), ("day", 28)]
            {
                let value = i32::try_from(value).expect("small");
                message.set_field_by_name(field, Value::I32(value));
            }
            return Value::Message(message);
        }
        for field in descriptor.fields() {
            if only.is_some_and(|only| *only != field) {
                continue;
            }
            // Of a oneof, one at a time.
            if only.is_none()
                && field.containing_oneof().is_some_and(|oneof| {
                    !chosen(&oneof.fields().collect::<Vec<_>>(), &field, self.value)
                })
            {
                continue;
            }
            let value = if field.is_list() {
                Value::List((0..self.lines).map(|_| self.value_of(&field)).collect())
            } else {
                self.value_of(&field)
            };
            message.set_field(&field, value);
        }
        consistent(&mut message);
        Value::Message(message)
    }

    fn value_of(&mut self, field: &FieldDescriptor) -> Value {
        match field.kind() {
            Kind::Message(of) => self.message(&of, None),
            Kind::Enum(of) => Value::EnumNumber(self.number(&of)),
            Kind::Bool => Value::Bool(true),
            // Sex is one of two, and whatever else there is is a number of its own.
            Kind::Int32 if field.name() == "sex" => Value::I32(1 + (self.next() % 2) as i32),
            Kind::Int32 => Value::I32(i32::try_from(self.next()).expect("small")),
            Kind::Int64 => Value::I64(i64::try_from(self.next()).expect("small") + 1),
            Kind::String if is_id(field) => {
                Value::String(Uuid::from_u128(u128::from(self.next()) + 1).to_string())
            }
            Kind::String => Value::String(format!("Văn bản {}", self.next())),
            other => panic!("{}: nobody writes {other:?} into a feed yet", field.full_name()),
        }
    }

    /// Any value but the one that says nothing.
    fn number(&self, of: &EnumDescriptor) -> i32 {
        let named: Vec<i32> =
            of.values().map(|value| value.number()).filter(|number| *number != 0).collect();
        named[self.value % named.len()]
    }
}

fn chosen(fields: &[FieldDescriptor], field: &FieldDescriptor, value: usize) -> bool {
    fields[value % fields.len()] == *field
}

fn is_id(field: &FieldDescriptor) -> bool {
    field.name().ends_with("_id") || field.name().ends_with("_ids")
}

/// What the contract says of several fields together.
fn consistent(message: &mut DynamicMessage) {
    let has = |message: &DynamicMessage, field: &str| {
        message.descriptor().get_field_by_name(field).is_some()
    };
    // Only who is re-homed is so somewhere.
    if has(message, "rehome_to_id") {
        let rehomed = message
            .get_field_by_name("members_outcome")
            .and_then(|outcome| outcome.as_enum_number())
            == Some(1);
        if !rehomed {
            message.clear_field_by_name("rehome_to_id");
        }
    }
    if message.descriptor().full_name() == "congdoan.registry.v1.OrganisationTimeline" {
        let statuses = ["ACTIVE", "SUSPENDED", "ENDED"];
        each(message, "statuses", |n| statuses[n % 3].to_string());
        each(message, "superiors", |n| Uuid::from_u128(n as u128 + 7).to_string());
    }
}

/// Gives each period of a list a value that the list may have.
fn each(message: &mut DynamicMessage, list: &str, value: impl Fn(usize) -> String) {
    let Some(Value::List(periods)) = message.get_field_by_name_mut(list) else { return };
    for (n, period) in periods.iter_mut().enumerate() {
        if let Value::Message(period) = period {
            period.set_field_by_name("value", Value::String(value(n)));
        }
    }
}

/// Each kind of change of a service with something in every field, in several shapes.
fn changes<M: Message + Name + Default>() -> Vec<(String, M)> {
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).expect("the contracts");
    let message = pool.get_message_by_name(&M::full_name()).expect("in the contracts");
    let service = M::full_name().split('.').nth(1).expect("a service").to_string();
    let mut changes = Vec::new();
    for field in message.oneofs().next().expect("kinds").fields() {
        for (lines, value) in (0..3).flat_map(|lines| (0..9).map(move |value| (lines, value))) {
            let mut draw = Draw { drawn: 0, lines, value };
            let Value::Message(made) = draw.message(&message, Some(&field)) else { unreachable!() };
            let change = M::decode(&*made.encode_to_vec()).expect("as it is described");
            changes.push((format!("{service}.{}", field.name()), change));
        }
    }
    changes
}

fn published(kind: &str, body: &impl Packed) -> Change {
    Change {
        change_id: Uuid::now_v7(),
        position: 1,
        act_id: Uuid::now_v7(),
        kind: kind.to_string(),
        aggregate_id: Uuid::from_u128(99),
        acted_at: OffsetDateTime::UNIX_EPOCH,
        effective_on: ON,
        actor: "test".to_string(),
        decision_id: None,
        traceparent: String::new(),
        registry_position: 0,
        body: body.packed(),
    }
}

trait Packed {
    fn packed(&self) -> Any;
}

impl<M: Message + Name> Packed for M {
    fn packed(&self) -> Any {
        Any::from_msg(self).expect("packed")
    }
}

/// What was written is the change that was read, byte for byte, and is called by its field.
fn same<M>(kind: &str, change: &M, written: &[NewChange])
where
    M: Message + Name + Default + PartialEq + std::fmt::Debug,
{
    for one in written {
        assert_eq!(one.kind, kind);
        assert_eq!(one.effective_on, ON);
        assert_eq!(one.body.type_url, M::type_url());
    }
    let [one] = written else {
        panic!("{kind}: one change was read, {} were written", written.len())
    };
    let read = M::decode(&*one.body.value).expect("written well");
    assert_eq!(&read, change, "{kind}: not everything that was told is read and written");
    assert_eq!(one.body.value, change.encode_to_vec(), "{kind}");
}

/// Lists that one change tells and that are empty tell nothing, and are never published.
fn tells_nothing(change: &RegistryChange) -> bool {
    use proto::registry::v1::registry_change::Change as What;
    match change.change.as_ref().expect("something") {
        What::OrganisationsLoaded(it) => it.organisations.is_empty(),
        What::OrganisationsHandedOver(it) => it.units.is_empty(),
        What::OrganisationsEnded(it) => it.units.is_empty(),
        What::OfficesEnded(it) => it.seats.is_empty(),
        What::TimelinesCorrected(it) => it.timelines.is_empty(),
        What::TerritoryChanged(it) => it.communes_added.is_empty() && it.communes_left.is_empty(),
        _ => false,
    }
}

#[test]
fn what_registry_writes_is_what_is_read() {
    let changes = changes::<RegistryChange>();
    assert!(changes.len() > 30 * 27, "{}", changes.len());
    for (kind, mut change) in changes {
        use proto::registry::v1::registry_change::Change as What;
        if let Some(What::TerritoryChanged(it)) = &mut change.change {
            // What leaves and what comes are changes of their own.
            it.communes_left.clear();
        }
        let told = published(&kind, &change);
        let event = registry::read(&told).expect("read");
        let kept = registry::read_kept(&told.body.encode_to_vec(), told.aggregate_id, ON);
        assert_eq!(event, kept.expect("read"), "{kind}");
        let written = event.clone().on(ON, None);
        if tells_nothing(&change) {
            assert_eq!(written, [], "{kind}");
            continue;
        }
        same(&kind, &change, &written);
        let again =
            published(&kind, &RegistryChange::decode(&*written[0].body.value).expect("read"));
        assert_eq!(registry::read(&again).expect("read"), event, "{kind}");
    }
}

#[test]
fn what_membership_writes_is_what_is_read() {
    let changes = changes::<MembershipChange>();
    assert!(changes.len() > 10 * 27, "{}", changes.len());
    for (kind, change) in changes {
        let event = membership::read(&published(&kind, &change)).expect("read");
        same(&kind, &change, &[event.on(ON)]);
    }
}

#[test]
fn a_life_that_never_was_is_read_as_it_was_written() {
    let timeline = registry::Timeline {
        organisation_id: Uuid::from_u128(5),
        founded_under_id: Some(Uuid::from_u128(6)),
        ..registry::Timeline::default()
    };
    let event = registry::Event::TimelinesCorrected(vec![timeline]);
    let [written] = &event.clone().on(ON, None)[..] else { panic!("one change") };
    let body = RegistryChange::decode(&*written.body.value).expect("written");
    assert_eq!(registry::read(&published(written.kind, &body)).expect("read"), event);
}

#[test]
fn a_list_too_long_for_one_change_is_told_by_several_in_its_order() {
    let seat = |n: u128| registry::EndedSeat {
        office_id: Uuid::from_u128(n),
        organisation_id: Uuid::from_u128(n + 1),
        person_id: Uuid::from_u128(n + 2),
    };
    let seats: Vec<_> = (0..2_001).map(seat).collect();
    let written = registry::Body::OfficesEnded(seats.clone()).on(ON, Some(Uuid::from_u128(3)));
    let mut read = Vec::new();
    for (change, lines) in written.iter().zip([1_000, 1_000, 1]) {
        assert_eq!(change.decision_id, Some(Uuid::from_u128(3)));
        let body = RegistryChange::decode(&*change.body.value).expect("written");
        let told = registry::read(&published(change.kind, &body)).expect("read");
        let registry::Event::Body(registry::Body::OfficesEnded(some)) = told else {
            panic!("seats")
        };
        assert_eq!(some.len(), lines);
        assert_eq!(change.aggregate_id, some[0].organisation_id);
        read.extend(some);
    }
    assert_eq!(read, seats);
}

#[test]
fn what_stood_before_the_register_is_told_from_its_first_days_on() {
    let organisation = |n: u16| registry::Organisation {
        organisation_id: Uuid::from_u128(u128::from(n) + 1),
        code: format!("Q-{n}"),
        name: "Công đoàn".to_string(),
        short_name: String::new(),
        type_code: "CDCS".to_string(),
        sector: None,
        industry: None,
        superior_id: None,
        founded_on: Date::from_ordinal_date(2000 + i32::from(n / 1_000), 1 + n % 300)
            .expect("a day"),
    };
    let lived = registry::Timeline {
        founded_on: Some(date!(1999 - 05 - 01)),
        ..registry::Timeline::default()
    };
    let written = registry::loaded((0..2_000).map(organisation).collect(), vec![lived], None);
    let told: Vec<_> = written.iter().map(|change| (change.kind, change.effective_on)).collect();
    assert_eq!(
        told,
        [
            ("registry.organisations_loaded", date!(2000 - 01 - 01)),
            ("registry.organisations_loaded", date!(2001 - 01 - 01)),
            ("registry.timelines_corrected", date!(1999 - 05 - 01)),
        ]
    );
}

#[test]
fn what_cannot_be_read_names_the_field_and_not_what_stands_in_it() {
    use proto::registry::v1::{OrganisationSuspended, registry_change::Change as What};
    let suspended = OrganisationSuspended { organisation_id: "Nguyễn Văn A".to_string() };
    let body = RegistryChange { change: Some(What::OrganisationSuspended(suspended)) };
    let error = registry::read(&published("registry.organisation_suspended", &body));
    let said = format!("{:#}", error.expect_err("no id"));
    assert!(said.contains("organisation_id") && !said.contains("Nguyễn"), "{said}");

    let nothing = published("registry.unheard_of", &RegistryChange { change: None });
    assert!(registry::read(&nothing).is_err());
    let other = published("registry.unheard_of", &MembershipChange { change: None });
    assert!(registry::read(&other).is_err());
}
