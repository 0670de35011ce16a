import { conversation } from '../../src/domain/conversations/decider.js';
import type { ConversationCommands } from '../../src/domain/conversations/commands.js';
import type { ConversationState } from '../../src/domain/conversations/state.js';
import { delivery } from '../../src/domain/deliveries/decider.js';
import { decide, fold } from '../../src/domain/kernel/decider.js';
import type { CommandOf } from '../../src/domain/kernel/fact.js';
import type { ConversationId, MessageId, UserId } from '../../src/domain/kernel/ids.js';
import { Rejection } from '../../src/domain/kernel/rejections.js';
import type { MessageCommands } from '../../src/domain/messages/commands.js';
import { message } from '../../src/domain/messages/decider.js';
import type { MessageState } from '../../src/domain/messages/state.js';
import {
  reaction,
  reactionsId,
  type ReactionCommands,
  type ReactionState,
} from '../../src/domain/reactions/decider.js';
import { pins, type PinCommands, type PinsState } from '../../src/domain/pins/decider.js';
import { preferences } from '../../src/domain/preferences/decider.js';
import type { Preferences } from '../../src/domain/preferences/preferences.js';
import { reading } from '../../src/domain/reading/decider.js';
import { fact } from './events.js';
import { PEOPLE, type Attempt } from './random-attempts.js';
import { attachmentNumber } from './attachments.js';
import { at, conversationNumber, messageNumber, positionOf, userNumber } from './ids.js';

type Fact = { readonly type: string; readonly data: object };

/** A user who does something with the message of this number in a conversation. */
interface OnMessage {
  readonly conversationId: ConversationId;
  readonly by: UserId;
  readonly which: number;
}

const EMOJIS = ['👍', '👍🏽', '❤️'];

interface SentMessage {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly position: string;
  readonly state: MessageState;
}

