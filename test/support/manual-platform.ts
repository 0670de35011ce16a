import type { Platform, SocketLike } from '../../src/interfaces/client/platform.js';
import { memoryStorage } from '../../src/interfaces/client/storage/memory-storage.js';
import { tabsOf } from '../../src/interfaces/client/tabs.js';

type Frame = Readonly<Record<string, unknown>>;

/** A socket whose other end is the test. */
export class ManualSocket implements SocketLike {
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  onerror: SocketLike['onerror'] = null;
  readonly sent: Frame[] = [];
  isClosed = false;

  constructor(readonly url: string) {
    ManualSocket.opened.push(this);
  }

  static opened: ManualSocket[] = [];

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Frame);
  }

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.onopen?.({} as never);
  }

  say(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) } as never);
  }

  end(code: number): void {
    this.onclose?.({ code } as never);
  }

  /** The frames of a type that were sent. */
  ofType(type: string): Frame[] {
    return this.sent.filter((frame) => frame['type'] === type);
  }
}

interface Timer {
  readonly at: number;
  readonly work: () => void;
}

/** Lets whatever promises have begun go on until they wait for something from outside. */
export const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
};

let ids = 0;

/** A platform whose clock, sockets and network are in the hands of the test. */
export const manualPlatform = (given: Partial<Platform> = {}) => {
  ManualSocket.opened = [];
  let now = Date.parse('2026-01-01T00:00:00Z');
  let wake = (): void => undefined;
  const timers = new Set<Timer>();
  const platform: Platform = {
    fetch: () => Promise.reject(new TypeError('no network')),
    WebSocket: ManualSocket,
    storage: memoryStorage(),
    tabs: tabsOf({ locks: undefined, BroadcastChannel: undefined }),
    now: () => now,
    random: () => 0.5,
    newId: () => `id-${(ids += 1)}`,
    after: (milliseconds, work) => {
      const timer = { at: now + milliseconds, work };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    onWake: (listener) => {
      wake = listener;
      return () => (wake = () => undefined);
    },
    ...given,
  };
  /** Lets so many milliseconds pass, and everything happen that is due in them. */
  const pass = async (milliseconds: number): Promise<void> => {
    const until = now + milliseconds;
    for (;;) {
      await settle();
      const [next] = [...timers].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
      if (!next) break;
      timers.delete(next);
      now = next.at;
      next.work();
    }
    now = until;
    await settle();
  };
  return {
    platform,
    pass,
    wake: () => wake(),
    /** The sockets that were opened, the last one last. */
    sockets: () => ManualSocket.opened,
    /** The number of timers that wait. */
    waiting: () => timers.size,
  };
};
