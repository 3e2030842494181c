// Goal:   the table of codes says all that the rules can raise, in a form documentation and callers can rely on.
// Method: the codes and levels of book one of the rule book written out by hand. (tests/docs compares docs/findings.md.)
import { describe, expect, it } from 'vitest';
import { CODES, finding, WORDS, type CodeRow } from '../../src/judgement/index.ts';

/** Code: levels and class, as the rule book gives them. */
const BOOK: Readonly<Record<string, string>> = {
  'LG-01': '4 P',
  'LG-02': '4 P',
  'LG-03': '4 P',
  'LG-04': '4 P',
  'LG-05': '4 P',
  'LG-06': '4 P',
  'LG-09': '0 S',
  'LG-10': '4 P',
  'LG-11': '2 S',
  'LG-12': '1,2 S',
  'LG-15': '0 S',
  'LG-17': '2 S',
  'SG-01': '2 S',
  'SG-02': '1,3,4 P',
  'SG-03': '3 S',
  'SG-04': '2,4 S',
  'SG-05': '3 S',
  'SG-06': '4 P',
  'SG-07': '4 P',
  'SG-08': '3 S',
  'SG-09': '3 S',
  'SG-10': '3,4 P',
  'SG-11': '4 P',
  'SG-12': '4 P',
  'SG-13': '2 S',
  'ID-01': '1 D',
  'ID-02': '1 D',
  'ID-03': '1,2 S',
  'ID-04': '1,3 S',
  'ID-05': '1,3 S',
  'ID-06': '1,3 S',
  'ID-07': '1,3 S',
  'ID-08': '1,3 S',
  'ID-09': '3 S',
  'ID-10': '1 D',
  'ID-11': '1,3 S',
  'ID-12': '4 P',
  'ID-14': '4 P',
  'ID-15': '0,1 D',
  'RX-01': '2 S',
  'RX-02': '0 S',
  'RX-03': '2,3 S',
  'RX-04': '2,3 S',
  'RX-05': '2 S',
  'RX-06': '3 P',
  'RX-07': '4 P',
  'RX-08': '0 S',
  'RX-09': '2 S',
  'RX-10': '3 S',
  'RX-11': '2 S',
  'ST-01': '0,1,2,3 S',
  'ST-02': '3 S',
  'ST-03': '3 S',
  'ST-04': '3 S',
  'ST-05': '3 S',
  'ST-06': '3 S',
  'ST-07': '1 S',
  'ST-08': '4 P',
  'ST-09': '3 S',
  'ST-10': '1,2 S',
  'ST-11': '4 P',
  'ST-12': '3 S',
  'ST-13': '3 S',
  'ST-14': '3 S',
  'ST-15': '3 S',
  'ST-16': '3 S',
  'CO-01': '3 S',
  'CO-02': '3 S',
  'CO-03': '1,3 S',
  'CO-04': '2 S',
  'CO-05': '2 S',
  'CO-06': '4 P',
  'CO-08': '3 S',
  'CU-01': '3 S',
  'CU-02': '1,2 S',
  'CU-03': '2 S',
  'CU-04': '2 S',
  'CU-05': '3 S',
  'CU-06': '1,2 S',
  'CU-07': '3 S',
  'CU-08': '2 S',
  'CU-09': '3 S',
  'CU-10': '2 S',
  'CU-11': '1,2 D',
  'CU-12': '1 S',
  'CU-13': '3 P',
  'QA-01': '3 S',
  'QA-02': '2,3 S',
  'QA-03': '3 S',
  'QA-04': '1,2 S',
  'QA-05': '1 S',
  'QA-06': '4 P',
  'QA-07': '3 S',
  'QA-09': '1,3,4 P',
  'QA-11': '3 S',
  'LC-01': '3 S',
  'LC-02': '3 S',
  'LC-03': '3 S',
  'LC-04': '3 S',
  'LC-05': '3 S',
  'LC-06': '3 S',
  'LC-07': '2 S',
  'LC-08': '3 S',
  'LC-09': '4 P',
  'LC-10': '0 S',
  'LC-11': '3 S',
  'LC-13': '2 S',
  'CC-01': '0 D',
  'CC-02': '1 S',
  'CC-03': '1 S',
  'CC-04': '3 S',
  'CC-05': '2 S',
  'CC-06': '3 S',
  'CC-08': '2 S',
  'CC-09': '2 S',
  'CC-10': '2 S',
  'CC-12': '1 D',
  'CC-13': '1 D',
  'CC-16': '0 S',
  'CL-01': '3 T',
  'CL-02': '4 P',
  'CL-03': '3,4 P',
  'DV-01': '0,2,3 S',
  'DV-02': '3 S',
  'DV-03': '3 S',
  'DV-04': '3 S',
  'DV-05': '3 S',
  'CS-01': '0 S',
  'CS-02': '0,1,2 S',
  'CS-03': '0 S',
  'CS-04': '1 S',
  'CS-05': '3 S',
  'CS-06': '3 S',
  'CS-07': '3 S',
  'OP-01': '0 S',
  'OP-05': '1 D',
  'OP-06': '0 S',
};

const subject = { type: 'unit', id: 'https://id.gs1.org/01/09521000000018/21/A' } as const;
const ROWS = Object.entries(CODES) as readonly (readonly [string, CodeRow])[];

describe('CODES', () => {
  it.each(Object.entries(BOOK))('lists %s with levels and class %s', (code, said) => {
    const row = CODES[code as keyof typeof CODES] as CodeRow | undefined;
    expect(row === undefined ? 'missing' : `${row.levels.join(',')} ${row.evidence}`).toBe(said);
  });

  it('lists these 137 codes of 136 rows, and no others', () => {
    expect(Object.keys(BOOK)).toHaveLength(137);
    expect(ROWS.map(([code]) => code).filter((code) => !(code in BOOK))).toEqual([]);
  });

  it('says what other systems call each, in lists that are not empty', () => {
    const systems = ['emvs', 'dscsa', 'cbv', 'cn', 'other'];
    for (const [code, { equivalents }] of ROWS) {
      expect(
        Object.keys(equivalents).filter((system) => !systems.includes(system)),
        code,
      ).toEqual([]);
      for (const words of Object.values(equivalents) as string[][]) {
        expect(words.length, code).toBeGreaterThan(0);
        expect(
          words.filter((word) => word.trim() !== word || word === '' || word === '–'),
          code,
        ).toEqual([]);
      }
    }
    expect(CODES['ID-05'].equivalents).toEqual({
      emvs: ['#A3', 'PC_02'],
      dscsa: ['No_match_GTIN_Serial'],
      cbv: ['no_pedigree_match'],
      cn: ['E'],
    });
    expect(finding({ code: 'ID-05', severity: 3, subject, acts: [] }).equivalents).toBe(
      CODES['ID-05'].equivalents,
    );
  });

  it('keeps the families in their order of evaluation, and the codes of a family together and ascending', () => {
    const order = ['LG', 'SG', 'ID', 'RX', 'ST', 'CO', 'CU', 'QA', 'LC', 'CC', 'CL', 'DV', 'CS', 'OP'];
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
