import { randomBytes, randomUUID } from 'node:crypto';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import type { MailOutbox, MailToSend } from '../../../src/application/ports/mail-outbox.js';
import type { MailTransport } from '../../../src/application/ports/mail-transport.js';
import { mailProjection } from '../../../src/application/projections/registry.js';
import { sendDueMails } from '../../../src/application/reactors/mailer.js';
import type { ChatEvents } from '../../../src/domain/event-catalogue.js';
import type { FactOf } from '../../../src/domain/kernel/fact.js';
import type { EventId, Position, StreamId, TicketId, UserId } from '../../../src/domain/kernel/ids.js';
import { createIdentifiers } from '../../../src/infrastructure/identifiers.js';
import { composeMail } from '../../../src/infrastructure/mail/compose.js';
import { prepareGeneration } from '../../../src/infrastructure/projections/postgres/generations.js';
import { PostgresProjectionStore } from '../../../src/infrastructure/projections/postgres/postgres-projection-store.js';
import { createMailOutbox, createMailReadModel } from '../../../src/infrastructure/read-models/postgres/mail-outbox.js';
import { createTickets } from '../../../src/infrastructure/security/tickets.js';
import { eventNumbered } from '../../support/test-codec.js';
import { fact } from '../../support/events.js';
import { testDatabase } from '../../support/postgres.js';

export const PUBLIC_URL = 'https://chat.example.org';

/** A registration of a user, as the log has it. */
export interface Registration {
  readonly userId: UserId;
  readonly ticketId: TicketId;
  readonly events: readonly RecordedEvent[];
}

export type MailQueue = Awaited<ReturnType<typeof openMailQueue>>;

/** Opens the queue of mails in a database of its own; the projection feeds it and the mailer empties it. */
export const openMailQueue = async () => {
  const { url, pool, drop } = await testDatabase();
  const tickets = createTickets(randomBytes(32));
  const identifiers = createIdentifiers();
  let queued = 0;
  const readModel = createMailReadModel(() => {
    queued += 1;
  });
  const client = await pool.connect();
  await prepareGeneration(client, mailProjection, readModel).finally(() => client.release());
  const projection = new PostgresProjectionStore({
    config: pool.options,
    projection: mailProjection,
    readModel,
    schema: mailProjection.name,
  });
  let { position = '0' as Position } = (await projection.acquire()) ?? {};
  let last = 0;

  const recorded = (of: FactOf<ChatEvents>): RecordedEvent => {
    last += 1;
    const { metadata } = eventNumbered(last);
    const streamId = 'user-test' as StreamId;
    const eventId = randomUUID() as EventId;
    return { position: `${last}` as Position, streamId, revision: 0, eventId, schemaVersion: 1, metadata, ...of };
  };

  const register = (email: string, displayName = 'Ada'): Registration => {
    const [userId, ticketId] = [identifiers.newUserId(), identifiers.newTicketId()];
    const user = fact('UserRegistered', { userId, email, displayName });
    const wish = fact('EmailVerificationRequested', { userId, ticketId });
    return { userId, ticketId, events: [recorded(user), recorded(wish)] };
  };

  /** Makes the events of a user who was erased. */
  const erased = (userId: UserId): RecordedEvent => recorded(fact('UserErased', { userId }));

  const project = async (events: readonly RecordedEvent[]): Promise<void> => {
    const to = `${Number(position) + events.length}` as Position;
    await projection.apply({ events, parked: [], from: position, to });
    position = to;
  };

  /**
   * Makes a mailer, on connections of its own if given. It keeps what was sent, what failed, and for how many seconds
   * it delayed those.
   */
  const mailer = (transport: MailTransport, connections = pool) => {
    const sent: MailToSend[] = [];
    const failed: { readonly mail: MailToSend; readonly error: unknown }[] = [];
    const waits: number[] = [];
    const outbox = createMailOutbox(connections);
    const noting: MailOutbox = {
      ...outbox,
      markFailed: async (eventId, retryInSeconds, error) => {
        waits.push(retryInSeconds);
        await outbox.markFailed(eventId, retryInSeconds, error);
      },
    };
    const run = sendDueMails(noting, transport, composeMail(tickets, PUBLIC_URL), {
      sent: (mail) => void sent.push(mail),
      failed: (mail, error) => void failed.push({ mail, error }),
    });
    return { run, sent, failed, waits };
  };

  /**
   * Opens a node inside a transaction of its own. Its mails stay locked, and its clock stands still, until the
   * transaction ends.
   */
  const openNode = async () => {
    const connection = await pool.connect();
    await connection.query('begin');
    return {
      connection,
      outbox: createMailOutbox(connection),
      end: async () => {
        await connection.query('rollback');
        connection.release();
      },
    };
  };

  return {
    url,
    tickets,
    register,
    erased,
    project,
    mailer,
    /** Answers how often the mailer was told that there is something to send. */
    wakes: () => queued,
    /** Changes the queue as if so much time had passed that every retry is due. */
    letTimePass: () => pool.query('update mail.outbox set next_attempt_at = now()'),
    /** Lets this many nodes take mails, each before any other has committed; answers the ids that each was given. */
    takeAtOnce: async (nodes: number, each: number): Promise<EventId[][]> => {
      const taken: EventId[][] = [];
      const open: Awaited<ReturnType<typeof openNode>>[] = [];
      for (let n = 0; n < nodes; n += 1) {
        const node = await openNode();
        open.push(node);
        taken.push((await node.outbox.claimDue(each)).map(({ eventId }) => eventId));
      }
      for (const { end } of open) await end();
      return taken;
    },
    /** Answers in how many seconds a mail is due after it was delayed by this many. */
    putOff: async (eventId: EventId, seconds: number): Promise<number> => {
      const { connection, outbox, end } = await openNode();
      await outbox.markFailed(eventId, seconds, 'it was refused');
      const { rows } = await connection.query<{ seconds: number }>(
        'select extract(epoch from next_attempt_at - now())::float as seconds from mail.outbox where event_id = $1',
        [eventId],
      );
      await end();
      return rows[0]!.seconds;
    },
    /** Answers the waiting mails in the order of the log. */
    waiting: async () => {
      const { rows } = await pool.query<{ attempts: number; last_error: string | null }>(
        'select attempts, last_error from mail.outbox where sent_at is null order by position',
      );
      return rows;
    },
    close: async () => {
      await projection.release();
      await drop();
    },
  };
};
