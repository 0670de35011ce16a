import { expect } from 'chai';
import { createKeyedQueue } from '../../../src/application/kernel/keyed-queue.js';

/** Makes work that says when it begins and ends when it is told to. */
const createWork = () => {
  const begun: string[] = [];
  const ends = new Map<string, { readonly resolve: (name: string) => void; readonly reject: (error: Error) => void }>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve, reject) => ends.set(name, { resolve, reject }));
  };
  return {
    begun,
    work,
    end: (name: string) => ends.get(name)?.resolve(name),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  };
};

const LONG = 60_000;
const refusal = () => new Error('too many wait');
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Work in turn', () => {
  it('is done one after another of one key, in the order in which it came, and beside that of other keys', async () => {
    const enqueue = createKeyedQueue(LONG, refusal);
    const { begun, work, end } = createWork();
    const done = [
      enqueue('a', work('a1')),
      enqueue('a', work('a2')),
      enqueue('a', work('a3')),
      enqueue('b', work('b1')),
    ];
    await turn();
    expect(begun).to.deep.equal(['a1', 'b1']);
    end('a1');
    expect(await done[0]).to.equal('a1');
    await turn();
    expect(begun).to.deep.equal(['a1', 'b1', 'a2']);
    end('a2');
    await turn();
    expect(begun).to.deep.equal(['a1', 'b1', 'a2', 'a3']);
    end('a3');
    end('b1');
    expect(await Promise.all(done)).to.deep.equal(['a1', 'a2', 'a3', 'b1']);
  });

  it('waits for what came before also when others have ended meanwhile', async () => {
    const enqueue = createKeyedQueue(LONG, refusal);
    const { begun, work, end } = createWork();
    const first = enqueue('a', work('a1'));
    const second = enqueue('a', work('a2'));
    await turn();
    end('a1');
    await first;
    await turn();
    const third = enqueue('a', work('a3'));
    await turn();
    expect(begun).to.deep.equal(['a1', 'a2']);
    end('a2');
    await second;
    await turn();
    end('a3');
    expect(await third).to.equal('a3');
  });

  it('is done behind work that failed, whose failure only its own caller gets', async () => {
    const enqueue = createKeyedQueue(LONG, refusal);
    const { work, end, fail } = createWork();
    const failing = enqueue('a', work('a1')).catch((error: unknown) => (error as Error).message);
    const next = enqueue('a', work('a2'));
    await turn();
    fail('a1');
    expect(await failing).to.equal('a1');
    await turn();
    end('a2');
    expect(await next).to.equal('a2');
  });

  it('is refused and not begun when it has waited too long, and what comes behind it waits for what is under way', async () => {
    const enqueue = createKeyedQueue(1, refusal);
    const { begun, work, end } = createWork();
    const first = enqueue('a', work('a1'));
    const refused = await enqueue('a', work('a2')).catch((error: unknown) => (error as Error).message);
    expect([refused, begun]).to.deep.equal(['too many wait', ['a1']]);
    const patient = enqueue('a', work('a3'));
    end('a1');
    await first;
    await turn();
    expect(begun).to.deep.equal(['a1', 'a3']);
    end('a3');
    expect(await patient).to.equal('a3');
  });

  it('is not refused because it takes long itself', async () => {
    const enqueue = createKeyedQueue(1, refusal);
    const { work, end } = createWork();
    const first = enqueue('a', work('a1'));
    await enqueue('a', work('a2')).catch(() => undefined);
    end('a1');
    expect(await first).to.equal('a1');
  });

  it('passes on an error that is thrown before there is a promise, and goes on', async () => {
    const enqueue = createKeyedQueue(LONG, refusal);
    const failing = enqueue('a', () => {
      throw new Error('thrown');
    }).catch((error: unknown) => (error as Error).message);
    expect([await failing, await enqueue('a', () => Promise.resolve('next'))]).to.deep.equal(['thrown', 'next']);
  });
});
