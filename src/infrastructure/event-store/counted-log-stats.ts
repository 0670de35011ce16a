import type { LogStats, TypeStats } from '../../application/ports/log-stats.js';
import type { RawEvent, RawLog } from '../../application/ports/raw-log.js';
import { LOG_START } from '../../domain/kernel/position.js';

type Counted = { -readonly [Field in keyof TypeStats]: TypeStats[Field] };

const recordedAt = (event: RawEvent | undefined): string | null =>
  event ? ((JSON.parse(event.metadata.toString()) as { readonly recordedAt?: string }).recordedAt ?? null) : null;

const byNumber = (one: TypeStats, other: TypeStats): number =>
  other.events - one.events || (one.type < other.type ? -1 : 1);

/** Counts a log by reading all of it, where nothing else knows its numbers: seconds for each hundred thousand events. */
export const countedLogStats = async (log: Pick<RawLog, 'readAll'>): Promise<LogStats> => {
  const types = new Map<string, Counted>();
  const streams = new Set<string>();
  const ends: { first?: RawEvent; last?: RawEvent } = {};
  for await (const event of log.readAll()) {
    ends.first ??= event;
    ends.last = event;
    streams.add(event.streamId);
    const counted = types.get(event.type) ?? { type: event.type, events: 0, bytes: 0 };
    counted.events += 1;
    counted.bytes += event.data.length + event.metadata.length;
    types.set(event.type, counted);
  }
  const all = [...types.values()].sort(byNumber);
  const sum = (of: (stats: TypeStats) => number): number => all.reduce((total, each) => total + of(each), 0);
  return {
    events: sum(({ events }) => events),
    head: ends.last?.position ?? LOG_START,
    streams: streams.size,
    bytes: sum(({ bytes }) => bytes),
    firstAt: recordedAt(ends.first),
    lastAt: recordedAt(ends.last),
    types: all,
  };
};
