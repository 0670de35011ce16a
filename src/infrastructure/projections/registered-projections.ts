import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { StoredLog } from '../event-store/stored-log.js';
import type { ProjectionStatuses } from '../../application/ports/projection-statuses.js';
import type { ProjectionOperations } from '../../application/ports/projection-operations.js';
import { operateProjections } from '../../application/projections/operate-projections.js';
import type { RegisteredProjection } from '../../application/projections/registered-projection.js';
import {
  auditIndexProjection,
  mailProjection,
  mediaProjection,
  messagesProjection,
  searchProjection,
  usersProjection,
} from '../../application/projections/registry.js';
import { queueMissedMails } from '../../application/reactors/queue-missed-mails.js';
import type { KeptGenerations } from '../stores/message-engine.js';
import { createPostgresGenerations } from './postgres/postgres-generations.js';
import { auditIndexReadModel } from '../read-models/postgres/audit-index-read-model.js';
import { createMailReadModel } from '../read-models/postgres/mail-outbox.js';
import { mediaReadModel } from '../read-models/postgres/media-read-model.js';
import { createMissedMails } from '../read-models/postgres/missed-mails.js';
import { usersReadModel } from '../read-models/postgres/users-read-model.js';
import { systemClock } from '../system-clock.js';

export interface RegistryParts {
  readonly pool: pg.Pool;
  readonly events: StoredLog;
  /** What keeps messages, wherever that is. */
  readonly kept: KeptGenerations;
  /** Called when a mail was put into the queue. */
  readonly onMail: () => void;
}

/** Lists every projection, with its tables in PostgreSQL, but for messages, which may be kept elsewhere. */
export const registeredProjections = (parts: RegistryParts): readonly RegisteredProjection[] => {
  const { pool, events, kept, onMail } = parts;
  const users = { pool, projection: usersProjection, readModel: usersReadModel };
  const media = { pool, projection: mediaProjection, readModel: mediaReadModel };
  const auditIndex = { pool, projection: auditIndexProjection, readModel: auditIndexReadModel };
  const mail = { pool, projection: mailProjection, readModel: createMailReadModel(onMail) };
  return [
    { projection: usersProjection, generations: createPostgresGenerations(users) },
    { projection: messagesProjection, generations: kept.messages },
    { projection: mediaProjection, generations: createPostgresGenerations(media) },
    { projection: searchProjection, generations: kept.search },
    { projection: auditIndexProjection, generations: createPostgresGenerations(auditIndex) },
    {
      projection: mailProjection,
      generations: createPostgresGenerations(mail),
      addMissed: (missed) =>
        queueMissedMails({ store: events, mails: createMissedMails(pool, events.raw), now: systemClock, ...missed }),
    },
  ];
};

/** Where messages are kept, and the states of all projections. */
export interface KeptMessages {
  readonly generations: KeptGenerations;
  readonly statuses: ProjectionStatuses;
}

/** Makes the operations that operators run on the projections. */
export const createProjectionOperations = (
  pool: pg.Pool,
  events: StoredLog,
  { generations, statuses }: KeptMessages,
): ProjectionOperations => {
  return operateProjections({
    registered: registeredProjections({ pool, events, kept: generations, onMail: () => undefined }),
    statuses,
    events,
    sleep: (milliseconds) => sleep(milliseconds),
  });
};
