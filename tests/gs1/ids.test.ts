// Goal:   every thing has one canonical id, and every other spelling leads to it.
// Method: builders against the parser with random values, hand vectors, the EPC URNs and links of public EPCIS documents.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalDigitalLink,
  canonicalId,
  epcElements,
  isGtin,
  lotId,
  parseCanonicalId,
  parseId,
  partyId,
  placeId,
  productId,
  sgtin,
  sscc,
  traceCodeId,
} from '../../src/gs1/index.ts';
import { isCanonicalId } from '../../src/gs1/ids.ts';
import { vectorsPath } from '../support/vectors.ts';
import { anyText, cset82, gln13, gtin14, linkable, sscc18, textOf } from './arbitraries.ts';

const GTIN = '09506000134352';

describe('builders and parseCanonicalId()', () => {
  it('agree on units and lots of any serial and lot', () => {
    fc.assert(
      fc.property(gtin14, cset82, (gtin, value) => {
        const unit = sgtin(gtin, value);
        expect(parseCanonicalId(unit)).toEqual({
          scheme: 'gs1',
          type: 'unit',
          id: unit,
          gtin,
          serial: value,
        });
        const lot = lotId(gtin, value);
        expect(parseCanonicalId(lot)).toEqual({ scheme: 'gs1', type: 'lot', id: lot, gtin, lot: value });
      }),
      { numRuns: 2000 },
    );
  });

  it('agree on containers, places, parties, products and trace codes', () => {
    fc.assert(
      fc.property(
        sscc18,
        gln13,
        gtin14,
        cset82,
        textOf('0123456789', 20, 20),
        (pallet, gln, gtin, ext, trace) => {
          const at = (id: string): unknown => parseCanonicalId(id);
          expect(at(sscc(pallet))).toEqual({
            scheme: 'gs1',
            type: 'container',
            id: sscc(pallet),
            sscc: pallet,
          });
          expect(at(placeId(gln))).toEqual({ scheme: 'gs1', type: 'place', id: placeId(gln), gln });
          const inner = placeId(gln, ext);
          expect(at(inner)).toEqual({ scheme: 'gs1', type: 'place', id: inner, gln, extension: ext });
          expect(at(partyId(gln))).toEqual({ scheme: 'gs1', type: 'party', id: partyId(gln), gln });
          expect(at(productId(gtin))).toEqual({ scheme: 'gs1', type: 'product', id: productId(gtin), gtin });
          const id = traceCodeId(trace);
          expect(at(id)).toEqual({
            scheme: 'cn-trace',
            type: 'unit',
            id,
            traceCodePrefix: trace.slice(0, 7),
          });
        },
      ),
    );
  });

  it('give different ids to different values', () => {
    fc.assert(
      fc.property(cset82, cset82, (a, b) => {
        expect(sgtin(GTIN, a) === sgtin(GTIN, b)).toBe(a === b);
      }),
    );
  });

  it('spell the ids of the format page', () => {
    expect(sgtin(GTIN, 'S1')).toBe('https://id.gs1.org/01/09506000134352/21/S1');
    expect(sgtin('9506000134352', 'a/b%+(1)')).toBe(
      'https://id.gs1.org/01/09506000134352/21/a%2Fb%25%2B%281%29',
    );
    expect(sscc('040123451111111110')).toBe('https://id.gs1.org/00/040123451111111110');
    expect(placeId('4012345000054')).toBe('https://id.gs1.org/414/4012345000054');
    expect(placeId('4012345000054', '5')).toBe('https://id.gs1.org/414/4012345000054/254/5');
    expect(partyId('4012345000054')).toBe('https://id.gs1.org/417/4012345000054');
    expect(lotId(GTIN, 'L-1')).toBe('https://id.gs1.org/01/09506000134352/10/L-1');
    expect(traceCodeId('81234567890123456789')).toBe(
      'https://countermark.org/ns/id/cn-trace/81234567890123456789',
    );
  });

  it('refuse values that are none', () => {
    for (const text of ['', '1', '09506000134353', 'x'.repeat(14), ' 9506000134352']) {
      for (const build of [productId, sscc, placeId, partyId, traceCodeId]) {
        expect(() => build(text)).toThrow(RangeError);
      }
    }
    for (const text of ['', 'x'.repeat(21), 'Ä', 'a b', '\x1d', '\ud800', '~', '#']) {
      expect(() => sgtin(GTIN, text)).toThrow(RangeError);
      expect(() => lotId(GTIN, text)).toThrow(RangeError);
      expect(() => placeId('4012345000054', text)).toThrow(RangeError);
    }
    for (const value of [undefined, null, 9506000134352, {}, []]) {
      const text = value as unknown as string;
      for (const build of [productId, sscc, placeId, partyId, traceCodeId])
        expect(() => build(text)).toThrow(TypeError);
      expect(() => sgtin(GTIN, text)).toThrow(TypeError);
    }
  });

  it.each([
    ['another case of an escape', `https://id.gs1.org/01/${GTIN}/21/a%2fb`],
    ['a needless escape', `https://id.gs1.org/01/${GTIN}/21/%41`],
    ['a missing escape', `https://id.gs1.org/01/${GTIN}/21/a+b`],
    ['an escaped character outside CSET 82', `https://id.gs1.org/01/${GTIN}/21/%23`],
    ['a tilde', `https://id.gs1.org/01/${GTIN}/21/~`],
    ['a broken escape', `https://id.gs1.org/01/${GTIN}/21/a%2`],
    ['an empty serial', `https://id.gs1.org/01/${GTIN}/21/`],
    ['21 characters', `https://id.gs1.org/01/${GTIN}/21/${'a'.repeat(21)}`],
    ['21 escapes', `https://id.gs1.org/01/${GTIN}/21/${'%2F'.repeat(21)}`],
    ['a trailing slash', `https://id.gs1.org/01/${GTIN}/`],
    ['a query', `https://id.gs1.org/01/${GTIN}?17=271231`],
    ['a lot before the serial', `https://id.gs1.org/01/${GTIN}/10/L/21/S`],
    ['a wrong check digit', 'https://id.gs1.org/01/09506000134353'],
    ['a short SSCC', 'https://id.gs1.org/00/04012345111111111'],
    ['a party with an extension', 'https://id.gs1.org/417/4012345000054/254/5'],
    ['another scheme', `http://id.gs1.org/01/${GTIN}`],
    ['another domain', `https://id.gs1.de/01/${GTIN}`],
    ['another case', `https://ID.gs1.org/01/${GTIN}`],
    ['a trace code of 19 digits', 'https://countermark.org/ns/id/cn-trace/8123456789012345678'],
    ['a trace code with a letter', 'https://countermark.org/ns/id/cn-trace/8123456789012345678X'],
    ['nothing', ''],
  ])('take no id with %s', (_, id) => {
    expect(parseCanonicalId(id)).toBeUndefined();
  });
});

