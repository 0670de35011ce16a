import { asyncApiDocument } from '../../src/interfaces/ws/asyncapi.js';
import type { JsonSchema } from './json-schema.js';

/** One frame of the published document. */
export interface PublishedFrame {
  readonly name: string;
  readonly payload: JsonSchema;
  readonly examples: readonly { readonly name: string; readonly payload: Readonly<Record<string, unknown>> }[];
}

export interface AsyncApi {
  readonly channels: { readonly live: { readonly messages: Readonly<Record<string, PublishedFrame>> } };
}

/** The document as a server publishes it. */
export const asyncApi = JSON.parse(
  JSON.stringify(asyncApiDocument({ version: '0.0.0', url: 'http://127.0.0.1' })),
) as AsyncApi;

/** Answers the frames of a document, by their types. */
export const framesOf = ({ channels }: AsyncApi, direction: 'client' | 'server'): ReadonlyMap<string, PublishedFrame> =>
  new Map(
    Object.entries(channels.live.messages)
      .filter(([name]) => name.startsWith(`${direction}.`))
      .map(([, frame]) => [frame.name, frame]),
  );
