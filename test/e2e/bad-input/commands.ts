import { LOG_START } from '../../../src/domain/kernel/position.js';
import { apiRoutes } from '../../../src/interfaces/http/app.js';
import type { Scene } from '../../support/signed-up.js';
import type { Command } from './command.js';
import { commandFrom } from './from-route.js';

/** Every route that takes a body. The use cases behind the routes are never called. */
const routes = apiRoutes({} as never, {} as never, () => LOG_START).filter(({ body }) => body !== undefined);

let registrations = 0;

/** Answers commands whose body depends on more than the form of their fields, with new names each time. */
const particular = ({ ada, bob, directId }: Scene): readonly Command[] => {
  registrations += 1;
  const username = `guest${registrations}`;
  const command = (
    name: string,
    [method, path]: readonly [Command['method'], string],
    body: Command['body'],
    fields: Partial<Pick<Command, 'strings' | 'texts' | 'lists'>>,
  ): Command => ({ name, method, path, body, strings: [], texts: [], lists: [], secrets: [], ...fields });
  return [
    command(
      'register',
      ['POST', '/user/v1/register'],
      { username, email: `${username}@example.org`, password: ada.password, displayName: 'Guest' },
      { strings: ['username', 'email', 'password', 'displayName'], texts: ['password', 'displayName'] },
    ),
    command('verify-email', ['POST', '/user/v1/verify-email'], { token: 'x'.repeat(86) }, { strings: ['token'] }),
    command(
      'resend',
      ['POST', '/user/v1/verify-email/resend'],
      { email: `${username}@example.org` },
      { strings: ['email'] },
    ),
    command(
      'login',
      ['POST', '/user/v1/login'],
      { login: ada.username, password: ada.password, device: 'laptop' },
      { strings: ['login', 'password', 'device'], texts: ['device'] },
    ),
    command(
      'refresh-token',
      ['POST', '/user/v1/refresh-token'],
      { refreshToken: 'x'.repeat(64) },
      { strings: ['refreshToken'] },
    ),
    command(
      'forgot password',
      ['POST', '/user/v1/password/forgot'],
      { email: `${username}@example.org` },
      { strings: ['email'] },
    ),
    command(
      'reset password',
      ['POST', '/user/v1/password/reset'],
      { token: 'x'.repeat(86), password: ada.password },
      { strings: ['token', 'password'] },
    ),
    command(
      'change password',
      ['POST', '/user/v1/password/change'],
      { currentPassword: 'not this one, surely', newPassword: ada.password },
      { strings: ['currentPassword', 'newPassword'] },
    ),
    command(
      'start direct',
      ['POST', '/conversation/v1'],
      { kind: 'direct', userId: bob.userId },
      { strings: ['kind', 'userId'] },
    ),
    command(
      'start group',
      ['POST', '/conversation/v1'],
      { kind: 'group', title: 'Engines', memberIds: [bob.userId] },
      { strings: ['kind', 'title'], texts: ['title'], lists: ['memberIds'] },
    ),
    command(
      'send to a conversation',
      ['POST', '/message/v1/send'],
      { conversationId: directId, text: 'hello' },
      { strings: ['conversationId', 'text', 'messageId', 'replyTo'], texts: ['text'], lists: ['attachments'] },
    ),
    command(
      'send to a user',
      ['POST', '/message/v1/send'],
      { recipientId: bob.userId, text: 'hello' },
      { strings: ['recipientId'] },
    ),
    command(
      'ask for an audit',
      ['POST', '/audit/v1/requests'],
      { call: 'GET /audit/v1/events', filter: {} },
      { strings: ['call'] },
    ),
    command(
      'send to a name',
      ['POST', '/message/v1/send'],
      { recipient: bob.username, text: 'hello' },
      { strings: ['recipient'] },
    ),
  ];
};

/**
 * Answers every command with a body. Those that are not particular are made from their routes, so that a new one is
 * tried as well.
 */
export const commandsOf = (scene: Scene): readonly Command[] => {
  const said = particular(scene);
  const others = routes.filter(
    ({ method, path }) => !said.some((each) => each.method === method.toUpperCase() && each.path === path),
  );
  return [...said, ...others.map((route) => commandFrom(route, scene))];
};
