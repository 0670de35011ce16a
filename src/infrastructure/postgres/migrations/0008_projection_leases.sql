-- A lease says which session holds it, so that it is free as soon as that session has ended.
-- The column's new name stops programs from before this migration that still run: they gave out epochs by counting, and
-- took a projection's lease whatever version its tables were of. What they hold, they keep until it is taken from them.
alter table projections.checkpoints rename column holder to held_by;
alter table projections.checkpoints add column session text;

-- Epochs of all projections and generations: none is given out twice, also when a row is deleted, renamed or made again.
create sequence projections.epochs;
select setval('projections.epochs', (select coalesce(max(epoch), 0) + 1 from projections.checkpoints));
