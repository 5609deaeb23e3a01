-- The last congress of $1 by $3 that elected the body $2: how many seats it decided, or else
-- filled, and how many people have been elected into the body since by by-elections, whether
-- or not they still sit in it.
select coalesce(decided.seats,
                (select count(distinct elected.office_id) from office elected
                 where elected.organisation_id = $1 and elected.body = $2
                   and elected.act_id = last.act_id)) as "seats!",
       (select count(distinct co_opted.office_id)
        from by_election
        join office co_opted on co_opted.act_id = by_election.act_id and co_opted.body = $2
                            and co_opted.organisation_id = $1
        where by_election.organisation_id = $1 and by_election.body = $2
          and by_election.held_on > last.held_on and by_election.held_on <= $3) as "co_opted!"
from (select congress.congress_id, congress.held_on, congress.act_id
      from congress
      join congress_body using (congress_id)
      where congress.organisation_id = $1 and congress.held_on <= $3 and congress_body.body = $2
        and access.covers($1)
      order by congress.held_on desc
      limit 1) last
join congress_body decided on decided.congress_id = last.congress_id and decided.body = $2
