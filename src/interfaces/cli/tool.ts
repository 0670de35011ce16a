import type { Misfit } from '../../application/audit/misfit.js';
import type { CommandContext } from '../../application/kernel/command-context.js';
import type { UseCases } from '../../application/use-cases.js';
import type { EventStore } from '../../application/ports/event-store.js';
import type { ToolOperator } from '../../domain/audit/tool-operator.js';
import type { OpenedCheckpoint } from '../../domain/audit/open-checkpoint.js';
import type { CertificateReport } from '../../domain/audit/erasure-certificate.js';
import type { BundleReport } from '../../domain/audit/verify-bundle.js';
import type { Finding } from '../../application/ports/finding.js';
import type { LogStats } from '../../application/ports/log-stats.js';
import type { UserList } from '../../application/ports/user-list.js';
import type { ProjectionOperations } from '../../application/ports/projection-operations.js';
import type { UserLookup } from '../../application/users/user-lookup.js';

/** The context of a command of the tool: nobody is logged in, and who uses it is what the operating system says. */
export type ToolContext = CommandContext<null> & { readonly operator: ToolOperator };

/** The parts with which the commands work. They are open while a command is carried out. */
export interface Tool {
  readonly useCases: Pick<
    UseCases,
    | 'grantRole'
    | 'revokeRole'
    | 'eraseOther'
    | 'endSessionsOf'
    | 'auditGate'
    | 'carryOutCommand'
    | 'maintainHere'
    | 'maintenanceUnderWay'
    | 'listAuditEvents'
    | 'listPastMessages'
    | 'getErasureCertificate'
    | 'prepareExport'
  >;
  readonly users: UserList;
  readonly lookup: UserLookup;
  /** Makes the context of one command that is given by this tool. */
  readonly newContext: () => ToolContext;
  readonly events: EventStore;
  readonly logStats: () => Promise<LogStats>;
  readonly projections: ProjectionOperations;
  /** Wraps every key anew; answers how many, and with which master key. */
  readonly rotateMasterKey: (onProgress: (done: number) => void) => Promise<{ keys: number; masterKey: string }>;
  readonly audit: AuditTool;
  /** Writes a new file; where that fails, nothing of it is left. Raises `ToolError`. */
  readonly writeNewFile: (path: string, pieces: AsyncIterable<Uint8Array>) => Promise<void>;
  close(): Promise<void>;
}

/** What a log is verified with, beside what is kept with it. */
export interface VerifyLogOptions {
  /** Files with checkpoints that were kept elsewhere. */
  readonly files: readonly string[];
  /** Keys of the log, as its verifier keys are written, that were kept elsewhere: these alone count for the files then. */
  readonly keys: readonly string[];
}

export interface LogVerified {
  /** How many events are as they were put under the tree, up to the first that does not fit. */
  readonly events: number;
  /** The root, in base64. */
  readonly root: string;
  /** How many signed heads fit. */
  readonly heads: number;
  /** How many indexes of conversations and users are those of their events. */
  readonly indexes: number;
  /** How many events are not under the tree yet. */
  readonly pending: number;
  readonly misfit: Misfit | null;
  /** The logs that this one is a copy of, the last one first: how many of their events are here as they were there. */
  readonly former: readonly { readonly origin: string; readonly events: number; readonly misfit: Misfit | null }[];
}

/** What the commands on the audit tree do. */
export interface AuditTool {
  /** Computes the tree anew from the log, and compares it with what is kept of it. */
  verify(options: VerifyLogOptions, onProgress: (events: number, total: number) => void): Promise<LogVerified>;
  /** Changes the key that signs heads; answers how large the head is that both keys have signed. */
  rotateLogKey(): Promise<number>;
  /** Lets the tree grow again; answers whether it was halted. */
  resumeTree(): Promise<boolean>;
}

/** The answer to a statement of SQL, as PostgreSQL writes it. */
export interface SqlResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** What PostgreSQL says of a statement without columns, such as `UPDATE 2`. */
  readonly summary: string;
}

/** A connection for statements typed by hand. */
export interface Sql {
  /** The database that it is connected to, as text to be shown. */
  readonly place: string;
  /** Carries out statements that are separated by semicolons. */
  run(text: string): Promise<readonly SqlResult[]>;
  /** Runs PostgreSQL's own shell in this terminal; false where it is not installed. */
  runPsql(): Promise<boolean>;
  close(): Promise<void>;
}

