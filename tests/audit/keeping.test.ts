// Goal: numbers that entries are found again by tell exactly the entry, for logs of every length, and lie in the bucket they are looked for.
// Method: names and entries at the ends of what is possible, and a writer read back through a run.
import { describe, expect, it } from 'vitest';
import { TransientMemory } from '../../src/audit/index.ts';
import {
  bucketFirst,
  bucketOf,
  keyText,
  KeyWriter,
  numbersOf,
  wakeNumber,
  wakesBetween,
  wokenEntry,
} from '../../src/audit/keeping.ts';
import { ENTRIES_MAX, entriesEndFor, keyFirst, packRun, RunReader, writeRun } from '../../src/audit/runs.ts';

const NAMES = Array.from({ length: 300 }, (_, i) => `https://id.gs1.org/01/00000000000000/21/${i}`);
const ALL = [
  ...NAMES,
  ...NAMES.map(keyText.event),
  ...NAMES.map(keyText.asks),
  ...NAMES.map(keyText.corrects),
];

describe('entriesEndFor()', () => {
  it('leaves a log room to grow, and keys no more than 32 bits', () => {
    expect([0, 1, 2 ** 18, 2 ** 18 + 1, 1_000_000, 10_000_000, ENTRIES_MAX].map(entriesEndFor)).toEqual([
      2 ** 21,
      2 ** 21,
      2 ** 21,
      2 ** 22,
      2 ** 23,
      2 ** 27,
      2 ** 29,
    ]);
  });
});

describe('numbersOf()', () => {
  it('tells every entry below the end, in whole numbers', () => {
    for (const entriesEnd of [2 ** 21, 2 ** 25, ENTRIES_MAX]) {
      for (const name of ALL) {
        const { first, end } = numbersOf(name, { seed: 7, entriesEnd });
        expect([end - first, Number.isSafeInteger(end - 1), first >= 0]).toEqual([entriesEnd, true, true]);
        for (const entry of [0, 1, entriesEnd - 1]) expect(keyFirst(first + entry, entriesEnd)).toBe(first);
        const bucket = bucketOf(first, 16);
        expect(bucketFirst(bucket, 16) <= first && end <= bucketFirst(bucket + 1, 16)).toBe(true);
      }
    }
  });

  it('has what is rare in an eighth of its own', () => {
    const eighths = (names: readonly string[]) =>
      new Set(names.map((name) => bucketOf(numbersOf(name, { seed: 1, entriesEnd: 2 ** 21 }).first, 8)));
    expect([...eighths(NAMES.flatMap((name) => [name, keyText.event(name)]))].sort()).toEqual([
      0, 1, 2, 3, 4, 5, 6,
    ]);
    expect([...eighths([keyText.asks('a'), keyText.corrects('b'), keyText.records('c')])]).toEqual([7]);
  });

  it('finds in a run what a writer wrote', async () => {
    const memory = new TransientMemory();
    const space = { seed: 99, entriesEnd: entriesEndFor(1000) };
    const writer = new KeyWriter(space);
    for (const [i, name] of ALL.entries()) writer.addName(name, i);
    const place = await writeRun(memory, packRun(writer.finish()));
    const runs = new RunReader(memory);
    for (const [i, name] of ALL.entries()) {
      const range = numbersOf(name, space);
      expect((await runs.numbers(place, [range])).map((number) => number - range.first)).toEqual([i]);
    }
  });
});

describe('wakeNumber()', () => {
  it('is found once its minute has come, with the last entry there can be', () => {
    const entry = ENTRIES_MAX - 1;
    const nowMs = Date.UTC(2026, 0, 1);
    const isDue = (wakeMs: number, asOfMs: number) => {
      const number = wakeNumber(wakeMs, entry);
      expect([wokenEntry(number), Number.isSafeInteger(number)]).toEqual([entry, true]);
      return wakesBetween(nowMs, asOfMs).some(({ first, end }) => number >= first && number < end);
    };
    expect(isDue(0, nowMs)).toBe(true);
    expect(isDue(nowMs + 60_000, nowMs)).toBe(false);
    expect(isDue(nowMs + 60_000, nowMs + 60_000)).toBe(true);
    expect(isDue(Number.MAX_SAFE_INTEGER, nowMs + 60_000)).toBe(false);
  });
});
