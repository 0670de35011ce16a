import { expect } from 'chai';
import { fact } from '../support/events.js';
import { added, group, otherGroup, removed, sent, started } from '../support/group-facts.js';
import { ada, bob, cleo, messageNumber, positionOf } from '../support/ids.js';
import { scene, type Feed, type OpenReadModels } from './read-model-steps.js';

const all = [ada, bob, cleo];
const about = (n: number) => ({ messageId: messageNumber(n), conversationId: group });
const edited = (n: number) => fact('MessageEdited', { ...about(n), text: `edited ${n}` });
const deleted = (n: number) => fact('MessageDeleted', about(n));
const reacted = (n: number) => fact('ReactionAdded', { ...about(n), userId: bob });

/** Tests what a client asks for that was away for too long to be told of everything. */
export const describeListedChanges = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);

  it('lists the changed messages of a conversation that were there at a position, by their last changes', async () => {
    const { messages } = await views(
      ...[started(all), sent(1), sent(2), sent(3), started(all, otherGroup), sent(4, otherGroup)],
      ...[edited(3), edited(1), sent(5), edited(5), reacted(3), deleted(2)],
    );
    const listed = async (since: number, after = since, limit = 10, conversationId = group) =>
      (await messages.changes(conversationId, { since: positionOf(since), after: positionOf(after) }, limit)).map(
        ({ seq, position }) => [seq, position],
      );
    const changed = [
      [1, '8'],
      [3, '11'],
      [2, '12'],
    ];
    expect(await listed(6)).to.deep.equal(changed);
    expect(await listed(6, 6, 2)).to.deep.equal(changed.slice(0, 2));
    expect(await listed(6, 11)).to.deep.equal(changed.slice(2));
    expect(await listed(9)).to.deep.equal([[4, '10'], ...changed.slice(1)]);
    expect(await listed(3)).to.deep.equal([changed[0], changed[2]]);
    expect([await listed(12), await listed(0), await listed(6, 6, 10, otherGroup)]).to.deep.equal([[], [], []]);
    const [shown] = await messages.changes(group, { since: positionOf(6), after: positionOf(8) }, 1);
    expect(shown).to.deep.equal(await messages.find(messageNumber(3)));
  });

  it('answers a resuming client which conversations they left behind a position, unless they came back', async () => {
    const facts = [started(all), started(all, otherGroup), removed(bob), sent(1)];
    const { conversations } = await views(...facts);
    const left = (viewer: typeof bob, after: number) => conversations.leftSince(viewer, positionOf(after));
    expect([await left(bob, 2), await left(bob, 3), await left(cleo, 0)]).to.deep.equal([[group], [], []]);
    expect(await conversations.unseenSince(bob, positionOf(2))).to.deep.equal([]);
    const back = await views(...facts, added(bob));
    expect(await back.conversations.leftSince(bob, positionOf(2))).to.deep.equal([]);
  });
};
