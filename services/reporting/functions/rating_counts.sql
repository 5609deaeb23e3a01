-- Whether a rating of a union that counts on a day counts in figures: the union is eligible, by the rules
-- of the scheme that it was rated by in the year of that day.
create or replace function rating_counts(p_unit uuid, p_on date) returns boolean
    language plpgsql stable
as $$
declare
    months            integer;
    succession_months integer;
begin
    select r.eligible_after_months, r.eligible_after_succession_months
    into months, succession_months
    from rating r
    where r.organisation_id = p_unit and r.year = extract(year from p_on)::integer;
    return rating_ineligibility(p_unit, p_on, coalesce(months, 12), coalesce(succession_months, 6)) is null;
end;
$$;
