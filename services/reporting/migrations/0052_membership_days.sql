-- The days of a membership, each by itself: one that began and ended on the same day was held on
-- no day, and its range has forgotten both, so that an exit that is taken back could not be.
-- Null in rows of before, where the range says it.
alter table membership add column begun_on date;
alter table membership add column left_on date;
