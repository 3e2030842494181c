// Goal: an entry has exactly one spelling, and everything else is refused with the right code.
// Method: the layout written out by hand; truncation at every length; properties with fast-check.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TIME_MAX_MS } from '../../src/bytes/index.ts';
import { errorCode } from '../../src/errors.ts';
import { ENTRY_BYTES_MAX, decodeEntry, encodeEntry } from '../../src/log/index.ts';
import type { NewEntry } from '../../src/log/index.ts';

const previous = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const statement = Uint8Array.of(0xaa, 0xbb);
const sample: NewEntry = { recordTimeMs: 0x01_0203_0405, previous, statement };

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'returned';
  } catch (error) {
    return errorCode(error) ?? 'no code';
  }
}

describe('encodeEntry()', () => {
  it('writes version, type, big-endian time, link and statement', () => {
    const header = [1, 1, 0, 0, 0, 1, 2, 3, 4, 5];
    expect([...encodeEntry(sample)]).toEqual([...header, ...previous, 0xaa, 0xbb]);
  });

  it('accepts the smallest and the largest statement and no other sizes', () => {
    expect(encodeEntry({ ...sample, statement: new Uint8Array(1) }).length).toBe(43);
    expect(encodeEntry({ ...sample, statement: new Uint8Array(65_493) }).length).toBe(ENTRY_BYTES_MAX);
    for (const length of [0, 65_494]) {
      expect(codeOf(() => encodeEntry({ ...sample, statement: new Uint8Array(length) }))).toBe(
        'ERR_OUT_OF_RANGE',
      );
    }
  });

  it('refuses wrong types, times, links and unknown members', () => {
    const wrong: [unknown, string][] = [
      [{ ...sample, recordTimeMs: -1 }, 'ERR_OUT_OF_RANGE'],
      [{ ...sample, recordTimeMs: TIME_MAX_MS + 1 }, 'ERR_OUT_OF_RANGE'],
      [{ ...sample, recordTimeMs: 1.5 }, 'ERR_OUT_OF_RANGE'],
      [{ ...sample, recordTimeMs: '1' }, 'ERR_INVALID_ARG_TYPE'],
      [{ ...sample, previous: new Uint8Array(31) }, 'ERR_OUT_OF_RANGE'],
      [{ ...sample, previous: [...previous] }, 'ERR_INVALID_ARG_TYPE'],
      [{ ...sample, statement: 'text' }, 'ERR_INVALID_ARG_TYPE'],
      [{ ...sample, recordTime: 1 }, 'ERR_OUT_OF_RANGE'],
      [undefined, 'ERR_INVALID_ARG_TYPE'],
    ];
    for (const [entry, code] of wrong) expect(codeOf(() => encodeEntry(entry as NewEntry))).toBe(code);
  });
});

describe('decodeEntry()', () => {
  it('is the inverse of encodeEntry()', () => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
      fc.uint8Array({ minLength: length, maxLength: length });
    const entries = fc.record({
      recordTimeMs: fc.integer({ min: 0, max: TIME_MAX_MS }),
      previous: bytes(32),
      statement: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    });
    fc.assert(
      fc.property(entries, (entry) => {
        expect(decodeEntry(encodeEntry(entry))).toEqual({ version: 1, type: 1, ...entry });
      }),
    );
  });

  it('gives one spelling only: whatever it accepts is encoded to the same bytes', () => {
    const start = fc.constantFrom([1, 1, 0, 0], [1, 1, 0, 0, 255], [1, 2], [0], [1, 1, 0, 1]);
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 80 }), (head, tail) => {
        const bytes = Uint8Array.from([...head, ...tail]);
        let entry;
        try {
          entry = decodeEntry(bytes);
        } catch (error) {
          expect(errorCode(error)).toMatch(/^ERR_DECODE_/);
          return;
        }
        const { recordTimeMs, previous: link, statement: body } = entry;
        expect(encodeEntry({ recordTimeMs, previous: link, statement: body })).toEqual(bytes);
      }),
    );
  });

  it('gives views of the bytes, not copies', () => {
    const bytes = encodeEntry(sample);
    expect(decodeEntry(bytes).statement.buffer).toBe(bytes.buffer);
  });

  it('refuses every truncation of the smallest entry', () => {
    const bytes = encodeEntry({ ...sample, statement: Uint8Array.of(1) });
    for (let length = 0; length < bytes.length; length++) {
      expect(codeOf(() => decodeEntry(bytes.subarray(0, length)))).toBe('ERR_DECODE_MALFORMED');
    }
    expect(codeOf(() => decodeEntry(bytes))).toBe('returned');
  });

  it('refuses every other version and type, the reserved one too', () => {
    const bytes = encodeEntry(sample);
    for (const at of [0, 1]) {
      for (let value = 0; value < 256; value++) {
        if (value === 1) continue;
        const changed = bytes.slice();
        changed[at] = value;
        expect(codeOf(() => decodeEntry(changed))).toBe('ERR_DECODE_VERSION');
      }
    }
  });

  it('refuses an entry that is too long and a time beyond the year 9999', () => {
    const long = new Uint8Array(ENTRY_BYTES_MAX + 1);
    long.set([1, 1]);
    expect(codeOf(() => decodeEntry(long))).toBe('ERR_DECODE_LIMIT');
    for (const at of [2, 3, 4]) {
      const late = encodeEntry({ ...sample, recordTimeMs: TIME_MAX_MS });
      late[at]! += 1;
      expect(codeOf(() => decodeEntry(late))).toBe('ERR_DECODE_LIMIT');
    }
  });

  it('refuses what is no bytes', () => {
    for (const value of [undefined, null, 'text', [1, 1], {}]) {
      expect(codeOf(() => decodeEntry(value as Uint8Array))).toBe('ERR_INVALID_ARG_TYPE');
    }
  });
});
