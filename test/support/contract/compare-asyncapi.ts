import type { JsonSchema } from '../json-schema.js';
import { when, type Breaking } from './change.js';
import { compareAnswered } from './compare-answered.js';
import { compareTaken } from './compare-taken.js';

export interface AsyncApi {
  readonly channels: Readonly<
    Record<
      string,
      { readonly address: string; readonly messages: Readonly<Record<string, { readonly payload: JsonSchema }>> }
    >
  >;
}

const messagesOf = ({ channels }: AsyncApi) =>
  Object.values(channels).flatMap(({ messages }) => Object.entries(messages));
const addressesOf = ({ channels }: AsyncApi) => Object.values(channels).map(({ address }) => address);

/** Lists what breaks clients of the frames. A new frame does not: clients pass over types that they do not know. */
export const compareAsyncApi = (before: AsyncApi, after: AsyncApi): Breaking[] => {
  const now = new Map(messagesOf(after));
  const addresses = addressesOf(after);
  return [
    ...addressesOf(before).flatMap((address) => when(!addresses.includes(address), address, 'is gone')),
    ...messagesOf(before).flatMap(([name, { payload }]): Breaking[] => {
      const message = now.get(name);
      if (!message) return [{ path: name, what: 'is gone' }];
      return (name.startsWith('client.') ? compareTaken : compareAnswered)(payload, message.payload, name);
    }),
  ];
};
