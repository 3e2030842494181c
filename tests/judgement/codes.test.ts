// Goal:   the table of codes says all that the rules can raise, in a form documentation and callers can rely on.
// Method: the codes and levels of the first rule book written out by hand. (tests/docs compares docs/findings.md.)
import { describe, expect, it } from 'vitest';
import { CODES, WORDS, type CodeRow } from '../../src/judgement/index.ts';

/** Code: levels and class, as the rule book gives them. */
const BOOK: Readonly<Record<string, string>> = {
  'ID-01': '1 D',
  'ID-02': '1 D',
  'ID-03': '2 S',
  'ID-04': '3 S',
  'ID-05': '3 S',
  'ID-12': '4 P',
  'SG-02': '3 P',
  'SG-03': '3 S',
  'SG-04': '2,4 S',
  'SG-05': '3 S',
  'SG-06': '4 P',
  'SG-07': '4 P',
  'SG-08': '3 S',
  'SG-09': '3 S',
  'LG-01': '4 P',
  'LG-02': '4 P',
  'LG-03': '4 P',
  'LG-04': '4 P',
  'LG-05': '4 P',
  'LG-06': '4 P',
  'LG-09': '0 S',
  'LG-17': '2 S',
  'ST-01': '0,1,2,3 S',
  'ST-05': '3 S',
  'ST-06': '3 S',
  'ST-08': '4 P',
  'CU-01': '3 S',
  'CU-05': '3 S',
  'CU-06': '1 S',
  'DV-01': '0,2,3 S',
  'DV-02': '3 S',
  'DV-05': '3 S',
  'CL-01': '3 T',
  'CL-02': '4 P',
  'CL-03': '3,4 P',
  'QA-09': '1,3,4 P',
  'LC-01': '3 S',
  'LC-02': '3 S',
  'LC-08': '3 S',
  'CS-01': '0 S',
  'CS-02': '0,1,2 S',
};

const ROWS = Object.entries(CODES) as readonly (readonly [string, CodeRow])[];

describe('CODES', () => {
  it.each(Object.entries(BOOK))('lists %s with levels and class %s', (code, said) => {
    const row = CODES[code as keyof typeof CODES] as CodeRow | undefined;
    expect(row === undefined ? 'missing' : `${row.levels.join(',')} ${row.evidence}`).toBe(said);
  });

  it('lists beyond the first book only the revoked licence, which shares its rule with LC-01 and LC-02', () => {
    expect(ROWS.map(([code]) => code).filter((code) => !(code in BOOK))).toEqual(['LC-03']);
  });

  it('keeps the families in their order of evaluation, and the codes of a family together and ascending', () => {
    const order = ['LG', 'SG', 'ID', 'ST', 'CU', 'QA', 'LC', 'CL', 'DV', 'CS'];
    const codes = ROWS.map(([code]) => code);
    const sorted = [...codes].sort((a, b) => {
      const families = order.indexOf(a.slice(0, 2)) - order.indexOf(b.slice(0, 2));
      return families || (a < b ? -1 : 1);
    });
    expect(codes).toEqual(sorted);
  });

  it('gives each code a distinct name, sentences that end, ascending levels and at least one kind of subject', () => {
    expect(new Set(ROWS.map(([, { name }]) => name)).size).toBe(ROWS.length);
    for (const [code, row] of ROWS) {
      expect(row.name, code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(row.meaning, code).toMatch(/^[A-Z].*\.$/);
      expect(row.remedy, code).toMatch(/^[A-Z].*\.$/);
      expect(row.subjects.length, code).toBeGreaterThan(0);
      expect(row.levels, code).toEqual([...new Set(row.levels)].sort());
    }
  });

  it('has a word for each level', () => {
    expect(WORDS).toEqual(['genuine', 'notice', 'stop', 'suspect', 'contradiction proved']);
  });
});
