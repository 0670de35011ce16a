import { expect } from 'chai';
import { fact } from '../support/events.js';
import { added, group, removed, sent, started } from '../support/group-facts.js';
import { ada, at, bob, cleo, eve, messageNumber, positionOf } from '../support/ids.js';
import { scene, type Feed, type OpenReadModels } from './read-model-steps.js';

const pinned = (n: number, pinnedBy = bob) =>
  fact('MessagePinned', { messageId: messageNumber(n), conversationId: group, pinnedBy, pinnedAt: at(n) });
const unpinned = (n: number) => fact('MessageUnpinned', { messageId: messageNumber(n), conversationId: group });
const kept = (changes: Parameters<typeof fact<'PreferencesChanged'>>[1]) => fact('PreferencesChanged', changes);
const none = { muted: false, archived: false, pinned: false };

/** Tests what the views show of pinned messages, and of the preferences of members for their conversations. */
export const describePinsAndPreferences = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);

  it('list pinned messages, the one pinned last first, as they are by now', async () => {
    const { pins, messages } = await views(
      ...[started([ada, bob]), sent(1), sent(2), sent(3), pinned(2), pinned(1, ada), pinned(3), unpinned(3)],
      fact('MessageEdited', { messageId: messageNumber(1), conversationId: group, text: 'edited' }),
    );
    const found = await pins.list(group);
    expect(found).to.deep.equal([
      { message: await messages.find(messageNumber(1)), pinnedBy: ada, pinnedAt: at(1) },
      { message: await messages.find(messageNumber(2)), pinnedBy: bob, pinnedAt: at(2) },
    ]);
    expect(found[0]?.message.text).to.equal('edited');
    expect((await pins.pinnedBy(bob)).map(({ messageId }) => messageId)).to.deep.equal([messageNumber(2)]);
  });

  it('answer a resuming member the last change of each pin', async () => {
    const { pins } = await views(
      ...[started([ada, bob]), sent(1), sent(2), pinned(1), unpinned(1), pinned(2, ada), pinned(1)],
    );
    const changes = async (viewer: typeof ada, after: number, limit = 10) =>
      (await pins.changedSince(viewer, positionOf(after), limit)).map(({ position, isPinned, userId }) => [
        position,
        isPinned,
        userId,
      ]);
    expect(await changes(bob, 3)).to.deep.equal([
      ['6', true, ada],
      ['7', true, bob],
    ]);
    expect(await changes(bob, 6)).to.deep.equal([['7', true, bob]]);
    expect(await changes(bob, 3, 1)).to.deep.equal([['6', true, ada]]);
    expect(await changes(eve, 0)).to.deep.equal([]);
    const gone = await views(started([ada, bob]), sent(1), pinned(1), unpinned(1));
    expect((await gone.pins.changedSince(ada, positionOf(2), 10)).map(({ isPinned }) => isPinned)).to.deep.equal([
      false,
    ]);
  });

  it('show each member how they keep a conversation, and nobody else', async () => {
    const { conversations } = await views(started([ada, bob]), kept({ muted: true }), kept({ archived: true }));
    expect((await conversations.find(group, bob))?.preferences).to.deep.equal({ ...none, muted: true, archived: true });
    expect((await conversations.find(group, ada))?.preferences).to.deep.equal(none);
    const [listed] = (await conversations.inbox(bob, { before: undefined, limit: 5 })).conversations;
    expect(listed?.preferences).to.deep.equal({ ...none, muted: true, archived: true });
    const since = (viewer: typeof ada, after: number) => conversations.preferencesSince(viewer, positionOf(after), 10);
    const change = { position: '3', conversationId: group, preferences: { ...none, muted: true, archived: true } };
    expect(await since(bob, 1)).to.deep.equal([change]);
    expect([await since(bob, 3), await since(ada, 0)]).to.deep.equal([[], []]);
  });

  it('keep them for one who leaves and comes back, and forget them with a user', async () => {
    const facts = [started([ada, bob, cleo]), kept({ muted: true }), removed(bob)];
    const away = await views(...facts);
    expect(await away.conversations.preferencesSince(bob, positionOf(0), 10)).to.deep.equal([]);
    const back = await views(...facts, added(bob));
    expect((await back.conversations.find(group, bob))?.preferences).to.deep.equal({ ...none, muted: true });
    const lookup = { conversationId: group, position: positionOf(4), joined: [bob, cleo], removed: [] };
    const [changed] = await back.conversations.findChanged([lookup]);
    expect([...(changed?.preferences ?? [])]).to.deep.equal([[bob, { ...none, muted: true }]]);
    const erased = fact('UserErased', { userId: bob });
    const forgotten = await views(...facts, added(bob), erased, kept({ pinned: true }));
    expect((await forgotten.conversations.find(group, bob))?.preferences).to.deep.equal(none);
  });
};
