import { profileRows } from '../../../application/projections/profiles.js';
import type { UsersWriters } from '../../../application/projections/registry.js';
import { sessionRows } from '../../../application/projections/sessions.js';
import type { UsersTables } from '../../../application/projections/users-tables.js';
import type { MemoryReadModel } from '../../projections/memory/memory-read-model.js';

/** Users and sessions in memory. */
export const usersInMemory: MemoryReadModel<UsersWriters, UsersTables> = {
  create: () => ({ users: new Map(), relations: new Map(), sessions: new Map(), epochs: new Map() }),
  writersOf: (tables) => ({ profiles: profileRows(tables), sessions: sessionRows(tables) }),
};
