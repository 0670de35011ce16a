import { expect } from 'chai';
import { ERASED } from '../../src/application/kernel/erased.js';
import { InvalidCursorError } from '../../src/application/ports/message-views.js';
import type { UserId } from '../../src/domain/kernel/ids.js';
import { DEFAULT_SETTINGS } from '../../src/domain/users/settings.js';
import { fact } from '../support/events.js';
import { ada, at, bob, cleo, eve, mediaNumber, sessionNumber, ticketNumber } from '../support/ids.js';
import { recorded, type Fact } from '../support/projections.js';
import { scene, type Feed, type OpenReadModels } from './read-model-steps.js';

const registered = (userId: UserId, username: string, displayName = username) =>
  fact('UserRegistered', { userId, username, displayName, email: `${username}@example.org` });
const everybody = [
  registered(ada, 'ada', 'Ada Lovelace'),
  registered(bob, 'Bob'),
  registered(cleo, 'cleo', 'Cleo Ada'),
  registered(eve, 'eve'),
];

const describeProfiles = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);

  it('show a user as they are now, to themselves and to others', async () => {
    const { directory } = await views(
      ...everybody,
      fact('EmailVerified'),
      fact('ProfileChanged', { displayName: 'Augusta', bio: 'Poetical science' }),
      fact('RoleGranted', { role: 'auditor' }),
      fact('RoleGranted', { role: 'admin' }),
      fact('RoleGranted', { role: 'auditor' }),
      fact('RoleRevoked', { role: 'admin' }),
    );
    const shown = {
      ...{ userId: ada, username: 'ada', displayName: 'Augusta', bio: 'Poetical science', avatarMediaId: null },
    };
    const own = { email: 'ada@example.org', emailVerified: true, roles: ['auditor'], createdAt: at(0) };
    expect(await directory.findOwnProfile(ada)).to.deep.equal({ ...shown, ...own });
    expect(await directory.findOwnProfile(bob)).to.include({ emailVerified: false, bio: null, avatarMediaId: null });
    expect((await directory.profiles([ada])).get(ada)).to.deep.equal(shown);
  });

  it('show an avatar wherever they are listed, until it is taken away', async () => {
    const avatarMediaId = mediaNumber(1);
    const shown = [
      ...everybody,
      fact('ContactAdded', { userId: bob, contactId: ada }),
      fact('ProfileChanged', { avatarMediaId }),
      fact('EmailVerified'),
    ];
    const avatars = async (...facts: readonly Fact[]) => {
      const { directory } = await views(...facts);
      const everything = { cursor: undefined, limit: 10 };
      const { profiles: contacts } = await directory.related(bob, 'contacts', everything);
      const { profiles: found } = await directory.search('lovelace', everything);
      const { profiles: named } = await directory.search('ada', everything);
      const lists = [contacts, found, named].flat().filter(({ userId }) => userId === ada);
      const single = [await directory.findOwnProfile(ada), (await directory.profiles([ada])).get(ada)];
      return [...lists, ...single].map((profile) => profile?.avatarMediaId);
    };
    expect(new Set(await avatars(...shown))).to.deep.equal(new Set([avatarMediaId]));
    expect(new Set(await avatars(...shown, fact('ProfileChanged')))).to.deep.equal(new Set([null]));
  });

  it('know settings, and who shows nobody what they read', async () => {
    const settings = { readReceipts: false, presence: 'contacts', locale: 'en-GB', notifications: true } as const;
    const { directory } = await views(...everybody, fact('SettingsChanged', { userId: bob, ...settings }));
    expect(await directory.findSettings(bob)).to.deep.equal(settings);
    expect(await directory.findSettings(ada)).to.deep.equal(DEFAULT_SETTINGS);
    expect(await directory.withoutReceipts([ada, bob, cleo])).to.deep.equal(new Set([bob]));
  });

  it('are found by the beginnings of their names, by username, page by page', async () => {
    const { directory } = await views(...everybody, fact('ProfileChanged', { userId: eve, displayName: 'Adam' }));
    const found = async (key: string, cursor?: string) => {
      const { profiles, nextCursor } = await directory.search(key, { cursor, limit: 2 });
      return [profiles.map(({ userId }) => userId), nextCursor] as const;
    };
    const [first, cursor] = await found('ada');
    expect(first).to.deep.equal([ada, cleo]);
    expect(await found('ada', cursor ?? '')).to.deep.equal([[eve], null]);
    expect(await found('love')).to.deep.equal([[ada], null]);
    expect(await found('bo')).to.deep.equal([[bob], null]);
    expect(await found('nobody')).to.deep.equal([[], null]);
    expect(await found('nonsense', 'nonsense').catch((error: unknown) => error)).to.be.instanceOf(InvalidCursorError);
  });

  it('list contacts and blocks, by username, page by page', async () => {
    const { directory } = await views(
      ...everybody,
      ...[eve, cleo, bob].map((contactId) => fact('ContactAdded', { contactId })),
      fact('UserBlocked', { blockedId: eve }),
      fact('ContactRemoved', { contactId: cleo }),
      fact('ContactAdded', { contactId: cleo }),
      fact('ContactRemoved', { contactId: bob }),
      fact('UserBlocked', { userId: bob, blockedId: ada }),
      fact('UserUnblocked', { userId: bob, blockedId: ada }),
    );
    const related = async (userId: UserId, relation: 'contacts' | 'blocks', cursor?: string) => {
      const { profiles, nextCursor } = await directory.related(userId, relation, { cursor, limit: 1 });
      return [profiles.map((each) => each.userId), nextCursor] as const;
    };
    const [first, cursor] = await related(ada, 'contacts');
    expect(first).to.deep.equal([cleo]);
    expect(await related(ada, 'contacts', cursor ?? '')).to.deep.equal([[eve], null]);
    expect(await related(ada, 'blocks')).to.deep.equal([[eve], null]);
    expect(await related(bob, 'blocks')).to.deep.equal([[], null]);
  });

  it('forget a user who is erased, but that they were', async () => {
    const { directory, sessions } = await views(
      ...everybody,
      fact('ContactAdded', { userId: bob, contactId: ada }),
      fact('ContactAdded', { userId: ada, contactId: bob }),
      fact('ProfileChanged', { bio: 'hers', avatarMediaId: mediaNumber(1) }),
      fact('RoleGranted'),
      fact('SessionStarted'),
      fact('UserErased'),
    );
    expect([await directory.findOwnProfile(ada), await directory.findSettings(ada)]).to.deep.equal([
      undefined,
      undefined,
    ]);
    expect((await directory.profiles([ada])).get(ada)).to.deep.equal({
      ...{ userId: ada, username: ERASED, displayName: ERASED, bio: null, avatarMediaId: null },
    });
    const everything = { cursor: undefined, limit: 10 };
    expect((await directory.search('ada', everything)).profiles.map(({ userId }) => userId)).to.deep.equal([cleo]);
    for (const userId of [ada, bob])
      expect((await directory.related(userId, 'contacts', everything)).profiles).to.deep.equal([]);
    expect(await sessions.all(ada)).to.deep.equal([]);
  });
};

