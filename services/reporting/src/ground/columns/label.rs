//! What a fact says of whom it counts: its reason, and their sex, in one number.

/// The number of a word, and a sex by ISO 5218.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(u32);

/// Neither known nor one of the two: 0 and 9 of ISO 5218.
const SEX_OTHER: u32 = 0;

impl Label {
    /// A reason, by its number, and a sex; one that is neither 1 nor 2 is not known.
    pub fn of(reason: u32, sex: i16) -> Self {
        let sex = u32::try_from(sex).ok().filter(|sex| [1, 2].contains(sex));
        Self(reason << 2 | sex.unwrap_or(SEX_OTHER))
    }

    /// As it lies in a column.
    pub fn number(self) -> u32 {
        self.0
    }

    /// What lies in a column.
    pub fn read(number: u32) -> Self {
        Self(number)
    }

    /// The number of its word.
    pub fn reason(self) -> u32 {
        self.0 >> 2
    }

    /// 1 or 2; 0 where it is not known, or does not apply.
    pub fn sex(self) -> u32 {
        self.0 & 3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_as_it_was_written() {
        for (sex, known) in [(0, 0), (1, 1), (2, 2), (9, 0), (-1, 0)] {
            let label = Label::read(Label::of(77, sex).number());
            assert_eq!((label.reason(), label.sex()), (77, known));
        }
    }
}
