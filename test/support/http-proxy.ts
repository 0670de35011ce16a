import { setTimeout as sleep } from 'node:timers/promises';
import { openTcpProxy } from './tcp-proxy.js';

export interface HttpProxy {
  /** The address of the app through the proxy. */
  readonly url: string;
  /** Cuts every connection and refuses new ones. */
  refuse(): Promise<void>;
  /** Takes connections again. */
  admit(): Promise<void>;
  /** Cuts the network every now and then while work is going on; answers how often. */
  cutWhile(work: Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

const CUT_EVERY_MS = 60;

/** Opens a proxy before the app, which cuts connections when the test says so. */
export const openHttpProxy = async (appUrl: string): Promise<HttpProxy> => {
  const { host } = new URL(appUrl);
  const proxy = await openTcpProxy(`postgres://any:any@${host}/any`);
  const cut = async (): Promise<void> => {
    await proxy.refuse();
    await proxy.admit();
  };
  return {
    url: `http://127.0.0.1:${new URL(proxy.url).port}`,
    refuse: () => proxy.refuse(),
    admit: () => proxy.admit(),
    cutWhile: async (work) => {
      const state = { isDone: false };
      const done = work.finally(() => (state.isDone = true));
      let cuts = 0;
      for (; !state.isDone; cuts += 1) {
        await cut();
        // They grow rarer, so that work comes to its end also on a machine that has much else to do.
        await Promise.race([done, sleep(CUT_EVERY_MS * (1 + (cuts % 3)) * (1 + cuts / 40))]);
      }
      await done;
      return cuts;
    },
    close: () => proxy.close(),
  };
};
