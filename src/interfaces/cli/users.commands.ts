import type { Command } from 'commander';
import type { OwnProfile } from '../../application/ports/user-directory.js';
import { USER_ROLES, type UserRole } from '../../domain/users/roles.js';
import { addCommand, createGroup, type Given } from './group.js';
import { limitOf } from './limit.js';
import { counted, tableOf } from './output.js';
import { actOf, carryOut, lookOf, REASON_TO_ACT, REASON_TO_LOOK } from './recorded.js';
import { requireUser } from './require-user.js';
import { ToolError, type CliParts, type Tool } from './tool.js';

const requireRole = (role = ''): UserRole => {
  const found = USER_ROLES.find((each) => each === role);
  if (!found) throw new ToolError(`there is no role ${role}: take one of ${USER_ROLES.join(', ')}`);
  return found;
};

/** Lists users, once it is recorded that somebody looks at them. What is looked for is left out: it may be a name or an address. */
const usersOf = (tool: Tool, options: Given): Promise<readonly OwnProfile[]> => {
  const { query, limit } = options;
  const call = lookOf({ command: 'users list', filter: {} }, options);
  return tool.useCases.auditGate.answered(call, tool.newContext(), async () => {
    const users = await tool.users.list(typeof query === 'string' ? query : undefined, limitOf(limit));
    return { answer: users, results: users.length, userIds: users.map(({ userId }) => userId) };
  });
};

/** Gives somebody a role, or takes it away. */
const changeRole = async (
  tool: Tool,
  change: 'grant' | 'revoke',
  [login, name]: readonly (string | undefined)[],
  options: Given,
) => {
  const asked = { role: requireRole(name), userId: await requireUser(tool, login) };
  const { grantRole, revokeRole } = tool.useCases;
  const { position } = await carryOut(tool, { command: `users ${change}`, filter: asked }, options, (context) =>
    (change === 'grant' ? grantRole : revokeRole)(asked, context),
  );
  return { ...asked, position };
};

/** Commands on users, their roles and their sessions. */
export const usersCommands = (parts: CliParts): Command => {
  const group = createGroup('users', 'list users, grant and revoke roles, end sessions, erase');
  addCommand(group, parts, {
    usage: 'list',
    summary: 'list users, by username',
    options: [
      ['--query <text>', 'only those whose username, name or address begins so'],
      ['--limit <n>', 'at most so many', '100'],
      REASON_TO_LOOK,
    ],
    examples: ['users list --reason "Who is admin"', 'users list --query ada --reason "Complaint 2026-17" --json'],
    run: async (tool, _, options) => {
      const users = await usersOf(tool, options);
      const rows = users.map((user) => [
        user.username,
        user.displayName,
        user.email,
        user.emailVerified,
        user.roles.join(', '),
        user.createdAt.slice(0, 10),
        user.userId,
      ]);
      const headings = ['username', 'name', 'e-mail', 'verified', 'roles', 'since', 'id'];
      return { json: { users }, text: `${tableOf(headings, rows)}\n${counted(users.length, 'user')}` };
    },
  });
  addCommand(group, parts, {
    usage: 'grant <login> <role>',
    summary: `give somebody a role: ${USER_ROLES.join(', ')}`,
    options: [REASON_TO_ACT],
    examples: ['users grant ada auditor', 'users grant ada@example.com admin --reason "Stands in for bob"'],
    run: async (tool, [login, name], options) => {
      const done = await changeRole(tool, 'grant', [login, name], options);
      return { json: done, text: `${login} is ${done.role}` };
    },
  });
  addCommand(group, parts, {
    usage: 'revoke <login> <role>',
    summary: 'take a role away: it is gone with the next request',
    options: [REASON_TO_ACT],
    examples: ['users revoke ada auditor'],
    run: async (tool, [login, name], options) => {
      const done = await changeRole(tool, 'revoke', [login, name], options);
      return { json: done, text: `${login} is not ${done.role} any more` };
    },
  });
  addCommand(group, parts, {
    usage: 'end-sessions <login>',
    summary: 'end every session of somebody: tokens stop working, sockets are closed',
    options: [REASON_TO_ACT],
    examples: ['users end-sessions ada'],
    run: async (tool, [login], options) => {
      const userId = await requireUser(tool, login);
      const recorded = { command: 'users end-sessions', filter: { userId } };
      const { position } = await carryOut(tool, recorded, options, (context) =>
        tool.useCases.endSessionsOf({ userId }, context),
      );
      return { json: { userId, position }, text: `every session of ${login} has ended` };
    },
  });
  addCommand(group, parts, {
    usage: 'erase <login>',
    summary: 'erase somebody, for good: what is personal is gone from read models, backups of keys aside, and the log',
    options: [['--yes', 'do not ask back: without it nothing is done'], REASON_TO_ACT],
    examples: ['users erase ada --yes --reason "Asked for by letter"'],
    run: async (tool, [login], options) => {
      const userId = await requireUser(tool, login);
      if (options['yes'] !== true)
        throw new ToolError(`erasing ${login} (${userId}) cannot be undone: say it again with --yes`);
      const recorded = { command: 'users erase', filter: { userId } };
      const { position } = await carryOut(tool, recorded, options, (context) =>
        tool.useCases.eraseOther({ userId }, context),
      );
      return { json: { userId, position }, text: `${login} is erased; read models follow as soon as a server runs` };
    },
  });
  addCommand(group, parts, {
    usage: 'certificate <userId>',
    summary: 'print the signed certificate of an erasure, to be kept, and verified offline by audit verify',
    options: [REASON_TO_ACT],
    examples: ['users certificate 01980000-0000-7000-8000-000000000001 > certificate.txt'],
    run: async (tool, [id], options) => {
      const userId = await requireUser(tool, id);
      const context = tool.newContext();
      const call = actOf({ command: 'users certificate', filter: { userId } }, options);
      const certificate = await tool.useCases.auditGate.answered(call, context, async () => ({
        answer: await tool.useCases.getErasureCertificate({ userId }, context),
        results: 1,
      }));
      return { json: { certificate }, text: certificate.slice(0, -1) };
    },
  });
  return group;
};
