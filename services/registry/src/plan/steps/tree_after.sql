-- The tree on the plan's date as the plan leaves it; after effects.sql.
create temp table plan_after on commit drop as
select edge.organisation_id, edge.superior_id
from organisation_parent edge
where upper_inf(edge.recorded) and edge.valid @> :'on_date'::date
  and not exists (select from plan_doing doing
                  where doing.organisation_id = edge.organisation_id
                    and doing.effect in ('END', 'MOVE'))
union all
select organisation_id, superior_id
from plan_doing
where effect in ('FOUND', 'MOVE') and superior_id is not null;
analyze plan_after;

-- The province, which is the organisation directly below the Confederation, of every unit
-- that has subordinates: of few, so that this is cheap. Whoever is not reached from the
-- Confederation stands in a ring.
create temp table plan_province_after on commit drop as
with recursive root as (
    select organisation.organisation_id
    from organisation
    where not exists (select from organisation_parent edge
                      where edge.organisation_id = organisation.organisation_id)
), superior as materialized (
    select edge.organisation_id, edge.superior_id
    from plan_after edge
    where edge.organisation_id in (select superior_id from plan_after)
), reached (organisation_id, province_id) as (
    select organisation_id, organisation_id from root
    union
    select superior.organisation_id,
           case when superior.superior_id in (select organisation_id from root)
                then superior.organisation_id else reached.province_id end
    from reached
    join superior on superior.superior_id = reached.organisation_id
)
select organisation_id, province_id from reached;
analyze plan_province_after;
