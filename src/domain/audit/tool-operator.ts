/**
 * Whoever uses the command-line tool, as the operating system names them. Nobody has verified it: whoever has a shell on the server
 * can give any name.
 */
export interface ToolOperator {
  systemUser: string;
  host: string;
  authenticated: false;
}