describe('canonicalId()', () => {
  it('leaves canonical ids as they are and finds them from any domain', () => {
    fc.assert(
      fc.property(gtin14, linkable, (gtin, serial) => {
        const id = sgtin(gtin, serial);
        expect(canonicalId(id)).toBe(id);
        const elsewhere = id.replace('https://id.gs1.org', 'http://shop.example/x');
        expect(canonicalId(elsewhere)).toBe(id);
        expect(canonicalId(elsewhere.replace('/21/', '/10/LOT/21/') + '?17=271231&91=abc')).toBe(id);
        const everyEscape = `https://id.gs1.org/01/${gtin}/21/${[...serial]
          .map((unit) => `%${unit.charCodeAt(0).toString(16).padStart(2, '0')}`)
          .join('')}`;
        expect(canonicalId(everyEscape)).toBe(id);
      }),
    );
  });

  it.each([
    ['urn:epc:id:sgtin:0614141.107346.2018', 'https://id.gs1.org/01/10614141073464/21/2018'],
    ['urn:epc:id:sgtin:0614141.107340.1', 'https://id.gs1.org/01/10614141073402/21/1'],
    ['urn:epc:id:sgtin:4012345.012345.a%2Fb.c', 'https://id.gs1.org/01/04012345123456/21/a%2Fb.c'],
    ['urn:epc:id:sscc:4012345.0111111111', 'https://id.gs1.org/00/040123451111111110'],
    ['urn:epc:id:sscc:4047023.0111111122', 'https://id.gs1.org/00/040470231111111229'],
    ['urn:epc:id:sgln:4012345.00000.5', 'https://id.gs1.org/414/4012345000009/254/5'],
    ['urn:epc:id:sgln:4012345.00005.0', 'https://id.gs1.org/414/4012345000054'],
    ['urn:epc:id:sgln:0012345.11111.400', 'https://id.gs1.org/414/0012345111112/254/400'],
    ['urn:epc:id:pgln:4000001.00012', 'https://id.gs1.org/417/4000001000128'],
    ['urn:epc:class:lgtin:4054739.099914.20160711', 'https://id.gs1.org/01/04054739999148/10/20160711'],
    ['urn:epc:idpat:sgtin:4012345.066666.*', 'https://id.gs1.org/01/04012345666663'],
    ['https://id.gs1.de/414/4012345000115', 'https://id.gs1.org/414/4012345000115'],
    [`https://id.gs1.org/01/${GTIN}/22/V`, `https://id.gs1.org/01/${GTIN}`],
  ])('of %s is %s', (uri, id) => {
    expect(canonicalId(uri)).toBe(id);
    expect(parseId(uri)?.id).toBe(id);
    expect(canonicalDigitalLink(uri)).toBe(id);
  });

  it.each([
    'urn:epc:id:sgtin:0614141.107346',
    'urn:epc:id:sgtin:0614141.107346.',
    'urn:epc:id:sgtin:0614141.1073461.2018',
    'urn:epc:id:sgtin:0614141.10734X.2018',
    'urn:epc:id:sgtin:061.4141107346.2018',
    'urn:epc:id:sgtin:06141411073462..2018',
    'urn:epc:id:sgtin:0614141.107346.a b',
    'urn:epc:id:sgtin:0614141.107346.%GG',
    'urn:epc:id:sgtin:0614141.107346.123456789012345678901',
    'urn:epc:id:SGTIN:0614141.107346.2018',
    'URN:EPC:ID:sgtin:0614141.107346.2018',
    'urn:epc:id:sscc:4012345.0111111111.1',
    'urn:epc:id:sscc:4012345.011111111',
    'urn:epc:id:sgln:4012345.00005',
    'urn:epc:idpat:sgtin:0614141.107346.2018',
    'urn:epc:class:sgtin:0614141.107346.2018',
    'urn:epc:id:constructor:1.2.3',
    'urn:epc:id:upui:4012345.012345.AB12',
    'urn:epc:id:giai:4000001.111',
    'urn:epc:tag:sgtin-96:3.0614141.107346.2018',
    'urn:epc:id:sgtin:0614141.107346.2018\n',
    'urn:uuid:00000000-0000-0000-0000-000000000000',
    'geo:47.5,11.1',
    'https://id.gs1.org/8004/4000001111',
    `https://id.gs1.org/01/${GTIN}/235/T`,
    `https://id.gs1.org/01/${GTIN}/235/T?10=L`,
    'https://id.gs1.org/414/4012345000054/7040/1ABC',
    'https://id.gs1.org/417/4012345000054/7040/1ABC',
    '',
  ])('of %j is undefined', (uri) => {
    expect(canonicalId(uri)).toBeUndefined();
    expect(parseId(uri)).toBeUndefined();
  });

  it('takes a 12-digit company prefix with nothing after it', () => {
    expect(canonicalId('urn:epc:id:sgln:401234500005..0')).toBe('https://id.gs1.org/414/4012345000054');
  });

  it('takes a lot in the query string for no part of the id', () => {
    expect(canonicalId(`https://id.gs1.org/01/${GTIN}?10=L`)).toBe(`https://id.gs1.org/01/${GTIN}`);
  });

  it('never throws, whatever it is given', () => {
    const starts = [
      '',
      'https://id.gs1.org/',
      `https://id.gs1.org/01/${GTIN}/21/`,
      'urn:epc:id:sgtin:',
      'urn:epc:idpat:cpi:',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...starts), anyText(), (start, text) => {
        for (const uri of [start + text, text]) {
          const id = canonicalId(uri);
          if (id !== undefined) expect(canonicalId(id)).toBe(id);
          canonicalDigitalLink(uri);
        }
      }),
      { numRuns: 2000 },
    );
    for (const value of [undefined, null, 7, {}, []]) {
      expect(canonicalId(value as unknown as string)).toBeUndefined();
      expect(canonicalDigitalLink(value as unknown as string)).toBeUndefined();
    }
  });
});

