import { expect } from 'chai';
import fc from 'fast-check';
import { shownOfConversations } from '../../../contracts/random-read-models.js';
import type { Views } from '../../../contracts/read-model-steps.js';
import { positionOf, userNumber } from '../../../support/ids.js';
import { openMemoryReadModels } from '../../../support/memory-read-models.js';
import { describeOnMongo, type MongoNeeds } from '../../../support/mongodb.js';
import { messageViewsOf } from '../../../support/mongo-read-models.js';
import { messagesIn, openStoredMessages } from '../../../support/mongo-messages.js';
import { feed, recorded } from '../../../support/projections.js';
import { attempts } from '../../../support/random-attempts.js';
import { historyOf } from '../../../support/random-history.js';
import { watchCommands } from '../../../support/watched-commands.js';

const LONG_MS = 120_000;
const HISTORIES = 5;
/** FerretDB answers a scan for everything. */
const REAL: MongoNeeds = { real: true };

const stagesOf = (plan: unknown): readonly string[] => {
  if (typeof plan !== 'object' || plan === null) return [];
  return Object.entries(plan).flatMap(([name, value]) =>
    name === 'stage' && typeof value === 'string' ? [value] : stagesOf(value),
  );
};

describeOnMongo(
  'Queries of messages in MongoDB',
  (server) => {
    it('use an index, each of them, and so do batches', async function () {
      this.timeout(LONG_MS);
      const stored = await openStoredMessages(server(), { monitorCommands: true });
      try {
        const { db } = stored.mongo;
        const watched = watchCommands(db);
        const others = await openMemoryReadModels();
        const views: Views = { ...others, ...messageViewsOf(stored) };
        for (const tried of fc.sample(attempts, HISTORIES)) {
          await stored.empty();
          const events = recorded(historyOf(tried));
          const store = messagesIn(stored.mongo).open();
          await feed(store, events, [events.length]);
          await store.release();
          const middle = positionOf(Math.floor(events.length / 2));
          await shownOfConversations(views, [middle]);
          await views.deliveries.unreadUpTo([{ userId: userNumber(1), position: middle }]);
          await views.deliveries.deliveredTo(userNumber(1), null, 10);
        }
        watched.stop();
        const finds = watched.commands.filter(({ find }) => String(find).startsWith('messages_'));
        const asked = new Map(finds.map((each) => [JSON.stringify(each, shapeOf), each]));
        for (const [shape, command] of asked) {
          const parts = ['find', 'filter', 'sort', 'limit', 'projection'].filter((name) => name in command);
          const question = Object.fromEntries(parts.map((name): [string, unknown] => [name, command[name]]));
          const explained = await db.command({ explain: question, verbosity: 'queryPlanner' });
          const { winningPlan } = explained['queryPlanner'] as { readonly winningPlan: unknown };
          const stages = stagesOf(winningPlan);
          expect(stages, shape).not.to.include('COLLSCAN').and.not.to.deep.equal([]);
        }
        expect(asked.size).to.be.greaterThan(10);
      } finally {
        await stored.close();
      }
    });
  },
  REAL,
);

/** Leaves out what differs from one question to the next of the same form. */
const shapeOf = (name: string, value: unknown): unknown => {
  if (['lsid', '$clusterTime', '$db', 'batchSize', 'limit'].includes(name)) return undefined;
  if (Array.isArray(value) && ['$in', '$or'].includes(name)) return value.slice(0, 1);
  return ['string', 'number', 'bigint'].includes(typeof value) ? typeof value : value;
};
