/** One command over HTTP with a body that is accepted, and its fields. */
export interface Command {
  readonly name: string;
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Fields that hold one string. */
  readonly strings: readonly string[];
  /** Those of them that may hold any text. */
  readonly texts: readonly string[];
  /** Fields that hold a list of strings. */
  readonly lists: readonly string[];
  /** Those of the strings that are compared with a secret. */
  readonly secrets: readonly string[];
}
