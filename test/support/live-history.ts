import fc from 'fast-check';
import { expect } from 'chai';
import type { Position } from '../../src/domain/kernel/ids.js';
import { laterOf, LOG_START } from '../../src/domain/kernel/position.js';
import { call, type Answer } from './call.js';
import type { SignedUp } from './signed-up.js';
import type { Target } from './target.js';
import { ClientModel, type KnownConversation, type KnownMessage } from './client-model.js';

const KINDS = [
  'direct',
  'group',
  'rename',
  'add',
  'add',
  'remove',
  'role',
  'send',
  'send',
  'send',
  'edit',
  'edit',
  'delete',
  'react',
  'react',
  'unreact',
  'pin',
  'pin',
  'unpin',
  'prefer',
  'read',
  'read',
] as const;

export type StepKind = (typeof KINDS)[number];

/** One step that a user tries on one of the nodes. The other user and the conversation are picked by number. */
export interface Step {
  readonly what: StepKind;
  readonly node: number;
  readonly by: number;
  readonly whom: number;
  readonly which: number;
}

const anyIndex = fc.nat({ max: 11 });

export const steps = fc.array(
  fc.record({ what: fc.constantFrom(...KINDS), node: anyIndex, by: anyIndex, whom: anyIndex, which: anyIndex }),
  { minLength: 20, maxLength: 60 },
);

interface Sent {
  readonly conversationId: string;
  readonly messageId: string;
}

interface Started {
  readonly conversation?: { readonly conversationId: string };
}

const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length] as Item;

/** A history of what users do over HTTP. It keeps how far the log has come by it. */
export class LiveHistory {
  readonly #nodes: readonly Target[];
  readonly #users: readonly SignedUp[];
  readonly #groups: string[] = [];
  readonly #messages: Sent[] = [];
  readonly accepted: StepKind[] = [];
  position = LOG_START;

  constructor(nodes: readonly Target[], users: readonly SignedUp[]) {
    this.#nodes = nodes;
    this.#users = users;
  }

  /** Starts the history with a group of all users and a message of each. */
  async begin(): Promise<void> {
    await this.play({ what: 'group', node: 0, by: 0, whom: 1, which: 0 });
    for (const by of this.#users.keys()) {
      await this.play({ what: 'add', node: by, by: 0, whom: by, which: 0 });
      await this.play({ what: 'send', node: by, by, whom: 0, which: 0 });
    }
  }

