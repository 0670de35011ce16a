import { expect } from 'chai';
import type { Position } from '../../src/domain/kernel/ids.js';
import { fact } from '../support/events.js';
import { added, group, otherGroup, sent, started } from '../support/group-facts.js';
import { ada, bob, cleo, conversationNumber, eve, messageNumber, positionOf } from '../support/ids.js';
import { same } from '../support/same.js';
import { listChanges } from '../../src/application/messages/list-changes.js';
import { scene, type Feed, type OpenReadModels, type Views } from './read-model-steps.js';

const third = conversationNumber(3);
const all = [ada, bob, cleo];
const erased = (userId: typeof ada) => fact('UserErased', { userId });
const sentBy = (n: number, senderId: typeof ada, conversationId = group) =>
  fact('MessageSent', { ...sent(n, conversationId).data, senderId });
const about = (n: number) => ({ messageId: messageNumber(n), conversationId: group });
const reacted = (n: number, userId: typeof ada) => fact('ReactionAdded', { ...about(n), userId });
const unreacted = (n: number, userId: typeof ada) => fact('ReactionRemoved', { ...about(n), userId });
const deleted = (n: number) => fact('MessageDeleted', about(n));
const titledBy = (startedBy: typeof ada, conversationId = group) =>
  fact('ConversationStarted', { ...started(all, conversationId).data, startedBy });

/** Tests how the views tell of what an erasure has changed. */
export const describeErasures = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);

  const changedBehind = async ({ messages }: Views, after: number) =>
    (await messages.changedSince(cleo, positionOf(after), { limit: 20, maxTextBytes: 10_000 }, same)).map(
      ({ change, message }) => [...[message.seq, change, message.position]],
    );
  const placesIn = async ({ messages }: Views) =>
    (await messages.history(group, { kind: 'newest' }, 20)).messages.map(({ position }) => Number(position));

  it('tells each message that a user wrote, or reacted to, as changed by the erasure, and no other', async () => {
    const models = await views(
      ...[titledBy(cleo), sentBy(1, ada), sentBy(2, bob), sentBy(3, bob), sentBy(4, bob), sentBy(5, ada)],
      ...[
        reacted(2, ada),
        reacted(3, ada),
        unreacted(3, ada),
        reacted(4, cleo),
        reacted(1, ada),
        deleted(5),
        erased(ada),
      ],
    );
    expect(await changedBehind(models, 12)).to.deep.equal([
      [1, 'edited', '13'],
      [2, 'reacted', '13'],
    ]);
    expect(await placesIn(models)).to.deep.equal([13, 13, 9, 10, 12]);
    const shown = await models.messages.find(messageNumber(1));
    expect(shown).to.deep.include({ seq: 1, text: 'erased', editedAt: null, deletedAt: null, reactions: [] });
    expect((await models.messages.find(messageNumber(2)))?.reactions).to.deep.equal([]);
    const { position } = (await models.conversations.find(group, cleo)) ?? {};
    expect(position).to.equal('13');
    expect(await models.conversations.unseenSince(cleo, positionOf(12))).to.deep.equal([
      { conversationId: group, lastSeenSeq: 5, areSeenChanged: true },
    ]);
    expect(await models.conversations.changesSince(cleo, positionOf(1), 10)).to.deep.equal([]);
  });

  it('leaves what happens behind it at its own place, and changes nothing twice', async () => {
    const models = await views(
      ...[titledBy(cleo), sentBy(1, ada), sentBy(2, bob), sentBy(3, bob), reacted(2, ada), erased(ada)],
      ...[reacted(3, cleo), reacted(1, cleo), sentBy(4, ada), reacted(2, cleo), erased(ada)],
    );
    expect(await placesIn(models)).to.deep.equal([8, 10, 7, 9]);
    expect(await changedBehind(models, 5)).to.deep.equal([
      [3, 'reacted', '7'],
      [1, 'reacted', '8'],
      [2, 'reacted', '10'],
    ]);
    const later = await views(
      ...[titledBy(cleo), sentBy(1, ada), sentBy(2, bob), reacted(1, bob), reacted(2, ada), erased(ada), erased(bob)],
    );
    expect(await changedBehind(later, 3)).to.deep.equal([
      [1, 'reacted', '7'],
      [2, 'edited', '7'],
    ]);
    expect((await later.messages.find(messageNumber(1)))?.text).to.equal('erased');
  });

  it('tells each title that goes as a change of its conversation, to all of its members', async () => {
    const models = await views(
      ...[titledBy(ada), titledBy(ada, otherGroup), titledBy(bob, third), added(eve), erased(ada)],
      fact('ConversationRenamed', { conversationId: otherGroup, renamedBy: bob, title: 'Looms' }),
    );
    const changes = (viewer: typeof ada) => models.conversations.changesSince(viewer, positionOf(4), 10);
    const renamed = (conversationId: typeof group) => ({ position: '5' as Position, conversationId, kind: 'renamed' });
    expect(await changes(cleo)).to.deep.equal([renamed(group), renamed(otherGroup)]);
    expect(await changes(eve)).to.deep.equal([renamed(group)]);
    const titles = await models.conversations.findSome(cleo, [group, otherGroup, third]);
    expect(
      new Map(titles.map(({ conversationId, title, position }) => [conversationId, [title, position]])),
    ).to.deep.equal(
      new Map([
        [group, ['erased', '5']],
        [otherGroup, ['Looms', '6']],
        [third, ['Engines', '3']],
      ]),
    );
  });

  it('answers in which conversations something has changed, also one that the user had left', async () => {
    const left = fact('MemberRemoved', { conversationId: group, userId: ada });
    const models = await views(
      ...[titledBy(bob), titledBy(ada, otherGroup), titledBy(bob, third), sentBy(1, ada), sentBy(2, bob, third)],
      ...[left, erased(ada), sentBy(3, bob, third)],
    );
    const erasure = { userId: ada, position: positionOf(7), since: positionOf(6) };
    expect(await models.conversations.changedByErasure(erasure)).to.deep.equal([
      { conversationId: group, lastSeenSeq: 1, areSeenChanged: true },
      { conversationId: otherGroup, lastSeenSeq: 0, areSeenChanged: false },
    ]);
  });

  // All that an erasure changes stands at one position: a second page began behind it.
  it('lists what has changed page by page, though all of it changed at once', async () => {
    const models = await views(
      ...[titledBy(cleo), ...[1, 2, 3, 4, 5].map((n) => sentBy(n, ada)), reacted(2, bob), erased(ada)],
    );
    const list = listChanges(models.conversations, models.messages);
    const seqs: number[][] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await list(bob, { conversationId: group, since: positionOf(7), cursor, limit: 2 });
      seqs.push(page.messages.map(({ seq }) => seq));
      cursor = page.nextCursor;
    }
    expect(seqs).to.deep.equal([[1, 2], [3, 4], [5]]);
  });
};
