import { randomUUID } from 'node:crypto';
import type { NodeId, Signals } from '../../application/ports/signals.js';
import { entryText, type Entry } from './signal-batch.js';
import { SignalListeners, type SignalLog } from './signal-listeners.js';

/** Passes signals among nodes that live in one process: for tests, and for trying things out. */
export class SignalBus {
  readonly #log: SignalLog;
  readonly #nodes = new Map<NodeId, SignalListeners>();

  constructor(log: SignalLog) {
    this.#log = log;
  }

  /** Makes the signals of one node. */
  join(): Signals & { close(): Promise<void> } {
    const node = randomUUID() as NodeId;
    const listeners = new SignalListeners(this.#log);
    this.#nodes.set(node, listeners);
    return {
      node,
      publish: (topic, content) => this.#send(node, entryText(topic, content)),
      isBehind: false,
      subscribe: (topic, listener) => listeners.add(topic, listener),
      onMissed: (listener) => listeners.addOfMissed(listener),
      close: async () => void this.#nodes.delete(node),
    };
  }

  #send(from: NodeId, text: string): void {
    queueMicrotask(() => {
      for (const [node, listeners] of this.#nodes)
        if (node !== from) listeners.notify(...(JSON.parse(text) as Entry), from);
    });
  }
}
