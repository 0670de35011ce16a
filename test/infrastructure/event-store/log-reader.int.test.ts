import { expect } from 'chai';
import type {
  EventFilter,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
} from '../../../src/application/ports/event-store.js';
import { streamOf, type Position } from '../../../src/domain/kernel/ids.js';
import type { LogEntry } from '../../../src/infrastructure/event-store/log-entry.js';
import { decodedRows } from '../../../src/infrastructure/event-store/postgres/event-rows.js';
import { LogReader } from '../../../src/infrastructure/event-store/postgres/log-reader.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { collect } from '../../contracts/store-steps.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';

const PAGE = 2;
const log = { warn: () => undefined, error: () => undefined };
const thing = streamOf('thing', '1');
const other = streamOf('other', '1');
const at = (position: number) => String(position) as Position;
const things = { streamPrefixes: ['thing-'] };
const nothing: EventFilter = { types: ['UserErased'] };

describe('The reader of the log, a page at a time', () => {
  let database: TestDatabase;
  let reader: LogReader<LogEntry, RecordedEvent>;

  /** The log holds five events of one stream, at the positions 1, 3, 5, 7 and 8, and three of another. */
  before(async () => {
    database = await testDatabase();
    const store = await createPostgresEventStore({ pool: database.pool, codec: testCodec, log });
    for (const streamId of [thing, other, thing, other, thing, other, thing, thing])
      await store.append({ streams: [{ streamId, expected: 'any', events: [eventNumbered(0)] }] });
    await store.close();
  });
  beforeEach(() => (reader = new LogReader(database.pool, decodedRows(testCodec), PAGE)));
  after(() => database.drop());

  const revisions = async (options: ReadStreamOptions) =>
    (await collect(reader.stream(thing, options))).map(({ revision }) => revision);
  const positions = async (options: ReadAllOptions) =>
    (await collect(reader.all(options))).map(({ position }) => Number(position));

  it('reads a stream over several pages, both ways, up to a limit within one', async () => {
    expect(await revisions({})).to.deep.equal([0, 1, 2, 3, 4]);
    expect(await revisions({ from: 1 })).to.deep.equal([1, 2, 3, 4]);
    expect(await revisions({ limit: 3 })).to.deep.equal([0, 1, 2]);
    expect(await revisions({ limit: 4 })).to.deep.equal([0, 1, 2, 3]);
    expect(await revisions({ limit: 0 })).to.deep.equal([]);
    expect(await revisions({ direction: 'backwards' })).to.deep.equal([4, 3, 2, 1, 0]);
    expect(await revisions({ direction: 'backwards', from: 3 })).to.deep.equal([3, 2, 1, 0]);
    expect(await revisions({ direction: 'backwards', limit: 3 })).to.deep.equal([4, 3, 2]);
  });

  it('reads the log over several pages, up to a limit within one', async () => {
    expect(await positions({})).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await positions({ after: at(3) })).to.deep.equal([4, 5, 6, 7, 8]);
    expect(await positions({ limit: 3 })).to.deep.equal([1, 2, 3]);
    expect(await positions({ limit: 0 })).to.deep.equal([]);
    expect(await positions({ filter: things })).to.deep.equal([1, 3, 5, 7, 8]);
    expect(await positions({ filter: { types: ['RequestAccepted'] } })).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await positions({ filter: nothing })).to.deep.equal([]);
    expect(await positions({ filter: things, limit: 4 })).to.deep.equal([1, 3, 5, 7]);
    expect(await positions({ after: at(8) })).to.deep.equal([]);
    expect(await positions({ after: at(9) })).to.deep.equal([]);
    expect(await positions({ after: at(2), upTo: at(5) })).to.deep.equal([3, 4, 5]);
    expect(await positions({ upTo: at(9) })).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('reads the log backwards over several pages, up to a limit within one', async () => {
    const backwards = (options: ReadAllOptions = {}) => positions({ ...options, direction: 'backwards' });
    expect(await backwards()).to.deep.equal([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await backwards({ after: at(2), upTo: at(7) })).to.deep.equal([7, 6, 5, 4, 3]);
    expect(await backwards({ limit: 3 })).to.deep.equal([8, 7, 6]);
    expect(await backwards({ limit: 0 })).to.deep.equal([]);
    expect(await backwards({ filter: things })).to.deep.equal([8, 7, 5, 3, 1]);
    expect(await backwards({ filter: things, upTo: at(6), limit: 2 })).to.deep.equal([5, 3]);
    expect(await backwards({ filter: nothing })).to.deep.equal([]);
    expect(await backwards({ after: at(8) })).to.deep.equal([]);
  });

  const pageOf = async (...[after, head, filter, limit]: Parameters<typeof reader.page>) => {
    const { entries, position, atHead } = await reader.page(after, head, filter, limit);
    return { found: entries.map((entry) => Number(entry.position)), position: Number(position), atHead };
  };

  it('says how far a page has looked, and whether the head was reached', async () => {
    expect(await pageOf(at(0), at(8), undefined)).to.deep.equal({ found: [1, 2], position: 2, atHead: false });
    expect(await pageOf(at(0), at(8), undefined, 3)).to.deep.equal({ found: [1, 2, 3], position: 3, atHead: false });
    expect(await pageOf(at(6), at(8), undefined)).to.deep.equal({ found: [7, 8], position: 8, atHead: true });
    expect(await pageOf(at(7), at(8), undefined)).to.deep.equal({ found: [8], position: 8, atHead: true });
    expect(await pageOf(at(3), at(7), things, 3)).to.deep.equal({ found: [5, 7], position: 7, atHead: true });
    expect(await pageOf(at(0), at(6), things, 4)).to.deep.equal({ found: [1, 3, 5], position: 6, atHead: true });
    expect(await pageOf(at(5), at(6), things)).to.deep.equal({ found: [], position: 6, atHead: true });
    expect(await pageOf(at(0), at(5), undefined, 100)).to.deep.equal({
      found: [1, 2, 3, 4, 5],
      position: 5,
      atHead: true,
    });
  });

  it('goes back never, where the log is shorter than the position', async () => {
    expect(await pageOf(at(12), at(8), undefined)).to.deep.equal({ found: [], position: 12, atHead: true });
  });

  it('looks through so many positions at a time where little passes the filter', async () => {
    const far = { found: [], position: 50_003, atHead: false };
    expect(await pageOf(at(3), at(200_000), nothing)).to.deep.equal(far);
    expect(await pageOf(at(3), at(50_003), nothing)).to.deep.equal({ ...far, atHead: true });
    expect(await pageOf(at(8), at(200_000), undefined)).to.deep.equal({ found: [], position: 200_000, atHead: true });
  });
});
