import { expect } from 'chai';
import { TooManyAttemptsError } from '../../../src/application/ports/attempt-limits.js';
import {
  registerUser,
  type RegisterUser,
  type RegisterUserInput,
} from '../../../src/application/users/register-user.js';
import { Rejection } from '../../../src/domain/kernel/rejections.js';
import { race, refusalOf } from '../kernel/refusal.js';
import { createWorld, PASSWORD, type World } from '../kernel/world.js';

describe('registerUser', () => {
  let world: World;
  let register: RegisterUser;

  beforeEach(async () => {
    world = await createWorld();
    register = registerUser(world.transact, world.credentials, world.limits);
  });

  const input: RegisterUserInput = { username: 'ada', email: 'Ada@Example.org', password: PASSWORD };
  const registering = (changes: Partial<RegisterUserInput> = {}) =>
    register({ ...input, ...changes }, world.contextOf(null));

  it('appends the user, both claims and the wish for a mail at once', async () => {
    const { userId, position } = await registering();
    expect(await world.typesIn(`user-${userId}`)).to.deep.equal(['UserRegistered', 'EmailVerificationRequested']);
    expect(await world.lookup.byUsername('ada')).to.equal(userId);
    expect(await world.lookup.byEmail('ada@example.org')).to.equal(userId);
    expect(position).to.equal(await world.store.head());
  });

  it('keeps no password and no token in the log, and no name in the name of a stream', async () => {
    const { userId } = await registering();
    const token = await world.mailedToken(userId);
    for await (const event of world.store.readAll()) {
      expect(JSON.stringify(event)).to.not.include(PASSWORD).and.not.include(token);
      expect(event.streamId.toLowerCase()).to.not.match(/ada@|-ada$/);
    }
  });

  it('shows the username where no other name is given', async () => {
    await registering({ displayName: 'Ada Lovelace' });
    await registering({ username: 'bob', email: 'bob@example.org' });
    const names = (await world.logged('UserRegistered')).map((data) => (data as { displayName: string }).displayName);
    expect(names).to.deep.equal(['Ada Lovelace', 'bob']);
  });

  it('refuses a username that is taken, in whatever case', async () => {
    await registering();
    expect(await refusalOf(registering({ username: 'ADA', email: 'other@example.org' }))).to.equal('username_taken');
    expect(await world.logged('UserRegistered')).to.have.length(1);
    expect(await world.lookup.byEmail('other@example.org')).to.equal(null);
  });

  it('refuses an e-mail address that is taken, and leaves the username free', async () => {
    await registering();
    expect(await refusalOf(registering({ username: 'eve', email: ' ada@EXAMPLE.org' }))).to.equal('email_taken');
    expect(await world.lookup.byUsername('eve')).to.equal(null);
  });

  it('gives a name to one of ten who ask for it at once', async () => {
    const told = await race(10, (n) =>
      registering({ username: n % 2 ? 'ada' : 'Ada', email: `${n}@example.org` }).catch((error: unknown) => error),
    );
    const refused = told.filter((each) => each instanceof Rejection);
    expect(refused.map(({ code }) => code)).to.deep.equal(Array(9).fill('username_taken'));
    expect(await world.logged('UserRegistered')).to.have.length(1);
    expect(await world.logged('EmailClaimed')).to.have.length(1);
  });

  it('gives an address to one of ten who ask for it at once', async () => {
    const told = await race(10, (n) => refusalOf(registering({ username: `ada${n}` })));
    expect(told.filter((code) => code === undefined)).to.have.length(1);
    expect(told.filter((code) => code === 'email_taken')).to.have.length(9);
    expect(await world.logged('UsernameClaimed')).to.have.length(1);
  });

  it('registers once for one idempotency key, and answers the same', async () => {
    const claim = {
      stream: world.hashes.requestStream(null, 'POST /users', 'k'),
      fingerprint: world.hashes.fingerprint('k', input),
    };
    const told = await race(10, () => register(input, { ...world.contextOf(null), claim }));
    expect(new Set(told.map(({ userId }) => userId))).to.have.property('size', 1);
    expect(await world.logged('UserRegistered')).to.have.length(1);
  });

  it('is limited by address', async () => {
    world = await createWorld({ limitScale: 1 });
    register = registerUser(world.transact, world.credentials, world.limits);
    for (let n = 0; n < 50; n += 1) await world.limits.takeFrom('register', '192.0.2.1');
    const failure = await registering().catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(TooManyAttemptsError);
    expect(await world.logged('UserRegistered')).to.have.length(0);
  });
});
