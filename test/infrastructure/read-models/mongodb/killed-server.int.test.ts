import { expect } from 'chai';
import fc from 'fast-check';
import { LeaseLostError } from '../../../../src/application/ports/projection-store.js';
import { DatabaseUnavailableError } from '../../../../src/application/ports/database-unavailable.js';
import { describeOnMongo, untilAnswering } from '../../../support/mongodb.js';
import { messagesIn, openStoredMessages, rowsOf } from '../../../support/mongo-messages.js';
import { feed, recorded } from '../../../support/projections.js';
import { attempts } from '../../../support/random-attempts.js';
import { historyOf } from '../../../support/random-history.js';
import { watchCommands } from '../../../support/watched-commands.js';

const LONG_MS = 300_000;
const HISTORIES = 4;
const KILLS = 5;
const MOST_COMMANDS = 25;

describeOnMongo(
  'Messages in a MongoDB that is killed',
  (server) => {
    it('are the same as after a rebuild, wherever the server is killed in the middle of a batch', async function () {
      this.timeout(LONG_MS);
      const stored = await openStoredMessages(server(), { monitorCommands: true });
      let killed = 0;
      /** Has the server killed when so many commands have been sent. Answers what tells when it is back. */
      const killAfter = (count: number) => {
        let left = count;
        let back: Promise<void> | undefined;
        const { stop } = watchCommands(stored.mongo.db, () => {
          left -= 1;
          if (left !== 0) return;
          killed += 1;
          back = server()
            .kill()
            .then(() => server().restart())
            .then(() => untilAnswering(server().url));
        });
        return async () => {
          stop();
          await back;
        };
      };
      const expectLost = (error: unknown): void => {
        expect(
          [LeaseLostError, DatabaseUnavailableError].some((kind) => error instanceof kind),
          String(error),
        ).to.equal(true);
      };
      const lives = fc.array(fc.integer({ min: 1, max: MOST_COMMANDS }), { minLength: KILLS, maxLength: KILLS });
      const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 });
      const property = fc.asyncProperty(attempts, lives, sizes, async (tried, counts, cut) => {
        await stored.empty();
        const events = recorded(historyOf(tried));
        const store = messagesIn(stored.mongo).open();
        const goOn = async () => {
          const start = await store.acquire();
          await feed(store, events.slice(Number(start?.position ?? 0)), cut);
        };
        for (const count of counts) {
          const untilBack = killAfter(count);
          await goOn().catch(expectLost);
          await untilBack();
        }
        await goOn();
        await store.release();
        expect(await stored.rows()).to.deep.equal(rowsOf(events));
      });
      await fc.assert(property, { numRuns: HISTORIES });
      expect(killed).to.be.greaterThan(HISTORIES);
      await stored.close();
    });
  },
  { killable: true },
);
