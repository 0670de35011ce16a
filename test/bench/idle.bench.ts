import { startApp } from '../support/app.js';
import { signUpMany } from './bench-users.js';
import type { BareServer } from './bare-server.js';
import { startChild } from './child.js';
import type { IdleSockets } from './idle-load.js';
import { memoryOf } from './process-memory.js';
import type { Report, Row } from './report.js';
import type { Sizes } from './sizes.js';

const SOCKETS = 10_000;
/** As many as a user may have. */
const SOCKETS_OF_A_USER = 20;
const KIB = 1_024;
/** One in so many is opened, and closed, before the memory is looked at for the first time. */
const WARM_UP = 5;

interface PerSocket {
  readonly resident: number;
  readonly heap: number;
}

const openIdle = (given: IdleSockets) => startChild<{ readonly opened: number }>('./idle-load.ts', given);

/** Answers by how many KiB each socket makes the server larger. */
const costOf = async (inspector: string, given: IdleSockets): Promise<PerSocket> => {
  (await openIdle({ ...given, sockets: Math.ceil(given.sockets / WARM_UP) })).end();
  const before = await memoryOf(inspector);
  const child = await openIdle(given);
  try {
    const after = await memoryOf(inspector);
    const each = (field: keyof PerSocket): number => (after[field] - before[field]) / given.sockets / KIB;
    return { resident: each('resident'), heap: each('heap') };
  } finally {
    child.end();
  }
};

const bareCost = async (given: IdleSockets): Promise<PerSocket> => {
  const bare = await startChild<BareServer>('./bare-server.ts', { missed: 0, frameBytes: 0, isInspected: true });
  try {
    return await costOf(bare.answer.inspector, { ...given, url: bare.answer.url });
  } finally {
    bare.end();
  }
};

const rowsOf = (ours: PerSocket, bare: PerSocket): Row[] => [
  { metric: 'bare: resident memory for each', value: bare.resident, unit: 'KiB' },
  { metric: 'bare: heap and buffers for each', value: bare.heap, unit: 'KiB' },
  {
    metric: 'resident memory for each',
    value: ours.resident,
    unit: 'KiB',
    ratio: ours.resident / bare.resident,
    target: 'at most 16',
  },
  { metric: 'heap and buffers for each', value: ours.heap, unit: 'KiB', ratio: ours.heap / bare.heap },
];

/** Measures the memory of the server that idle sockets of users who have logged in take. */
export const run = async ({ sockets = SOCKETS }: Sizes): Promise<Report> => {
  const app = await startApp({
    env: { RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn', HEARTBEAT_INTERVAL: '60s' },
    nodeOptions: ['--inspect=127.0.0.1:0'],
  });
  try {
    const users = await signUpMany(app, Math.ceil(sockets / SOCKETS_OF_A_USER));
    const tokens = users.map(({ accessToken }) => accessToken);
    const given = { url: app.socketUrl, tokens, sockets };
    const inspector = /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(app.output())?.[0] ?? '';
    const ours = await costOf(inspector, given);
    const bare = await bareCost(given);
    return { name: `(h) ${sockets.toLocaleString('en')} idle sockets`, rows: rowsOf(ours, bare) };
  } finally {
    await app.stop();
  }
};
