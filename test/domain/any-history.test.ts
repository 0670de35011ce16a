import { expect } from 'chai';
import fc from 'fast-check';
import { auditCall, auditRefusal, auditRequest, subjectIndex } from '../../src/domain/audit/decider.js';
import { emailClaim, usernameClaim } from '../../src/domain/claims/decider.js';
import { conversation } from '../../src/domain/conversations/decider.js';
import { delivery } from '../../src/domain/deliveries/decider.js';
import type { Decider } from '../../src/domain/kernel/decider.js';
import { fold } from '../../src/domain/kernel/decider.js';
import { holds } from '../../src/domain/holds/decider.js';
import { maintenance } from '../../src/domain/maintenance/decider.js';
import { media } from '../../src/domain/media/decider.js';
import { message } from '../../src/domain/messages/decider.js';
import { pins } from '../../src/domain/pins/decider.js';
import { preferences } from '../../src/domain/preferences/decider.js';
import { reaction } from '../../src/domain/reactions/decider.js';
import { reading } from '../../src/domain/reading/decider.js';
import { request } from '../../src/domain/requests/decider.js';
import { retention } from '../../src/domain/retention/decider.js';
import { session } from '../../src/domain/sessions/decider.js';
import { storage } from '../../src/domain/storage/decider.js';
import { user } from '../../src/domain/users/decider.js';
import type { ChatEventType } from '../../src/domain/event-catalogue.js';
import { eventTypes, fact } from '../support/events.js';
import { ada, bob, cleo, hashOf } from '../support/ids.js';

const deciders = [
  auditCall,
  auditRefusal,
  auditRequest,
  subjectIndex,
  maintenance,
  user,
  usernameClaim,
  emailClaim,
  session,
  conversation,
  message,
  media,
  reaction,
  pins,
  preferences,
  storage,
  reading,
  delivery,
  request,
  holds,
  retention,
];

/** Some of the fields in which two events of one stream differ. */
const changes = fc.record({
  userId: fc.constantFrom(ada, bob, cleo),
  role: fc.constantFrom('owner', 'admin', 'member'),
  spentTokenHash: fc.constantFrom('first', 'second', 'third').map(hashOf),
  refreshTokenHash: fc.constantFrom('first', 'second', 'third').map(hashOf),
});

/** Makes events of this decider in any order, also in one to which no command leads. */
const historyOf = (types: readonly ChatEventType[]) =>
  fc.array(
    fc.tuple(fc.constantFrom(...types), changes).map(([type, changed]) => fact(type, changed as never)),
    { maxLength: 20 },
  );

const typesOf = (decider: { readonly evolve: object }): ChatEventType[] => {
  const own = Object.keys(decider.evolve);
  return eventTypes.filter((type) => own.includes(type));
};

describe('any history', () => {
  for (const decider of deciders as readonly unknown[] as readonly Decider<never, never, unknown>[])
    it(`of a ${decider.category} can be folded, and leaves earlier states as they were`, () => {
      const types = typesOf(decider);
      expect(types).to.have.members(Object.keys(decider.evolve));
      fc.assert(
        fc.property(historyOf(types), historyOf(types), (history, more) => {
          const before = fold(decider, history as never[]);
          const copy = structuredClone(before);
          const after = fold(decider, more as never[], before);
          for (const type of types) fold(decider, [fact(type) as never], before);
          expect(before).to.deep.equal(copy);
          expect(after).to.deep.equal(fold(decider, [...history, ...more] as never[]));
        }),
      );
    });

  it('is made of events that have a decider each', () => expect(deciders.flatMap(typesOf)).to.have.members(eventTypes));
});
