import { expect } from 'chai';
import { Consumers } from '../../../src/application/consumers/consumers.js';
import { AnnouncedProgress } from '../../../src/application/projections/announced-progress.js';
import { createLogTree } from '../../../src/infrastructure/audit/postgres-log-tree.js';
import { createWitnessStates } from '../../../src/infrastructure/audit/witness-states.js';
import { createMetrics } from '../../../src/infrastructure/observability/metrics.js';
import { createOperations } from '../../../src/infrastructure/observability/operations.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { positionOf } from '../../support/ids.js';
import { testDatabase } from '../../support/postgres.js';

const SECOND_MS = 1_000;

describe('A halted audit tree, and a witness that does not sign,', () => {
  it('are told by readiness and metrics; users can do without them', async () => {
    const { pool, drop } = await testDatabase();
    let now = 0;
    try {
      const operations = createOperations({
        pool,
        statuses: { list: async () => [] },
        events: { head: async () => positionOf(1), countBetween: async () => 0 },
        progress: new AnnouncedProgress(async () => positionOf(1)),
        consumers: new Consumers({ now: () => now, sleep: async () => undefined, onFailed: () => undefined }),
        outbox: { countUnsent: async () => 0 },
        tree: createLogTree(pool),
        witnesses: createWitnessStates(pool),
        metrics: createMetrics(),
        masterKeys: await testMasterKeys(),
        maxLagSeconds: 30,
        now: () => now,
        onFailed: () => undefined,
      });
      /** The metrics are made once a second, and the database is asked as often. */
      const look = async () => {
        now += SECOND_MS;
        do await operations.check.askOnce();
        while (!operations.check.latest); // the machine may be too slow for the first answers
        return { ...operations.readiness(), metrics: (await operations.metrics()).text };
      };
      await pool.query(`update audit.tree set halted_because = 'an event is gone', halted_at = now()`);
      const witnesses = createWitnessStates(pool);
      await witnesses.refused('refusing.example.org', 'it has seen another log');
      await witnesses.away('away.example.org');
      const halted = await look();
      expect(halted.ready).to.equal(true);
      expect(halted.checks['audit tree halted']).to.deep.equal({
        ok: true,
        detail: 'audit_tree_halted: an event is gone',
      });
      expect(halted.metrics).to.include('chatapp_audit_tree_halted 1');
      expect(halted.checks['audit witness refusing.example.org']).to.deep.equal({
        ok: true,
        detail: 'audit_witness_refused: it has seen another log',
      });
      expect(halted.checks['audit witness away.example.org']?.detail).to.match(/^no answer since 2/);
      expect(halted.metrics).to.include('chatapp_audit_witness_refused{witness="refusing.example.org"} 1');
      expect(halted.metrics).to.include('chatapp_audit_witness_away{witness="away.example.org"} 1');
      await pool.query('update audit.tree set halted_because = null');
      for (const name of ['refusing', 'away']) await witnesses.cosigned(`${name}.example.org`, 1, 'a line');
      const resumed = await look();
      expect(resumed.checks).not.to.have.property('audit tree halted');
      expect(resumed.metrics).to.include('chatapp_audit_tree_halted 0');
      expect(Object.keys(resumed.checks).filter((name) => name.startsWith('audit'))).to.deep.equal([]);
      expect(resumed.metrics).to.include('chatapp_audit_witness_refused{witness="refusing.example.org"} 0');
    } finally {
      await drop();
    }
  });
});
