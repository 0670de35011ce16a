import { decision } from '../../../src/application/kernel/decision.js';
import type { Instant, MediaId, Sha256, UserId } from '../../../src/domain/kernel/ids.js';
import { media } from '../../../src/domain/media/decider.js';
import type { World } from '../kernel/world.js';

interface File {
  readonly name: string | null;
  readonly contentType: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** Records a file that a user has uploaded. */
export const uploaded = async (world: World, by: UserId, file: File): Promise<MediaId> => {
  const mediaId = world.identifiers.newMediaId();
  const data = { ...file, mediaId, size: 5, sha256: 'e'.repeat(64) as Sha256, by, at: world.now() };
  const uploading = decision(media, mediaId, { type: 'UploadMedia', data });
  await world.transact(world.contextOf(by), async () => ({ decisions: [uploading], answer: () => ({}) }));
  return mediaId;
};

/** Collects a file, a minute from now, where nothing has it. */
export const collect = async (world: World, mediaId: MediaId): Promise<void> => {
  const later = new Date(Date.now() + 60_000).toISOString() as Instant;
  const data = { uploadedBefore: later, isHeld: false, at: later };
  const collecting = decision(media, mediaId, { type: 'CollectMedia', data });
  await world.transact(world.contextOf(null), async () => ({ decisions: [collecting], answer: () => ({}) }));
};
