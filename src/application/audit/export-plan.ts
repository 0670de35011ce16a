import type { Position } from '../../domain/kernel/ids.js';
import type { BundleContent } from './bundle-files.js';
import type { Survey } from './survey-events.js';

/** What follows from which events are shown. */
export type ShownContent = Omit<BundleContent, 'origin' | 'logKeys' | 'names' | 'media'>;

/** Which events a bundle shows. */
export interface ExportPlan {
  readonly survey: Survey;
  /** Up to here all events that are asked for are in it. */
  readonly upTo: Position;
  /** What they are of, as a part of the name of a file. */
  readonly name: string;
  readonly content: () => Promise<ShownContent>;
}
