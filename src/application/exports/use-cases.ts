import type { Archive } from '../ports/archive.js';
import { exportUser, type ExportParts } from './export-user.js';

export interface ExportPorts extends ExportParts {
  readonly archive: Archive;
}

/** The export of a user's own data. */
export const exportUseCases = ({ archive, ...parts }: ExportPorts) => ({ exportUser: exportUser(parts, archive) });

export type ExportUseCases = ReturnType<typeof exportUseCases>;
