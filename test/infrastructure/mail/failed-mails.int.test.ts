import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Consumers } from '../../../src/application/consumers/consumers.js';
import { loadConfig } from '../../../src/infrastructure/config.js';
import { runMailer } from '../../../src/infrastructure/mail/run-mailer.js';
import { createLogger } from '../../../src/infrastructure/observability/logger.js';
import { createMetrics } from '../../../src/infrastructure/observability/metrics.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { ReleaseStack } from '../../../src/infrastructure/release-stack.js';
import { eventually } from '../../support/eventually.js';
import { openInbox } from './inbox.js';
import { openMailQueue, PUBLIC_URL } from './queue.js';

const REFUSED = 'refused@example.org';

describe('A mail that fails', () => {
  // Nothing noticed where only the mails were counted that are sent.
  it('is counted, and logged without the address that the mail server names', async () => {
    const queue = await openMailQueue();
    const inbox = await openInbox(undefined, [REFUSED]);
    const pool = createPool({ url: queue.url, max: 2, name: 'test', onIdleError: () => undefined });
    const releases = new ReleaseStack((name, error) => expect.fail(`${name}: ${String(error)}`));
    const metrics = createMetrics();
    let written = '';
    const destination = { write: (line: string) => void (written += line) };
    await queue.project([...queue.register(REFUSED).events, ...queue.register('ada@example.org').events]);
    runMailer(loadConfig({ SMTP_URL: inbox.url }), PUBLIC_URL, {
      pool,
      tickets: queue.tickets,
      consumers: new Consumers({
        now: () => performance.now(),
        sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined), // the signal ends it
        onFailed: (_, error) => expect.fail(String(error)),
      }),
      metrics,
      log: createLogger({ level: 'debug', destination }),
      releases,
    });
    const { values } = await eventually(
      () => metrics.mails.get(),
      (mails) => mails.values.length === 2,
    );
    expect(Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]))).to.deep.equal({
      sent: 1,
      failed: 1,
    });
    expect(written).to.include('mail failed, it is tried again').and.not.include(REFUSED);
    await releases.releaseAll();
    await pool.end();
    await inbox.close();
    await queue.close();
  });
});
