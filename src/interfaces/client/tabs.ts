import type { Tabs } from './platform.js';

interface Locks {
  request<Result>(
    name: string,
    options: { readonly ifAvailable: boolean },
    work: (lock: object | null) => Promise<Result>,
  ): Promise<Result>;
}

interface Channel {
  onmessage: ((event: { readonly data: string }) => void) | null;
  postMessage(message: string): void;
  close(): void;
}

export interface TabParts {
  /** `navigator.locks`: browsers have it on pages that came safely, by HTTPS or from this machine. */
  readonly locks: Locks | undefined;
  readonly BroadcastChannel: (new (name: string) => Channel) | undefined;
}

const inLine = new Map<string, Promise<unknown>>();

/** Locks among the clients of this page or process, where there are none among tabs. */
const ownLocks: Locks = {
  request: (name, { ifAvailable }, work) => {
    const before = inLine.get(name);
    if (before && ifAvailable) return work(null);
    const result = (before ?? Promise.resolve()).then(() => work({}));
    const settled = result.catch(() => undefined); // whoever has asked for the work is told
    inLine.set(name, settled);
    void settled.then(() => inLine.get(name) === settled && inLine.delete(name));
    return result;
  },
};

/** Connects the tabs of one browser, as far as it can. */
export const tabsOf = ({ locks = ownLocks, BroadcastChannel }: TabParts): Tabs => {
  const channel = BroadcastChannel && new BroadcastChannel('chatapp');
  const listeners = new Set<(message: string) => void>();
  if (channel) channel.onmessage = ({ data }) => listeners.forEach((listen) => listen(data));
  return {
    exclusive: (name, work) => locks.request(`chatapp/${name}`, { ifAvailable: false }, work),
    ifFree: (name, work) =>
      locks.request(`chatapp/${name}`, { ifAvailable: true }, async (lock) => {
        if (lock) await work();
        return lock !== null;
      }),
    tell: (message) => channel?.postMessage(message),
    onTold: (listen) => {
      listeners.add(listen);
      return () => void listeners.delete(listen);
    },
    close: () => channel?.close(),
  };
};
