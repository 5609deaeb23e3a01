-- Who may act in which role, where, from when to when.
create table role_grant
(
    grant_id        uuid      not null,
    issuer          text      not null,
    subject         text      not null,
    role            text      not null,
    organisation_id uuid      not null references organisation,
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint role_grant_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint role_grant_known
        exclude using gist (grant_id with =, valid with &&) where (upper_inf(recorded)),
    constraint role_grant_once
        exclude using gist (issuer with =, subject with =, role with =, organisation_id with =, valid with &&)
        where (upper_inf(recorded))
);
create index role_grant_history on role_grant (grant_id);
create index role_grant_subject on role_grant (issuer, subject);
create index role_grant_organisation on role_grant (organisation_id);
