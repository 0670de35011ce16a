import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'chai';
import type { Position } from '../../src/domain/kernel/ids.js';
import { laterOf, LOG_START } from '../../src/domain/kernel/position.js';
import { call, type Answer } from './call.js';
import type { SignedUp } from './signed-up.js';
import type { Target } from './target.js';

export const KINDS = [
  'direct',
  'group',
  'rename',
  'add',
  'add',
  'remove',
  'leave',
  'role',
  'send',
  'send',
  'send',
  'reply',
  'reply',
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
  'settings',
  'profile',
] as const;

export type StepKind = (typeof KINDS)[number] | 'erase';

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

/** Only this user hides what they read, now and then: the readers of the others can be compared. */
const HIDER = 2;

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
  /** A user who is erased in the end; all others stay. */
  readonly #leaving: SignedUp | undefined;
  readonly #groups: string[] = [];
  readonly #messages: Sent[] = [];
  readonly accepted: StepKind[] = [];
  /** The users who hid what they read, if only for a while. */
  readonly hiding = new Set<string>();
  position = LOG_START;

  constructor(nodes: readonly Target[], users: readonly SignedUp[], leaving?: SignedUp) {
    this.#nodes = nodes;
    this.#users = leaving ? [...users, leaving] : users;
    this.#leaving = leaving;
  }

  /** Starts the history with users who show what they read, a group of all, and a message of each. */
  async begin(): Promise<void> {
    await this.play({ what: 'settings', node: 0, by: HIDER, whom: 0, which: 1 });
    this.hiding.clear();
    await this.play({ what: 'group', node: 0, by: 0, whom: 1, which: 0 });
    for (const by of this.#users.keys()) {
      await this.play({ what: 'add', node: by, by: 0, whom: by, which: 0 });
      await this.play({ what: 'send', node: by, by, whom: 0, which: 0 });
    }
    const by = this.#users.length - 1;
    await this.play({ what: 'react', node: 0, by, whom: 0, which: 0 });
    await this.play({ what: 'group', node: 0, by, whom: 0, which: 1 });
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
      { ...own, what: 'reply', by: 2, whom: sent + 1, which: 0 },
      { ...own, what: 'edit', by: 1, whom: sent + 1, which: 0 },
      { ...own, what: 'react', by: 2, whom: sent + 1, which: 0 },
      { ...own, what: 'unreact', by: 2, whom: sent + 1, which: 0 },
      { ...own, what: 'pin', by: 2, whom: sent + 1, which: 0 },
      { ...own, what: 'unpin', whom: sent + 1, which: 0 },
      { ...own, what: 'prefer', by: 2 },
      { ...own, what: 'delete', whom: sent + 1, which: 0 },
      { ...own, what: 'reply', by: 2, whom: sent + 1, which: 0 },
      { ...own, what: 'remove', whom: 2 },
      { ...own, what: 'role' },
      { ...own, what: 'leave', by: 1 },
      { ...own, what: 'settings', by: 2 },
      { ...own, what: 'profile' },
      ...(this.#leaving ? [{ ...own, what: 'erase' as const }] : []),
    ];
    const before = this.accepted.length;
    for (const step of steps) await this.play(step);
    expect(this.accepted.slice(before)).to.deep.equal(steps.map(({ what }) => what));
  }

  get #staying(): readonly SignedUp[] {
    return this.#users.filter((each) => each !== this.#leaving);
  }

  /** Answers whose readers a user is certain to be shown: those who have never hidden them, as long as the user has not. */
  showsReaders({ userId }: SignedUp): (reader: string) => boolean {
    return (reader) => !this.hiding.has(userId) && !this.hiding.has(reader);
  }

  /**
   * Ends the history with a change of each user, and answers the `bio` by which they know it: profiles are told in their
   * own order, so that everything before it has come with it. Each `bio` is a new one: setting that of an earlier history
   * again would change nothing, and be told to nobody.
   */
  async end(): Promise<readonly string[]> {
    const bios = this.#staying.map(({ userId }) => `${userId} ends ${randomUUID()}`);
    for (const [index, { accessToken: token }] of this.#staying.entries()) {
      const json = { bio: bios[index] };
      const answer = await call(pick(this.#nodes, index), 'PATCH', '/user/v1/me', { token, json });
      expect(answer.status, answer.text).to.equal(200);
      this.position = laterOf(this.position, (answer.headers.get('x-position') ?? this.position) as Position);
    }
    return bios;
  }

  async play(step: Step): Promise<void> {
    const target = pick(this.#nodes, step.node);
    const by = this.#actorOf(step);
    const [method, path, json] = this.#requestOf(step);
    const answer = await call(target, method, path, { token: by.accessToken, ...(json && { json }) });
    if (answer.status < 300) this.#note(step, answer);
    if (answer.status < 300 && step.what === 'settings') this.hiding.add(by.userId);
  }

  #actorOf({ what, by }: Step): SignedUp {
    if (what === 'erase' && this.#leaving) return this.#leaving;
    return pick(this.#users, what === 'settings' ? HIDER : by);
  }

  #requestOf({ what, by, whom, which }: Step): readonly [string, string, object?] {
    const { userId, username } = pick(this.#users, whom);
    const { userId: actor } = pick(this.#users, by);
    const group = this.#groups.length > 0 ? pick(this.#groups, which) : 'none';
    const read = this.#messages.length > 0 ? pick(this.#messages, which * 7 + whom) : { messageId: 'none' };
    const { messageId, conversationId = 'none' }: Partial<Sent> = read;
    const pinPath = `/conversation/v1/${conversationId}/pins/${messageId}`;
    const emoji = encodeURIComponent(which % 2 === 1 ? '👍' : '👍🏽');
    const reactionPath = `/message/v1/${messageId}/reactions/${emoji}`;
    const words = pick([`text ${whom}`, `for @${username}`, 'to @all'], which);
    const requests: Readonly<Record<StepKind, readonly [string, string, object?]>> = {
      direct: ['POST', '/message/v1/send', { recipientId: userId, text: `direct ${which}` }],
      group: ['POST', '/conversation/v1', { kind: 'group', title: `Group ${which}`, memberIds: [userId] }],
      rename: ['PATCH', `/conversation/v1/${group}`, { title: `Title ${whom}` }],
      add: ['POST', `/conversation/v1/${group}/members`, { userIds: [userId] }],
      remove: ['DELETE', `/conversation/v1/${group}/members/${userId}`],
      leave: ['DELETE', `/conversation/v1/${group}/members/${actor}`],
      settings: ['PATCH', '/user/v1/me/settings', { readReceipts: which % 2 === 1 }],
      profile: ['PATCH', '/user/v1/me', { displayName: `Name ${whom} ${which}` }],
      role: ['PUT', `/conversation/v1/${group}/members/${userId}/role`, { role: which % 2 === 1 ? 'admin' : 'owner' }],
      send: ['POST', '/message/v1/send', { conversationId: group, text: words }],
      reply: ['POST', '/message/v1/send', { conversationId, text: `reply ${which}`, replyTo: messageId }],
      edit: ['PATCH', `/message/v1/${messageId}`, { text: `edited ${whom} ${which}` }],
      delete: ['DELETE', `/message/v1/${messageId}`],
      react: ['PUT', reactionPath],
      unreact: ['DELETE', reactionPath],
      pin: ['PUT', pinPath],
      unpin: ['DELETE', pinPath],
      prefer: ['PUT', `/conversation/v1/${group}/preferences`, { muted: which % 2 === 1, archived: whom % 2 === 1 }],
      read: ['POST', '/message/v1/read', read],
      erase: ['DELETE', '/user/v1/me', { password: this.#leaving?.password }],
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
