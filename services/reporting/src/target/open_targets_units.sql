-- Of each of some units ($1), in that order: whether it lies in the caller's scope, how many
-- targets it has that are open on $2, how many it handed down, and how many members of
-- steering committees follow it on that day or later.
select asked.organisation_id as "organisation_id!",
       (o.organisation_id is not null and access.covers(asked.organisation_id)) as "covered!",
       -- The newest revision stands for its target: that one is withdrawn, or none is.
       (select count(*) from target t
        where t.organisation_id = asked.organisation_id and upper(t.period) > $2
          and not exists (select from target later
                          where later.target_id = t.target_id and later.revision > t.revision)
          and not exists (select from withdrawal_of(t.target_id, t.revision, null) withdrawn
                          where withdrawn.withdrawn_on <= $2)) as "open!",
       (select count(*) from target t
        where t.issuer_id = asked.organisation_id and upper(t.period) > $2
          and not exists (select from target later
                          where later.target_id = t.target_id and later.revision > t.revision)
          and not exists (select from withdrawal_of(t.target_id, t.revision, null) withdrawn
                          where withdrawn.withdrawn_on <= $2)) as "handed_down!",
       (select count(*) from unit_assignment a
        where a.unit_id = asked.organisation_id
          and (upper_inf(a.valid) or upper(a.valid) > $2)) as "followers!"
from unnest($1::uuid[]) with ordinality as asked (organisation_id, line)
left join organisation o on o.organisation_id = asked.organisation_id
order by asked.line
