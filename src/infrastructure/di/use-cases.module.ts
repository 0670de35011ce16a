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
import { createSessionWrites } from '../../application/kernel/session-writes.js';
import { createTransact } from '../../application/kernel/transact.js';
import type { PersonKeys } from '../../application/ports/person-keys.js';
import type { UseCases } from '../../application/kernel/use-cases.js';
import { getReceipts } from '../../application/messages/get-receipts.js';
import { listHistory } from '../../application/messages/list-history.js';
import { answerRepeats } from '../../application/messages/answer-repeats.js';
import { messagePlaces } from '../../application/messages/message-places.js';
import { findDestination } from '../../application/messages/recipients.js';
import { sendMessage } from '../../application/messages/send-message.js';
import { handledTypes } from '../../application/projections/projector.js';
import { PROJECTIONS } from '../../application/projections/registry.js';
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
import { addContact } from '../../application/contacts/add-contact.js';
import { blockUser } from '../../application/contacts/block-user.js';
import { listRelated } from '../../application/contacts/list-related.js';
import { removeContact } from '../../application/contacts/remove-contact.js';
import { unblockUser } from '../../application/contacts/unblock-user.js';
import { exportPerson } from '../../application/exports/export-person.js';
import { grantRole } from '../../application/roles/grant-role.js';
import { listRoles } from '../../application/roles/list-roles.js';
import { revokeRole } from '../../application/roles/revoke-role.js';
import { endSessionsOf } from '../../application/sessions/end-sessions-of.js';
import { endSession } from '../../application/sessions/end-session.js';
import { listSessions } from '../../application/sessions/list-sessions.js';
import { changePassword } from '../../application/users/change-password.js';
import { changeProfile } from '../../application/users/change-profile.js';
import { changeSettings } from '../../application/users/change-settings.js';
import { eraseOneself } from '../../application/users/erase-oneself.js';
import { eraseOther } from '../../application/users/erase-other.js';
import { getProfile } from '../../application/users/get-profile.js';
import { getSettings } from '../../application/users/get-settings.js';
import { requestPasswordReset } from '../../application/users/request-password-reset.js';
import { resetPassword } from '../../application/users/reset-password.js';
import { searchPeople } from '../../application/users/search-people.js';
import { evenTime } from '../../application/kernel/even-time.js';
import { requireRole } from '../../application/roles/require-role.js';
import { checkPassword } from '../../application/users/check-password.js';
import { eraseUser } from '../../application/users/erase-user.js';
import { createPeople, type People } from '../../application/users/people.js';
import { zip } from '../archive/zip.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { TOKENS } from './tokens.js';

const LONGEST_JITTER_MS = 10;

/** A few milliseconds, more with each attempt. */
const jitter = async (attempt: number): Promise<void> => {
  await sleep(Math.random() * LONGEST_JITTER_MS * (attempt + 1));
};

const accountsOf = async (context: ResolutionContext): Promise<Accounts> => {
  const { VERIFY_TOKEN_TTL, RESET_TOKEN_TTL } = await context.getAsync(TOKENS.Config);
  return {
    identifiers: await context.getAsync(TOKENS.Identifiers),
    hashes: await context.getAsync(TOKENS.KeyedHashes),
    passwords: await context.getAsync(TOKENS.Passwords),
    tickets: await context.getAsync(TOKENS.Tickets),
    ticketSeconds: { 'verify-email': VERIFY_TOKEN_TTL, 'password-reset': RESET_TOKEN_TTL },
  };
};

type Getter = <T>(token: Token<T>) => Promise<T>;

const accountUseCases = async (get: Getter) => {
  const store = await get(TOKENS.EventStore);
  const people = await get(TOKENS.People);
  const transact = await get(TOKENS.Transact);
  const accounts = await get(TOKENS.Accounts);
  const limits = await get(TOKENS.AttemptLimits);
  const gate = await get(TOKENS.SessionGate);
  const holders = await get(TOKENS.Holders);
  const mailing = { holders, limits, evenly: await get(TOKENS.EvenTime) };
  const tokens = await get(TOKENS.Tokens);
  const check = checkPassword(people, accounts.passwords, limits);
  const roles = await get(TOKENS.RequireRole);
  const onErased = await get(TOKENS.OnErased);
  const erase = eraseUser(transact, { store, hashes: accounts.hashes, gate, onErased });
  return {
    registerUser: registerUser(transact, accounts, limits),
    verifyEmail: verifyEmail(transact, accounts.tickets, limits),
    resendVerification: resendVerification(transact, accounts, mailing),
    requestPasswordReset: requestPasswordReset(transact, accounts, mailing),
    resetPassword: resetPassword(transact, accounts, limits, gate),
    changePassword: changePassword(transact, accounts.passwords, check, gate),
    logIn: logIn(transact, accounts, tokens, { people, holders, limits }),
    refreshSession: refreshSession(transact, tokens, { store, people, gate, limits }),
    logOut: logOut(transact, gate),
    listSessions: listSessions(await get(TOKENS.SessionViews)),
    endSession: endSession(transact, store, gate),
    endSessionsOf: endSessionsOf(transact),
    authenticate: authenticate(tokens.access, gate),
    eraseOneself: eraseOneself(erase, check),
    eraseOther: eraseOther(erase, roles),
  };
};

