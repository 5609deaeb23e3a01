-- Run in the database of a service: what the owner of the schema makes there, the running
-- service may use, but not change in shape. `{service}` stands for the service's name.
-- Applying this again changes nothing.
revoke all on schema public from public;
grant usage, create on schema public to {service}_owner;
grant usage on schema public to {service};

alter default privileges for role {service}_owner
    grant usage on schemas to {service};
alter default privileges for role {service}_owner
    grant select, insert, update, delete on tables to {service};
alter default privileges for role {service}_owner
    grant usage, select on sequences to {service};
alter default privileges for role {service}_owner
    grant execute on functions to {service};
alter default privileges for role {service}_owner
    grant usage on types to {service};
