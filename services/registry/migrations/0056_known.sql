-- What is known now of one organisation, however much was known before. Acts read it at each
-- step, and a tree with a long past has many times more rows that are known no longer.

-- The changes of an attribute in the order of their dates: the last one before a date is one
-- descent.
create index organisation_parent_turn
    on organisation_parent (organisation_id, lower(valid)) where upper_inf(recorded);
create index organisation_status_turn
    on organisation_status (organisation_id, lower(valid)) where upper_inf(recorded);

-- Who stands under an organisation, on whatever date.
create index organisation_parent_under
    on organisation_parent (superior_id) where upper_inf(recorded);

-- Undoing finds the rows of an act. What is known no longer leaves holes in its table as soon
-- as it is vacuumed, and rows of later acts fill them: a summary of the acts in each range of
-- pages then names them all, and every undoing reads whole tables.
drop index organisation_founding_act, organisation_parent_act, organisation_name_act,
    organisation_code_act, organisation_type_act, organisation_sector_act,
    organisation_status_act, organisation_ending_act;
create index organisation_founding_act on organisation_founding (act_id);
create index organisation_parent_act on organisation_parent (act_id);
create index organisation_name_act on organisation_name (act_id);
create index organisation_code_act on organisation_code (act_id);
create index organisation_type_act on organisation_type (act_id);
create index organisation_sector_act on organisation_sector (act_id);
create index organisation_status_act on organisation_status (act_id);
create index organisation_ending_act on organisation_ending (act_id);
