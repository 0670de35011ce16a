import { expect } from 'chai';
import type { EventFilter, ReadAllOptions } from '../../src/application/ports/event-store.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import { eventNumbered } from '../support/test-codec.js';
import { appendTo, collect, newCategory, newStream, type GetStore } from './store-steps.js';

const COUNT = 6;

/** Tests every way to read a range of the log, decoded and as it is stored. */
export const describeRanges = (store: GetStore): void => {
  const append = appendTo(store);
  /** Appends six events, each in a stream of its own; other events of the log stand around and between them. */
  const fill = async () => {
    const category = newCategory();
    const positions: Position[] = [];
    for (let n = 0; n < COUNT; n += 1) {
      await append(newStream(), 'no stream', eventNumbered(n));
      positions.push((await append(newStream(category), 'no stream', eventNumbered(n))).position);
    }
    const isOwn = ({ streamId }: { readonly streamId: string }) => streamId.startsWith(`${category}-`);
    return { positions, isOwn, filter: { streamPrefixes: [`${category}-`] } satisfies EventFilter };
  };
  const STRETCHES: readonly (readonly [number | undefined, number | undefined])[] = [
    [undefined, undefined],
    [1, undefined],
    [undefined, 3],
    [1, 4],
    [2, 2],
    [4, 1],
  ];

  for (const [of, readAll] of [
    ['events', (options: ReadAllOptions) => store().readAll(options)],
    ['stored bytes', (options: ReadAllOptions) => store().raw.readAll(options)],
  ] as const)
    it(`reads a stretch of the log from either end, as ${of}`, async () => {
      const { positions, isOwn, filter } = await fill();
      const read = async (options: ReadAllOptions) =>
        (await collect<{ position: Position; streamId: string }>(readAll(options)))
          .filter(isOwn)
          .map(({ position }) => position);
      for (const [after, upTo] of STRETCHES) {
        const stretch = {
          ...(after !== undefined && { after: positions[after]! }),
          ...(upTo !== undefined && { upTo: positions[upTo]! }),
        };
        const expected = positions.slice(after === undefined ? 0 : after + 1, upTo === undefined ? COUNT : upTo + 1);
        const said = `${after} to ${upTo}`;
        // The events that others have left at the start of the log may be undecodable.
        for (const options of after === undefined ? [{ ...stretch, filter }] : [stretch, { ...stretch, filter }]) {
          expect(await read(options), said).to.deep.equal(expected);
          expect(await read({ ...options, direction: 'forwards' }), said).to.deep.equal(expected);
          expect(await read({ ...options, direction: 'backwards' }), said).to.deep.equal(expected.toReversed());
        }
        expect(await read({ ...stretch, filter, limit: 2 }), said).to.deep.equal(expected.slice(0, 2));
        expect(await read({ ...stretch, filter, limit: 2, direction: 'backwards' }), said).to.deep.equal(
          expected.toReversed().slice(0, 2),
        );
      }
    });

  it('reads the newest event of the log first, backwards', async () => {
    const { positions } = await fill();
    const last = positions.at(-1)!;
    const [newest] = await collect(store().readAll({ upTo: last, direction: 'backwards', limit: 1 }));
    expect(newest?.position).to.equal(last);
  });
};
