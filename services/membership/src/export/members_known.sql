-- As members.sql, as was known at $7; who may read it is decided by what is known now.
with asked as materialized (
    select organisation_id, $5 and access.covers_with(organisation_id, $6) as identified
    from unnest($1::uuid[]) as union_asked (organisation_id)
    where access.covers(organisation_id)
)
select member.person_id as "person_id!", asked.organisation_id as "organisation_id!",
       member.name as "name!", member.sex as "sex!", member.birth_date as "birth_date?",
       member.birth_year as "birth_year?", member.workplace as "workplace?",
       member.occupation as "occupation?", member.from_on as "from_on!",
       identity.country as "identity_country?", identity.key_version as "identity_key_version?",
       identity.ciphertext as "identity_ciphertext?", contact.key_version as "phone_key_version?",
       contact.ciphertext as "phone_ciphertext?"
from asked
cross join lateral (
    select stay.person_id, name, sex, birth_date, birth_year, workplace, occupation, from_on
    from membership_known stay
    join person_known person
      on person.person_id = stay.person_id and person.recorded @> $7::timestamptz
    where stay.organisation_id = asked.organisation_id and from_on <= $2
      and (until_on is null or until_on > $2)
      and stay.person_id > $3
      and stay.recorded @> $7::timestamptz
    order by stay.person_id limit $4
) member
left join lateral (
    select known.country, known.key_version, known.ciphertext
    from person_identity_known known
    where known.person_id = member.person_id and known.recorded @> $7::timestamptz
      and known.ended_at is null and asked.identified
    order by (known.until_on is null or known.until_on > access.today()) desc, known.kind,
             lower(known.recorded) desc
    limit 1
) identity on true
left join lateral (
    select known.key_version, known.ciphertext
    from person_contact_known known
    where known.person_id = member.person_id and known.recorded @> $7::timestamptz
      and asked.identified
    limit 1
) contact on true
order by asked.organisation_id, member.person_id
