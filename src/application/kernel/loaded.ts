import { Folding, followsFrom, type Decider } from '../../domain/kernel/decider.js';
import type { CommandMap, EventMap } from '../../domain/kernel/fact.js';
import { streamOf, type Position, type StreamId } from '../../domain/kernel/ids.js';
import type { EventStore, ExpectedRevision, ReadStreamOptions, StreamCondition } from '../ports/event-store.js';

/** An aggregate as the log has it. */
export interface Loaded<State> {
  readonly streamId: StreamId;
  readonly state: State;
  readonly revision: ExpectedRevision & (number | 'no stream');
  /** The positions of the first and last of its events that were read; undefined for an absent stream. */
  readonly firstPosition: Position | undefined;
  readonly lastPosition: Position | undefined;
}

/** The condition that nothing has come to a stream since it was read: otherwise the append is refused, and decided again. */
export const unchanged = ({ streamId, revision }: Pick<Loaded<unknown>, 'streamId' | 'revision'>): StreamCondition => ({
  streamId,
  expected: revision,
});

/** Answers the state of an absent stream. */
export const absent = <C extends CommandMap, E extends EventMap, S>(
  decider: Decider<C, E, S>,
  id: string,
): Loaded<S> => ({
  streamId: streamOf(decider.category, id),
  state: decider.initial,
  revision: 'no stream',
  firstPosition: undefined,
  lastPosition: undefined,
});

/** Answers what has to be read of a stream, beyond what is known of it. */
const unread = (isInLastEvent: boolean, revision: Loaded<unknown>['revision']): ReadStreamOptions => {
  if (isInLastEvent) return { direction: 'backwards', limit: 1 };
  return { from: revision === 'no stream' ? 0 : revision + 1 };
};

/** Reads a stream and folds it. Where a state is known, it reads only the events after that. */
export const load = async <C extends CommandMap, E extends EventMap, S>(
  store: EventStore,
  decider: Decider<C, E, S>,
  id: string,
  known: Loaded<S> = absent(decider, id),
): Promise<Loaded<S>> => {
  const { streamId } = known;
  let { revision, firstPosition, lastPosition } = known;
  const folding = new Folding(decider, known.state);
  for await (const event of store.readStream(streamId, unread(decider.isInLastEvent ?? false, revision))) {
    if (!followsFrom(decider, event))
      throw new Error(`stream ${streamId} holds a ${event.type}, which is not of its kind`);
    folding.add(event);
    revision = event.revision;
    firstPosition ??= event.position;
    lastPosition = event.position;
  }
  return { streamId, state: folding.state(), revision, firstPosition, lastPosition };
};
