import { expect } from 'chai';
import fc from 'fast-check';
import type { FactOf } from '../../../src/domain/kernel/fact.js';
import { decide, fold } from '../../../src/domain/kernel/decider.js';
import { Rejection } from '../../../src/domain/kernel/rejections.js';
import { user } from '../../../src/domain/users/decider.js';
import type { UserEvents } from '../../../src/domain/users/events.js';
import { isRegisteredAfter } from '../../../src/domain/users/last-event.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, hashOf, ticketNumber } from '../../support/ids.js';

const ticket = { ticketId: ticketNumber(3), tokenHash: hashOf('other'), expiresAt: at(90_000) };
const mine = { userId: ada, at: at(1_000) };

/** One command of every kind, each of which is accepted at some time. */
const commands = [
  { type: 'RequestEmailVerification', data: { ...mine, ticket } },
  { type: 'VerifyEmail', data: { ...mine, ticketId: ticket.ticketId, tokenHash: ticket.tokenHash } },
  { type: 'ChangeProfile', data: { ...mine, displayName: 'Ada Lovelace', bio: null, avatarMediaId: undefined } },
  { type: 'ChangeSettings', data: { ...mine, changes: { readReceipts: false } } },
  { type: 'AddContact', data: { ...mine, contactId: bob } },
  { type: 'RemoveContact', data: { ...mine, contactId: bob } },
  { type: 'BlockUser', data: { ...mine, blockedId: bob } },
  { type: 'UnblockUser', data: { ...mine, blockedId: bob } },
  { type: 'GrantRole', data: { ...mine, role: 'auditor', by: null } },
  { type: 'RevokeRole', data: { ...mine, role: 'auditor', by: null } },
  { type: 'RequestPasswordReset', data: { ...mine, ticket } },
  { type: 'EndSessions', data: { ...mine, exceptSessionId: null } },
  { type: 'EraseUser', data: { ...mine, isHeld: false, keyIds: [], by: ada } },
] as const;

type Command = (typeof commands)[number];

const factsOf = (command: Command, history: readonly FactOf<UserEvents>[]): readonly FactOf<UserEvents>[] => {
  try {
    return decide(user, command, fold(user, history));
  } catch (error) {
    if (error instanceof Rejection) return [];
    throw error;
  }
};

describe('the last event of a user', () => {
  it('shows whether they are registered, whatever was done before', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...commands), { maxLength: 30 }), (tried) => {
        const history: FactOf<UserEvents>[] = [fact('UserRegistered')];
        for (const command of tried) {
          history.push(...factsOf(command, history));
          const isRegistered = fold(user, history).status === 'registered';
          expect(isRegisteredAfter(history.at(-1)?.type ?? '')).to.equal(isRegistered);
        }
      }),
    ));
});
