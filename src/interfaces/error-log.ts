/** The log for the errors of HTTP and WebSocket. */
export interface ErrorLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
}
