-- What organisation.sql says of $1 as it stood on $2, as known now, for the subject $4 of the issuer
-- $3, if her permission $5 reaches it: for an organisation that lived on the day, that lives today,
-- and of which no end is known. Each attribute is one look into the index of what is known. Of others
-- nothing is found here.
select founding.organisation_id as "organisation_id!",
       founding.founded_on as "founded_on!",
       (select known.code from organisation_code known
        where known.organisation_id = $1 and upper_inf(known.recorded)
          and known.valid @> $2::date) as "code!",
       name.name as "name!",
       name.short_name as "short_name!",
       (select known.type from organisation_type known
        where known.organisation_id = $1 and upper_inf(known.recorded)
          and known.valid @> $2::date) as "type_code!",
       (select known.sector from organisation_sector known
        where known.organisation_id = $1 and upper_inf(known.recorded)
          and known.valid @> $2::date) as "sector?",
       (select known.superior_id from organisation_parent known
        where known.organisation_id = $1 and upper_inf(known.recorded)
          and known.valid @> $2::date) as "superior_id?",
       status.status as "status!",
       lower(status.valid) as "status_from!",
       null::date as "ended_on?",
       null::text as "end_kind?",
       null::uuid as "principal_successor_id?"
from organisation_founding founding
join organisation_name name
    on name.organisation_id = $1 and upper_inf(name.recorded) and name.valid @> $2::date
join organisation_status status
    on status.organisation_id = $1 and upper_inf(status.recorded) and status.valid @> $2::date
where founding.organisation_id = $1 and upper_inf(founding.recorded) and founding.founded_on <= $2
  and not exists (select from organisation_ending known
                  where known.organisation_id = $1 and upper_inf(known.recorded))
  and exists (
      select from access.line_living($1) as line
      join access.granted_to($3, $4, array[$5]) as held
        on held.organisation_id = line.organisation_id
        -- Who has a place today lives; of who has none it is known if he has ended.
        or held.organisation_id = line.superior_id
           and not exists (select from access.ending ended
                           where ended.organisation_id = line.superior_id
                             and ended.ended_on <= access.today()))
