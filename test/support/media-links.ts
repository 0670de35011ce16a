import type { Instant } from '../../src/domain/kernel/ids.js';
import { createMediaLinks } from '../../src/infrastructure/security/media-links.js';

/** Signs links with a secret of the tests, at one time. */
export const testLinks = createMediaLinks(
  ['a secret that tests alone have'],
  () => '2026-01-01T00:00:00.000Z' as Instant,
);

const SIGNED = new RegExp(`^(/media/v1/[0-9a-f-]{36}(?:/thumbnail)?)\\?link=[\\w-]{${testLinks.tokenLength}}$`);

/** Answers the path of a signed link. Fails for a link that is not signed. */
export const pathOfLink = (url: string): string => {
  const path = SIGNED.exec(url)?.[1];
  if (path === undefined) throw new Error(`${url} is not signed`);
  return path;
};

/** Answers an answer or a frame with the plain paths of its links, each of which must be signed. */
export const withoutLinks = <Content>(content: Content): Content =>
  JSON.parse(JSON.stringify(content), (key, value: unknown) =>
    (key === 'url' || key === 'thumbnailUrl') && typeof value === 'string' ? pathOfLink(value) : value,
  ) as Content;
