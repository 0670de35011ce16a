import type pg from 'pg';
import type { EventStore } from '../../application/ports/event-store.js';
import type { Projection } from '../../application/projections/projector.js';
import { mailProjection, messagesProjection, usersProjection } from '../../application/projections/registry.js';
import { queueMissedMails, type MissedMailParts } from '../../application/reactors/queue-missed-mails.js';
import type { ReadModel } from '../projections/postgres/read-model.js';
import { createMailReadModel } from '../read-models/postgres/mail-outbox.js';
import { mendOutbox } from '../read-models/postgres/mend-outbox.sql.js';
import { createMessagesReadModel } from '../read-models/postgres/messages-read-model.js';
import { createMissedMails } from '../read-models/postgres/missed-mails.js';
import { usersReadModel } from '../read-models/postgres/users-read-model.js';
import { systemClock } from '../system-clock.js';

/** How a projection that cannot be rebuilt is brought to what the log says. */
export interface Mending {
  /** Enters what it has passed over; answers how much. */
  readonly addMissed: (parts: Pick<MissedMailParts, 'signal' | 'onFailed'>) => Promise<number>;
  /** The statements that then put its rows right, from tables made anew in this schema. */
  readonly statementsFor: (anewSchema: string) => readonly string[];
}

/** A projection with the tables that it fills. */
export interface RegisteredProjection<Writers> {
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
  /** Where the projection is not rebuilt. */
  readonly mending?: Mending;
}

/** Hands a registered projection to a function that works for any kind of writers. */
export type WithRegistered = <Result>(use: <Writers>(registered: RegisteredProjection<Writers>) => Result) => Result;

export interface RegistryParts {
  readonly pool: pg.Pool;
  readonly events: EventStore;
  /** Called with the ordinals that messages were given. */
  readonly onSequenced: Parameters<typeof createMessagesReadModel>[0];
  /** Called when a mail was put into the queue. */
  readonly onMail: () => void;
}

const register =
  <Writers>(registered: RegisteredProjection<Writers>): WithRegistered =>
  (use) =>
    use(registered);

/** Every projection that there is, with its tables in PostgreSQL. */
export const registeredProjections = ({ pool, events, onSequenced, onMail }: RegistryParts): WithRegistered[] => [
  register({ projection: usersProjection, readModel: usersReadModel }),
  register({ projection: messagesProjection, readModel: createMessagesReadModel(onSequenced) }),
  register({
    projection: mailProjection,
    readModel: createMailReadModel(onMail),
    mending: {
      addMissed: (parts) =>
        queueMissedMails({ store: events, mails: createMissedMails(pool), now: systemClock, ...parts }),
      statementsFor: mendOutbox,
    },
  }),
];
