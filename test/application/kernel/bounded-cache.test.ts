import { expect } from 'chai';
import { BoundedCache } from '../../../src/application/kernel/bounded-cache.js';

describe('A bounded cache', () => {
  /** Makes a cache in which a text weighs as much as it is long. */
  const cacheOf = (most: number) => new BoundedCache<string, string>({ most, weightOf: (text) => text.length });
  const keysIn = (cache: BoundedCache<string, string>) => ['a', 'b', 'c'].filter((key) => cache.get(key) !== undefined);

  it('keeps values up to exactly its bound', () => {
    const cache = cacheOf(10);
    cache.set('a', 'xxxx');
    cache.set('b', 'xxxxxx');
    expect(keysIn(cache)).to.deep.equal(['a', 'b']);
    cache.set('c', 'x');
    expect(keysIn(cache)).to.deep.equal(['b', 'c']);
  });

  it('drops as many as a heavy one needs, those that were set longest ago', () => {
    const cache = cacheOf(10);
    for (const key of ['a', 'b']) cache.set(key, 'xxx');
    cache.set('a', 'xxx'); // it is added again
    cache.set('c', 'xxxxxxx');
    expect(keysIn(cache)).to.deep.equal(['a', 'c']);
    cache.set('b', 'xxxxxxxx');
    expect(keysIn(cache)).to.deep.equal(['b']);
  });

  it('does not keep what is heavier than all that it may keep, and drops for it only what stood in its place', () => {
    const cache = cacheOf(3);
    cache.set('a', 'xxx');
    cache.set('a', 'xxxx');
    expect(keysIn(cache)).to.deep.equal([]);
    cache.set('b', 'xxx');
    cache.set('c', 'xxxx');
    expect(keysIn(cache)).to.deep.equal(['b']);
  });

  it('has the room again of what was dropped or replaced, and of nothing else', () => {
    const cache = cacheOf(10);
    cache.set('a', 'xxxxxxxxxx');
    cache.delete('a');
    cache.delete('a');
    cache.set('b', 'xxxxx');
    cache.set('b', 'xxxxx');
    cache.set('c', 'xxxxx');
    expect(keysIn(cache)).to.deep.equal(['b', 'c']);
    cache.set('a', 'x');
    expect(keysIn(cache)).to.deep.equal(['a', 'c']);
  });

  it('keeps nothing once it was cleared, and has all of its room again', () => {
    const cache = cacheOf(10);
    for (const key of ['a', 'b']) cache.set(key, 'xxxxx');
    cache.clear();
    expect(keysIn(cache)).to.deep.equal([]);
    for (const key of ['b', 'c']) cache.set(key, 'xxxxx');
    expect(keysIn(cache)).to.deep.equal(['b', 'c']);
  });
});