const describeSessions = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);
  const started = (n: number, epoch = 0) =>
    fact('SessionStarted', { sessionId: sessionNumber(n), device: `device ${n}`, epoch, startedAt: at(n) });
  const ids = (found: readonly { readonly sessionId: string }[]) => found.map(({ sessionId }) => sessionId);

  it('are open until they are ended or expire, the one last used first', async () => {
    const { sessions } = await views(
      ...everybody,
      ...[1, 2, 3].map((n) => started(n)),
      fact('SessionRefreshed', { sessionId: sessionNumber(1), refreshedAt: at(100), refreshExpiresAt: at(700_000) }),
      fact('SessionEnded', { sessionId: sessionNumber(2), endedAt: at(300) }),
      fact('SessionEnded', { sessionId: sessionNumber(2), endedAt: at(301) }),
    );
    const open = await sessions.open(ada, at(500));
    expect(ids(open)).to.deep.equal([1, 3].map(sessionNumber));
    expect(open[0]).to.deep.equal({
      ...{ sessionId: sessionNumber(1), device: 'device 1', address: '192.0.2.1' },
      ...{ createdAt: at(1), lastUsedAt: at(100) },
    });
    expect(ids(await sessions.open(ada, at(650_000)))).to.deep.equal([sessionNumber(1)]);
    expect(await sessions.open(bob, at(500))).to.deep.equal([]);
    expect((await sessions.all(ada)).map(({ sessionId, endedAt }) => [sessionId, endedAt])).to.deep.equal([
      [sessionNumber(3), null],
      [sessionNumber(2), at(300)],
      [sessionNumber(1), null],
    ]);
  });

  it('are ended together, but for the one that ended them and those that began later', async () => {
    const { sessions } = await views(
      ...everybody,
      started(1),
      started(2),
      fact('SessionsEnded', { epoch: 1, exceptSessionId: sessionNumber(2), endedAt: at(600) }),
      started(3, 1),
      fact('SessionRefreshed', { sessionId: sessionNumber(2), epoch: 1, refreshedAt: at(650) }),
    );
    expect(ids(await sessions.open(ada, at(700)))).to.deep.equal([2, 3].map(sessionNumber));
    const early = await views(
      ...everybody,
      started(1),
      started(3, 1),
      fact('SessionsEnded', { exceptSessionId: null }),
    );
    expect(ids(await early.sessions.open(ada, at(700))), 'begun after it, and stored before').to.deep.equal([
      sessionNumber(3),
    ]);
    const again = await views(
      ...everybody,
      started(1),
      started(2, 1),
      fact('SessionsEnded', { epoch: 2, exceptSessionId: null }),
      fact('SessionsEnded', { epoch: 1, exceptSessionId: null, endedAt: at(900) }),
    );
    expect((await again.sessions.all(ada)).map(({ endedAt }) => endedAt)).to.deep.equal([at(600), at(600)]);
  });
};

