/**
 * Payloads of events with one thing changed in their text: a string spelled otherwise, a value at the edge of what its field takes, a
 * field of another payload, said twice, moved, left out.
 * @module
 */
import type { EpcisEvent } from '../../src/epcis/index.ts';
import { CONTAINER, OTHER_PARTY, PARTY, PLACE, units } from '../epcis/samples.ts';
import type { Dice } from '../support/journeys.ts';
import { ALL, PLAIN } from './agreement.ts';

const [UNIT, OTHER_UNIT] = units(2) as [string, string];
const FRAME = { eventTime: '2026-01-02T03:04:05.678Z', eventTimeZoneOffset: '+01:00', action: 'OBSERVE' };
/** Forms no builder writes. */
const STRANGE = [
  { type: 'ObjectEvent', ...FRAME, epcList: [UNIT] },
  { ...FRAME, epcList: [OTHER_UNIT, 'urn:x:[1]', UNIT], bizLocation: { id: PLACE }, type: 'ObjectEvent' },
  {
    type: 'ObjectEvent',
    ...FRAME,
    action: 'ADD',
    epcList: [UNIT],
    ilmd: { 'cbvmda:itemExpirationDate': '' },
  },
  {
    type: 'TransactionEvent',
    ...FRAME,
    parentID: CONTAINER,
    epcList: [UNIT],
    bizTransactionList: [{ bizTransaction: 'urn:x:1', type: 'inv' }, { bizTransaction: 'urn:x:2' }],
  },
  { type: 'AssociationEvent', ...FRAME, parentID: PLACE, childEPCs: [UNIT, OTHER_UNIT] },
  { type: 'AggregationEvent', ...FRAME, action: 'DELETE', parentID: CONTAINER, childEPCs: [] },
  { type: 'AggregationEvent', ...FRAME, childEPCs: [CONTAINER] },
  {
    type: 'ObjectEvent',
    ...FRAME,
    epcList: [
      'urn:epc:id:sgtin:4012345.011111.9876',
      'https://example.com/01/09521141012345/21/SN0?17=270101',
    ],
    bizStep: 'urn:epcglobal:cbv:bizstep:shipping',
    disposition: 'https://ref.gs1.org/cbv/Disp-returned',
    readPoint: { id: 'urn:epc:id:sgln:0952114.00001.0' },
    bizLocation: { id: 'urn:x:elsewhere' },
    sourceList: [
      { source: OTHER_PARTY, type: 'owning_party' },
      { type: 'possessing_party', source: PARTY },
      { type: 'possessing_party', source: OTHER_PARTY },
    ],
    destinationList: [
      { type: 'location', destination: PLACE },
      { type: 'urn:x:kind', destination: PLACE },
      { type: 'cbv:SDT-possessing_party', destination: OTHER_PARTY },
    ],
  },
] as unknown as readonly EpcisEvent[];
/** Events to begin with. */
export const EVENTS: readonly EpcisEvent[] = [...PLAIN, ...PLAIN, ...STRANGE, ...ALL];

