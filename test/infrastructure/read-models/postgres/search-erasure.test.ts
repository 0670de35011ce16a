import { expect } from 'chai';
import type { SearchedMessage } from '../../../../src/application/projections/search.js';
import { searchProjection } from '../../../../src/application/projections/registry.js';
import { project } from '../../../../src/application/projections/projector.js';
import type { Ask } from '../../../../src/infrastructure/projections/postgres/read-model.js';
import { SearchBatch } from '../../../../src/infrastructure/read-models/postgres/search-batch.js';
import * as sql from '../../../../src/infrastructure/read-models/postgres/search-rows.sql.js';
import { fact } from '../../../support/events.js';
import { ada, conversationNumber, messageNumber, positionOf } from '../../../support/ids.js';
import { recorded } from '../../../support/projections.js';

const MESSAGES = 3_000;

/** Each message has words that no other one has, so that there are several lists for each. */
const messageOf = (seq: number): SearchedMessage => ({
  messageId: messageNumber(seq),
  conversationId: conversationNumber(1),
  seq,
  senderId: ada,
  text: `${String.fromCodePoint(0x4e00 + seq)}ab cd`,
  sentAt: '2026-11-27T10:00:00.000Z' as SearchedMessage['sentAt'],
  sentPosition: positionOf(seq),
  position: positionOf(seq),
});

/** Answers like tables that hold these messages, without going to a database. */
const askOf = (messages: readonly SearchedMessage[]): Ask => {
  const conversations = [
    { conversationId: conversationNumber(1), lastSeq: MESSAGES, lastPosition: positionOf(MESSAGES) },
  ];
  const answers = new Map<string | undefined, readonly object[]>([
    [sql.LOAD.name, [{ conversations, messages: [], erased: [] }]],
    [sql.LOAD_SENT.name, messages.map((message) => ({ message }))],
  ]);
  return <Row extends object>({ name }: { readonly name?: string | undefined }) =>
    Promise.resolve((answers.get(name) ?? []) as readonly Row[]);
};

/** Counts the turns that others get while some work goes on. */
const turnsDuring = async (work: () => Promise<void>): Promise<number> => {
  let turns = 0;
  let next = setImmediate(function count() {
    turns += 1;
    next = setImmediate(count);
  });
  await work();
  clearImmediate(next);
  return turns;
};

describe('the erasure of a user who wrote much', () => {
  /**
   * The lists of 40,000 messages were made anew without a pause: for twelve seconds the server answered nobody, and lost the
   * leases of its projections.
   */
  it('lets others have their turns while lists are made anew', async () => {
    const batch = new SearchBatch();
    const ask = askOf(Array.from({ length: MESSAGES }, (_, n) => messageOf(n + 1)));
    const [erasure] = recorded([fact('UserErased', { userId: ada })], MESSAGES);
    await batch.load([erasure!], ask);
    project(searchProjection, batch.writers, erasure!);
    const turns = await turnsDuring(() => batch.complete(ask));
    expect(turns).to.be.at.least(MESSAGES / 300);
    expect(batch.statements().map(({ name }) => name)).to.deep.equal(['search.save', 'search.remove_lists']);
  });
});
