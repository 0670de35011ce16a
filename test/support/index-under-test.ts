import { auditIndexProjection } from '../../src/application/projections/registry.js';
import type { AuditIndexTables } from '../../src/application/projections/audit-index.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { MemoryGenerations } from '../../src/infrastructure/projections/memory/memory-generations.js';
import { MemoryProjections } from '../../src/infrastructure/projections/memory/memory-projections.js';
import { createPostgresGenerations } from '../../src/infrastructure/projections/postgres/postgres-generations.js';
import {
  auditIndexInMemory,
  auditIndexViewsInMemory,
} from '../../src/infrastructure/read-models/memory/audit-index.js';
import { pastIndexInMemory } from '../../src/infrastructure/read-models/memory/past-index.js';
import { createPastIndex } from '../../src/infrastructure/read-models/postgres/past-index.js';
import { createAuditIndex } from '../../src/infrastructure/read-models/postgres/audit-index.js';
import { auditIndexReadModel } from '../../src/infrastructure/read-models/postgres/audit-index-read-model.js';
import type { IndexUnderTest } from '../contracts/audit-index.js';
import { testDatabase, type TestDatabase } from './postgres.js';
import { feed } from './projections.js';

const projection = auditIndexProjection;
const { name } = projection;

/** Opens an index in memory. */
export const openMemoryIndex = async (): Promise<IndexUnderTest> => {
  const projections = new MemoryProjections(() => 0);
  const generations = new MemoryGenerations({ projections, projection, readModel: auditIndexInMemory });
  await generations.prepare();
  const tables = () => projections.find(name)?.tables as AuditIndexTables;
  const reached = () => projections.find(name)?.position ?? LOG_START;
  return {
    index: auditIndexViewsInMemory(tables, reached),
    past: pastIndexInMemory(tables, reached),
    feed: async (events, sizes) => {
      const found = projections.find(name);
      if (found) projections.put(name, { ...found, position: LOG_START });
      const store = generations.open();
      await feed(store, events, sizes);
      await store.release();
    },
    close: async () => undefined,
  };
};

/** Opens an index in a PostgreSQL database. */
export const openPostgresIndex = async (
  database?: TestDatabase,
): Promise<IndexUnderTest & { database: TestDatabase }> => {
  const opened = database ?? (await testDatabase());
  const { pool } = opened;
  const generations = createPostgresGenerations({ pool, projection, readModel: auditIndexReadModel });
  await generations.prepare();
  return {
    database: opened,
    index: createAuditIndex(pool),
    past: createPastIndex(pool),
    feed: async (events, sizes) => {
      await pool.query('update projections.checkpoints set position = 0');
      const store = generations.open();
      await feed(store, events, sizes);
      await store.release();
    },
    close: () => opened.drop(),
  };
};
