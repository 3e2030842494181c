// Goal: the form of time this library writes is read digit by digit, and means what the general reader says.
// Method: each text against itself with one more zero of a second's fraction, which only the general reader reads; mutations.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TIME_MAX_MS, formatTime, parseTime } from '../../src/bytes/index.ts';

function agree(text: string): number | undefined {
  const time = parseTime(text);
  if (text.length === 24 && text.endsWith('Z') && text[19] === '.') {
    expect(parseTime(`${text.slice(0, -1)}0Z`), text).toBe(time);
  }
  return time;
}

describe('parseTime()', () => {
  it('reads what formatTime() writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: TIME_MAX_MS }), (timeMs) => {
        expect(agree(formatTime(timeMs))).toBe(timeMs);
      }),
      { numRuns: 3000 },
    );
  });

  it('says of changed text what the general reader says', () => {
    const changes = fc.array(fc.tuple(fc.nat(23), fc.constantFrom(...'0123456789-:.TZ+ ٣')), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: TIME_MAX_MS }), changes, (timeMs, edits) => {
        let text = formatTime(timeMs);
        for (const [at, put] of edits) text = text.slice(0, at) + put + text.slice(at + 1);
        agree(text);
      }),
      { numRuns: 10_000 },
    );
  });

  for (const text of [
    '1969-12-31T23:59:59.999Z',
    '2100-02-29T00:00:00.000Z',
    '2000-02-29T24:00:00.000Z',
    '2000-13-01T00:00:00.000Z',
    '2000-01-01T00:60:00.000Z',
    '2000-01-01T00:00:60.000Z',
    '2000-01-01T00:00:00.00/Z',
    '2000-01-01T00:00:00.0000',
  ]) {
    it(`refuses ${text}`, () => expect(agree(text)).toBeUndefined());
  }
  it('reads a leap day', () => expect(agree('2000-02-29T00:00:00.001Z')).toBe(951_782_400_001));
});
