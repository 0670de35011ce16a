import { expect } from 'chai';
import type { ClientStorage } from '../../src/interfaces/client/platform.js';

/** What every storage of a client does. */
export const keepsValues = (open: () => Promise<ClientStorage>): void => {
  it('answers what was put, and nothing for what was not', async () => {
    const storage = await open();
    expect([await storage.get('a'), await storage.list('')]).to.deep.equal([undefined, []]);
    const value = { text: 'ü\n😀', list: [1, null], nested: { yes: true } };
    await storage.put('a', value);
    expect(await storage.get('a')).to.deep.equal(value);
  });

  it('replaces and removes, also what is not there', async () => {
    const storage = await open();
    await storage.put('a', 1);
    await storage.put('a', 2);
    expect(await storage.get('a')).to.equal(2);
    await storage.remove('a');
    await storage.remove('never');
    expect(await storage.get('a')).to.equal(undefined);
  });

  it('lists the values of a prefix, in the order of their keys', async () => {
    const storage = await open();
    for (const key of ['b/2', 'a/10', 'a/2', 'a', 'a/1/x y?%', 'ab/1']) await storage.put(key, key);
    const keys = ['a/1/x y?%', 'a/10', 'a/2'];
    expect(await storage.list('a/')).to.deep.equal(keys.map((key) => [key, key]));
  });

  it('is not changed by what happens to a value afterwards', async () => {
    const storage = await open();
    const value = { text: 'as it was' };
    await storage.put('a', value);
    value.text = 'changed';
    expect(await storage.get('a')).to.deep.equal({ text: 'as it was' });
  });

  it('makes the changes of a key in the order in which they were asked for', async () => {
    const storage = await open();
    for (let n = 0; n < 10; n += 1) {
      const changes = [storage.put('a', 1), storage.remove('a'), storage.put('b', 1), storage.put('b', 2)];
      await Promise.all(changes);
      expect(await storage.list('')).to.deep.equal([['b', 2]]);
    }
  });
};
