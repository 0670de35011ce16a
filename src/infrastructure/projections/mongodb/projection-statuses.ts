import type { Db } from 'mongodb';
import type { ProjectionStatuses } from '../../../application/ports/projection-statuses.js';
import { asked } from '../../mongodb/mongo-errors.js';
import { generationsOf, parkedRows, positionOf } from './generation-record.js';
import { LEASE_MS } from './silence.js';

/** Answers the state of the projections in MongoDB. */
export const createProjectionStatuses = (db: Db): ProjectionStatuses => {
  const generations = generationsOf(db);
  const find = (name: string) => asked(() => generations.findOne({ _id: name }));
  const all = () => asked(() => generations.find().sort({ _id: 1 }).toArray());
  return {
    list: async () =>
      (await all()).map(({ _id, version, position, holder, beatAt, parked, stopped }) => ({
        name: _id,
        version,
        position: positionOf(position),
        // It is shown to people. Nothing is decided by clocks of machines.
        running: holder !== null && Date.now() - beatAt.getTime() < LEASE_MS,
        parked: Object.keys(parked).length,
        stopped: stopped?.reason ?? null,
      })),
    checkpoint: async (name) => {
      const found = await find(name);
      return found ? positionOf(found.position) : undefined;
    },
    parked: async (name) => {
      if (name === undefined) return (await all()).flatMap(parkedRows);
      const found = await find(name);
      return found ? parkedRows(found) : [];
    },
    resume: async (name) => {
      const stopped = { _id: name, stopped: { $ne: null } };
      const { matchedCount } = await asked(() => generations.updateOne(stopped, { $set: { stopped: null } }));
      return matchedCount > 0;
    },
  };
};
