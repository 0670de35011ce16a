import type { Instant, MessageId, Position, UserId } from '../../domain/kernel/ids.js';
import { streamOf } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { LOG_START } from '../../domain/kernel/position.js';
import { message } from '../../domain/messages/decider.js';
import type { AuditedEvent, AuditedLog } from '../ports/audited-log.js';
import type { FindEvents } from './find-events.js';
import { shownEvent, shownUsers, type ShownEvent } from './list-events.js';

/** A message as it was from a moment on. */
interface MessageVersion extends Pick<ShownEvent, 'position' | 'erased' | 'undecodable'> {
  readonly version: number;
  readonly change: 'sent' | 'edited' | 'deleted' | 'unknown';
  /** It is null once the message is deleted, and where it cannot be decoded. */
  readonly text: string | null;
  readonly attachments: readonly object[];
  readonly mentions: readonly UserId[];
  readonly by: UserId | null;
  readonly at: Instant | null;
}

const CHANGES: Readonly<Record<string, MessageVersion['change']>> = {
  MessageSent: 'sent',
  MessageEdited: 'edited',
  MessageDeleted: 'deleted',
};

type Said = { readonly text?: string; readonly attachments?: readonly object[]; readonly mentions?: readonly UserId[] };

const versionOf = (event: AuditedEvent, index: number): MessageVersion => {
  const { text = null, attachments = [], mentions = [] } = (event.data ?? {}) as Said;
  const { position, erased, undecodable } = shownEvent(event);
  return {
    ...{ version: index + 1, change: CHANGES[event.type] ?? 'unknown', text, attachments, mentions },
    ...{ by: event.actorId, at: event.recordedAt, position },
    ...(erased && { erased }),
    ...(undecodable && { undecodable }),
  };
};

const MOST_VERSIONS = 10_000;

/** Answers every version of a message, also those that were edited away, or deleted. Rejects `message_not_found`. */
export const messageVersions =
  ({ log, find }: { readonly log: AuditedLog; readonly find: FindEvents }) =>
  async (messageId: MessageId) => {
    const upTo: Position = await log.head();
    const criteria = { streamId: streamOf(message.category, messageId) };
    const { events } = await find(criteria, { after: LOG_START, upTo }, MOST_VERSIONS);
    const [first] = events;
    if (!first) return reject('message_not_found');
    return {
      versions: { messageId, conversationId: first.conversationId, versions: events.map(versionOf) },
      userIds: shownUsers(events),
    };
  };
