//! A person as the register writes her down, in types that cannot be wrong.

use std::fmt;

use time::Date;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

/// ISO 5218.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Sex {
    /// Not known.
    NotKnown = 0,
    /// Nam.
    Male = 1,
    /// Nữ.
    Female = 2,
}

/// What kind of number identifies a person; the values are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum IdentityKind {
    /// Số định danh cá nhân (CCCD): 12 digits.
    Citizen = 1,
    /// CMND: 9 digits.
    OldCard = 2,
    /// 5 to 20 letters and digits, and a country.
    Passport = 3,
}

impl IdentityKind {
    /// Whether a number has the form of its kind.
    pub fn has_form(self, number: &str) -> bool {
        let digits = |count| number.len() == count && number.bytes().all(|b| b.is_ascii_digit());
        match self {
            IdentityKind::Citizen => digits(12),
            IdentityKind::OldCard => digits(9),
            IdentityKind::Passport => {
                (5..=20).contains(&number.len())
                    && number.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            }
        }
    }
}

/// A number that identifies a person. Its form has been checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// What kind of number.
    pub kind: IdentityKind,
    /// ISO 3166-1 alpha-2 of a passport; empty for Vietnamese numbers.
    pub country: String,
    /// The number itself: never printed.
    pub number: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What a citizen number says about its bearer, by its fourth to sixth digits. It may be
/// wrong: a number may be kept when the sex or the year of birth is corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// By the fourth digit.
    pub sex: Sex,
    /// Century by the fourth digit, year by the next two.
    pub birth_year: i16,
}

impl Identity {
    /// What the number says about its bearer, if it is one that says anything.
    pub fn told(&self) -> Option<Told> {
        if self.kind != IdentityKind::Citizen {
            return None;
        }
        let digit = |place: usize| {
            self.number.as_bytes().get(place).map(|byte| i16::from(byte.wrapping_sub(b'0')))
        };
        let (century, tens, ones) = (digit(3)?, digit(4)?, digit(5)?);
        Some(Told {
            sex: if century % 2 == 0 { Sex::Male } else { Sex::Female },
            birth_year: 1900 + century / 2 * 100 + tens * 10 + ones,
        })
    }
}

/// A person written down for the first time.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// In NFC, as given.
    pub name: String,
    /// Sex, or that it is not known.
    pub sex: Sex,
    /// The day, where it is known.
    pub birth_date: Option<Date>,
    /// The year, where it is known; that of the day, where that is.
    pub birth_year: Option<i16>,
    /// The number that identifies her, if she has one.
    pub identity: Option<Identity>,
    /// Digits, with an optional `+` in front.
    pub phone: Option<String>,
    /// Where she works.
    pub workplace: Option<String>,
    /// What she works as.
    pub occupation: Option<String>,
}

impl fmt::Debug for NewPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPerson").finish_non_exhaustive()
    }
}

/// One line of a list of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A person whom the register knows.
    Known(Uuid),
    /// A person written down now.
    New(NewPerson),
}

/// Whether a text is a phone number: 8 to 15 digits, `+` in front or not.
pub fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The key by which names are compared: lower case, single spaces, one letter đ, and the
/// tone mark behind its syllable, so that `hòa` and `hoà` are the same name.
pub fn name_key(name: &str) -> String {
    let syllables = name.split_whitespace().map(|syllable| {
        let mut tone = None;
        let mut key = String::with_capacity(syllable.len());
        for letter in syllable.nfd().flat_map(char::to_lowercase) {
            match letter {
                // huyền, sắc, ngã, hỏi, nặng
                '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => tone = Some(letter),
                // Letters that look like đ and are typed instead of it.
                '\u{f0}' | '\u{256}' => key.push('đ'),
                other => key.push(other),
            }
        }
        key.extend(tone);
        key
    });
    syllables.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn citizen(number: &str) -> Identity {
        Identity { kind: IdentityKind::Citizen, country: String::new(), number: number.to_string() }
    }

    #[test]
    fn a_citizen_number_tells_sex_and_year_of_birth() {
        let told = |number| citizen(number).told().map(|told| (told.sex, told.birth_year));
        assert_eq!(told("999085000001"), Some((Sex::Male, 1985)));
        assert_eq!(told("999301000001"), Some((Sex::Female, 2001)));
        let old = Identity { kind: IdentityKind::OldCard, ..citizen("012345678") };
        assert_eq!(old.told(), None);
    }

    #[test]
    fn a_number_of_thirteen_digits_is_no_citizen_number() {
        assert!(IdentityKind::Citizen.has_form("999085000001"));
        for bad in ["9990850000011", "99908500000", "99908500000a", "٩٩٩٠٨٥٠٠٠٠٠١", ""]
        {
            assert!(!IdentityKind::Citizen.has_form(bad));
        }
        assert!(IdentityKind::OldCard.has_form("012345678"));
        assert!(IdentityKind::Passport.has_form("B1234567"));
        assert!(!IdentityKind::Passport.has_form("b 1234567"));
    }

    #[test]
    fn spellings_of_one_name_have_one_key() {
        let same = [
            ("Nguyễn Văn Hòa", "NGUYỄN  văn hoà"),
            ("Đặng Thị Thủy", "Ðặng thị Thuỷ"),
            ("Trần Đức", "Trần Ɖức"),
        ];
        for (one, other) in same {
            assert_eq!(name_key(one), name_key(other));
        }
        let different = [("Hòa", "Hoa"), ("Hòa", "Hóa"), ("Duc", "Đuc"), ("Minh", "Mịnh")];
        for (one, other) in different {
            assert_ne!(name_key(one), name_key(other));
        }
    }

    #[test]
    fn a_person_is_not_printed() {
        let person = NewPerson {
            name: "Nguyễn Văn Hòa".to_string(),
            sex: Sex::Male,
            birth_date: None,
            birth_year: None,
            identity: Some(citizen("999085000001")),
            phone: None,
            workplace: None,
            occupation: None,
        };
        let printed = format!("{person:?} {:?}", person.identity);
        assert!(!printed.contains("Hòa") && !printed.contains("999"), "{printed}");
    }
}
