-- Persons, and what identifies them. Every table about a person has her id in its key, so
-- that the tables can be distributed by person; identity numbers are keyed by their blind
-- index instead, because that is how they are looked up.
create extension if not exists btree_gist;

create table person
(
    person_id      uuid        not null,
    -- As the person writes it.
    name           text        not null,
    -- For comparing: without case, double spaces, and differences of spelling that are no
    -- differences of name (hòa and hoà). Never shown.
    name_key       text        not null,
    -- ISO 5218: 0 not known, 1 male, 2 female.
    sex            smallint    not null,
    birth_date     date,
    -- Known also where the day is not.
    birth_year     smallint,
    workplace      text,
    -- Who wrote the person down: in whose scope she lies until a union counts her.
    recorded_under uuid        not null,
    act_id         uuid        not null,
    recorded_at    timestamptz not null,

    constraint person_key primary key (person_id),
    constraint person_name_nfc check (name is nfc normalized),
    constraint person_sex_known check (sex in (0, 1, 2)),
    constraint person_birth_year_of_date
        check (birth_date is null or birth_year = extract(year from birth_date))
);
-- Answers "is there a member of this name and birth?".
create index person_namesake on person (name_key, birth_year);

-- Who has which number. The number itself is sealed: bound to its row, column and key
-- version, so that a value moved to another row does not open.
create table person_identity
(
    -- HMAC-SHA-256 of kind, country and number: equal for equal numbers, and of no use
    -- without the key. The whole number space can be hashed in an hour; a plain hash would
    -- protect nothing.
    blind_index bytea       not null,
    person_id   uuid        not null,
    kind        smallint    not null,
    -- ISO 3166-1 alpha-2, of passports only.
    country     text,
    key_version integer     not null,
    -- Nonce, then AES-256-GCM-SIV.
    ciphertext  bytea       not null,
    recorded_at timestamptz not null,
    -- When the number ceased to be hers.
    ended_at    timestamptz,

    constraint person_identity_key primary key (blind_index, person_id),
    constraint person_identity_person foreign key (person_id) references person,
    constraint person_identity_blind check (length(blind_index) = 32)
);
create unique index identity_number_taken on person_identity (blind_index) where ended_at is null;
create index person_identity_of on person_identity (person_id);

create table person_contact
(
    person_id   uuid    not null,
    key_version integer not null,
    -- The phone: nonce, then AES-256-GCM-SIV.
    ciphertext  bytea   not null,

    constraint person_contact_key primary key (person_id),
    constraint person_contact_person foreign key (person_id) references person
);
