import { expect } from 'chai';
import type { Db, Document } from 'mongodb';

const stagesOf = (plan: unknown): readonly string[] => {
  if (typeof plan !== 'object' || plan === null) return [];
  return Object.entries(plan).flatMap(([name, value]) =>
    name === 'stage' && typeof value === 'string' ? [value] : stagesOf(value),
  );
};

/** Leaves out what differs from one question to the next of the same form. */
const shapeOf = (name: string, value: unknown): unknown => {
  if (['lsid', '$clusterTime', '$db', 'batchSize', 'limit'].includes(name)) return undefined;
  if (Array.isArray(value) && ['$in', '$or'].includes(name)) return value.slice(0, 1);
  return ['string', 'number', 'bigint'].includes(typeof value) ? typeof value : value;
};

/** Expects each question to use an index, and answers how many different ones there are. FerretDB answers a scan for everything. */
export const expectIndexed = async (db: Db, finds: readonly Document[]): Promise<number> => {
  const asked = new Map(finds.map((each) => [JSON.stringify(each, shapeOf), each]));
  for (const [shape, command] of asked) {
    const parts = ['find', 'filter', 'sort', 'limit', 'projection'].filter((name) => name in command);
    const question = Object.fromEntries(parts.map((name): [string, unknown] => [name, command[name]]));
    const explained = await db.command({ explain: question, verbosity: 'queryPlanner' });
    const { winningPlan } = explained['queryPlanner'] as { readonly winningPlan: unknown };
    const stages = stagesOf(winningPlan);
    expect(stages, shape).not.to.include('COLLSCAN').and.not.to.deep.equal([]);
  }
  return asked.size;
};
