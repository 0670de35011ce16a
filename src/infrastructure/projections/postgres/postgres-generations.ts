import type pg from 'pg';
import type { NextGeneration, ProjectionGenerations } from '../../../application/ports/projection-generations.js';
import { compareWith, withComparedGeneration, type GenerationParts } from './compared-generation.js';
import { checksumSchema } from './checksum-schema.js';
import { dropLeftovers } from './drop-leftovers.js';
import { findProblems } from './find-problems.js';
import {
  beginGeneration,
  confirmVersion,
  dropGeneration,
  findCheckpoint,
  findUnfinished,
  findVersion,
  isOutdated,
  prepareGeneration,
  rebuildSchema,
  switchGeneration,
} from './generations.js';
import { atOnce, inTurn } from './in-turn.js';
import { PostgresProjectionStore } from './postgres-projection-store.js';
import { parkedEvents } from './projection-statuses.js';

/** The tables of one projection in PostgreSQL, each generation in a schema of its own. */
export const createPostgresGenerations = <Writers>(parts: GenerationParts<Writers>): ProjectionGenerations => {
  const { pool, projection, readModel } = parts;
  const { name } = projection;
  const open = (schema: string, version = projection.version) =>
    new PostgresProjectionStore({ config: pool.options, projection: { ...projection, version }, readModel, schema });
  const nextGeneration = (client: pg.ClientBase): NextGeneration => ({
    unfinished: () => findUnfinished(client, projection),
    begin: () => beginGeneration(client, rebuildSchema(name), projection, readModel),
    drop: () => dropGeneration(client, rebuildSchema(name)),
    open: () => open(rebuildSchema(name)),
    checksum: (onTable) => checksumSchema(pool, rebuildSchema(name), readModel, onTable),
    parked: () => parkedEvents(client, rebuildSchema(name)),
    compare: compareWith(parts, rebuildSchema(name)),
    takeOver: (fillUpTo) => switchGeneration(client, name, fillUpTo),
    confirmVersion: () => confirmVersion(client, projection),
  });
  return {
    prepare: async () => {
      const client = await pool.connect();
      await prepareGeneration(client, projection, readModel).finally(() => client.release());
    },
    dropLeftovers: (isKept) => dropLeftovers(pool, projection, isKept),
    isOutdated: () => isOutdated(pool, projection),
    usedVersion: () => findVersion(pool, name),
    checkpoint: () => findCheckpoint(pool, name),
    parked: () => parkedEvents(pool, name),
    open: () => open(name),
    checksum: (onTable) => checksumSchema(pool, name, readModel, onTable),
    openOlder: (version) => open(name, version),
    inTurn: (signal, work) => inTurn(pool, name, signal, (client) => work(nextGeneration(client))),
    atOnce: (work) => atOnce(pool, name, (client) => work(nextGeneration(client))),
    withComparison: (work) => withComparedGeneration(parts, work),
    findProblems: (recent) => findProblems(pool, name, readModel, recent),
  };
};