const describeMails = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);
  const asked = fact('EmailVerificationRequested', { expiresAt: at(86_400) });
  const forgotten = fact('PasswordResetRequested', { userId: bob, ticketId: ticketNumber(2) });

  it('are queued once for each event that asks for them, to whom they go now', async () => {
    const { outbox } = await views(...everybody, asked, forgotten, fact('ProfileChanged', { displayName: 'Augusta' }));
    const due = [...(await outbox.claimDue(10))].sort((one, other) => (one.eventId < other.eventId ? -1 : 1));
    expect(due.map(({ kind, userId, ticketId, attempts }) => [kind, userId, ticketId, attempts])).to.deep.equal([
      ['verify-email', ada, ticketNumber(1), 1],
      ['password-reset', bob, ticketNumber(2), 1],
    ]);
    expect(due[0]).to.include({ email: 'ada@example.org', displayName: 'Augusta', expiresAt: at(86_400) });
    expect(await outbox.claimDue(10), 'claimed').to.deep.equal([]);
  });

  it('are due again where they failed, and not where they were sent', async () => {
    const { outbox } = await views(...everybody, asked, forgotten);
    const [first] = await outbox.claimDue(1);
    const [second] = await outbox.claimDue(1);
    if (!first || !second) return expect.fail('both are due');
    expect(first.eventId).not.to.equal(second.eventId);
    expect(await outbox.countUnsent()).to.equal(2);
    await outbox.markFailed(first.eventId, 0, 'refused');
    await outbox.markSent(second.eventId);
    expect(await outbox.countUnsent()).to.equal(1);
    expect((await outbox.claimDue(10)).map(({ eventId, attempts }) => [eventId, attempts])).to.deep.equal([
      [first.eventId, 2],
    ]);
    await outbox.markFailed(first.eventId, 3_600, 'refused');
    expect(await outbox.claimDue(10)).to.deep.equal([]);
    return undefined;
  });

  it('are not queued again when their events come again', async () => {
    const facts = [...everybody, asked, forgotten];
    const { outbox, feed: feedAgain } = await views(...facts);
    const [sent, claimed] = await outbox.claimDue(10);
    if (!sent || !claimed) return expect.fail('both are due');
    await outbox.markSent(sent.eventId);
    await feedAgain(recorded(facts), [2]);
    expect(await outbox.claimDue(10)).to.deep.equal([]);
    return undefined;
  });

  it('are withdrawn from a user who is erased', async () => {
    const { outbox } = await views(...everybody, asked, forgotten);
    const kept = (await outbox.claimDue(10)).map(({ eventId }) => eventId);
    expect(await outbox.withdrawn(kept)).to.deep.equal([]);
    const later = await views(...everybody, asked, forgotten, fact('UserErased'));
    expect((await later.outbox.claimDue(10)).map(({ userId }) => userId)).to.deep.equal([bob]);
    expect(await later.outbox.withdrawn(kept)).to.have.length(1);
  });
};

/** Tests what the directory, the views of sessions and the queue of mails answer. */
export const describeUsers = (open: OpenReadModels, feed: Feed): void => {
  describe('profiles', () => describeProfiles(open, feed));
  describe('sessions', () => describeSessions(open, feed));
  describe('mails', () => describeMails(open, feed));
};
