import { expect } from 'chai';
import { TooManyAttemptsError } from '../../../src/application/ports/attempt-limits.js';
import { logIn, type LogIn, type LogInInput } from '../../../src/application/sessions/log-in.js';
import { decision } from '../../../src/application/kernel/decision.js';
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
    enter = logIn(world.transact, world.credentials, world.tokens, world);
    ada = await world.user('Ada');
  };

  beforeEach(() => build());

  const entering = (input: Partial<LogInInput> = {}) =>
    enter({ login: 'ada', password: PASSWORD, ...input }, world.contextOf(null));

  const endAllSessions = () => {
    const command = { type: 'EndSessions', data: { userId: ada, exceptSessionId: null, at: world.now() } } as const;
    return world.transact(world.contextOf(ada), async () => ({
      decisions: [decision(user, ada, command)],
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

  it('answers a wrong password and an unknown user alike', async () => {
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
    enter = logIn(transact, world.credentials, world.tokens, world);
    const { accessToken } = await entering();
    expect(world.tokens.access.verify(accessToken)?.epoch).to.equal(1);
    const started = await world.logged('SessionStarted');
    expect(started).to.have.length(1);
    expect(started[0]).to.deep.include({ epoch: 1 });
  });

  const from = (address: string, input: Partial<LogInInput> = {}) =>
    enter({ login: 'ada', password: PASSWORD, ...input }, world.contextOf(null, null, address));

  /** Answers the outcome of a log-in: the code of its refusal, or `logged in`. */
  const outcomeOf = async (entered: Promise<unknown>): Promise<string> => {
    try {
      return (await refusalOf(entered)) ?? 'logged in';
    } catch (error) {
      if (error instanceof TooManyAttemptsError) return 'too_many_attempts';
      throw error;
    }
  };

  it('is limited by name within a network, in whatever case, even with the right password', async () => {
    await build(1);
    for (let n = 0; n < ATTEMPTS_OF_AN_ACCOUNT; n += 1)
      expect(await outcomeOf(entering({ login: n % 2 ? 'ada' : 'ADA', password: 'wrong' }))).to.equal(
        'invalid_credentials',
      );
    expect(await outcomeOf(entering())).to.equal('too_many_attempts');
    await world.user('bob');
    expect((await entering({ login: 'bob' })).user.username).to.equal('bob');
  });

  // Ten wrong passwords for a name, sent from anywhere, locked its owner out for a quarter of an hour.
  it('keeps out nobody who is elsewhere, and makes everybody wait when many guess from many networks', async () => {
    await build(1);
    for (const network of ['203.0.113.1', '203.0.113.2', '2001:db8::1'])
      for (let n = 0; n < ATTEMPTS_OF_AN_ACCOUNT + 1; n += 1) await outcomeOf(from(network, { password: 'wrong' }));
    expect(await outcomeOf(from('2001:db8::2'))).to.equal('too_many_attempts');
    expect(world.delays.slice(0, 6)).to.deep.equal([250, 500, 1_000, 2_000, 4_000, 5_000]);
    expect(world.delays).to.have.length(2 * ATTEMPTS_OF_AN_ACCOUNT);
    expect(await outcomeOf(from('198.51.100.7'))).to.equal('logged in');
    expect(world.delays.at(-1)).to.equal(5_000);
  });

  // An address that belongs to a user was answered 429 after ten tries of the username, which told whose address it
  // was.
  it('answers alike for one name and another of one user, and for those of nobody', async () => {
    await build(1);
    const guess = async (login: string) => {
      world.delays.length = 0;
      const outcomes: string[] = [];
      for (const network of ['203.0.113.1', '203.0.113.2'])
        for (let n = 0; n < ATTEMPTS_OF_AN_ACCOUNT + 2; n += 1)
          outcomes.push(await outcomeOf(from(network, { login, password: 'wrong' })));
      return { outcomes, delays: [...world.delays] };
    };
    const byUsername = await guess('ada');
    expect(byUsername.outcomes.filter((outcome) => outcome === 'too_many_attempts')).to.have.length(4);
    expect(byUsername.delays).to.have.length(ATTEMPTS_OF_AN_ACCOUNT);
    for (const login of ['ada@example.org', 'nobody', 'nobody@example.org'])
      expect(await guess(login), login).to.deep.equal(byUsername);
  });

  it('makes nobody wait who logs in often, and rightly', async () => {
    await build(1);
    for (let n = 0; n < 3 * ATTEMPTS_OF_AN_ACCOUNT; n += 1) expect(await outcomeOf(entering())).to.equal('logged in');
    expect(world.delays).to.deep.equal([]);
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
