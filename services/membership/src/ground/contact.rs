//! How somebody is reached: sealed, as numbers are.

use chassis::database::Acting;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::keys::{Column, Keys};

/// Writes the phone of somebody who is locked, or that none is known; answers whether anything is said
/// of it.
pub async fn write_phone(
    acting: &mut Acting,
    keys: &Keys,
    person_id: Uuid,
    phone: Option<&str>,
) -> Result<bool, Failure> {
    let Some(phone) = phone else {
        let gone = sqlx::query!("delete from person_contact where person_id = $1", person_id)
            .execute(acting.db())
            .await?;
        return Ok(gone.rows_affected() > 0);
    };
    let sealed = keys.seal(Column::Phone, person_id, phone)?;
    sqlx::query!(
        "insert into person_contact (person_id, key_version, ciphertext)
         values ($1, $2, $3)
         on conflict on constraint person_contact_key do update
         set key_version = excluded.key_version, ciphertext = excluded.ciphertext",
        person_id,
        sealed.key_version,
        sealed.ciphertext,
    )
    .execute(acting.db())
    .await?;
    Ok(true)
}

/// Writes the e-mail address of somebody who is locked, or that none is known; answers whether anything
/// is said of it.
pub async fn write_email(
    acting: &mut Acting,
    keys: &Keys,
    person_id: Uuid,
    email: Option<&str>,
) -> Result<bool, Failure> {
    let Some(email) = email else {
        let gone = sqlx::query!("delete from person_email where person_id = $1", person_id)
            .execute(acting.db())
            .await?;
        return Ok(gone.rows_affected() > 0);
    };
    let sealed = keys.seal(Column::Email, person_id, email)?;
    sqlx::query!(
        "insert into person_email (person_id, key_version, ciphertext)
         values ($1, $2, $3)
         on conflict on constraint person_email_key do update
         set key_version = excluded.key_version, ciphertext = excluded.ciphertext",
        person_id,
        sealed.key_version,
        sealed.ciphertext,
    )
    .execute(acting.db())
    .await?;
    Ok(true)
}
