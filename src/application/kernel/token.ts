/** A name of a dependency that knows its type: binding another type to it does not compile. */
// The second branch only carries T: a bare symbol would narrow to `symbol`, and nothing would be checked.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Token<T> = symbol | (new (...dependencies: any[]) => T);

export const token = <T>(name: string): Token<T> => Symbol.for(`chatapp.${name}`);
