import type { NodeId, SignalListener } from '../../application/ports/signals.js';

/** Logs what fails, and what works again. A listener that fails keeps no other from the signal. */
export interface SignalLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** The listeners of this node, by topic. */
export class SignalListeners {
  readonly #byTopic = new Map<string, Set<SignalListener>>();
  readonly #ofMissed = new Set<() => void>();
  readonly #log: SignalLog;

  constructor(log: SignalLog) {
    this.#log = log;
  }

  add(topic: string, listener: SignalListener): () => void {
    const listeners = this.#byTopic.get(topic) ?? new Set();
    this.#byTopic.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  addOfMissed(listener: () => void): () => void {
    this.#ofMissed.add(listener);
    return () => void this.#ofMissed.delete(listener);
  }

  notify(topic: string, content: unknown, from: NodeId): void {
    for (const listener of [...(this.#byTopic.get(topic) ?? [])])
      try {
        listener(content, from);
      } catch (error) {
        this.#log.error({ err: error, topic, from }, 'a signal could not be taken');
      }
  }

  tellOfMissed(): void {
    for (const listener of [...this.#ofMissed]) listener();
  }
}
