import { streamOf, type Position, type StreamId } from '../../domain/kernel/ids.js';
import { message } from '../../domain/messages/decider.js';
import { daysOf } from '../../domain/retention/decider.js';
import type { StandingHolds } from '../holds/standing-holds.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import { unchanged } from '../kernel/loaded.js';
import { secondsAfter } from '../kernel/seconds-after.js';
import type { Transact } from '../kernel/transact.js';
import type { EventStore } from '../ports/event-store.js';
import type { ExpireFiles } from './expire-files.js';
import { eachDecodable } from './each-decodable.js';
import { holdOnMessage } from './hold-on-message.js';
import type { RetentionRules } from './rules.js';
import { sentBefore, type SentMessage } from './sent-before.js';

/** So many messages go in one append. */
const PORTION = 50;
/** A portion ends, too, once so many messages were looked at: most may be under another rule, or under none. */
const LOOKED_AT = 1_000;
const DAY_SECONDS = 86_400;
const DELETED = 'MessageDeleted';

export interface ExpireParts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly holds: Pick<StandingHolds, 'current'>;
  readonly rules: RetentionRules;
  readonly expireFiles: ExpireFiles;
}

/** What has gone in one portion, which may be nothing, and up to where the log was looked at. */
export interface ExpiredPortion {
  readonly messages: number;
  readonly files: number;
  readonly reached: Position;
}

export interface ExpireRound {
  /** After so many days messages go, in the conversations for which this is the rule. */
  readonly days: number;
  /** What stands before it was looked at before, under the same rules, and no hold was lifted since. */
  readonly after: Position;
  readonly newContext: () => CommandContext<null>;
  /** Called after each portion: the next round goes on there, as long as rules are the same and no hold is lifted. What it raises ends the round. */
  readonly onPortion: (portion: ExpiredPortion) => void;
}

/** Leaves out what is deleted already: nothing follows in the stream of such a message. */
const thoseThere = async (store: EventStore, portion: readonly SentMessage[]): Promise<readonly SentMessage[]> => {
  const streamsOf = ({ messageId }: SentMessage): StreamId => streamOf(message.category, messageId);
  const heads = await store.heads(portion.map(streamsOf));
  return portion.filter((sent) => heads.get(streamsOf(sent))?.type !== DELETED);
};

/** Deletes messages whose time is over, with their files, in portions, in the order of the log. */
export const expireMessages = ({ transact, store, holds, rules, expireFiles }: ExpireParts) => {
  /** Appends the end of these messages, if neither rules nor holds have changed meanwhile: otherwise it decides again. */
  const expire = async (
    portion: readonly SentMessage[],
    days: number,
    context: CommandContext<null>,
  ): Promise<number> => {
    const before = secondsAfter(context.now, -days * DAY_SECONDS);
    const { answer } = await transact(context, async () => {
      const [held, ruled] = [await holds.current(), await rules()];
      const isHeldBack = holdOnMessage(store, held.state);
      const decisions = await Promise.all(
        portion
          .filter(({ conversationId }) => daysOf(ruled.state, conversationId) === days)
          .map(async (sent) => {
            const { messageId } = sent;
            const data = { messageId, sentBefore: before, days, isHeld: await isHeldBack(sent), at: context.now };
            return decision(message, messageId, { type: 'ExpireMessage', data });
          }),
      );
      return {
        decisions,
        require: [unchanged(held), unchanged(ruled)],
        answer: (decided) => ({ expired: decided.filter(({ facts }) => facts.length > 0).length }),
      };
    });
    return answer.expired;
  };

  return async ({ days, after, newContext, onPortion }: ExpireRound): Promise<void> => {
    const { state } = await rules();
    let [reached, portion, lookedAt]: [Position, SentMessage[], number] = [after, [], 0];
    const flush = async (): Promise<void> => {
      const there = await thoseThere(store, portion);
      const messages = await eachDecodable(there, async (some) =>
        some.length > 0 ? expire(some, days, newContext()) : 0,
      );
      // Also those of messages that somebody had deleted before: their files are still there.
      const files = await expireFiles(portion, newContext);
      onPortion({ messages, files, reached });
      [portion, lookedAt] = [[], 0];
    };
    for await (const sent of sentBefore(store, secondsAfter(newContext().now, -days * DAY_SECONDS), after)) {
      if (!sent.isBehindYounger) reached = sent.position;
      if (daysOf(state, sent.conversationId) === days) portion.push(sent);
      lookedAt += 1;
      if (portion.length === PORTION || lookedAt === LOOKED_AT) await flush();
    }
    if (lookedAt > 0) await flush();
  };
};

export type ExpireMessages = ReturnType<typeof expireMessages>;
