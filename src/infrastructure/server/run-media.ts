import { eraseMedia } from '../../application/reactors/erase-media.js';
import { blobPlaces } from '../media/blob-places.js';
import { runMediaCollection } from '../media/run-media-collection.js';
import type { ServerParts } from './server-parts.js';

/** Removes files whose time is over, and those of erased users, until it is released. */
export const runMedia = async (parts: ServerParts): Promise<void> => {
  const { application, config, consumers, engine, events, releases } = parts;
  const { move } = blobPlaces(config, engine.mongo);
  runMediaCollection({ ...parts, ...application, keepSeconds: config.MEDIA_KEEP_UNATTACHED, move });
  const ending = new AbortController();
  void consumers.run('media erasure', ending.signal, eraseMedia(events, application.blobs, await events.head()));
  releases.own('media erasure', ending, (it) => it.abort());
};