/** JSON strings as somebody may spell them, good or bad. */
const STRINGS = [
  UNIT,
  OTHER_UNIT,
  CONTAINER,
  PLACE,
  PARTY,
  OTHER_PARTY,
  'urn:x:1',
  'urn:x:[1]',
  'urn:x:%41',
  'urn:x:%4',
  'urn:epc:id:sgtin:4012345.011111.9876',
  'URN:EPC:ID:SSCC:4012345.0111111111',
  'urn:epc:id:sgln:0952114.00001.0',
  'https://id.gs1.org/01/9521141012345/21/SN0',
  'https://id.gs1.org/01/09521141012346/21/SN0',
  'HTTPS://ID.GS1.ORG',
  'https://id.gs1.org/01/09521141012345/21/.',
  'https://id.gs1.org/01/09521141012345/21/A%2fB',
  `${UNIT}/10/L`,
  'https://id.gs1.org/01/09521141012345/21/A%2FB',
  `${UNIT}?10=L`,
  `${UNIT}#x`,
  `${UNIT}${'0'.repeat(18)}`,
  `${UNIT}${'0'.repeat(2020)}`,
  'https://id.gs1.org/01/09521141012345/10/A/21/SN0',
  'https://id.gs1.org/414/0952114000015/254/X',
  '2026-02-29T00:00:00.000Z',
  '2024-02-29T23:59:59.999Z',
  '1969-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59.999Z',
  '2026-01-01T01:00:00.000+01:00',
  '2026-01-01T00:00:00Z',
  '2026-01-01T24:00:00.000Z',
  '2026-01-01T00:00:60.000Z',
  '',
  'ADD',
  'OBSERVE',
  'DELETE',
  'ObjectEvent',
  'AggregationEvent',
  'TransactionEvent',
  'shipping',
  'urn:x:step',
  'possessing_party',
  'owning_party',
  'location',
  'inv',
  'desadv',
  'scan',
  'manual',
  '+14:00',
  '-00:00',
  'act-0123456789abcdef',
  'x'.repeat(15),
  'x'.repeat(64),
  'x'.repeat(65),
  'L-1',
  'L%/<>',
  'x'.repeat(21),
  '2027-05-31',
  `urn:${'x'.repeat(2045)}`,
  `urn:${'x'.repeat(1500)}`,
  'x'.repeat(2000),
  'x'.repeat(2001),
  '__proto__',
  'toString',
]
  .map((text) => JSON.stringify(text))
  .concat(
    String.raw`"a\u0022b"`,
    String.raw`"a\"b"`,
    String.raw`"\\"`,
    String.raw`"\/"`,
    String.raw`"\u005c"`,
    String.raw`"\u001d"`,
    String.raw`"\u001D"`,
    String.raw`"\ud800"`,
    String.raw`"\ud83d\ude00"`,
    '"\u{1f600}"',
    '"\u0661\u0662"',
    '"\u212a\u017f"',
    '"\ufeff"',
    '"\u2028"',
    '"\u007f"',
    '"\u0000"',
    '"\ue0000"',
    '"$&\\\\1"',
  );
const NAMES = [
  'urn:x:[]',
  'urn:x:"',
  `urn:${'x'.repeat(2044)}`,
  `urn:${'x'.repeat(2045)}`,
  `urn:${'x'.repeat(1700)}`,
  'urn:',
];
const RANDOM_IDS = [15, 16, 64, 65]
  .map((length) => 'x'.repeat(length))
  .concat('act~0123456789:._-', 'act/0123456789abcd');
const TIMES = [
  '1969-12-31T23:59:59.999Z',
  '2026-13-01T00:00:00.000Z',
  '2026-02-29T00:00:00.000Z',
  '2026-01-01T00:00:00.000z',
];
/** What stands at the edge of what a field takes. */
const EDGES: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'epcList',
    ['["urn:x:1","urn:x:1"]', `["${UNIT}","${UNIT}"]`, `["${UNIT}","${UNIT}${'0'.repeat(2020)}"]`, '["a:"]'],
  ],
  [
    'childEPCs',
    ['[]', '["urn:x:1","urn:x:2","urn:x:1"]', `["${UNIT}\\u0030"]`, `["${UNIT}" ]`, '["urn:x:1",1]'],
  ],
  ...['id', 'parentID', 'eventID', 'source', 'destination', 'bizTransaction'].map(
    (key) => [key, spelt(NAMES)] as const,
  ),
  ...['cm:actId', 'cm:session'].map((key) => [key, spelt(RANDOM_IDS)] as const),
  ...['eventTime', 'creationDate'].map((key) => [key, spelt(TIMES)] as const),
  [
    'cbvmda:lotNumber',
    spelt(['', 'A~1', 'A#1', 'A$', 'A"B', 'A\\B', 'A^', 'A`', '!%&', 'x'.repeat(20), 'x'.repeat(21)]),
  ],
  [
    'cbvmda:itemExpirationDate',
    [...spelt(['', '\t', 'é', 'x'.repeat(101), 'a\\', 'a"']), '"a\\/b"', '"\\u0061"'],
  ],
  [
    'cm:presented',
    [
      ...spelt(['', '\u001d', '\u001c', 'x'.repeat(1900), 'x'.repeat(2000), 'x'.repeat(2001)]),
      '"\\u001D"',
      '"\\u007e"',
    ],
  ],
]);

