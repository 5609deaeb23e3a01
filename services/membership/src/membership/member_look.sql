-- What member.sql says, of a person whom a union counts today that lives, for the subject $4 of the
-- issuer $3, if her permission $5 reaches the union; what identifies the person is there only if the
-- permission $2 reaches it too. A row for each membership and each number that she has: the
-- one that is shown first. Of others nothing is found here: in whose scope they lie takes more than a look.
with counted as materialized (
    select organisation_id from membership
    where person_id = $1 and from_on <= access.today()
      and (until_on is null or until_on > access.today())
), allowed as materialized (
    select bool_or(held.permission = $5) as known,
           bool_or(held.permission = $2) as identified
    from counted
    cross join lateral access.line_living(counted.organisation_id) as line
    join access.granted_to($3, $4, array[$5, $2]) as held
      on held.organisation_id = line.organisation_id
      -- Who has a place today lives; of who has none it is known if he has ended.
      or held.organisation_id = line.superior_id
         and not exists (select from access.ending ended
                         where ended.organisation_id = line.superior_id
                           and ended.ended_on <= access.today())
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
join membership stay on stay.person_id = $1
join movement begun on begun.movement_id = stay.begun_by
left join movement ended on ended.movement_id = stay.ended_by
left join person_identity identity
    on identity.person_id = $1 and identity.ended_at is null and allowed.identified
left join person_contact contact on contact.person_id = $1 and allowed.identified
where allowed.known
order by stay.from_on, stay.until_on nulls last, stay.membership_id,
         (identity.until_on is null or identity.until_on > access.today()) desc, identity.kind,
         identity.recorded_at desc
