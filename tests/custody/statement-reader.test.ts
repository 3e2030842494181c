// Goal: statements read by moulds say what the simple way says of them, act for act, and are refused with the same words.
// Method: differential against openStatement and actsOfDocument: events of every builder with random values, then the same bytes with
//         slots, text and envelope changed; readers that have learnt, and go on learning from what the changes leave valid.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { utf8Encode } from '../../src/bytes/index.ts';
import { StatementReader } from '../../src/custody/index.ts';
import { EventReader } from '../../src/custody/event-reader.ts';
import { Mould } from '../../src/custody/mould.ts';
import { areDistinct } from '../../src/custody/mould-ids.ts';
import type { EpcisDocument } from '../../src/epcis/index.ts';
import { CONTAINER, OTHER_PARTY, PARTY, PLACE, TIME, units } from '../epcis/samples.ts';
import { SAMPLES, SAMPLE_KINDS } from '../statement/samples.ts';
import { ALL, PLAIN, RECORDED_MS, agree, payloadOf, readBy, simply, statement } from './agreement.ts';

const RUNS = 2000;

const serials = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._-]{1,22}$/),
  fc.constantFrom('A%2FB', 'A%2fB', 'a~b', '%41', '', '.', 'a b', 'a]b', 'a"b', 'a\\b', 'é'),
);
const gtins = fc.constantFrom('09521141012345', '09506000134352', '09521141012346', '9506000134352');
const ids = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(gtins, serials).map(([gtin, serial]) => `https://id.gs1.org/01/${gtin}/21/${serial}`),
  },
  fc.tuple(gtins, serials).map(([gtin, serial]) => `https://example.com/01/${gtin}/21/${serial}?x=1`),
  fc.constantFrom(CONTAINER, 'urn:epc:id:sgtin:4012345.011111.9876', 'urn:x:1', 'not a uri', '', 'urn:x:[1]'),
);
const idLists = fc.array(ids, { maxLength: 12 });
const times = fc.oneof(
  fc.integer({ min: 0, max: 4e12 }).map((ms) => new Date(ms).toISOString()),
  fc.constantFrom('2026-02-30T00:00:00.000Z', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00.000+01:00', 'now'),
);
const names = fc.oneof(
  fc.constantFrom(
    PLACE,
    PARTY,
    OTHER_PARTY,
    'https://id.gs1.org/417/0952114000016',
    'urn:epc:id:sgln:0952114.00001.0',
  ),
  fc.constantFrom(
    'urn:x:1',
    'x',
    'https://example.com/414/0952114000015',
    'urn:x:%41',
    'urn:x:%4',
    'urn:é',
    `urn:${'x'.repeat(2100)}`,
  ),
);
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '(01)09521141012345(21)A',
    '0109521141012345\u001d21A',
    'a\\b',
    'a"b',
    '\u0000',
    'x'.repeat(2100),
    'L-1',
    '',
  ),
  fc.stringMatching(/^[A-Za-z0-9._~:-]{14,66}$/),
);

/** Puts another value wherever a field of this name stands. */
function withField(event: unknown, name: string, value: unknown): unknown {
  if (Array.isArray(event)) return event.map((item) => withField(item, name, value));
  if (typeof event !== 'object' || event === null) return event;
  return Object.fromEntries(
    Object.entries(event).map(([key, item]) => [key, key === name ? value : withField(item, name, value)]),
  );
}

const change = fc.oneof(
  fc.tuple(fc.constantFrom('epcList', 'childEPCs'), idLists),
  fc.tuple(fc.constantFrom('eventTime', 'creationDate'), times),
  fc.tuple(fc.constantFrom('eventID', 'id', 'parentID', 'source', 'destination', 'bizTransaction'), names),
  fc.tuple(
    fc.constantFrom(
      'cm:presented',
      'cm:actId',
      'cm:session',
      'cbvmda:lotNumber',
      'cbvmda:itemExpirationDate',
    ),
    texts,
  ),
  fc.tuple(
    fc.constantFrom('bizStep', 'disposition', 'type', 'action'),
    fc.constantFrom('shipping', 'observing', 'ADD', 'location'),
  ),
  fc.tuple(fc.constantFrom('cm:doses', 'cm:unused'), fc.constantFrom(0, 1, 2, 1.5, true)),
);

