-- Lines of a load are kept for seconds: to compress them takes longer than to write them.
alter table load_part alter column content set storage external;
