import { z } from 'zod';
import type { ReadableMedia } from '../../../application/media/get-media.js';
import { THUMBNAIL_TYPE } from '../../../application/ports/images.js';
import type { UseCases } from '../../../application/use-cases.js';
import { isShownInPlace } from '../../../domain/media/content-type.js';
import { uploaded } from '../../schemas/answers.js';
import { contentRequest, mediaId, mediaLink } from '../../schemas/fields.js';
import { contentDisposition } from '../content-disposition.js';
import { route, type Route } from '../route.js';
import { serveContent, type Content } from '../serve-content.js';

const tag = 'Media';

/** What a user uploaded may be anything: no browser runs it, or guesses that it is something else. */
const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'private, max-age=3600',
  // The pages of clients come from other origins, and whoever has no token and no link gets nothing.
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

const contentOf = ({ file, content }: ReadableMedia): Content => {
  const { contentType, name, sha256, size } = file;
  const disposition = contentDisposition(isShownInPlace(contentType) ? 'inline' : 'attachment', name);
  return {
    size,
    etag: `"${sha256}"`,
    headers: { ...HEADERS, 'Content-Type': contentType, 'Content-Disposition': disposition },
    read: (start, end) => content.read(start, end),
  };
};

const thumbnailOf = ({ file, content }: ReadableMedia): Content => ({
  size: content.size,
  etag: `"thumbnail-${file.sha256}"`,
  headers: { ...HEADERS, 'Content-Type': THUMBNAIL_TYPE, 'Content-Disposition': 'inline' },
  read: (start, end) => content.read(start, end),
});

const linkQuery = z.strictObject({ link: mediaLink.optional() });

export const mediaRoutes = (useCases: UseCases): Route[] => [
  route('post', '/media/v1', {
    tag,
    summary: 'Upload a file as the part `file` of a form; its type is that of its bytes, whatever it is called',
    takesFile: true,
    answers: { 201: uploaded },
    refusals: [
      'media_empty',
      'media_quota_exceeded',
      'storage_full',
      'image_damaged',
      'image_too_large',
      'image_too_many_frames',
      'image_too_costly',
      'image_unsupported',
    ],
    handle: async ({ file, context }) => {
      const { width, height, ...media } = await useCases.uploadMedia(file, context);
      const pixels = width === null || height === null ? {} : { width, height };
      return { status: 201, body: { ...media, ...pixels }, position: media.position };
    },
  }),
  route('get', '/media/v1/:mediaId', {
    tag,
    summary:
      'A file, or a part of it: of your own, in a message of a conversation of yours, or in the profile of somebody',
    projections: ['media', 'messages', 'users'],
    params: z.strictObject({ mediaId }),
    query: linkQuery,
    linksTo: 'content',
    headers: contentRequest,
    answers: { 200: null, 206: null, 304: null },
    downloads: '*/*',
    refusals: ['media_not_found', 'range_not_satisfiable'],
    handle: async ({ params, headers, context }) =>
      serveContent(contentOf(await useCases.getMedia(context.actor, params.mediaId)), headers),
  }),
  route('get', '/media/v1/:mediaId/thumbnail', {
    tag,
    summary: 'An image, small, for those who may read it',
    projections: ['media', 'messages', 'users'],
    params: z.strictObject({ mediaId }),
    query: linkQuery,
    linksTo: 'thumbnail',
    headers: contentRequest,
    answers: { 200: null, 206: null, 304: null },
    downloads: THUMBNAIL_TYPE,
    refusals: ['media_not_found', 'range_not_satisfiable'],
    handle: async ({ params, headers, context }) =>
      serveContent(thumbnailOf(await useCases.getThumbnail(context.actor, params.mediaId)), headers),
  }),
];
