import { expect } from 'chai';
import { dropLeftovers } from '../../../src/application/projections/drop-leftovers.js';
import { streamOf, type Position } from '../../../src/domain/kernel/ids.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { fact } from '../../support/events.js';
import { ada } from '../../support/ids.js';
import { openMemoryEngine } from '../../support/memory-engine.js';
import { numbersProjection } from '../../support/numbers-projection.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';
import { UndecodableEventError, type EventStore, type NewEvent } from '../../../src/application/ports/event-store.js';

const NEVER = new AbortController().signal;

describe('What a rebuild has left', () => {
  let events: EventStore;
  let engine: Awaited<ReturnType<typeof openMemoryEngine>>;
  beforeEach(async () => {
    events = createMemoryEventStore(testCodec);
    engine = await openMemoryEngine();
    await engine.generations().prepare();
  });

  const append = async (event: NewEvent): Promise<Position> => {
    const streams = [{ streamId: streamOf('user', ada), expected: 'any', events: [event] }] as const;
    return (await events.append({ streams })).position;
  };
  const number = () => append(eventNumbered(1));
  const erase = () => append({ ...eventNumbered(1), ...fact('UserErased') });
  /** Leaves a generation that is filled up to there. */
  const leaveAt = (position: Position) =>
    engine.generations().inTurn(NEVER, async (next) => {
      await next.begin();
      const store = next.open();
      const from = (await store.acquire())?.position as Position;
      await store.apply({ events: [], parked: [], from, to: position });
      await store.release();
    });
  const drop = (log: Pick<EventStore, 'readAll'> = events) => dropLeftovers(log, { generations: engine.generations() });
  const isLeft = async () =>
    (await engine.statuses.list()).some(({ name }) => name === `${numbersProjection.name}_rebuild`);

  it('is kept where nobody was erased since', async () => {
    await erase();
    await leaveAt(await number());
    await number();
    expect(await drop()).to.equal(false);
    expect(await isLeft()).to.equal(true);
  });

  it('is thrown away where somebody was erased since, which nothing would tell it', async () => {
    await leaveAt(await number());
    await erase();
    expect(await drop()).to.equal(false);
    expect(await isLeft()).to.equal(false);
  });

  it('is thrown away, too, where the erasure cannot be decoded; not where the log cannot be read', async () => {
    await leaveAt(await number());
    const failing = (error: Error) => ({
      // eslint-disable-next-line require-yield -- it comes to no event
      readAll: async function* () {
        throw error;
      },
    });
    const failure = await drop(failing(new Error('out of reach'))).catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'out of reach');
    expect(await isLeft()).to.equal(true);
    await drop(failing(Object.create(UndecodableEventError.prototype) as Error));
    expect(await isLeft()).to.equal(false);
  });

  it('is left to whoever fills it, which is told', async () => {
    const during = engine.generations().inTurn(NEVER, async (next) => {
      await next.begin();
      await erase();
      return drop();
    });
    expect(await during).to.equal(true);
    expect(await isLeft()).to.equal(true);
  });
});