/** As JSON spells them. */
function spelt(texts: readonly string[]): readonly string[] {
  return texts.map((text) => JSON.stringify(text));
}

const VALUES = [
  '0',
  '-0',
  '1',
  '2',
  '1.0',
  '1e0',
  '1E5',
  '1e21',
  '01',
  '+1',
  '.5',
  '1.5',
  '-1',
  '1000',
  '1001',
  '9007199254740993',
  '0.1000000000000000055',
  '123456789012345678901',
  'true',
  'false',
  'null',
  '[]',
  '{}',
  '[[]]',
  '[""]',
  '[null]',
  `["${UNIT}"]`,
  `["${UNIT}","${UNIT}"]`,
  `["${UNIT}", "${OTHER_UNIT}"]`,
  `["${UNIT}","${OTHER_UNIT}"]`,
  '["urn:x:1"]',
  '{"id":"urn:x:1"}',
  '{"id":"urn:x:1","ext:x":1}',
  '[{"type":"inv"}]',
  '['.repeat(40),
];
const FIELDS = [
  '"cm:radius":1',
  '"@context":{"cm":"urn:x"}',
  '"@context":[]',
  '"__proto__":1',
  '"1":2',
  '"ext:x":{"b":1,"a":2}',
  '"cm:doses":2',
  '"cm:unused":false',
  '"cm:entryMode":"manual"',
  '"cm:session":"session-0123456789"',
  '"x":1',
  '"epcList":[]',
  '"childEPCs":[]',
  `"epcList":["${UNIT}"]`,
  `"cm:alias":"${UNIT}"`,
  '"cm:act":"act-0123456789abcdef"',
  '"cm:act":"act-0123456789abcdef","cm:part":1,"cm:parts":2',
  '"cm:part":1',
  '"cm:parts":1',
  '"id":"urn:x:1"',
  '"cm:presented":"a"',
  '"bizStep":"holding"',
  '"disposition":"stolen"',
  '"type":"inv"',
  `"ilmd":{"cbvmda:lotNumber":"A"}`,
  '"cbvmda:lotNumber":"B"',
  '"urn:epcglobal:cbv:mda:lotNumber":"C"',
  '"cm:joint":true',
  '"cm:department":"a"',
  '"bizTransactionList":[]',
  '"sourceList":[]',
  '"eventID":"urn:x:id"',
  '""',
];
/** What may come to stand inside a string. */
const PIECES = [
  '\\u0041',
  '\\u0022',
  '\\"',
  '\\\\',
  '\\/',
  '\\u001d',
  '\\u001D',
  '\\b',
  '\\u0008',
  '\\ud800',
  '\\udc00',
  '\\',
  '"',
  '%41',
  '%',
  '[',
  ']',
  '"]',
  '{',
  '}',
  ',',
  '","',
  '":"',
  ' ',
  '\t',
  '\u0000',
  '\u00e9',
  '\ud83d\ude00',
  '\u2028',
  '/',
  '.',
  '0',
  'A',
  'a',
  '_',
  '~',
  '\u212a',
  '\u0660',
  '\ufeff',
  '\ue0001',
];
const TOKEN = /"(?:[^"\\]|\\.)*"|[^\s"{}[\]:,]+|[\s\S]/gu;

