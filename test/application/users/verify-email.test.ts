import { expect } from 'chai';
import { resendVerification, type ResendVerification } from '../../../src/application/users/resend-verification.js';
import { verifyEmail, type VerifyEmail } from '../../../src/application/users/verify-email.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { refusalOf } from '../kernel/refusal.js';
import { createWorld, type World } from '../kernel/world.js';

const A_DAY = 86_400;

describe('Verification of an e-mail address', () => {
  let world: World;
  let verify: VerifyEmail;
  let resend: ResendVerification;
  let ada: UserId;

  beforeEach(async () => {
    world = await createWorld();
    verify = verifyEmail(world.transact, world.tickets, world.limits);
    resend = resendVerification(world.transact, world.credentials, world.mailing);
    ada = await world.stranger('ada');
  });

  const verifying = (token: string) => verify({ token }, world.contextOf(null));
  const resending = (email: string) => resend({ email }, world.contextOf(null));

  it('takes the token that was mailed', async () => {
    const { position } = await verifying(await world.mailedToken(ada));
    expect(await world.typesIn(`user-${ada}`)).to.include('EmailVerified');
    expect(position).to.equal(await world.store.head());
  });

  it('takes it once', async () => {
    const token = await world.mailedToken(ada);
    await verifying(token);
    expect(await refusalOf(verifying(token))).to.equal('token_invalid');
    expect(await world.logged('EmailVerified')).to.have.length(1);
  });

  it('does not take one that this server has not made', async () => {
    const stranger = world.identifiers.newUserId();
    const ofNobody = world.tickets.tokenOf('verify-email', stranger, world.identifiers.newTicketId());
    const ofNoTicket = world.tickets.tokenOf('verify-email', ada, world.identifiers.newTicketId());
    for (const token of ['', 'token', 'A'.repeat(86), ofNobody, ofNoTicket])
      expect(await refusalOf(verifying(token)), token).to.equal('token_invalid');
  });

  it('does not take one whose time is over', async () => {
    const token = await world.mailedToken(ada);
    world.turnClock(A_DAY + 1);
    expect(await refusalOf(verifying(token))).to.equal('token_expired');
  });

  it('is mailed again, and the older link is then void', async () => {
    const older = await world.mailedToken(ada);
    world.turnClock(A_DAY + 1);
    await resending(' ADA@example.org ');
    const newer = await world.mailedToken(ada);
    expect(newer).to.not.equal(older);
    expect(await refusalOf(verifying(older))).to.equal('token_invalid');
    expect(await refusalOf(verifying(newer))).to.equal(undefined);
  });

  it('says nothing and mails nothing where the address is unknown, or verified', async () => {
    await verifying(await world.mailedToken(ada));
    const head = await world.store.head();
    await resending('nobody@example.org');
    await resending('ada@example.org');
    expect(await world.store.head()).to.equal(head);
  });
});
