import type { AddMembers } from '../conversations/add-members.js';
import type { ChangeMemberRole } from '../conversations/change-member-role.js';
import type { GetConversation } from '../conversations/get-conversation.js';
import type { ListInbox } from '../conversations/list-inbox.js';
import type { RemoveMember } from '../conversations/remove-member.js';
import type { RenameConversation } from '../conversations/rename-conversation.js';
import type { StartDirectConversation } from '../conversations/start-direct-conversation.js';
import type { StartGroup } from '../conversations/start-group.js';
import type { GetReceipts } from '../messages/get-receipts.js';
import type { ListHistory } from '../messages/list-history.js';
import type { SendMessage } from '../messages/send-message.js';
import type { MarkRead } from '../reading/mark-read.js';
import type { Authenticate } from '../sessions/authenticate.js';
import type { LogIn } from '../sessions/log-in.js';
import type { LogOut } from '../sessions/log-out.js';
import type { RefreshSession } from '../sessions/refresh-session.js';
import type { GetOwnProfile } from '../users/get-own-profile.js';
import type { RegisterUser } from '../users/register-user.js';
import type { ResendVerification } from '../users/resend-verification.js';
import type { VerifyEmail } from '../users/verify-email.js';

/** Everything the doors can ask for. */
export interface UseCases {
  readonly registerUser: RegisterUser;
  readonly verifyEmail: VerifyEmail;
  readonly resendVerification: ResendVerification;
  readonly getOwnProfile: GetOwnProfile;
  readonly logIn: LogIn;
  readonly refreshSession: RefreshSession;
  readonly logOut: LogOut;
  readonly authenticate: Authenticate;
  readonly startDirectConversation: StartDirectConversation;
  readonly startGroup: StartGroup;
  readonly renameConversation: RenameConversation;
  readonly addMembers: AddMembers;
  readonly removeMember: RemoveMember;
  readonly changeMemberRole: ChangeMemberRole;
  readonly getConversation: GetConversation;
  readonly listInbox: ListInbox;
  readonly sendMessage: SendMessage;
  readonly listHistory: ListHistory;
  readonly getReceipts: GetReceipts;
  readonly markRead: MarkRead;
}
