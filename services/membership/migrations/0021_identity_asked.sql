-- How many identity numbers each subject has asked about on a day by calls that told whether
-- somebody has them and wrote nothing: dry runs, refused lists. Counted here, in transactions of
-- their own, so that all replicas count together and a refusal counts too.
create table identity_asked
(
    -- `<issuer>#<subject>` of the end user.
    principal text    not null,
    asked_on  date    not null,
    numbers   integer not null,

    constraint identity_asked_key primary key (principal, asked_on),
    constraint identity_asked_numbers check (numbers >= 0)
);
