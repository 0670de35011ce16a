import type { ConversationAccess } from '../../application/conversations/conversation-access.js';
import type { ReadYourWrites } from '../../application/kernel/read-your-writes.js';
import type { SessionWrites } from '../../application/kernel/session-writes.js';
import type { Blocks } from '../../application/ports/blocks.js';
import type { BlobStore } from '../../application/ports/blob-store.js';
import type { DeliveryRecorder } from '../../application/deliveries/delivery-recorder.js';
import type { Clock } from '../../application/ports/clock.js';
import type { ConversationViews } from '../../application/ports/conversation-views.js';
import type { Identifiers } from '../../application/ports/identifiers.js';
import type { KeyedHashes } from '../../application/ports/keyed-hashes.js';
import type { MediaLinks } from '../../application/ports/media-links.js';
import type { MessageViews } from '../../application/ports/message-views.js';
import type { PinViews } from '../../application/ports/pin-views.js';
import type { ProjectedMessages } from '../../application/ports/projected-messages.js';
import type { PresenceAudience } from '../../application/ports/presence-audience.js';
import type { SessionDenylist } from '../../application/ports/session-denylist.js';
import type { Tickets } from '../../application/ports/tickets.js';
import type { UserDirectory } from '../../application/ports/user-directory.js';
import type { UseCases } from '../../application/use-cases.js';
import type { UserLookup } from '../../application/users/user-lookup.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { AnnouncedProgress } from '../../application/projections/announced-progress.js';

/** What the container makes: the use cases, and the ports that the server and the command-line tool need beside them. */
export interface Application {
  readonly useCases: UseCases;
  readonly readYourWrites: ReadYourWrites;
  readonly sessionWrites: SessionWrites;
  readonly identifiers: Identifiers;
  readonly hashes: KeyedHashes;
  readonly clock: Clock;
  readonly blobs: BlobStore;
  readonly lookup: UserLookup;
  readonly denylist: SessionDenylist;
  readonly onErased: (userId: UserId) => void;
  readonly tickets: Tickets;
  readonly progress: AnnouncedProgress;
  readonly projectedMessages: ProjectedMessages;
  readonly directory: UserDirectory;
  readonly conversations: ConversationViews;
  readonly messages: MessageViews;
  readonly links: MediaLinks;
  readonly pins: PinViews;
  readonly deliveries: DeliveryRecorder;
  readonly presenceAudience: PresenceAudience;
  readonly blocks: Blocks;
  readonly conversationAccess: ConversationAccess;
}
