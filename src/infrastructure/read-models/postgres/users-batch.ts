import type { RecordedEvent } from '../../../application/ports/event-store.js';
import { profileRows } from '../../../application/projections/profiles.js';
import type { UsersWriters } from '../../../application/projections/registry.js';
import { sessionRows } from '../../../application/projections/sessions.js';
import {
  relationKey,
  type EpochRow,
  type RelationRow,
  type SessionRow,
  type UserRow,
} from '../../../application/projections/users-tables.js';
import type { Statement } from '../../postgres/one-trip.js';
import type { Ask, BatchWriter, RowLoader } from '../../projections/postgres/read-model.js';
import { KnownRows } from '../known-rows.js';
import { recordset } from './recordset.js';
import { touchedUserRows } from './touched-user-rows.js';
import * as sql from './users-rows.sql.js';

interface Loaded {
  readonly users: readonly UserRow[];
  readonly relations: readonly RelationRow[];
  readonly sessions: readonly SessionRow[];
  readonly epochs: readonly EpochRow[];
}

/**
 * Stores what the events of a batch mean: the application says that in rows. Those that it depends on are read before, in one
 * question, and forgotten behind the batch: an event of a user is seldom followed by another of the same user.
 */
export class UsersBatch implements BatchWriter, RowLoader {
  readonly #tables = {
    users: new KnownRows<UserRow>(),
    relations: new KnownRows<RelationRow>(),
    sessions: new KnownRows<SessionRow>(),
    epochs: new KnownRows<EpochRow>(),
  };
  readonly writers: UsersWriters = { profiles: profileRows(this.#tables), sessions: sessionRows(this.#tables) };

  async load(events: readonly RecordedEvent[], ask: Ask): Promise<void> {
    const values = touchedUserRows(events);
    if (values.every(({ length }) => length === 0)) return;
    const [found] = await ask<Loaded>({ ...sql.LOAD, values });
    if (found) this.#learn(found);
  }

  #learn(found: Loaded): void {
    const { users, relations, sessions, epochs } = this.#tables;
    for (const row of found.users) users.learn(row.userId, row);
    for (const row of found.relations) relations.learn(relationKey(row.kind, row.userId, row.otherId), row);
    for (const row of found.sessions) sessions.learn(row.sessionId, row);
    for (const row of found.epochs) epochs.learn(row.userId, row);
  }

  forget(): void {
    for (const rows of Object.values(this.#tables)) rows.forget();
  }

  statements(): Statement[] {
    const { users, relations, sessions, epochs } = this.#tables;
    const portions = [
      users.changed.map(({ settings, ...row }) => ({ ...row, ...settings })),
      ...[relations.changed, relations.removed],
      ...[sessions.changed, sessions.removed],
      epochs.changed,
    ];
    if (portions.every(({ length }) => length === 0)) return [];
    return [{ ...sql.SAVE, values: portions.flatMap(recordset) }];
  }

  taken(): void {
    this.forget();
  }

  settle(results?: readonly unknown[]): void {
    if (!results) this.forget();
  }
}
