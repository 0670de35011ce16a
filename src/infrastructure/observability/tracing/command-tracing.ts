import type { CommandContext } from '../../../application/kernel/command-context.js';
import type { Transact } from '../../../application/kernel/transact.js';
import type { AppendBatch, AppendResult, EventStore } from '../../../application/ports/event-store.js';
import type { Tracing } from '../../../application/ports/tracing.js';

const commandAttributes = ({ commandId, correlationId }: Pick<CommandContext, 'commandId' | 'correlationId'>) => ({
  'chatapp.command_id': commandId,
  'chatapp.correlation_id': correlationId,
});

/** Shows how commands are carried out: each in a span, and each append in it. */
export class CommandTracing {
  readonly #tracing: Tracing;
  #lastGroup = 0;

  constructor(tracing: Tracing) {
    this.#tracing = tracing;
  }

  /** Is told how many appends were committed together. */
  committed(appends: number): void {
    this.#lastGroup = appends;
  }

  /** Makes what carries out commands on a log. Where no spans are made it is as it would be without this. */
  traced(store: EventStore, transactOn: (store: EventStore) => Transact): Transact {
    if (!this.#tracing.isOn) return transactOn(store);
    const transact = transactOn(this.#appendingTo(store));
    return (context, plan, queue) =>
      this.#tracing.part('command', commandAttributes(context), () => transact(context, plan, queue));
  }

  /**
   * Appends in a span. The log tells the size of the group that it has committed before those who wait for the group go on,
   * and nothing else is committed in between: so the last group is theirs.
   */
  #appendingTo(store: EventStore): EventStore {
    const append = (batch: AppendBatch): Promise<AppendResult> => {
      const events = batch.streams.reduce((sum, each) => sum + each.events.length, 0);
      return this.#tracing.part('append', { 'chatapp.events': events }, async () => {
        const result = await store.append(batch);
        this.#tracing.note({ 'chatapp.position': result.position, 'chatapp.group_size': this.#lastGroup });
        return result;
      });
    };
    return {
      append,
      readStream: (...given) => store.readStream(...given),
      heads: (...given) => store.heads(...given),
      readAll: (...given) => store.readAll(...given),
      subscribe: (...given) => store.subscribe(...given),
      head: () => store.head(),
      countBetween: (...given) => store.countBetween(...given),
      positionBefore: (...given) => store.positionBefore(...given),
    };
  }
}
