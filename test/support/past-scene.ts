import { openAsOf } from '../../src/application/audit/as-of.js';
import { getPastConversation } from '../../src/application/audit/get-past-conversation.js';
import { getPastMessage } from '../../src/application/audit/get-past-message.js';
import { getPastUser } from '../../src/application/audit/get-past-user.js';
import { listPastConversations } from '../../src/application/audit/list-past-conversations.js';
import { listPastMessages } from '../../src/application/audit/list-past-messages.js';
import type { AuditedLog } from '../../src/application/ports/audited-log.js';
import { InvalidEventError, type EventCodec } from '../../src/application/ports/event-codec.js';
import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import type { PastIndex } from '../../src/application/ports/past-index.js';
import type { StreamId, UserId } from '../../src/domain/kernel/ids.js';
import { hasReached } from '../../src/domain/kernel/position.js';
import { createAuditedLog } from '../../src/infrastructure/event-store/audited-log.js';
import { createMemoryEventStore } from '../../src/infrastructure/event-store/memory/memory-event-store.js';
import { chatEvents } from '../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../src/infrastructure/serialization/create-event-codec.js';
import { openMemoryIndex } from './index-under-test.js';
import { appendOf } from './placed-facts.js';
import type { Fact } from './projections.js';
import { memoryUserKeys } from './user-keys.js';

/** A log in memory that holds facts, sealed as the server seals them. */
export const openPastScene = async (facts: readonly Fact[]) => {
  const keys = memoryUserKeys();
  const sound = createEventCodec(chatEvents, keys);
  let spoiled: string | undefined;
  const codec: EventCodec = {
    ...sound,
    decode: async (stored) => {
      if (stored.some(({ type }) => type === spoiled)) throw new InvalidEventError('it is spoiled');
      return sound.decode(stored);
    },
  };
  const store = createMemoryEventStore(codec);
  for (const [n, fact] of facts.entries()) await store.append({ streams: [appendOf(fact, n + 1)] });
  const events: RecordedEvent[] = [];
  for await (const event of store.readAll()) events.push(event);
  const whole = createAuditedLog({ events: store, codec });
  let mostRead = 0;
  const log: AuditedLog = {
    ...whole,
    at: (positions) => {
      mostRead = Math.max(mostRead, positions.length);
      return whole.at(positions);
    },
  };
  return {
    /** Answers the most events that were read at a time. */
    mostRead: () => mostRead,
    events,
    /** Destroys the keys of users, as their erasure does. */
    forget: (userIds: Iterable<UserId>) => {
      for (const userId of userIds) keys.forget(userId);
    },
    /** From now on, events of a type cannot be decoded. */
    spoil: (type: string) => (spoiled = type),
    /** Answers the past by an index that has come up to one of the events, and has left these streams out. */
    indexedUpTo: async (count: number, without: ReadonlySet<StreamId> = new Set()) => {
      const { past, feed } = await openMemoryIndex();
      const isLeftOut = ({ streamId }: RecordedEvent) => without.has(streamId);
      const indexed = events.slice(0, count).filter((event) => !isLeftOut(event));
      if (indexed.length > 0) await feed(indexed, [count]);
      const leftOut: PastIndex['leftOut'] = async (upTo, limit) => {
        const before = events.filter((event) => isLeftOut(event) && hasReached(upTo, event.position));
        return before.slice(0, limit).map(({ position }) => position);
      };
      const open = openAsOf({ log, pastIndex: { ...past, leftOut } });
      return {
        messages: listPastMessages(open),
        message: getPastMessage(open),
        conversation: getPastConversation(open),
        user: getPastUser(open),
        conversations: listPastConversations(open),
      };
    },
  };
};

/** What auditors are answered of the past. */
export type PastAnswers = Awaited<ReturnType<Awaited<ReturnType<typeof openPastScene>>['indexedUpTo']>>;
