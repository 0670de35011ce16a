import { expect } from 'chai';
import { minimumDuration } from '../../../src/application/kernel/minimum-duration.js';
import type { Transact } from '../../../src/application/kernel/transact.js';
import { EventStoreOverloadedError } from '../../../src/application/ports/event-store.js';
import { requestPasswordReset } from '../../../src/application/users/request-password-reset.js';
import { resendVerification } from '../../../src/application/users/resend-verification.js';
import { createWorld } from '../kernel/world.js';

// While the log refused appends, a known address was answered with an error at once, and any other was accepted after a
// while: the answer told which addresses were known.
describe('Asking for a mailed link while the log takes nothing', () => {
  for (const [name, useCase] of [
    ['a new password', requestPasswordReset],
    ['a verification', resendVerification],
  ] as const)
    it(`shows nothing of an address that a user has: ${name}`, async () => {
      const world = await createWorld();
      await world.stranger('ada');
      const overloaded = new EventStoreOverloadedError('too many appends are waiting');
      const refusing: Transact = () => Promise.reject(overloaded);
      const pauses: number[] = [];
      const failures: unknown[] = [];
      const pause = async (milliseconds: number) => void pauses.push(milliseconds);
      const slowed = minimumDuration(pause, (error, requestId) => failures.push([error, requestId]));
      const ask = useCase(refusing, world.credentials, { ...world.mailing, minimumDuration: slowed });
      for (const email of ['ada@example.org', 'nobody@example.org']) await ask({ email }, world.contextOf(null));
      expect(pauses).to.have.length(2);
      expect(failures).to.deep.equal([[overloaded, 'test']]);
    });
});
