//! The chain over a closing's cells, and its signature: docs/closings.md, which whoever verifies elsewhere
//! goes by.

use std::fmt::Write as _;

use aws_lc_rs::digest::{Context, SHA256};
use chassis::signing::{PublicKey, SigningKeys, verifies};
use time::Date;

/// What a chain begins with: all that is said of a closing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The closing.
    pub closing_id: String,
    /// Whose period.
    pub organisation_id: String,
    /// What that is called.
    pub organisation_name: String,
    /// Its first day, `2026-01-31`.
    pub from_on: String,
    /// Its last day.
    pub through_on: String,
    /// 1, 2, …
    pub revision: i32,
    /// The closing before; empty of the first.
    pub earlier_closing_id: String,
    /// The digest of that; empty of the first.
    pub earlier_digest: String,
    /// The day of the tree.
    pub tree_on: String,
    /// When it was counted, in microseconds since 1970.
    pub known_at: i128,
    /// How far each feed had been applied, in the order of their names.
    pub positions: Vec<(String, i64)>,
    /// How many cells follow.
    pub cells: usize,
    /// Who closed it.
    pub actor: String,
    /// Why, of a revision.
    pub reason: String,
    /// By which decision; empty without one.
    pub decision_id: String,
    /// Reports of the period that had been approved.
    pub approved_reports: i32,
    /// Reports that had been waived.
    pub waived_reports: i32,
}

/// A frozen number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What is counted.
    pub indicator: String,
    /// `TOTAL`, the id of a child, `ITSELF`, `ENDED`, `NOT_YET_FOUNDED`.
    pub line: String,
    /// What the line is called.
    pub name: String,
    /// The value, or the numerator.
    pub value: i64,
    /// Of a share; else 0.
    pub denominator: i64,
}

/// A signature over a digest, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The key.
    pub key_id: String,
    /// In base64url without padding.
    pub signature: String,
}

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The chain as it is made of header and cells.
    pub digest: String,
    /// It ends with the digest that was told.
    pub chain_holds: bool,
    /// The signature is one of a known key over the digest that was told.
    pub signature_holds: bool,
}

impl Verified {
    /// Whether nothing was changed.
    pub fn valid(&self) -> bool {
        self.chain_holds && self.signature_holds
    }
}

/// A field as the chain takes it: how many bytes it has, a colon, and they.
fn field(context: &mut Context, text: &str) {
    context.update(format!("{}:", text.len()).as_bytes());
    context.update(text.as_bytes());
}

/// The last link of the chain: 64 hexadecimal digits.
pub fn digest<'a>(header: &Header, cells: impl Iterator<Item = &'a Cell>) -> String {
    let mut first = Context::new(&SHA256);
    let positions: Vec<String> =
        header.positions.iter().map(|(source, position)| format!("{source}={position}")).collect();
    for text in [
        "CONGDOAN-CLOSING-1",
        &header.closing_id,
        &header.organisation_id,
        &header.organisation_name,
        &header.from_on,
        &header.through_on,
        &header.revision.to_string(),
        &header.earlier_closing_id,
        &header.earlier_digest,
        &header.tree_on,
        &header.known_at.to_string(),
        &positions.join(","),
        &header.cells.to_string(),
        &header.actor,
        &header.reason,
        &header.decision_id,
        &header.approved_reports.to_string(),
        &header.waived_reports.to_string(),
    ] {
        field(&mut first, text);
    }
    let mut link = first.finish();
    for (n, cell) in cells.enumerate() {
        let mut next = Context::new(&SHA256);
        next.update(link.as_ref());
        field(&mut next, &(n + 1).to_string());
        field(&mut next, &cell.indicator);
        field(&mut next, &cell.line);
        field(&mut next, &cell.name);
        field(&mut next, &cell.value.to_string());
        field(&mut next, &cell.denominator.to_string());
        link = next.finish();
    }
    let mut text = String::new();
    for byte in link.as_ref() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn signed_text(key_id: &str, digest: &str) -> String {
    format!("CDC1.{key_id}.{digest}")
}

/// Signs a digest with the key of today.
pub fn sign(keys: &SigningKeys, today: Date, digest: &str) -> anyhow::Result<Signed> {
    let (key_id, _, signature) = keys.sign(today, |key_id| signed_text(key_id, digest))?;
    Ok(Signed { key_id, signature })
}

/// Makes the chain anew, and verifies what was told of it.
pub fn verify<'a>(
    header: &Header,
    cells: impl ExactSizeIterator<Item = &'a Cell>,
    told: &str,
    signed: &Signed,
    keys: &[PublicKey],
) -> Verified {
    let whole = cells.len() == header.cells;
    let digest = digest(header, cells);
    let key = keys.iter().find(|key| key.key_id == signed.key_id);
    let text = signed_text(&signed.key_id, told);
    Verified {
        chain_holds: whole && digest == told,
        signature_holds: key.is_some_and(|key| verifies(&key.public_key, &text, &signed.signature)),
        digest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            closing_id: "0197c0de-5c1e-7a30-9b1f-3f0a9d2c41b7".to_string(),
            organisation_id: "0197c0de-5c1e-7a30-9b1f-3f0a9d2c41b8".to_string(),
            organisation_name: "LĐLĐ quận Ba Đình".to_string(),
            from_on: "2020-12-01".to_string(),
            through_on: "2021-11-30".to_string(),
            revision: 1,
            earlier_closing_id: String::new(),
            earlier_digest: String::new(),
            tree_on: "2021-11-30".to_string(),
            known_at: 1_639_000_000_000_000,
            positions: vec![("membership".to_string(), 41), ("registry".to_string(), 7)],
            cells: 2,
            actor: "https://issuer#officer".to_string(),
            reason: String::new(),
            decision_id: String::new(),
            approved_reports: 3,
            waived_reports: 0,
        }
    }

    fn cells() -> Vec<Cell> {
        let cell = |line: &str, name: &str, value| Cell {
            indicator: "MBR_STOCK".to_string(),
            line: line.to_string(),
            name: name.to_string(),
            value,
            denominator: 0,
        };
        vec![cell("TOTAL", "", 16), cell("ITSELF", "trực tiếp", 16)]
    }

    /// As docs/closings.md has it; computed by another program (see there).
    #[test]
    fn the_chain_is_the_one_that_is_documented() {
        assert_eq!(digest(&header(), cells().iter()), DOCUMENTED);
    }

    const DOCUMENTED: &str = "b709bf94c0f2ce6416a3831e9495943d0b9bd770cb22a22770a21c2810afa0b2";

    #[test]
    fn whatever_is_changed_breaks_the_chain() {
        let whole = digest(&header(), cells().iter());
        let mut digests = vec![whole];
        let mut changed = cells();
        changed[1].value = 17;
        digests.push(digest(&header(), changed.iter()));
        changed = cells();
        changed.swap(0, 1);
        digests.push(digest(&header(), changed.iter()));
        changed.pop();
        digests.push(digest(&header(), changed.iter()));
        // Where one field ends and the next begins is counted.
        let mut shifted = cells();
        shifted[0].indicator = "MBR_STOCKT".to_string();
        shifted[0].line = "OTAL".to_string();
        digests.push(digest(&header(), shifted.iter()));
        let mut otherwise = header();
        otherwise.tree_on = "2021-12-01".to_string();
        digests.push(digest(&otherwise, cells().iter()));
        otherwise = header();
        otherwise.waived_reports = 1;
        digests.push(digest(&otherwise, cells().iter()));
        let different: std::collections::BTreeSet<_> = digests.iter().collect();
        assert_eq!(different.len(), digests.len());
    }
}
