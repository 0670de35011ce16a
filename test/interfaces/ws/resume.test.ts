import { expect } from 'chai';
import type {
  ConversationChange,
  ConversationViews,
  PreferencesChange,
  ReadMark,
  Watermark,
} from '../../../src/application/ports/conversation-views.js';
import type {
  ChangedMessage,
  MessageView,
  MessageViews,
  MissedLimits,
} from '../../../src/application/ports/message-views.js';
import type { PinChange, PinViews } from '../../../src/application/ports/pin-views.js';
import type { UserDirectory } from '../../../src/application/ports/user-directory.js';
import { joinedConversation } from '../../../src/application/push/joined-conversation.js';
import { messageView } from '../../../src/application/messages/message-view.js';
import type { Position, UserId } from '../../../src/domain/kernel/ids.js';
import { missedFrames } from '../../../src/interfaces/ws/resume.js';
import { attachmentNumber } from '../../support/attachments.js';
import { group, otherGroup, sent } from '../../support/group-facts.js';
import {
  ada,
  at,
  bob,
  cleo,
  conversationNumber,
  eve,
  messageNumber,
  positionOf,
  userNumber,
} from '../../support/ids.js';
import { same } from '../../support/same.js';
import { changedGroup, memberOf, profileOf } from '../../support/scripted-views.js';

const MAX_FRAMES = 4;
const TEXT_BYTES = 'message 1'.length;

const message = (position: number): MessageView =>
  messageView({ ...sent(position).data, seq: position, position: positionOf(position) });
/** Answers the place of a message, which its ordinal gives, whatever changed it last. */
const placeOf = ({ seq }: MessageView) => positionOf(seq);
const readBy = (userId: UserId, position: number): ReadMark => ({
  position: positionOf(position),
  conversationId: group,
  userId,
  messageId: messageNumber(1),
  seq: 1,
  readAt: at(70),
});
const watermark = (userId: UserId, position: number, conversationId = group): Watermark => {
  const { readAt, ...mark } = readBy(userId, position);
  return { ...mark, conversationId, kind: 'read', at: readAt };
};
const renamed = (position: number, conversationId = group): ConversationChange => ({
  position: positionOf(position),
  conversationId,
  kind: 'renamed',
});

