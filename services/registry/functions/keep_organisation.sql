-- Organisations are never deleted and keep their ids; rows stay with those that they name.
create or replace function keep_organisation() returns trigger
    language plpgsql
as $$
begin
    raise exception 'organisations stay, and what a row says of them stays as it was recorded'
        using errcode = 'restrict_violation';
end;
$$;
