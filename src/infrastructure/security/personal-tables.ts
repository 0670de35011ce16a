import type pg from 'pg';

/** The tables of read models that hold what is personal, and PostgreSQL's own samples of their columns. */
const PERSONAL = [
  'users.people',
  'users.search_terms',
  'users.sessions',
  'mail.recipients',
  'mail.outbox', // What a mail server answered may name an address.
  'messages.conversations',
  'messages.messages',
  'messages.reactions',
  'media.files',
  'search.messages',
  'search.grams',
  'pg_catalog.pg_statistic',
];

const MEBIBYTE = 1_048_576;
/** The largest table that is written anew, with its indexes. Measured: 46 MiB take 0.7 to 1 s, 106 MiB 2 to 3 s; readers wait. */
export const LARGEST_REWRITTEN = 48 * MEBIBYTE;

/** The samples come last. Tables that a rebuild or a comparison fills are among them: it may have begun before the erasure. */
const FIND = `
  select format('%I.%I', n.nspname, c.relname) as name, pg_total_relation_size(c.oid) > $2 as "isLarge"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'r' and regexp_replace(n.nspname, '_(rebuild|verify)$', '') || '.' || c.relname = any ($1)
   order by n.nspname = 'pg_catalog', 1`;

interface PersonalTable {
  readonly name: string;
  readonly isLarge: boolean;
}

const find = async (client: pg.ClientBase | pg.Pool, largest: number): Promise<readonly PersonalTable[]> =>
  (await client.query<PersonalTable>(FIND, [PERSONAL, largest])).rows;

/** PostgreSQL keeps samples of columns. This makes it take new ones, of what is there now. */
export const sampleAnew = async (client: pg.ClientBase, largest: number): Promise<void> => {
  for (const { name } of await find(client, largest)) await client.query(`analyze ${name}`);
};

/**
 * Removes dead versions of rows, and of samples, from the files of the tables. Of a large table it only frees their space, to
 * be overwritten, as nobody has to wait for that. Where our role may not write the samples anew, PostgreSQL warns and goes on.
 */
export const rewritePersonalTables = async (client: pg.ClientBase, largest: number): Promise<void> => {
  for (const { name, isLarge } of await find(client, largest))
    await client.query(isLarge ? `vacuum ${name}` : `vacuum (full) ${name}`);
};

/** Answers the tables that are too large to be written anew. */
export const largePersonalTables = async (pool: pg.Pool, largest: number): Promise<readonly string[]> =>
  (await find(pool, largest)).filter(({ isLarge }) => isLarge).map(({ name }) => name);
