//! Member cards: their numbers, who may have one, and how they are written down.

use std::fmt;

use anyhow::anyhow;
use aws_lc_rs::rand;
use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::membership::{Card, CardEnd, CardEnding, CardIssue, Event};
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;

/// Letters and digits that nobody takes for another: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DRAWN: usize = 15;

/// The number of a card: 75 bits drawn at random and a check character, so that nobody guesses one
/// and a slip of the pen is none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CardNumber([u8; DRAWN + 1]);

impl CardNumber {
    /// One that nobody has: it says nothing, and none follows from another.
    pub fn draw() -> anyhow::Result<Self> {
        let mut drawn = [0; DRAWN];
        rand::fill(&mut drawn).map_err(|_| anyhow!("the system has no randomness"))?;
        let mut number = [0; DRAWN + 1];
        for (symbol, byte) in number.iter_mut().zip(drawn) {
            *symbol = byte % 32;
        }
        number[DRAWN] = check(&number[..DRAWN]);
        Ok(Self(number))
    }

    /// As somebody types it: small letters, spaces and hyphens do not count, and what looks like a
    /// digit is one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut number = [0; DRAWN + 1];
        let mut symbols = text.chars().filter(|letter| !matches!(letter, ' ' | '-'));
        for symbol in &mut number {
            let letter = match symbols.next()?.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let place = ALPHABET.iter().position(|known| char::from(*known) == letter)?;
            *symbol = u8::try_from(place).ok()?;
        }
        let whole = symbols.next().is_none() && number[DRAWN] == check(&number[..DRAWN]);
        whole.then_some(Self(number))
    }

    /// As the database keeps it and signed texts say it: without hyphens.
    pub fn plain(&self) -> String {
        self.0.iter().map(|symbol| char::from(ALPHABET[usize::from(*symbol)])).collect()
    }
}

/// As it is printed.
impl fmt::Display for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        let groups = [&plain[..4], &plain[4..8], &plain[8..12], &plain[12..]];
        f.write_str(&groups.join("-"))
    }
}

impl fmt::Debug for CardNumber {
    /// A number leads to a person: it is not printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardNumber")
    }
}

/// The character that checks the others: each counts with a power of a generator of the field of 32
/// elements, of its own. So no character is changed, and no two of them change places, unnoticed.
fn check(symbols: &[u8]) -> u8 {
    symbols.iter().fold(0, |sum, symbol| times_generator(sum ^ symbol))
}

/// Modulo x⁵ + x² + 1.
fn times_generator(element: u8) -> u8 {
    let doubled = element << 1;
    if doubled & 32 == 0 { doubled } else { doubled ^ 0b10_0101 }
}

/// How a card stands on a day; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum CardState {
    /// Còn giá trị.
    Valid = 1,
    /// Mất.
    Lost = 2,
    /// Đã cấp thẻ khác.
    Replaced = 3,
    /// Thu hồi.
    Revoked = 4,
    /// The membership has ended.
    Ended = 5,
    /// Its time is over.
    Expired = 6,
}

impl CardState {
    /// By its number.
    pub fn numbered(number: i16) -> Option<Self> {
        Some(match number {
            1 => Self::Valid,
            2 => Self::Lost,
            3 => Self::Replaced,
            4 => Self::Revoked,
            5 => Self::Ended,
            6 => Self::Expired,
            _ => return None,
        })
    }

    /// As refusals name it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Lost => "LOST",
            Self::Replaced => "REPLACED",
            Self::Revoked => "REVOKED",
            Self::Ended => "ENDED",
            Self::Expired => "EXPIRED",
        }
    }
}

/// What is issued to one person.
#[derive(Clone, Copy, Debug)]
pub struct NewCard {
    /// To whom.
    pub person_id: Uuid,
    /// In whose place.
    pub replaces_id: Option<Uuid>,
}

/// An act of issuing cards.
#[derive(Debug)]
pub struct Issuing<'a> {
    /// The act.
    pub issue_id: Uuid,
    /// The union.
    pub organisation_id: Uuid,
    /// The first day.
    pub issued_on: Date,
    /// The first day on which they are no longer valid.
    pub until_on: Option<Date>,
    /// The decision that it rests on.
    pub decision_id: Option<Uuid>,
    /// To whom.
    pub cards: &'a [NewCard],
}

