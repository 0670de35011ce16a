/** A socket, as browsers and the package `ws` have it. */
export interface SocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export type SocketConstructor = new (url: string) => SocketLike;

/** A place for values that outlive the page or the process. Each change is kept once its promise resolves. */
export interface ClientStorage {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  /** Answers all values whose keys begin so, in the order of their keys. */
  list(prefix: string): Promise<readonly (readonly [key: string, value: unknown])[]>;
}

/** What the tabs of one browser share: who of them may do something, and what each tells the others. */
export interface Tabs {
  /** Runs the work while no other tab runs work of this name. */
  exclusive<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  /** Runs the work if no other tab runs work of this name; says whether it did. */
  ifFree(name: string, work: () => Promise<void>): Promise<boolean>;
  tell(message: string): void;
  /** Calls back with what other tabs tell; answers what ends that. */
  onTold(listen: (message: string) => void): () => void;
  close(): void;
}

/** The part of a platform that the client needs. Tests give their own. */
export interface Platform {
  readonly fetch: typeof fetch;
  readonly WebSocket: SocketConstructor;
  readonly storage: ClientStorage;
  readonly tabs: Tabs;
  /** Milliseconds since 1970. */
  now(): number;
  /** A number from 0 up to 1. */
  random(): number;
  newId(): string;
  /** Runs work later, and answers what cancels it. */
  after(milliseconds: number, work: () => void): () => void;
  /** Calls back when the connection may have changed: the page is seen again, or the network is back. Answers what ends it. */
  onWake(wake: () => void): () => void;
}
