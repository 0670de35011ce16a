import type { RawEvent } from '../ports/raw-log.js';
import { findEventOf, findLeafOf, findRevision, type KnownLeaf, type SearchParts } from './find-moved.js';
import type { Misfit, MisfitKind } from './misfit.js';

/** The first place where log and tree part: an event, a leaf, or both at one position. */
export interface Parting {
  readonly event: RawEvent | undefined;
  readonly leaf: KnownLeaf | undefined;
}

const misfit = (what: MisfitKind, { position, streamId }: RawEvent, detail: string): Misfit => ({
  what,
  position,
  streamId,
  detail,
});

const missing = ({ position }: KnownLeaf, detail: string): Misfit => ({
  what: 'missing',
  position,
  streamId: null,
  detail,
});

const ofEventAlone = async (parts: SearchParts, event: RawEvent, size: number): Promise<Misfit> => {
  const from = await findLeafOf(parts, event, size);
  if (from === undefined) return misfit('inserted', event, 'the event was never put under the tree');
  return misfit('renumbered', event, `the event stood at position ${from}`);
};

const ofLeafAlone = async (parts: SearchParts, leaf: KnownLeaf): Promise<Misfit> => {
  const event = await findEventOf(parts, leaf);
  if (!event) return missing(leaf, 'the event is not in the log any more');
  return { ...misfit('renumbered', event, `the event stands at position ${event.position}`), position: leaf.position };
};

const ofBoth = async (parts: SearchParts, event: RawEvent, leaf: KnownLeaf, size: number): Promise<Misfit> => {
  const revision = findRevision(parts.sha256, event, leaf);
  if (revision !== undefined)
    return misfit('renumbered', event, `its revision was ${revision}, and is ${event.revision}`);
  const [from, now] = [await findLeafOf(parts, event, size), await findEventOf(parts, leaf)];
  if (from !== undefined && now)
    return misfit('reordered', event, `the event stood at position ${from}, and the one of here is at ${now.position}`);
  if (from !== undefined)
    return missing(leaf, `the event is not in the log any more, and the one of position ${from} stands in its place`);
  if (now)
    return misfit(
      'inserted',
      event,
      `the event was never put under the tree, and the one of here is at ${now.position}`,
    );
  return misfit('altered', event, 'its bytes, stream, type or id are not those that were put under the tree');
};

/** Finds out what has happened where log and tree part. It looks through both, which takes as long as they are large. */
export const diagnose = (parts: SearchParts, { event, leaf }: Parting, size: number): Promise<Misfit> => {
  if (event && leaf) return ofBoth(parts, event, leaf, size);
  if (event) return ofEventAlone(parts, event, size);
  if (leaf) return ofLeafAlone(parts, leaf);
  throw new RangeError('there is neither an event nor a leaf');
};
