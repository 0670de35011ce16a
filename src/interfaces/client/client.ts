import type { ConnectionState } from './connection/machine.js';
import { platformOf } from './default-platform.js';
import { ChatError } from './errors.js';
import type { Gap } from './model/history.js';
import type { ChatOptions } from './options.js';
import type { CommandContent } from './outbox/command.js';
import { laneOf } from './outbox/lane.js';
import type { Platform } from './platform.js';
import { Http, type HttpRequest } from './session/http.js';
import { Session, type Credentials, type KeptSession } from './session/session.js';
import { callBack } from './subscriptions.js';
import { UserChat } from './user-chat.js';
import { Views } from './views.js';
import type { AckFrame, Conversation, Message, NewMessage, Receipts, ReceiptsPage, Tokens } from './wire.js';

// The package's entry names what its users need.
export { ChatError, isRefusal, type ErrorCode } from './errors.js';
export type { ChatOptions } from './options.js';
export type { OutgoingMessage } from './outbox/command.js';
export type { ClientStorage, Platform } from './platform.js';
export type { Topic } from './topics.js';
export type { Conversation, Member, Message, NewMessage, Profile, Receipts, Tokens } from './wire.js';

const PAGE = 50;
const RECEIPTS_PAGE = 1_000;
const TYPING_AGAIN_MS = 3_000;

/** Makes a client of one server. It connects once somebody signs in. */
export const createChat = (options: ChatOptions): Chat => new Chat(options);

/**
 * A client of one server: it signs in, stays connected, keeps a model of the user's conversations, and sends what it is given,
 * whatever happens to the connection or the page.
 */
export class Chat extends Views {
  readonly #options: ChatOptions;
  readonly #platform: Platform;
  readonly #session: Session;
  readonly #typedAt = new Map<string, number>();
  #user: UserChat | undefined;
  #opening: Promise<void> = Promise.resolve();

  constructor(options: ChatOptions) {
    const platform = platformOf(options);
    super(() => this.#user, platform.now);
    this.#options = options;
    this.#platform = platform;
    const { cookie = false } = options;
    const http = new Http(platform, () => this.#url);
    this.#session = new Session({
      platform,
      http,
      name: this.#name,
      cookie,
      onChange: (now) => this.#sessionChanged(now),
    });
  }

  // The session.

  /** The user who is signed in. */
  get user(): Tokens['user'] | undefined {
    return this.#session.current?.user;
  }

  async signIn(credentials: Credentials): Promise<void> {
    await this.#session.signIn(credentials);
    await this.#opening;
  }

  /** Signs in with tokens that were got elsewhere. */
  async signInWith(tokens: Tokens): Promise<void> {
    await this.#session.adopt(tokens);
    await this.#opening;
  }

  /** Takes up the session that an earlier page or process has kept; says whether there was one. */
  async restore(): Promise<boolean> {
    const session = await this.#session.restore();
    await this.#opening;
    return session !== undefined;
  }

  /** Ends this session, or all of the user's, here and on the server. What was not sent yet is removed from this device. */
  async signOut(scope: 'session' | 'all' = 'session'): Promise<void> {
    const outbox = this.#user?.outbox;
    try {
      await this.#session.signOut(scope);
    } finally {
      await outbox?.clear();
    }
  }

  // The connection.

  get connection(): ConnectionState {
    return this.#user?.connection.state ?? { name: 'stopped', reason: 'signed_out' };
  }

  /** Says whether a snapshot was taken, and every frame since. */
  get isCurrent(): boolean {
    return this.#user?.sync.isCurrent ?? false;
  }

  /** Connects again after a stop: as when this was one of too many sockets. */
  connect(): void {
    this.#signedIn.connection.start();
  }

  /** Ends the client; what was not sent yet is kept, where the storage outlives it. */
  close(): void {
    this.#user?.close();
    this.#user = undefined;
    this.#session.close();
    this.#platform.tabs.close();
    this.allChanged();
  }

  // Commands. Each resolves with its id once it is kept on this device, and is then sent until it is answered.

