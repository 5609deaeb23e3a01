-- What acts of registry mean for members is carried out in parts, of which some are left: one row
-- then, none otherwise.
create table consequences_left
(
    only_row      boolean primary key default true check (only_row),
    -- The act of this service that carried out the first part.
    part_id       uuid   not null,
    -- In registry's feed: of the act whose rest was left first.
    from_position bigint not null
);
