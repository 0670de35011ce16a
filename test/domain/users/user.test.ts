import { expect } from 'chai';
import { fold } from '../../../src/domain/kernel/decider.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import type { UserCommands } from '../../../src/domain/users/commands.js';
import { MAX_BLOCKED, MAX_CONTACTS, user } from '../../../src/domain/users/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, cleo, mediaNumber, userNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const { given } = specOf(user);

const registered = fact('UserRegistered');
const erased = fact('UserErased');
const ended = fact('SessionsEnded', { endedAt: at(900) });

describe('ChangeProfile', () => {
  const change = (changes: Partial<UserCommands['ChangeProfile']>) =>
    ({
      type: 'ChangeProfile',
      data: { userId: ada, displayName: undefined, bio: undefined, avatarMediaId: undefined, at: at(400), ...changes },
    }) as const;
  const changed = fact('ProfileChanged');

  it('records the whole of the new profile', () =>
    given(registered)
      .when(change({ displayName: 'Ada L.', bio: 'Poetical science' }))
      .thenEvents(changed));
  it('leaves what is not given, and takes away what is null', () => {
    given(registered, changed)
      .when(change({ bio: null }))
      .thenEvents(fact('ProfileChanged', { bio: null }));
    given(registered, changed)
      .when(change({ displayName: 'A. L.' }))
      .thenEvents(fact('ProfileChanged', { displayName: 'A. L.' }));
  });
  it('records an avatar, leaves it with all else that is not given, and takes it away', () => {
    const [avatarMediaId, other] = [mediaNumber(1), mediaNumber(2)];
    const shown = fact('ProfileChanged', { avatarMediaId });
    given(registered, changed).when(change({ avatarMediaId })).thenEvents(shown);
    given(registered, shown)
      .when(change({ avatarMediaId: other }))
      .thenEvents(fact('ProfileChanged', { avatarMediaId: other }));
    given(registered, shown)
      .when(change({ displayName: 'A. L.' }))
      .thenEvents(fact('ProfileChanged', { displayName: 'A. L.', avatarMediaId }));
    given(registered, shown)
      .when(change({ avatarMediaId: null }))
      .thenEvents(changed);
    given(registered, changed)
      .when(change({ avatarMediaId: null }))
      .thenNothing();
  });
  it('changes nothing where nothing is other', () => given(registered, changed).when(change({})).thenNothing());
  it('is refused for one who was erased', () =>
    given(registered, erased)
      .when(change({ bio: 'back' }))
      .thenRejected('user_not_found'));
});

describe('ChangeSettings', () => {
  const { userId: _, changedAt: __, ...all } = fact('SettingsChanged').data;
  const change = (changes: UserCommands['ChangeSettings']['changes']) =>
    ({ type: 'ChangeSettings', data: { userId: ada, changes, at: at(410) } }) as const;

  it('records all of the settings', () => given(registered).when(change(all)).thenEvents(fact('SettingsChanged')));
  it('leaves those that are not given', () =>
    given(registered, fact('SettingsChanged'))
      .when(change({ readReceipts: true }))
      .thenEvents(fact('SettingsChanged', { readReceipts: true })));
  it('changes nothing where nothing is other', () =>
    given(registered)
      .when(change({ readReceipts: true, presence: 'everyone' }))
      .thenNothing());
});

describe('AddContact', () => {
  const add = (contactId: UserId = bob) =>
    ({ type: 'AddContact', data: { userId: ada, contactId, at: at(420) } }) as const;
  const others = (count: number) =>
    Array.from({ length: count }, (_, n) => fact('ContactAdded', { contactId: userNumber(1_000 + n) }));

  it('keeps the user', () => given(registered).when(add()).thenEvents(fact('ContactAdded')));
  it('is refused for oneself', () => given(registered).when(add(ada)).thenRejected('not_yourself'));
  it('takes so many and no more', () => {
    given(registered, ...others(MAX_CONTACTS - 1))
      .when(add())
      .thenEvents(fact('ContactAdded'));
    given(registered, ...others(MAX_CONTACTS))
      .when(add())
      .thenRejected('contacts_full');
  });
});

