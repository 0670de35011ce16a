import { expect } from 'chai';
import { lastChanges } from '../../../src/application/push/last-changes.js';
import { noticesOf } from '../../../src/application/push/pushed-events.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { fact } from '../../support/events.js';
import { renamed, sent } from '../../support/group-facts.js';
import { messageNumber } from '../../support/ids.js';
import { recorded } from '../../support/projections.js';

const edited = (n: number) => fact('MessageEdited', { messageId: messageNumber(n) });
const deleted = (n: number) => fact('MessageDeleted', { messageId: messageNumber(n) });

const placesOf = (...facts: Parameters<typeof recorded>[0]) => {
  const notices = noticesOf({ events: recorded(facts), after: LOG_START });
  return lastChanges(notices).map((notice) => ('position' in notice ? Number(notice.position) : undefined));
};

describe('The last changes', () => {
  it('are the last of each kind of each message', () => {
    expect(placesOf(edited(1), edited(2), edited(1), deleted(2), edited(1))).to.deep.equal([2, 4, 5]);
  });

  it('leave everything else where it is', () => {
    expect(placesOf(sent(1), edited(1), renamed('A'), sent(2), edited(1), sent(3))).to.deep.equal([1, 3, 4, 5, 6]);
    expect(placesOf(sent(1), sent(1), renamed('A'))).to.deep.equal([1, 2, 3]);
  });
});
