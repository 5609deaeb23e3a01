-- The two roles of a service: the owner of its schema, which applies migrations, and the
-- one that the running service uses. `{service}` stands for the service's name. Applying
-- this again changes nothing. A role has no password here: deployments give it one.
do $$
begin
    if not exists (select from pg_roles where rolname = '{service}_owner') then
        create role {service}_owner login;
    end if;
    if not exists (select from pg_roles where rolname = '{service}') then
        create role {service} login;
    end if;
exception
    -- Another process provisions the same service at the same moment: both want the same.
    when duplicate_object or unique_violation then null;
end
$$;
