-- How many tax codes each subject has asked about on a day by surveys that told whether somebody
-- has surveyed their employers and wrote nothing: dry runs, and surveys that are refused. Counted
-- in transactions of their own, so that a refusal counts too.
create table tax_code_asked
(
    -- `<issuer>#<subject>` of the end user.
    principal text    not null,
    asked_on  date    not null,
    tax_codes integer not null,

    constraint tax_code_asked_key primary key (principal, asked_on),
    constraint tax_code_asked_tax_codes check (tax_codes >= 0)
);
