import { expect } from 'chai';
import { lookUpProgress } from '../../../src/application/projections/look-up-progress.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { appendTo, newStream } from '../../contracts/store-steps.js';
import { positionOf } from '../../support/ids.js';
import { KeyUnavailableError } from '../../../src/application/ports/event-codec.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';

// One look-up serves every caller that waits for a projection: it has to say how far the projection has come, not only
// whether it is there.
describe('How far a projection has come, as the read models say', () => {
  let checkpoint: Position | undefined;
  const store = createMemoryEventStore(testCodec);
  const append = appendTo(() => store);
  const projector = { on: { RequestAccepted: () => undefined, EmailVerified: () => undefined } };
  const lookUp = lookUpProgress(store, { checkpoint: async () => checkpoint }, [
    { name: 'things', projectors: [projector as never] },
  ]);

  it('is up to the first event that it has yet to take, and never beyond the log or what was asked', async () => {
    expect(await lookUp('things', positionOf(5)), 'no checkpoint').to.equal(null);
    checkpoint = positionOf(0);
    expect(await lookUp('things', positionOf(5)), 'an empty log').to.equal('0');
    for (const [n, type] of (
      ['RequestAccepted', 'SessionRefreshed', 'SessionRefreshed', 'RequestAccepted'] as const
    ).entries())
      await append(newStream(), 'any', eventNumbered(n, type));
    expect(await lookUp('things', positionOf(3)), 'before the first event').to.equal('0');
    checkpoint = positionOf(1);
    expect(await lookUp('things', positionOf(2)), 'between').to.equal('2');
    expect(await lookUp('things', positionOf(9)), 'before the second').to.equal('3');
    checkpoint = positionOf(4);
    expect(await lookUp('things', positionOf(9)), 'all of it').to.equal('4');
  });

  it('is up to an event that cannot be decoded', async () => {
    await append(newStream(), 'any', eventNumbered(5, 'SessionRefreshed'));
    await append(newStream(), 'any', eventNumbered(6, 'EmailVerified'));
    expect(await lookUp('things', positionOf(9))).to.equal('5');
  });

  // A server that did not know a new master key could neither tell how far others had come nor that it did not know the
  // key.
  it('needs no key of what it passes', async () => {
    const keyless = { ...testCodec, decode: () => Promise.reject(new KeyUnavailableError('no such key')) };
    const sealed = createMemoryEventStore(keyless);
    await appendTo(() => sealed)(newStream(), 'any', eventNumbered(1));
    const projections = [{ name: 'things', projectors: [projector as never] }];
    const look = lookUpProgress(sealed, { checkpoint: async () => positionOf(0) }, projections);
    expect(await look('things', positionOf(1))).to.equal('0');
  });
});
