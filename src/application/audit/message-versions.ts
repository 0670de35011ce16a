import type { Instant, MessageId, UserId } from '../../domain/kernel/ids.js';
import { streamOf } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { message } from '../../domain/messages/decider.js';
import type { AuditedEvent, AuditedLog } from '../ports/audited-log.js';
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
  ({ log }: { readonly log: Pick<AuditedLog, 'stream'> }) =>
  async (messageId: MessageId) => {
    // The stream has all of it. The index may be behind, and looks at a bounded part of the log at a time.
    const events = await log.stream(streamOf(message.category, messageId), MOST_VERSIONS);
    const [first] = events;
    if (!first) return reject('message_not_found');
    return {
      versions: { messageId, conversationId: first.conversationId, versions: events.map(versionOf) },
      userIds: shownUsers(events),
    };
  };
