import { setTimeout as sleep } from 'node:timers/promises';
import { NO_LONGER } from '../support/kurrentdb-double/faults.js';
import type { KurrentDbDouble } from '../support/kurrentdb-double/kurrentdb-double.js';

const PAUSE_MS = 150;
/** An append that is late is carried out after this time: it was sent again by then. */
const LATE_MS = 300;
/** Longer than the server waits for an answer. */
const FROZEN_MS = 6_000;
const SHORTLY_FROZEN_MS = 800;

type Fault = (double: KurrentDbDouble) => void | Promise<void>;

const frozenFor =
  (milliseconds: number): Fault =>
  async ({ faults }) => {
    faults.freeze();
    await sleep(milliseconds);
    faults.thaw();
  };

/** The faults, in the order in which they are made. The last one takes so long that it comes once in a while. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'subscriptions dropped': ({ subscribers }) => subscribers.drop(NO_LONGER()),
  'deadlines after the commit': ({ faults }) =>
    void faults.appends.push('deadline after commit', 'dropped after commit'),
  'another leader': ({ faults }) => void faults.appends.push('not leader', 'unavailable', 'exhausted'),
  'late appends': async ({ faults }) => {
    faults.appends.push('late', 'late');
    await sleep(LATE_MS);
    for (const carryOut of faults.late.splice(0)) carryOut();
  },
  'late acknowledgements': async ({ faults }) => {
    faults.beforeAcknowledging = sleep(LATE_MS);
    await faults.beforeAcknowledging;
    faults.beforeAcknowledging = undefined;
  },
  'reads refused': ({ faults }) => void (faults.failingReads += 3),
  'connections cut': async (double) => {
    double.stop();
    await double.start();
  },
  'short freezes': frozenFor(SHORTLY_FROZEN_MS),
  'subscriptions forgotten': ({ subscribers }) => subscribers.forget(),
};
const FREEZE_EVERY = 3;

/** Has the double make one fault after another until this time, in milliseconds since the epoch, and answers how often it made each. */
export const disturbDouble = async (
  double: KurrentDbDouble,
  until: number,
): Promise<Readonly<Record<string, number>>> => {
  const made: Record<string, number> = {};
  const make = async (name: string, fault: Fault): Promise<void> => {
    await fault(double);
    made[name] = (made[name] ?? 0) + 1;
    await sleep(PAUSE_MS);
  };
  for (let round = 0; Date.now() < until; round += 1) {
    for (const [name, fault] of Object.entries(FAULTS)) if (round === 0 || Date.now() < until) await make(name, fault);
    if (round % FREEZE_EVERY === 1) await make('freezes', frozenFor(FROZEN_MS));
  }
  for (const carryOut of double.faults.late.splice(0)) carryOut();
  return made;
};
