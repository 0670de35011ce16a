import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { EventStore } from '../../application/ports/event-store.js';
import type { ProjectionOperations } from '../../application/ports/projection-operations.js';
import { operateProjections } from '../../application/projections/operate-projections.js';
import type { RegisteredProjection } from '../../application/projections/registered-projection.js';
import {
  mailProjection,
  mediaProjection,
  messagesProjection,
  searchProjection,
  usersProjection,
} from '../../application/projections/registry.js';
import { queueMissedMails } from '../../application/reactors/queue-missed-mails.js';
import { createPostgresGenerations } from './postgres/postgres-generations.js';
import { createProjectionStatuses } from './postgres/projection-statuses.js';
import { createMailReadModel } from '../read-models/postgres/mail-outbox.js';
import { mediaReadModel } from '../read-models/postgres/media-read-model.js';
import { messagesReadModel } from '../read-models/postgres/messages-read-model.js';
import { searchReadModel } from '../read-models/postgres/search-read-model.js';
import { createMissedMails } from '../read-models/postgres/missed-mails.js';
import { usersReadModel } from '../read-models/postgres/users-read-model.js';
import { systemClock } from '../system-clock.js';

export interface RegistryParts {
  readonly pool: pg.Pool;
  readonly events: EventStore;
  /** Called when a mail was put into the queue. */
  readonly onMail: () => void;
}

/** Lists every projection, with its tables in PostgreSQL. */
export const registeredProjections = (parts: RegistryParts): readonly RegisteredProjection[] => {
  const { pool, events, onMail } = parts;
  const users = { pool, projection: usersProjection, readModel: usersReadModel };
  const media = { pool, projection: mediaProjection, readModel: mediaReadModel };
  const messages = { pool, projection: messagesProjection, readModel: messagesReadModel };
  const search = { pool, projection: searchProjection, readModel: searchReadModel };
  const mail = { pool, projection: mailProjection, readModel: createMailReadModel(onMail) };
  return [
    { projection: usersProjection, generations: createPostgresGenerations(users) },
    { projection: messagesProjection, generations: createPostgresGenerations(messages) },
    { projection: mediaProjection, generations: createPostgresGenerations(media) },
    { projection: searchProjection, generations: createPostgresGenerations(search) },
    {
      projection: mailProjection,
      generations: createPostgresGenerations(mail),
      addMissed: (missed) =>
        queueMissedMails({ store: events, mails: createMissedMails(pool), now: systemClock, ...missed }),
    },
  ];
};

/** Makes the operations that operators run on the projections in PostgreSQL. */
export const createProjectionOperations = (pool: pg.Pool, events: EventStore): ProjectionOperations => {
  return operateProjections({
    registered: registeredProjections({ pool, events, onMail: () => undefined }),
    statuses: createProjectionStatuses(pool),
    events,
    sleep: (milliseconds) => sleep(milliseconds),
  });
};
