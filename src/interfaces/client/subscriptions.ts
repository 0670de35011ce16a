type Listener = () => void;

/** Tells listeners of the topics that have changed, once for all that changes in one go. */
export class Subscriptions<Topic extends string> {
  readonly #listeners = new Map<Topic, Set<Listener>>();
  readonly #changed = new Set<Topic>();

  /** Calls back after each change of a topic; answers what ends that. */
  subscribe(topic: Topic, listener: Listener): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(topic) === listeners) this.#listeners.delete(topic);
    };
  }

  changed(topics: Iterable<Topic>): void {
    for (const topic of topics) {
      if (this.#changed.size === 0) queueMicrotask(() => this.#tell());
      this.#changed.add(topic);
    }
  }

  #tell(): void {
    const topics = [...this.#changed];
    this.#changed.clear();
    for (const topic of topics)
      for (const listener of [...(this.#listeners.get(topic) ?? [])])
        try {
          listener();
        } catch (error) {
          // An error of one listener is shown where errors are, and keeps nothing from the others.
          queueMicrotask(() => {
            throw error;
          });
        }
  }
}
