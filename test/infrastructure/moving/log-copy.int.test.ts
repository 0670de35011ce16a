import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { createIdentifiers } from '../../../src/infrastructure/identifiers.js';
import { allOf } from '../../../src/infrastructure/moving/first-of.js';
import { kurrentDbLog } from '../../../src/infrastructure/moving/kurrentdb-log.js';
import { LogCopy } from '../../../src/infrastructure/moving/log-copy.js';
import { CopyRefusedError, type MovedLog } from '../../../src/infrastructure/moving/moved-log.js';
import { POSITION_FIELDS } from '../../../src/infrastructure/moving/position-map.js';
import { postgresLog } from '../../../src/infrastructure/moving/postgres-log.js';
import { failureOf } from '../../contracts/projection-steps.js';
import { openKurrentDbScene } from '../../support/kurrentdb-scene.js';
import { newStream } from '../../contracts/store-steps.js';
import { contentOf, fill, keptOf, named } from '../../support/moved-logs.js';
import { testDatabase } from '../../support/postgres.js';
import { eventNumbered } from '../../support/test-codec.js';
import type { NewEvent } from '../../../src/application/ports/event-store.js';

const { eventId, newCommandId } = createIdentifiers();
const QUIET = { warn: () => undefined, error: () => undefined };

interface Opened {
  readonly log: MovedLog;
  /** Opens the log again, as another run of the command does. */
  again(): Promise<MovedLog>;
  close(): Promise<void>;
}

const ENGINES: Readonly<Record<string, () => Promise<Opened>>> = {
  PostgreSQL: async () => {
    const { pool, drop } = await testDatabase();
    const open = () => postgresLog(pool, 'a database');
    return { log: open(), again: async () => open(), close: drop };
  },
  'KurrentDB (the double)': async () => {
    const scene = await openKurrentDbScene();
    const logs: MovedLog[] = [];
    const open = async () => {
      const log = await kurrentDbLog(scene.double.url, 'KurrentDB', QUIET);
      logs.push(log);
      return log;
    };
    return {
      log: await open(),
      again: open,
      close: async () => {
        for (const log of logs) await log.close();
        await scene.close();
      },
    };
  },
};

const ignored = () => undefined;

