import { expect } from 'chai';
import { attachmentView } from '../../../src/application/messages/attachment-view.js';
import { linked } from '../../../src/application/messages/linked.js';
import type { SignLinks } from '../../../src/application/ports/media-links.js';
import { attachmentNumber } from '../../support/attachments.js';

const sign: SignLinks = (mediaId) => ({ content: `c-${mediaId.at(-1)}`, thumbnail: `t-${mediaId.at(-1)}` });
const [image, text] = [attachmentView(attachmentNumber(1)), attachmentView(attachmentNumber(2))];
const message = { text: 'look', attachments: [image, text], position: '1' };
const signed = {
  ...message,
  attachments: [
    { ...image, url: `${image.url}?link=c-1`, thumbnailUrl: `${image.thumbnailUrl}?link=t-1` },
    { ...text, url: `${text.url}?link=c-2` },
  ],
};
const plain = { text: 'hello', attachments: [], position: '2' };

describe('Links in what is answered', () => {
  const places: readonly (readonly [string, (message: object) => object])[] = [
    ['a message', (given) => given],
    ['a page of messages', (given) => ({ messages: [plain, given], nextCursor: null })],
    ['a frame', (given) => ({ type: 'message.sent', position: '1', message: given })],
    ['a conversation', (given) => ({ conversationId: 'c', lastMessage: given })],
    ['the answer to a change of one', (given) => ({ conversation: { lastMessage: given }, position: '1' })],
    ['a list of conversations', (given) => ({ conversations: [{ lastMessage: null }, { lastMessage: given }] })],
    ['pinned messages', (given) => ({ pins: [{ message: given, pinnedBy: 'ada' }] })],
  ];
  for (const [name, holding] of places)
    it(`are signed in ${name}, with all else and its order as it was`, () => {
      const answer = linked(holding(message), sign);
      expect(JSON.stringify(answer)).to.equal(JSON.stringify(holding(signed)));
      expect(holding(message), 'what was given').to.deep.equal(holding({ ...message, attachments: [image, text] }));
    });

  const [ada, bob] = [
    { userId: 'ada', avatarMediaId: attachmentNumber(1).mediaId },
    { userId: 'bob', avatarMediaId: null },
  ];
  const avatar = { avatarUrl: `${image.url}?link=c-1`, avatarThumbnailUrl: `${image.thumbnailUrl}?link=t-1` };
  for (const field of ['users', 'contacts', 'blocks'])
    it(`are signed in profiles with an image, alone and in ${field}`, () => {
      expect(linked(ada, sign)).to.deep.equal({ ...ada, ...avatar });
      expect(linked({ [field]: [bob, ada] }, sign)).to.deep.equal({ [field]: [bob, { ...ada, ...avatar }] });
    });

  it('are none in the frame of a changed profile, which is one for many sockets', () => {
    const frame = { type: 'user.updated', user: ada };
    expect(linked(frame, sign)).to.equal(frame);
  });

  it('are none where no message carries a file', () => {
    const answer = { messages: [plain], message: 'a word', lastMessage: null };
    expect(linked(answer, sign)).to.deep.equal(answer);
    expect(linked(plain, sign)).to.equal(plain);
  });
});
