import { expect } from 'chai';
import { history, send, type GetScene } from '../../support/account.js';
import { call, expectProblem } from '../../support/call.js';
import { commandsOf, queriesWith, type Command } from './commands.js';
import type { GetTarget } from '../../support/target.js';

/** What would do something if it were ever read as part of a statement. */
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
        for (const field of command.strings.filter((name) => !command.texts.includes(name)))
          for (const statement of STATEMENTS) {
            const { status, text } = await run(command, field, statement);
            expect(status, `${command.name} ${field} ${statement}: ${text}`).to.be.within(400, 404);
          }
    });

    it('are text like any other where a field takes any text', async () => {
      const fields = commandsOf(scene()).flatMap(({ texts }, index) => texts.map((field) => ({ index, field })));
      for (const statement of STATEMENTS)
        for (const { index, field } of fields) {
          const command = commandsOf(scene())[index]; // anew, with ids of its own
          if (!command) throw new Error('no such command');
          const { status, text } = await run(command, field, statement.padEnd(10, '.'));
          expect(status, `${command.name} ${field} ${statement}: ${text}`).to.be.within(200, 299);
        }
    });

    it('do nothing in any part of a query', async () => {
      for (const statement of STATEMENTS)
        for (const path of queriesWith(statement)) {
          const { status, text } = await call(target(), 'GET', path, { token: scene().ada.accessToken });
          expect(status, `${path}: ${text}`).to.be.within(400, 404);
        }
    });

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
          const { status, body } = await call(target(), 'POST', '/user/v1/login', { json });
          expect(status).to.be.oneOf([400, 401]);
          expect(body).not.to.have.property('accessToken');
        }
    });
  });
};
