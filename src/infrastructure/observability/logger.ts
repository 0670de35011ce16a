import { createRequire } from 'node:module';
import { pino, type DestinationStream, type Logger } from 'pino';

interface Pretty {
  prettyFactory(options: object): (line: string) => string;
}

/** Writes readable lines. The package that makes them is loaded only where they are asked for. */
const readableLines = (output: DestinationStream, colorize: boolean): DestinationStream => {
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as Pretty;
  const format = prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l' });
  // Its own stream is not used, as it writes later: the last lines matter most after a crash.
  return { write: (line) => output.write(format(line)) };
};

const STANDARD_OUTPUT = 1;

export interface LoggerOptions {
  readonly level: string;
  /** Whether to write readable lines instead of JSON. */
  readonly isReadable?: boolean;
  readonly destination?: DestinationStream;
}

/** Logs lines to standard output, as JSON unless readable lines are asked for. Messages are constant, fields stand beside them. */
export const createLogger = ({ level, isReadable = false, destination }: LoggerOptions): Logger => {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['*.password', '*.token'] };
  const output = destination ?? pino.destination({ fd: STANDARD_OUTPUT, sync: true });
  return pino(options, isReadable ? readableLines(output, destination === undefined) : output);
};
