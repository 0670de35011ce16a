import { startApp } from '../support/app.js';
import { signUpMany, startGroup, type BenchUser } from './bench-users.js';
import type { BareServer } from './bare-server.js';
import { inChild, startChild } from './child.js';
import type { FanOut, FanOutResult } from './fan-out-load.js';
import type { Report, Row } from './report.js';
import type { Sizes } from './sizes.js';

/** The members of a small group. */
const SOME = 200;
const ALL = 999;
const SECONDS = 5;
const IN_FLIGHT = 16;

const rowsOf = (name: string, ours: FanOutResult, bare: FanOutResult): Row[] => [
  { metric: `${name}: bare sockets`, value: bare.deliveriesPerSecond, unit: 'frames/s' },
  { metric: `${name}: bare sockets, p99`, value: bare.p99, unit: 'ms' },
  {
    metric: `${name}: delivered`,
    value: ours.deliveriesPerSecond,
    unit: 'frames/s',
    ratio: ours.deliveriesPerSecond / bare.deliveriesPerSecond,
    target: 'at least 50 %',
  },
  { metric: `${name}: p50 from send to each frame`, value: ours.p50, unit: 'ms' },
  { metric: `${name}: p99`, value: ours.p99, unit: 'ms' },
];

/** Puts the same load on a server that does nothing but write frames of this size, made once, to all sockets. */
const bareFanOut = async (load: FanOut, frameBytes: number): Promise<FanOutResult> => {
  const bare = await startChild<BareServer>('./bare-server.ts', { missed: 0, frameBytes });
  try {
    return await inChild<FanOutResult>('./fan-out-load.ts', { ...load, url: bare.answer.url });
  } finally {
    bare.end();
  }
};

/** Measures one sender and the sockets of all other members of a group, 16 messages under way at a time. */
export const run = async ({ sockets = ALL, seconds = SECONDS }: Sizes): Promise<Report> => {
  const app = await startApp({ env: { RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn' } });
  try {
    const [owner, ...others] = (await signUpMany(app, sockets + 1)) as [BenchUser, ...BenchUser[]];
    const rows: Row[] = [];
    for (const count of new Set([Math.min(SOME, sockets), sockets])) {
      const members = others.slice(0, count);
      const conversationId = await startGroup(app, owner, members);
      const receivers = members.map(({ accessToken }) => accessToken);
      const base = { url: app.socketUrl, sender: owner.accessToken, receivers, conversationId, inFlight: IN_FLIGHT };
      await inChild<FanOutResult>('./fan-out-load.ts', { ...base, seconds: seconds / 2 });
      const ours = await inChild<FanOutResult>('./fan-out-load.ts', { ...base, seconds });
      const bare = await bareFanOut({ ...base, seconds }, ours.frameBytes);
      rows.push(...rowsOf(`${count} sockets`, ours, bare));
    }
    return { name: `(g) One sender to a group, ${IN_FLIGHT} messages under way`, rows };
  } finally {
    await app.stop();
  }
};