const peopleUseCases = async (get: Getter) => {
  const transact = await get(TOKENS.Transact);
  const people = await get(TOKENS.People);
  const directory = await get(TOKENS.UserDirectory);
  const roles = await get(TOKENS.RequireRole);
  const exporting = {
    store: await get(TOKENS.EventStore),
    directory,
    sessions: await get(TOKENS.SessionViews),
    conversations: await get(TOKENS.ConversationViews),
    messages: await get(TOKENS.MessageViews),
    limits: await get(TOKENS.AttemptLimits),
  };
  return {
    getOwnProfile: getOwnProfile(directory),
    getProfile: getProfile(directory),
    searchPeople: searchPeople(directory),
    changeProfile: changeProfile(transact),
    getSettings: getSettings(directory),
    changeSettings: changeSettings(transact),
    addContact: addContact(transact, people),
    removeContact: removeContact(transact),
    blockUser: blockUser(transact, people),
    unblockUser: unblockUser(transact),
    listRelated: listRelated(directory),
    grantRole: grantRole(transact, roles),
    revokeRole: revokeRole(transact, roles),
    listRoles: listRoles(people, roles),
    exportPerson: exportPerson(exporting, await get(TOKENS.Archive)),
  };
};

const talkingUseCases = async (get: Getter) => {
  const transact = await get(TOKENS.Transact);
  const identifiers = await get(TOKENS.Identifiers);
  const people = await get(TOKENS.RequirePeople);
  const access = await get(TOKENS.ConversationAccess);
  const places = await get(TOKENS.MessagePlaces);
  const views = await get(TOKENS.ConversationViews);
  const messages = await get(TOKENS.MessageViews);
  const directory = await get(TOKENS.UserDirectory);
  return {
    startDirectConversation: startDirectConversation(transact, identifiers, people),
    startGroup: startGroup(transact, identifiers, people),
    renameConversation: renameConversation(transact),
    addMembers: addMembers(transact, people),
    removeMember: removeMember(transact),
    changeMemberRole: changeMemberRole(transact),
    getConversation: getConversation(views, directory),
    listInbox: listInbox(views, directory),
    sendMessage: answerRepeats(sendMessage(transact, await get(TOKENS.FindDestination), places, identifiers), {
      store: await get(TOKENS.EventStore),
      identifiers,
      holders: await get(TOKENS.Holders),
    }),
    listHistory: listHistory(access, messages),
    getReceipts: getReceipts(access, messages, directory),
    markRead: markRead(transact, access, places, await get(TOKENS.People)),
  };
};

const assemble = async (context: ResolutionContext): Promise<UseCases> => {
  const get: Getter = (token) => context.getAsync(token);
  return { ...(await accountUseCases(get)), ...(await peopleUseCases(get)), ...(await talkingUseCases(get)) };
};

/** Whatever this node remembers of an erased person goes. */
const forgetPerson = (keys: PersonKeys, people: People) => (userId: UserId) => {
  keys.forget(userId);
  people.forget(userId);
};

/** What the doors can ask for, and what that takes. */
export const useCases = new ContainerModule(({ bind }) => {
  bind(TOKENS.SessionWrites).toConstantValue(
    createSessionWrites(
      PROJECTIONS.filter(({ isQueried }) => isQueried).map((each) => ({ name: each.name, types: handledTypes(each) })),
    ),
  );
  bind(TOKENS.Transact)
    .toResolvedValue(
      (store, identifiers, writes) => createTransact(store, identifiers, jitter, writes.note),
      [TOKENS.EventStore, TOKENS.Identifiers, TOKENS.SessionWrites],
    )
    .inSingletonScope();
  bind(TOKENS.Holders).toResolvedValue(findHolder, [TOKENS.EventStore, TOKENS.KeyedHashes]).inSingletonScope();
  bind(TOKENS.People).toResolvedValue(createPeople, [TOKENS.EventStore]).inSingletonScope();
  bind(TOKENS.RequireRole).toResolvedValue(requireRole, [TOKENS.People]).inSingletonScope();
  bind(TOKENS.OnErased).toResolvedValue(forgetPerson, [TOKENS.PersonKeys, TOKENS.People]).inSingletonScope();
  bind(TOKENS.EvenTime)
    .toResolvedValue(
      (log) =>
        evenTime(
          (milliseconds) => sleep(milliseconds),
          (error, requestId) => log.error({ err: error, requestId }, 'a link could not be mailed'),
        ),
      [TOKENS.Log],
    )
    .inSingletonScope();
  bind(TOKENS.Archive).toConstantValue(zip);
  bind(TOKENS.RequirePeople).toResolvedValue(requirePeople, [TOKENS.People, TOKENS.EventStore]).inSingletonScope();
  bind(TOKENS.ConversationAccess)
    .toResolvedValue(conversationAccess, [TOKENS.EventStore, TOKENS.RequirePeople])
    .inSingletonScope();
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
