import type { SearchWriters } from '../../../application/projections/registry.js';
import type { ReadModel } from '../../projections/postgres/read-model.js';
import { recentSearch } from './recent-search.js';
import { SearchBatch } from './search-batch.js';
import { SEARCH_TABLES } from './search-tables.sql.js';

/** What messages are found by, in PostgreSQL. */
export const searchReadModel: ReadModel<SearchWriters> = {
  tables: SEARCH_TABLES,
  recent: recentSearch,
  open: () => {
    const batch = new SearchBatch();
    return { writers: batch.writers, batch: [batch], rows: batch };
  },
};
