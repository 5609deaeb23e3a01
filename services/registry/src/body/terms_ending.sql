-- The last terms by $2 of what lay below $1 on $2, and of $1 itself, that end by $3: those
-- that end first come first, after the organisation $5 whose term ends in $4, at most $6; as known
-- at $7 (null for now).
select term.organisation_id as "organisation_id!",
       term.congress_id as "congress_id!",
       term.ordinal as "ordinal!",
       term.held_on as "held_on!",
       term.term_from_year as "from_year!",
       term.term_to_year as "to_year!",
       term.form as "form!",
       term.term_reason as "reason!",
       term.member_count as "member_count?"
from (
    select last.*
    from living_subtree($1, $2, coalesce($7::timestamptz, 'infinity')) as unit (organisation_id)
    cross join lateral (
        select * from congress
        where congress.organisation_id = unit.organisation_id and congress.held_on <= $2::date
          and congress.recorded_at <= coalesce($7::timestamptz, 'infinity')
        order by congress.held_on desc
        limit 1
    ) last
    where make_date(last.term_to_year, 12, 31) <= $3::date
      and ($4::int is null
           or (last.term_to_year, last.organisation_id) > ($4::int, $5::uuid))
    order by last.term_to_year, last.organisation_id
    -- A fence: the scope is asked in this order, until the page is full.
    offset 0
) term
where access.covers(term.organisation_id)
limit $6
