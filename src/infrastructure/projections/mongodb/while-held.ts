import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import type { FillUpTo } from '../../../application/ports/projection-generations.js';
import { GenerationGoneError } from '../../../application/ports/projection-store.js';
import { asked } from '../../mongodb/mongo-errors.js';
import { beatEvery } from './beating.js';
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

/** Keeps everybody from applying anything to a projection. Its beats say that its holder lives. */
class Hold {
  readonly #db: Db;
  readonly #name: string;
  readonly #by = randomUUID();
  #beats = 0;
  #endBeats = (): Promise<void> => Promise.resolve();

  constructor(db: Db, name: string) {
    this.#db = db;
    this.#name = name;
  }

  async begin(): Promise<void> {
    await asked(() => this.#beat());
    this.#endBeats = beatEvery(BEAT_MS, () => this.#beat());
  }

  /** Writes nothing more to the document, which is still held until its holder has been silent for long. */
  rest(): Promise<void> {
    return this.#endBeats();
  }

  async end(): Promise<void> {
    await this.rest();
    await asked(() =>
      generationsOf(this.#db).updateOne({ _id: this.#name, 'hold.by': this.#by }, { $set: { hold: null } }),
    );
  }

  #beat() {
    const hold = { by: this.#by, beat: (this.#beats += 1) };
    return generationsOf(this.#db).updateOne({ _id: this.#name }, { $set: { hold } });
  }
}

/**
 * Keeps everybody from applying anything to a projection while something else is brought as far and the work is done. A batch that
 * was being applied when that began may still come: the position is looked at again. The work may have the hold rest for its last step.
 */
export const whileHeld = async <Result>(
  db: Db,
  name: string,
  fillUpTo: FillUpTo,
  work: (used: GenerationRecord, hold: Pick<Hold, 'rest'>) => Promise<Result>,
): Promise<Result> => {
  const hold = new Hold(db, name);
  await hold.begin();
  try {
    let { position } = await settled(db, name);
    for (;;) {
      await fillUpTo(positionOf(position));
      const found = await getGeneration(db, name);
      if (found.position === position) return await work(found, hold);
      position = found.position;
    }
  } finally {
    await hold.end();
  }
};
