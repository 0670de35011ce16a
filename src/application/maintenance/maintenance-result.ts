import type { ComparedTable, MaintenanceResult } from '../../domain/maintenance/events.js';
import type { Rebuilt, Redriven, TableComparison, Verification } from '../ports/projection-operations.js';

/** Leaves out the keys of rows: those of searches are made of what users wrote. */
const tablesOf = (tables: readonly TableComparison[]): ComparedTable[] =>
  tables.map(({ table, rows, expected, differentGroups }) => ({ table, rows, expected, differentGroups }));

/** Answers what is kept of a verification. */
export const verified = ({ position, parked, isRight, tables }: Verification): MaintenanceResult => ({
  kind: 'verify',
  position,
  parked,
  isRight,
  tables: tablesOf(tables),
});

/** Answers what is kept of a rebuild: where it went on from, and how what was in use before differed. */
export const rebuilt = ({ resumedAt, comparison }: Rebuilt): MaintenanceResult => ({
  kind: 'rebuild',
  resumedAt,
  comparedAt: comparison?.position ?? null,
  tables: tablesOf(comparison?.tables ?? []),
});

/** Answers what is kept of applying parked events again. */
export const redriven = ({ applied, stillParked }: Redriven): MaintenanceResult => ({
  kind: 'redrive',
  applied,
  stillParked,
});
