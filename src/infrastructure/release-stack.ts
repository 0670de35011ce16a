/** Told of what could not be released. */
export type ReleaseFailure = (name: string, error: unknown) => void;

/** What was acquired, released in reverse order: whoever acquires something registers its release at once. */
export class ReleaseStack {
  readonly #releases: { readonly name: string; readonly release: () => unknown }[] = [];
  readonly #onFailure: ReleaseFailure;

  constructor(onFailure: ReleaseFailure) {
    this.#onFailure = onFailure;
  }

  /** Registers how to let go of what was just acquired, and hands it on. */
  own<Resource>(name: string, resource: Resource, release: (resource: Resource) => unknown): Resource {
    this.#releases.push({ name, release: () => release(resource) });
    return resource;
  }

  /** Releases everything, newest first; a failing release does not keep the others from theirs. */
  async releaseAll(): Promise<void> {
    for (let next = this.#releases.pop(); next; next = this.#releases.pop()) {
      try {
        await next.release();
      } catch (error) {
        this.#onFailure(next.name, error);
      }
    }
  }
}
