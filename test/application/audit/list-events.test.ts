import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { eventList, type EventListParts } from '../../../src/application/audit/list-events.js';
import type { AuditedEvent } from '../../../src/application/ports/audited-log.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import type { Position } from '../../../src/domain/kernel/ids.js';

const at = (position: number): Position => String(position) as Position;

/** An event of which nothing is known but this. */
const recordedAs = (known: Pick<AuditedEvent, 'position'>) =>
  ({
    streamId: 'thing-1',
    data: null,
    undecodable: null,
    isErased: false,
    userIds: [],
    ...known,
  }) as unknown as AuditedEvent;

/** A list over a log of 100 events, in which nothing fits; it keeps which stretches were looked at. */
const emptyList = () => {
  const looked: [Position, Position][] = [];
  const known: unknown[] = [];
  const find: EventListParts['find'] = (_, { after, upTo }, __, indexed) => {
    looked.push([after, upTo]);
    known.push(indexed);
    return Promise.resolve({ events: [], lookedUpTo: upTo });
  };
  const log = { head: () => Promise.resolve(at(100)) } as EventListParts['log'];
  return { looked, known, list: eventList({ log, find, reached: () => Promise.resolve(at(70)) }).listAuditEvents };
};

/**
 * With four eyes, another auditor approves `after` and `before`, and not the cursor. A made-up cursor showed what stood
 * outside of them.
 */
describe('A page of events', () => {
  const query = { after: at(40), before: at(61) };
  const stretches: Record<string, [string | undefined, [Position, Position]]> = {
    'is what was asked for, without a cursor': [undefined, [at(40), at(60)]],
    'goes on where its cursor says': ['e50-55', [at(50), at(55)]],
    'begins no earlier than was asked for': ['e0-55', [at(40), at(55)]],
    'ends no later than was asked for': ['e50-100', [at(50), at(60)]],
  };
  for (const [name, [cursor, expected]] of Object.entries(stretches))
    it(name, async () => {
      const { list, looked } = emptyList();
      await list({ ...query, cursor }, 10);
      expect(looked).to.deep.equal([expected]);
    });

  it('ends where the log ends, whatever its cursor says', async () => {
    const { list, looked } = emptyList();
    await list({ cursor: 'e90-999' }, 10);
    expect(looked).to.deep.equal([[at(90), at(100)]]);
    await list({}, 10);
    expect(looked.at(-1)).to.deep.equal([LOG_START, at(100)]);
  });

  it('asks once how far the index has come, beside where the log ends', async () => {
    const { list, known } = emptyList();
    await list(query, 10);
    expect(known).to.deep.equal([at(70)]);
  });
});

describe('A stream of events', () => {
  it('reads one piece ahead of its reader, and none once the reader has left', async () => {
    let pieces = 0;
    const find: EventListParts['find'] = async (_, { after }) => {
      pieces += 1;
      return { events: [recordedAs({ position: at(pieces) })], lookedUpTo: at(Number(after) + 1) };
    };
    const log = { head: () => Promise.resolve(at(100)) } as EventListParts['log'];
    const { streamAuditEvents } = eventList({ log, find, reached: () => Promise.resolve(at(100)) });
    const leaving = new AbortController();
    const parts = streamAuditEvents({}, false)(leaving.signal)[Symbol.asyncIterator]();
    for (let asked = 1; asked <= 3; asked += 1) {
      await parts.next();
      for (let n = 0; n < 10; n += 1) await nextTurn();
      expect(pieces).to.equal(asked + 1);
    }
    leaving.abort();
    await parts.return?.();
    for (let n = 0; n < 10; n += 1) await nextTurn();
    expect(pieces).to.equal(4);
  });
});
