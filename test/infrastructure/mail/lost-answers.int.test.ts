import { expect } from 'chai';
import type pg from 'pg';
import { createSmtpTransport } from '../../../src/infrastructure/mail/transports.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { openTcpProxy, type Fault, type TcpProxy } from '../../support/tcp-proxy.js';
import { openInbox, type Inbox } from './inbox.js';
import { openMailQueue, type MailQueue } from './queue.js';

/** When the answer to "this mail was sent" was lost, the mail counted as failed and was sent twice. */
describe('A mailer whose connection to its queue fails', () => {
  let queue: MailQueue;
  let inbox: Inbox;
  let proxy: TcpProxy;
  let pool: pg.Pool;
  let transport: ReturnType<typeof createSmtpTransport>;

  beforeEach(async () => {
    queue = await openMailQueue();
    inbox = await openInbox();
    proxy = await openTcpProxy(queue.url);
    pool = createPool({ url: proxy.url, max: 2, name: 'mailer', onIdleError: () => undefined });
    transport = createSmtpTransport(inbox.url, 'ChatApp <chatapp@example.org>');
    await queue.project(queue.register('ada@example.org').events);
  });
  afterEach(async () => {
    transport.close();
    await pool.end();
    await proxy.close();
    await inbox.close();
    await queue.close();
  });

  const recipients = () => inbox.mails.flatMap((mail) => mail.recipients);

  const faults: readonly (readonly [string, Fault])[] = [
    ['the answer is lost', { what: 'drop the answer' }],
    ['only the first bytes arrive', { what: 'cut', atByte: 10 }],
    ['the answer is late', { what: 'delay', milliseconds: 100 }],
  ];
  for (const [name, fault] of faults) {
    it(`sends a mail once where it says that it was sent, and ${name}`, async () => {
      const failed = proxy.failNext('set sent_at', fault);
      const { run, sent, failed: refused } = queue.mailer(transport, pool);
      expect(await run()).to.equal(1);
      await failed;
      await queue.letTimePass();
      expect(await run()).to.equal(0);
      expect([recipients(), sent.length, refused]).to.deep.equal([['ada@example.org'], 1, []]);
    });

    it(`sends a mail once where it takes it, and ${name}`, async () => {
      const failed = proxy.failNext('for update skip locked', fault);
      const { run } = queue.mailer(transport, pool);
      await run().catch(() => undefined); // its consumer starts it again
      await failed;
      await queue.letTimePass();
      await run();
      await queue.letTimePass();
      expect(await run()).to.equal(0);
      expect(recipients()).to.deep.equal(['ada@example.org']);
    });
  }
});
