-- What lines said is forgotten after a while: those that still say something are found by this.
create index member_import_line_said on member_import_line (import_key) where ciphertext is not null;
