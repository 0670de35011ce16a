import { maintenance, underWay, type MaintenanceCommands } from '../../domain/maintenance/decider.js';
import type { MaintenanceEnd, MaintenanceResult } from '../../domain/maintenance/events.js';
import type { CommandOf } from '../../domain/kernel/fact.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import { load } from '../kernel/loaded.js';
import type { Transact } from '../kernel/transact.js';
import type { Clock } from '../ports/clock.js';
import type { EventStore, StreamCondition } from '../ports/event-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { MaintenanceTurn, MaintenanceTurns } from '../ports/maintenance-turns.js';
import type { ProjectionOperations } from '../ports/projection-operations.js';
import { carryOut, problemOf, type MaintenanceTask } from './carry-out.js';
import type { AskedMaintenance, BegunMaintenance, WorkHere, WorkToDo, WorkUnderWay, Wish } from './maintenance-work.js';
import { untilStopped, whenGiven, type Stopping } from './until-stopped.js';

/** The number of projections that a node maintains at a time: each takes up to four of the connections to its database. */
const MOST_AT_ONCE = 2;
const LOOK_AGAIN_MS = 500;
const TAKE_AGAIN_MS = 50;
const TAKE_ATTEMPTS = 20;
const RECORD_AGAIN_MS = 1_000;
const RECORD_ATTEMPTS = 30;

export interface MaintainerParts extends Stopping {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly identifiers: Pick<Identifiers, 'newCommandId' | 'newMaintenanceId'>;
  readonly clock: Clock;
  readonly turns: MaintenanceTurns;
  readonly operations: ProjectionOperations;
  /** Called with what went wrong, for the log of the server. */
  readonly onFailed: (task: BegunMaintenance, error: unknown) => void;
}

/** Ends work before it is complete, for one of these reasons. */
class MaintenanceStopped extends Error {
  override readonly name = 'MaintenanceStopped';

  constructor(readonly end: MaintenanceEnd) {
    super(end);
  }
}

interface Outcome {
  readonly end: MaintenanceEnd;
  readonly result: MaintenanceResult | null;
  readonly problem: string | null;
}

/**
 * Maintains projections beside the requests: one at a time of each projection, over all nodes. The log says what was begun and
 * what came of it; who is at it is said by a turn that ends with its process.
 */
export class Maintainer {
  readonly #parts: MaintainerParts;
  readonly #running = new Set<Promise<void>>();
  #begun = 0;

  constructor(parts: MaintainerParts) {
    this.#parts = parts;
  }

  /** Resolves once nothing is being maintained here any more. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Begins, and answers as soon as that is durable. Rejects `too_much_maintenance` and `maintenance_under_way`. */
  async begin(
    task: MaintenanceTask,
    asked: AskedMaintenance,
    context: CommandContext<UserId | null>,
    require: () => Promise<readonly StreamCondition[]>,
  ) {
    const { operations, onFailed } = this.#parts;
    const work = (signal: AbortSignal) => carryOut(operations, task, signal);
    const { maintenanceId, position } = await this.#begin(task, { ...asked, context, require }, { work, onFailed });
    return { maintenanceId, position };
  }

  /** Does it here and now, in another way than a server does. Raises what it fails with. Rejects as `begin` does. */
  async maintainHere<Done>(
    task: MaintenanceTask,
    wish: Omit<Wish, 'require'>,
    { work, resultOf, unwanted }: WorkHere<Done>,
  ): Promise<Done> {
    const made: { done?: Done; error?: unknown } = {};
    const failed = (error: unknown): void => void (made.error = error);
    const carrying: WorkToDo = {
      work: async (ending) => {
        try {
          made.done = await work(ending);
        } catch (error) {
          failed(error);
          throw error;
        }
        return resultOf(made.done);
      },
      unwanted,
      onFailed: (_, error) => failed(error),
    };
    const { running } = await this.#begin(task, { ...wish, require: async () => [] }, carrying);
    await running.catch(failed);
    if ('error' in made) throw made.error;
    return made.done as Done;
  }

  async #begin(task: MaintenanceTask, { context, require, ...asked }: Wish, carrying: WorkToDo) {
    const { identifiers, transact, stopping } = this.#parts;
    if (this.#begun >= MOST_AT_ONCE || stopping.aborted) reject('too_much_maintenance');
    this.#begun += 1;
    let turn: MaintenanceTurn | undefined;
    try {
      turn = await this.#take(task.projection);
      const maintenanceId = identifiers.newMaintenanceId();
      const data = { ...task, ...asked, maintenanceId, at: context.now };
      const { position } = await transact(context, async () => ({
        require: await require(),
        decisions: [decision(maintenance, task.projection, { type: 'StartMaintenance', data })],
        answer: () => ({}),
      }));
      const running = this.#run({ ...task, maintenanceId }, turn, { ...carrying, context });
      return { maintenanceId, position, running };
    } catch (error) {
      this.#begun -= 1;
      await turn?.release();
      throw error;
    }
  }

