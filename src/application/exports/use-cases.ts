import type { Archive } from '../ports/archive.js';
import { exportPerson, type ExportParts } from './export-person.js';

export interface ExportPorts extends ExportParts {
  readonly archive: Archive;
}

/** What users take with them. */
export const exportUseCases = ({ archive, ...parts }: ExportPorts) => ({ exportPerson: exportPerson(parts, archive) });

export type ExportUseCases = ReturnType<typeof exportUseCases>;
