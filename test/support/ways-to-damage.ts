import type { MisfitKind } from '../../src/application/audit/misfit.js';

/** What somebody does behind the application's back, and what is to be found then. */
interface Way {
  /** Statements of SQL, for a log of 600 events in streams of three, `thing-0` to `thing-199`. */
  readonly damage: string;
  readonly what: MisfitKind;
  readonly position: string | null;
  readonly stream?: string | null;
  readonly detail: RegExp;
}

/** A row that nobody has appended. */
const FORGED = `(stream_id, revision, event_id, type, schema_version, data, metadata)`;
const ROW = `'thing-forged', 0, gen_random_uuid(), 'RequestAccepted', 1, '{}'::bytea, '{}'::bytea`;
/** Moves every event behind this one by one place. */
const shift = (by: 1 | -1, behind: number): string => `
  update log.events set position = -(position + ${by}) where position > ${behind};
  update log.events set position = -position where position < 0`;

/** The ways to damage a log, or its tree, by what was done. */
export const WAYS_TO_DAMAGE: Readonly<Record<string, Way>> = {
  'the text of an event was changed': {
    damage: `update log.events set data = convert_to(replace(convert_from(data, 'UTF8'), 'n', 'm'), 'UTF8') where position = 100`,
    what: 'altered',
    position: '100',
    stream: 'thing-33',
    detail: /its bytes, stream, type or id are not those/,
  },
  'who did it was changed': {
    damage: `update log.events set metadata = '{}' where position = 1`,
    what: 'altered',
    position: '1',
    stream: 'thing-0',
    detail: /not those/,
  },
  'its type was changed': {
    damage: `update log.events set type = 'SessionRefreshed' where position = 599`,
    what: 'altered',
    position: '599',
    stream: 'thing-199',
    detail: /not those/,
  },
  'an event was moved to another stream': {
    damage: `update log.events set stream_id = 'thing-999', revision = 0 where position = 300`,
    what: 'altered',
    position: '300',
    stream: 'thing-999',
    detail: /not those/,
  },
  'an event was deleted': {
    damage: 'delete from log.events where position = 258',
    what: 'missing',
    position: '258',
    stream: null,
    detail: /is not in the log any more/,
  },
  'the last events were deleted': {
    damage: 'delete from log.events where position > 590',
    what: 'missing',
    position: '591',
    stream: null,
    detail: /is not in the log any more/,
  },
  'an event was deleted, and those behind it moved up': {
    damage: `delete from log.events where position = 258; ${shift(-1, 258)}`,
    what: 'missing',
    position: '258',
    stream: null,
    detail: /the one of position 259 stands in its place/,
  },
  'an event was put in front of all': {
    damage: `${shift(1, 0)}; insert into log.events (position, ${FORGED.slice(1)} values (1, ${ROW})`,
    what: 'inserted',
    position: '1',
    stream: 'thing-forged',
    detail: /the one of here is at 2/,
  },
  'an event was put between others': {
    damage: `${shift(1, 399)}; insert into log.events (position, ${FORGED.slice(1)} values (400, ${ROW})`,
    what: 'inserted',
    position: '400',
    stream: 'thing-forged',
    detail: /the one of here is at 401/,
  },
  'two events changed places': {
    damage: `
      update log.events set position = -7 where position = 7; update log.events set position = 7 where position = 500;
      update log.events set position = 500 where position = -7`,
    what: 'reordered',
    position: '7',
    stream: 'thing-166',
    detail: /stood at position 500, and the one of here is at 500/,
  },
  'an event was given another position': {
    damage: 'update log.events set position = 9000 where position = 50',
    what: 'renumbered',
    position: '50',
    stream: 'thing-16',
    detail: /the event stands at position 9000/,
  },
  'an event was given another revision': {
    damage: 'update log.events set revision = 40 where position = 51',
    what: 'renumbered',
    position: '51',
    stream: 'thing-16',
    detail: /its revision was 2, and is 40/,
  },
  'a leaf of the tree was changed': {
    damage: `update audit.tiles set hashes = overlay(hashes placing '\\x00' from 1) where level = 0 and index = 1`,
    what: 'tree',
    position: null,
    detail: /leaf of position 257 is another one: the tables of the tree were changed/,
  },
  'the positions of the tree were changed': {
    damage: `update audit.leaves set positions = overlay(positions placing '\\x00' from 7) where tile = 1`,
    what: 'tree',
    position: null,
    detail: /leaf of position 1 is another one/,
  },
  'a node of the tree was changed': {
    damage: `update audit.tiles set hashes = overlay(hashes placing '\\x00' from 1) where level = 1`,
    what: 'tree',
    position: null,
    detail: /tile 1\/0 is not the one/,
  },
  'the head of the tree was changed': {
    damage: `update audit.tree set root = sha256('x')`,
    what: 'tree',
    position: null,
    detail: /the root is not that of the log/,
  },
  'a checkpoint was changed': {
    damage: `update audit.checkpoints set root = sha256('x') where size = 300`,
    what: 'checkpoint',
    position: null,
    detail: /checkpoint of 300 events does not say what is kept beside it/,
  },
  'a checkpoint was forged': {
    damage: `update audit.checkpoints set note = replace(note, E'\\n300\\n', E'\\n301\\n') where size = 300`,
    what: 'checkpoint',
    position: null,
    detail: /was not signed by the log: the signature of .* is wrong/,
  },
};
