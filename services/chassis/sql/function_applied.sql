-- Which text of each function this database was given last, so that a changed one is given anew.
-- This file is a migration of every service (its `migrations` folder links to it).
create table function_applied
(
    -- As its file is called.
    name       text        not null primary key,
    -- SHA-256 of the file.
    checksum   bytea       not null check (length(checksum) = 32),
    applied_at timestamptz not null default clock_timestamp()
);
