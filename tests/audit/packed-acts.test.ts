// Goal: an act that was packed and read again is the act, field by field and in the order of its fields, which content is compared by.
// Method: acts of random rich worlds and of hostile texts, written and read in one run.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActReader, ActWriter } from '../../src/audit/packed-acts.ts';
import { Packer, Unpacker } from '../../src/audit/packing.ts';
import { RangeWords, readWords, WordBook, wordsOf } from '../../src/audit/words.ts';
import { contentOf, NOTHING_MORE, STEPS, type Act } from '../../src/custody/index.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const raw = fc.oneof(text, fc.constantFrom('\ud800', 'a\udfff', '', '\0', 'é', '😀'));
const optional = fc.option(raw, { nil: undefined });
const scan = fc.record({
  presented: optional,
  manual: fc.boolean(),
  machine: fc.boolean(),
  point: fc.option(
    fc.record({ latitude: fc.integer(), longitude: fc.double({ noNaN: true }), radius: fc.nat() }),
    { nil: undefined },
  ),
  countries: fc.array(raw, { maxLength: 3 }),
  session: optional,
  unused: fc.boolean(),
});
const more = fc
  .record({ undoes: optional, department: optional })
  .map((some) => ({ ...NOTHING_MORE, ...some }));
const time = fc.integer({ min: -1_000_000_000_000, max: 2 * 10 ** 14 });
const act: fc.Arbitrary<Act> = fc.record({
  ref: fc.record({ entry: fc.nat(), event: fc.nat() }),
  recordTimeMs: fc.nat({ max: 10 ** 13 }),
  timeMs: time,
  step: fc.constantFrom(...STEPS),
  actor: raw,
  kid: raw,
  eventId: optional,
  ids: fc.array(raw, { maxLength: 4 }),
  parent: optional,
  place: optional,
  from: optional,
  to: optional,
  toPlace: optional,
  lot: optional,
  expiry: optional,
  actId: optional,
  doses: fc.integer({ min: 1, max: 10_000 }),
  scan: fc.option(scan, { nil: undefined }),
  more: fc.option(more, { nil: undefined }),
});

/** In log order; acts of one entry have one record time. */
function inOrder(acts: readonly Act[]): readonly Act[] {
  const times = new Map(acts.map(({ ref, recordTimeMs }) => [ref.entry, recordTimeMs]));
  return [...acts]
    .sort((a, b) => a.ref.entry - b.ref.entry)
    .map((one) => ({ ...one, recordTimeMs: times.get(one.ref.entry)! }));
}

describe('packed acts', () => {
  it('are what was written', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), (some) => {
        const acts = inOrder(some);
        for (const words of [undefined, new RangeWords()]) {
          const packer = new Packer();
          const writer = new ActWriter(packer, words);
          for (const one of acts) writer.write(one);
          const common = words && readWords(words.finish());
          const reader = new ActReader(new Unpacker(packer.finish()), undefined, common);
          const read = acts.map(() => [reader.read(), reader.loose()]);
          expect(read).toEqual(acts.map((one) => [one, one]));
          expect(read.flat().map(contentOf)).toEqual(acts.flatMap((one) => [contentOf(one), contentOf(one)]));
        }
      }),
    );
  });
});

describe('words of a range', () => {
  it('are kept up to a bound, and told range by range', () => {
    const words = new RangeWords();
    const book = new WordBook();
    const long = 'x'.repeat(97);
    const said = [0, 400].map((first) => {
      const some = Array.from({ length: 600 }, (_, n) => `word ${first + n}`);
      const kept = [...some, ...some, long].filter((word) => words.numberOf(word) !== undefined);
      expect(kept).toEqual([...some.slice(0, 512), ...some.slice(0, 512)]);
      expect(some.slice(0, 512).map((word) => words.numberOf(word))).toEqual([...Array(512).keys()]);
      book.add(words.finish());
      return some.slice(0, 512);
    });
    expect(wordsOf(structuredClone(book.told()))).toEqual(said);
  });
});

describe('packed numbers', () => {
  it('are what was written', () => {
    const uint = fc.maxSafeNat();
    const int = fc.maxSafeInteger().map((value) => Math.trunc(value / 4) + 0);
    fc.assert(
      fc.property(fc.array(fc.tuple(uint, int, fc.double(), fc.uint8Array(), raw)), (rows) => {
        const packer = new Packer();
        for (const [a, b, c, d, e] of rows) {
          packer.uint(a);
          packer.int(b);
          packer.float(c);
          packer.block(d);
          packer.text(e);
        }
        const packed = new Unpacker(packer.finish());
        const read = rows.map(() => [
          packed.uint(),
          packed.int(),
          packed.float(),
          packed.block(),
          packed.text(),
        ]);
        expect(read).toEqual(rows);
        expect(packed.isDone).toBe(true);
      }),
    );
  });
});