/** One change to a payload's text, by its tokens. */
export function changed(text: string, dice: Dice, other: string): string {
  const tokens = text.match(TOKEN) ?? [];
  const strings = tokens.flatMap((token, i) => (token.startsWith('"') ? [i] : []));
  const keys = strings.filter((i) => tokens[i + 1] === ':');
  const values = tokens.flatMap((token, i) =>
    /^[^{}[\]:,]/.test(token) && tokens[i + 1] !== ':' ? [i] : [],
  );
  const pick = <T>(list: readonly T[]): T | undefined => list[dice.below(Math.max(1, list.length))];
  const at = pick(keys) ?? 0;
  const field = tokens.slice(at, endOfValue(tokens, at + 2));
  const put = (where: number, remove: number, ...inserted: string[]): string =>
    [...tokens.slice(0, where), ...inserted, ...tokens.slice(where + remove)].join('');
  const string = pick(dice.below(4) === 0 ? strings : strings.filter((i) => tokens[i + 1] !== ':')) ?? 0;
  const value = pick(values) ?? 0;
  const inside = tokens[string] ?? '';
  const cut = 1 + dice.below(Math.max(1, inside.length - 1));
  if (dice.below(3) === 0) {
    const edge = pick(keys.filter((i) => EDGES.has(nameOf(tokens[i]!)))) ?? at;
    const spelling = pick(EDGES.get(nameOf(tokens[edge] ?? '')) ?? VALUES)!;
    return put(edge + 2, endOfValue(tokens, edge + 2) - edge - 2, spelling);
  }
  switch (dice.below(18)) {
    case 0:
      return put(value, 1, pick(STRINGS)!);
    case 1:
      return put(value, 1, pick(other.match(TOKEN) ?? [])!);
    case 2:
      return put(
        string,
        1,
        inside.slice(0, cut) + pick([...'09azAZ-._'])! + inside.slice(cut + dice.below(2)),
      );
    case 3:
      return put(at + 2, field.length - 2, pick(VALUES)!);
    case 4:
      return put(value, 1, tokens[pick(values) ?? 0] ?? '');
    case 5:
    case 6:
      return put(string, 1, inside.slice(0, cut) + pick(PIECES)! + inside.slice(cut + dice.below(2)));
    case 7: {
      const code = inside.charCodeAt(cut).toString(16).padStart(4, '0');
      return put(string, 1, `${inside.slice(0, cut)}\\u${code}${inside.slice(cut + 1)}`);
    }
    case 8:
      return put(pick(keys) ?? 0, 0, ...field, ',');
    case 9:
      return put(at, field.length + 1).replace(/,\}/, '}');
    case 10: {
      const next = tokens.slice(at + field.length + 1, endOfValue(tokens, at + field.length + 3));
      return put(at, field.length + 1 + next.length, ...next, ',', ...field);
    }
    case 11:
      return put(pick(keys) ?? 0, 0, pick(FIELDS)!, ',');
    case 12:
      return put(value, 0, pick([tokens[value]!, ...STRINGS])!, ',');
    case 13:
      return put(value, 0, tokens[value] ?? '', ',');
    case 14:
    case 15:
    case 16: {
      // The same field of another payload.
      const theirs = other.match(TOKEN) ?? [];
      const alike = theirs.flatMap((token, i) =>
        token === tokens[at] && theirs[i + 1] === ':' ? [i + 2] : [],
      );
      const from = pick(alike);
      const found = from === undefined ? [] : theirs.slice(from, endOfValue(theirs, from));
      return put(at + 2, field.length - 2, ...found);
    }
    default:
      return put(
        dice.below(tokens.length + 1),
        dice.below(2),
        pick([' ', '\n', ',', '{', ']', '}', '[', ':', ...VALUES])!,
      );
  }
}

/** What stands between a token's quotes. */
function nameOf(token: string): string {
  return token.slice(1, -1);
}

/** First token after the value that begins at `start`. */
function endOfValue(tokens: readonly string[], start: number): number {
  let depth = 0;
  for (let i = start; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth <= 0) return i + 1;
  }
  return tokens.length;
}

/** A document with something else around its events. */
export function framed(payload: string, dice: Dice): string {
  const document = JSON.parse(payload) as Record<string, unknown>;
  const [standard, own] = document['@context'] as readonly unknown[];
  const frames: readonly object[] = [
    { ...document, 'cm:act': 'act-0123456789abcdef', 'cm:part': 1, 'cm:parts': 2 },
    { ...document, '@context': [standard] },
    { ...document, '@context': [own, standard] },
    { ...document, '@context': [standard, own, { x: 'urn:x:' }] },
    { ...document, id: 'urn:x:1' },
    { ...document, 'ext:x': '2026-01-01T00:00:00.000Z' },
    { epcisBody: document['epcisBody'], ...document, creationDate: '2026-01-01T00:00:00Z' },
  ];
  return JSON.stringify(frames[dice.below(frames.length)]);
}
