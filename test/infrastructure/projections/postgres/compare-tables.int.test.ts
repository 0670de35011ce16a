import { expect } from 'chai';
import type pg from 'pg';
import type { TableComparison } from '../../../../src/application/ports/projection-operations.js';
import {
  compareTables,
  type CompareParts,
} from '../../../../src/infrastructure/projections/postgres/compare-tables.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';

const TABLES = `
  create table messages (id integer, conversation_id integer, text text, note text, gone integer,
                         primary key (conversation_id, id));
  alter table messages drop column gone;
  create table people (user_id integer primary key, name text);
  create table settings (name text, owner text, value text, primary key (name));
  create index on settings (owner);
  create view shown as select 1 as one;
  insert into messages values (1, 10, 'a', 'x'), (2, 10, 'b', 'x'), (1, 20, 'c', 'x');
  insert into people values (7, 'ada'), (8, 'bob');`;

describe('compareTables', () => {
  let database: TestDatabase;
  let client: pg.PoolClient;
  let asked: string[];

  beforeEach(async () => {
    database = await testDatabase();
    client = await database.pool.connect();
    asked = [];
    for (const schema of ['used', 'anew'])
      await client.query(`create schema ${schema}; set search_path = ${schema}; ${TABLES}`);
    await client.query('reset search_path');
  });
  afterEach(async () => {
    client.release(true);
    await database.drop();
  });

  const compare = async (unproven?: CompareParts['readModel']['unproven']) => {
    const parts = { client, schemas: ['used', 'anew'] as const, readModel: unproven ? { unproven } : {} };
    const compared = await compareTables(parts, (name) => asked.push(name));
    return new Map(compared.map((comparison) => [comparison.table, comparison]));
  };
  const differencesOf = (compared: ReadonlyMap<string, TableComparison>) =>
    [...compared.values()].flatMap(({ difference }) => difference ?? []);

  it('answers for each table how many rows there are, and what they are summed up by', async () => {
    const compared = await compare();
    expect([...compared.keys()]).to.deep.equal(['messages', 'people', 'settings']);
    const same = { differentGroups: 0, difference: null };
    const checksum = compared.get('messages')?.checksum;
    expect(checksum).to.match(/^-?\d+$/);
    expect(compared.get('messages')).to.deep.equal({
      table: 'messages',
      rows: 3,
      expected: 3,
      groupedBy: 'conversation_id',
      checksum,
      ...same,
    });
    expect(compared.get('people')).to.include({ rows: 2, expected: 2, groupedBy: 'user_id', ...same });
    expect(compared.get('settings')).to.include({ rows: 0, expected: 0, groupedBy: 'name', checksum: null, ...same });
    expect(asked).to.deep.equal(['messages', 'people', 'settings']);
  });

  it('takes the checksum from what the log says', async () => {
    const before = (await compare()).get('people');
    await client.query(`update used.people set name = 'eve'`);
    expect((await compare()).get('people')?.checksum).to.equal(before?.checksum);
    await client.query(`update anew.people set name = 'eve'`);
    expect((await compare()).get('people')?.checksum).not.to.equal(before?.checksum);
  });

  it('counts the groups that differ, and shows the first row of the first of them', async () => {
    await client.query(`update used.messages set text = 'z' where conversation_id = 20`);
    await client.query(`update used.messages set text = 'y', note = null where conversation_id = 10 and id = 2`);
    const compared = await compare();
    expect(compared.get('messages')).to.deep.include({
      rows: 3,
      expected: 3,
      differentGroups: 2,
      difference: {
        table: 'messages',
        key: { id: '2', conversation_id: '10' },
        problem: 'different',
        columns: ['text', 'note'],
      },
    });
    expect(differencesOf(compared)).to.have.length(1);
  });

  it('names a row that is missing, one that is too many, and a whole group of either', async () => {
    await client.query('delete from used.messages where conversation_id = 10 and id = 1');
    await client.query('delete from used.people where user_id = 7');
    await client.query(`insert into used.settings values ('theme', 'ada', 'dark')`);
    const compared = await compare();
    expect(compared.get('messages')).to.include({ rows: 2, expected: 3, differentGroups: 1 });
    expect(compared.get('settings')).to.include({ rows: 1, expected: 0, differentGroups: 1 });
    expect(differencesOf(compared)).to.deep.equal([
      { table: 'messages', key: { id: '1', conversation_id: '10' }, problem: 'missing', columns: [] },
      { table: 'people', key: { user_id: '7' }, problem: 'missing', columns: [] },
      { table: 'settings', key: { name: 'theme' }, problem: 'not in the log', columns: [] },
    ]);
  });

  it('sees a row that stands for another of its group', async () => {
    await client.query('update used.messages set id = 3 where conversation_id = 10 and id = 2');
    expect(differencesOf(await compare())).to.deep.equal([
      { table: 'messages', key: { id: '2', conversation_id: '10' }, problem: 'missing', columns: [] },
    ]);
  });

  it('leaves out columns that the log does not say, and rows of which it says nothing', async () => {
    await client.query(`update used.messages set note = 'y'`);
    await client.query(`insert into used.people values (9, 'eve')`);
    expect(differencesOf(await compare())).to.have.length(2);
    const where = (schema: string) => `t.user_id in (select user_id from ${schema}.people where user_id < 9)`;
    const unproven = { messages: { columns: ['note'] }, people: { columns: [], where } };
    const compared = await compare(unproven);
    expect(differencesOf(compared)).to.deep.equal([]);
    expect(compared.get('people')).to.include({ rows: 2, expected: 2 });
    await client.query(`update used.messages set text = 'z' where conversation_id = 20`);
    expect(differencesOf(await compare(unproven)))
      .to.have.nested.property('[0].columns')
      .that.deep.equals(['text']);
  });
});
