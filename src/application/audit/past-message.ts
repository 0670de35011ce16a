import { Folding, followsFrom } from '../../domain/kernel/decider.js';
import type { FactOf } from '../../domain/kernel/fact.js';
import type { Instant, Position, UserId } from '../../domain/kernel/ids.js';
import { comparePositions, hasReached, LOG_START } from '../../domain/kernel/position.js';
import type { Attachment } from '../../domain/messages/attachments.js';
import { message } from '../../domain/messages/decider.js';
import type { MessageEvents } from '../../domain/messages/events.js';
import { reaction, type ReactionCommands, type ReactionState } from '../../domain/reactions/decider.js';
import type { ReactionEvents } from '../../domain/reactions/events.js';
import { ERASED } from '../kernel/erased.js';
import { messageView } from '../messages/message-view.js';
import { shownReactions } from '../messages/shown-reactions.js';
import type { AttachmentView, MessageView } from '../ports/message-views.js';
import type { ReadableEvent } from './past.js';

/**
 * A message as it was. Where its sender was erased, then or later, its words are gone, and it says so. Its files are described: they
 * are shown to those who can see the message, not to auditors.
 */
export type PastMessageView = Omit<MessageView, 'attachments' | 'cursor'> & {
  readonly attachments: readonly Omit<AttachmentView, 'url' | 'thumbnailUrl'>[];
  readonly erased?: true;
};

/** When users were erased, also after the moment. */
type Erasures = ReadonlyMap<UserId, Position>;

/** What the state of a message leaves out, because no command depends on it. */
interface Shown {
  readonly mentions: readonly UserId[];
  readonly attachments: readonly Attachment[];
  readonly editedAt: Instant | null;
  readonly deletedAt: Instant | null;
}

/** Answers what an event changes of that. */
const shownOf = (fact: FactOf<MessageEvents>): Partial<Shown> => {
  switch (fact.type) {
    case 'MessageSent':
      return { mentions: fact.data.mentions ?? [], attachments: fact.data.attachments ?? [] };
    case 'MessageEdited':
      return { mentions: fact.data.mentions ?? [], editedAt: fact.data.editedAt };
    case 'MessageDeleted':
      return { deletedAt: fact.data.deletedAt };
  }
};

/** The reactions of one user, how many there are, and since when each is there. */
interface Reactions {
  readonly folding: Folding<ReactionCommands, ReactionEvents, ReactionState>;
  readonly since: Map<string, Position>;
  /** The emojis of an erased user cannot be told apart any more: they are counted. */
  count: number;
}

const WITHOUT_WORDS = { text: ERASED, mentions: [], attachments: [], erased: true } as const;

const withoutLinks = ({ url: _, thumbnailUrl: __, ...file }: AttachmentView) => file;

/** Folds a message, the reactions to it, and what erasures took of both. Everything comes in the order of the log. */
class MessageFold {
  readonly #message = new Folding(message);
  readonly #reactions = new Map<UserId, Reactions>();
  #shown: Shown = { mentions: [], attachments: [], editedAt: null, deletedAt: null };
  #position = LOG_START;
  /** Whether the key of the sender is destroyed. */
  #isGone = false;

  add(event: ReadableEvent): void {
    this.#position = event.position;
    if (followsFrom(message, event)) {
      this.#message.add(event);
      this.#isGone ||= event.isErased;
      this.#shown = { ...this.#shown, ...shownOf(event) };
    } else if (followsFrom(reaction, event)) this.#react(event, event.position);
  }

  erase(userId: UserId, position: Position): void {
    if (this.#isChangedBy(userId)) this.#position = position;
  }

  /** Answers what it looks like; undefined where its first event cannot be read. */
  view({ seq, erasures, replyToDeleted }: Looks): PastMessageView | undefined {
    const state = this.#message.state();
    if (state.status === 'absent') return undefined;
    const { messageId, conversationId, senderId, replyTo, sentAt } = state.original;
    const words = state.status === 'deleted' ? { text: null } : { text: state.text, ...this.#words() };
    const { editedAt, deletedAt } = this.#shown;
    const {
      attachments,
      cursor: _,
      ...view
    } = messageView({
      ...{ messageId, conversationId, seq, senderId, replyTo, replyToDeleted, sentAt, editedAt, deletedAt },
      ...words,
      reactions: shownReactions(this.#shownReactions(erasures)),
      position: this.#position,
    });
    const isGone = this.#isGone || erasures.has(senderId);
    if (isGone && state.status === 'visible') return { ...view, ...WITHOUT_WORDS };
    return { ...view, attachments: attachments.map(withoutLinks) };
  }

  #words(): Pick<Shown, 'mentions' | 'attachments'> {
    const { mentions, attachments } = this.#shown;
    return { mentions, attachments };
  }

  /** Nothing is shown differently of a message that is deleted. */
  #isChangedBy(userId: UserId): boolean {
    const state = this.#message.state();
    if (state.status !== 'visible') return false;
    return state.original.senderId === userId || (this.#reactions.get(userId)?.count ?? 0) > 0;
  }

  #react(fact: FactOf<ReactionEvents>, position: Position): void {
    const { userId, emoji } = fact.data;
    const own = this.#reactions.get(userId) ?? { folding: new Folding(reaction), since: new Map(), count: 0 };
    own.folding.add(fact);
    own.count += fact.type === 'ReactionAdded' ? 1 : -1;
    if (fact.type === 'ReactionAdded') own.since.set(emoji, position);
    this.#reactions.set(userId, own);
  }

  /** Lists the reactions in the order in which they were added, without those of users who were erased, then or later. */
  #shownReactions(erasures: Erasures): readonly { readonly emoji: string; readonly userId: UserId }[] {
    return [...this.#reactions]
      .filter(([userId]) => !erasures.has(userId))
      .flatMap(([userId, { folding, since }]) =>
        [...folding.state().emojis].map((emoji) => ({ emoji, userId, position: since.get(emoji) ?? LOG_START })),
      )
      .sort((one, other) => comparePositions(one.position, other.position));
  }
}

/** What is known of a message beside its own events. */
interface Looks {
  readonly seq: number;
  readonly erasures: Erasures;
  readonly replyToDeleted: boolean;
}

/** Answers a message as it was at a moment, from its events and those of the reactions to it. */
export const pastMessageView = (
  events: readonly ReadableEvent[],
  { upTo, ...looks }: Looks & { readonly upTo: Position },
): PastMessageView | undefined => {
  const fold = new MessageFold();
  const steps = [
    ...events.map((event) => ({ position: event.position, take: () => fold.add(event) })),
    ...[...looks.erasures]
      .filter(([, position]) => hasReached(upTo, position))
      .map(([userId, position]) => ({ position, take: () => fold.erase(userId, position) })),
  ];
  for (const { take } of steps.sort((one, other) => comparePositions(one.position, other.position))) take();
  return fold.view(looks);
};
