import type { ReadinessReport } from '../../application/ports/operations.js';
import type { LogTree, TreeHalt } from '../../application/ports/tree-store.js';
import type { WitnessState, WitnessStates } from '../../application/ports/witnesses.js';
import type { Metrics } from './metrics.js';

/** Where the state of what proves the log is asked for. */
export interface AuditParts {
  readonly tree: Pick<LogTree, 'halt'>;
  readonly witnesses: Pick<WitnessStates, 'list'>;
}

/** The state of what proves the log. */
export interface ObservedAudit {
  readonly treeHalt: TreeHalt | undefined;
  readonly witnesses: readonly WitnessState[];
}

export const observeAudit = async ({ tree, witnesses }: AuditParts): Promise<ObservedAudit> => ({
  treeHalt: await tree.halt(),
  witnesses: await witnesses.list(),
});

const detailOf = ({ refusedBecause, awaySince }: WitnessState): string | undefined => {
  if (refusedBecause !== null) return `audit_witness_refused: ${refusedBecause}`;
  return awaySince === null ? undefined : `no answer since ${awaySince}`;
};

/** Users can go on without: whether to go on is for those to decide whom the alarm calls. */
export const auditChecks = ({ treeHalt, witnesses }: ObservedAudit): ReadinessReport['checks'] => {
  const checks: Record<string, ReadinessReport['checks'][string]> = {};
  if (treeHalt) checks['audit tree halted'] = { ok: true, detail: `audit_tree_halted: ${treeHalt.reason}` };
  for (const witness of witnesses) {
    const detail = detailOf(witness);
    if (detail !== undefined) checks[`audit witness ${witness.name}`] = { ok: true, detail };
  }
  return checks;
};

export const measureAudit = (metrics: Metrics, { treeHalt, witnesses }: ObservedAudit): void => {
  metrics.auditTreeHalted.set(treeHalt ? 1 : 0);
  for (const { name: witness, refusedBecause, awaySince } of witnesses) {
    metrics.auditWitnessRefused.set({ witness }, refusedBecause === null ? 0 : 1);
    metrics.auditWitnessAway.set({ witness }, awaySince === null ? 0 : 1);
  }
};
