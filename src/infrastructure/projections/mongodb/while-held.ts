import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import type { FillUpTo } from '../../../application/ports/projection-generations.js';
import { GenerationGoneError } from '../../../application/ports/projection-store.js';
import { asked } from '../../mongodb/mongo-errors.js';
import { generationsOf, positionOf, type GenerationRecord } from './generation-record.js';

const BEAT_MS = 500;
/** What was being written when the hold began is stored by then, as a rule. */
const SETTLE_MS = 50;

/** Answers the document of a generation that must be there. */
export const getGeneration = async (db: Db, name: string): Promise<GenerationRecord> => {
  const found = await asked(() => generationsOf(db).findOne({ _id: name }));
  if (!found) throw new GenerationGoneError(`the collections of ${name} are gone`);
  return found;
};

const settled = async (db: Db, name: string): Promise<GenerationRecord> => {
  for (let before = await getGeneration(db, name); ;) {
    await sleep(SETTLE_MS);
    const found = await getGeneration(db, name);
    if (found.position === before.position) return found;
    before = found;
  }
};

/**
 * Keeps everybody from applying anything to a projection while something else is brought as far and the work is done. A batch that
 * was being applied when that began may still come: the position is looked at again.
 */
export const whileHeld = async <Result>(
  db: Db,
  name: string,
  fillUpTo: FillUpTo,
  work: (used: GenerationRecord) => Promise<Result>,
): Promise<Result> => {
  const by = randomUUID();
  let beat = 0;
  const hold = async () => generationsOf(db).updateOne({ _id: name }, { $set: { hold: { by, beat: (beat += 1) } } });
  await asked(hold);
  const beating = setInterval(() => void hold().catch(() => undefined), BEAT_MS);
  try {
    let { position } = await settled(db, name);
    for (;;) {
      await fillUpTo(positionOf(position));
      const found = await getGeneration(db, name);
      if (found.position === position) return await work(found);
      position = found.position;
    }
  } finally {
    clearInterval(beating);
    await asked(() => generationsOf(db).updateOne({ _id: name, 'hold.by': by }, { $set: { hold: null } }));
  }
};
