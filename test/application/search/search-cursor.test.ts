import { expect } from 'chai';
import { InvalidCursorError } from '../../../src/application/ports/message-views.js';
import { openSearchCursor, searchCursor } from '../../../src/application/search/search-cursor.js';
import { messageCursor } from '../../../src/application/messages/message-cursor.js';
import type { Position } from '../../../src/domain/kernel/ids.js';

describe('The cursor of a search', () => {
  const searched = ['ada', ['tea'], undefined];
  const last = '9'.repeat(18) as Position;

  it('goes on with the same search', () => {
    expect(openSearchCursor(searchCursor('12' as Position, searched), searched)).to.equal('12');
    expect(openSearchCursor(undefined, searched)).to.equal(undefined);
  });

  it('is short enough for every position', () => {
    const cursor = searchCursor(last, searched);
    expect(cursor.length).to.be.at.most(64);
    expect(openSearchCursor(cursor, searched)).to.equal(last);
  });

  it('is refused by any other search, and any other text by this one', () => {
    const cursor = searchCursor('12' as Position, searched);
    for (const other of [
      ['bob', ['tea'], undefined],
      ['ada', ['tea', 'ea'], undefined],
      ['ada', ['tea'], 'conversation'],
    ])
      expect(() => openSearchCursor(cursor, other)).to.throw(InvalidCursorError);
    for (const text of [messageCursor(12), 's12', `${cursor}x`, '', `s1;-${cursor.split('-')[1]}`])
      expect(() => openSearchCursor(text, searched)).to.throw(InvalidCursorError);
  });
});
