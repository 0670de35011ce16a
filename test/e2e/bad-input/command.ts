/** One command over HTTP with its fields and a body that is accepted. */
export interface Command {
  readonly name: string;
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The fields that hold one string. */
  readonly strings: readonly string[];
  /** The fields among them that may hold any text. */
  readonly texts: readonly string[];
  /** The fields that hold a list of strings. */
  readonly lists: readonly string[];
  /** The fields among the strings that are compared with a secret. */
  readonly secrets: readonly string[];
}
