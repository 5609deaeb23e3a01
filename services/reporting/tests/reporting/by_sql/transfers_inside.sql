-- Transfers between two units that both count under the head on the day of the transfer:
-- they leave one line and enter another, and are neither in nor out for the head.
with place as materialized (
    select unit_id, line, valid from piece($1, $2, $3, $4, $5, $6, $7)
),
pair as (
    select distinct m.unit_id, m.counterpart_id
    from unit_month m
    where m.code = 'MBR_TRANSFER_OUT'
      and m.month >= date_trunc('month', $8::date)::date and m.month < $9
      and m.unit_id in (select unit_id from place)
      and m.counterpart_id in (select unit_id from place)
),
span as materialized (
    select pair.unit_id,
           pair.counterpart_id,
           source.line as out_line,
           target.line as in_line,
           lower(r.days) as from_on,
           upper(r.days) as until_on,
           case when extract(day from lower(r.days)) = 1 then lower(r.days)
                else (date_trunc('month', lower(r.days)) + interval '1 month')::date end as first_month,
           date_trunc('month', upper(r.days))::date as last_month
    from pair
    join place source on source.unit_id = pair.unit_id
    join place target on target.unit_id = pair.counterpart_id and target.valid && source.valid
    cross join lateral (select source.valid * target.valid * daterange($8, $9) as days) r
    where not isempty(r.days)
)
select out_line as "out_line!", in_line as "in_line!", sum(amount)::bigint as "amount!"
from (
    select s.out_line, s.in_line, m.amount
    from span s
    join unit_month m on m.unit_id = s.unit_id and m.counterpart_id = s.counterpart_id
                     and m.code = 'MBR_TRANSFER_OUT'
                     and m.month >= s.first_month and m.month < s.last_month
    union all
    select s.out_line, s.in_line, f.amount
    from span s
    join fact f on f.unit_id = s.unit_id and f.counterpart_id = s.counterpart_id
               and f.code = 'MBR_TRANSFER_OUT'
               and f.on_date >= s.from_on and f.on_date < s.until_on
               and not (f.on_date >= s.first_month and f.on_date < s.last_month)
) movement
group by out_line, in_line
having sum(amount) <> 0
