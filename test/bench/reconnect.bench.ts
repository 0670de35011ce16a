import { startApp } from '../support/app.js';
import type { BareServer } from './bare-server.js';
import { signUpMany, startGroup, type BenchUser } from './bench-users.js';
import { inChild, startChild } from './child.js';
import type { Reconnect, Reconnected } from './reconnect-load.js';
import type { Report, Row } from './report.js';
import type { Sizes } from './sizes.js';

const SOCKETS = 999;
/** About what the frame of a message has. */
const FRAME_BYTES = 500;

const bareReconnect = async (load: Reconnect): Promise<Reconnected> => {
  const bare = await startChild<BareServer>('./bare-server.ts', { missed: 1, frameBytes: FRAME_BYTES });
  try {
    return await inChild<Reconnected>('./reconnect-load.ts', { ...load, url: bare.answer.url });
  } finally {
    bare.end();
  }
};

const rowsOf = (name: string, { ready, resumed, live }: Reconnected): Row[] => [
  { metric: `${name}: all have logged in`, value: ready, unit: 'ms' },
  { metric: `${name}: all have what they missed`, value: resumed, unit: 'ms' },
  { metric: `${name}: all got the next message`, value: live, unit: 'ms' },
];

/** Measures how long the members of a group take who are all cut off at once, miss a message, and connect again. */
export const run = async ({ sockets = SOCKETS }: Sizes): Promise<Report> => {
  const app = await startApp({ env: { RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn' } });
  try {
    const [owner, ...others] = (await signUpMany(app, sockets + 1)) as [BenchUser, ...BenchUser[]];
    const conversationId = await startGroup(app, owner, others);
    const receivers = others.map(({ accessToken }) => accessToken);
    const load = { url: app.socketUrl, sender: owner.accessToken, receivers, conversationId };
    await inChild<Reconnected>('./reconnect-load.ts', load);
    const ours = await inChild<Reconnected>('./reconnect-load.ts', load);
    const bare = await bareReconnect(load);
    return {
      name: `(j) ${sockets} sockets that connect again at once`,
      rows: [...rowsOf('bare sockets', bare), ...rowsOf('ours', ours)],
    };
  } finally {
    await app.stop();
  }
};
