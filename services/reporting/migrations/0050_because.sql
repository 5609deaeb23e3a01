-- What a consequence leads to: the act of registry because of which membership moved people.
alter table change_seen add column because_act_id uuid;
-- The act that the movement itself followed from: of one that is taken back, the act that it was
-- recorded because of, and not the one because of which it is taken back.
alter table change_seen add column origin_act_id uuid;
-- The movement that the change records, where it records one.
alter table change_seen add column movement_id uuid;

create index change_seen_act on change_seen (act_id, position) where source = 'registry';
-- The decision of an act, and those of its changes that membership carries out.
create index change_seen_decision on change_seen (act_id, position)
    where source = 'registry' and decision_id is not null;
create index change_seen_consequence on change_seen (act_id, position)
    where source = 'registry'
      and kind in ('registry.organisations_ended', 'registry.organisation_founded',
                   'registry.acts_undone', 'registry.timelines_corrected');
create index change_seen_origin on change_seen (origin_act_id) where origin_act_id is not null;
create index change_seen_movement on change_seen (movement_id) where movement_id is not null;
