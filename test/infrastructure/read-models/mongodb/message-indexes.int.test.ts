import { expect } from 'chai';
import fc from 'fast-check';
import { shownOfConversations } from '../../../contracts/random-read-models.js';
import type { Views } from '../../../contracts/read-model-steps.js';
import { expectIndexed } from '../../../support/explained.js';
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
        expect(await expectIndexed(db, finds)).to.be.greaterThan(10);
      } finally {
        await stored.close();
      }
    });
  },
  REAL,
);
