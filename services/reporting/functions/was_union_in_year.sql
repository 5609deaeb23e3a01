-- Whether an organisation was a union on any day of the year that ends on a day: only then is it
-- rated for it.
create or replace function was_union_in_year(p_unit uuid, p_through date) returns boolean
    language sql stable
begin atomic
    select exists (
        select
        from organisation o
        cross join lateral (
            select t.valid from organisation_type t
            where t.organisation_id = o.organisation_id and t.grassroots
            union all
            select daterange(null, null)
            where o.grassroots
              and not exists (select from organisation_type t where t.organisation_id = o.organisation_id)
        ) union_days
        where o.organisation_id = p_unit and not o.never_existed
          and not isempty(union_days.valid
                          * daterange(o.founded_on, o.ended_on)
                          * daterange((p_through - interval '1 year' + interval '1 day')::date, p_through, '[]')));
end;