  /** Sends a message; resolves with its `messageId`. */
  send(message: NewMessage): Promise<string> {
    const { messageId = this.#platform.newId(), ...rest } = message;
    return this.#give({ type: 'send', messageId, ...rest }, laneOf(rest, this.inbox, this.user?.userId), messageId);
  }

  edit(messageId: string, text: string): Promise<string> {
    return this.#change({ type: 'edit', messageId, text, idempotencyKey: this.#platform.newId() });
  }

  delete(messageId: string): Promise<string> {
    return this.#change({ type: 'delete', messageId });
  }

  react(messageId: string, emoji: string): Promise<string> {
    return this.#change({ type: 'react', messageId, emoji });
  }

  unreact(messageId: string, emoji: string): Promise<string> {
    return this.#change({ type: 'unreact', messageId, emoji });
  }

  /** Marks everything up to a message as read. */
  markRead(conversationId: string, messageId: string): Promise<string> {
    return this.#give({ type: 'read', conversationId, messageId }, `read ${conversationId}`);
  }

  /** Resolves with the acknowledgement of a command; rejects with a `ChatError` when it is refused or discarded. */
  settled(id: string): Promise<AckFrame> {
    return this.#signedIn.outbox.settled(id);
  }

  /** Resolves once nothing waits to be sent; what was refused does not count. Rejects when the client is closed before. */
  async flushed(): Promise<void> {
    const user = this.#user;
    while (user?.outbox.unsent.some(({ failure }) => !failure)) {
      if (user !== this.#user) throw new ChatError('signed_out', 'the client was closed');
      await new Promise<void>((resolve) => {
        const end = this.subscribe('outbox', () => {
          end();
          resolve();
        });
      });
    }
  }

  /** Tries a command again that was refused. */
  retry(id: string): Promise<void> {
    return this.#signedIn.outbox.retry(id);
  }

  /** Drops a command that was refused, or not sent yet. */
  discard(id: string): Promise<void> {
    return this.#signedIn.outbox.discard(id);
  }

  /** Tells that the user types, or no more. It may be said at each key: it is passed on now and then. */
  setTyping(conversationId: string, active = true): void {
    const now = this.#platform.now();
    const last = this.#typedAt.get(conversationId) ?? -Infinity;
    if (active && now - last < TYPING_AGAIN_MS) return;
    this.#typedAt.set(conversationId, active ? now : -Infinity);
    this.#user?.connection.send({ type: 'typing', conversationId, active });
  }

  watchPresence(userIds: readonly string[]): void {
    this.#signedIn.watch(userIds);
  }

  unwatchPresence(userIds: readonly string[]): void {
    this.#signedIn.unwatch(userIds);
  }

  // Queries.

  /** Fetches the newest messages that are missing from a conversation; says whether any are still missing before them. */
  async loadEarlier(conversationId: string, limit = PAGE): Promise<boolean> {
    const gap = this.gaps(conversationId).at(-1);
    if (gap) await this.fill(conversationId, gap, limit);
    return this.gaps(conversationId).length > 0;
  }

  /** Fetches messages of a gap, the newest of it first. */
  async fill(conversationId: string, gap: Gap, limit = PAGE): Promise<void> {
    const next = this.messages(conversationId).find(({ seq }) => seq === gap.to + 1);
    await this.#signedIn.sync.page(conversationId, next ? { before: next.cursor } : {}, limit);
  }

  loadPins(conversationId: string): Promise<readonly string[]> {
    return this.#signedIn.sync.pins(conversationId);
  }

  /** Answers who has got and read a message, as the server knows it; `reads` goes on from there. */
  async receipts(message: Message): Promise<Receipts> {
    const receipts: Receipts[number][] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const path = `/message/v1/${message.messageId}/receipts`;
      const query = { limit: RECEIPTS_PAGE, cursor };
      const page: ReceiptsPage = await this.call<ReceiptsPage>('GET', path, { query });
      receipts.push(...page.receipts);
      cursor = page.nextCursor;
    }
    this.#signedIn.receipts(message, receipts);
    return receipts;
  }

  /** Starts a group, or the direct conversation with a user. */
  async startConversation(
    body:
      | { readonly kind: 'direct'; readonly userId: string }
      | { readonly kind: 'group'; readonly title: string; readonly memberIds: readonly string[] },
  ): Promise<string> {
    const answer = await this.call<{ conversation?: Conversation; conversationId?: string }>(
      'POST',
      '/conversation/v1',
      { json: body, idempotencyKey: this.#platform.newId() },
    );
    return answer.conversation?.conversationId ?? answer.conversationId ?? '';
  }

  /** Calls any route of the API as the user. With an `idempotencyKey` a command is repeated until it is answered. */
  call<Answer>(method: string, path: string, request: HttpRequest = {}): Promise<Answer> {
    return this.#session.call(method, path, request);
  }

  get #url(): string {
    const { url } = this.#options;
    return (typeof url === 'string' ? url : url()).replace(/\/$/, '');
  }

  get #name(): string {
    const { url, name } = this.#options;
    return encodeURIComponent(name ?? (typeof url === 'string' ? url : 'chatapp'));
  }

  get #signedIn(): UserChat {
    if (!this.#user) throw new ChatError('signed_out', 'nobody is signed in');
    return this.#user;
  }

  async #give(content: CommandContent, lane: string, id?: string): Promise<string> {
    return this.#signedIn.outbox.give(content, lane, id);
  }

  /** A change of a message waits for the message itself. */
  #change(content: CommandContent & { readonly messageId: string }): Promise<string> {
    const { messageId } = content;
    return this.#give(content, this.#user?.outbox.laneOf(messageId) ?? messageId);
  }

  #sessionChanged(session: KeptSession | undefined): void {
    const user = this.#user;
    if (session && session.user.userId === user?.model.me) user.renewed(session.accessToken);
    else this.#becomes(session?.user.userId);
    this.allChanged();
  }

  /** Leaves everything of one user, and opens that of another. */
  #becomes(userId: string | undefined): void {
    this.#user?.close();
    this.#typedAt.clear();
    this.#user = userId === undefined ? undefined : this.#userChat(userId);
    this.#opening = this.#user?.open() ?? Promise.resolve();
  }

  #userChat(userId: string): UserChat {
    const { backOff, onFrame = () => undefined } = this.#options;
    return new UserChat({
      platform: this.#platform,
      session: this.#session,
      userId,
      name: this.#name,
      socketUrl: () => `${this.#url.replace(/^http/, 'ws')}/ws/`,
      backOff,
      onFrame: (frame) => callBack(() => onFrame(frame)),
      onMessage: (message) => this.tell(message),
      changed: (topics) => this.changed(topics),
    });
  }
}
