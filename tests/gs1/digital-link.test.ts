// Goal:   a Digital Link is read in one way only, and every serial number survives it, whatever its characters.
// Method: round trips over all of CSET 82, hand cases of the URI Syntax, bwip-js as a second opinion on links.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDigitalLink, parseDigitalLink } from '../../src/gs1/index.ts';
import type { AiElement } from '../../src/gs1/index.ts';
import { CSET_82, cset82, gtin14, linkable } from './arbitraries.ts';
import { printsDigitalLink } from './oracle.ts';

const GTIN = '09506000134352';
const parsed = (uri: string): string => {
  const result = parseDigitalLink(uri);
  return result.ok
    ? result.elements.map(({ ai, value }) => `${ai}=${value}`).join(' ')
    : `${result.finding} ${result.reason}`;
};

describe('parseDigitalLink()', () => {
  it('reads back what formatDigitalLink wrote', () => {
    fc.assert(
      fc.property(gtin14, linkable, linkable, cset82, (gtin, lot, serial, internal) => {
        const list: AiElement[] = [
          { ai: '01', value: gtin },
          { ai: '10', value: lot },
          { ai: '21', value: serial },
          { ai: '17', value: '271231' },
          { ai: '91', value: internal },
        ];
        for (const domain of [undefined, 'brand.example', 'brand.example:8443']) {
          expect(parseDigitalLink(formatDigitalLink(list, { domain }))).toEqual({ ok: true, elements: list });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('reads back a serial number of any single character of CSET 82', () => {
    for (const character of CSET_82) {
      const value = character === '.' ? 'a.' : character;
      const uri = formatDigitalLink([
        { ai: '01', value: GTIN },
        { ai: '21', value },
      ]);
      expect(uri).toMatch(
        /^https:\/\/id\.gs1\.org\/01\/09506000134352\/21\/(?:[A-Za-z0-9._-]|%[0-9A-F]{2})+$/,
      );
      expect(parsed(uri)).toBe(`01=${GTIN} 21=${value}`);
    }
  });

  it.each([
    [`https://id.gs1.org/01/${GTIN}`, `01=${GTIN}`],
    [`HTTPS://ID.GS1.ORG/01/${GTIN}/21/S`, `01=${GTIN} 21=S`],
    [`http://brand.example:80/a/b/01/${GTIN}/21/S`, `01=${GTIN} 21=S`],
    [`https://brand.example/01/01/${GTIN}/21/S`, `01=${GTIN} 21=S`],
    [`https://id.gs1.org/01/${GTIN}/21/01`, `01=${GTIN} 21=01`],
    [`https://id.gs1.org/01/${GTIN}/22/V/10/L/21/S`, `01=${GTIN} 22=V 10=L 21=S`],
    [`https://id.gs1.org/01/${GTIN}/10/L?17=271231`, `01=${GTIN} 10=L 17=271231`],
    [`https://id.gs1.org/01/${GTIN}/21/a%2fb%2B%25`, `01=${GTIN} 21=a/b+%`],
    [`https://id.gs1.org/01/${GTIN}/21/a+b`, `01=${GTIN} 21=a+b`],
    [`https://id.gs1.org/01/${GTIN}/21/%41`, `01=${GTIN} 21=A`],
    [`https://id.gs1.org/01/${GTIN}?linkType=gs1:pip&17=271231&x`, `01=${GTIN} 17=271231`],
    [`https://id.gs1.org/01/${GTIN}?`, `01=${GTIN}`],
    [`https://id.gs1.org/01/${GTIN}?91=a+b#21=x`, `01=${GTIN} 91=a+b`],
    ['https://id.gs1.org/414/9506000134352/254/x%2F1', '414=9506000134352 254=x/1'],
    ['https://id.gs1.org/8004/4000001111', '8004=4000001111'],
  ])('reads %s', (uri, expected) => {
    expect(parsed(uri)).toBe(expected);
  });

  it.each([
    ['', 'ID-01'],
    ['https://', 'ID-01'],
    ['https://id.gs1.org', 'ID-01'],
    ['https://id.gs1.org/', 'ID-01'],
    ['ftp://id.gs1.org/01/09506000134352', 'ID-01'],
    ['//id.gs1.org/01/09506000134352', 'ID-01'],
    ['https:///01/09506000134352', 'ID-01'],
    [`https://user@id.gs1.org/01/${GTIN}`, 'ID-01'],
    [`https://id.gs1.org:x/01/${GTIN}`, 'ID-01'],
    [`https://id.gs1.org\\@evil.example/01/${GTIN}`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/21`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/21/`, 'ID-01'],
    [`https://id.gs1.org/01//${GTIN}`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/21/S/10/L`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/21/S/21/S`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/235/T/21/S`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/17/271231`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}?21=S`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/21/S?01=${GTIN}`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/21/S?17=271231&17=271231`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/10/L?10=L`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}?9999=1`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}?17=271301`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}?17`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/21/%`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/21/%4`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}/21/%GG`, 'ID-01'],
    [`https://id.gs1.org/01/${GTIN}?%=1`, 'ID-01'],
    [`https://id.gs1.org/gtin/${GTIN}`, 'ID-01'],
    ['https://id.gs1.org/01/9506000134352', 'ID-01'],
    ['https://id.gs1.org/01/09506000134353', 'ID-02'],
    [`https://id.gs1.org/01/${GTIN}/21/%00`, 'ID-02'],
    [`https://id.gs1.org/01/${GTIN}/21/%C3%84`, 'ID-02'],
    [`https://id.gs1.org/01/${GTIN}/21/a b`, 'ID-02'],
    [`https://id.gs1.org/01/${GTIN}/21/\ud800`, 'ID-02'],
    ['https://id.gs1.org/constructor/x', 'ID-01'],
    ['https://id.gs1.org/__proto__/x', 'ID-01'],
  ])('answers %j with %s', (uri, finding) => {
    expect(parsed(uri)).toMatch(new RegExp(`^${finding} `));
  });

  it('refuses a link that is too long without reading it', () => {
    expect(parsed(`https://id.gs1.org/${'01/'.repeat(10_000_000)}`)).toBe('ID-01 too long');
  });
});

describe('formatDigitalLink()', () => {
  const list: AiElement[] = [
    { ai: '92', value: 'x' },
    { ai: '17', value: '271231' },
    { ai: '21', value: 'a/b' },
    { ai: '01', value: GTIN },
    { ai: '10', value: 'L+1' },
  ];

  it('puts qualifiers in the order of the key and attributes in the order of their AIs', () => {
    expect(formatDigitalLink(list)).toBe(`https://id.gs1.org/01/${GTIN}/10/L%2B1/21/a%2Fb?17=271231&92=x`);
  });

  it('writes what bwip-js takes for a valid link', () => {
    fc.assert(
      fc.property(gtin14, linkable, linkable, cset82, (gtin, lot, serial, internal) => {
        const uri = formatDigitalLink([
          { ai: '01', value: gtin },
          { ai: '10', value: lot },
          { ai: '21', value: serial },
          { ai: '17', value: '271231' },
          { ai: '91', value: internal },
        ]);
        expect(printsDigitalLink(uri)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a dot segment, which URI readers would drop', () => {
    for (const value of ['.', '..']) {
      expect(() =>
        formatDigitalLink([
          { ai: '01', value: GTIN },
          { ai: '21', value },
        ]),
      ).toThrow(RangeError);
    }
  });

  it.each([
    [[{ ai: '21', value: 'S' }]],
    [
      [
        { ai: '01', value: GTIN },
        { ai: '414', value: '9506000134352' },
      ],
    ],
    [
      [
        { ai: '01', value: GTIN },
        { ai: '21', value: 'S' },
        { ai: '235', value: 'T' },
      ],
    ],
    [
      [
        { ai: '414', value: '9506000134352' },
        { ai: '21', value: 'S' },
      ],
    ],
  ])('refuses %j with a RangeError', (elements) => {
    expect(() => formatDigitalLink(elements)).toThrow(RangeError);
  });

  it.each(['', 'a b', 'a/b', 'user@host', 'host:', 'host:123456', '-a', 'a?b', 'a#b', 'ä.example', 'a\n'])(
    'refuses the domain %j with a RangeError',
    (domain) => {
      expect(() => formatDigitalLink(list, { domain })).toThrow(RangeError);
    },
  );
});
