import type { CommandContext } from '../../application/kernel/command-context.js';
import type { UseCases } from '../../application/use-cases.js';
import type { EventStore } from '../../application/ports/event-store.js';
import type { Finding } from '../../application/ports/finding.js';
import type { LogStats } from '../../application/ports/log-stats.js';
import type { UserList } from '../../application/ports/user-list.js';
import type { ProjectionOperations } from '../../application/ports/projection-operations.js';
import type { UserLookup } from '../../application/users/user-lookup.js';

/** What the commands work with: open while one is carried out. */
export interface Tool {
  readonly useCases: Pick<UseCases, 'grantRole' | 'revokeRole' | 'eraseOther' | 'endSessionsOf'>;
  readonly users: UserList;
  readonly lookup: UserLookup;
  /** Of one command, given at the server itself. */
  readonly newContext: () => CommandContext<null>;
  readonly events: EventStore;
  readonly logStats: () => Promise<LogStats>;
  readonly projections: ProjectionOperations;
  /** Wraps every key anew; answers how many, and by which key. */
  readonly rotateMasterKey: (onProgress: (done: number) => void) => Promise<{ keys: number; masterKey: string }>;
  close(): Promise<void>;
}

/** What a statement of SQL answered, as PostgreSQL writes it. */
export interface SqlResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** For a statement without columns: `UPDATE 2`. */
  readonly summary: string;
}

/** A connection for statements typed by hand. */
export interface Sql {
  /** What it is connected to, as text to be shown. */
  readonly place: string;
  /** Carries out statements, with semicolons between them. */
  run(text: string): Promise<readonly SqlResult[]>;
  /** Runs PostgreSQL's own shell in this terminal; false where it is not installed. */
  runPsql(): Promise<boolean>;
  close(): Promise<void>;
}

/** What the tool is run with. */
export interface CliParts {
  readonly open: () => Promise<Tool>;
  readonly openSql: (options: { readonly isWritable: boolean }) => Promise<Sql>;
  readonly examine: () => Promise<readonly Finding[]>;
  readonly terminal: Terminal;
  readonly version: string;
}

/** Where it writes. */
export interface Terminal {
  out(text: string): void;
  /** For what is not the answer: progress and errors. */
  note(text: string): void;
  /** Whether the notes go to a terminal, so that a line can be written over. */
  readonly isInteractive: boolean;
  /** What is typed, or comes by a pipe. */
  lines(): AsyncIterable<string>;
}

/** What is asked for cannot be done; the message says why, and what to do. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
