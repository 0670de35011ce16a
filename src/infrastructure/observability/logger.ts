import { pino, type Logger } from 'pino';

/** JSON lines on standard output. Messages are constant, fields stand beside them. */
export const createLogger = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['*.password', '*.token'] });
