import type { Tabs } from '../../src/interfaces/client/platform.js';
import { tabsOf } from '../../src/interfaces/client/tabs.js';

/** Channels between the tabs of a browser that has no locks. */
export const connectedTabs = (): (() => Tabs) => {
  const channels = new Set<{ onmessage: ((event: { data: string }) => void) | null }>();
  class Channel {
    onmessage: ((event: { data: string }) => void) | null = null;
    constructor() {
      channels.add(this);
    }
    postMessage(data: string): void {
      for (const each of channels) if (each !== this) queueMicrotask(() => each.onmessage?.({ data }));
    }
    close(): void {
      channels.delete(this);
    }
  }
  return () => tabsOf({ locks: undefined, BroadcastChannel: Channel });
};
