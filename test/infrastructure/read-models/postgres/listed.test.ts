import { expect } from 'chai';
import type { ConversationId } from '../../../../src/domain/kernel/ids.js';
import { listedUpTo } from '../../../../src/infrastructure/read-models/postgres/listed.js';

const conversation = (end: string): ConversationId => `01978f00-0000-7000-8000-0000000000${end}` as ConversationId;

describe('The messages of a conversation that are in lists', () => {
  it('are full chunks, as many messages later as the id of the conversation says', () => {
    const upTo = (end: string) =>
      [0, 63, 64, 64 + 5, 64 + 63, 128, 128 + 5].map((n) => listedUpTo(conversation(end), n));
    expect(upTo('00')).to.deep.equal([0, 0, 64, 64, 64, 128, 128]);
    expect(upTo('05')).to.deep.equal([0, 0, 0, 64, 64, 64, 128]);
    expect(upTo('3f')).to.deep.equal([0, 0, 0, 0, 64, 64, 64]);
    expect(upTo('ff')).to.deep.equal(upTo('3f'));
  });

  it('lag behind by fewer than 128', () => {
    for (let byte = 0; byte < 256; byte += 1)
      for (let lastSeq = 0; lastSeq < 400; lastSeq += 1) {
        const unlisted = lastSeq - listedUpTo(conversation(byte.toString(16).padStart(2, '0')), lastSeq);
        expect(unlisted).to.be.within(0, 127);
      }
  });
});
