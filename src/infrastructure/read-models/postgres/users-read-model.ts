import type { UsersWriters } from '../../../application/projections/registry.js';
import { searchTerms } from '../../../domain/users/search-key.js';
import { usernameKey } from '../../../domain/users/username.js';
import type { ReadModel } from '../../projections/postgres/read-model.js';
import { ERASED } from '../../../application/kernel/erased.js';
import { StatementBatch } from './statement-batch.js';
import { recentUsers } from './recent-users.js';
import * as sql from './users-writer.sql.js';

interface Statement {
  readonly name: string;
  readonly text: string;
}

const profilesWriter = (batch: StatementBatch): UsersWriters['profiles'] => {
  const write = (statement: Statement, data: object) => batch.add(statement, data);
  return {
    register: ({ data }) => {
      const { username, displayName } = data;
      const terms = searchTerms(username, displayName);
      write(sql.REGISTER, { ...data, usernameKey: usernameKey(username), terms });
    },
    verify: ({ data }) => write(sql.VERIFY, data),
    changeProfile: ({ data }) => write(sql.CHANGE_PROFILE, { ...data, terms: searchTerms('', data.displayName) }),
    changeSettings: ({ data }) => write(sql.CHANGE_SETTINGS, data),
    relate: (kind, { userId, otherId }, at) => write(sql.RELATE, { kind, userId, otherId, at }),
    unrelate: (kind, { userId, otherId }) => write(sql.UNRELATE, { kind, userId, otherId }),
    grant: ({ data }) => write(sql.GRANT, data),
    revoke: ({ data }) => write(sql.REVOKE, data),
    erase: ({ data }) => write(sql.ERASE, { ...data, shown: ERASED }),
  };
};

/** Users and sessions in PostgreSQL. */
export const usersReadModel: ReadModel<UsersWriters> = {
  tables: sql.USERS_TABLES,
  recent: recentUsers,
  open: () => {
    const batch = new StatementBatch();
    const write =
      (statement: Statement) =>
      ({ data, position }: { readonly data: object; readonly position: string }) =>
        batch.add(statement, { ...data, position });
    return {
      writers: {
        profiles: profilesWriter(batch),
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
