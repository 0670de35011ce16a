type Listener = () => void;

/** Calls back. An error of a listener is shown where errors are, and keeps nothing from the others. */
export const callBack = (listener: Listener): void => {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};

/** Tells listeners of the topics that have changed, once for all that changes in one go. */
export class Subscriptions<Topic extends string> {
  readonly #listeners = new Map<Topic, Set<Listener>>();
  readonly #changed = new Set<Topic>();

  /** Calls back after each change of a topic; answers what ends that. */
  subscribe(topic: Topic, listener: Listener): () => void {
    const own = (): void => listener(); // the same listener may be there twice
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(own));
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#listeners.get(topic) === listeners) this.#listeners.delete(topic);
    };
  }

  changed(topics: Iterable<Topic>): void {
    for (const topic of topics) {
      if (this.#changed.size === 0) queueMicrotask(() => this.#tell());
      this.#changed.add(topic);
    }
  }

  /** Tells all who listen to anything. */
  allChanged(): void {
    this.changed(this.#listeners.keys());
  }

  #tell(): void {
    const topics = [...this.#changed];
    this.#changed.clear();
    for (const topic of topics) {
      const listeners = this.#listeners.get(topic);
      for (const listener of [...(listeners ?? [])]) if (listeners?.has(listener)) callBack(listener);
    }
  }
}
