-- A step of a plan may make a unit one of another type.
alter table plan_step
    drop constraint plan_step_kind_check,
    add constraint plan_step_kind
        check (kind in ('FOUND', 'END', 'HAND_OVER', 'RENAME', 'CHANGE_TYPE'));
alter table plan_effect
    drop constraint plan_effect_effect_check,
    add constraint plan_effect_effect
        check (effect in ('FOUND', 'END', 'MOVE', 'RENAME', 'CHANGE_TYPE'));
