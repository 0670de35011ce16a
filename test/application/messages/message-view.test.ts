import { expect } from 'chai';
import { messageView } from '../../../src/application/messages/message-view.js';
import { attachmentNumber } from '../../support/attachments.js';
import { fact } from '../../support/events.js';
import { ada, at, conversationNumber, mediaNumber, messageNumber, positionOf } from '../../support/ids.js';

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
      replyToDeleted: false,
      reactions: [],
      sentAt: at(50),
      editedAt: null,
      deletedAt: null,
      position: '7',
      cursor: 'm14',
    }));

  it('says where its files are read, and images small', () => {
    const { data } = fact('MessageSent', { attachments: [attachmentNumber(1), attachmentNumber(2)] });
    const [image, words] = [1, 2].map((n) => `/media/v1/${mediaNumber(n)}`);
    expect(messageView({ ...data, seq: 1, position: positionOf(7) }).attachments).to.deep.equal([
      {
        ...{ mediaId: mediaNumber(1), contentType: 'image/png', size: 1_001, name: 'file 1' },
        ...{ width: 640, height: 480, url: image, thumbnailUrl: `${image}/thumbnail` },
      },
      { mediaId: mediaNumber(2), contentType: 'text/plain', size: 1_002, name: 'file 2', url: words },
    ]);
  });
});
