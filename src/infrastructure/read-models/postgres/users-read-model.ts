import type { UsersWriters } from '../../../application/projections/registry.js';
import type { ReadModel } from '../../projections/read-model.js';
import { StatementBatch } from './statement-batch.js';
import * as sql from './users-writer.sql.js';

/** People and sessions in PostgreSQL. */
export const usersReadModel: ReadModel<UsersWriters> = {
  tables: sql.USERS_TABLES,
  open: () => {
    const batch = new StatementBatch();
    const write =
      (statement: { readonly name: string; readonly text: string }) =>
      ({ data, position }: { readonly data: object; readonly position: string }) =>
        batch.add(statement, { ...data, position });
    return {
      writers: {
        people: { register: write(sql.REGISTER), verify: write(sql.VERIFY) },
        sessions: {
          start: write(sql.START_SESSION),
          refresh: write(sql.REFRESH_SESSION),
          end: write(sql.END_SESSION),
          endAll: write(sql.END_SESSIONS),
        },
      },
      batch: [batch],
    };
  },
};