describe('RemoveContact', () => {
  const remove = { type: 'RemoveContact', data: { userId: ada, contactId: bob, at: at(430) } } as const;

  it('removes the user', () => given(registered, fact('ContactAdded')).when(remove).thenEvents(fact('ContactRemoved')));
  it('changes nothing for somebody who is none', () => given(registered).when(remove).thenNothing());
});

describe('BlockUser', () => {
  const block = (blockedId: UserId = bob) =>
    ({ type: 'BlockUser', data: { userId: ada, blockedId, at: at(440) } }) as const;

  it('blocks the user, a contact too', () =>
    given(registered, fact('ContactAdded')).when(block()).thenEvents(fact('UserBlocked')));
  it('is refused for oneself', () => given(registered).when(block(ada)).thenRejected('not_yourself'));
  it('takes so many and no more', () => {
    const others = Array.from({ length: MAX_BLOCKED }, (_, n) =>
      fact('UserBlocked', { blockedId: userNumber(1_000 + n) }),
    );
    given(registered, ...others)
      .when(block())
      .thenRejected('blocks_full');
  });
});

describe('UnblockUser', () => {
  const unblock = { type: 'UnblockUser', data: { userId: ada, blockedId: bob, at: at(450) } } as const;

  it('ends the block', () => given(registered, fact('UserBlocked')).when(unblock).thenEvents(fact('UserUnblocked')));
  it('changes nothing for somebody who is not blocked', () => given(registered).when(unblock).thenNothing());
});

describe('GrantRole', () => {
  const grant = (by: UserId | null) =>
    ({ type: 'GrantRole', data: { userId: ada, role: 'auditor', by, at: at(460) } }) as const;

  it('records who granted it', () => given(registered).when(grant(null)).thenEvents(fact('RoleGranted')));
  it('changes nothing for one who has it', () => given(registered, fact('RoleGranted')).when(grant(bob)).thenNothing());
  it('is refused for one who was erased', () =>
    given(registered, erased).when(grant(null)).thenRejected('user_not_found'));
});

describe('RevokeRole', () => {
  const revoke = { type: 'RevokeRole', data: { userId: ada, role: 'auditor', by: bob, at: at(470) } } as const;

  it('takes the role away', () => given(registered, fact('RoleGranted')).when(revoke).thenEvents(fact('RoleRevoked')));
  it('leaves other roles', () => {
    const state = fold(user, [
      registered,
      fact('RoleGranted'),
      fact('RoleGranted', { role: 'admin' }),
      fact('RoleRevoked'),
    ]);
    expect(state.status === 'registered' && [...state.roles]).to.deep.equal(['admin']);
  });
  it('changes nothing for one who has it not', () => given(registered).when(revoke).thenNothing());
});

const KEY_ID = '0123456789abcdef0123456789abcdef';

describe('EraseUser', () => {
  const erase = (by: UserId | null = ada, isHeld = false) =>
    ({ type: 'EraseUser', data: { userId: ada, isHeld, keyIds: [KEY_ID], by, at: at(900) } }) as const;

  it('ends every session and the user', () =>
    given(registered)
      .when(erase())
      .thenEvents(ended, fact('UserErased', { keyIds: [KEY_ID] })));
  it('names no key where none is known', () =>
    given(registered)
      .when({ type: 'EraseUser', data: { userId: ada, isHeld: false, keyIds: [], by: ada, at: at(900) } })
      .thenEvents(ended, erased));
  it('records who did it', () =>
    given(registered)
      .when(erase(cleo))
      .thenEvents(ended, fact('UserErased', { keyIds: [KEY_ID], erasedBy: cleo })));
  it('changes nothing for one who was erased', () => given(registered, erased).when(erase()).thenNothing());
  it('is refused for one who never was', () => given().when(erase()).thenRejected('user_not_found'));
  it('is refused while a hold stands, whoever asks', () => {
    given(registered).when(erase(ada, true)).thenRejected('legal_hold');
    given(registered).when(erase(null, true)).thenRejected('legal_hold');
  });
  it('leaves nothing but that they were', () =>
    expect(fold(user, [registered, fact('ProfileChanged'), erased])).to.deep.equal({ status: 'erased' }));
});