describe('StatementReader', () => {
  it('reads what builders write, again and again', () => {
    const reader = new StatementReader();
    for (let round = 0; round < 3; round++) {
      for (const [i, event] of ALL.entries()) {
        const bytes = statement(payloadOf([event], TIME + round), 1 + (i % 5), i * 1000);
        expect(agree(reader, bytes, i)).toHaveLength(1);
      }
      agree(reader, statement(payloadOf(ALL), 1, round));
    }
  });

  it('reads the heads of all other kinds', () => {
    const reader = new StatementReader();
    for (const kind of [...SAMPLE_KINDS, ...SAMPLE_KINDS]) {
      const payload = JSON.stringify(SAMPLES[kind]);
      for (const [i, said] of [kind, 'events' as const].entries())
        agree(reader, statement(payload, 1, i, said));
    }
  });

  it('agrees about events with other values in their fields', () => {
    const reader = new StatementReader();
    let good = 0;
    fc.assert(
      fc.property(
        fc.array(fc.nat(ALL.length - 1), { minLength: 1, maxLength: 3 }),
        fc.array(change, { maxLength: 3 }),
        fc.nat(5),
        (picks, changes, signer) => {
          let document: unknown = JSON.parse(payloadOf(picks.map((pick) => ALL[pick]!)));
          for (const [name, value] of changes) document = withField(document, name, value);
          if (agree(reader, statement(JSON.stringify(document), signer)) !== undefined) good++;
        },
      ),
      { numRuns: RUNS },
    );
    expect(good).toBeGreaterThan(RUNS / 5);
  });

  it('agrees about texts with something put in, cut out or said twice', () => {
    const reader = new StatementReader();
    const ODD = [
      ' ',
      '"',
      '\\',
      '\\u0041',
      '\\u001d',
      '\\ud800',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '0',
      'é',
      '\u0000',
      '%',
      '}},{',
    ];
    const edit = fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...ODD, 'copy'));
    fc.assert(
      fc.property(fc.nat(PLAIN.length - 1), fc.array(edit, { maxLength: 2 }), (pick, edits) => {
        let text = payloadOf([PLAIN[pick]!, PLAIN[(pick + 1) % PLAIN.length]!]);
        for (const [where, length, put] of edits) {
          const at = where % text.length;
          const piece = put === 'copy' ? text.slice(at, at + 40 * length) : put;
          text = text.slice(0, at) + piece + text.slice(put === 'copy' ? at : at + length);
        }
        agree(reader, statement(text));
      }),
      { numRuns: RUNS },
    );
  });

  it('agrees about statements with bytes changed, cut off or added', () => {
    const reader = new StatementReader();
    const edit = fc.tuple(fc.nat(), fc.nat(255));
    const envelopeEdit = fc.tuple(fc.nat(260), fc.nat(255));
    fc.assert(
      fc.property(
        fc.nat(PLAIN.length - 1),
        fc.oneof(edit, envelopeEdit),
        fc.integer({ min: -2, max: 2 }),
        (pick, [where, byte], more) => {
          const good = statement(payloadOf([PLAIN[pick]!]), 1 + (where % 3), where);
          const bytes = new Uint8Array(good.length + (where % 7 === 0 ? more : 0));
          bytes.set(good.subarray(0, bytes.length));
          if (bytes.length > 0) bytes[where % bytes.length] = byte;
          agree(reader, bytes);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('returns values that later reads do not change', () => {
    const reader = new StatementReader();
    const all = PLAIN.map((event, i) => statement(payloadOf([event]), 1, i));
    for (const bytes of all) readBy(reader, bytes, 0);
    const read = all.map((bytes) => readBy(reader, Buffer.from(bytes), 3));
    expect(read).toEqual(all.map((bytes) => simply(bytes, 3)));
    for (const { toBeSigned, signature } of read.map(({ head }) => head)) {
      expect([toBeSigned.constructor, signature.constructor]).toEqual([Uint8Array, Uint8Array]);
    }
  });

  it('scans events of units once it has read one of each form, and goes on where another reader did in between', () => {
    const [first, second] = [new StatementReader(), new StatementReader()];
    const plain = PLAIN.filter((event) => !('parentID' in event) && event['cm:entryMode'] === undefined);
    const all = plain
      .filter((event) => event['cm:session'] === undefined)
      .map((event, i) => statement(payloadOf([event]), 1, i));
    // Once for the frame, once for the events in it.
    for (let i = 0; i < 2; i++) {
      for (const reader of [first, second]) for (const bytes of all) agree(reader, bytes);
    }
    for (const bytes of all) {
      for (const reader of [first, second]) expect(reader.scan(reader.head(bytes))?.count).toBe(1);
    }
    const together = statement(
      payloadOf(
        [PLAIN[0]!, PLAIN[5]!].map(
          (event, i) => ({ ...event, epcList: units(4).slice(2 * i, 2 * i + 2) }) as never,
        ),
      ),
    );
    expect(agree(first, together)).toHaveLength(2);
    expect(first.scan(first.head(together))?.count).toBe(2);
    // Units named twice are counted, which is not what scanning is for.
    expect(first.scan(first.head(statement(payloadOf([PLAIN[0]!, PLAIN[5]!]))))).toBeUndefined();
  });

  it('scans units of several products, in whatever order, up to sixteen runs of one product and one length', () => {
    const reader = new StatementReader();
    const shipped = PLAIN[4]!;
    const saying = (epcList: readonly string[]) => statement(payloadOf([{ ...shipped, epcList } as never]));
    for (let i = 0; i < 2; i++) agree(reader, saying(units(2)));
    const unit = fc
      .tuple(fc.constantFrom('09521141012345', '09506000134352'), fc.stringMatching(/^[A-D]{2,3}$/))
      .map(([gtin, serial]) => `https://id.gs1.org/01/${gtin}/21/${serial}`);
    const inRuns = (list: readonly string[]): number =>
      list.filter(
        (id, i) => id.slice(0, 40) !== list[i - 1]?.slice(0, 40) || id.length !== list[i - 1]?.length,
      ).length;
    const met = new Set<number>();
    fc.assert(
      fc.property(fc.uniqueArray(unit, { minLength: 1, maxLength: 40 }), fc.boolean(), (list, isSorted) => {
        const listed = isSorted ? [...list].sort() : list;
        const bytes = saying(listed);
        expect(agree(reader, bytes)).toHaveLength(1);
        const found = reader.scan(reader.head(bytes));
        expect(found?.acts[0]?.runCount).toBe(inRuns(listed) > 16 ? undefined : inRuns(listed));
        met.add(found?.acts[0]?.runCount ?? 0);
      }),
      { numRuns: 300 },
    );
    expect(met.size).toBeGreaterThan(8);
    const [first, other] = [units(1)[0]!, 'https://id.gs1.org/01/09506000134352/21/AA'];
    const payload = payloadOf([{ ...shipped, epcList: [...units(3), other] } as never]);
    // An id twice, and a product whose check digit is wrong.
    for (const instead of [first, 'https://id.gs1.org/01/09506000134353/21/AA']) {
      const bytes = statement(payload.replace(other, instead));
      agree(reader, bytes);
      expect(reader.scan(reader.head(bytes))).toBeUndefined();
    }
  });

  it('takes the heads of events only', () => {
    const reader = new StatementReader();
    const head = reader.head(statement(JSON.stringify(SAMPLES.policy), 1, 1, 'policy'));
    expect(() => reader.acts(head, 0, 0)).toThrow(RangeError);
  });
});

describe('EventReader', () => {
  it('reads plain events without the simple way once it has seen one of each form', () => {
    const reader = new EventReader();
    const source = { entry: 1, recordTimeMs: RECORDED_MS, issuer: PARTY, kid: 'k' };
    const payload = utf8Encode(payloadOf(PLAIN));
    expect(reader.read(payload, source)).toBeUndefined();
    reader.learn(JSON.parse(payloadOf(PLAIN)) as EpcisDocument);
    for (let i = 0; i < 3; i++) expect(reader.read(payload, source)).toHaveLength(PLAIN.length);
  });

  it('learns what others write after somebody spent all it may learn on forms never used again', () => {
    const reader = new EventReader();
    const source = { entry: 1, recordTimeMs: RECORDED_MS, issuer: PARTY, kid: 'k' };
    reader.learn(JSON.parse(payloadOf(PLAIN)) as EpcisDocument);
    for (let i = 0; i < 200; i++) {
      const strange = { ...PLAIN[7]!, bizStep: `urn:x:${'y'.repeat(i)}` };
      expect(reader.read(utf8Encode(payloadOf([strange])), source)).toHaveLength(1);
    }
    const payload = utf8Encode(payloadOf(PLAIN));
    for (let i = 0; i < 400; i++) reader.read(payload, source);
    const byMould = vi.spyOn(Mould.prototype, 'read');
    reader.read(payload, source);
    expect(byMould.mock.results.filter(({ value }) => value !== undefined)).toHaveLength(PLAIN.length);
    byMould.mockRestore();
  });

  it('reads 64 KB of hostile text in linear time', () => {
    const reader = new EventReader();
    const source = { entry: 1, recordTimeMs: RECORDED_MS, issuer: PARTY, kid: 'k' };
    const plain = payloadOf(PLAIN);
    reader.learn(JSON.parse(plain) as EpcisDocument);
    reader.read(utf8Encode(plain), source);
    const at = plain.indexOf('"epcList":[') + 11;
    for (const stuffing of [
      '"a:b",'.repeat(10_000),
      '["'.repeat(30_000),
      '"'.repeat(60_000),
      '\\"'.repeat(30_000),
    ]) {
      const payload = utf8Encode(plain.slice(0, at) + stuffing + plain.slice(at));
      const start = performance.now();
      reader.read(payload, source);
      expect(performance.now() - start).toBeLessThan(250);
    }
  });
});

describe('areDistinct()', () => {
  it('says what a Set says, of texts made to meet, too', () => {
    const meeting = fc
      .tuple(fc.string({ maxLength: 3 }), fc.constantFrom('', 'abcd'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(fc.oneof(ids, meeting), { maxLength: 300 }), (list) => {
        expect(areDistinct(list)).toBe(new Set(list).size === list.length);
      }),
    );
    const many = Array.from({ length: 12_000 }, (_, i) => `${i}abcd`);
    const start = performance.now();
    expect([areDistinct(many), areDistinct([...many.slice(1), many[5]!])]).toEqual([true, false]);
    expect(performance.now() - start).toBeLessThan(250);
  });
});
