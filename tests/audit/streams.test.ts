// Goal: whatever acts a range has, each unit is told of the acts that speak of it, in log order, whichever partition it is in.
// Method: random acts of few ids of many kinds, written for several partitions and read again; the oracle is a plain loop.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntrySet } from '../../src/audit/entry-set.ts';
import { HeldActs } from '../../src/audit/held-acts.ts';
import { partitionOfUnit } from '../../src/audit/routing.ts';
import type { Runs } from '../../src/audit/spill.ts';
import { SharedRange } from '../../src/audit/shared-range.ts';
import { eventHash, readRuns, StreamWriter, type RangeStreams } from '../../src/audit/streams.ts';
import { readWords } from '../../src/audit/words.ts';
import { idsOf, NOTHING_MORE, STEPS, subjectKind, type Act } from '../../src/custody/index.ts';
import { act } from '../support/act.ts';

const serial = fc.oneof(
  fc.constantFrom('A', '1', 'A1', 'B2', 'C3', 'D4', 'LONGER', 'é1', 'A%2FB'),
  fc.stringMatching(/^[a-z]{2}$/),
);
const unit = fc
  .tuple(fc.constantFrom('09506000134352', '09506000134369'), serial)
  .map(([gtin, rest]) => `https://id.gs1.org/01/${gtin}/21/${rest}`);
const other = fc.constantFrom(
  'https://id.gs1.org/00/095060001343520018',
  'https://countermark.org/ns/code/x',
  'https://id.gs1.org/01/09506000134352',
  'urn:x:/21/y',
  '',
  '/',
);
/** More than stand in each partition they are in, of one product or of two. */
const many = fc
  .tuple(
    fc.uniqueArray(fc.stringMatching(/^[a-z]{4}$/), { minLength: 9, maxLength: 16 }),
    fc.constantFrom('09506000134352', '09506000134369'),
  )
  .map(([ends, gtin]) =>
    ends.map((end, i) => `https://id.gs1.org/01/${i % 2 === 0 ? gtin : '09506000134352'}/21/${end}`),
  );
const ids = fc.oneof(
  many,
  fc.uniqueArray(unit, { maxLength: 12 }),
  fc.uniqueArray(fc.oneof(unit, other), { maxLength: 6 }),
);
const said = fc.record({
  step: fc.constantFrom(...STEPS),
  ids,
  absent: fc.option(fc.uniqueArray(unit, { maxLength: 3 }), { nil: undefined, freq: 4 }),
  eventId: fc.option(fc.stringMatching(/^e[a-d]$/), { nil: undefined }),
  gap: fc.integer({ min: 0, max: 2 }),
});

function actsOf(all: readonly (typeof said extends fc.Arbitrary<infer T> ? T : never)[]): Act[] {
  let entry = 0;
  return all.map(({ step, ids: named, absent, eventId, gap }, event) => {
    entry += gap;
    return act({
      ref: { entry, event },
      recordTimeMs: entry * 1000,
      timeMs: event,
      step,
      actor: 'p',
      kid: 'k',
      eventId,
      ids: named,
      more: absent === undefined ? undefined : { ...NOTHING_MORE, absent },
    });
  });
}

/** What the runs of a range refer to. */
function rangeOf(
  { words, sharedEnds, partitions: { bytes, ends } }: RangeStreams,
  partitions: number,
): SharedRange {
  const [ids, shared] = [partitions, partitions + 1].map((number) => {
    const first = ends[number - 1]!;
    return (at: number, length: number) => bytes.subarray(first + at, first + at + length);
  });
  return new SharedRange(sharedEnds, shared!, readWords(words), ids!);
}

/** What a range says to one partition. */
function runOf({ bytes, ends }: Runs, partition: number): Runs {
  const run = bytes.slice(ends[partition - 1] ?? 0, ends[partition]);
  return { bytes: run, ends: Uint32Array.of(run.length) };
}

describe('streams', () => {
  it('tell each unit of the acts that speak of it, and each event id once', () => {
    const lists = fc.array(said, { maxLength: 25 });
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 4 }), fc.integer(), (all, partitions, seed) => {
        const acts = actsOf(all);
        const parting = { partitions, seed };
        // Two ranges, so that lists come again in another run.
        const half = Math.floor(acts.length / 2);
        const writer = new StreamWriter(parting);
        const runs = [acts.slice(0, half), acts.slice(half)].map((some) => {
          for (const act of some) writer.write(act);
          return writer.finish();
        });
        const expected = new Map<string, Act[]>();
        for (const act of acts) {
          for (const id of new Set(idsOf(act))) {
            if (subjectKind(id) === 'unit') expected.set(id, [...(expected.get(id) ?? []), act]);
          }
        }
        const read = new Map<string, Act[]>();
        const hashes: number[] = [];
        for (let partition = 0; partition < partitions; partition++) {
          const held = new HeldActs(new EntrySet());
          for (const run of runs) {
            const shared = rangeOf(run, partitions);
            readRuns(runOf(run.partitions, partition), [shared], held.table, {
              onUnits: (act, numbers) => held.onUnits(act, numbers),
              onEvent: (hash) => hashes.push(hash),
            });
          }
          for (const [id, some] of held.byUnit()) {
            expect(partitionOfUnit(id, partitions, seed)).toBe(partition);
            read.set(id, some);
          }
        }
        expect([...read].sort()).toEqual([...expected].sort());
        const eventIds = acts.flatMap(({ eventId }) => (eventId === undefined ? [] : [eventId]));
        expect(hashes.sort()).toEqual(eventIds.map((id) => eventHash(id, seed)).sort());
      }),
    );
  });

  it('keep units of one character where they are, named alone or with others', () => {
    const [first, second] = ['A', 'B'].map((end) => `https://id.gs1.org/01/09506000134352/21/${end}`);
    const base = { step: 'ship', actor: 'p' } as const;
    for (let seed = 0; seed < 20; seed++) {
      const writer = new StreamWriter({ partitions: 5, seed });
      writer.write(act({ ...base, ref: { entry: 0, event: 0 }, ids: [first!, second!] }));
      writer.write(act({ ...base, ref: { entry: 1, event: 0 }, ids: [first!] }));
      const { ends } = writer.finish().partitions;
      expect(new Set([0, ...ends]).size).toBe(2);
    }
  });
});