/** Answers the facts of the attempts that the real deciders accept; refused attempts leave nothing. */
export const historyOf = (tried: readonly Attempt[]): Fact[] => {
  const facts: Fact[] = [];
  const states = new Map<ConversationId, ConversationState>();
  const sent: SentMessage[] = [];
  const pinned = new Map<ConversationId, PinsState>();
  const kept = new Map<string, Readonly<Preferences>>();
  const reacted = new Map<string, ReactionState>();
  const readUpTo = new Map<string, ReturnType<typeof positionOf>>();

  const onConversation = (conversationId: ConversationId, command: CommandOf<ConversationCommands>): void => {
    const state = states.get(conversationId) ?? conversation.initial;
    const decided = decide(conversation, command, state);
    facts.push(...decided);
    states.set(conversationId, fold(conversation, decided, state));
  };

  const isMember = (conversationId: ConversationId, userId: UserId): boolean => {
    const state = states.get(conversationId);
    return state?.status === 'started' && state.members.has(userId);
  };

  const send = ({ conversationId, by, which }: OnMessage): void => {
    if (!isMember(conversationId, by)) return;
    const messageId = messageNumber(sent.length + 1);
    // Replies to tombstones too: a reply may come at the same moment as a deletion.
    const original = which % 4 === 2 ? pick(conversationId, Math.floor(which / 2)) : undefined;
    const data = {
      messageId,
      conversationId,
      text: `message ${sent.length + 1}`,
      replyTo: original?.messageId ?? null,
      attachments: which % 3 === 1 ? [attachmentNumber(which)] : [],
      mentions: which % 2 === 1 ? [userNumber((which % PEOPLE) + 1)] : [],
      by,
      at: at(facts.length),
    };
    const decided = decide(message, { type: 'SendMessage', data }, message.initial);
    facts.push(...decided);
    const state = fold(message, decided);
    sent.push({ messageId, conversationId, position: String(facts.length), state });
  };

  /** Picks the message of this number in a conversation; numbers beyond the last begin again at the first. */
  const pick = (conversationId: ConversationId, which: number): SentMessage | undefined => {
    const own = sent.filter((each) => each.conversationId === conversationId);
    return own[which % Math.max(1, own.length)];
  };

  const onMessage = (
    { conversationId, by, which }: OnMessage,
    commandOn: (messageId: MessageId) => CommandOf<MessageCommands>,
  ): void => {
    const found = pick(conversationId, which);
    if (!found || !isMember(conversationId, by)) return;
    const decided = decide(message, commandOn(found.messageId), found.state);
    facts.push(...decided);
    sent[sent.indexOf(found)] = { ...found, state: fold(message, decided, found.state) };
  };

  const onPins = (type: keyof PinCommands, { conversationId, by, which }: OnMessage): void => {
    const found = pick(conversationId, which);
    if (!found || !isMember(conversationId, by)) return;
    if (type === 'PinMessage' && found.state.status === 'deleted') return;
    const state = pinned.get(conversationId) ?? pins.initial;
    const data = { messageId: found.messageId, conversationId, by, at: at(facts.length) };
    const decided = decide(pins, { type, data }, state);
    pinned.set(conversationId, fold(pins, decided, state));
    facts.push(...decided);
  };

  const prefer = ({ conversationId, by, which }: OnMessage): void => {
    if (!isMember(conversationId, by)) return;
    const key = `${conversationId}/${by}`;
    const state = kept.get(key) ?? preferences.initial;
    const changes = { muted: which % 2 === 1, pinned: which % 3 === 1 };
    const data = { conversationId, changes, by, at: at(facts.length) };
    const decided = decide(preferences, { type: 'ChangePreferences', data }, state);
    kept.set(key, fold(preferences, decided, state));
    facts.push(...decided);
  };

  /** Reacts to tombstones too: a reaction may come at the same moment as a deletion. */
  const react = (type: keyof ReactionCommands, { conversationId, by, which }: OnMessage): void => {
    const found = pick(conversationId, which);
    if (!found || !isMember(conversationId, by)) return;
    const key = reactionsId(found.messageId, by);
    const state = reacted.get(key) ?? reaction.initial;
    const emoji = EMOJIS[which % EMOJIS.length]!;
    const data = { messageId: found.messageId, conversationId, emoji, by, at: at(facts.length) };
    const decided = decide(reaction, { type, data }, state);
    reacted.set(key, fold(reaction, decided, state));
    facts.push(...decided);
  };

  const isModerator = (conversationId: ConversationId, userId: UserId): boolean => {
    const state = states.get(conversationId);
    return state?.status === 'started' && ['owner', 'admin'].includes(state.members.get(userId) ?? '');
  };

  const read = (conversationId: ConversationId, by: UserId, which: number): void => {
    const found = pick(conversationId, which);
    if (!found || !isMember(conversationId, by)) return;
    const key = `${conversationId}/${by}`;
    const messagePosition = positionOf(BigInt(found.position));
    const data = {
      conversationId,
      messageId: found.messageId,
      messagePosition,
      isShown: which % 3 > 0,
      by,
      at: at(facts.length),
    };
    const state = { readUpTo: readUpTo.get(key) ?? positionOf(0) };
    const decided = decide(reading, { type: 'MarkRead', data }, state);
    if (decided.length > 0) readUpTo.set(key, messagePosition);
    facts.push(...decided);
  };

  /** Servers do not know of each other what they have told, so that it may come in any order. */
  const deliver = (conversationId: ConversationId, by: UserId, which: number): void => {
    const found = pick(conversationId, which);
    if (!found || !isMember(conversationId, by)) return;
    const messagePosition = positionOf(BigInt(found.position));
    const data = { conversationId, messageId: found.messageId, messagePosition, by, at: at(facts.length) };
    facts.push(...decide(delivery, { type: 'MarkDelivered', data }, delivery.initial));
  };

  const attempt = ({ what, by: byNumber, whom, where, which }: Attempt): void => {
    const [by, userId, conversationId] = [userNumber(byNumber), userNumber(whom), conversationNumber(where)];
    const common = { conversationId, by, at: at(facts.length) };
    const carryOut: Readonly<Record<Attempt['what'], () => void>> = {
      // Whatever the user does after the erasure counts as done at the same moment.
      erase: () => facts.push(fact('UserErased', { userId: by, erasedBy: by, erasedAt: at(facts.length) })),
      start: () =>
        onConversation(conversationId, {
          type: 'StartGroup',
          data: { ...common, title: 'Group', memberIds: [userId] },
        }),
      rename: () =>
        onConversation(conversationId, { type: 'RenameConversation', data: { ...common, title: `Title ${which}` } }),
      add: () => onConversation(conversationId, { type: 'AddMembers', data: { ...common, userIds: [userId] } }),
      remove: () => onConversation(conversationId, { type: 'RemoveMember', data: { ...common, userId } }),
      promote: () =>
        onConversation(conversationId, {
          type: 'ChangeMemberRole',
          data: { ...common, userId, role: which % 2 ? 'admin' : 'member' },
        }),
      send: () => send({ conversationId, by, which }),
      edit: () =>
        onMessage({ conversationId, by, which }, (messageId) => ({
          type: 'EditMessage',
          data: {
            messageId,
            text: `edited ${facts.length}`,
            mentions: which % 3 === 1 ? [userId] : [],
            by,
            at: at(facts.length),
          },
        })),
      delete: () => {
        onMessage({ conversationId, by, which }, (messageId) => ({
          type: 'DeleteMessage',
          data: { messageId, isModerator: isModerator(conversationId, by), by, at: at(facts.length) },
        }));
        if (pick(conversationId, which)?.state.status === 'deleted')
          onPins('UnpinMessage', { conversationId, by, which });
      },
      react: () => react('AddReaction', { conversationId, by, which }),
      unreact: () => react('RemoveReaction', { conversationId, by, which }),
      pin: () => onPins('PinMessage', { conversationId, by, which }),
      unpin: () => onPins('UnpinMessage', { conversationId, by, which }),
      prefer: () => prefer({ conversationId, by, which }),
      deliver: () => deliver(conversationId, by, which),
      read: () => read(conversationId, by, which),
    };
    carryOut[what]();
  };

  for (const each of [{ what: 'start', by: 1, whom: 2, where: 1, which: 0 } as const, ...tried])
    try {
      attempt(each);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error; // a refused attempt leaves nothing
    }
  return facts;
};
