import type { RegisteredProjection } from './registered-projection.js';

/** Refuses read models of another version than this program's: it does not know what the log means for them. */
export const requireVersion = async ({
  projection,
  generations,
}: Pick<RegisteredProjection, 'projection' | 'generations'>): Promise<void> => {
  if (await generations.isOutdated())
    throw new Error(`the tables of ${projection.name} are of another version: start this version of the server once`);
};
