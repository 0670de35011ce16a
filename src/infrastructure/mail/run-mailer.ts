import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Consumer } from '../../application/consumers/consumer.js';
import type { Consumers } from '../../application/consumers/consumers.js';
import type { MailTransport } from '../../application/ports/mail-transport.js';
import { sendDueMails } from '../../application/reactors/mailer.js';
import type { Tickets } from '../../application/ports/tickets.js';
import type { Config } from '../config.js';
import { composeMail } from './compose.js';
import { createMailFolder, createSmtpTransport, type KeptMail } from './transports.js';
import type { Metrics } from '../observability/metrics.js';
import { createMailOutbox } from '../read-models/postgres/mail-outbox.js';
import type { ReleaseStack } from '../release-stack.js';

export interface MailerParts {
  readonly pool: pg.Pool;
  readonly tickets: Tickets;
  readonly consumers: Consumers;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly releases: ReleaseStack;
}

/** Answers what may be logged of an SMTP error: everything but its words, which name the recipient. */
const smtpFailureOf = (error: unknown) => {
  const { name, code, responseCode, command } = error as Partial<Record<string, unknown>>;
  return { error: name, code, responseCode, command };
};

const LOOK_AGAIN_MS = 5_000;
const QUIET_SECONDS = LOOK_AGAIN_MS / 1_000 + 1;

/** Chooses how mails are sent: by SMTP where a server is configured, else into a folder, and their links are logged. */
const transportOf = (config: Config, { log, releases }: MailerParts) => {
  if (config.SMTP_URL !== undefined) {
    const smtp = createSmtpTransport(config.SMTP_URL, config.MAIL_FROM);
    releases.own('SMTP connection', smtp, (it) => it.close());
    return { transport: smtp, mailbox: undefined };
  }
  const folder = createMailFolder(join(resolve(config.DATA_DIR), 'mail'), config.MAIL_FROM);
  const transport: MailTransport = {
    kept: folder.kept,
    forget: folder.forget,
    send: async (mail) => {
      await folder.send(mail);
      log.info({ link: /https?:\/\/\S+/.exec(mail.text)?.[0] }, 'mail kept');
    },
  };
  return { transport, mailbox: config.NODE_ENV === 'production' ? undefined : folder.list };
};

export interface RunningMailer {
  /** Lists the mails that were kept; undefined where they are sent. */
  readonly mailbox: ((limit: number) => Promise<KeptMail[]>) | undefined;
  /** Makes it look at the queue at once. */
  wake(): void;
}

/** Sends mails as they fall due, until it is released. */
export const runMailer = (config: Config, publicUrl: string, parts: MailerParts): RunningMailer => {
  const { pool, tickets, consumers, metrics, log, releases } = parts;
  const { transport, mailbox } = transportOf(config, parts);
  const ending = new AbortController();
  let wake = new AbortController();
  const work = async (consumer: Consumer): Promise<void> => {
    const send = sendDueMails(createMailOutbox(pool), transport, composeMail(tickets, publicUrl), {
      sent: ({ kind }) => {
        consumer.alive();
        metrics.mails.inc({ outcome: 'sent' });
        log.info({ kind }, 'mail sent');
      },
      failed: ({ kind, attempts }, error) => {
        consumer.alive();
        metrics.mails.inc({ outcome: 'failed' });
        log.warn({ ...smtpFailureOf(error), kind, attempts }, 'mail failed, it is tried again');
      },
    });
    while (!ending.signal.aborted) {
      wake = new AbortController();
      const count = await send();
      consumer.alive();
      const signal = AbortSignal.any([ending.signal, wake.signal]);
      if (count === 0) await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined); // A new mail ends the pause.
    }
  };
  const running = consumers.run('mailer', ending.signal, work, { quietSeconds: QUIET_SECONDS });
  releases.own('mailer', ending, async (it) => {
    it.abort();
    await running;
  });
  return { mailbox, wake: () => wake.abort() };
};
