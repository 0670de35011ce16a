import { setTimeout as sleep } from 'node:timers/promises';
import type { Projection } from '../../src/application/projections/projector.js';
import { messagesProjection, usersProjection } from '../../src/application/projections/registry.js';
import type { UserId } from '../../src/domain/kernel/ids.js';
import { createPostgresGenerations } from '../../src/infrastructure/projections/postgres/postgres-generations.js';
import type { ReadModel } from '../../src/infrastructure/projections/postgres/read-model.js';
import { rebuildProjection } from '../../src/application/projections/rebuild.js';
import { messagesReadModel } from '../../src/infrastructure/read-models/postgres/messages-read-model.js';
import { usersReadModel } from '../../src/infrastructure/read-models/postgres/users-read-model.js';
import { testDatabase } from '../support/postgres.js';
import { openFiller } from './filled-log.js';
import type { Report, Row } from './report.js';

const USERS = 200;
const MESSAGES_PER_PAIR = 1_000;

const observer = {
  advanced: () => undefined,
  parked: ({ type }: { type: string }, reason: string) => {
    throw new Error(`${type} was parked: ${reason}`);
  },
  retrying: (error: unknown) => {
    throw error;
  },
};

/** Measures the rebuild of every projection that can be rebuilt, from a log of 200 users and 100,000 messages. */
export const run = async (): Promise<Report> => {
  const { pool, drop } = await testDatabase();
  const { store, registerUser, startDirect, sendMany } = await openFiller(pool);
  try {
    const users: UserId[] = [];
    for (let n = 0; n < USERS; n += 1) users.push(await registerUser(n));
    for (let n = 0; n < USERS; n += 2) {
      const pair = users.slice(n, n + 2) as [UserId, UserId];
      await sendMany(await startDirect(...pair), pair, MESSAGES_PER_PAIR);
    }
    const events = Number(await store.head());

    const measure = async <Writers>(
      projection: Projection<Writers>,
      readModel: ReadModel<Writers>,
    ): Promise<number> => {
      const generations = createPostgresGenerations({ pool, projection, readModel });
      await generations.prepare();
      const startedAt = performance.now();
      const signal = new AbortController().signal;
      await rebuildProjection({ events: store, projection, generations, observer, signal, sleep });
      return (performance.now() - startedAt) / 1_000;
    };
    const usersSeconds = await measure(usersProjection, usersReadModel);
    const messagesSeconds = await measure(messagesProjection, messagesReadModel);
    const rows: Row[] = [
      { metric: 'projection users', value: events / usersSeconds, unit: 'events/s' },
      { metric: 'projection messages', value: events / messagesSeconds, unit: 'events/s' },
      {
        metric: 'all, one after another',
        value: events / (usersSeconds + messagesSeconds),
        unit: 'events/s',
        target: 'at least 10,000',
      },
    ];
    return { name: `(d) Rebuild from a log of ${events} events`, rows };
  } finally {
    await store.close();
    await drop();
  }
};
