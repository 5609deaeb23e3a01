-- Dissemination by head ($1) and month ($3 until $4), on the tree $2, over the unions that exist at the
-- end of the month (without those that are suspended then, if $5): how many were reached, how many people at most in one activity of each, and how
-- many there are to reach: its members or the workforce of its employers, whichever is more.
with month as materialized (
    select m.first_day::date as first_day, (m.first_day + interval '1 month')::date - 1 as last_day
    from generate_series($3::date::timestamp, ($4::date - 1)::timestamp, interval '1 month') as m (first_day)
),
alive as materialized (
    select p.head_id, m.first_day, m.last_day, o.organisation_id
    from month m
    join organisation o on not o.never_existed and daterange(o.founded_on, o.ended_on) @> m.last_day
    join audited_place($1, $2) p on p.unit_id = o.organisation_id and p.valid @> m.last_day
    left join organisation_type t on t.organisation_id = o.organisation_id and t.valid @> m.last_day
    where coalesce(t.grassroots, o.grassroots)
      and not ($5 and exists (select from suspension s
                              where s.organisation_id = o.organisation_id and s.valid @> m.last_day))
),
reached as materialized (
    select d.organisation_id,
           date_trunc('month', d.held_on)::date as first_day,
           max(d.members_reached + d.workers_reached)::bigint as people
    from activity d
    where d.kind = 'DISSEMINATION' and d.held_on >= $3 and d.held_on < $4
    group by 1, 2
),
change as (
    select f.unit_id,
           greatest(date_trunc('month', f.on_date)::date, $3) as first_day,
           sum(case when f.code in ('MBR_EXITED', 'MBR_TRANSFER_OUT') then -f.amount else f.amount end) as amount
    from fact f
    where f.on_date < $4
      and f.code in ('MBR_ADMITTED', 'MBR_RECOGNISED', 'MBR_READMITTED', 'MBR_TRANSFER_IN',
                     'MBR_TRANSFER_OUT', 'MBR_EXITED')
      and f.unit_id in (select organisation_id from alive)
    group by 1, 2
),
level as materialized (
    select c.unit_id,
           c.first_day,
           lead(c.first_day) over of_unit as until_day,
           sum(c.amount) over of_unit as people
    from change c
    window of_unit as (partition by c.unit_id order by c.first_day)
),
member as materialized (
    select l.unit_id, m.first_day, l.people::bigint as people
    from month m
    join level l on l.first_day <= m.first_day and (l.until_day is null or l.until_day > m.first_day)
),
surveyed as materialized (
    select distinct on (m.first_day, e.employer_id) m.first_day, e.employer_id, e.workforce, e.union_ids
    from month m
    join employer_survey e on e.surveyed_on <= m.last_day
    order by m.first_day, e.employer_id, e.surveyed_on desc
),
worker as materialized (
    select s.first_day, named.union_id, sum(s.workforce)::bigint as people
    from surveyed s
    -- One that is named twice employs nobody twice.
    cross join lateral (select distinct u.union_id from unnest(s.union_ids) as u (union_id)) named
    group by 1, 2
)
select a.head_id as "head!",
       a.first_day as "month!",
       count(*) filter (where r.people > 0) as "unions_reached!",
       coalesce(sum(r.people), 0)::bigint as "people_reached!",
       -- Where no employer was surveyed, members alone.
       sum(greatest(coalesce(b.people, 0), w.people))::bigint as "people_at_work!"
from alive a
left join reached r on r.organisation_id = a.organisation_id and r.first_day = a.first_day
left join member b on b.unit_id = a.organisation_id and b.first_day = a.first_day
left join worker w on w.union_id = a.organisation_id and w.first_day = a.first_day
group by 1, 2
