import type { MediaId, Position, UserId } from '../../domain/kernel/ids.js';
import type { AuditedEvent, AuditedLog } from '../ports/audited-log.js';
import type { Stretch } from '../ports/audit-index.js';
import { eventsIn } from './events-in.js';
import { shownUsers } from './list-events.js';
import { isStoredBare } from './stored-bare.js';

/** A file that an event shows to have been uploaded. */
export interface UploadedFile {
  readonly position: Position;
  readonly mediaId: MediaId;
  readonly uploaderId: UserId;
}

/** What the events of a bundle show, as far as that must be known before the first of them is sent. */
export interface Survey {
  readonly events: number;
  /** The position of the last one. */
  readonly last: Position | undefined;
  /** Whether these are all: more would be too much for one bundle. */
  readonly isWhole: boolean;
  /** The users of whom something is shown. */
  readonly concerned: ReadonlySet<UserId>;
  /** Those who are named: what tells of audits names some, and concerns nobody. */
  readonly named: ReadonlySet<UserId>;
  readonly files: readonly UploadedFile[];
  /** Whether there is one whose stored bytes serve to try passwords. */
  readonly isBare: boolean;
}

export interface SurveyBounds {
  readonly events: number;
  /** The bytes of files, above which only one file more is taken. */
  readonly fileBytes: number;
}

export interface Upload extends UploadedFile {
  readonly size: number;
}

/** Finds the upload of a file that another event tells of; undefined where it is gone with its user. */
export type FindUpload = (mediaId: MediaId) => Promise<Upload | undefined>;

const uploadIn = ({ type, position, data, isErased }: AuditedEvent): Upload | undefined =>
  type === 'MediaUploaded' && data !== null && !isErased
    ? { ...(data as Omit<Upload, 'position'>), position }
    : undefined;

const attachedIn = ({ type, data }: AuditedEvent): MediaId | undefined =>
  type === 'MediaAttached' && data !== null ? (data as { mediaId: MediaId }).mediaId : undefined;

/** The events of a bundle, counted one by one until there is no room for more. */
class Surveyed {
  readonly concerned = new Set<UserId>();
  readonly named = new Set<UserId>();
  readonly files: UploadedFile[] = [];
  events = 0;
  last: Position | undefined;
  isBare = false;
  readonly #known = new Set<MediaId>();
  #fileBytes = 0;

  hasRoom(bounds: SurveyBounds): boolean {
    return this.events < bounds.events && this.#fileBytes < bounds.fileBytes;
  }

  add(event: AuditedEvent, upload: Upload | undefined): void {
    this.events += 1;
    this.last = event.position;
    this.isBare ||= isStoredBare(event);
    for (const userId of shownUsers([event])) this.concerned.add(userId);
    for (const userId of event.userIds) this.named.add(userId);
    if (!upload || this.#known.has(upload.mediaId)) return;
    this.#known.add(upload.mediaId);
    this.files.push(upload);
    this.#fileBytes += upload.size;
  }
}

/** Looks through events, as many as one bundle holds. Files that were only attached are looked for where that can be done. */
export const surveyEvents = async (
  events: AsyncIterable<AuditedEvent>,
  bounds: SurveyBounds,
  find: FindUpload = () => Promise.resolve(undefined),
): Promise<Survey> => {
  const found = new Surveyed();
  let isWhole = true;
  for await (const event of events) {
    isWhole = found.hasRoom(bounds);
    if (!isWhole) break;
    const attached = attachedIn(event);
    found.add(event, attached === undefined ? uploadIn(event) : await find(attached));
  }
  const { events: count, last, concerned, named, files, isBare } = found;
  return { events: count, last, isWhole, concerned, named, files, isBare };
};

/** Looks through the events of a stretch, as many as one bundle holds. */
export const surveyStretch = (
  log: Pick<AuditedLog, 'first'>,
  stretch: Stretch,
  bounds: SurveyBounds,
): Promise<Survey> => surveyEvents(eventsIn(log, stretch), bounds);
