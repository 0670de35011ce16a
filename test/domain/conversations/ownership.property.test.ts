import { expect } from 'chai';
import fc from 'fast-check';
import type { ConversationCommands } from '../../../src/domain/conversations/commands.js';
import { conversation } from '../../../src/domain/conversations/decider.js';
import type { ConversationState } from '../../../src/domain/conversations/state.js';
import { decide, fold } from '../../../src/domain/kernel/decider.js';
import type { CommandOf } from '../../../src/domain/kernel/fact.js';
import { Rejection } from '../../../src/domain/kernel/rejections.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, cleo, conversationNumber, eve } from '../../support/ids.js';

type Command = CommandOf<ConversationCommands>;

const user = fc.constantFrom(ada, bob, cleo, eve);
const role = fc.constantFrom('owner' as const, 'admin' as const, 'member' as const);
const base = { conversationId: conversationNumber(1), at: at(1) };

const commands: fc.Arbitrary<Command> = fc.oneof(
  fc
    .record({ by: user, userIds: fc.array(user, { maxLength: 4 }) })
    .map((data) => ({ type: 'AddMembers' as const, data: { ...base, ...data } })),
  fc.record({ by: user, userId: user }).map((data) => ({ type: 'RemoveMember' as const, data: { ...base, ...data } })),
  fc
    .record({ by: user, userId: user, role })
    .map((data) => ({ type: 'ChangeMemberRole' as const, data: { ...base, ...data } })),
);

const attempt = (state: ConversationState, command: Command): ConversationState => {
  try {
    return fold(conversation, decide(conversation, command, state), state);
  } catch (error) {
    if (error instanceof Rejection) return state;
    throw error;
  }
};

describe('a group', () => {
  it('has an owner as long as it has anybody, whatever is tried', () =>
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 40 }), (tried) => {
        let state = fold(conversation, [fact('ConversationStarted')]);
        for (const command of tried) {
          state = attempt(state, command);
          const roles = state.status === 'started' ? [...state.members.values()] : [];
          expect(roles.includes('owner')).to.equal(roles.length > 0);
        }
      }),
      { numRuns: 500 },
    ));
});
