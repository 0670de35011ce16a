import type { ProjectionStatuses } from '../../application/ports/projection-statuses.js';

/** The generations that are filled beside a projection have its name, and more. */
const BESIDE = /_(rebuild|verify)$/;

/** Joins the states of projections that one engine keeps with those that another one keeps, which are named. */
export const joinedStatuses = (
  one: ProjectionStatuses,
  other: ProjectionStatuses,
  ofOther: readonly string[],
): ProjectionStatuses => {
  const isOfOther = (name: string): boolean => ofOther.includes(name.replace(BESIDE, ''));
  const engineOf = (name: string): ProjectionStatuses => (isOfOther(name) ? other : one);
  return {
    list: async () => {
      const own = (await one.list()).filter(({ name }) => !isOfOther(name));
      const all = [...own, ...(await other.list()).filter(({ name }) => isOfOther(name))];
      return all.sort((left, right) => (left.name < right.name ? -1 : 1));
    },
    checkpoint: (name) => engineOf(name).checkpoint(name),
    parked: async (name) => {
      if (name !== undefined) return engineOf(name).parked(name);
      const own = (await one.parked()).filter(({ projection }) => !isOfOther(projection));
      return [...own, ...(await other.parked()).filter(({ projection }) => isOfOther(projection))];
    },
    resume: (name) => engineOf(name).resume(name),
  };
};
