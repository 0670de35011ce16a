import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { EventMap } from '../../domain/kernel/fact.js';
import type { RecordedEvent } from '../ports/event-store.js';
import type { Pace } from './pace.js';

/** An event as a projector gets it. */
export type Projected<Data> = Omit<RecordedEvent, 'data' | 'type'> & { readonly data: Data };

/** One view, and what each event means for it. It is idempotent by position, has no clock, and never throws over content. */
export interface Projector<Events extends EventMap, Writer> {
  readonly name: string;
  readonly on: { readonly [Type in keyof Events]?: (writer: Writer, event: Projected<Events[Type]>) => void };
}

/** How read models of an older version serve until they are rebuilt: they follow the log, or stay as older servers leave them. */
export type OlderUse = 'followed' | 'read';

/** Views that share one checkpoint, and so are always of one moment. */
export interface Projection<Writer> {
  readonly name: string;
  /** It is raised when the views would look different. They are then rebuilt beside the old ones, and switched. */
  readonly version: number;
  /**
   * The older versions whose tables this program's queries can read, and whether its projectors can write them too. They serve
   * until the rebuild is done. From others nothing is answered before that.
   */
  readonly olderVersions?: Readonly<Record<number, OlderUse>>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each is made from events of its own
  readonly projectors: readonly Projector<any, Writer>[];
  /** Whether it can be made again from the log. It cannot where the outside world has seen its effects. */
  readonly rebuildable: boolean;
  /** How parked events are applied after all: late, or, where the views depend on the order of the log, by a rebuild. */
  readonly redrivenBy: 'applying' | 'rebuilding';
  /** Whether queries are answered from it: they wait until it shows what their session wrote. */
  readonly isQueried: boolean;
  readonly pace: Pace;
}

/** Answers the types of events that any of the views is made from. */
export const handledTypes = ({ projectors }: Pick<Projection<never>, 'projectors'>): ChatEventType[] => [
  ...new Set(projectors.flatMap(({ on }) => Object.keys(on) as ChatEventType[])),
];

/** Gives an event to every view that is made from it. */
export const project = <Writer>({ projectors }: Projection<Writer>, writer: Writer, event: RecordedEvent): void => {
  for (const { on } of projectors) on[event.type]?.(writer, event);
};