describe('canonicalDigitalLink()', () => {
  it.each([
    ['urn:epc:id:grai:4012345.00077.18765', 'https://id.gs1.org/8003/0401234500077118765'],
    ['urn:epc:id:giai:4000001.111', 'https://id.gs1.org/8004/4000001111'],
    ['urn:epc:id:gdti:4012345.55555.1234', 'https://id.gs1.org/253/40123455555541234'],
    ['urn:epc:id:gsrn:4012345.9876540000', 'https://id.gs1.org/8018/401234598765400000'],
    ['urn:epc:id:gsrnp:4012345.0000098765', 'https://id.gs1.org/8017/401234500000987658'],
    ['urn:epc:id:cpi:4012345.ABC.123', 'https://id.gs1.org/8010/4012345ABC/8011/123'],
    ['urn:epc:id:ginc:4012345.333', 'https://id.gs1.org/401/4012345333'],
    ['urn:epc:id:upui:4012345.012345.AB12', 'https://id.gs1.org/01/04012345123456/235/AB12'],
    ['urn:epc:id:itip:4012345.012345.01.02.999', 'https://id.gs1.org/8006/040123451234560102/21/999'],
    ['urn:epc:idpat:cpi:4012345.ABC.*', 'https://id.gs1.org/8010/4012345ABC'],
    ['https://example.org/8004/4000001111', 'https://id.gs1.org/8004/4000001111'],
  ])('of %s is %s', (uri, link) => {
    expect(canonicalDigitalLink(uri)).toBe(link);
  });

  it('is undefined where a dot segment would be lost', () => {
    expect(canonicalDigitalLink('urn:epc:id:upui:4012345.012345...')).toBeUndefined();
  });
});

