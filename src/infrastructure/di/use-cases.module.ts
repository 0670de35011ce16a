import { setTimeout as sleep } from 'node:timers/promises';
import { ContainerModule, type ResolutionContext } from 'inversify';
import { addMembers } from '../../application/conversations/add-members.js';
import { changeMemberRole } from '../../application/conversations/change-member-role.js';
import { conversationAccess } from '../../application/conversations/conversation-access.js';
import { getConversation } from '../../application/conversations/get-conversation.js';
import { listInbox } from '../../application/conversations/list-inbox.js';
import { removeMember } from '../../application/conversations/remove-member.js';
import { renameConversation } from '../../application/conversations/rename-conversation.js';
import { requirePeople } from '../../application/conversations/require-people.js';
import { startDirectConversation } from '../../application/conversations/start-direct-conversation.js';
import { startGroup } from '../../application/conversations/start-group.js';
import type { Token } from '../../application/kernel/token.js';
import { createTransact } from '../../application/kernel/transact.js';
import type { UseCases } from '../../application/kernel/use-cases.js';
import { getReceipts } from '../../application/messages/get-receipts.js';
import { listHistory } from '../../application/messages/list-history.js';
import { messagePlaces } from '../../application/messages/message-places.js';
import { findDestination } from '../../application/messages/recipients.js';
import { sendMessage } from '../../application/messages/send-message.js';
import { markRead } from '../../application/reading/mark-read.js';
import { authenticate } from '../../application/sessions/authenticate.js';
import { logIn } from '../../application/sessions/log-in.js';
import { logOut } from '../../application/sessions/log-out.js';
import { refreshSession } from '../../application/sessions/refresh-session.js';
import type { Accounts } from '../../application/users/accounts.js';
import { findHolder } from '../../application/users/find-holder.js';
import { getOwnProfile } from '../../application/users/get-own-profile.js';
import { registerUser } from '../../application/users/register-user.js';
import { resendVerification } from '../../application/users/resend-verification.js';
import { verifyEmail } from '../../application/users/verify-email.js';
import { TOKENS } from './tokens.js';

const LONGEST_JITTER_MS = 10;

/** A few milliseconds, more with each attempt. */
const jitter = async (attempt: number): Promise<void> => {
  await sleep(Math.random() * LONGEST_JITTER_MS * (attempt + 1));
};

const accountsOf = async (context: ResolutionContext): Promise<Accounts> => ({
  identifiers: await context.getAsync(TOKENS.Identifiers),
  hashes: await context.getAsync(TOKENS.KeyedHashes),
  passwords: await context.getAsync(TOKENS.Passwords),
  tickets: await context.getAsync(TOKENS.Tickets),
  verifyTokenSeconds: (await context.getAsync(TOKENS.Config)).VERIFY_TOKEN_TTL,
});

const assemble = async (context: ResolutionContext): Promise<UseCases> => {
  const get = <T>(token: Token<T>): Promise<T> => context.getAsync(token);
  const store = await get(TOKENS.EventStore);
  const transact = await get(TOKENS.Transact);
  const identifiers = await get(TOKENS.Identifiers);
  const accounts = await get(TOKENS.Accounts);
  const limits = await get(TOKENS.AttemptLimits);
  const holders = await get(TOKENS.Holders);
  const tokens = await get(TOKENS.Tokens);
  const gate = await get(TOKENS.SessionGate);
  const people = await get(TOKENS.RequirePeople);
  const access = await get(TOKENS.ConversationAccess);
  const places = await get(TOKENS.MessagePlaces);
  const views = await get(TOKENS.ConversationViews);
  const messages = await get(TOKENS.MessageViews);
  const directory = await get(TOKENS.UserDirectory);
  return {
    registerUser: registerUser(transact, accounts, limits),
    verifyEmail: verifyEmail(transact, accounts.tickets, limits),
    resendVerification: resendVerification(transact, accounts, holders, limits),
    getOwnProfile: getOwnProfile(directory),
    logIn: logIn(transact, accounts, tokens, { store, holders, limits }),
    refreshSession: refreshSession(transact, tokens, { store, gate, limits }),
    logOut: logOut(transact, gate),
    authenticate: authenticate(tokens.access, gate),
    startDirectConversation: startDirectConversation(transact, identifiers, people),
    startGroup: startGroup(transact, identifiers, people),
    renameConversation: renameConversation(transact),
    addMembers: addMembers(transact, people),
    removeMember: removeMember(transact),
    changeMemberRole: changeMemberRole(transact),
    getConversation: getConversation(views, directory),
    listInbox: listInbox(views, directory),
    sendMessage: sendMessage(transact, await get(TOKENS.FindDestination), places, identifiers),
    listHistory: listHistory(access, messages),
    getReceipts: getReceipts(access, messages),
    markRead: markRead(transact, access, places),
  };
};

/** What the doors can ask for, and what that takes. */
export const useCases = new ContainerModule(({ bind }) => {
  bind(TOKENS.Transact)
    .toResolvedValue(
      (store, identifiers) => createTransact(store, identifiers, jitter),
      [TOKENS.EventStore, TOKENS.Identifiers],
    )
    .inSingletonScope();
  bind(TOKENS.Holders).toResolvedValue(findHolder, [TOKENS.EventStore, TOKENS.KeyedHashes]).inSingletonScope();
  bind(TOKENS.ConversationAccess).toResolvedValue(conversationAccess, [TOKENS.EventStore]).inSingletonScope();
  bind(TOKENS.RequirePeople).toResolvedValue(requirePeople, [TOKENS.EventStore]).inSingletonScope();
  bind(TOKENS.MessagePlaces).toResolvedValue(messagePlaces, [TOKENS.EventStore]).inSingletonScope();
  bind(TOKENS.Accounts).toDynamicValue(accountsOf).inSingletonScope();
  bind(TOKENS.FindDestination)
    .toResolvedValue(
      (access, identifiers, holders, people) =>
        findDestination({ access, identifiers, holders, requirePeople: people }),
      [TOKENS.ConversationAccess, TOKENS.Identifiers, TOKENS.Holders, TOKENS.RequirePeople],
    )
    .inSingletonScope();
  bind(TOKENS.UseCases).toDynamicValue(assemble).inSingletonScope();
});
