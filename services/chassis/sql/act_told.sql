-- What the caller said about an act besides: for which office, and what for. An operator reads it
-- for as long as the request is kept.
-- This file is a migration of every service (its `migrations` folder links to it).
alter table act.request
    add column office  text,
    add column purpose text;