const folder = vectorsPath('epcis-capture/valid');

describe.skipIf(folder === undefined)('epcis-capture/valid', () => {
  const found = new Set<string>();
  for (const name of folder === undefined ? [] : readdirSync(folder)) {
    const text = readFileSync(join(folder!, name), 'utf8');
    for (const match of text.matchAll(
      /"(urn:epc:[^"]+|https?:\/\/[^"]+\/(?:00|01|414|417|253|8004)\/[^"]+)"/g,
    ))
      found.add(match[1]!);
  }

  it('holds EPC URNs and links to try', () => {
    expect(found.size).toBeGreaterThan(60);
  });

  it.each([...found])('%s has a canonical link', (uri) => {
    expect(canonicalDigitalLink(uri)).toMatch(/^https:\/\/id\.gs1\.org\/\d{2,4}\/[^/]/);
    if (/:(sgtin|sscc|sgln|pgln|lgtin):/.test(uri)) expect(parseCanonicalId(canonicalId(uri)!)).toBeDefined();
  });
});

describe('epcElements()', () => {
  it('undoes the way from a GTIN to a URN, for every length of company prefix', () => {
    fc.assert(
      fc.property(gtin14, linkable, fc.integer({ min: 6, max: 12 }), (gtin, serial, length) => {
        const prefix = gtin.slice(1, 1 + length);
        const item = gtin[0]! + gtin.slice(1 + length, 13);
        const urn = `urn:epc:id:sgtin:${prefix}.${item}.${encodeURIComponent(serial)}`;
        expect(epcElements(urn)).toEqual([
          { ai: '01', value: gtin },
          { ai: '21', value: serial },
        ]);
        expect(isGtin(gtin)).toBe(true);
      }),
    );
  });
});

describe('isCanonicalId()', () => {
  const parts = fc.constantFrom(
    'https://id.gs1.org/',
    '01/',
    '00/',
    '414/',
    '417/',
    '/21/',
    '/10/',
    '/254/',
    '%2F',
    '%2f',
    'A',
    '~',
    '',
  );
  const known = fc
    .tuple(gtin14, gln13, sscc18, cset82)
    .chain(([gtin, gln, pallet, value]) =>
      fc.constantFrom(
        sgtin(gtin, value),
        lotId(gtin, value),
        productId(gtin),
        sscc(pallet),
        partyId(gln),
        placeId(gln),
        placeId(gln, value),
        traceCodeId(`${pallet}00`),
      ),
    );
  const spelled = fc
    .tuple(gtin14, anyText(22))
    .map(([gtin, value]) => `https://id.gs1.org/01/${gtin}/21/${value}`);

  it('says of any text what parseCanonicalId() says', () => {
    fc.assert(
      fc.property(fc.oneof(known, spelled), fc.nat(), fc.nat(3), parts, (id, at, length, put) => {
        const from = at % (id.length + 1);
        for (const text of [id, id.slice(0, from) + put + id.slice(from + length)]) {
          expect(isCanonicalId(text), text).toBe(parseCanonicalId(text) !== undefined);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
