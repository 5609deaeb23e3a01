//! Communes, as a person names them.

use chassis::database::Reading;
use chassis::refusal::Failure;
use time::Date;

use crate::ground::refused::Refused;

/// The codes of the communes that a text names on a date: a code, or a name, with or without
/// Phường, Xã, Thị trấn or Đặc khu.
pub async fn named(reading: &mut Reading, text: &str, on: Date) -> Result<Vec<String>, Failure> {
    let codes = sqlx::query_scalar!(
        "select commune from commune_rule
         where valid @> $2::date
           and (commune = $1
                or search_key = any(array[fold($1), 'phuong ' || fold($1), 'xa ' || fold($1),
                                          'thi tran ' || fold($1), 'dac khu ' || fold($1)]))
         order by commune",
        text,
        on,
    )
    .fetch_all(&mut **reading)
    .await?;
    if codes.is_empty() {
        return Err(Refused::CommuneUnknown { commune: text.to_string(), on }.at("commune"));
    }
    Ok(codes)
}
