import pg from 'pg';

const CREATE = 'create table public.bare_commits (id bigserial primary key, data bytea not null)';
const DROP = 'drop table public.bare_commits';
const INSERT = {
  name: 'bare',
  text: 'insert into public.bare_commits (data) select $1 from generate_series(1, $2::integer)',
};
/** About what an event of a message takes. */
const BYTES = 600;
const TICK_MS = 1;

/** Puts rows into a table as they become due, those that wait for a commit with the next one, and nothing else. */
const insertOnSchedule = async (client: pg.Client, rate: number, seconds: number): Promise<number[]> => {
  const latencies: number[] = [];
  const data = Buffer.alloc(BYTES, 'x');
  const startedAt = performance.now();
  const total = rate * seconds;
  let taken = 0;
  while (latencies.length < total) {
    const due = Math.min(total, 1 + Math.floor(((performance.now() - startedAt) * rate) / 1_000)); // the first at once
    if (due > taken) {
      const from = taken;
      taken = due;
      await client.query({ ...INSERT, values: [data, taken - from] });
      for (let n = from; n < taken; n += 1) latencies.push(performance.now() - startedAt - (n * 1_000) / rate);
    } else await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  return latencies;
};

/** Answers the milliseconds from when a row was due until it was committed: the bare limit of a message on this schedule. */
export const bareCommits = async (url: string, rate: number, seconds: number): Promise<Float64Array> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(CREATE);
    try {
      return Float64Array.from(await insertOnSchedule(client, rate, seconds)).sort();
    } finally {
      await client.query(DROP);
    }
  } finally {
    await client.end();
  }
};
