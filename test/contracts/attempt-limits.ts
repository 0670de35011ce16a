import { mock } from 'node:test';
import { expect } from 'chai';
import { TooManyAttemptsError, type Attempt, type AttemptLimits } from '../../src/application/ports/attempt-limits.js';
import type { MakeLimiter } from '../../src/infrastructure/limits/limiters.js';
import { createAttemptLimits } from '../../src/infrastructure/security/attempt-limits.js';

const ADDRESS = '192.0.2.1';
const QUARTER_HOUR = 900;
const HOUR = 3_600;

/** The limits of attempts for one subject from one network, and from one address for all accounts. */
const LIMITS: Readonly<Record<Attempt, { subject: number; address: number; seconds: number }>> = {
  login: { subject: 10, address: 100, seconds: QUARTER_HOUR },
  register: { subject: 10, address: 50, seconds: HOUR },
  'verify-email': { subject: 20, address: 100, seconds: QUARTER_HOUR },
  'resend-verification': { subject: 5, address: 20, seconds: HOUR },
  'forgot-password': { subject: 5, address: 20, seconds: HOUR },
  'reset-password': { subject: 20, address: 100, seconds: QUARTER_HOUR },
  password: { subject: 10, address: 100, seconds: QUARTER_HOUR },
  export: { subject: 5, address: 50, seconds: HOUR },
  refresh: { subject: 100, address: 1_000, seconds: QUARTER_HOUR },
};

const refusalOf = async (work: Promise<void>): Promise<TooManyAttemptsError | undefined> => {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof TooManyAttemptsError) return error;
    throw error;
  }
};

const ELSEWHERE = '198.51.100.7';

