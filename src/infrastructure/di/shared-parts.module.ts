import { setTimeout as sleep } from 'node:timers/promises';
import { ContainerModule } from 'inversify';
import { conversationAccess } from '../../application/conversations/conversation-access.js';
import { requirePeople } from '../../application/conversations/require-people.js';
import { evenTime } from '../../application/kernel/even-time.js';
import { createSessionWrites } from '../../application/kernel/session-writes.js';
import { createTransact } from '../../application/kernel/transact.js';
import { messagePlaces } from '../../application/messages/message-places.js';
import { findDestination } from '../../application/messages/recipients.js';
import type { PersonKeys } from '../../application/ports/person-keys.js';
import { handledTypes } from '../../application/projections/projector.js';
import { PROJECTIONS } from '../../application/projections/registry.js';
import { requireRole } from '../../application/roles/require-role.js';
import type { Accounts } from '../../application/users/accounts.js';
import { findHolder } from '../../application/users/find-holder.js';
import { createPeople, type People } from '../../application/users/people.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { zip } from '../archive/zip.js';
import type { Config } from '../config.js';
import { bindFromPorts } from './bind-from-ports.js';
import { TOKENS } from './tokens.js';

const JITTER_MS = 10;
const LONGEST_JITTER_MS = 100;

/** A few milliseconds, more with each attempt. */
const jitter = async (attempt: number): Promise<void> => {
  await sleep(Math.random() * Math.min(LONGEST_JITTER_MS, JITTER_MS * (attempt + 1)));
};

/** Whatever this node remembers of an erased person goes. */
const forgetPerson = (keys: PersonKeys, people: People) => (userId: UserId) => {
  keys.forget(userId);
  people.forget(userId);
};

type AccountParts = Omit<Accounts, 'ticketSeconds'> & { readonly config: Config };

const accountsOf = ({ config, ...ports }: AccountParts): Accounts => ({
  ...ports,
  ticketSeconds: { 'verify-email': config.VERIFY_TOKEN_TTL, 'password-reset': config.RESET_TOKEN_TTL },
});

/** What several features are made of. */
export const sharedParts = new ContainerModule(({ bind }) => {
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
  bindFromPorts(bind, TOKENS.Accounts, accountsOf, {
    config: TOKENS.Config,
    identifiers: TOKENS.Identifiers,
    hashes: TOKENS.KeyedHashes,
    passwords: TOKENS.Passwords,
    tickets: TOKENS.Tickets,
  });
  bindFromPorts(bind, TOKENS.FindDestination, findDestination, {
    access: TOKENS.ConversationAccess,
    identifiers: TOKENS.Identifiers,
    holders: TOKENS.Holders,
    requirePeople: TOKENS.RequirePeople,
  });
});
