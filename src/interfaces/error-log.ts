/** What HTTP and WebSocket log errors with. */
export interface ErrorLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
}
