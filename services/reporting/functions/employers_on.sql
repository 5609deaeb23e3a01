-- What is known of employers on a day: the last change by then that names each.
create or replace function employers_on(p_on date)
    returns table (employer_id uuid, surveyor_id uuid, workforce integer, change_id uuid, has_union boolean)
    language sql stable
begin atomic
    select e.employer_id, e.surveyor_id, e.workforce, e.change_id, one_lives(e.union_ids, p_on)
    from employer_survey e
    where e.surveyed_on <= p_on
      and not exists (select from employer_survey later
                      where later.employer_id = e.employer_id
                        and later.surveyed_on > e.surveyed_on and later.surveyed_on <= p_on);
end;