impl Issuing<'_> {
    /// Writes them down and publishes them; the people are locked, and may have cards. Answers the
    /// cards in their order.
    pub async fn record(&self, acting: &mut Acting) -> Result<Vec<Uuid>, Failure> {
        let mut numbers = Vec::with_capacity(self.cards.len());
        for _ in self.cards {
            numbers.push(CardNumber::draw()?.plain());
        }
        let card_ids: Vec<Uuid> = self.cards.iter().map(|_| Uuid::now_v7()).collect();
        let people: Vec<Uuid> = self.cards.iter().map(|card| card.person_id).collect();
        let replaced: Vec<Option<Uuid>> = self.cards.iter().map(|card| card.replaces_id).collect();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into card (person_id, card_id, issue_id, number, organisation_id, issued_on,
                               until_on, replaces_id, decision_id, act_id, recorded_at)
             select person_id, card_id, $5, number, $6, $7, $8, replaces_id, $9, $10, $11
             from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[])
                  as line (person_id, card_id, number, replaces_id)",
            &people,
            &card_ids,
            &numbers,
            &replaced as &[Option<Uuid>],
            self.issue_id,
            self.organisation_id,
            self.issued_on,
            self.until_on,
            self.decision_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        let cards = self.cards.iter().zip(&card_ids).map(|(card, card_id)| Card {
            card_id: *card_id,
            person_id: card.person_id,
            replaces_id: card.replaces_id,
        });
        let issued = Event::CardsIssued(CardIssue {
            issue_id: self.issue_id,
            organisation_id: self.organisation_id,
            until_on: self.until_on,
            cards: cards.collect(),
        });
        acting.publish(issued.resting_on(self.issued_on, self.decision_id));
        Ok(card_ids)
    }
}

/// Whether a person may be issued a card by a union on a day.
#[derive(Clone, Copy, Debug)]
pub struct MayHave {
    /// The union counts her then.
    pub member_here: bool,
    /// She has a card that is valid then, or later.
    pub has_card: bool,
}

/// Of each of these people, in their order; cards of an act of issuing, or one card, are left out
/// of it where they are to be looked at anew.
pub async fn may_have(
    acting: &mut Acting,
    organisation_id: Uuid,
    on: Date,
    person_ids: &[Uuid],
    but: Option<Uuid>,
) -> Result<Vec<MayHave>, Failure> {
    Ok(sqlx::query_as!(
        MayHave,
        r#"select exists (select from membership stay
                          where stay.person_id = asked.person_id and stay.organisation_id = $2
                            and from_on <= $3 and (until_on is null or until_on > $3))
                      as "member_here!",
                  exists (select from card_life(asked.person_id) life
                          join card on card.card_id = life.card_id
                          where ($4::uuid is null or $4 not in (card.issue_id, card.card_id))
                            and (life.over_on is null
                                 or life.over_on > $3 and life.over_on > card.issued_on))
                      as "has_card!"
           from unnest($1::uuid[]) with ordinality as asked (person_id, line)
           order by line"#,
        person_ids,
        organisation_id,
        on,
        but,
    )
    .fetch_all(acting.db())
    .await?)
}

/// A card, whose holder lies in the caller's scope.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Whose it is.
    pub person_id: Uuid,
    /// Who survives her, if she was merged; else herself.
    pub survivor_id: Uuid,
    /// The card.
    pub card_id: Uuid,
    /// The union that counts her today, or else the one that issued it.
    pub organisation_id: Uuid,
    /// The first day.
    pub issued_on: Date,
    /// When it was lost or revoked.
    pub ended_on: Option<Date>,
    /// `membership.v1.CardState`, LOST or REVOKED.
    pub ended_as: Option<i16>,
    /// The decision by which it ended.
    pub ended_decision_id: Option<Uuid>,
    /// From which day on it is not valid, and by what.
    pub over_on: Option<Date>,
    /// `membership.v1.CardState`.
    pub over_as: Option<i16>,
}

impl Held {
    /// A card by its id; none where it is unknown or its holder lies elsewhere.
    pub async fn find(acting: &mut Acting, card_id: Uuid) -> Result<Option<Self>, Failure> {
        Ok(sqlx::query_as!(
            Self,
            r#"select card.person_id, survivor.person_id as "survivor_id!", card.card_id,
                      coalesce((select stay.organisation_id from membership stay
                                where stay.person_id = survivor.person_id
                                  and stay.from_on <= access.today()
                                  and (stay.until_on is null or stay.until_on > access.today())),
                               card.organisation_id) as "organisation_id!",
                      card.issued_on, card.ended_on, card.ended_as, card.ended_decision_id,
                      life.over_on, life.over_as
               from card
               cross join lateral (
                   select coalesce((select root_id from person_merge
                                    where person_merge.person_id = card.person_id),
                                   card.person_id) as person_id
               ) survivor
               cross join lateral persons_in_scope(array[card.person_id]) as scope (person_id)
               cross join lateral card_life(card.person_id) life
               where card.card_id = $1 and life.card_id = $1"#,
            card_id,
        )
        .fetch_optional(acting.db())
        .await?)
    }