  /**
   * Plays a step of each kind in a new group, so that all are accepted whatever came before, and a user reads what
   * another sent.
   */
  async playEveryKind(): Promise<void> {
    const [which, sent] = [this.#groups.length, this.#messages.length];
    const own = { node: which, by: 0, whom: 1, which };
    const steps: readonly Step[] = [
      { ...own, what: 'group' },
      { ...own, what: 'add', whom: 2 },
      { ...own, what: 'rename' },
      { ...own, what: 'direct' },
      { ...own, what: 'send', by: 1 },
      { ...own, what: 'read', by: 2, whom: sent + 1, which: 0 },
      { ...own, what: 'edit', by: 1, whom: sent + 1, which: 0 },
      { ...own, what: 'react', by: 2, whom: sent + 1, which: 0 },
      { ...own, what: 'unreact', by: 2, whom: sent + 1, which: 0 },
      { ...own, what: 'pin', by: 2, whom: sent + 1, which: 0 },
      { ...own, what: 'unpin', whom: sent + 1, which: 0 },
      { ...own, what: 'prefer', by: 2 },
      { ...own, what: 'delete', whom: sent + 1, which: 0 },
      { ...own, what: 'remove', whom: 2 },
      { ...own, what: 'role' },
    ];
    const before = this.accepted.length;
    for (const step of steps) await this.play(step);
    expect(this.accepted.slice(before)).to.deep.equal(steps.map(({ what }) => what));
  }

  async play(step: Step): Promise<void> {
    const [target, by] = [pick(this.#nodes, step.node), pick(this.#users, step.by)];
    const [method, path, json] = this.#requestOf(step);
    const answer = await call(target, method, path, { token: by.accessToken, ...(json && { json }) });
    if (answer.status < 300) this.#note(step, answer);
  }

  #requestOf({ what, whom, which }: Step): readonly [string, string, object?] {
    const { userId } = pick(this.#users, whom);
    const group = this.#groups.length > 0 ? pick(this.#groups, which) : 'none';
    const read = this.#messages.length > 0 ? pick(this.#messages, which * 7 + whom) : { messageId: 'none' };
    const { messageId, conversationId = 'none' }: Partial<Sent> = read;
    const pinPath = `/conversation/v1/${conversationId}/pins/${messageId}`;
    const emoji = encodeURIComponent(which % 2 === 1 ? '👍' : '👍🏽');
    const reactionPath = `/message/v1/${messageId}/reactions/${emoji}`;
    const requests: Readonly<Record<StepKind, readonly [string, string, object?]>> = {
      direct: ['POST', '/message/v1/send', { recipientId: userId, text: `direct ${which}` }],
      group: ['POST', '/conversation/v1', { kind: 'group', title: `Group ${which}`, memberIds: [userId] }],
      rename: ['PATCH', `/conversation/v1/${group}`, { title: `Title ${whom}` }],
      add: ['POST', `/conversation/v1/${group}/members`, { userIds: [userId] }],
      remove: ['DELETE', `/conversation/v1/${group}/members/${userId}`],
      role: ['PUT', `/conversation/v1/${group}/members/${userId}/role`, { role: which % 2 === 1 ? 'admin' : 'owner' }],
      send: ['POST', '/message/v1/send', { conversationId: group, text: `text ${whom}` }],
      edit: ['PATCH', `/message/v1/${messageId}`, { text: `edited ${whom} ${which}` }],
      delete: ['DELETE', `/message/v1/${messageId}`],
      react: ['PUT', reactionPath],
      unreact: ['DELETE', reactionPath],
      pin: ['PUT', pinPath],
      unpin: ['DELETE', pinPath],
      prefer: ['PUT', `/conversation/v1/${group}/preferences`, { muted: which % 2 === 1, archived: whom % 2 === 1 }],
      read: ['POST', '/message/v1/read', read],
    };
    return requests[what];
  }

  #note({ what }: Step, { headers, body }: Answer): void {
    this.accepted.push(what);
    // A command that changes nothing is answered with a position from before.
    this.position = laterOf(this.position, (headers.get('x-position') ?? this.position) as Position);
    const { conversation, messageId, conversationId } = body as Started & Partial<Sent>;
    if (what === 'group' && conversation) this.#groups.push(conversation.conversationId);
    if (messageId !== undefined && conversationId !== undefined) this.#messages.push({ conversationId, messageId });
  }
}

/** Answers the messages of a conversation as they are at a position. */
const messagesOf = async (
  target: Target,
  { accessToken: token }: SignedUp,
  conversationId: string,
  position: string,
) => {
  const headers = { 'X-Min-Position': position };
  const path = `/message/v1/history?conversationId=${conversationId}&limit=200`;
  const answer = await call(target, 'GET', path, { token, headers });
  expect(answer.status, answer.text).to.equal(200);
  return answer.body['messages'] as KnownMessage[];
};

/** Answers the ids of the pinned messages of a conversation as they are at a position. */
const pinnedIn = async (target: Target, { accessToken: token }: SignedUp, conversationId: string, position: string) => {
  const headers = { 'X-Min-Position': position };
  const answer = await call(target, 'GET', `/conversation/v1/${conversationId}/pins`, { token, headers });
  expect(answer.status, answer.text).to.equal(200);
  return (answer.body['pins'] as { message: KnownMessage }[]).map(({ message }) => message.messageId).sort();
};

/** Receipts are fetched of the newest message of so many conversations, those with the newest activity: each is a request. */
const WITH_RECEIPTS = 3;

const withReceipts = (known: readonly KnownConversation[]): readonly KnownConversation[] =>
  [...known]
    .sort((one, other) => other.lastActivityAt.localeCompare(one.lastActivityAt))
    .filter(({ lastMessage }) => lastMessage !== null)
    .slice(0, WITH_RECEIPTS);

/** Answers who has read a message, and who has not, but for the user who asks. */
const readersOf = async (target: Target, account: SignedUp, messageId: string, position: string) => {
  const headers = { 'X-Min-Position': position };
  const answer = await call(target, 'GET', `/message/v1/${messageId}/receipts`, {
    token: account.accessToken,
    headers,
  });
  expect(answer.status, answer.text).to.equal(200);
  const receipts = answer.body['receipts'] as { userId: string; readAt: string | null }[];
  return receipts.filter(({ userId }) => userId !== account.userId);
};

/** Lets a client fetch who has read the newest messages. */
export const learnReceipts = async (target: Target, account: SignedUp, client: ClientModel, position: string) => {
  for (const { conversationId, lastMessage } of withReceipts(client.conversations)) {
    const { messageId, seq } = lastMessage as KnownMessage;
    const read = (await readersOf(target, account, messageId, position)).filter(({ readAt }) => readAt !== null);
    client.knowReceipts(
      conversationId,
      read.map(({ userId }) => [userId, seq]),
    );
  }
};

/** Answers where a client is mistaken about who has read the newest messages, where it has fetched that once. */
export const receiptFaults = async (target: Target, account: SignedUp, client: ClientModel, position: string) => {
  const faults: object[] = [];
  for (const { conversationId, lastMessage } of withReceipts(client.conversations)) {
    const { messageId, seq } = lastMessage as KnownMessage;
    if (!client.knowsReceipts(conversationId)) continue;
    for (const { userId, readAt } of await readersOf(target, account, messageId, position))
      if (client.readUpTo(conversationId, userId) >= seq !== (readAt !== null))
        faults.push({ conversationId, userId, seq, readAt });
  }
  return faults;
};

/** Makes a client that has fetched all of its conversations and their histories. */
export const clientOf = async (target: Target, account: SignedUp, position: string): Promise<ClientModel> => {
  const known = await snapshot(target, account, position);
  const client = new ClientModel(account.userId, known);
  for (const { conversationId } of known) {
    client.know(await messagesOf(target, account, conversationId, position));
    client.knowPins(conversationId, await pinnedIn(target, account, conversationId, position));
  }
  return client;
};

/** Expects each message that a client knows, in conversations that it still has, to be as the history shows it now. */
export const expectMessages = async (target: Target, account: SignedUp, client: ClientModel, position: string) => {
  for (const { conversationId } of client.conversations) {
    const known = client.messagesOf(conversationId);
    const pins = client.pinsOf(conversationId);
    if (pins) expect(pins).to.deep.equal(await pinnedIn(target, account, conversationId, position));
    const ids = new Set(known.map(({ messageId }) => messageId));
    const fresh = await messagesOf(target, account, conversationId, position);
    const shown = new Set(fresh.map(({ messageId }) => messageId));
    expect(known.filter(({ messageId }) => shown.has(messageId))).to.deep.equal(
      fresh.filter(({ messageId }) => ids.has(messageId)),
    );
  }
};

/**
 * Compares what a client knows with a fresh snapshot, one conversation after another, so that a failure shows what
 * differs.
 */
export const expectSnapshot = (known: readonly KnownConversation[], fresh: readonly KnownConversation[]): void => {
  expect(known.map(({ conversationId }) => conversationId)).to.deep.equal(
    fresh.map(({ conversationId }) => conversationId),
  );
  for (const [index, conversation] of fresh.entries())
    expect(known[index], JSON.stringify([known[index], conversation])).to.deep.equal(conversation);
};

/** Answers all conversations of a user as they are at a position. */
export const snapshot = async (
  target: Target,
  { accessToken: token }: SignedUp,
  position: string,
): Promise<KnownConversation[]> => {
  const found: KnownConversation[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const headers = { 'X-Min-Position': position };
    const answer = await call(target, 'GET', `/conversation/v1?limit=100${query}`, { token, headers });
    expect(answer.status, answer.text).to.equal(200);
    found.push(...(answer.body['conversations'] as KnownConversation[]));
    cursor = answer.body['nextCursor'] as string | null;
  }
  return found.sort((one, other) => one.conversationId.localeCompare(other.conversationId));
};
