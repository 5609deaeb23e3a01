-- Further attributes of $1 as they stood on $2, as known at $3 (null for now).
select seal.seal as "seal?",
       seal.account_number as "account_number?",
       seal.account_bank as "account_bank?",
       array(select known.alias from organisation_alias known
             where known.organisation_id = $1 and known.valid @> $2::date
               and known.recorded @> at.known_at
             order by known.alias) as "aliases!",
       array(select known.director_id from organisation_director known
             where known.organisation_id = $1 and known.valid @> $2::date
               and known.recorded @> at.known_at
             order by known.director_id) as "director_ids!",
       (select known.route from founding_route known
        where known.organisation_id = $1 and known.recorded @> at.known_at) as "route?",
       (select max(known.recognised_on) from recognition known
        where known.organisation_id = $1 and known.kind = 'ORGANISATION'
          and known.recognised_on <= $2 and known.recorded @> at.known_at) as "recognised_on?",
       (select max(known.recognised_on) from recognition known
        where known.organisation_id = $1 and known.kind = 'EXECUTIVE'
          and known.recognised_on <= $2
          and known.recorded @> at.known_at) as "executive_recognised_on?"
from (select coalesce($3::timestamptz, 'infinity') as known_at) at
left join organisation_seal seal
  on seal.organisation_id = $1 and seal.valid @> $2::date and seal.recorded @> at.known_at
where access.covers($1)
