import type { Platform } from '../platform.js';
import type { Command } from './command.js';

export interface KeptCommandsParts {
  readonly platform: Pick<Platform, 'storage' | 'tabs' | 'newId'>;
  /** The name of the server, and the user: whoever signs in later does not send what somebody else wrote. */
  readonly owner: string;
}

/**
 * The commands that are kept in the storage. Each tab sends its own, and takes those of a tab that is gone: a tab holds a
 * lock of its own as long as it lives.
 */
export class KeptCommands {
  readonly #parts: KeptCommandsParts;
  readonly #tab: string;
  readonly #prefix: string;
  #isClosed = false;
  #release: () => void = () => undefined;

  constructor(parts: KeptCommandsParts) {
    this.#parts = parts;
    this.#tab = parts.platform.newId();
    this.#prefix = `outbox/${parts.owner}/`;
  }

  /** Holds the lock of this tab, and hands over the commands of those that are gone; of the others as these go. */
  async open(adopt: (commands: readonly Command[]) => void): Promise<void> {
    const { storage, tabs } = this.#parts.platform;
    const held = new Promise<void>((resolve) => (this.#release = resolve));
    void tabs.exclusive(this.#lockOf(this.#tab), () => held);
    const kept = await storage.list(this.#prefix);
    const others = new Set(kept.map(([key]) => key.slice(this.#prefix.length).split('/')[0] ?? ''));
    for (const tab of others) {
      const take = (): Promise<void> => this.#takeFrom(tab, adopt);
      const isGone = await tabs.ifFree(this.#lockOf(tab), take);
      if (!isGone) void tabs.exclusive(this.#lockOf(tab), take).catch(() => undefined); // the next page takes them
    }
  }

  async keep(command: Command): Promise<void> {
    await this.#parts.platform.storage.put(this.#keyOf(command), command);
  }

  async drop(command: Command): Promise<void> {
    await this.#parts.platform.storage.remove(this.#keyOf(command));
  }

  close(): void {
    this.#isClosed = true;
    this.#release();
  }

  async #takeFrom(tab: string, adopt: (commands: readonly Command[]) => void): Promise<void> {
    if (this.#isClosed) return;
    const { storage } = this.#parts.platform;
    const kept = await storage.list(`${this.#prefix}${tab}/`);
    const commands = kept.map(([, command]) => command as Command);
    // Each is kept twice for a moment: a repeat is recognised, a command that is lost is not.
    for (const command of commands) await this.keep(command);
    for (const [key] of kept) await storage.remove(key);
    if (commands.length > 0) adopt(commands);
  }

  #lockOf(tab: string): string {
    return `${this.#prefix}${tab}`;
  }

  #keyOf({ place, id }: Command): string {
    return `${this.#prefix}${this.#tab}/${place}-${id}`;
  }
}
