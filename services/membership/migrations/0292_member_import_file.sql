-- Of an import of a file: where a line stands in it, as a spreadsheet numbers lines. What such a line
-- said are its cells.
alter table member_import_line add column file_line integer;
