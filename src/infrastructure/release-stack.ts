/** Called with what could not be released: it failed, or was not done in time. */
export type ReleaseFailure = (name: string, error: unknown) => void;

/** The time for releasing everything, where none is given. */
const WITHIN_MS = 10_000;

type Release<Resource> = (resource: Resource, withinMs: number) => unknown;

/** Raises an error when the work has not ended in time. The work is not stopped, but nobody waits for it any more. */
const endsWithin = async (milliseconds: number, work: unknown): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not released within ${Math.round(milliseconds)} ms`)), milliseconds);
  });
  try {
    await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
};

/** Releases what was acquired, in reverse order. The code that acquires something registers its release at once. */
export class ReleaseStack {
  readonly #releases: { readonly name: string; readonly release: (withinMs: number) => unknown }[] = [];
  readonly #onFailure: ReleaseFailure;

  constructor(onFailure: ReleaseFailure) {
    this.#onFailure = onFailure;
  }

  /** Registers the release of what was just acquired, and answers it. The release is given the time that it may take. */
  own<Resource>(name: string, resource: Resource, release: Release<Resource>): Resource {
    this.#releases.push({ name, release: (withinMs) => release(resource, withinMs) });
    return resource;
  }

  /**
   * Releases everything, newest first. One that fails or hangs does not keep the others from theirs: each may take half of
   * the time that is left, and the last one all of it. Answers whether everything was released.
   */
  async releaseAll(withinMs = WITHIN_MS): Promise<boolean> {
    const deadline = performance.now() + withinMs;
    let areAllReleased = true;
    for (let next = this.#releases.pop(); next; next = this.#releases.pop()) {
      const left = Math.max(0, deadline - performance.now());
      const share = this.#releases.length === 0 ? left : left / 2;
      try {
        await endsWithin(share, next.release(share));
      } catch (error) {
        areAllReleased = false;
        this.#onFailure(next.name, error);
      }
    }
    return areAllReleased;
  }
}
