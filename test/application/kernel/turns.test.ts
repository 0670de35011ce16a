import { expect } from 'chai';
import { createTurns } from '../../../src/application/kernel/turns.js';

/** Work that ends when it is told to, and tells when it begins. */
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
    const inTurn = createTurns(LONG, refusal);
    const { begun, work, end } = createWork();
    const done = [inTurn('a', work('a1')), inTurn('a', work('a2')), inTurn('a', work('a3')), inTurn('b', work('b1'))];
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
    const inTurn = createTurns(LONG, refusal);
    const { begun, work, end } = createWork();
    const first = inTurn('a', work('a1'));
    const second = inTurn('a', work('a2'));
    await turn();
    end('a1');
    await first;
    await turn();
    const third = inTurn('a', work('a3'));
    await turn();
    expect(begun).to.deep.equal(['a1', 'a2']);
    end('a2');
    await second;
    await turn();
    end('a3');
    expect(await third).to.equal('a3');
  });

  it('is done behind work that failed, whose failure its own caller alone is told', async () => {
    const inTurn = createTurns(LONG, refusal);
    const { work, end, fail } = createWork();
    const failing = inTurn('a', work('a1')).catch((error: unknown) => (error as Error).message);
    const next = inTurn('a', work('a2'));
    await turn();
    fail('a1');
    expect(await failing).to.equal('a1');
    await turn();
    end('a2');
    expect(await next).to.equal('a2');
  });

  it('is refused and not begun when it has waited too long, and what comes behind it waits for what is under way', async () => {
    const inTurn = createTurns(1, refusal);
    const { begun, work, end } = createWork();
    const first = inTurn('a', work('a1'));
    const refused = await inTurn('a', work('a2')).catch((error: unknown) => (error as Error).message);
    expect([refused, begun]).to.deep.equal(['too many wait', ['a1']]);
    const patient = inTurn('a', work('a3'));
    end('a1');
    await first;
    await turn();
    expect(begun).to.deep.equal(['a1', 'a3']);
    end('a3');
    expect(await patient).to.equal('a3');
  });

  it('is not refused because it takes long itself', async () => {
    const inTurn = createTurns(1, refusal);
    const { work, end } = createWork();
    const first = inTurn('a', work('a1'));
    await inTurn('a', work('a2')).catch(() => undefined);
    end('a1');
    expect(await first).to.equal('a1');
  });

  it('hands on what is thrown before a promise is there, and goes on', async () => {
    const inTurn = createTurns(LONG, refusal);
    const failing = inTurn('a', () => {
      throw new Error('thrown');
    }).catch((error: unknown) => (error as Error).message);
    expect([await failing, await inTurn('a', () => Promise.resolve('next'))]).to.deep.equal(['thrown', 'next']);
  });
});
