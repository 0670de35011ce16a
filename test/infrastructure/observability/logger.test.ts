import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { createLogger } from '../../../src/infrastructure/observability/logger.js';

describe('the log', () => {
  const written = (isReadable: boolean, level = 'info'): string => {
    let text = '';
    const destination = { write: (chunk: string) => void (text += chunk) };
    const log = createLogger({ level, isReadable, destination });
    log.debug({ route: '/x' }, 'request');
    log.warn({ err: new Error('it broke'), projection: 'users', token: { token: 'secret' } }, 'trying again');
    return stripVTControlCharacters(text);
  };

  it('is one JSON object a line', () => {
    const lines = written(false).trimEnd().split('\n');
    expect(lines).to.have.length(1);
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(line).to.include({ msg: 'trying again', projection: 'users', level: 40 });
    expect(line['err']).to.include({ message: 'it broke' });
  });

  // In a terminal the log was JSON as well, which nobody reads.
  it('is made of readable lines for a user', () => {
    const [first = '', ...others] = written(true).split('\n');
    expect(first).to.match(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: trying again$/);
    expect(others.join('\n')).to.include('projection: "users"').and.to.include('Error: it broke');
    expect(() => JSON.parse(first) as unknown).to.throw(SyntaxError);
  });

  it('shows no secret in either', () => {
    for (const isReadable of [false, true]) expect(written(isReadable)).to.not.include('secret');
  });

  it('logs requests at debug', () => {
    for (const isReadable of [false, true]) {
      expect(written(isReadable)).to.not.include('request');
      expect(written(isReadable, 'debug')).to.include('request');
    }
  });
});
