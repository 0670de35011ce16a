import { startApp, type RunningApp } from '../support/app.js';
import { signUpMany } from './bench-users.js';
import { percentile, type Report, type Row } from './report.js';

const ROUNDS = 60;
const WARM_UP = 5;
/** This is the cost of production, so that the comparison is what an attacker would measure. */
const COST = '12';
/** The name of the first user who is signed up. */
const KNOWN = 'bench0';

const post = async (app: RunningApp, path: string, json: object): Promise<number> => {
  const startedAt = performance.now();
  const response = await fetch(`${app.url}/user/v1/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(json),
  });
  await response.arrayBuffer();
  if (response.status !== 401 && response.status !== 202) throw new Error(`${path} answered ${response.status}`);
  return performance.now() - startedAt;
};

/** Runs both in turns, so that the rest of the machine's work affects both. */
const compare = async (one: () => Promise<number>, other: () => Promise<number>): Promise<Float64Array[]> => {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const measured = [await one(), await other()] as const;
    if (round >= WARM_UP) measured.forEach((time, index) => times[index]?.push(time));
  }
  return times.map((each) => Float64Array.from(each).sort());
};

const rowsOf = (what: string, [known, unknown]: readonly Float64Array[]): Row[] => {
  if (!known || !unknown) return [];
  return [0.1, 0.5, 0.9].flatMap((share) => {
    const [one, other] = [percentile(known, share), percentile(unknown, share)];
    const name = `${what}, p${share * 100}`;
    return [
      { metric: `${name}: somebody who is there`, value: one, unit: 'ms' },
      { metric: `${name}: nobody`, value: other, unit: 'ms', ratio: other / one, target: 'near 100 %' },
    ];
  });
};

/**
 * Measures whether the time of an answer tells if a user exists: it compares the distributions for a known and an
 * unknown name.
 */
export const run = async (): Promise<Report> => {
  const app = await startApp({ env: { BCRYPT_COST: COST, RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn' } });
  try {
    await signUpMany(app, 1);
    const password = 'guessed, and wrong';
    const logins = await compare(
      () => post(app, 'login', { login: KNOWN, password }),
      () => post(app, 'login', { login: 'nobody-at-all', password }),
    );
    const resets = await compare(
      () => post(app, 'password/forgot', { email: `${KNOWN}@example.com` }),
      () => post(app, 'password/forgot', { email: 'nobody-at-all@example.com' }),
    );
    return {
      name: '(e) Whether time tells who is there',
      rows: [...rowsOf('log-in, wrong password', logins), ...rowsOf('password forgotten', resets)],
    };
  } finally {
    await app.stop();
  }
};
