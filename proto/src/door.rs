//! What every message of a request is asked as it is decoded, in every service, before anybody
//! acts on it.
//!
//! Before it is decoded, how many values it has ([`VALUES_MAX`]). Then whether its texts can be brought into order and fit their fields ([`text`]), and whether its
//! enumerations have the values that the contract names. The code that goes through a message
//! is generated from the descriptors (`build/walk.rs`), with the limits that the contracts
//! declare (`congdoan/text/v1/text.proto`): a new field needs no line of code.
//!
//! What is found travels as the source of a bare status; what that is in the words of a
//! refusal, who answers the call says.

pub mod question;
mod rule;
pub mod text;
mod values;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use prost::Message;
use prost::bytes::Buf;
use tonic::Status;
use tonic::codec::{BufferSettings, Codec as Coding, DecodeBuf, Decoder};
use tonic_prost::{ProstCodec, ProstEncoder};

pub use rule::{Kind, Rule};
pub use values::{Holds, TooManyValues, VALUES_MAX};

mod walks {
    #![allow(missing_docs, clippy::all)]
    include!(concat!(env!("OUT_DIR"), "/walks.rs"));
}

/// So many faults of one message are named.
const NAMED_MAX: usize = 100;

/// A message that comes in.
pub trait Enter {
    /// True for a line of a list, whose faults are named with those of the list.
    const LINE: bool = false;
    /// The messages that it may hold.
    const HOLDS: &'static Holds = &Holds(&[]);

    /// Brings its texts into order, and finds what is wrong with it.
    fn enter(&mut self, found: &mut Found) {
        let _ = found;
    }
}

impl<M: Enter> Enter for Box<M> {
    const LINE: bool = M::LINE;
    const HOLDS: &'static Holds = M::HOLDS;

    fn enter(&mut self, found: &mut Found) {
        M::enter(self, found);
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A text cannot be taken.
    Text(text::Wrong),
    /// An enumeration has no such value.
    ValueUnknown(i32),
    /// A count is less than nothing.
    Negative(i32),
}

/// A field at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// As the contract writes it: `basis.new_decision.number`, `targets[3].comparator`.
    pub field: String,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What was found in a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// In the order of the contract.
    pub named: Vec<Fault>,
    /// How many there are besides.
    pub more: usize,
    /// Within a line of a list, whose faults are not ours to name.
    in_line: bool,
}

impl Found {
    /// Goes through a message.
    pub fn in_message(message: &mut impl Enter) -> Self {
        let mut found = Self::default();
        message.enter(&mut found);
        found
    }

    fn fault(&mut self, field: impl FnOnce() -> String, wrong: Wrong) {
        if self.in_line {
            return;
        }
        if self.named.len() < NAMED_MAX {
            self.named.push(Fault { field: field(), wrong });
        } else {
            self.more += 1;
        }
    }

    fn text(&mut self, name: &str, text: &mut String, rule: Rule) {
        self.text_at(text, rule, || name.to_string());
    }

    #[allow(dead_code, reason = "whether a contract has such a field is the contract's affair")]
    fn optional_text(&mut self, name: &str, text: &mut Option<String>, rule: Rule) {
        if let Some(text) = text {
            self.text(name, text, rule);
        }
    }

    fn texts(&mut self, name: &str, texts: &mut [String], rule: Rule) {
        for (n, text) in texts.iter_mut().enumerate() {
            self.text_at(text, rule, || format!("{name}[{n}]"));
        }
    }

    fn text_at(&mut self, text: &mut String, rule: Rule, field: impl FnOnce() -> String) {
        match text::ordered(text, rule) {
            Ok(None) => {}
            Ok(Some(ordered)) => *text = ordered,
            Err(wrong) => self.fault(field, Wrong::Text(wrong)),
        }
    }

    fn value(&mut self, name: &str, value: i32, known: fn(i32) -> bool) {
        if !known(value) {
            self.fault(|| name.to_string(), Wrong::ValueUnknown(value));
        }
    }

    #[allow(dead_code, reason = "whether a contract has such a field is the contract's affair")]
    fn optional_value(&mut self, name: &str, value: Option<i32>, known: fn(i32) -> bool) {
        if let Some(value) = value {
            self.value(name, value, known);
        }
    }

    fn values(&mut self, name: &str, values: &[i32], known: fn(i32) -> bool) {
        for (n, value) in values.iter().enumerate() {
            if !known(*value) {
                self.fault(|| format!("{name}[{n}]"), Wrong::ValueUnknown(*value));
            }
        }
    }

    fn count(&mut self, name: &str, value: i32) {
        if value < 0 {
            self.fault(|| name.to_string(), Wrong::Negative(value));
        }
    }

    fn message<M: Enter>(&mut self, name: &str, message: &mut M) {
        self.beneath(message, || name.to_string());
    }

    fn optional_message<M: Enter>(&mut self, name: &str, message: &mut Option<M>) {
        if let Some(message) = message {
            self.message(name, message);
        }
    }

    fn messages<M: Enter>(&mut self, name: &str, messages: &mut [M]) {
        for (n, message) in messages.iter_mut().enumerate() {
            self.beneath(message, || format!("{name}[{n}]"));
        }
    }

    /// Goes through a message within a message; only what is at fault gets its whole path.
    fn beneath<M: Enter>(&mut self, message: &mut M, field: impl FnOnce() -> String) {
        let (before, in_line) = (self.named.len(), self.in_line);
        self.in_line |= M::LINE;
        message.enter(self);
        self.in_line = in_line;
        if self.named.len() > before {
            let field = field();
            for fault in &mut self.named[before..] {
                fault.field = format!("{field}.{}", fault.field);
            }
        }
    }
}

impl fmt::Display for Found {
    /// Fields only: what they hold may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fields at fault:")?;
        self.named.iter().try_for_each(|fault| write!(f, " {}", fault.field))
    }
}

impl std::error::Error for Found {}

/// gRPC's codec for the messages of the contracts; what it decodes has entered.
#[derive(Clone, Debug)]
pub struct Codec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for Codec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Coding for Codec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Enter + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = Entering<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<T, U>::raw_encoder(BufferSettings::default())
    }

    fn decoder(&mut self) -> Self::Decoder {
        Entering(PhantomData)
    }
}

/// Decodes a message and goes through it.
#[derive(Clone, Debug)]
pub struct Entering<U>(PhantomData<U>);

impl<U: Message + Default + Enter> Decoder for Entering<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        // What is decoded takes many times the room of what came: that is looked at first.
        if values::are_too_many(buffer.chunk(), U::HOLDS) {
            let mut status = Status::resource_exhausted("the message has too many values");
            status.set_source(Arc::new(TooManyValues));
            return Err(status);
        }
        // As the codec of prost says it: a message that cannot be decoded is told by these words.
        let mut message = U::decode(buffer).map_err(|error| Status::internal(error.to_string()))?;
        let found = Found::in_message(&mut message);
        if found.named.is_empty() {
            return Ok(Some(message));
        }
        let mut status = Status::invalid_argument("a field of the message cannot be taken");
        status.set_source(Arc::new(found));
        Err(status)
    }
}
