import { expect } from 'chai';
import { receiptVisibleTo } from '../../../src/application/reading/receipt-visibility.js';
import { fact } from '../../support/events.js';
import { bob } from '../../support/ids.js';

describe('A receipt', () => {
  it('may be seen by everybody in the conversation, or by the reader alone where they showed it to nobody', () => {
    const { data } = fact('MessageRead', { userId: bob });
    expect(receiptVisibleTo(data)).to.equal(null);
    expect(receiptVisibleTo({ ...data, hidden: true })).to.equal(bob);
  });
});
