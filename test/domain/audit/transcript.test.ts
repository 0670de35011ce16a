import { expect } from 'chai';
import type { EventView } from '../../../src/domain/audit/event-view.js';
import { transcriptHead, transcriptRow } from '../../../src/domain/audit/transcript.js';
import { ada, bob } from '../../support/ids.js';

/** The character behind which a text is shown from right to left. */
const TURNED = '\u202e';

const view = (changes: Partial<EventView>): EventView => ({
  ...{ index: 1, position: '3', streamId: 'test-1', revision: 0, type: 'MessageSent', recordedAt: '', actorId: ada },
  ...{ data: {}, closed: null },
  ...changes,
});
const scope = { kind: 'user', id: ada, begin: 0, end: 9 } as const;
const names = new Map([
  [ada, `ada${TURNED}`],
  [bob, 'bob'],
]);
/** Answers the last cell of an event's line. */
const textOf = (changes: Partial<EventView>): string | undefined =>
  transcriptRow(view(changes), { scope, names }).split('</td><td>').at(-1)?.replace('</td></tr>\n', '');

describe('A transcript', () => {
  // A text that turns the direction showed what stood behind it, names and ids, from right to left.
  it('lets no text or name turn the direction of what stands beside it', () => {
    expect(textOf({ data: { text: `I owe ${TURNED}001`, toId: bob } })).to.equal(
      `<bdi>I owe ${TURNED}001</bdi> · <i><bdi>bob</bdi></i>`,
    );
    expect(transcriptRow(view({}), { scope, names })).to.include(`<bdi>ada${TURNED}</bdi><br><small>${ada}</small>`);
    const head = transcriptHead({ origin: 'example.org/chat', size: 9, scope, names });
    expect(head).to.include(`All events of the user <bdi>ada${TURNED}</bdi>, ${ada}, from leaf 0`);
  });

  // Whoever wrote "[erased]", or the name of a file, could not be told from somebody who was erased, or had sent one.
  it('tells what somebody wrote from what nobody wrote', () => {
    expect(textOf({ data: { text: '[erased] · media/1' } })).to.equal('<bdi>[erased] · media/1</bdi>');
    expect(textOf({ closed: 'erased' })).to.equal('<i>[erased]</i>');
    expect(textOf({ type: 'MediaUploaded', data: { name: 'a.png', mediaId: '<1>' } })).to.equal(
      '<bdi>a.png</bdi> · <i>media/&lt;1&gt;</i>',
    );
    expect(textOf({ data: { text: '<i>[erased]</i>' } })).to.equal('<bdi>&lt;i&gt;[erased]&lt;/i&gt;</bdi>');
  });
});
