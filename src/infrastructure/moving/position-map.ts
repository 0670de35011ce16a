import type { RawEvent } from '../../application/ports/raw-log.js';
import type { Position } from '../../domain/kernel/ids.js';
import { LOG_START } from '../../domain/kernel/position.js';
import { CopyRefusedError, type MovedLog } from './moved-log.js';

/** The fields of events that hold a position, by type. Everything else in an event is the same in every log. */
export const POSITION_FIELDS: ReadonlyMap<string, string> = new Map([
  ['MessageRead', 'messagePosition'],
  ['MessagesDelivered', 'messagePosition'],
]);

/** So many positions are kept in memory; others are looked up. */
const KEPT = 50_000;

const JSON_POSITION = '"(\\d{1,20})"';

/** Answers where the text of a field stands; undefined for an event without a position. */
const positionIn = ({ type, data }: Pick<RawEvent, 'type' | 'data'>) => {
  const field = POSITION_FIELDS.get(type);
  if (field === undefined) return undefined;
  const text = data.toString();
  const found = [...text.matchAll(new RegExp(`"${field}":${JSON_POSITION}`, 'g'))];
  const position = found[0]?.[1];
  if (position === undefined || found.length > 1)
    throw new CopyRefusedError(`an event of type ${type} holds its position in a form that is not known`);
  return { text, written: found[0]?.[0] ?? '', field, position: position as Position };
};

/** A position that the data of an event names. */
interface NamedPosition {
  readonly position: Position;
  /** Answers the data as it is with another position in its place. */
  readonly renamed: (position: Position) => Buffer;
}

/** Answers the position that an event names, if it does. Raises `CopyRefusedError` where it stands in a form that is not known. */
export const namedPosition = (event: Pick<RawEvent, 'type' | 'data'>): NamedPosition | undefined => {
  const found = positionIn(event);
  return (
    found && {
      position: found.position,
      renamed: (position) => Buffer.from(found.text.replace(found.written, `"${found.field}":"${position}"`)),
    }
  );
};

/** Answers the position of the copied log at which an event of the other one stands. */
export class PositionMap {
  readonly #source: MovedLog;
  readonly #target: MovedLog;
  readonly #known = new Map<Position, Position>();

  constructor(source: MovedLog, target: MovedLog) {
    this.#source = source;
    this.#target = target;
  }

  learn(from: Position, to: Position): void {
    this.#known.set(from, to);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
  }

  /** Answers undefined where the event is not in the copy yet. */
  async find(position: Position): Promise<Position | undefined> {
    const known = position === LOG_START ? LOG_START : this.#known.get(position);
    if (known !== undefined) return known;
    const event = await this.#source.lastUpTo(position);
    if (event?.position !== position)
      throw new CopyRefusedError(
        `an event names position ${position}, at which there is none in ${this.#source.place}`,
      );
    return this.#target.findPosition(event.streamId, event.revision);
  }

  /** Answers the bytes that an event has in the copy; undefined where they name an event that is not in it yet. */
  async mapped(event: RawEvent): Promise<Buffer | undefined> {
    const named = namedPosition(event);
    if (!named) return event.data;
    const position = await this.find(named.position);
    return position === undefined ? undefined : named.renamed(position);
  }
}
