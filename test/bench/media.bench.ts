import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { join } from 'node:path';
import { startApp, type RunningApp } from '../support/app.js';
import { newDatabaseName, startMongo, type MongoServer } from '../support/mongodb.js';
import { formOf } from '../support/upload.js';
import type { BareFiles } from './bare-files.js';
import { signUpMany, type BenchUser } from './bench-users.js';
import { startChild } from './child.js';
import { percentile, type Report, type Row } from './report.js';
import type { Sizes } from './sizes.js';

const MEBIBYTES = 25;
const ROUNDS = 15;
const WARM_UP = 3;
const BYTES_IN_MEBIBYTE = 1024 * 1024;

/** What is measured in turns, each round of one after a round of the others. */
type Name = 'bare upload' | 'upload' | 'bare download' | 'download';

/** Sends a request, and answers its body once it is whole. */
const exchange = async (url: string, options: RequestOptions, body: Uint8Array | undefined): Promise<Buffer[]> => {
  const sending = request(url, options);
  sending.end(body);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(response, 'end');
  if (response.statusCode !== 200 && response.statusCode !== 201)
    throw new Error(`${url} answered ${response.statusCode}: ${Buffer.concat(chunks).toString()}`);
  return chunks;
};

const sizeOf = (chunks: readonly Buffer[]): number => chunks.reduce((sum, { length }) => sum + length, 0);

/** Makes what each round does, for a server of ours and a bare one. */
const worksOf = (ours: string, bare: string, { accessToken }: BenchUser, content: Buffer) => {
  const form = formOf({ content, fileName: 'file.bin' });
  const authorization = `Bearer ${accessToken}`;
  const upload = { method: 'POST', headers: { ...form.headers, authorization, 'content-length': form.raw.length } };
  let path = '';
  const requireAll = (chunks: readonly Buffer[], size: number): void => {
    if (sizeOf(chunks) !== size) throw new Error(`${sizeOf(chunks)} bytes came instead of ${size}`);
  };
  const works: Readonly<Record<Name, () => Promise<void>>> = {
    'bare upload': async () => {
      await exchange(bare, upload, form.raw);
    },
    upload: async () => {
      const answer = await exchange(`${ours}/media/v1`, upload, form.raw);
      path = `/media/v1/${(JSON.parse(Buffer.concat(answer).toString()) as { mediaId: string }).mediaId}`;
    },
    'bare download': async () => requireAll(await exchange(bare, {}, undefined), form.raw.length),
    download: async () =>
      requireAll(await exchange(ours + path, { headers: { authorization } }, undefined), content.length),
  };
  return works;
};

/** How often everything is done, and how often before that. */
interface Rounds {
  readonly rounds: number;
  readonly warmUp: number;
}

/** Answers the median of the milliseconds that each takes. */
const measure = async (
  works: ReturnType<typeof worksOf>,
  { rounds, warmUp }: Rounds,
): Promise<Record<Name, number>> => {
  const names = Object.keys(works) as Name[];
  const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < warmUp + rounds; round += 1)
    for (const name of names) {
      const startedAt = performance.now();
      await works[name]();
      if (round >= warmUp) times[name]?.push(performance.now() - startedAt);
    }
  const median = (name: Name): number => percentile(Float64Array.from(times[name] ?? []).sort(), 0.5);
  return Object.fromEntries(names.map((name) => [name, median(name)])) as Record<Name, number>;
};

const startServer = (env: Readonly<Record<string, string>>): Promise<RunningApp> =>
  startApp({ env: { RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn', ...env } });

/** Measures files of so many MiB on a server with these settings, beside a bare one. */
const measured = async (env: Readonly<Record<string, string>>, mebibytes: number, times: Rounds) => {
  const quota = String(mebibytes * BYTES_IN_MEBIBYTE * (times.warmUp + times.rounds));
  const app = await startServer({ MEDIA_QUOTA_BYTES: quota, ...env });
  const bare = await startChild<BareFiles>('./bare-files.ts', { file: join(app.dataDir, 'bare') });
  try {
    const [user] = (await signUpMany(app, 1)) as [BenchUser];
    const content = randomBytes(mebibytes * BYTES_IN_MEBIBYTE);
    const medians = await measure(worksOf(app.url, bare.answer.url, user, content), times);
    return (name: Name): number => mebibytes / (medians[name] / 1_000);
  } finally {
    bare.end();
    await app.stop();
  }
};

const DIRECTIONS = ['upload', 'download'] as const;
/** FerretDB reads the whole collection for each half mebibyte. */
const MOST_ON_FERRETDB = { mebibytes: 4, times: { rounds: 1, warmUp: 0 } };
const NO_JUDGE = 'FerretDB reads whole collections: this judges nothing';

/** Measures the same with files in MongoDB. */
const onMongo = async ({ name: server, url }: MongoServer, mebibytes: number, times: Rounds): Promise<Row[]> => {
  const isReal = !server.startsWith('FerretDB');
  const sizes = isReal ? { mebibytes, times } : MOST_ON_FERRETDB;
  const rate = await measured({ MONGODB_URL: `${url}${newDatabaseName()}` }, sizes.mebibytes, sizes.times);
  return DIRECTIONS.map((name) => ({
    metric: `${name} of ${sizes.mebibytes} MiB: ours, in ${server}`,
    value: rate(name),
    unit: 'MiB/s',
    ratio: rate(name) / rate(`bare ${name}`),
    ...(!isReal && { target: NO_JUDGE }),
  }));
};

/** Measures files that are uploaded and downloaded whole, beside a server that streams them to the disk and from it. */
export const run = async ({ mebibytes = MEBIBYTES, rounds = ROUNDS }: Sizes): Promise<Report> => {
  const times = { rounds, warmUp: WARM_UP };
  const rate = await measured({}, mebibytes, times);
  const rowsOf = (name: (typeof DIRECTIONS)[number]): Row[] => [
    { metric: `${name}: a bare stream`, value: rate(`bare ${name}`), unit: 'MiB/s' },
    {
      metric: `${name}: ours`,
      value: rate(name),
      unit: 'MiB/s',
      ratio: rate(name) / rate(`bare ${name}`),
      target: 'at least 50 %',
    },
  ];
  const mongo = await startMongo();
  try {
    const inMongo = mongo ? await onMongo(mongo, mebibytes, times) : [];
    return { name: `(k) Files of ${mebibytes} MiB`, rows: [...DIRECTIONS.flatMap(rowsOf), ...inMongo] };
  } finally {
    await mongo?.stop();
  }
};
