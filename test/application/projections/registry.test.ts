import { expect } from 'chai';
import { handledTypes, project, type Projection } from '../../../src/application/projections/projector.js';
import {
  mediaProjection,
  messagesProjection,
  PROJECTIONS,
  searchProjection,
  usersProjection,
} from '../../../src/application/projections/registry.js';
import { eventTypes, fact } from '../../support/events.js';
import { recorded } from '../../support/projections.js';

/** The calls that each event makes on the views, as `view.method`. Events from which no view is made have none. */
const MEANINGS: Record<string, Record<string, string>> = {
  users: {
    UserRegistered: 'profiles.register',
    EmailVerified: 'profiles.verify',
    ProfileChanged: 'profiles.changeProfile',
    SettingsChanged: 'profiles.changeSettings',
    ContactAdded: 'profiles.relate',
    ContactRemoved: 'profiles.unrelate',
    UserBlocked: 'profiles.relate',
    UserUnblocked: 'profiles.unrelate',
    RoleGranted: 'profiles.grant',
    RoleRevoked: 'profiles.revoke',
    UserErased: 'profiles.erase',
    SessionStarted: 'sessions.start',
    SessionRefreshed: 'sessions.refresh',
    SessionEnded: 'sessions.end',
    SessionsEnded: 'sessions.endAll',
  },
  messages: {
    ConversationStarted: 'conversations.start',
    ConversationRenamed: 'conversations.rename',
    MemberAdded: 'conversations.addMember',
    MemberRemoved: 'conversations.removeMember',
    MemberRoleChanged: 'conversations.changeRole',
    MessageSent: 'messages.add',
    MessageEdited: 'messages.edit',
    MessageDeleted: 'messages.remove',
    ReactionAdded: 'reactions.add',
    ReactionRemoved: 'reactions.remove',
    MessagePinned: 'pins.pin',
    MessageUnpinned: 'pins.unpin',
    PreferencesChanged: 'preferences.change',
    MessageRead: 'reading.mark',
    MessagesDelivered: 'deliveries.mark',
    UserErased: 'erasedTexts.erase',
  },
  media: {
    MediaUploaded: 'media.add',
    MediaAttached: 'media.attach',
    MediaAttachedToProfile: 'media.attach',
    MediaRemoved: 'media.remove',
    UserErased: 'media.erase',
  },
  search: {
    MessageSent: 'search.add',
    MessageEdited: 'search.edit',
    MessageDeleted: 'search.remove',
    UserErased: 'search.erase',
  },
};

interface Call {
  readonly method: string;
  readonly given: readonly unknown[];
}

/** Makes writers that only note how they were called. */
const telling = (calls: Call[]) =>
  new Proxy(
    {},
    {
      get: (_, view: string) =>
        new Proxy(
          {},
          {
            get:
              (__, method: string) =>
              (...given: readonly unknown[]) =>
                calls.push({ method: `${view}.${method}`, given }),
          },
        ),
    },
  ) as never;

const callsOf = (projection: Projection<never>, type: (typeof eventTypes)[number]): readonly Call[] => {
  const calls: Call[] = [];
  const [event] = recorded([fact(type)]);
  project(projection, telling(calls), event!);
  return calls;
};

describe('The views of a projection', () => {
  const queried = [usersProjection, messagesProjection, mediaProjection, searchProjection] as const;
  for (const projection of queried as readonly Projection<never>[]) {
    const meanings = MEANINGS[projection.name]!;
    it(`of ${projection.name} are made from these events`, () =>
      expect(handledTypes(projection)).to.have.members(Object.keys(meanings)));
    for (const type of eventTypes)
      it(`of ${projection.name} get ${type} as what it is`, () =>
        expect(callsOf(projection, type).map(({ method }) => method)).to.deep.equal(
          Object.hasOwn(meanings, type) ? [meanings[type]] : [],
        ));
  }

  it('are given the event itself', () => {
    const [event] = recorded([fact('MessageSent')]);
    expect(callsOf(messagesProjection, 'MessageSent')[0]?.given).to.deep.equal([event]);
  });

  it('are given who stands how to whom, and since when', () => {
    const given = (type: 'ContactAdded' | 'ContactRemoved' | 'UserBlocked' | 'UserUnblocked') =>
      callsOf(usersProjection, type)[0]?.given;
    const { data: contact } = fact('ContactAdded');
    const { data: block } = fact('UserBlocked');
    const contacts = { userId: contact.userId, otherId: contact.contactId };
    const blocks = { userId: block.userId, otherId: block.blockedId };
    expect(given('ContactAdded')).to.deep.equal(['contacts', contacts, contact.addedAt]);
    expect(given('ContactRemoved')).to.deep.equal(['contacts', contacts]);
    expect(given('UserBlocked')).to.deep.equal(['blocks', blocks, block.blockedAt]);
    expect(given('UserUnblocked')).to.deep.equal(['blocks', blocks]);
  });
});

describe('Projections', () => {
  it('are these', () =>
    expect(PROJECTIONS.map(({ name }) => name)).to.deep.equal([
      'users',
      'messages',
      'media',
      'search',
      'audit_index',
      'mail',
    ]));
});