/** Tests what holds wherever attempts are counted. Each call of `open` answers a place where nothing was counted yet. */
export const attemptLimitsContract = (open: () => Promise<MakeLimiter>): void => {
  let delays: number[];
  beforeEach(() => (delays = []));
  afterEach(() => mock.timers.reset());
  const limitsAt = async (scale: number) =>
    createAttemptLimits({ make: await open(), scale, pause: async (milliseconds) => void delays.push(milliseconds) });

  /** Answers how many attempts are accepted before the first refusal. */
  const takenUntilRefused = async (limits: AttemptLimits, attempt: Attempt, subject?: string): Promise<number> => {
    const take = () =>
      subject === undefined ? limits.takeFrom(attempt, ADDRESS) : limits.take(attempt, { address: ADDRESS, subject });
    for (let taken = 0; taken < 10_000; taken += 1) if (await refusalOf(take())) return taken;
    return Infinity;
  };

  for (const [attempt, { subject, address, seconds }] of Object.entries(LIMITS)) {
    const refusedAfter = async (of?: string) => {
      mock.timers.enable({ apis: ['Date'] });
      const limits = await limitsAt(1);
      const taken = await takenUntilRefused(limits, attempt as Attempt, of);
      const refusal = await refusalOf(limits.take(attempt as Attempt, { address: ADDRESS, subject: of ?? 'bob' }));
      return [taken, refusal?.retryAfterSeconds];
    };

    it(`take ${subject} of ${attempt} for a user from a network, within ${seconds} seconds`, async () => {
      expect(await refusedAfter('ada')).to.deep.equal([subject, seconds]);
    });

    it(`take ${address} of ${attempt} from an address, within ${seconds} seconds`, async () => {
      expect(await refusedAfter()).to.deep.equal([address, seconds]);
    });
  }

  it('grow with the scale', async () => {
    expect(await takenUntilRefused(await limitsAt(3), 'login', 'ada')).to.equal(30);
    expect(await takenUntilRefused(await limitsAt(2), 'resend-verification')).to.equal(40);
  });

  it('say after how many seconds to come back', async () => {
    mock.timers.enable({ apis: ['Date'] });
    const limits = await limitsAt(1);
    const retryAfter = async () => {
      const refusal = await refusalOf(limits.take('login', { address: ADDRESS, subject: 'ada' }));
      return refusal?.retryAfterSeconds;
    };
    await takenUntilRefused(limits, 'login', 'ada');
    expect(await retryAfter()).to.equal(QUARTER_HOUR);
    mock.timers.tick(1_001);
    expect(await retryAfter()).to.equal(QUARTER_HOUR - 1);
    mock.timers.tick(QUARTER_HOUR * 1_000 - 1_002);
    expect(await retryAfter()).to.equal(1);
  });

  it('count each subject, address and kind by itself', async () => {
    const limits = await limitsAt(1);
    await takenUntilRefused(limits, 'login', 'ada');
    expect(await refusalOf(limits.take('login', { address: ADDRESS, subject: 'bob' }))).to.equal(undefined);
    expect(await refusalOf(limits.take('refresh', { address: ADDRESS, subject: 'ada' }))).to.equal(undefined);
    await takenUntilRefused(limits, 'login');
    expect(await refusalOf(limits.take('login', { address: ADDRESS, subject: 'bob' }))).to.not.equal(undefined);
    expect(await refusalOf(limits.take('login', { address: '192.0.2.2', subject: 'bob' }))).to.equal(undefined);
  });

  // Each IPv6 address was counted by itself, but one subscriber has 2^64 of them.
  it('count the addresses of one IPv6 network together, and IPv4 over IPv6 as IPv4', async () => {
    const limits = await limitsAt(1);
    for (let n = 1; n <= 100; n += 1) await limits.takeFrom('login', `2001:db8:1:2::${n}`);
    expect(await refusalOf(limits.takeFrom('login', '2001:db8:1:2:ffff::1'))).to.not.equal(undefined);
    expect(await refusalOf(limits.takeFrom('login', '2001:db8:1:3::1'))).to.equal(undefined);
    await takenUntilRefused(limits, 'login');
    expect(await refusalOf(limits.takeFrom('login', `::ffff:${ADDRESS}`))).to.not.equal(undefined);
  });

  it('close a user to one network alone, and slow it down for all, up to five seconds', async () => {
    const limits = await limitsAt(1);
    await takenUntilRefused(limits, 'login', 'ada');
    expect(delays).to.deep.equal([]);
    for (let n = 0; n < 8; n += 1) await limits.take('login', { address: ELSEWHERE, subject: 'ada' });
    expect(delays).to.deep.equal([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    await limits.take('login', { address: ELSEWHERE, subject: 'bob' });
    expect(delays).to.have.length(8);
  });

  /** Answers whether a mail that is asked for now goes out. */
  const mails = async (limits: AttemptLimits, attempt: Attempt = 'forgot-password', subject = 'ada@example.org') => {
    let isSent = false;
    await limits.mail(attempt, subject, async () => (isSent = true));
    return isSent;
  };

  // Requests that sent no mail, as those for a verified user, were counted nevertheless, so that a mail that was really
  // wanted later was refused.
  it('count no mail that did not go out', async () => {
    const limits = await limitsAt(1);
    const failing = () => Promise.reject(new Error('the log is out of reach'));
    for (let n = 0; n < 12; n += 1) {
      await limits.mail('forgot-password', 'ada@example.org', () => Promise.resolve(false));
      const failure = await limits.mail('forgot-password', 'ada@example.org', failing).catch(String);
      expect(failure).to.equal('Error: the log is out of reach');
    }
    const sent = await Promise.all(Array.from({ length: 12 }, () => mails(limits)));
    expect(sent.filter(Boolean)).to.have.length(10);
  });

  it('let so many mails go out for a user, from wherever they are asked for', async () => {
    const limits = await limitsAt(1);
    const allowed: boolean[] = [];
    for (let n = 0; n < 12; n += 1) allowed.push(await mails(limits));
    expect(allowed).to.deep.equal([...Array<boolean>(10).fill(true), false, false]);
    expect(await mails(limits, 'forgot-password', 'bob@example.org')).to.equal(true);
    expect(await mails(limits, 'resend-verification')).to.equal(true);
  });

  it('let mails go out again after an hour', async () => {
    mock.timers.enable({ apis: ['Date'] });
    const limits = await limitsAt(1);
    const may = () => mails(limits);
    for (let n = 0; n < 10; n += 1) await may();
    mock.timers.tick(HOUR * 1_000 - 1);
    expect(await may()).to.equal(false);
    mock.timers.tick(1);
    expect(await may()).to.equal(true);
  });

  it('forget a user that succeeded, not its address', async () => {
    const limits = await limitsAt(1);
    await takenUntilRefused(limits, 'login', 'ada');
    await limits.clear('login', 'ada', ADDRESS);
    expect(await takenUntilRefused(limits, 'login', 'ada')).to.equal(10);
    await takenUntilRefused(limits, 'login');
    await limits.clear('login', 'ada', ADDRESS);
    expect(await takenUntilRefused(limits, 'login', 'ada')).to.equal(0);
  });
};