    /// How it stands on a day.
    pub fn state_on(&self, on: Date) -> Option<CardState> {
        if on < self.issued_on {
            return None;
        }
        match (self.over_on, self.over_as) {
            (Some(over_on), Some(over_as)) if over_on <= on => CardState::numbered(over_as),
            _ => Some(CardState::Valid),
        }
    }

    /// Refuses unless it stands on a day as one of these.
    pub fn stands_as(&self, on: Date, states: &[CardState]) -> Result<(), Refused> {
        let state = self.state_on(on);
        if state.is_some_and(|state| states.contains(&state)) {
            return Ok(());
        }
        let state = state.map_or("NOT_ISSUED", CardState::code);
        Err(Refused::CardNotValid { field: "card_id".to_string(), state })
    }

    /// Refuses where somebody has said of any day that it ended.
    pub fn not_ended(&self) -> Result<(), Refused> {
        match self.ended_as.and_then(CardState::numbered).map(CardState::code) {
            Some(state) => Err(Refused::CardNotValid { field: "card_id".to_string(), state }),
            None => Ok(()),
        }
    }

    /// What was published when somebody said that it ended, if somebody did.
    pub fn ending(&self) -> Option<(CardEnding, Date)> {
        Some((ending(self.person_id, self.card_id, self.ended_as?), self.ended_on?))
    }
}

/// What was published of those of these cards that somebody said had ended: the day, and the
/// decision.
pub async fn endings(
    acting: &mut Acting,
    person_ids: &[Uuid],
    card_ids: &[Uuid],
) -> Result<Vec<(CardEnding, Date, Option<Uuid>)>, Failure> {
    let rows = sqlx::query!(
        r#"select person_id, card_id, ended_on as "ended_on!", ended_as as "ended_as!",
                  ended_decision_id
           from card
           where person_id = any ($1) and card_id = any ($2) and ended_on is not null
           order by person_id, card_id"#,
        person_ids,
        card_ids,
    )
    .fetch_all(acting.db())
    .await?;
    let told = rows.into_iter().map(|row| {
        let ending = ending(row.person_id, row.card_id, row.ended_as);
        (ending, row.ended_on, row.ended_decision_id)
    });
    Ok(told.collect())
}

fn ending(person_id: Uuid, card_id: Uuid, ended_as: i16) -> CardEnding {
    let lost = ended_as == CardState::Lost as i16;
    CardEnding { card_id, person_id, end: if lost { CardEnd::Lost } else { CardEnd::Revoked } }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_printed_and_typed() {
        let number = CardNumber::draw().expect("drawn");
        let printed = number.to_string();
        assert_eq!(printed.len(), 19);
        let typed = printed.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        for text in [printed.as_str(), &number.plain(), &typed] {
            assert_eq!(CardNumber::parse(text), Some(number));
        }
        assert!(!format!("{number:?}").contains(&number.plain()[..4]));
        for text in ["", "7", &printed[1..], &format!("{printed}0"), "UUUU-UUUU-UUUU-UUUU"] {
            assert_eq!(CardNumber::parse(text), None);
        }
    }

    #[test]
    fn no_character_is_changed_and_no_two_change_places_unnoticed() {
        for _ in 0..20 {
            let number = CardNumber::draw().expect("drawn");
            for place in 0..=DRAWN {
                for other in (0..32).filter(|other| *other != number.0[place]) {
                    let mut changed = number;
                    changed.0[place] = other;
                    assert_eq!(CardNumber::parse(&changed.plain()), None);
                }
                for other in 0..place {
                    let mut changed = number;
                    changed.0.swap(place, other);
                    let alike = changed == number;
                    assert_eq!(CardNumber::parse(&changed.plain()).is_some(), alike);
                }
            }
        }
    }

    #[test]
    fn numbers_follow_from_nothing() {
        let drawn: Vec<CardNumber> =
            (0..2_000).map(|_| CardNumber::draw().expect("drawn")).collect();
        assert_eq!(drawn.iter().collect::<HashSet<_>>().len(), drawn.len());
        // Every character stands everywhere, about as often: 62.5 times of 2,000, and never below
        // 20 or over 130 but once in more tries than there will be.
        for place in 0..=DRAWN {
            let mut often = [0; 32];
            for number in &drawn {
                often[usize::from(number.0[place])] += 1;
            }
            assert!(often.iter().all(|times| (20..130).contains(times)), "{often:?}");
        }
    }
}
