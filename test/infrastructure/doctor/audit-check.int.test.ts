import { expect } from 'chai';
import { checkAuditTree } from '../../../src/infrastructure/doctor/audit-check.js';
import { createLogTree } from '../../../src/infrastructure/audit/postgres-log-tree.js';
import { countBetween } from '../../../src/infrastructure/event-store/dense-positions.js';
import { positionOf } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

describe('What doctor says of the audit tree', () => {
  let database: TestDatabase;
  before(async () => (database = await testDatabase()));
  after(() => database.drop());

  const outcome = (head: number) =>
    checkAuditTree(createLogTree(database.pool), {
      head: async () => positionOf(head),
      countBetween: async (after, upTo) => countBetween(after, upTo),
    })();

  it('is how much of the log is under it', async () => {
    await database.pool.query('update audit.tree set size = 5, position = 5');
    expect(await outcome(8)).to.deep.equal({ status: 'ok', detail: '5 events are under it, 3 are not yet' });
    expect(await outcome(10_006)).to.include({ status: 'warning', advice: 'is a server running? see its log' });
  });

  it('is that it has halted, since when and why', async () => {
    await database.pool.query(
      `update audit.tree set halted_because = 'an event is gone', halted_at = '2026-01-01T00:00:00Z'`,
    );
    const { status, detail } = await outcome(5);
    expect(status).to.equal('failure');
    expect(detail).to.equal('audit_tree_halted since 2026-01-01T00:00:00.000Z: an event is gone');
  });
});
