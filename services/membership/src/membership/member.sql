-- The person $1, if she lies in the end user's scope, and her memberships, oldest first: one
-- row for each, or one without where she has none. What identifies her is there only where
-- she lies in scope with the permission $2, too.
with lies as materialized (
    select organisation_id from person_scope($1) as scope (organisation_id)
), allowed as materialized (
    select coalesce(bool_or(access.covers(organisation_id)), false) as known,
           coalesce(bool_or(access.covers_with(organisation_id, $2)), false) as identified
    from lies
)
select person.name as "name!",
       person.sex as "sex!",
       person.birth_date as "birth_date?",
       person.birth_year as "birth_year?",
       person.workplace as "workplace?",
       person.occupation as "occupation?",
       stay.membership_id as "membership_id?",
       stay.organisation_id as "organisation_id?",
       stay.from_on as "from_on?",
       stay.until_on as "until_on?",
       begun.admission_kind as "admission_kind?",
       ended.exit_reason as "exit_reason?",
       begun.source_organisation as "source_organisation?",
       stay.begun_by as "begun_by?",
       stay.ended_by as "ended_by?",
       identity.kind as "identity_kind?",
       identity.country as "identity_country?",
       identity.key_version as "identity_key_version?",
       identity.ciphertext as "identity_ciphertext?",
       contact.key_version as "phone_key_version?",
       contact.ciphertext as "phone_ciphertext?",
       allowed.identified as "identified!"
from allowed
join person on person.person_id = $1
left join membership stay on stay.person_id = person.person_id
left join movement begun on begun.movement_id = stay.begun_by
left join movement ended on ended.movement_id = stay.ended_by
left join lateral (
    select known.kind, known.country, known.key_version, known.ciphertext
    from person_identity known
    where known.person_id = person.person_id and known.ended_at is null and allowed.identified
    order by (known.until_on is null or known.until_on > access.today()) desc, known.kind,
             known.recorded_at desc
    limit 1
) identity on true
left join person_contact contact
    on contact.person_id = person.person_id and allowed.identified
where allowed.known
order by stay.from_on, stay.until_on nulls last, stay.membership_id
