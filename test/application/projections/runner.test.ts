import { expect } from 'chai';
import { runProjection } from '../../../src/application/projections/runner.js';
import { GenerationGoneError, type ProjectionStore } from '../../../src/application/ports/projection-store.js';
import type { EventBatch, RecordedEvent } from '../../../src/application/ports/event-store.js';
import { positionOf } from '../../support/people.js';
import { fact } from '../../support/events.js';
import { recorded } from '../../support/projections.js';

const POISON = positionOf(2);
const BATCH_TRIES = 3;

const log = (events: readonly RecordedEvent[]) => ({
  subscribe: async function* (): AsyncGenerator<EventBatch> {
    yield { after: positionOf(0), events, undecodable: [], position: positionOf(events.length), caughtUp: true };
  },
});

/** Keeps in memory what was applied, and refuses one event. */
const storeThatRefuses = (refused: string | undefined) => {
  const applied: string[] = [];
  let checkpoint = positionOf(0);
  const store: ProjectionStore = {
    acquire: () => Promise.resolve({ position: checkpoint, parked: new Set() }),
    apply: ({ events, from, to }) => {
      expect(from).to.equal(checkpoint);
      if (events.some(({ position }) => position === refused)) return Promise.reject(new Error('refused'));
      applied.push(...events.map(({ position }) => position));
      checkpoint = to;
      return Promise.resolve();
    },
    renew: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    release: () => Promise.resolve(),
    isTransient: () => false,
  };
  return { store, applied, checkpoint: () => checkpoint };
};

describe('a projection that is told to end', () => {
  // A batch held an event that could not be applied, so that its events were applied one by one. The server was stopped in
  // the middle: the rest was left out, and the checkpoint moved over it all the same. Nothing was parked, nobody was told.
  it('leaves its checkpoint behind the last event that was applied', async () => {
    const events = recorded(
      [1, 2, 3, 4, 5].map((n) => fact('UserBlocked', { userId: `user ${n}` as never, blockedId: 'other' as never })),
    );
    const ending = new AbortController();
    const announced: string[] = [];
    const { store, applied, checkpoint } = storeThatRefuses(POISON);
    let waits = 0;
    await runProjection({
      events: log(events) as never,
      store,
      types: ['UserBlocked'],
      signal: ending.signal,
      // The batch is tried three times, with a wait behind each but the last; then comes a wait for the event alone.
      sleep: () => {
        waits += 1;
        if (waits === BATCH_TRIES) ending.abort();
        return Promise.resolve();
      },
      observer: {
        advanced: (position) => announced.push(position),
        parked: () => expect.fail('nothing is parked'),
        retrying: () => undefined,
      },
    });
    expect(applied).to.deep.equal([positionOf(1)]);
    expect(checkpoint()).to.equal(positionOf(1));
    expect(announced).to.deep.equal([positionOf(0)]);
  });
});

describe('a projection whose tables are gone', () => {
  // A node whose rebuild another node had finished waited for those tables for ever, and said that all was well.
  it('ends with an error, so that whoever runs it looks again, and lets go of the lease', async () => {
    let released = false;
    const { store } = storeThatRefuses(undefined);
    const gone = new GenerationGoneError('gone');
    const running = runProjection({
      events: log([]) as never,
      store: {
        ...store,
        acquire: () => Promise.reject(gone),
        release: () => {
          released = true;
          return Promise.resolve();
        },
      },
      types: [],
      signal: new AbortController().signal,
      sleep: () => Promise.resolve(),
      observer: {
        advanced: () => undefined,
        parked: () => undefined,
        retrying: () => expect.fail('it is not tried again'),
      },
    });
    expect(await running.catch((error: unknown) => error)).to.equal(gone);
    expect(released).to.equal(true);
  });
});
