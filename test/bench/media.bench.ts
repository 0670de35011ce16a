import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { join } from 'node:path';
import { startApp } from '../support/app.js';
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

/** Answers the median of the milliseconds that each takes. */
const measure = async (works: ReturnType<typeof worksOf>, rounds: number): Promise<Record<Name, number>> => {
  const names = Object.keys(works) as Name[];
  const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < WARM_UP + rounds; round += 1)
    for (const name of names) {
      const startedAt = performance.now();
      await works[name]();
      if (round >= WARM_UP) times[name]?.push(performance.now() - startedAt);
    }
  const median = (name: Name): number => percentile(Float64Array.from(times[name] ?? []).sort(), 0.5);
  return Object.fromEntries(names.map((name) => [name, median(name)])) as Record<Name, number>;
};

/** Measures files that are uploaded and downloaded whole, beside a server that streams them to the disk and from it. */
export const run = async ({ mebibytes = MEBIBYTES, rounds = ROUNDS }: Sizes): Promise<Report> => {
  const quota = String(mebibytes * BYTES_IN_MEBIBYTE * (WARM_UP + rounds));
  const app = await startApp({ env: { RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn', MEDIA_QUOTA_BYTES: quota } });
  const bare = await startChild<BareFiles>('./bare-files.ts', { file: join(app.dataDir, 'bare') });
  try {
    const [user] = (await signUpMany(app, 1)) as [BenchUser];
    const content = randomBytes(mebibytes * BYTES_IN_MEBIBYTE);
    const medians = await measure(worksOf(app.url, bare.answer.url, user, content), rounds);
    const rate = (name: Name): number => mebibytes / (medians[name] / 1_000);
    const rowsOf = (name: 'upload' | 'download'): Row[] => [
      { metric: `${name}: a bare stream`, value: rate(`bare ${name}`), unit: 'MiB/s' },
      {
        metric: `${name}: ours`,
        value: rate(name),
        unit: 'MiB/s',
        ratio: rate(name) / rate(`bare ${name}`),
        target: 'at least 50 %',
      },
    ];
    return { name: `(k) Files of ${mebibytes} MiB`, rows: [...rowsOf('upload'), ...rowsOf('download')] };
  } finally {
    bare.end();
    await app.stop();
  }
};
