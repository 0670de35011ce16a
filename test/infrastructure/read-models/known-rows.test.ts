import { expect } from 'chai';
import { KnownRows } from '../../../src/infrastructure/read-models/known-rows.js';

describe('The rows that are known of a table', () => {
  const MOST = 2;
  let rows: KnownRows<string>;
  beforeEach(() => (rows = new KnownRows()));

  it('are those that were read or changed, and those that were looked up in vain', () => {
    rows.learn('read', 'one');
    rows.learn('absent', undefined);
    rows.set('changed', 'two');
    expect(['read', 'absent', 'changed', 'other'].map((key) => rows.isKnown(key))).to.deep.equal([
      true,
      true,
      true,
      false,
    ]);
    expect([rows.changed, rows.added]).to.deep.equal([['two'], ['two']]);
  });

  // A row that was looked up, or created because there was none, counted as absent once it was forgotten: later events
  // of its conversation or member then changed nothing.
  it('have to be looked up again once they are forgotten for want of room', () => {
    for (const key of ['read', 'made']) rows.learn(key, undefined);
    rows.learn('read', 'one');
    rows.set('made', 'two');
    rows.set('newest', 'three');
    rows.settle(MOST);
    expect(['read', 'made', 'newest'].map((key) => rows.isKnown(key))).to.deep.equal([false, false, true]);
  });

  it('are removed where they are stored, and left out where they are not', () => {
    rows.learn('stored', 'one');
    rows.learn('changed', 'two');
    rows.set('changed', 'three');
    rows.set('new', 'four');
    for (const key of ['stored', 'changed', 'new', 'other']) rows.delete(key);
    expect([rows.changed, rows.removed]).to.deep.equal([[], ['one', 'three']]);
    expect(['stored', 'changed', 'new', 'other'].map((key) => rows.isKnown(key))).to.deep.equal([
      true,
      true,
      true,
      false,
    ]);
  });

  it('are stored, not new and not removed, once they come back', () => {
    rows.learn('back', 'one');
    rows.delete('back');
    rows.set('back', 'two');
    expect([rows.changed, rows.added, rows.removed]).to.deep.equal([['two'], [], []]);
    rows.delete('back');
    expect([rows.changed, rows.removed]).to.deep.equal([[], ['two']]);
    rows.settle(MOST);
    expect(rows.removed, 'once that is stored').to.deep.equal([]);
  });
});
