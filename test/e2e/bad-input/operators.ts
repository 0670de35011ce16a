import { expect } from 'chai';
import { history, send, type GetScene } from '../../support/signed-up.js';
import { call, expectProblem } from '../../support/call.js';
import type { Command } from './command.js';
import { connect } from '../../support/socket.js';
import { commandsOf } from './commands.js';
import { formedFields } from './frames.js';
import { formedPlaces, isOf } from './places.js';
import type { GetTarget } from '../../support/target.js';

/** These texts would have an effect if they were ever read as part of a statement. */
const STATEMENTS = [
  "' or '1'='1",
  "'; drop table events; --",
  '"; drop schema messages cascade; --',
  "x' union select password_hash from users.profiles --",
  '$1',
  "\\'; select pg_sleep(10); --",
  '{"$gt":""}',
  '$where: sleep(1000)',
  '%',
  '${process.exit(1)}',
  '{{constructor.constructor("return process")()}}',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
];

const OPERATORS = [
  { $gt: '' },
  { $ne: null },
  { $regex: '.*' },
  { $where: 'sleep(1000)' },
  { $in: ['ada', 'bob'] },
  [{ $ne: null }],
];

/** The fields that take any string, with the refusal of a command whose value nobody has. */
const OPAQUE: ReadonlyMap<string, readonly [number, string]> = new Map([
  ['login: login', [401, 'invalid_credentials']],
  ['login: password', [401, 'invalid_credentials']],
  ['refresh-token: refreshToken', [401, 'refresh_token_invalid']],
  ['verify-email: token', [400, 'token_invalid']],
  ['reset password: token', [400, 'token_invalid']],
  ['reset password: password', [400, 'token_invalid']],
  ['change password: currentPassword', [401, 'invalid_credentials']],
  ['change password: newPassword', [401, 'invalid_credentials']],
]);

/** Makes a text of the form of a token: tokens have no spaces, for which SQL accepts a comment, and are longer. */
const asToken = (statement: string): string => statement.replaceAll(' ', '/**/').padEnd(64, '.');

const isFormed = ({ name, texts, secrets }: Command, field: string): boolean =>
  ![...texts, ...secrets].includes(field) && !OPAQUE.has(`${name}: ${field}`);

/** The commands that create something are answered with 201. */
const CREATING = new Set(['register', 'send to a conversation', 'start group']);

export const describeOperators = (target: GetTarget, scene: GetScene): void => {
  const run = ({ method, path, body }: Command, field: string, value: unknown) =>
    call(target(), method, path, { token: scene().ada.accessToken, json: { ...body, [field]: value } });

  describe('operators of SQL and MongoDB', () => {
    it('are refused as objects in every field', async () => {
      for (const command of commandsOf(scene()))
        for (const field of [...command.strings, ...command.lists])
          for (const operator of OPERATORS) expectProblem(await run(command, field, operator), 400, 'invalid_request');
    });

    it('are refused as strings wherever a field has a form', async () => {
      for (const command of commandsOf(scene()))
        for (const field of command.strings.filter((name) => isFormed(command, name)))
          for (const statement of STATEMENTS)
            expectProblem(await run(command, field, statement), 400, 'invalid_request');
    });

    it('are a name, a password or a token like any other, which nobody has', async () => {
      const isOpaque = ({ name }: Command, field: string) => OPAQUE.has(`${name}: ${field}`);
      for (const command of commandsOf(scene()))
        for (const field of command.strings.filter((name) => isOpaque(command, name)))
          for (const statement of STATEMENTS) {
            const [status, code] = OPAQUE.get(`${command.name}: ${field}`)!;
            expectProblem(await run(command, field, asToken(statement)), status, code);
          }
    });

    it('are text like any other where a field takes any text', async () => {
      const fields = commandsOf(scene()).flatMap(({ texts }, index) => texts.map((field) => ({ index, field })));
      for (const statement of STATEMENTS)
        for (const { index, field } of fields) {
          const command = commandsOf(scene())[index]; // the command is made again, with new ids
          if (!command) throw new Error('no such command');
          const { status, text } = await run(command, field, statement.padEnd(10, '.'));
          const accepted = CREATING.has(command.name) ? [201] : [200, 204];
          expect(status, `${command.name} ${field} ${statement}: ${text}`).to.be.oneOf(accepted);
        }
    });

    it('do nothing in any part of a path or of a query', async () => {
      const names = ['__proto__', 'constructor', '\u0301'.repeat(1_000), '@'.repeat(1_000)];
      const commands = commandsOf(scene());
      for (const { name, method, route, with: addressWith } of formedPlaces) {
        const json = route.body && commands.find((command) => isOf(route, command))?.body;
        for (const value of [...STATEMENTS, ...names]) {
          const path = addressWith(value, scene());
          const answer = await call(target(), method, path, { token: scene().ada.accessToken, json });
          expect(answer.status, `${name}: ${path}`).to.equal(400);
          expectProblem(answer, 400, 'invalid_request');
        }
      }
      const inBrackets = `/message/v1/history?conversationId[$ne]=${scene().directId}`;
      expectProblem(
        await call(target(), 'GET', inBrackets, { token: scene().ada.accessToken }),
        400,
        'invalid_request',
      );
    }).timeout(180_000);

    it('do nothing in any field of a frame', async () => {
      const socket = await connect(target(), scene().ada.accessToken);
      await socket.next('ready');
      for (const { type, field, with: frameWith } of formedFields)
        for (const value of [...STATEMENTS, ...OPERATORS, '__proto__', 0, null]) {
          socket.send(frameWith(value, scene()));
          const what = `${type} ${field} ${JSON.stringify(value)}`;
          expect(await socket.next('error'), what).to.include({ code: 'invalid_request' });
        }
      socket.send({ type: 'ping' });
      await socket.next('pong');
      await socket.close();
    }).timeout(60_000);

    it('come back in a message as they were sent', async () => {
      const { ada, bob, directId: conversationId } = scene();
      let position = '0';
      for (const text of STATEMENTS) ({ position } = await send(target(), ada, { conversationId, text }));
      const texts = (await history(target(), bob, conversationId, position)).map(({ text }) => text);
      expect(texts.slice(-STATEMENTS.length)).to.deep.equal(STATEMENTS);
    });

    it('log nobody in', async () => {
      for (const statement of STATEMENTS)
        for (const json of [
          { login: statement, password: scene().ada.password },
          { login: scene().ada.username, password: statement },
        ]) {
          const answer = await call(target(), 'POST', '/user/v1/login', { json });
          expectProblem(answer, 401, 'invalid_credentials');
          expect(answer.body).not.to.have.property('accessToken');
        }
    });
  });
};
