import type {
  ChangeFrame,
  Conversation,
  Frame,
  MessageFrame,
  PinFrame,
  PreferencesFrame,
  PresenceFrame,
  ReadFrame,
  ReceiptsFrame,
  TypingFrame,
  UserFrame,
} from '../wire.js';
import * as fold from './fold-conversation.js';
import { KnownChats } from './known-chats.js';
import { countedMentions, isMentioned } from './mentions.js';

type Folds = Readonly<Record<string, (frame: never, now: number) => void>>;

/**
 * What a client knows of its conversations. It begins with a snapshot, and folds every frame and page since by the rules
 * of docs/websocket.md. It does no I/O and has no clock.
 */
export class ChatModel extends KnownChats {
  readonly #folds: Folds = {
    'message.sent': (sent: MessageFrame) => this.#sent(sent),
    'message.edited': (changed: MessageFrame) => this.#messageChanged(changed),
    'message.deleted': (changed: MessageFrame) => this.#messageChanged(changed),
    'message.reacted': (changed: MessageFrame) => this.#messageChanged(changed),
    'message.read': (read: ReadFrame) => this.#read(read),
    'message.delivered': (delivered: ReadFrame) => this.#delivered(delivered),
    'message.receipts': (told: ReceiptsFrame) => this.#receipts(told),
    'conversation.started': (change: ChangeFrame) => this.#changedBy(change),
    'conversation.renamed': (change: ChangeFrame) => this.#changedBy(change),
    'conversation.member_added': (change: ChangeFrame) => this.#changedBy(change),
    'conversation.member_removed': (change: ChangeFrame) => this.#changedBy(change),
    'conversation.role_changed': (change: ChangeFrame) => this.#changedBy(change),
    'conversation.pinned': (pin: PinFrame) => this.#pin(pin, true),
    'conversation.unpinned': (pin: PinFrame) => this.#pin(pin, false),
    'conversation.preferences': (preferences: PreferencesFrame) => this.#preferences(preferences),
    'user.updated': (updated: UserFrame) => this.#user(updated),
    presence: (presence: PresenceFrame) => this.#present(presence),
    typing: (typing: TypingFrame, now) => this.#types(typing, now),
  };

  /** Folds a frame. Frames of types that are not known change nothing. */
  fold(frame: Frame, now: number): void {
    this.#folds[frame.type]?.(frame as never, now);
  }

  /** Keeps a conversation with its mentions counted, or with this count. Where neither is known, it has to be asked for. */
  #setCounted(conversation: Conversation, otherwise?: number): void {
    const { conversationId } = conversation;
    const counted = countedMentions(this.historyOf(conversationId), conversation, this.me);
    if (counted !== undefined) this.freshness.settle(conversationId);
    else if (otherwise === undefined) this.freshness.doubt(conversationId);
    this.set({ ...conversation, mentionCount: counted ?? otherwise ?? conversation.mentionCount });
  }

  #sent(frame: MessageFrame): void {
    const { message } = frame;
    const { conversationId } = message;
    const known = this.#known(conversationId);
    if (!known) return;
    this.historyOf(conversationId).know([message]);
    const { messageId, seq, sentAt: at } = message;
    this.knowRead(conversationId, message.senderId, { messageId, seq, at });
    this.others.typing.note({ conversationId, userId: message.senderId, active: false }, 0);
    const next = fold.sent(known, frame, this.me);
    if (!next) return;
    // The messages before this one are counted, whether or not they are known.
    const isNext = message.seq === (known.lastMessage?.seq ?? 0) + 1;
    this.#setCounted(next, isNext ? known.mentionCount + Number(isMentioned(this.me, message)) : undefined);
  }

  #messageChanged(frame: MessageFrame): void {
    const { conversationId, seq } = frame.message;
    const known = this.#known(conversationId);
    if (!known) return;
    const history = this.historyOf(conversationId);
    const before = history.at(seq);
    history.know([frame.message]);
    this.touched(conversationId, 'history');
    const isSame = before && isMentioned(this.me, before) === isMentioned(this.me, history.at(seq));
    const isRead = seq <= fold.readSeqOf(known);
    this.#setCounted(fold.messageChanged(known, frame), isSame || isRead ? known.mentionCount : undefined);
  }

  #read(frame: ReadFrame): void {
    const { conversationId, userId, messageId, seq, at } = frame;
    this.knowRead(conversationId, userId, { messageId, seq, at });
    const known = userId === this.me ? this.#known(conversationId) : undefined;
    const next = known && fold.read(known, frame);
    if (next) this.#setCounted(next);
  }

  #delivered({ conversationId, userId, messageId, seq, at }: ReadFrame): void {
    this.knowDelivered(conversationId, userId, { messageId, seq, at });
  }

  #receipts(frame: ReceiptsFrame): void {
    this.others.receipts(frame, this.me);
    this.touched(frame.conversationId, 'history');
  }

  #changedBy(frame: ChangeFrame): void {
    const { conversation } = frame;
    if (fold.isWhole(conversation)) this.replace(conversation);
    else if (conversation.position === undefined) this.forget(conversation.conversationId);
    else {
      const known = this.#known(conversation.conversationId);
      if (known) this.set(fold.changed(known, frame));
    }
  }

  /** Answers a conversation; one that is not known has to be asked for. */
  #known(conversationId: string): Conversation | undefined {
    const known = this.conversation(conversationId);
    if (known) return known;
    this.freshness.doubt(conversationId);
    this.freshness.overtaken(conversationId);
    return undefined;
  }

  #pin({ conversationId, messageId }: PinFrame, isPinned: boolean): void {
    this.freshness.overtaken(conversationId);
    const pins = this.pins(conversationId);
    if (!pins) return;
    const others = [...pins].filter((each) => each !== messageId);
    this.knowPins(conversationId, isPinned ? [...others, messageId] : others);
  }

  #preferences({ conversationId, preferences }: PreferencesFrame): void {
    const known = this.#known(conversationId);
    if (known) this.set({ ...known, preferences });
  }

  #user(frame: UserFrame): void {
    for (const known of this.inbox) {
      const next = fold.named(known, frame);
      if (next) this.set(next);
    }
  }

  #present(frame: PresenceFrame): void {
    this.others.present(frame);
    this.changed('presence');
  }

  #types(typing: TypingFrame, now: number): void {
    this.others.typing.note(typing, now);
    this.changed(`conversation/${typing.conversationId}`);
  }
}
