// Goal: who reports a theft makes good what the log lacks of the goods' way, as far back as a late record is believed.
// Method: books under watch, told of missed scans of several kinds and ages.
import { describe, expect, it } from 'vitest';
import { receive } from '../../src/epcis/index.ts';
import { Books } from '../../examples/simulation/books.ts';
import type { Recording } from '../../examples/simulation/capture.ts';
import type { Party } from '../../examples/simulation/parties.ts';

const ACTOR = { id: 'party', place: 'place' } as unknown as Party;
const UNIT = 'https://id.gs1.org/01/09521000000018/21/A';
const CARTON = 'https://id.gs1.org/00/395210000000000018';

const read = (reads: readonly string[], scan?: Recording['scan']): Recording => ({
  actor: ACTOR,
  reads,
  ...(scan === undefined ? {} : { scan }),
  build: (ids, time) => receive({ ids, time, place: ACTOR.place, to: ACTOR.id }),
});

describe('Books', () => {
  it('hold what is lacking of watched goods, one by one, and of no others', () => {
    const books = new Books();
    books.watch([UNIT, CARTON]);
    books.note(read([UNIT, 'another'], 'receipt'), 1000);
    expect(books.areWhole([CARTON, 'another'])).toBe(true);
    expect(books.areWhole([UNIT, CARTON])).toBe(false);
    expect(books.takeSince('another', 0)).toEqual([]);
    expect(books.takeSince(UNIT, 0)).toEqual([
      { recording: expect.objectContaining({ reads: [UNIT] }), timeMs: 1000 },
    ]);
  });

  it('give each record to be made good once', () => {
    const books = new Books();
    books.watch([UNIT]);
    books.note(read([UNIT], 'receipt'), 1000);
    expect(books.takeSince(UNIT, 1000)).toHaveLength(1);
    expect(books.takeSince(UNIT, 1000)).toEqual([]);
    expect(books.areWhole([UNIT])).toBe(true);
  });

  it('keep what is too old to be made good, or would not help', () => {
    const books = new Books();
    books.watch([CARTON]);
    books.note(read([CARTON], 'container'), 999);
    books.note(read([CARTON], 'container'), -Infinity);
    expect(books.takeSince(CARTON, 1000)).toEqual([]);
    expect(books.areWhole([CARTON])).toBe(false);
  });

  it('ask nothing of scans by which nothing changes hands', () => {
    const books = new Books();
    books.watch([UNIT]);
    for (const scan of ['counter', 'use', undefined] as const) books.note(read([UNIT], scan), 1000);
    expect(books.areWhole([UNIT])).toBe(true);
  });
});
