import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CATEGORIES, STREAM_NAME } from '../../../src/application/audit/stream-name.js';
import { PROJECTIONS } from '../../../src/application/projections/registry.js';
import { INDEX_STREAM } from '../../../src/domain/audit/subject-tree.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import { preferencesId } from '../../../src/domain/preferences/decider.js';
import { createWorld } from '../kernel/world.js';
import { ada, conversationNumber, messageNumber } from '../../support/ids.js';

const DOMAIN = 'src/domain';

/** The categories that deciders name. */
const decided = readdirSync(DOMAIN, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => [...readFileSync(join(DOMAIN, name), 'utf8').matchAll(/category: '([a-z]+)'/g)])
  .map(([, category]) => category);

describe('The name of a stream', () => {
  it('begins with the category of a decider', () => {
    expect([...CATEGORIES].sort()).to.deep.equal([...new Set(decided)].sort());
  });

  it('is one that the program gives', async () => {
    const { store, user } = await createWorld();
    await user('ada');
    const names = [
      ...[streamOf('message', messageNumber(1)), INDEX_STREAM, 'holds-all', 'retention-all'],
      streamOf('preferences', preferencesId(conversationNumber(1), ada)),
      streamOf('auditrefusal', `${ada}-2026-01-31T12`),
      ...PROJECTIONS.map(({ name }) => streamOf('maintenance', name)),
    ];
    for await (const { streamId } of store.readAll()) names.push(streamId);
    expect(names.length).to.be.greaterThan(12);
    for (const name of names) expect(name).to.match(STREAM_NAME);
  });

  for (const name of [
    'user-ada',
    'user-Ada.Lovelace',
    'email-ada_example_com',
    'ada-all',
    'user-all-ada',
    `user-${ada}-ada`,
    'message-Ada-Lovelace-of-12-Saint-James-Square-Lon',
    `user-${ada} `,
  ])
    it(`is nothing that somebody is called: ${name}`, () => expect(name).not.to.match(STREAM_NAME));
});
