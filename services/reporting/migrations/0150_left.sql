-- From which position of registry's feed on membership has something left to carry out, of what it
-- does in parts; null where it has not.
alter table membership_told add column left_from bigint;
