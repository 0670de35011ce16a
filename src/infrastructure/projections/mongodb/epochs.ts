import type { Db } from 'mongodb';
import { asked, isDuplicate } from '../../mongodb/mongo-errors.js';

/** That an epoch was taken. */
interface EpochRecord {
  readonly _id: string;
  readonly name: string;
  readonly epoch: number;
}

/**
 * Takes the next epoch of a projection; undefined where another node was quicker. None is given out twice: that a key can be
 * inserted once holds on every server, whereas updates of one document at the same moment may get lost on some.
 */
export const takeEpoch = async (db: Db, name: string): Promise<number | undefined> => {
  const epochs = db.collection<EpochRecord>('projection_epochs');
  const [last] = await asked(() => epochs.find({ name }).sort({ epoch: -1 }).limit(1).toArray());
  const epoch = (last?.epoch ?? 0) + 1;
  try {
    await asked(() => epochs.insertOne({ _id: `${name}#${epoch}`, name, epoch }));
  } catch (error) {
    if (isDuplicate(error)) return undefined;
    throw error;
  }
  await asked(() => epochs.deleteMany({ name, epoch: { $lt: epoch } }));
  return epoch;
};
