import { ChatError } from '../errors.js';
import type { Platform } from '../platform.js';
import type { Command } from './command.js';

export interface KeptCommandsParts {
  readonly platform: Pick<Platform, 'storage' | 'tabs' | 'newId'>;
  /** The name of the server, and the user: whoever signs in later does not send what somebody else wrote. */
  readonly owner: string;
}

/** It ends the name of a tab that has just been opened: the others answer with theirs. */
const ASKS = '?';

/**
 * The commands that are kept in the storage. Each tab sends its own, and those of a tab that is gone: a tab holds a lock of
 * its own as long as it lives, and whoever gets the lock of a tab that is gone holds it in its place.
 */
export class KeptCommands {
  readonly #parts: KeptCommandsParts;
  readonly #tab: string;
  readonly #prefix: string;
  /** The tabs whose end is waited for. */
  readonly #others = new Set<string>();
  /** Where the commands are kept that were taken from other tabs. */
  readonly #keys = new Map<string, string>();
  readonly #closed: Promise<void>;
  #isClosed = false;
  #release: () => void = () => undefined;
  #stopListening: () => void = () => undefined;
  #adopt: (commands: readonly Command[]) => void = () => undefined;

  constructor(parts: KeptCommandsParts) {
    this.#parts = parts;
    this.#tab = parts.platform.newId();
    this.#prefix = `outbox/${parts.owner}/`;
    this.#closed = new Promise((resolve) => (this.#release = resolve));
  }

  /** Holds the lock of this tab, and hands over the commands of those that are gone; of the others as these go. */
  async open(adopt: (commands: readonly Command[]) => void): Promise<void> {
    const { storage, tabs } = this.#parts.platform;
    this.#adopt = adopt;
    await new Promise<void>((resolve, reject) => {
      const hold = async (): Promise<void> => {
        resolve();
        await this.#closed;
      };
      tabs.exclusive(this.#lockOf(this.#tab), hold).catch(reject);
    });
    if (this.#isClosed) return;
    this.#stopListening = tabs.onTold((message) => this.#told(message));
    tabs.tell(`${this.#prefix}${this.#tab}${ASKS}`);
    const kept = await storage.list(this.#prefix);
    await Promise.all(kept.map(([key]) => this.#succeed(key.slice(this.#prefix.length).split('/')[0] ?? '')));
  }

  async keep(command: Command): Promise<void> {
    try {
      await this.#parts.platform.storage.put(this.#keyOf(command), command);
    } catch (cause) {
      throw new ChatError('not_kept', 'the command cannot be kept on this device', { cause });
    }
  }

  async drop(command: Command): Promise<void> {
    await this.#parts.platform.storage.remove(this.#keyOf(command));
  }

  /** Removes the commands of all tabs. */
  async clear(): Promise<void> {
    const { storage } = this.#parts.platform;
    for (const [key] of await storage.list(this.#prefix)) await storage.remove(key);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.#release();
  }

  /** Another tab has said its name. */
  #told(message: string): void {
    if (!message.startsWith(this.#prefix)) return;
    void this.#succeed(message.slice(this.#prefix.length).replace(ASKS, ''));
    if (message.endsWith(ASKS)) this.#parts.platform.tabs.tell(`${this.#prefix}${this.#tab}`);
  }

  /** Takes the commands of another tab once it is gone. Resolves as soon as that was done, or has to be waited for. */
  #succeed(tab: string): Promise<void> {
    if (tab === this.#tab || this.#others.has(tab)) return Promise.resolve();
    this.#others.add(tab);
    return new Promise((resolve) => {
      this.#takeOver(tab, resolve).then(resolve, resolve); // the next page takes what could not be taken
    });
  }

  /** Holds the lock of another tab, once that is gone, until this one closes. */
  async #takeOver(tab: string, taken: () => void): Promise<void> {
    const { tabs } = this.#parts.platform;
    const take = (): Promise<void> => this.#takeFrom(tab, taken);
    if (await tabs.ifFree(this.#lockOf(tab), take)) return;
    taken();
    await tabs.exclusive(this.#lockOf(tab), take);
  }

  /** Takes the commands of a tab that is gone. They stay where they are, so that none is lost or kept twice on the way. */
  async #takeFrom(tab: string, taken: () => void): Promise<void> {
    if (this.#isClosed) return;
    const kept = await this.#parts.platform.storage.list(`${this.#prefix}${tab}/`);
    const commands = kept.map(([, command]) => command as Command);
    commands.forEach(({ id }, index) => this.#keys.set(id, kept[index]?.[0] ?? ''));
    this.#adopt(commands);
    taken();
    if (commands.length > 0) await this.#closed;
  }

  #lockOf(tab: string): string {
    return `${this.#prefix}${tab}`;
  }

  #keyOf({ id, place }: Command): string {
    return this.#keys.get(id) ?? `${this.#prefix}${this.#tab}/${place}`;
  }
}
