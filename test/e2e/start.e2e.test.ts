import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly milliseconds?: Readonly<Record<string, number>>;
}

const INFO = 30;

const linesOf = (app: RunningApp): Line[] =>
  app
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

describe('the log of a server that is not in a terminal', function () {
  this.timeout(120_000);

  const logAt = async (level: string): Promise<Line[]> => {
    const app = await startApp({ env: { LOG_LEVEL: level } });
    expect((await call(app, 'GET', '/healthz')).status).to.equal(200);
    await app.stop();
    return linesOf(app);
  };

  it('says at debug how long each phase of the start took, and each request', async () => {
    const lines = await logAt('debug');
    expect(Object.keys(lines.find(({ msg }) => msg === 'started')?.milliseconds ?? {})).to.deep.equal([
      'modules',
      'database',
      'migrations',
      'keys and log',
      'signals',
      'projections',
      'session denylist',
      'interfaces',
    ]);
    expect(lines.filter(({ msg }) => msg === 'request')).to.have.length(1);
  });

  // Each request was a line at the level that everybody runs with: important lines were lost among them.
  it('says neither at info', async () => {
    const lines = await logAt('info');
    expect(lines.filter(({ level }) => level < INFO)).to.deep.equal([]);
    expect(lines.map(({ msg }) => msg))
      .to.include('stopped')
      .and.to.not.include('request');
  });
});