describe('What a viewer missed', () => {
  let asked: unknown[][];
  let messages: MessageView[];
  let altered: ChangedMessage[];
  let pins: PinChange[];
  let preferences: PreferencesChange[];
  let reads: ReadMark[];
  let receipts: Watermark[];
  let changes: ConversationChange[];
  let hiding: UserId[];
  beforeEach(() => {
    [pins, preferences, receipts] = [[], [], []];
    [asked, messages, altered, reads, changes, hiding] = [[], [], [], [], [], []];
  });

  const answer =
    <Answer>(query: string, give: () => Answer) =>
    async (...given: unknown[]): Promise<Answer> => {
      asked.push([query, ...given]);
      return give();
    };
  const list =
    <Listed>(query: string, give: () => Listed[]) =>
    async (viewer: UserId, after: Position, limits: MissedLimits, make: (listed: Listed) => unknown) => {
      asked.push([query, viewer, after, limits]);
      return give().map(make);
    };
  const missed = (maxTextBytes = 1_000, upTo = 100, isOver = () => false) =>
    missedFrames({
      messages: {
        changedSince: list('changedSince', () => altered),
        sentSince: list('sentSince', () => messages.map((each) => ({ sentPosition: placeOf(each), message: each }))),
      } as unknown as MessageViews,
      conversations: {
        readsSince: answer('readsSince', () => reads),
        receiptsSince: answer('receiptsSince', () => receipts),
        preferencesSince: answer('preferencesSince', () => preferences),
        changesSince: answer('changesSince', () => changes),
        findSome: answer('findSome', () => [joinedConversation(changedGroup(group, [ada]))]),
        unseenSince: answer('unseenSince', () => [{ conversationId: group, lastSeenSeq: 40, areSeenChanged: true }]),
        leftSince: answer('leftSince', () => [otherGroup]),
      } as unknown as ConversationViews,
      pins: { changedSince: answer('pinsSince', () => pins) } as unknown as PinViews,
      directory: {
        profiles: answer('profiles', () => new Map([[ada, profileOf(ada)]])),
        withoutReceipts: answer('withoutReceipts', () => new Set(hiding)),
      } as unknown as UserDirectory,
      maxFrames: MAX_FRAMES,
      maxTextBytes,
    })(ada, positionOf(2), positionOf(upTo), { isOver, keep: same });
  const queries = () => asked.map(([query]) => query);

  it('is asked for with one frame or receipt more than may be carried, and nothing else is asked where there is nothing', async () => {
    expect(await missed()).to.deep.equal([]);
    expect(asked).to.deep.equal([
      ['readsSince', ada, '2', MAX_FRAMES + 1],
      ['receiptsSince', ada, '2', 6],
      ['changesSince', ada, '2', MAX_FRAMES + 1],
      ['pinsSince', ada, '2', MAX_FRAMES + 1],
      ['preferencesSince', ada, '2', MAX_FRAMES + 1],
      ['changedSince', ada, '2', { limit: MAX_FRAMES + 1, maxTextBytes: 1_000 }],
      ['sentSince', ada, '2', { limit: MAX_FRAMES + 1, maxTextBytes: 1_000 }],
    ]);
  });

  // The texts were queried at the same time as the rest, and their details were queried for sockets that were gone by
  // then.
  it('is asked for no further once its socket is gone', async () => {
    [messages, reads, changes] = [[message(5)], [readBy(bob, 9)], [renamed(7)]];
    for (const last of ['changesSince', 'sentSince']) {
      asked = [];
      expect(await missed(1_000, 100, () => queries().includes(last))).to.deep.equal([]);
      expect(queries().at(-1)).to.equal(last);
    }
  });

  it('comes in the order of the log, each as it comes live', async () => {
    [messages, reads, changes] = [[message(5), message(10)], [readBy(ada, 9)], [renamed(7)]];
    const frames = await missed();
    expect(frames.map(({ position }) => position)).to.deep.equal(['5', '7', '9', '10']);
    expect(frames[0]?.content).to.deep.equal({ type: 'message.sent', position: '5', message: message(5) });
    const { position, conversationId, userId, messageId, seq, readAt } = readBy(ada, 9);
    const told = { position, conversationId, userId, messageId, seq, at: readAt };
    expect(frames[2]?.content).to.deep.equal({ type: 'message.read', ...told });
  });

  // A resume by the last change would leave out a message that was changed after the live frames began: these tell a
  // client of the change that has never heard of the message.
  it('holds a message where it was sent, as it is now, however late it was changed', async () => {
    messages = [{ ...message(5), position: positionOf(9), text: 'edited' }, message(6)];
    const frames = await missed(1_000, 6);
    expect(frames.map(({ position }) => position)).to.deep.equal(['5', '6']);
    expect(frames[0]?.content).to.deep.equal({ type: 'message.sent', position: '5', message: messages[0] });
  });

  it('is what was pinned, and how the viewer keeps a conversation, each as it comes live', async () => {
    const pin = { conversationId: group, messageId: messageNumber(1), userId: bob, at: at(1) };
    pins = [
      { ...pin, position: positionOf(4), isPinned: true },
      { ...pin, position: positionOf(6), isPinned: false },
    ];
    const kept = { muted: true, archived: false, pinned: false };
    preferences = [{ position: positionOf(5), conversationId: group, preferences: kept }];
    expect((await missed()).map(({ content }) => content)).to.deep.equal([
      { type: 'conversation.pinned', ...pin, position: '4' },
      { type: 'conversation.preferences', position: '5', conversationId: group, preferences: kept },
      { type: 'conversation.unpinned', ...pin, position: '6' },
    ]);
  });

  it('tells of a message that was changed at its last change, and leaves one to the live frames that is changed again', async () => {
    const [edited, again] = [5, 9].map((position) => ({ ...message(1), position: positionOf(position) }));
    altered = [
      { change: 'deleted', message: edited! },
      { change: 'edited', message: again! },
    ];
    const frames = await missed(1_000, 6);
    const content = { type: 'message.deleted', position: '5', message: edited };
    expect(frames).to.deep.equal([{ position: '5', content }]);
  });

  it('ends where the live frames begin', async () => {
    messages = [message(5), message(6), message(7)];
    expect((await missed(1_000, 6)).map(({ position }) => position)).to.deep.equal(['5', '6']);
  });

  it('is a conversation whole, with the names of its members; one that is no more is only named', async () => {
    changes = [renamed(5), { ...renamed(6, otherGroup), kind: 'member_removed' }];
    const { username, displayName } = profileOf(ada);
    const conversation = joinedConversation(changedGroup(group, [ada]));
    expect(await missed()).to.deep.equal([
      {
        position: '5',
        content: {
          type: 'conversation.renamed',
          position: '5',
          conversation: { ...conversation, members: [{ ...memberOf(ada), username, displayName }] },
        },
      },
      {
        position: '6',
        content: { type: 'conversation.member_removed', position: '6', conversation: { conversationId: otherGroup } },
      },
    ]);
    expect(asked.slice(7)).to.deep.equal([
      ['findSome', ada, [group, otherGroup]],
      ['profiles', [ada]],
    ]);
  });

  it('begins with the receipts of others, a frame a conversation, whatever their places, and has one’s own reading in order', async () => {
    reads = [readBy(ada, 6)];
    receipts = [watermark(bob, 1), watermark(eve, 3, otherGroup), { ...watermark(bob, 4), kind: 'delivered', seq: 2 }];
    const frames = await missed();
    expect(frames.map(({ position }) => position)).to.deep.equal([undefined, undefined, '6']);
    const read = { readMessageId: messageNumber(1), readSeq: 1, readAt: at(70) };
    const delivered = { deliveredMessageId: messageNumber(1), deliveredSeq: 2, deliveredAt: at(70) };
    expect(frames.slice(0, 2).map(({ content }) => content)).to.deep.equal([
      {
        type: 'message.receipts',
        conversationId: group,
        upTo: '4',
        receipts: [{ userId: bob, ...read, ...delivered }],
      },
      { type: 'message.receipts', conversationId: otherGroup, upTo: '3', receipts: [{ userId: eve, ...read }] },
    ]);
  });

  it('is the receipts of those who show theirs, where the viewer does too', async () => {
    const readers = async (...without: UserId[]) => {
      [asked, hiding, receipts] = [[], without, [watermark(bob, 6), watermark(cleo, 7)]];
      const frames = await missed();
      return frames.flatMap(({ content }) =>
        (content as { receipts: { userId: UserId }[] }).receipts.map(({ userId }) => userId),
      );
    };
    expect(await readers()).to.deep.equal([bob, cleo]);
    expect(asked.at(-1)).to.deep.equal(['withoutReceipts', [ada, bob, cleo]]);
    expect(await readers(bob)).to.deep.equal([cleo]);
    expect(await readers(ada)).to.deep.equal([]);
    expect(await readers(bob, cleo)).to.deep.equal([]);
  });

  const resync = {
    position: '100',
    content: {
      ...{ type: 'resync', position: '100', since: '2', left: [otherGroup] },
      conversations: [{ conversationId: group, cursor: 'm14', changed: true }],
    },
  };

  it('is carried frame by frame up to the most, counted over all kinds, and beyond it replaced by resync', async () => {
    [messages, receipts, changes] = [[message(5), message(6)], [watermark(bob, 7)], [renamed(8)]];
    expect(await missed()).to.have.length(MAX_FRAMES);
    changes.push(renamed(9, otherGroup));
    expect(await missed()).to.deep.equal([resync]);
    expect(asked.slice(-2)).to.deep.equal([
      ['unseenSince', ada, '2'],
      ['leftSince', ada, '2'],
    ]);
    expect(queries().filter((query) => query === 'findSome')).to.have.length(1);
  });

  // Each receipt counted as a frame. Those of the last half minute are told again, so that whoever connected again to busy
  // groups got a resync, although there was nothing that they had missed.
  it('counts the receipts of a conversation as the one frame that they are, and each as text', async () => {
    receipts = [1, 2, 3, 4, 5].map((n) => watermark(userNumber(n + 10), n));
    expect((await missed()).map(({ position }) => position)).to.deep.equal([undefined]);
    expect(await missed(999)).to.deep.equal([resync]);
    receipts = [1, 2, 3, 4, 5].map((n) => watermark(bob, n, conversationNumber(n + 10)));
    expect(await missed()).to.deep.equal([resync]);
  });

  it('is replaced by resync beyond the most text, in which a message without one counts for nothing', async () => {
    messages = [message(5), { ...message(6), text: null }, message(7)];
    expect(await missed(2 * TEXT_BYTES)).to.have.length(3);
    expect(await missed(2 * TEXT_BYTES - 1)).to.deep.equal([resync]);
    messages = [{ ...message(5), text: '語' }];
    expect(await missed(2)).to.deep.equal([resync]);
  });

  it('is replaced by resync beyond the most text, for which each file counts, too', async () => {
    const { mediaId, ...file } = attachmentNumber(2);
    const shown = { mediaId, contentType: file.contentType, size: file.size, name: file.name, url: '' };
    messages = [{ ...message(5), attachments: [shown, shown] }];
    expect(await missed(TEXT_BYTES + 2_048)).to.have.length(1);
    expect(await missed(TEXT_BYTES + 2_047)).to.deep.equal([resync]);
  });
});
