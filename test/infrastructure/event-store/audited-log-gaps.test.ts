import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { AuditedEvent } from '../../../src/application/ports/audited-log.js';
import type { ReadAllOptions } from '../../../src/application/ports/event-store.js';
import type { RawEvent } from '../../../src/application/ports/raw-log.js';
import type { EventId, Position, StreamId } from '../../../src/domain/kernel/ids.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { createAuditedLog } from '../../../src/infrastructure/event-store/audited-log.js';
import type { StoredLog } from '../../../src/infrastructure/event-store/stored-log.js';
import { positionOf } from '../../support/ids.js';
import { testCodec } from '../../support/test-codec.js';

const POSITIONS = [3, 7, 11, 15];

/** It cannot be decoded, and needs no content. */
const rawEvent = {
  ...{ streamId: 'test-1' as StreamId, revision: 0, eventId: randomUUID() as EventId, type: 'EmailVerified' },
  ...{ schemaVersion: 1, data: Buffer.from('{}'), metadata: Buffer.from('{}') },
};

const behind = (after: Position): RawEvent[] => {
  if (after !== LOG_START && !POSITIONS.includes(Number(after))) throw new Error(`no event begins at ${after}`);
  return POSITIONS.filter((n) => n > Number(after)).map((n) => ({ ...rawEvent, position: positionOf(n) }));
};

/** It is read from positions alone that it has given out, as KurrentDB is. */
const raw = {
  async *readAll({ after = LOG_START, upTo, limit }: ReadAllOptions) {
    yield* behind(after)
      .filter(({ position }) => Number(position) <= Number(upTo))
      .slice(0, limit);
  },
  async *subscribe({ after = LOG_START }: { after?: Position }) {
    yield { after, events: behind(after), position: positionOf(15), passed: 0, caughtUp: true };
  },
};
const placeBefore = async (position: Position) =>
  positionOf(POSITIONS.filter((n) => n <= Number(position)).at(-1) ?? 0);

const numbersOf = (events: readonly AuditedEvent[]) => events.map(({ position }) => Number(position));

// A log in KurrentDB was read from where no event begins, which it refuses: whoever gave such a position got 503.
describe('The log as auditors see it, from a position that it has not given out', () => {
  const log = createAuditedLog({ events: { raw } as unknown as StoredLog, codec: testCodec, placeBefore });

  it('is read from what stands behind it, as much as is asked for', async () => {
    const first = async (after: number, limit: number, upTo = 15) =>
      numbersOf(await log.first({ after: positionOf(after), upTo: positionOf(upTo) }, limit));
    expect(await first(5, 9)).to.deep.equal([7, 11, 15]);
    expect(await first(8, 1)).to.deep.equal([11]);
    expect(await first(7, 9)).to.deep.equal([11, 15]);
    expect(await first(0, 2)).to.deep.equal([3, 7]);
    expect(await first(2, 9, 8)).to.deep.equal([3, 7]);
    expect(await first(16, 9, 99)).to.deep.equal([]);
  });

  it('is followed from there', async () => {
    const ending = new AbortController();
    for await (const { events } of log.follow(positionOf(8), ending.signal)) {
      expect(numbersOf(events)).to.deep.equal([11, 15]);
      ending.abort();
    }
  });
});
