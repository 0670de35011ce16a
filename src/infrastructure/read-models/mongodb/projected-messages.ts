import type { ProjectedMessages } from '../../../application/ports/projected-messages.js';
import type { Reading } from '../../projections/mongodb/used-generation.js';
import { LoadedMessages } from './loaded-messages.js';

/** Answers the ordinals of messages from the read model. */
export const createProjectedMessages = (reading: Reading): ProjectedMessages => ({
  sequences: (messageIds) =>
    reading(async (documents, upTo) => {
      const found = await new LoadedMessages(documents, upTo).messages(messageIds);
      return new Map(found.map(({ messageId, seq }) => [messageId, seq]));
    }),
});
