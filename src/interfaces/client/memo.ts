/** Keeps what was made of a topic until the topic changes: whoever asks again gets the same object. */
export class Memo<Topic extends string> {
  readonly #made = new Map<Topic, Map<string, unknown>>();

  of<Value>(topic: Topic, what: string, make: () => Value): Value {
    const made = this.#made.get(topic) ?? new Map<string, unknown>();
    this.#made.set(topic, made);
    if (!made.has(what)) made.set(what, make());
    return made.get(what) as Value;
  }

  forget(topic: Topic): void {
    this.#made.delete(topic);
  }

  clear(): void {
    this.#made.clear();
  }
}
