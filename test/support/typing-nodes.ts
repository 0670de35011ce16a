import { setImmediate as nextTurn } from 'node:timers/promises';
import { KnownBlocks } from '../../src/application/typing/known-blocks.js';
import { LiveTyping } from '../../src/application/typing/live-typing.js';
import { TYPING_LIMITS, type TypingSignal } from '../../src/application/typing/typing.js';
import { Audience } from '../../src/application/push/audience.js';
import type { ConversationId, UserId } from '../../src/domain/kernel/ids.js';
import { fact } from './events.js';
import { batchOf } from './live-feed-scene.js';
import { conversationNumber, positionOf } from './ids.js';

/** Something that one user was shown of another: on or off. */
type Shown = readonly [viewer: UserId, userId: UserId, active: boolean];

export interface TypingNode {
  readonly audience: Audience;
  readonly typing: LiveTyping;
  /** What was shown here since this was last asked. */
  shown(): Shown[];
  /** Lets the user tell that they write, or write no more, where the log is known up to this position. */
  tell(userId: UserId, active?: boolean, mark?: number, conversationId?: ConversationId): void;
  /** Forgets whom the user shares blocks with, as something has changed. */
  forgetBlocks(userId: UserId): void;
  /** Delivers a message of the user that stands at this position. */
  deliver(senderId: UserId, position: number): void;
}

export const group = conversationNumber(1);

/** Makes nodes with a clock that stands still until `pass`. Their signals arrive at `arrive`, or at once where nobody holds them. */
export const typingNodes = () => {
  const nodes: TypingNode[] = [];
  const state = { now: 0, isBehind: false, isHeld: false, published: [] as TypingSignal[] };
  const blocked: (readonly [UserId, UserId])[] = [];
  const underWay: (() => void)[] = [];

  const arrive = (): void => {
    for (const deliver of underWay.splice(0)) deliver();
  };

  /** Starts a node to which these members of the group are connected. */
  const start = (...members: UserId[]): TypingNode => {
    const audience = new Audience();
    for (const member of members) {
      audience.follow(member);
      audience.add(group, member);
    }
    let shown: Shown[] = [];
    const publish = (_: string, content: object): void => {
      state.published.push(content as TypingSignal);
      for (const other of nodes.filter((each) => each !== node))
        underWay.push(() => other.typing.receive(structuredClone(content) as TypingSignal, state.now));
      if (!state.isHeld) arrive();
    };
    const blocks = new KnownBlocks({
      blocks: {
        ofUsers: async (userIds) =>
          new Map(
            userIds.map((userId) => [
              userId,
              new Set(blocked.filter((pair) => pair.includes(userId)).flatMap((pair) => [...pair])),
            ]),
          ),
      },
      onKnown: (userId) => typing.blocksKnown(userId),
      onFailed: () => undefined,
    });
    const typing = new LiveTyping({
      signals: {
        publish,
        get isBehind() {
          return state.isBehind;
        },
      },
      audience,
      blocks,
      limits: TYPING_LIMITS,
      show: (viewers, { userId, active }) => shown.push(...viewers.map((viewer) => [viewer, userId, active] as const)),
    });
    const node: TypingNode = {
      audience,
      typing,
      shown: () => {
        const all = shown;
        shown = [];
        return all;
      },
      tell: (userId, active = true, mark = 0, conversationId = group) =>
        typing.tell({ conversationId, userId, active, mark: positionOf(mark) }, state.now),
      forgetBlocks: (userId) => blocks.forget(userId),
      deliver: (senderId, position) =>
        typing.take(batchOf(position - 1, [fact('MessageSent', { conversationId: group, senderId })])),
    };
    nodes.push(node);
    return node;
  };

  /** Advances the clock, tick by tick. */
  const pass = (milliseconds: number): void => {
    for (const end = state.now + milliseconds; state.now < end;) {
      state.now += 250;
      for (const { typing } of nodes) typing.tick(state.now);
    }
  };

  /** Resolves once all that was asked for of blocks is known. */
  const known = (): Promise<void> => nextTurn();

  return { start, pass, arrive, known, state, blocked };
};
