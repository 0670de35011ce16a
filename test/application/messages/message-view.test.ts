import { expect } from 'chai';
import { messageView } from '../../../src/application/messages/message-view.js';
import { fact } from '../../support/events.js';
import { ada, at, conversationNumber, messageNumber, positionOf } from '../../support/ids.js';

describe('A message that was just sent', () => {
  it('is as the history shows it', () =>
    expect(
      messageView({ ...fact('MessageSent', { replyTo: messageNumber(8) }).data, seq: 40, position: positionOf(7) }),
    ).to.deep.equal({
      messageId: messageNumber(1),
      conversationId: conversationNumber(1),
      seq: 40,
      senderId: ada,
      text: 'Good morning',
      mentions: [],
      attachments: [],
      replyTo: messageNumber(8),
      reactions: [],
      sentAt: at(50),
      editedAt: null,
      deletedAt: null,
      position: '7',
      cursor: 'm14',
    }));
});
