import type { RawEvent } from '../../src/application/ports/raw-log.js';
import type { EventId, Position } from '../../src/domain/kernel/ids.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { createIdentifiers } from '../../src/infrastructure/identifiers.js';
import { allOf } from '../../src/infrastructure/moving/first-of.js';
import type { MovedLog, UnplacedEvent } from '../../src/infrastructure/moving/moved-log.js';
import { POSITION_FIELDS } from '../../src/infrastructure/moving/position-map.js';
import { newStream } from '../contracts/store-steps.js';

const { eventId, newCommandId, newMessageId } = createIdentifiers();

/** Puts events into streams of their own, as one command appends them. */
const batchOf = (...events: readonly { streamId: string; revision?: number; type: string; data: Buffer }[]) => {
  const commandId = newCommandId();
  return events.map((event, index): UnplacedEvent => ({
    revision: 0,
    ...(event as Pick<UnplacedEvent, 'streamId' | 'type' | 'data'>),
    eventId: eventId(commandId, index),
    schemaVersion: 1,
    metadata: Buffer.from(JSON.stringify({ commandId, recordedAt: '2026-01-01T00:00:00.000Z', note: 'é' })),
  }));
};

/** What is no JSON as we write it, and what is no text at all, is copied as it is. */
const ODD = [Buffer.from('{ "a" : 1.0 , "a":2}'), Buffer.from([0xff, 0xfe, 0x00]), Buffer.from('')];

/** Fills a log: messages, how far they were read, commands of several events, and odd bytes. Answers the number of events. */
export const fill = async (log: MovedLog, messages: number, from = 0): Promise<number> => {
  let head = await log.head();
  let count = 0;
  const append = async (batch: readonly UnplacedEvent[]): Promise<Position> => {
    const positions = await log.append([batch], head);
    head = positions.at(-1) ?? head;
    count += batch.length;
    return positions[0] ?? head;
  };
  for (let n = from; n < from + messages; n += 1) {
    const messageId = newMessageId();
    const sent = { streamId: `message-${messageId}`, type: 'MessageSent', data: Buffer.from(`{"n":${n}}`) };
    const others = ODD.map((data) => ({ streamId: newStream(), type: 'Odd', data }));
    const position = await append(batchOf(sent, ...(n % 3 === 0 ? others : [])));
    const read = (type: string) => Buffer.from(`{"type":"${type}","messagePosition":"${position}","readAt":"now"}`);
    const streams = { streamId: 'reading-1', revision: n };
    await append(batchOf({ ...streams, type: 'MessageRead', data: read('read') }));
    if (n % 2 === 0)
      await append(batchOf({ streamId: newStream(), type: 'MessagesDelivered', data: read('delivered') }));
  }
  return count;
};

export const contentOf = async (log: MovedLog): Promise<RawEvent[]> => allOf(log.read(LOG_START, await log.head()));

/** What a copy keeps of an event. */
export const keptOf = ({ position: _, data, type, ...event }: RawEvent) => ({
  ...event,
  type,
  ...(!POSITION_FIELDS.has(type) && { data }),
});

/** Answers the event that each position in an event stands for. */
export const named = (events: readonly RawEvent[]): (EventId | undefined)[] => {
  const ids = new Map(events.map((event) => [event.position, event.eventId]));
  return events
    .filter(({ type }) => POSITION_FIELDS.has(type))
    .map(({ data }) => ids.get((JSON.parse(data.toString()) as { messagePosition: Position }).messagePosition));
};
