import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { asked, isDuplicate } from '../../mongodb/mongo-errors.js';
import { thisProcess } from '../this-process.js';
import { beatEvery } from './beating.js';
import { Silence } from './silence.js';

const BEAT_MS = 500;
const LOOK_AGAIN_MS = 50;

/** What a node works on alone, and its last sign of life. */
interface Turn {
  readonly _id: string;
  readonly holder: string;
  /** The process of the holder, for people. */
  readonly by: string;
  readonly beat: number;
}

const turnsOf = (db: Db) => db.collection<Turn>('projection_turns');

/** Works while this node has the turn, which it gives back whatever happens. */
const work = async <Result>(db: Db, own: Turn, given: () => Promise<Result>): Promise<Result> => {
  const { _id, holder } = own;
  let { beat } = own;
  const endBeats = beatEvery(BEAT_MS, () => turnsOf(db).updateOne({ _id, holder }, { $set: { beat: (beat += 1) } }));
  try {
    return await given();
  } finally {
    await endBeats();
    await asked(() => turnsOf(db).deleteOne({ _id, holder }));
  }
};

/** Takes the turn where nobody has it. Inserting a key succeeds once, whoever tries at the same moment. */
const take = async (db: Db, name: string): Promise<Turn | undefined> => {
  const own = { _id: name, holder: randomUUID(), by: thisProcess(), beat: 0 };
  try {
    await asked(() => turnsOf(db).insertOne(own));
    return own;
  } catch (error) {
    if (isDuplicate(error)) return undefined;
    throw error;
  }
};

/** Takes the turn of a holder that has been silent for long away. Answers whether it was. */
const endSilent = async (db: Db, name: string, silence: Silence): Promise<'free' | 'beating' | 'quiet'> => {
  const found = await asked(() => turnsOf(db).findOne({ _id: name }));
  if (!found) return 'free';
  const { holder, beat } = found;
  if (!silence.hasLasted(`${holder} ${beat}`)) return silence.hasChanged ? 'beating' : 'quiet';
  await asked(() => turnsOf(db).deleteOne({ _id: name, holder, beat }));
  return 'free';
};

const holderOf = async (db: Db, name: string): Promise<string> =>
  (await asked(() => turnsOf(db).findOne({ _id: name })))?.by ?? 'another node';

/** Works as soon as no other node works under this name. Raises the signal's reason when that ends the wait. */
export const inTurn = async <Result>(
  db: Db,
  name: string,
  signal: AbortSignal,
  given: () => Promise<Result>,
): Promise<Result> => {
  const silence = new Silence();
  for (;;) {
    signal.throwIfAborted();
    const own = await take(db, name);
    if (own) return work(db, own, given);
    const state = await endSilent(db, name, silence);
    if (state !== 'free') await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined); // the signal is looked at
  }
};

/** Works unless another node, which lives, works under this name: who that is is told instead. */
export const unlessTaken = async <Result>(
  db: Db,
  name: string,
  given: () => Promise<Result>,
  taken: (by: string) => Result,
): Promise<Result> => {
  const silence = new Silence();
  for (;;) {
    const own = await take(db, name);
    if (own) return work(db, own, given);
    const state = await endSilent(db, name, silence);
    if (state === 'beating') return taken(await holderOf(db, name));
    if (state === 'quiet') await sleep(LOOK_AGAIN_MS);
  }
};
