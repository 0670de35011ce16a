import { expect } from 'chai';
import { handledTypes } from '../../../src/application/projections/projector.js';
import { messagesProjection, usersProjection } from '../../../src/application/projections/registry.js';
import { touchRows, type TouchVisitor } from '../../../src/application/projections/touched-rows.js';
import { touchUsers, type TouchedUsersVisitor } from '../../../src/application/projections/touched-users.js';
import { fact } from '../../support/events.js';

/** An event that touches nothing must ask for nothing: an engine that reads rows beforehand would change none. */
describe('The rows that an event touches', () => {
  /** Notes which kinds of rows are touched. */
  const touched = <Visitor>(touch: (visit: Visitor) => void): string[] => {
    const kinds: string[] = [];
    touch(new Proxy({}, { get: (_, kind) => () => kinds.push(String(kind)) }) as Visitor);
    return kinds;
  };

  it('are known of every event that the views of conversations are made from', () => {
    for (const type of handledTypes(messagesProjection))
      expect(
        touched<TouchVisitor>((visit) => touchRows(visit, fact(type))),
        type,
      ).not.to.deep.equal([]);
  });

  it('are known of every event that the views of users are made from', () => {
    for (const type of handledTypes(usersProjection))
      expect(
        touched<TouchedUsersVisitor>((visit) => touchUsers(visit, fact(type))),
        type,
      ).not.to.deep.equal([]);
  });
});
