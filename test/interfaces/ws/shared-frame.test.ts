import { expect } from 'chai';
import { linked } from '../../../src/application/messages/linked.js';
import { attachmentView } from '../../../src/application/messages/attachment-view.js';
import { sharedFrame } from '../../../src/interfaces/ws/shared-frame.js';
import { textFrame } from '../../../src/interfaces/ws/text-frame.js';
import { attachmentNumber } from '../../support/attachments.js';
import { ada, bob, sessionNumber } from '../../support/ids.js';
import { testLinks } from '../../support/media-links.js';

const sessions = [
  { userId: ada, sessionId: sessionNumber(1), epoch: 0 },
  { userId: ada, sessionId: sessionNumber(2), epoch: 0 },
  { userId: bob, sessionId: sessionNumber(3), epoch: 5 },
];
const frameWith = (text: string, ...files: readonly number[]) => ({
  type: 'message.sent',
  message: { text, attachments: files.map((n) => attachmentView(attachmentNumber(n))) },
});

describe('A frame for many sockets', () => {
  it('without files is the same bytes for all', () => {
    const content = frameWith('héllo');
    expect(sharedFrame(testLinks, content)).to.deep.equal(textFrame(content));
  });

  for (const [name, content] of [
    ['images', frameWith('look', 1, 3)],
    ['a file that has no thumbnail', frameWith('look', 2)],
    ['the same file twice', frameWith('look', 1, 1)],
    ['a text of many bytes before them', frameWith('漢字 👩‍👩‍👧 '.repeat(2_000), 1, 2, 3)],
    ['a text that looks like a link', frameWith(attachmentView(attachmentNumber(1)).url + '?link=0000', 1)],
    ['the most files', frameWith('', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)],
  ] as const)
    it(`with ${name} has links that are signed for each session`, () => {
      const frame = sharedFrame(testLinks, content);
      if (typeof frame !== 'function') throw new Error('it has no links');
      for (const session of [...sessions, ...sessions])
        expect(frame(session).equals(textFrame(linked(content, testLinks.signFor(session))))).to.equal(true);
    });
});
