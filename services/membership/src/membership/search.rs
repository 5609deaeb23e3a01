//! People by name, without diacritics, in the caller's scope.

use chassis::access;
use chassis::database::Reading;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::organisation;
use crate::ground::person::{Sex, name_key};

/// As many ways up take as long as to gather what lies under a small province.
const FEW: i32 = 200;

/// Who is searched for.
#[derive(Debug)]
pub struct Sought {
    /// Words of her name, without diacritics, the given one last.
    pub words: Vec<String>,
    /// Only at this organisation and under it.
    pub within_id: Option<Uuid>,
    /// Born in this year.
    pub birth_year: Option<i16>,
    /// Of this sex.
    pub sex: Option<Sex>,
    /// A member, or not.
    pub standing: Option<Standing>,
}

/// Whether somebody is a member today; the values are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Standing {
    /// She is.
    Member = 1,
    /// She was.
    FormerMember = 2,
    /// She was written down, and never was.
    NeverMember = 3,
}

/// A person who was found.
#[derive(Debug)]
pub struct SoughtPerson {
    /// Who.
    pub person_id: Uuid,
    /// As given.
    pub name: String,
    /// ISO 5218.
    pub sex: i16,
    /// The year, where it is known.
    pub birth_year: Option<i16>,
    /// Where she lies.
    pub organisation_id: Uuid,
    /// A [`Standing`].
    pub standing: i32,
    /// The first day of her membership, if she is a member.
    pub from_on: Option<Date>,
    /// The other name by which she was found, if it was by one.
    pub alias_id: Option<Uuid>,
    /// As it is written.
    pub alias: Option<String>,
}

/// Where a page ends. No name stands in it: pages are asked for with it.
#[derive(Serialize, Deserialize)]
struct Cursor {
    person_id: Uuid,
    /// Found by this other name of hers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alias_id: Option<Uuid>,
    /// Words were left out between those that were written.
    loose: bool,
}

/// The words of a text without diacritics; none where it has no letter.
pub fn words(text: &str) -> Option<Vec<String>> {
    let words: Vec<String> = name_key(text).split(' ').map(plain).collect();
    words.iter().any(|word| word.chars().any(char::is_alphabetic)).then_some(words)
}

/// A word of a match key without its diacritics: as `name_backwards` of the schema leaves them out.
fn plain(word: &str) -> String {
    let marks =
        ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}', '\u{302}', '\u{306}', '\u{31b}'];
    word.chars()
        .filter(|letter| !marks.contains(letter))
        .map(|letter| if letter == 'đ' { 'd' } else { letter })
        .collect()
}

/// How names are looked for that end so.
struct Ending {
    /// What their backward spellings begin with, and the first that does not.
    from: String,
    until: String,
    /// What they are like, where words may be left out.
    like: Option<String>,
}

impl Ending {
    /// Names that end with these words, or with the last of them, behind the others in their order.
    fn with(words: &[String], loose: bool) -> Self {
        let backwards: Vec<String> =
            words.iter().rev().map(|word| word.chars().rev().collect()).collect();
        let begun = if loose { &backwards[..1] } else { &backwards[..] };
        let begun = begun.join(" ");
        let like = loose.then(|| {
            let words: Vec<String> = backwards.iter().map(|word| literally(word)).collect();
            format!("^{} ", words.join(" (.* )?"))
        });
        // A space follows each word, and `!` is the letter after the space.
        Self { from: format!("{begun} "), until: format!("{begun}!"), like }
    }
}

/// A word as a regular expression that is like nothing else.
fn literally(word: &str) -> String {
    word.chars()
        .flat_map(|letter| {
            let escaped = !letter.is_alphanumeric() && letter.is_ascii();
            escaped.then_some('\\').into_iter().chain([letter])
        })
        .collect()
}

/// A page of the people in the caller's scope who have such a name.
pub async fn search(
    reading: &mut Reading,
    sought: &Sought,
    asked: &Asked<'_>,
) -> Result<Page<SoughtPerson>, Failure> {
    let after = asked.after::<Cursor>()?;
    access::refuse_unless_held(reading).await?;
    if let Some(within_id) = sought.within_id {
        let field = |_| "within_id".to_string();
        organisation::all_in_scope(reading, &[within_id], field).await?;
    }
    let place = place(reading, sought.within_id).await?;
    let loose = after.as_ref().is_some_and(|after| after.loose);
    let begin = match after {
        Some(after) => Some(begin(reading, after.person_id, after.alias_id).await?),
        None => None,
    };
    let first = begin.is_none();
    let mut rows = page(reading, sought, &place, loose, begin, asked.limit()).await?;
    let looser = first && rows.is_empty() && sought.words.len() > 1;
    if looser {
        rows = page(reading, sought, &place, true, None, asked.limit()).await?;
    }
    let loose = loose || looser;
    asked.page(rows, |row| Cursor { person_id: row.person_id, alias_id: row.alias_id, loose })
}

