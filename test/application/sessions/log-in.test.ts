import { expect } from 'chai';
import { TooManyAttemptsError } from '../../../src/application/ports/attempt-limits.js';
import { logIn, type LogIn, type LogInInput } from '../../../src/application/sessions/log-in.js';
import { step } from '../../../src/application/kernel/step.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { user } from '../../../src/domain/users/decider.js';
import { refusalOf } from '../kernel/refusal.js';
import { createWorld, PASSWORD, type World } from '../kernel/world.js';

const ATTEMPTS_OF_AN_ACCOUNT = 10;

describe('logIn', () => {
  let world: World;
  let enter: LogIn;
  let ada: UserId;

  const build = async (limitScale?: number) => {
    world = await createWorld(limitScale === undefined ? {} : { limitScale });
    enter = logIn(world.transact, world.accounts, world.tokens, world);
    ada = await world.person('Ada');
  };

  beforeEach(() => build());

  const entering = (input: Partial<LogInInput> = {}) =>
    enter({ login: 'ada', password: PASSWORD, ...input }, world.contextOf(null));

  const endAllSessions = () => {
    const command = { type: 'EndSessions', data: { userId: ada, exceptSessionId: null, at: world.now() } } as const;
    return world.transact(world.contextOf(ada), async () => ({
      steps: [step(user, ada, command)],
      answer: () => ({}),
    }));
  };

  it('answers tokens of a new session', async () => {
    const told = await entering({ device: 'laptop' });
    expect(told.user).to.deep.equal({ userId: ada, username: 'Ada', displayName: 'Ada' });
    expect(world.tokens.access.verify(told.accessToken)).to.deep.include({
      userId: ada,
      sessionId: told.sessionId,
      epoch: 0,
    });
    expect(world.tokens.refresh.open(told.refreshToken)).to.deep.include({ sessionId: told.sessionId });
    const [started] = await world.logged('SessionStarted');
    expect(started).to.deep.include({ userId: ada, device: 'laptop', address: '192.0.2.1', epoch: 0 });
  });

  it('keeps only a hash of the refresh token', async () => {
    const { refreshToken, accessToken } = await entering();
    for await (const { data } of world.store.readAll())
      expect(JSON.stringify(data)).to.not.include(refreshToken).and.not.include(accessToken);
  });

  it('takes the username in any case, and the e-mail address', async () => {
    for (const login of ['ADA', 'ada', 'ada@example.org', 'ADA@EXAMPLE.ORG'])
      expect((await entering({ login })).user.userId).to.equal(ada);
  });

  it('tells a wrong password and an unknown person alike', async () => {
    expect(await refusalOf(entering({ password: `${PASSWORD} ` }))).to.equal('invalid_credentials');
    expect(await refusalOf(entering({ login: 'nobody' }))).to.equal('invalid_credentials');
    expect(await refusalOf(entering({ login: 'nobody@example.org' }))).to.equal('invalid_credentials');
    expect(await world.logged('SessionStarted')).to.have.length(0);
  });

  it('says that an address is not verified to nobody but its owner', async () => {
    await world.stranger('bob');
    expect(await refusalOf(entering({ login: 'bob' }))).to.equal('email_not_verified');
    expect(await refusalOf(entering({ login: 'bob', password: 'wrong' }))).to.equal('invalid_credentials');
    expect(await world.logged('SessionStarted')).to.have.length(0);
  });

  it('begins in the epoch that is when it is appended', async () => {
    const transact: World['transact'] = async (context, plan) =>
      world.transact(context, async (attempt) => {
        const planned = await plan(attempt);
        if (attempt === 0) await endAllSessions();
        return planned;
      });
    enter = logIn(transact, world.accounts, world.tokens, world);
    const { accessToken } = await entering();
    expect(world.tokens.access.verify(accessToken)?.epoch).to.equal(1);
    const started = await world.logged('SessionStarted');
    expect(started).to.have.length(1);
    expect(started[0]).to.deep.include({ epoch: 1 });
  });

  it('is limited by account, in whatever case, even with the right password', async () => {
    await build(1);
    for (let n = 0; n < ATTEMPTS_OF_AN_ACCOUNT; n += 1)
      expect(await refusalOf(entering({ login: n % 2 ? 'ada' : 'ADA', password: 'wrong' }))).to.equal(
        'invalid_credentials',
      );
    expect(await entering().catch((error: unknown) => error)).to.be.instanceOf(TooManyAttemptsError);
    await world.person('bob');
    expect((await entering({ login: 'bob' })).user.username).to.equal('bob');
  });

  it('counts every spelling of an address together', async () => {
    await build(1);
    const spellings = [
      'ada@example.org',
      ' ada@example.org',
      'ADA@example.org',
      'ａda@example.org',
      'ada@example.oｒg  ',
    ];
    for (let n = 0; n < ATTEMPTS_OF_AN_ACCOUNT; n += 1) {
      const guess = entering({ login: spellings[n % spellings.length]!, password: 'wrong' });
      expect(await refusalOf(guess)).to.equal('invalid_credentials');
    }
    const next = await entering({ login: 'aｄa@example.org' }).catch((error: unknown) => error);
    expect(next).to.be.instanceOf(TooManyAttemptsError);
  });

  it('counts from the start again after a success', async () => {
    await build(1);
    for (let round = 0; round < 3; round += 1) {
      for (let n = 1; n < ATTEMPTS_OF_AN_ACCOUNT; n += 1) await refusalOf(entering({ password: 'wrong' }));
      expect((await entering()).user.userId).to.equal(ada);
    }
  });
});
