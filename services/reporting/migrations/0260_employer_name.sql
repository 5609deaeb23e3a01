-- Employers are printed by their names. Of those that were told before names were, it stays empty, until
-- something new is known of them or reporting is rebuilt.
alter table employer_survey add column name text not null default '';