/// Where people are searched for.
struct Place {
    /// In all of the country.
    whole: bool,
    /// Otherwise under these organisations.
    roots: Vec<Uuid>,
}

async fn place(reading: &mut Reading, within_id: Option<Uuid>) -> Result<Place, Failure> {
    if let Some(within_id) = within_id {
        return Ok(Place { whole: false, roots: vec![within_id] });
    }
    let held = sqlx::query!(
        r#"select array(select access.granted()) as "roots!",
                  exists (select from access.granted() as held (organisation_id)
                          cross join lateral (
                              select never_existed, ended_on from organisation
                              where organisation.organisation_id = held.organisation_id
                              offset 0
                          ) organisation
                          where not never_existed and ended_on is null
                            and not exists (select from access.superior edge
                                            where edge.organisation_id = held.organisation_id))
                  as "whole!""#
    )
    .fetch_one(&mut **reading)
    .await?;
    Ok(Place { whole: held.whole, roots: held.roots })
}

/// Where the page after this person begins, who was found by another name of hers, or her own. A name
/// that is not hers any longer has a place still.
async fn begin(
    reading: &mut Reading,
    person_id: Uuid,
    alias_id: Option<Uuid>,
) -> Result<(String, i16, Uuid), Failure> {
    let last = sqlx::query!(
        r#"select name_backwards(coalesce(
                      (select alias.name_key from person_alias alias
                       where alias.person_id = $1 and alias.alias_id = $2),
                      (select alias.name_key from person_alias_past alias
                       where alias.person_id = $1 and alias.alias_id = $2 limit 1),
                      person.name_key)) as "name!",
                  coalesce(birth_year, 0::smallint) as "birth_year!"
           from person where person_id = $1"#,
        person_id,
        alias_id,
    )
    .fetch_one(&mut **reading)
    .await?;
    Ok((last.name, last.birth_year, person_id))
}

/// Whether so few have such a name that it is quicker to ask of each of them where she lies than to
/// gather all that lies under the roots; none of which has ended, as from below nobody comes to what
/// has.
async fn are_few(reading: &mut Reading, ending: &Ending, roots: &[Uuid]) -> Result<bool, Failure> {
    Ok(sqlx::query_scalar!(
        r#"select (select count(*) from (select from person_sought sought
                                         where sought.name_backwards > $1
                                           and sought.name_backwards < $2
                                         limit $3::integer + 1) alike) <= $3
                  and not exists (select from access.ending ending
                                  where ending.organisation_id = any ($4)
                                    and ending.ended_on <= access.today()) as "few!""#,
        ending.from,
        ending.until,
        FEW,
        roots,
    )
    .fetch_one(&mut **reading)
    .await?)
}

async fn page(
    reading: &mut Reading,
    sought: &Sought,
    place: &Place,
    loose: bool,
    begin: Option<(String, i16, Uuid)>,
    limit: i64,
) -> Result<Vec<SoughtPerson>, Failure> {
    let ending = Ending::with(&sought.words, loose);
    let (from, birth_year, person_id) =
        begin.unwrap_or_else(|| (ending.from.clone(), -1, Uuid::nil()));
    let few = !place.whole && are_few(reading, &ending, &place.roots).await?;
    let rows = sqlx::query_file_as!(
        SoughtPerson,
        "src/membership/search.sql",
        from,
        ending.until,
        birth_year,
        person_id,
        ending.like,
        place.whole,
        &place.roots,
        sought.birth_year,
        sought.sex.map(|sex| sex as i16),
        sought.standing.map(|standing| standing as i16),
        limit,
        few,
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_no_diacritics_whatever_was_typed() {
        let typed = ["Nguyễn Đức Hòa", "NGUYEN  duc hoa", "nguyễn Ðức hoà"];
        for text in typed {
            assert_eq!(words(text).expect("words"), ["nguyen", "duc", "hoa"], "{text}");
        }
        assert_eq!(words(" - 12 "), None);
    }

    #[test]
    fn a_name_is_looked_for_from_its_end() {
        let words = words("Trần O'Hà").expect("words");
        let ending = Ending::with(&words, false);
        assert_eq!((ending.from.as_str(), ending.until.as_str()), ("ah'o nart ", "ah'o nart!"));
        assert_eq!(ending.like, None);
        let ending = Ending::with(&words, true);
        assert_eq!((ending.from.as_str(), ending.until.as_str()), ("ah'o ", "ah'o!"));
        assert_eq!(ending.like.as_deref(), Some("^ah\\'o (.* )?nart "));
    }
}
