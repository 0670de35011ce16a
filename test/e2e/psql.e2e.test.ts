import { expect } from 'chai';
import { chatapp, chatappGiven } from '../support/cli.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

describe('chatapp psql', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let env: Record<string, string>;

  before(async () => {
    database = await testDatabase();
    env = { DATABASE_URL: database.url };
  });
  after(() => database.drop());

  it('carries out a statement for a script', async () => {
    const { code, out, err } = await chatapp(env, 'psql', '-c', 'select 1 as one, null as two; select 3 as three');
    expect(code, err).to.equal(0);
    expect(out).to.equal('one  two\n1    -\n(1 row)\nthree\n3\n(1 row)\n');
    const json = await chatapp(env, 'psql', '--json', '-c', `select 'x' as text, null as none`);
    expect(JSON.parse(json.out)).to.deep.equal([{ text: 'x', none: null }]);
  });

  it('changes nothing without --write', async () => {
    const statement = 'create table public.made_by_hand (id integer)';
    const refused = await chatapp(env, 'psql', '-c', statement);
    expect([refused.code, refused.out]).to.deep.equal([1, '']);
    expect(refused.err).to.equal('chatapp: cannot execute CREATE TABLE in a read-only transaction\n');
    const done = await chatapp(env, 'psql', '--write', '-c', statement);
    expect([done.code, done.out], done.err).to.deep.equal([0, 'CREATE\n']);
  });

  it('reads statements that take several lines, and says what it is connected to', async () => {
    const typed = 'select 1\n  as one;\n\\d log.events\n\\d\n\\q\nselect 2 as never;\n';
    const { code, out, err } = await chatappGiven(typed, env, 'psql');
    expect(code, err).to.equal(0);
    expect(err).to.match(/^Connected to PostgreSQL \d+\S* at \S+, for reading alone\.\n$/);
    expect(out).to.match(/^one\n1\n\(1 row\)\ncolumn /);
    expect(out).to.match(/^position +bigint +t$/m);
    expect(out).to.match(/^log +events$/m);
    expect(out).not.to.include('never');
  });

  it('stops at the first statement that fails, where nobody sees it', async () => {
    const { code, out, err } = await chatappGiven('select 1 as one;\nselect nothing;\nselect 2 as two;\n', env, 'psql');
    expect([code, out]).to.deep.equal([1, 'one\n1\n(1 row)\n']);
    expect(err).to.include('chatapp: column "nothing" does not exist');
  });
});
