import type pg from 'pg';
import type { ConversationViews } from '../../application/ports/conversation-views.js';
import type { DeliveryViews } from '../../application/ports/delivery-views.js';
import type { MessageViews } from '../../application/ports/message-views.js';
import type { PinViews } from '../../application/ports/pin-views.js';
import type { SearchViews } from '../../application/ports/search-views.js';
import type { ProjectedMessages } from '../../application/ports/projected-messages.js';
import type { ProjectionGenerations } from '../../application/ports/projection-generations.js';
import type { ProjectionStatuses } from '../../application/ports/projection-statuses.js';
import { messagesProjection as projection, searchProjection } from '../../application/projections/registry.js';
import type { MongoDatabase } from '../mongodb/open-mongo.js';
import { joinedStatuses } from '../projections/joined-statuses.js';
import { MongoGenerations } from '../projections/mongodb/mongo-generations.js';
import { createProjectionStatuses as statusesInMongo } from '../projections/mongodb/projection-statuses.js';
import { readingFrom } from '../projections/mongodb/used-generation.js';
import { createPostgresGenerations } from '../projections/postgres/postgres-generations.js';
import { createProgressTeller } from '../projections/postgres/progress-teller.js';
import { createProjectionStatuses } from '../projections/postgres/projection-statuses.js';
import type { RunningPrograms } from '../projections/running-programs.js';
import { createConversationViews as conversationsInMongo } from '../read-models/mongodb/conversation-views.js';
import { createDeliveryViews as deliveriesInMongo } from '../read-models/mongodb/delivery-views.js';
import { createMessageViews as messagesIn } from '../read-models/mongodb/message-views.js';
import { messagesInMongo } from '../read-models/mongodb/messages-read-model.js';
import { createPinViews as pinsInMongo } from '../read-models/mongodb/pin-views.js';
import { searchInMongo } from '../read-models/mongodb/search-read-model.js';
import { createSearchViews as searchViewsInMongo } from '../read-models/mongodb/search-views.js';
import { createProjectedMessages as projectedInMongo } from '../read-models/mongodb/projected-messages.js';
import { createConversationViews } from '../read-models/postgres/conversation-views.js';
import { createDeliveryViews } from '../read-models/postgres/delivery-views.js';
import { createMessageViews } from '../read-models/postgres/message-views.js';
import { messagesReadModel } from '../read-models/postgres/messages-read-model.js';
import { createPinViews } from '../read-models/postgres/pin-views.js';
import { createProjectedMessages } from '../read-models/postgres/projected-messages.js';
import { searchReadModel } from '../read-models/postgres/search-read-model.js';
import { createSearchViews } from '../read-models/postgres/search-views.js';

/** The generations of what is kept together. */
export interface KeptGenerations {
  readonly messages: ProjectionGenerations;
  readonly search: ProjectionGenerations;
}

/** Where the read models of messages are kept. */
export interface MessageEngine {
  /** Its name and version; undefined where it is the database of everything else. */
  readonly server: string | undefined;
  /** The MongoDB in which it is, and files with it. */
  readonly mongo: MongoDatabase | undefined;
  readonly conversations: ConversationViews;
  readonly messages: MessageViews;
  readonly pins: PinViews;
  readonly deliveries: DeliveryViews;
  readonly projected: ProjectedMessages;
  readonly search: SearchViews;
  readonly generations: KeptGenerations;
  /** The states of all projections, wherever they are kept. */
  readonly statuses: ProjectionStatuses;
  /** Calls when the last of what was stored may have been taken back, as by a crash of the server. */
  readonly onLost: (listener: () => void) => void;
}

/** Keeps messages in PostgreSQL, beside everything else. */
export const messagesInPostgres = (pool: pg.Pool): MessageEngine => ({
  server: undefined,
  mongo: undefined,
  conversations: createConversationViews(pool),
  messages: createMessageViews(pool),
  pins: createPinViews(pool),
  deliveries: createDeliveryViews(pool),
  projected: createProjectedMessages(pool),
  search: createSearchViews(pool),
  generations: {
    messages: createPostgresGenerations({ pool, projection, readModel: messagesReadModel }),
    search: createPostgresGenerations({ pool, projection: searchProjection, readModel: searchReadModel }),
  },
  statuses: createProjectionStatuses(pool),
  onLost: () => undefined, // the listener on PostgreSQL notices
});

/** Keeps messages in MongoDB. Other nodes are told through PostgreSQL how far they have come. */
export const messagesInMongoDb = (
  mongo: MongoDatabase,
  pool: pg.Pool,
  programs: RunningPrograms | undefined,
): MessageEngine => {
  const reading = readingFrom(mongo, projection.name);
  const kept = { mongo, programs, teller: createProgressTeller(pool) };
  return {
    server: mongo.server,
    mongo,
    conversations: conversationsInMongo(reading),
    messages: messagesIn(reading),
    pins: pinsInMongo(reading),
    deliveries: deliveriesInMongo(reading),
    projected: projectedInMongo(reading),
    search: searchViewsInMongo(readingFrom(mongo, searchProjection.name)),
    generations: {
      messages: new MongoGenerations({ ...kept, projection, readModel: messagesInMongo }),
      search: new MongoGenerations({ ...kept, projection: searchProjection, readModel: searchInMongo }),
    },
    statuses: joinedStatuses(createProjectionStatuses(pool), statusesInMongo(mongo.db), [
      projection.name,
      searchProjection.name,
    ]),
    onLost: (listener) => void mongo.db.client.on('connectionPoolCleared', listener),
  };
};
