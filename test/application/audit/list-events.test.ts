import { expect } from 'chai';
import { eventList, type EventListParts } from '../../../src/application/audit/list-events.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import type { Position } from '../../../src/domain/kernel/ids.js';

const at = (position: number): Position => String(position) as Position;

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
