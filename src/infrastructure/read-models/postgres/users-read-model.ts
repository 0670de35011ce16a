import type { UsersWriters } from '../../../application/projections/registry.js';
import type { ReadModel } from '../../projections/postgres/read-model.js';
import { recentUsers } from './recent-users.js';
import { UsersBatch } from './users-batch.js';
import { USERS_TABLES } from './users-tables.sql.js';

/** Users and sessions in PostgreSQL. */
export const usersReadModel: ReadModel<UsersWriters> = {
  tables: USERS_TABLES,
  recent: recentUsers,
  open: () => {
    const batch = new UsersBatch();
    return { writers: batch.writers, batch: [batch], rows: batch };
  },
};
