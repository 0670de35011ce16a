import { expect } from 'chai';
import { idOfStream, streamOf } from '../../../src/domain/kernel/ids.js';
import { ada } from '../../support/ids.js';

describe('The stream of an aggregate', () => {
  it('says whose it is, also where an id has hyphens', () => {
    expect(ada).to.match(/-/);
    expect(idOfStream(streamOf('user', ada))).to.equal(ada);
  });
});
