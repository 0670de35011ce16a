const LEASE_SECONDS = 10;

/** How long the lease lasts that an addition or a renewal gives. */
export const LEASE_MS = LEASE_SECONDS * 1_000;

const HELD = `now() + interval '${LEASE_SECONDS} seconds'`;

export const ACQUIRE = `
  update audit.tree set holder = $1, held_until = ${HELD}
   where halted_because is null and (holder is null or holder = $1 or held_until < now())
  returning size, position, root`;

export const RENEW = `
  update audit.tree set held_until = ${HELD} where holder = $1 and size = $2 and halted_because is null`;

export const RELEASE = 'update audit.tree set holder = null, held_until = null where holder = $1';

export const HALT = `
  update audit.tree set halted_because = $2, halted_at = now() where holder = $1 and halted_because is null`;

/** Halts the tree whichever node has it. */
export const HALT_ALL = 'update audit.tree set halted_because = $1, halted_at = now() where halted_because is null';

export const FIND_HALT = `
  select halted_because as reason, halted_at as since from audit.tree where halted_because is not null`;

export const RESUME = 'update audit.tree set halted_because = null, halted_at = null where halted_because is not null';

/** Moves the head where it is as this node knows it, and writes what belongs to it: all, or nothing at all. */
export const ADD = {
  name: 'audit.add_leaves',
  text: `
    with moved as (
      update audit.tree set size = $3, position = $4, root = $5, held_until = ${HELD}
       where holder = $1 and size = $2 and halted_because is null
      returning 1
    ), written as (
      insert into audit.tiles (level, index, hashes)
      select t.level, t.index, t.hashes from unnest($6::smallint[], $7::bigint[], $8::bytea[]) as t (level, index, hashes)
       where exists (select from moved)
      on conflict (level, index) do update set hashes = excluded.hashes
    ), placed as (
      insert into audit.leaves as l (tile, first_position, positions)
      select t.tile, t.first_position, t.positions
        from unnest($9::bigint[], $10::bigint[], $11::bytea[]) as t (tile, first_position, positions)
       where exists (select from moved)
      on conflict (tile) do update set positions = l.positions || excluded.positions
    )
    select exists (select from moved) as moved`,
};

/** Where a tree is kept: that of this log, or that of one that it is a copy of. */
export interface TreePlace {
  /** A part of the names of its prepared statements. */
  readonly name: string;
  readonly head: string;
  readonly tiles: string;
  readonly leaves: string;
}

export const OWN_TREE: TreePlace = { name: 'own', head: 'audit.tree', tiles: 'audit.tiles', leaves: 'audit.leaves' };

/** Answers where the tree of a former log is kept, by its number. */
export const formerTree = (log: number): TreePlace => ({
  name: `former_${log}`,
  head: `(select * from audit.former_logs where number = ${log})`,
  tiles: `(select * from audit.former_tiles where log = ${log})`,
  leaves: `(select * from audit.former_leaves where log = ${log})`,
});

/** The questions to a tree. */
export const questionsTo = ({ name, head, tiles, leaves }: TreePlace) => ({
  head: `select size, position, root from ${head} h`,
  tiles: {
    name: `audit.${name}_tiles`,
    text: `
      select t.hashes from unnest($1::smallint[], $2::bigint[]) with ordinality as wanted (level, index, ordinal)
        left join ${tiles} t using (level, index) order by wanted.ordinal`,
  },
  leavesAt: {
    name: `audit.${name}_leaves_at`,
    text: `select tile, positions from ${leaves} l where first_position <= $1 order by first_position desc limit 1`,
  },
  leavesBetween: {
    name: `audit.${name}_leaves_between`,
    text: `select positions from ${leaves} l where tile between $1 and $2 order by tile`,
  },
});
