-- Tells by which rules a statement has written ratings to count (`rating_rules_told`): of a union and a
-- year, those that were written last.
create or replace function tell_rating_rules() returns trigger
    language plpgsql
as $$
begin
    insert into rating_rules_told (act_id, recorded_at, organisation_id, year, eligible_after_months,
                                   eligible_after_succession_months)
    select act_id,
           coalesce(nullif(current_setting('congdoan.acted_at', true), '')::timestamptz, now()),
           organisation_id,
           year,
           eligible_after_months,
           eligible_after_succession_months
    from changed;
    return null;
end;
$$;
