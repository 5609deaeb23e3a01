-- Whether a rating of a union that counts on a day counts in figures: the union is eligible, by the rules
-- of the scheme that it was rated by in the year of that day.
create or replace function rating_counts(p_unit uuid, p_on date) returns boolean
    language sql stable
begin atomic
    select rating_ineligibility(p_unit, p_on, coalesce(r.eligible_after_months, 12),
                                coalesce(r.eligible_after_succession_months, 6)) is null
    from (values (p_unit)) unit (organisation_id)
    left join rating r on r.organisation_id = unit.organisation_id
                      and r.year = extract(year from p_on)::integer;
end;