/** Which log is copied, and to where, by URLs. */
export interface LogCopyOptions {
  /** By default the log of this configuration. */
  readonly from: string | undefined;
  readonly to: string;
  /** The databases with the keys of users, where a log is not in a database itself. */
  readonly keysFrom: string | undefined;
  readonly keysTo: string | undefined;
}

/** What a copy is doing, and how many events of how many it has done. */
export interface LogCopyProgress {
  readonly doing: string;
  readonly events: number;
  readonly total: number;
}

/** A copy of a log, which is the same as the log as far as it goes. */
export interface LogCopied {
  readonly from: string;
  readonly to: string;
  readonly events: number;
  /** How many of them were copied this time. */
  readonly added: number;
  /** The keys of users, destroyed ones included. */
  readonly keys: number;
  /** The SHA-256 over what is stored of each event, but for its position. */
  readonly sha256: string;
  readonly head: string;
  /** How many events the log has got meanwhile, which the copy lacks. */
  readonly left: number;
}

export interface BackupOptions {
  /** The folder that is made. */
  readonly to: string;
  /** Whether the file with the master key goes into it. */
  readonly withSecrets: boolean;
}

export interface RestoreOptions {
  /** The folder of the back-up. */
  readonly from: string;
  /** The file with the master key, where it is not in the back-up. */
  readonly secrets: string | undefined;
}

/** A back-up that was read back whole, or the data folder that was made of it. */
export interface BackupMade {
  readonly folder: string;
  readonly madeAt: string;
  readonly events: number;
  /** The SHA-256 over what is stored of each event. */
  readonly sha256: string;
  readonly hasSecrets: boolean;
  readonly files: number;
  /** The files of users that should be in it, and were nowhere. */
  readonly missing: number;
  readonly bytes: number;
}

/** Called with what is being done, and how much of it is. What it raises ends the work. */
export type MovingProgress = (doing: string, done: number) => void;

/** What the command-line tool is run with. */
/** What a bundle proves. */
export interface BundleVerified extends Omit<BundleReport, 'checkpoint'> {
  /** The name of the log. */
  readonly origin: string;
  /** How many events the log had that the checkpoint signs. */
  readonly size: number;
  /** Who has seen the checkpoint, and when, in seconds since the epoch. */
  readonly witnessed: OpenedCheckpoint['witnessed'];
}

/** What the certificate of an erasure proves. */
export interface CertificateVerified extends Omit<CertificateReport, 'checkpoint'> {
  readonly origin: string;
  readonly size: number;
  readonly witnessed: OpenedCheckpoint['witnessed'];
}

export interface BundleTrust {
  /** Verifier keys of the log, of which one must have signed. */
  readonly keys: readonly string[];
  /** Those of witnesses who all must have signed. */
  readonly witnesses: readonly string[];
}

export interface CliParts {
  readonly open: () => Promise<Tool>;
  readonly openSql: (options: { readonly isWritable: boolean }) => Promise<Sql>;
  readonly copyLog: (options: LogCopyOptions, onProgress: (progress: LogCopyProgress) => void) => Promise<LogCopied>;
  readonly backUp: (options: BackupOptions, onProgress: MovingProgress) => Promise<BackupMade>;
  readonly restore: (options: RestoreOptions, onProgress: MovingProgress) => Promise<BackupMade>;
  readonly verifyBundle: (path: string, trust: BundleTrust) => Promise<BundleVerified>;
  /** Answers undefined where the file is no certificate. */
  readonly verifyCertificate: (path: string, trust: BundleTrust) => Promise<CertificateVerified | undefined>;
  readonly examine: () => Promise<readonly Finding[]>;
  readonly terminal: Terminal;
  /** Does work that Ctrl-C, or a request to stop, ends in order by the signal. A second one ends the process at once. */
  readonly interruptible: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;
  readonly version: string;
}

/** The terminal that the tool writes to, and reads from. */
export interface Terminal {
  out(text: string): void;
  /** Writes what is not the answer: progress and errors. */
  note(text: string): void;
  /** Whether the notes go to a terminal, so that a line can be written over. */
  readonly isInteractive: boolean;
  /** The lines that are typed, or come by a pipe. */
  lines(): AsyncIterable<string>;
}

/** The log does not fit what proves it. The exit code says so, apart from that of a failure. */
export class MisfitError extends Error {
  override readonly name = 'MisfitError';
}

/** A command cannot be carried out; the message says why, and what to do. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** The work was asked to stop, and has ended in order. The message says what is left of it. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}
