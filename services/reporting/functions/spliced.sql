-- What holds over some days, spliced on one of them: until then it stays as it was, and is not at
-- all where it began on that day; from then on, until whatever was known to come next, it is anew.
create or replace function spliced(p_held daterange, p_on date)
    returns table (valid daterange, anew boolean)
    language sql immutable
begin atomic
    select daterange(lower(p_held), p_on), false
    where lower_inf(p_held) or lower(p_held) < p_on
    union all
    select daterange(p_on, upper(p_held)), true;
end;
