import type pg from 'pg';
import { mailProjection } from '../../application/projections/registry.js';
import { createPostgresGenerations } from '../projections/postgres/postgres-generations.js';
import { createMailReadModel } from '../read-models/postgres/mail-outbox.js';

/** Makes the tables of the queue of mails where they are missing. */
export const prepareMails = (pool: pg.Pool): Promise<void> =>
  createPostgresGenerations({
    pool,
    projection: mailProjection,
    readModel: createMailReadModel(() => undefined),
  }).prepare();
