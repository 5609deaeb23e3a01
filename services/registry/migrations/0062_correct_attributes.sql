-- Every dated attribute can be corrected.
alter table organisation_correction
    drop constraint organisation_correction_attribute_check,
    add constraint organisation_correction_attribute
        check (attribute in ('SUPERIOR', 'NAME', 'TYPE', 'SECTOR', 'CODE', 'STATUS', 'FOUNDING',
                             'ENDING', 'TERRITORY', 'SEAL', 'ALIAS', 'DIRECTOR'));
