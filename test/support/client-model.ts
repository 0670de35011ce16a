/** What a client keeps of a conversation. */
export interface KnownConversation {
  readonly conversationId: string;
  readonly lastMessage: { readonly seq: number } | null;
  readonly lastActivityAt: string;
  readonly unreadCount: number;
  readonly lastReadMessageId: string | null;
  readonly position: string;
}

interface SentFrame {
  readonly position: string;
  readonly message: {
    readonly messageId: string;
    readonly conversationId: string;
    readonly senderId: string;
    readonly seq: number;
    readonly sentAt: string;
  };
}

interface ReadFrame {
  readonly conversationId: string;
  readonly userId: string;
  readonly messageId: string;
  readonly seq: number;
}

const later = (a: string, b: string): string => (BigInt(a) > BigInt(b) ? a : b);

const readSeqOf = ({ lastMessage, unreadCount }: KnownConversation): number => (lastMessage?.seq ?? 0) - unreadCount;

/** A client's view of its conversations: a snapshot, and the rules of docs/websocket.md for every frame since. */
export class ClientModel {
  readonly #me: string;
  readonly #conversations: Map<string, KnownConversation>;

  constructor(me: string, snapshot: readonly KnownConversation[]) {
    this.#me = me;
    this.#conversations = new Map(snapshot.map((each) => [each.conversationId, each]));
  }

  get conversations(): KnownConversation[] {
    return [...this.#conversations.values()].sort((a, b) => a.conversationId.localeCompare(b.conversationId));
  }

  apply(frame: Readonly<Record<string, unknown>> & { readonly type: string }): void {
    if (frame.type === 'message.sent') this.#sent(frame as unknown as SentFrame);
    else if (frame.type === 'message.read') this.#read(frame as unknown as ReadFrame);
    else if (frame.type.startsWith('conversation.')) this.#changed(frame['conversation'] as KnownConversation);
  }

  /** The conversation as it is now replaces what was known; one that is only named is one's own no more. */
  #changed(conversation: KnownConversation): void {
    if ('members' in conversation) this.#conversations.set(conversation.conversationId, conversation);
    else this.#conversations.delete(conversation.conversationId);
  }

  #sent({ position, message }: SentFrame): void {
    const known = this.#conversations.get(message.conversationId);
    if (!known || message.seq <= (known.lastMessage?.seq ?? 0)) return;
    const isOwn = message.senderId === this.#me;
    this.#conversations.set(message.conversationId, {
      ...known,
      lastMessage: message,
      lastActivityAt: message.sentAt,
      position: later(known.position, position),
      unreadCount: isOwn ? 0 : message.seq - readSeqOf(known),
      lastReadMessageId: isOwn ? message.messageId : known.lastReadMessageId,
    });
  }

  #read({ conversationId, userId, messageId, seq }: ReadFrame): void {
    const known = this.#conversations.get(conversationId);
    if (!known || userId !== this.#me || seq <= readSeqOf(known)) return;
    const unreadCount = (known.lastMessage?.seq ?? 0) - seq;
    this.#conversations.set(conversationId, { ...known, unreadCount, lastReadMessageId: messageId });
  }
}
