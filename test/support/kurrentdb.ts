import { KurrentDbDouble } from './kurrentdb-double/kurrentdb-double.js';

/** A server for tests: a real one by `KURRENTDB_URL`, or the double. */
export interface KurrentDbServer {
  readonly url: string;
  /** What it is, for those who read the output of a run. */
  readonly name: string;
  stop(): void;
}

export const startKurrentDb = async (): Promise<KurrentDbServer> => {
  const url = process.env['KURRENTDB_URL'];
  if (url !== undefined) return { url, name: 'the server at KURRENTDB_URL', stop: () => undefined };
  const double = await new KurrentDbDouble().start();
  return { url: double.url, name: 'the double of the test suite, which is no KurrentDB', stop: () => double.stop() };
};
