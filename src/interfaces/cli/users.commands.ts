import type { Command } from 'commander';
import { USER_ROLES, type UserRole } from '../../domain/users/roles.js';
import { addCommand, createGroup } from './group.js';
import { limitOf } from './limit.js';
import { counted, tableOf } from './output.js';
import { requireUser } from './require-user.js';
import { ToolError, type CliParts } from './tool.js';

const requireRole = (role = ''): UserRole => {
  const found = USER_ROLES.find((each) => each === role);
  if (!found) throw new ToolError(`there is no role ${role}: take one of ${USER_ROLES.join(', ')}`);
  return found;
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
    ],
    examples: ['users list', 'users list --query ada', 'users list --limit 1000 --json'],
    run: async ({ users: all }, _, { query, limit }) => {
      const users = await all.list(typeof query === 'string' ? query : undefined, limitOf(limit));
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
    examples: ['users grant ada auditor', 'users grant ada@example.com admin'],
    run: async (tool, [login, name]) => {
      const [role, userId] = [requireRole(name), await requireUser(tool, login)];
      const { position } = await tool.useCases.grantRole({ userId, role }, tool.newContext());
      return { json: { userId, role, position }, text: `${login} is ${role}` };
    },
  });
  addCommand(group, parts, {
    usage: 'revoke <login> <role>',
    summary: 'take a role away: it is gone with the next request',
    examples: ['users revoke ada auditor'],
    run: async (tool, [login, name]) => {
      const [role, userId] = [requireRole(name), await requireUser(tool, login)];
      const { position } = await tool.useCases.revokeRole({ userId, role }, tool.newContext());
      return { json: { userId, role, position }, text: `${login} is not ${role} any more` };
    },
  });
  addCommand(group, parts, {
    usage: 'end-sessions <login>',
    summary: 'end every session of somebody: tokens stop working, sockets are closed',
    examples: ['users end-sessions ada'],
    run: async (tool, [login]) => {
      const userId = await requireUser(tool, login);
      const { position } = await tool.useCases.endSessionsOf({ userId }, tool.newContext());
      return { json: { userId, position }, text: `every session of ${login} has ended` };
    },
  });
  addCommand(group, parts, {
    usage: 'erase <login>',
    summary: 'erase somebody, for good: what is personal is gone from read models, backups of keys aside, and the log',
    options: [['--yes', 'do not ask back: without it nothing is done']],
    examples: ['users erase ada --yes'],
    run: async (tool, [login], { yes }) => {
      const userId = await requireUser(tool, login);
      if (yes !== true) throw new ToolError(`erasing ${login} (${userId}) cannot be undone: say it again with --yes`);
      const { position } = await tool.useCases.eraseOther({ userId }, tool.newContext());
      return { json: { userId, position }, text: `${login} is erased; read models follow as soon as a server runs` };
    },
  });
  addCommand(group, parts, {
    usage: 'certificate <userId>',
    summary: 'print the signed certificate of an erasure, to be kept, and verified offline by audit verify',
    examples: ['users certificate 01980000-0000-7000-8000-000000000001 > certificate.txt'],
    run: async (tool, [id]) => {
      const userId = await requireUser(tool, id);
      const certificate = await tool.useCases.getErasureCertificate({ userId }, tool.newContext());
      return { json: { certificate }, text: certificate.slice(0, -1) };
    },
  });
  return group;
};