  /** Takes the turn. Where the log says that the one before has ended, its node is about to give it back. */
  async #take(projection: string): Promise<MaintenanceTurn> {
    const { turns, store, sleep } = this.#parts;
    for (let attempt = 0; attempt < TAKE_ATTEMPTS; attempt += 1) {
      const turn = await turns.take(projection);
      if (turn) return turn;
      if (underWay((await load(store, maintenance, projection)).state)) break;
      await sleep(TAKE_AGAIN_MS);
    }
    return reject('maintenance_under_way');
  }

  #run(task: BegunMaintenance, turn: MaintenanceTurn, carried: WorkUnderWay): Promise<void> {
    const running = this.#maintain(task, turn, carried)
      .catch((error: unknown) => carried.onFailed(task, error))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  async #maintain(task: BegunMaintenance, turn: MaintenanceTurn, carried: WorkUnderWay): Promise<void> {
    const ending = new AbortController();
    const end = (reason: MaintenanceEnd) => ending.abort(new MaintenanceStopped(reason));
    const done = new AbortController();
    for (const each of [this.#parts.stopping, ...(carried.unwanted ? [carried.unwanted] : [])])
      whenGiven(each, done.signal, () => end('server_stopped'));
    whenGiven(turn.lost, done.signal, () => end('lost'));
    const watched = AbortSignal.any([done.signal, ending.signal]);
    const watching = this.#watch(task, () => end('cancelled'), watched);
    try {
      const outcome = await this.#outcomeOf(task, ending.signal, carried);
      this.#begun -= 1;
      await this.#record(task, outcome, carried.context);
    } finally {
      done.abort();
      await watching;
      await turn.release();
    }
  }

  /** Ends the work once the log says that it is cancelled, on whichever node that was asked for. */
  async #watch(
    { projection, maintenanceId }: BegunMaintenance,
    cancel: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, sleep } = this.#parts;
    while (!signal.aborted) {
      await sleep(LOOK_AGAIN_MS, signal);
      const loaded = await load(store, maintenance, projection).catch(() => undefined); // it is looked at again
      const current = loaded?.state.made.find((each) => each.maintenanceId === maintenanceId);
      if (current && current.cancelledBy !== null) cancel();
    }
  }

  async #outcomeOf(task: BegunMaintenance, signal: AbortSignal, { work, onFailed }: WorkToDo): Promise<Outcome> {
    try {
      const result = await untilStopped(this.#parts, work(signal), signal);
      return { end: 'complete', result, problem: null };
    } catch (error) {
      const reason: unknown = signal.reason;
      if (!(reason instanceof MaintenanceStopped)) {
        onFailed(task, error);
        return { end: 'failed', result: null, problem: problemOf(error) };
      }
      if (reason.end === 'cancelled') return this.#discarded(task, onFailed);
      return { end: reason.end, result: null, problem: null };
    }
  }

  /** Throws away what a cancelled rebuild has filled. */
  async #discarded(task: BegunMaintenance, onFailed: WorkToDo['onFailed']): Promise<Outcome> {
    const { operations } = this.#parts;
    try {
      await operations.cancelRebuild(task.projection);
      return { end: 'cancelled', result: null, problem: null };
    } catch (error) {
      onFailed(task, error);
      return { end: 'cancelled', result: null, problem: problemOf(error) };
    }
  }

  /** Records how it ended. The turn is kept meanwhile, so that nobody takes it for lost. */
  async #record(
    { maintenanceId, projection }: BegunMaintenance,
    outcome: Outcome,
    cause: CommandContext<UserId | null>,
  ): Promise<void> {
    const { transact, identifiers, clock, sleep, stopping } = this.#parts;
    const at = clock();
    const command: CommandOf<MaintenanceCommands> = {
      type: 'EndMaintenance',
      data: { maintenanceId, projection, ...outcome, at },
    };
    const commandId = identifiers.newCommandId();
    const context = { ...cause, commandId, causationId: cause.commandId, now: at, claim: null };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await transact(context, async () => ({
          decisions: [decision(maintenance, projection, command)],
          answer: () => ({}),
        }));
        return;
      } catch (error) {
        if (attempt >= RECORD_ATTEMPTS || stopping.aborted) throw error;
        await sleep(RECORD_AGAIN_MS, stopping);
      }
    }
  }

  /** Answers what is being done with a projection, on any node that lives. */
  async current(projection: string) {
    const { store, turns } = this.#parts;
    const { state } = await load(store, maintenance, projection);
    if (!underWay(state) || (await turns.isTaken(projection))) return state.made;
    // It may have ended in between: what is under way still, and nobody is at, was lost.
    const { state: again } = await load(store, maintenance, projection);
    const id = underWay(state)?.maintenanceId;
    return again.made.map((each) =>
      each.maintenanceId === id && each.end === null ? { ...each, end: 'lost' as const } : each,
    );
  }
}
