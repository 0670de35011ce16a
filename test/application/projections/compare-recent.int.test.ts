import { expect } from 'chai';
import type { EventBatch, EventStore } from '../../../src/application/ports/event-store.js';
import type { RecentEvents } from '../../../src/application/ports/projection-generations.js';
import { PROMPT } from '../../../src/application/projections/pace.js';
import type { Projection } from '../../../src/application/projections/projector.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { compareRecent } from '../../../src/application/projections/compare-recent.js';
import { prepareGeneration } from '../../../src/infrastructure/projections/postgres/generations.js';
import { createPostgresGenerations } from '../../../src/infrastructure/projections/postgres/postgres-generations.js';
import type { ReadModel } from '../../../src/infrastructure/projections/postgres/read-model.js';
import type { RecentQuestion } from '../../../src/infrastructure/projections/postgres/recent-question.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { recordedAt } from '../../support/recorded-event.js';
import { ScriptedLog } from '../../support/scripted-log.js';

const projection: Projection<object> = {
  name: 'counted',
  version: 2,
  projectors: [{ name: 'counted', on: { RequestAccepted: () => undefined, SessionRefreshed: () => undefined } }],
  rebuildable: true,
  isQueried: true,
  pace: PROMPT,
  redrivenBy: 'applying',
};
const at = (position: number) => String(position) as Position;
const batch = (after: number, positions: readonly number[], position: number): EventBatch => ({
  after: at(after),
  events: positions.map(recordedAt),
  undecodable: [],
  position: at(position),
  passed: position - after,
  caughtUp: false,
});

describe('Comparing a projection with the newest events', () => {
  let database: TestDatabase;
  let log: ScriptedLog;
  let asked: RecentEvents[];

  beforeEach(async () => {
    database = await testDatabase();
    log = new ScriptedLog();
    asked = [];
    const client = await database.pool.connect();
    await prepareGeneration(client, projection, { tables: '' });
    client.release();
  });
  afterEach(() => database.drop());

  const reach = (position: number) =>
    database.pool.query('update projections.checkpoints set position = $1', [position]);
  /** Compares with the questions of each look. */
  const compare = (questions: (look: number) => readonly RecentQuestion[] = () => [], version = projection.version) => {
    const readModel: ReadModel<object> = {
      tables: '',
      recent: (newest) => questions(asked.push(newest)),
      open: () => ({ writers: {}, batch: [] }),
    };
    const events = log as unknown as EventStore;
    const compared = { ...projection, version };
    const generations = createPostgresGenerations({ pool: database.pool, projection: compared, readModel });
    return compareRecent({ events, projection: compared, generations });
  };
  const telling = (...problems: readonly (readonly [string, number])[]): RecentQuestion => ({
    text: 'select problem, position from unnest($1::text[], $2::text[]) as p (problem, position)',
    values: [problems.map(([problem]) => problem), problems.map(([, position]) => position)],
  });
  const positions = () => asked[0]?.events.map(({ position }) => Number(position));

  it('asks about the newest 5,000 positions up to the checkpoint', async () => {
    await reach(6_000);
    log.put(batch(1_000, [1_001, 1_002], 4_000), batch(4_000, [5_999, 6_000, 6_001], 6_001));
    expect(await compare()).to.deep.equal({ events: 4, problems: [] });
    expect(asked).to.have.length(1);
    expect(asked[0]).to.include({ after: '1000', to: '6000' });
    expect(positions()).to.deep.equal([1_001, 1_002, 5_999, 6_000]);
    expect(log.subscriptions).to.deep.equal([
      { after: '1000', filter: { types: ['RequestAccepted', 'SessionRefreshed'] } },
    ]);
  });

  it('asks about the whole log where it is shorter', async () => {
    await reach(3);
    log.put(batch(0, [1, 2, 3], 3));
    expect(await compare()).to.deep.equal({ events: 3, problems: [] });
    expect(asked[0]).to.include({ after: '0', to: '3' });
  });

  it('asks nothing where nothing was projected yet', async () => {
    expect(await compare()).to.deep.equal({ events: 0, problems: [] });
    expect([asked, log.subscriptions]).to.deep.equal([[], []]);
  });

  it('leaves out what is parked', async () => {
    await reach(3);
    log.put(batch(0, [1, 2, 3], 3));
    const { eventId, streamId, type } = recordedAt(2);
    await database.pool.query(
      `insert into projections.parked (projection, position, stream_id, event_id, type, reason)
       values ('counted', 2, $1, $2, $3, 'no reason'), ('another', 3, $1, $2, $3, 'no reason')`,
      [streamId, eventId, type],
    );
    expect(await compare()).to.have.property('events', 2);
    expect(positions()).to.deep.equal([1, 3]);
  });

  it('reports what is wrong at two looks, in the order of the log', async () => {
    await reach(12);
    log.put(batch(0, [1], 12));
    const questions = [telling(['third', 11], ['second', 9]), telling(['first', 2])];
    expect(await compare(() => questions)).to.deep.equal({ events: 1, problems: ['first', 'second', 'third'] });
    expect(asked).to.have.length(2);
  });

  it('reports nothing that a second look does not find', async () => {
    await reach(1);
    log.put(batch(0, [1], 1));
    const { problems } = await compare((look) => (look === 1 ? [telling(['gone by now', 1])] : []));
    expect([problems, asked.length]).to.deep.equal([[], 2]);
  });

  it('looks as of one moment, and as of a later one the second time', async () => {
    await reach(1);
    await database.pool.query('create table counted.wrong as select 1 as position');
    const subscribe = async function* () {
      await database.pool.query('delete from counted.wrong'); // the event was only applied late
      yield batch(0, [1], 1);
    };
    log.subscribe = subscribe;
    const question = { text: `select 'wrong' as problem, position::text from counted.wrong`, values: [] };
    const { problems } = await compare(() => [question]);
    expect([problems, asked.length]).to.deep.equal([[], 2]);
  });

  it('refuses tables of another version, and lets go of its connection', async () => {
    await reach(1);
    const refusal: unknown = await compare(() => [], 3).catch((error: unknown) => error);
    expect(String(refusal)).to.include('the tables of counted are of another version');
    const { rows } = await database.pool.query('select now() = statement_timestamp() as begun');
    expect(rows, 'in no transaction that was left open').to.deep.equal([{ begun: true }]);
  });
});
