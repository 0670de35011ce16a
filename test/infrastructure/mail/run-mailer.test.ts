import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type pg from 'pg';
import { pino } from 'pino';
import { Consumers } from '../../../src/application/consumers/consumers.js';
import { loadConfig } from '../../../src/infrastructure/config.js';
import { runMailer } from '../../../src/infrastructure/mail/run-mailer.js';
import { createMetrics } from '../../../src/infrastructure/observability/metrics.js';
import { ReleaseStack } from '../../../src/infrastructure/release-stack.js';
import { createTickets } from '../../../src/infrastructure/security/tickets.js';
import { eventually } from '../../support/eventually.js';

/** These tries take half a minute together; nothing is reported in its first six seconds. */
const TRIES = 8;

describe('The mailer of a server', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'chatapp-mailer-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  // A sign of life before the queue is read would come at each new try, however often it fails.
  it('gives no sign of life while it cannot read its queue, and gives one when it can', async () => {
    let now = 0;
    let isDown = true;
    const silences: number[] = [];
    const consumers = new Consumers({
      now: () => now,
      sleep: async (milliseconds) => {
        now += milliseconds;
        silences.push(Math.floor(mailer().silentSeconds));
        isDown = silences.length < TRIES;
      },
      onFailed: () => undefined,
    });
    const mailer = () => consumers.all.find(({ name }) => name === 'mailer')!;
    const query = async () => {
      if (isDown) throw new Error('out of reach');
      return { rows: [] };
    };
    const releases = new ReleaseStack(() => expect.fail('everything can be released'));
    runMailer(loadConfig({ DATA_DIR: dataDir }), 'http://localhost', {
      pool: { query } as unknown as pg.Pool,
      tickets: createTickets(randomBytes(32)),
      consumers,
      metrics: createMetrics(),
      log: pino({ enabled: false }),
      releases,
    });
    await eventually(
      async () => mailer().silentSeconds,
      (seconds) => !isDown && seconds === 0,
    );
    await releases.releaseAll();
    expect(silences).to.deep.equal([0, 0, 0, 0, 0, 6, 16, 26]);
  });
});