describe('A copy of a log', function () {
  this.timeout(120_000);
  const opened: Opened[] = [];
  const open = async (engine: string): Promise<Opened> => {
    const each = await (ENGINES[engine] as () => Promise<Opened>)();
    opened.push(each);
    return each;
  };
  afterEach(async () => {
    for (const { close } of opened.splice(0)) await close();
  });

  // What a message is followed by names its position: each would be an append, and a commit, of its own.
  it('is appended in few portions where the positions of the target are known before', async () => {
    const [source, target] = [await open('PostgreSQL'), await open('PostgreSQL')];
    const count = await fill(source.log, 40);
    let appends = 0;
    const counted: MovedLog = {
      ...target.log,
      append: (batches, head) => {
        appends += 1;
        return target.log.append(batches, head);
      },
    };
    const copy = new LogCopy({ source: source.log, target: counted, onProgress: ignored });
    expect(await copy.copy())
      .to.equal(count)
      .and.to.be.below(250);
    expect(appends).to.equal(1);
    expect((await copy.verify()).events).to.equal(count);
  });

  for (const [one, other] of [
    ['PostgreSQL', 'PostgreSQL'],
    ['PostgreSQL', 'KurrentDB (the double)'],
    ['KurrentDB (the double)', 'PostgreSQL'],
    ['KurrentDB (the double)', 'KurrentDB (the double)'],
  ] as const)
    describe(`from ${one} to ${other}`, () => {
      const both = async () => {
        const [source, target] = [await open(one), await open(other)];
        return { source, target, copy: new LogCopy({ source: source.log, target: target.log, onProgress: ignored }) };
      };

      it('has every event as it is stored, in the same order, and positions of its own', async () => {
        const { source, target, copy } = await both();
        const count = await fill(source.log, 40);
        expect(await copy.copy()).to.equal(count);
        const [from, to] = [await contentOf(source.log), await contentOf(target.log)];
        expect(to.map(keptOf)).to.deep.equal(from.map(keptOf));
        expect(named(from)).not.to.include(undefined);
        expect(named(to), 'positions inside events').to.deep.equal(named(from));
        const { sha256, ...verified } = await copy.verify();
        expect(verified).to.deep.equal({ events: count, left: 0, head: await target.log.head() });
        expect(sha256).to.match(/^[0-9a-f]{64}$/);
      });

      it('goes on where it was interrupted, at any event, and takes in what came meanwhile', async () => {
        const { source, target } = await both();
        let count = await fill(source.log, 12);
        for (let most = 1; most < 40; most += 3) {
          let appends = 0;
          const dying: MovedLog = {
            ...(await target.again()),
            append: async (batches, head) => {
              appends += 1;
              if (appends > 1) throw new Error('it was killed');
              return target.log.append(batches.slice(0, Math.max(1, most % batches.length)), head).then(() => {
                throw new Error('it was killed');
              });
            },
          };
          const killed = new LogCopy({ source: source.log, target: dying, onProgress: ignored }).copy();
          const failure = await killed.catch((error: unknown) => String(error));
          expect(failure).to.satisfy((it: unknown) => typeof it === 'number' || String(it).includes('killed'));
        }
        count += await fill(source.log, 2, 12);
        const copy = new LogCopy({ source: source.log, target: await target.again(), onProgress: ignored });
        await copy.copy();
        const [from, to] = [await contentOf(source.log), await contentOf(target.log)];
        expect(to.map(keptOf)).to.deep.equal(from.map(keptOf));
        expect(named(to)).to.deep.equal(named(from));
        expect((await copy.verify()).events).to.equal(count);
        expect(await copy.copy(), 'once more').to.equal(0);
      });

      it('is refused where the target holds something else', async () => {
        const { source, target, copy } = await both();
        await fill(source.log, 3);
        await fill(target.log, 1);
        const before = await contentOf(target.log);
        expect(await failureOf(copy.copy()))
          .to.be.instanceOf(CopyRefusedError)
          .and.to.have.property('message')
          .that.includes('is no copy of');
        expect(await contentOf(target.log)).to.deep.equal(before);
      });

      it('is refused where another writes to the target meanwhile', async () => {
        const { source, target } = await both();
        await fill(source.log, 3);
        const intruding: MovedLog = {
          ...target.log,
          append: async (batches, head) => {
            await fill(target.log, 1);
            return target.log.append(batches, head);
          },
        };
        const copying = new LogCopy({ source: source.log, target: intruding, onProgress: ignored }).copy();
        expect(await failureOf(copying)).to.be.instanceOf(CopyRefusedError);
      });
    });

  it('says how many events have come behind it', async () => {
    const [source, target] = [await open('PostgreSQL'), await open('PostgreSQL')];
    await fill(source.log, 2);
    const copy = new LogCopy({ source: source.log, target: target.log, onProgress: ignored });
    await copy.copy();
    const more = await fill(source.log, 1, 2);
    expect((await copy.verify()).left).to.equal(more);
  });

  it('finds a byte that differs', async () => {
    const [source, target] = [await open('PostgreSQL'), await testDatabase()];
    opened.push({ log: source.log, again: source.again, close: target.drop });
    await fill(source.log, 3);
    const copy = new LogCopy({ source: source.log, target: postgresLog(target.pool, 'the copy'), onProgress: ignored });
    await copy.copy();
    await target.pool.query(`update log.events set metadata = metadata || ' '::bytea where position = 5`);
    expect(String(await failureOf(copy.verify()))).to.include('its event 5 differs');
  });

  it('is recognised by repeats of commands in KurrentDB, as if they had been appended there', async () => {
    const scene = await openKurrentDbScene();
    const source = await open('PostgreSQL');
    const store = await scene.open();
    const events: NewEvent[] = [1, 2].map((n) => eventNumbered(n));
    const commandId = newCommandId();
    const own = events.map((event, index) => ({
      ...event,
      eventId: eventId(commandId, index),
      metadata: { ...event.metadata, commandId },
    }));
    const streams = own.map((event) => ({ streamId: newStream(), expected: 'no stream' as const, events: [event] }));
    await store.append({ streams });
    const stored = await allOf(store.raw.readAll());
    await source.log.append([stored], LOG_START);
    const copied = await openKurrentDbScene();
    const target = await kurrentDbLog(copied.double.url, 'KurrentDB', QUIET);
    try {
      await new LogCopy({ source: source.log, target, onProgress: ignored }).copy();
      const again = await copied.open();
      expect(await again.append({ streams })).to.deep.equal({ position: await target.head(), repeated: true });
    } finally {
      await target.close();
      await copied.close();
      await scene.close();
    }
  });

  it('knows every field of an event that is a position', async () => {
    const folder = new URL('../../fixtures/events/', import.meta.url);
    const found = new Map<string, Set<string>>();
    for (const name of (await readdir(folder)).filter((each) => each.endsWith('.json'))) {
      const fields = (await readFile(new URL(name, folder), 'utf8')).match(/"\w*position\w*"(?=:)/gi) ?? [];
      for (const field of fields) {
        const type = name.split('.')[0] ?? '';
        found.set(type, new Set([...(found.get(type) ?? []), field.slice(1, -1)]));
      }
    }
    const known = new Map([...POSITION_FIELDS].map(([type, field]) => [type, new Set([field])]));
    expect(found).to.deep.equal(known);
  });
});
