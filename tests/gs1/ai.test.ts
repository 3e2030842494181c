// Goal:   the table of application identifiers is GS1's, and values are judged by it.
// Method: compares every AI with GS1's Barcode Syntax Dictionary; samples of each AI against bwip-js; hand cases.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aiAt, valueFault } from '../../src/gs1/ai.ts';
import { KEY_QUALIFIERS } from '../../src/gs1/digital-link.ts';
import { aiFormat, aiList, checkDigit } from '../../src/gs1/index.ts';
import { vectorsPath } from '../support/vectors.ts';
import { printsElementString } from './oracle.ts';

interface DictionaryEntry {
  readonly predefined: boolean;
  readonly attribute: boolean;
  readonly components: readonly string[];
  readonly qualifiers: readonly (readonly string[])[] | undefined;
}

/** The dictionary as a map from AI; components as `N14/checkDigit`, optional ones in brackets. */
function readDictionary(text: string): Map<string, DictionaryEntry> {
  const entries = new Map<string, DictionaryEntry>();
  for (const line of text.split('\n')) {
    const words = line.split('#')[0]!.trim().split(/\s+/);
    const [ais, ...rest] = words;
    if (ais === undefined || !/^\d/.test(ais)) continue;
    const flags = /^[^A-Z[]+$/.test(rest[0] ?? '') ? rest.shift()! : '';
    const components = rest.filter((word) => /^\[?[NXYZ](\.\.)?\d/.test(word)).map(readComponent);
    const key = rest.find((word) => word.startsWith('dlpkey'));
    const qualifiers =
      key
        ?.split('=')[1]
        ?.split('|')
        .map((sequence) => sequence.split(',')) ?? (key ? [[]] : undefined);
    const [first, last = first] = ais.split('-');
    for (let ai = Number(first); ai <= Number(last); ai++) {
      entries.set(String(ai).padStart(first!.length, '0'), {
        predefined: flags.includes('*'),
        attribute: flags.includes('?'),
        components,
        qualifiers,
      });
    }
  }
  return entries;
}

function readComponent(word: string): string {
  const [spec, ...linters] = word.split(',');
  const content = linters.includes('csum')
    ? '/checkDigit'
    : linters.includes('yymmd0')
      ? '/month'
      : linters.includes('yymmdd')
        ? '/day'
        : '';
  return spec! + content;
}

function ours(ai: string): readonly string[] {
  return aiFormat(ai)!.components.map(({ type, lengthMin, lengthMax, optional, content }) => {
    const spec = `${type}${lengthMin === lengthMax ? '' : '..'}${lengthMax}`;
    return (optional ? `[${spec}]` : spec) + (content === undefined ? '' : `/${content}`);
  });
}

const path = vectorsPath('gs1-syntax-dictionary.txt');
const dictionary =
  path === undefined ? new Map<string, DictionaryEntry>() : readDictionary(readFileSync(path, 'utf8'));

describe.skipIf(path === undefined)('gs1-syntax-dictionary.txt', () => {
  it('lists exactly the application identifiers of our table', () => {
    expect([...aiList()].sort()).toEqual([...dictionary.keys()].sort());
    expect(dictionary.size).toBeGreaterThan(450);
  });

  it.each([...dictionary.keys()])('AI %s has our format, separator rule and link use', (ai) => {
    const entry = dictionary.get(ai)!;
    const format = aiFormat(ai)!;
    expect(ours(ai)).toEqual(entry.components);
    expect({ predefined: format.predefined, attribute: format.attribute }).toEqual({
      predefined: entry.predefined,
      attribute: entry.attribute,
    });
    expect(Object.hasOwn(KEY_QUALIFIERS, ai) ? KEY_QUALIFIERS[ai] : undefined).toEqual(entry.qualifiers);
  });

  it('has no primary key that is a qualifier of another, so a link splits in one way only', () => {
    const keys = Object.keys(KEY_QUALIFIERS);
    expect(
      Object.values(KEY_QUALIFIERS)
        .flat(2)
        .filter((ai) => keys.includes(ai)),
    ).toEqual([]);
  });
});

describe('aiAt()', () => {
  it('finds every AI by its first digits', () => {
    for (const ai of aiList()) expect(aiAt(`x${ai}123`, 1)?.ai).toBe(ai);
  });

  it('finds none in what is no AI', () => {
    for (const text of ['', '0', '04', '7', '310', '3106', '89', 'AB', '(01)', '\ud800']) {
      expect(aiAt(text, 0)).toBeUndefined();
    }
  });
});

describe('valueFault()', () => {
  const fault = (ai: string, value: string): string | undefined => valueFault(aiFormat(ai)!, value);

  it.each([
    ['01', '09506000134352', undefined],
    ['01', '09506000134353', 'check digit'],
    ['01', '0950600013435', 'length'],
    ['01', '0950600013435X', 'characters'],
    ['10', '', 'length'],
    ['10', 'A'.repeat(20), undefined],
    ['10', 'A'.repeat(21), 'length'],
    ['10', 'Ä', 'characters'],
    ['10', 'A B', 'characters'],
    ['10', 'A\x1dB', 'characters'],
    ['10', '\ud800', 'characters'],
    ['10', '#', 'characters'],
    ['10', '!"%&\'()*+,-./:;<=>?', undefined],
    ['17', '271200', undefined],
    ['17', '271232', 'date'],
    ['17', '271301', 'date'],
    ['17', '270229', 'date'],
    ['17', '280229', undefined],
    ['7006', '271200', 'date'],
    ['253', '9506000134352', undefined],
    ['253', '9506000134352DOC', undefined],
    ['253', '9506000134353DOC', 'check digit'],
    ['8003', '09506000134352', undefined],
    ['8010', 'AB-1', undefined],
    ['8010', 'ab', 'characters'],
    ['8030', 'Ab_-', undefined],
    ['8030', 'Ab+', 'characters'],
    ['423', '276250', undefined],
    ['423', '27625', 'length'],
  ])('of AI %s and %j is %s', (ai, value, expected) => {
    expect(fault(ai, value)).toBe(expected);
  });

  it.each(['10', '21', '22', '235', '240', '241', '254', '30', '37', '90', '91', '92', '99', '710', '400'])(
    'agrees with bwip-js on the lengths of AI %s',
    (ai) => {
      // AIs that need another one beside them get it, so that only the length is in question.
      const sscc = `09506000134352123${checkDigit('09506000134352123')}`;
      const before: Record<string, string> = {
        '254': '(414)9506000134352',
        '37': `(00)${sscc}(02)09506000134352`,
      };
      const prefix = before[ai] ?? (/^9|^400/.test(ai) ? '' : '(01)09506000134352');
      const { lengthMax } = aiFormat(ai)!;
      for (const length of [1, lengthMax, lengthMax + 1]) {
        const value = '1'.repeat(length);
        expect([length, fault(ai, value) === undefined]).toEqual([
          length,
          printsElementString(`${prefix}(${ai})${value}`),
        ]);
      }
    },
  );

  it.each(['000000', '270100', '270229', '280229', '271301', '270001', '270431', '991231'])(
    'agrees with bwip-js on the date %s',
    (date) => {
      expect(fault('17', date) === undefined).toBe(printsElementString(`(01)09506000134352(17)${date}`));
    },
  );
});
