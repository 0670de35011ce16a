import { expect } from 'chai';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { missedFrames } from '../../../src/interfaces/ws/resume.js';
import { contentsOf, eachLiveReadModels, type ResumedFrame } from '../../support/each-live-read-models.js';
import { fact } from '../../support/events.js';
import { group, otherGroup, sent, started } from '../../support/group-facts.js';
import { ada, bob, cleo, messageNumber, positionOf } from '../../support/ids.js';
import { same } from '../../support/same.js';

describe('a resume behind which a user was erased', () => {
  const { models, project } = eachLiveReadModels();

  /** Answers what Cleo missed behind a position. */
  const missed = async (after: number): Promise<ResumedFrame[]> => {
    const find = missedFrames({ ...models(), maxFrames: 500, maxTextBytes: 10_000 });
    const frames = await find(cleo, positionOf(after), positionOf(1_000), { isOver: () => false, keep: same });
    return contentsOf(frames);
  };

  it('tells what an erasure has changed: one message by a frame, several by a resync, as they stand at one place', async () => {
    const reacted = (n: number) =>
      fact('ReactionAdded', { messageId: messageNumber(n), conversationId: group, userId: bob });
    const facts = [started([ada, bob, cleo]), sent(1), sent(2), reacted(1)];
    await project(...facts, fact('UserErased', { userId: bob }));
    const [frame, ...more] = await missed(4);
    expect([frame?.type, frame?.['position'], more]).to.deep.equal(['message.reacted', '5', []]);
    await project(...facts, fact('UserErased', { userId: bob }), fact('UserErased', { userId: ada }));
    expect(await missed(5)).to.deep.equal([
      {
        ...{ type: 'resync', position: '1000', since: '5', left: [] },
        conversations: [{ conversationId: group, cursor: 'm2', changed: true }],
      },
    ]);
    expect(await missed(6)).to.deep.equal([]);
  });

  it('tells what an erasure has changed where the server that erases remembers nothing of it', async () => {
    const titled = fact('ConversationStarted', { ...started([ada, bob, cleo]).data, startedBy: bob });
    const reacted = fact('ReactionAdded', { messageId: messageNumber(1), conversationId: otherGroup, userId: bob });
    const facts = [titled, started([ada, bob, cleo], otherGroup), sent(1, otherGroup), sent(2, otherGroup), reacted];
    await project(...facts);
    await project(...facts, fact('UserErased', { userId: bob }));
    const behind = '5' as Position;
    expect(await models().conversations.changesSince(cleo, behind, 10)).to.deep.equal([
      { position: '6', conversationId: group, kind: 'renamed' },
    ]);
    expect(await models().conversations.unseenSince(cleo, behind)).to.deep.equal([
      { conversationId: group, lastSeenSeq: 0, areSeenChanged: false },
      { conversationId: otherGroup, lastSeenSeq: 2, areSeenChanged: true },
    ]);
    const [title, other] = await models().snapshot(cleo);
    expect([title?.title, title?.position, other?.title, other?.position]).to.deep.equal([
      'erased',
      '6',
      'Engines',
      '6',
    ]);
    expect((await missed(5)).map(({ type }) => type)).to.deep.equal(['resync']);
  });
});
