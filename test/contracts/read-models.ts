import { describeConversations } from './conversation-read-models.js';
import { describeDeliveries } from './delivery-read-models.js';
import { describeErasures } from './erasures.js';
import { describeListedChanges } from './listed-changes.js';
import { describeMessageChanges } from './message-changes.js';
import { describeMedia } from './media-read-models.js';
import { describePinsAndPreferences } from './pins-and-preferences.js';
import { describeRandomHistories } from './random-read-models.js';
import { WAYS, type OpenReadModels } from './read-model-steps.js';
import { describeReplies } from './replies.js';
import { describeRandomSearches } from './random-search.js';
import { describeSearch } from './search-read-models.js';
import { describeUsers } from './user-read-models.js';
import { describeResumedReceipts } from './resumed-receipts.js';

/** Tests what the read models of every engine show of given events. */
export const readModelContract = (open: OpenReadModels): void => {
  for (const [way, feed] of Object.entries(WAYS))
    describe(`given events ${way}`, () => {
      describe('conversations and messages', () => describeConversations(open, feed));
      describe('receipts that a resume tells', () => describeResumedReceipts(open, feed));
      describe('pinned messages and preferences', () => describePinsAndPreferences(open, feed));
      describe('deliveries', () => describeDeliveries(open, feed));
      describe('messages that are changed', () => describeMessageChanges(open, feed));
      describe('what an erasure changes', () => describeErasures(open, feed));
      describe('replies', () => describeReplies(open, feed));
      describe('what a client asks for after a long break', () => describeListedChanges(open, feed));
      describeUsers(open, feed);
      describe('uploaded files', () => describeMedia(open, feed));
      describe('messages that are searched', () => describeSearch(open, feed));
    });
  describe('given random events', () => {
    describeRandomHistories(open);
    describeRandomSearches(open);
  });
};
