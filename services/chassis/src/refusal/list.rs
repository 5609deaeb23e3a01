//! Why a service refuses, as a closed list: each kind of refusal with what its refusals give, and
//! nothing that a person reads, which is in the contract.

use time::Date;
use uuid::Uuid;

use super::Refusal;

/// Declares why a service refuses, and how that is told: by which reason of the contract, and by
/// what in its metadata.
///
/// ```
/// # use uuid::Uuid;
/// chassis::refusals! {
///     /// What was wrong with a request.
///     #[derive(Debug)]
///     pub enum Refused of proto::registry::v1::Reason {
///         // The reason of the same name; the metadata has it under `organisation_id`.
///         OrganisationUnknown { organisation_id: Uuid },
///         // Another case of a reason, told by what belongs to it.
///         OrganisationCodeUnknown as OrganisationUnknown { code: String },
///         // Under another key than its name here.
///         SectorRequired { type_code as "type": String },
///         // What is called `field` is the field at fault; where it is always the same, `at` says
///         // it.
///         NameRequired at "name",
///     }
/// }
/// assert_eq!(chassis::refusal::Refusal::from(Refused::NameRequired).reason(), "NAME_REQUIRED");
/// ```
#[macro_export]
macro_rules! refusals {
    (
        $(#[$meta:meta])*
        $vis:vis enum $refused:ident of $reasons:ty {
            $(
                $(#[$doc:meta])*
                $kind:ident $(as $reason:ident)?
                $({ $($given:ident $(as $key:literal)? : $type:ty),* $(,)? })?
                $(at $field:literal)?
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[allow(missing_docs)] // The contract documents each reason and what belongs to it.
        $vis enum $refused {
            $( $(#[$doc])* $kind $({ $($given: $type),* })?, )*
        }

        impl $refused {
            /// Refuses, naming the field at fault, for example `unit_ids[12]`.
            #[allow(dead_code)] // Some services name it where they refuse.
            $vis fn at(self, field: impl Into<String>) -> $crate::refusal::Failure {
                self.refusal().field(field).into()
            }

            /// What the caller reads.
            $vis fn refusal(self) -> $crate::refusal::Refusal {
                match self {
                    $(
                        Self::$kind $({ $($given),* })? => {
                            let refusal = $crate::refusal::Refusal::of(
                                $crate::refusals!(@reason $reasons, $kind $($reason)?)
                            );
                            $($(
                                let refusal =
                                    refusal.give($crate::refusals!(@key $given $($key)?), $given);
                            )*)?
                            $( let refusal = refusal.field($field); )?
                            refusal
                        }
                    )*
                }
            }

            /// Each kind of refusal: what is told of its reason, and what its refusals give.
            #[cfg(test)]
            fn all() -> Vec<(&'static proto::reason::Told, Vec<&'static str>)> {
                use proto::reason::Reason as _;
                vec![$(
                    (
                        $crate::refusals!(@reason $reasons, $kind $($reason)?).told(),
                        vec![$($( $crate::refusals!(@key $given $($key)?) ),*)?],
                    ),
                )*]
            }
        }

        impl From<$refused> for $crate::refusal::Refusal {
            fn from(refused: $refused) -> Self {
                refused.refusal()
            }
        }

        impl From<$refused> for $crate::refusal::Failure {
            fn from(refused: $refused) -> Self {
                refused.refusal().into()
            }
        }

        impl From<$refused> for $crate::refusal::Status {
            fn from(refused: $refused) -> Self {
                refused.refusal().into()
            }
        }
    };
    (@reason $reasons:ty, $kind:ident) => { <$reasons>::$kind };
    (@reason $reasons:ty, $kind:ident $reason:ident) => { <$reasons>::$reason };
    (@key $given:ident) => { stringify!($given) };
    (@key $given:ident $key:literal) => { $key };
}

/// What a refusal can give: numbers, codes, ids and dates, as everybody here writes them.
pub trait Given {
    /// As the metadata has it; none where there is nothing to tell.
    fn told(self) -> Option<String>;
}

macro_rules! printed {
    ($($given:ty)*) => { $(
        impl Given for $given {
            fn told(self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )* };
}

printed! { String &'static str Uuid Date i32 u32 i64 usize u64 u128 }

impl<G: Given> Given for Option<G> {
    fn told(self) -> Option<String> {
        self.and_then(G::told)
    }
}

/// One after the other, with a space between them.
impl<G: Given> Given for Vec<G> {
    fn told(self) -> Option<String> {
        let told: Vec<String> = self.into_iter().filter_map(G::told).collect();
        Some(told.join(" "))
    }
}

impl Refusal {
    /// What belongs to the refusal under this key; `field` is the field at fault.
    pub fn give(self, key: &'static str, given: impl Given) -> Self {
        match (key, given.told()) {
            (_, None) => self,
            ("field", Some(field)) => self.field(field),
            (_, Some(value)) => self.with(key, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use proto::registry::v1::Reason;
    use time::macros::date;
    use tonic_types::StatusExt;

    use super::*;
    use crate::refusal::testing::assert_filled;

    crate::refusals! {
        #[derive(Debug)]
        enum Refused of Reason {
            OrganisationUnknown { organisation_id: Uuid },
            OrganisationCodeUnknown as OrganisationUnknown { code: String },
            SectorRequired { type_code as "type": String },
            LifeContradicted { field: String, on: Option<Date> },
            LaterActsRest { act_ids: Vec<Uuid> },
            NameRequired at "name",
        }
    }

    fn told(refused: Refused) -> (String, String, Vec<(String, String)>) {
        let status = refused.refusal().status();
        let info = status.get_details_error_info().expect("a reason");
        let mut metadata: Vec<_> = info.metadata.into_iter().collect();
        metadata.sort();
        (info.reason, status.message().to_string(), metadata)
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_string(), (*value).to_string())).collect()
    }

    #[test]
    fn a_kind_of_refusal_is_told_by_its_reason_and_by_what_it_gives() {
        let (reason, said, metadata) =
            told(Refused::OrganisationUnknown { organisation_id: Uuid::nil() });
        assert_eq!(reason, "ORGANISATION_UNKNOWN");
        assert_eq!(said, "there is no such organisation, or it lies outside your scope");
        assert_eq!(metadata, pairs(&[("organisation_id", &Uuid::nil().to_string())]));

        let (reason, said, metadata) = told(Refused::OrganisationCodeUnknown { code: "HN".into() });
        assert_eq!(reason, "ORGANISATION_UNKNOWN");
        assert!(said.starts_with("no organisation bears this code"), "{said}");
        assert_eq!(metadata, pairs(&[("code", "HN")]));

        let (_, _, metadata) = told(Refused::SectorRequired { type_code: "CDCS".into() });
        assert_eq!(metadata, pairs(&[("type", "CDCS")]));
        let (_, _, metadata) = told(Refused::NameRequired);
        assert_eq!(metadata, pairs(&[("field", "name")]));
        let two = vec![Uuid::nil(), Uuid::max()];
        let (_, _, metadata) = told(Refused::LaterActsRest { act_ids: two });
        let both = format!("{} {}", Uuid::nil(), Uuid::max());
        assert_eq!(metadata, pairs(&[("act_ids", &both)]));
    }

    #[test]
    fn what_there_is_not_is_not_given() {
        let on = Some(date!(2025 - 07 - 01));
        let (_, _, metadata) = told(Refused::LifeContradicted { field: "ended_on".into(), on });
        assert_eq!(metadata, pairs(&[("field", "ended_on"), ("on", "2025-07-01")]));
        let (_, _, metadata) =
            told(Refused::LifeContradicted { field: "ended_on".into(), on: None });
        assert_eq!(metadata, pairs(&[("field", "ended_on")]));
    }

    #[test]
    fn what_its_refusals_give_fills_every_sentence() {
        assert_filled(&Refused::all());
    }

    mod unfit {
        use super::Reason;

        crate::refusals! {
            #[derive(Debug)]
            enum Refused of Reason {
                FoundersTooFew { minimum: i32 },
            }
        }

        #[test]
        #[should_panic(expected = "FOUNDERS_TOO_FEW does not give `founders`")]
        fn a_name_in_a_sentence_that_is_not_given_is_found() {
            let _ = Refused::FoundersTooFew { minimum: 5 }.at("founders");
            super::assert_filled(&Refused::all());
        }
    }
}
