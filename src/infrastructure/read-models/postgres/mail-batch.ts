import type pg from 'pg';
import type { MailKind } from '../../../application/ports/mail-outbox.js';
import type { MailWriters } from '../../../application/projections/registry.js';
import type { EventId, Instant, Position, TicketId, UserId } from '../../../domain/kernel/ids.js';
import type { Statement } from '../../postgres/one-trip.js';
import type { BatchWriter } from '../../projections/postgres/read-model.js';
import * as sql from './mail-outbox.sql.js';
import { recordset } from './recordset.js';

interface Recipient {
  readonly userId: UserId;
  readonly email: string;
  readonly displayName: string;
}

interface QueuedMail {
  readonly eventId: EventId;
  readonly kind: MailKind;
  readonly userId: UserId;
  readonly ticketId: TicketId;
  readonly expiresAt: Instant;
  readonly position: Position;
}

/**
 * Stores what the events of a batch mean for the queue of mails, in the order of the log, without reading it: others write
 * there as well, who send mails and repair the queue. What a user's erasure withdraws goes first, then comes what followed.
 */
export class MailBatch implements BatchWriter {
  readonly #onCommitted: () => void;
  readonly #withdrawn = new Set<UserId>();
  /** The recipients who were not there before, as they are behind the batch. */
  readonly #remembered = new Map<UserId, Recipient>();
  readonly #names = new Map<UserId, string>();
  readonly #queued = new Map<EventId, QueuedMail>();
  readonly writers: MailWriters = {
    outbox: {
      remember: ({ data: { userId, email, displayName } }) => {
        if (!this.#remembered.has(userId)) this.#remembered.set(userId, { userId, email, displayName });
      },
      rename: ({ data: { userId, displayName } }) => {
        this.#names.set(userId, displayName);
        const remembered = this.#remembered.get(userId);
        if (remembered) this.#remembered.set(userId, { ...remembered, displayName });
      },
      enqueue: (kind, { data: { userId, ticketId, expiresAt }, eventId, position }) =>
        void this.#queued.set(eventId, { eventId, kind, userId, ticketId, expiresAt, position }),
      withdraw: ({ data: { userId } }) => this.#withdraw(userId),
    },
  };

  constructor(onCommitted: () => void) {
    this.#onCommitted = onCommitted;
  }

  #withdraw(userId: UserId): void {
    this.#withdrawn.add(userId);
    this.#remembered.delete(userId);
    this.#names.delete(userId);
    for (const mail of this.#queued.values()) if (mail.userId === userId) this.#queued.delete(mail.eventId);
  }

  statements(): Statement[] {
    const names = [...this.#names].map(([userId, displayName]) => ({ userId, displayName }));
    const portions = [[...this.#remembered.values()], names, [...this.#queued.values()]];
    const withdraw = { ...sql.WITHDRAW, values: [[...this.#withdrawn]] };
    const save = { ...sql.SAVE, values: portions.flatMap(recordset) };
    return [
      ...(this.#withdrawn.size > 0 ? [withdraw] : []),
      ...(portions.some(({ length }) => length > 0) ? [save] : []),
    ];
  }

  settle(results: readonly pg.QueryResult[] | undefined): void {
    for (const each of [this.#withdrawn, this.#remembered, this.#names, this.#queued]) each.clear();
    if (results && results.length > 0) this.#onCommitted();
  }
}
