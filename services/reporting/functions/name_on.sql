-- The name that an organisation had on a day: its last one, if it had ended by then.
create or replace function name_on(p_organisation uuid, p_on date) returns text
    language sql stable
begin atomic
    select n.name
    from organisation o
    join organisation_name n using (organisation_id)
    where o.organisation_id = p_organisation
      and n.valid @> least(p_on, o.ended_on - 1);
end;
