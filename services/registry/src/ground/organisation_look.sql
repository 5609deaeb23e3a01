-- What organisation.sql says of $1 as it stood on $2, as known now, for the subject $4 of the issuer
-- $3, if her permission $5 reaches it: for an organisation that had been founded by that day. Each
-- attribute is one look into the index of what is known.
select founding.organisation_id as "organisation_id!",
       founding.founded_on as "founded_on!",
       (select known.code from organisation_code known
        where known.organisation_id = $1 and upper_inf(known.recorded)
          and lower(known.valid) <= $2::date
        order by lower(known.valid) desc limit 1) as "code!",
       name.name as "name!",
       name.short_name as "short_name!",
       (select known.type from organisation_type known
        where known.organisation_id = $1 and upper_inf(known.recorded)
          and lower(known.valid) <= $2::date
        order by lower(known.valid) desc limit 1) as "type_code!",
       (select known.sector from organisation_sector known
        where known.organisation_id = $1 and upper_inf(known.recorded)
          and known.valid @> $2::date) as "sector?",
       (select known.industry from organisation_industry known
        where known.organisation_id = $1 and upper_inf(known.recorded)
          and known.valid @> $2::date) as "industry?",
       (select known.superior_id from organisation_parent known
        where known.organisation_id = $1 and upper_inf(known.recorded)
          and lower(known.valid) <= $2::date
        order by lower(known.valid) desc limit 1) as "superior_id?",
       status.status as "status!",
       lower(status.valid) as "status_from!",
       ending.ended_on as "ended_on?",
       ending.kind as "end_kind?",
       ending.principal_successor_id as "principal_successor_id?"
from organisation_founding founding
join lateral (
    select known.name, known.short_name from organisation_name known
    where known.organisation_id = $1 and upper_inf(known.recorded)
      and lower(known.valid) <= $2::date
    order by lower(known.valid) desc limit 1
) name on true
join lateral (
    select known.status, known.valid from organisation_status known
    where known.organisation_id = $1 and upper_inf(known.recorded)
      and lower(known.valid) <= $2::date
    order by lower(known.valid) desc limit 1
) status on true
left join organisation_ending ending
    on ending.organisation_id = $1 and upper_inf(ending.recorded)
where founding.organisation_id = $1 and upper_inf(founding.recorded) and founding.founded_on <= $2
  and case when exists (select from access.superior place
                        where place.organisation_id = $1 and (place.valid @> access.today()) is true)
      then exists (
          select from access.line_living($1) as line
          join access.granted_to($3, $4, array[$5]) as held
            on held.organisation_id = line.organisation_id
            -- Who has a place today lives; of who has none it is known if he has ended.
            or held.organisation_id = line.superior_id
               and not exists (select from access.ending ended
                               where ended.organisation_id = line.superior_id
                                 and ended.ended_on <= access.today()))
      -- The Confederation, who has ended, who is founded for a later date.
      else access.reached($1, array(select held.organisation_id
                                    from access.granted_to($3, $4, array[$5]) as held))
      end
