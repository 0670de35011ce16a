import { newUuid } from './ids.js';
import type { Platform, SocketConstructor, Tabs } from './platform.js';
import type { IndexedDb } from './storage/indexed-db.js';
import { indexedDbStorage } from './storage/indexed-db-storage.js';
import { memoryStorage } from './storage/memory-storage.js';
import { tabsOf, type TabParts } from './tabs.js';

interface Target {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** The part of a browser, or of Node, that the client looks for. */
interface Surroundings extends Partial<Target> {
  readonly WebSocket?: SocketConstructor;
  readonly indexedDB?: IndexedDb;
  readonly navigator?: { readonly locks?: TabParts['locks'] };
  readonly BroadcastChannel?: TabParts['BroadcastChannel'];
  readonly document?: Target & { readonly visibilityState: string };
}

const RANDOM_BYTES = 10;

const wakes = ({ document, addEventListener, removeEventListener }: Surroundings, wake: () => void): (() => void) => {
  const seen = (): void => {
    if (document?.visibilityState === 'visible') wake();
  };
  document?.addEventListener('visibilitychange', seen);
  addEventListener?.('online', wake);
  return () => {
    document?.removeEventListener('visibilitychange', seen);
    removeEventListener?.('online', wake);
  };
};

const after: Platform['after'] = (milliseconds, work) => {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
};

const newId = (): string => newUuid(Date.now(), crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));

const tabsThere = ({ document, navigator, BroadcastChannel }: Surroundings): Tabs =>
  // Only a document has tabs beside it. Of Node's channel an open one would keep the process from ending.
  tabsOf({ locks: navigator?.locks, BroadcastChannel: document && BroadcastChannel });

const isGiven = ([, value]: readonly [string, unknown]): boolean => value !== undefined;

/** Makes the platform of what is there. What is given is taken in its place. */
export const platformOf = (given: Partial<Platform>): Platform => {
  const there = globalThis as unknown as Surroundings;
  const WebSocket = given.WebSocket ?? there.WebSocket;
  if (!WebSocket) throw new TypeError('There is no global WebSocket before Node 22: give one as `WebSocket`.');
  const own: Platform = {
    fetch: (input, init) => fetch(input, init),
    WebSocket,
    storage: given.storage ?? (there.indexedDB ? indexedDbStorage(there.indexedDB) : memoryStorage()),
    tabs: given.tabs ?? tabsThere(there),
    now: Date.now,
    random: Math.random,
    newId,
    after,
    onWake: (wake) => wakes(there, wake),
  };
  return { ...own, ...Object.fromEntries(Object.entries(given).filter(isGiven)) };
};
