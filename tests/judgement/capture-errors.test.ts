// Goal:   ID-10 explains what a scanner or a hand garbled, and nothing else: one registered unit within reach, at hand, its signature true.
// Method: every corruption applied to random codes must be undone; then small worlds, each explanation beside near misses.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sgtin, signUnitCode, toDigitalLink, toElementString, traceCodeId } from '../../src/gs1/index.ts';
import { consulted } from '../../src/judgement/index.ts';
import { candidates, CANDIDATES_MAX, isOneSlip, repairs } from '../../src/judgement/corruptions.ts';
import { unitView } from '../../src/judgement/view.ts';
import { EXPIRY, GTIN, LOT, SIGNER, START_MS } from '../support/cast.ts';
import { expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const serials = (characters: string, max = 20): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 2, maxLength: max });
const code = (serial: string): string => `(01)${GTIN}(21)${serial}(17)280131(10)${LOT}`;
const swapCase = (text: string): string =>
  text.replace(/[A-Za-z]/g, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()));
const swapYZ = (text: string): string =>
  text.replace(/[YZyz]/g, (c) => ({ Y: 'Z', Z: 'Y', y: 'z', z: 'y' })[c]!);

/** Each corruption of a serial number: what it reads afterwards, given a place and a character. */
const CORRUPTIONS: Readonly<Record<string, (serial: string, at: number, other: string) => string>> = {
  'folded to capitals': (serial) => serial.toUpperCase(),
  'folded to small letters': (serial) => serial.toLowerCase(),
  'typed with the shift lock on': swapCase,
  'typed on a keyboard with Y and Z exchanged': swapYZ,
  'O read as 0': (serial) => serial.replaceAll('O', '0'),
  'l and I read as 1': (serial) => serial.replaceAll(/[Il]/g, '1'),
  'one wrong character': (serial, at, other) => serial.slice(0, at) + other + serial.slice(at + 1),
  'two neighbours swapped': (serial, at) =>
    serial.slice(0, at) + (serial[at + 1] ?? '') + serial[at]! + serial.slice(at + 2),
  'its last character lost': (serial) => serial.slice(0, -1),
};

describe('candidates', () => {
  it.each(Object.entries(CORRUPTIONS))('hold the code that was meant, when it is %s', (name, corrupt) => {
    const meant =
      name === 'folded to small letters' ? serials(UPPER + DIGITS) : serials('BCDFGHJKLMNPQRSTVWXYZ');
    const of = name === 'folded to capitals' ? serials('bcdfghjkmnpqrstvwxyz23456789') : meant;
    fc.assert(
      fc.property(of, fc.nat(), fc.constantFrom(...'BCDFGHJK'), (serial, n, other) => {
        const captured = corrupt(serial, n % serial.length, other);
        if (captured === serial || captured === '') return;
        expect(candidates(code(captured))).toContain(sgtin(GTIN, serial));
        expect(candidates(sgtin(GTIN, captured))).toContain(sgtin(GTIN, serial));
      }),
      { numRuns: 60 },
    );
  });

  it('hold a trace code with one wrong digit or two swapped, and no more than its neighbours', () => {
    const found = candidates('81234560000000000012');
    expect(found).toContain(traceCodeId('81234560000000000013'));
    expect(found).toContain(traceCodeId('81234560000000000021'));
    expect(found).not.toContain(traceCodeId('81234560000000000034'));
  });

  it.each([
    ['a separator swallowed before the lot', `01${GTIN}21K7MX2Q9P10LOT1`],
    ['a separator swallowed before the expiry date', `01${GTIN}21K7MX2Q9P1728013110LOT1`],
    ['the lot before the serial number, without a separator', `01${GTIN}10LOT121K7MX2Q9P`],
    ['another barcode of the pack read before it', `${GTIN.slice(1)}(01)${GTIN}(21)K7MX2Q9P`],
    ['another barcode read into the serial number', code(`${GTIN.slice(6)}K7MX2Q9P`)],
    ['the short number behind the serial number', code(`K7MX2Q9P${GTIN.slice(6)}`)],
  ])('hold the code that was meant, with %s', (_, captured) => {
    expect(candidates(captured)).toContain(sgtin(GTIN, 'K7MX2Q9P'));
  });

  it('are few, distinct, the same every time, and never the code itself', () => {
    fc.assert(
      fc.property(serials(`${UPPER}${DIGITS}abcxyz-/`), (serial) => {
        const found = candidates(code(serial));
        expect(found.length).toBeLessThanOrEqual(CANDIDATES_MAX);
        expect(new Set(found).size).toBe(found.length);
        expect(found).not.toContain(sgtin(GTIN, serial));
        expect(candidates(code(serial))).toEqual(found);
      }),
      { numRuns: 100 },
    );
    for (const text of ['', '?', 'x'.repeat(1_999), `01${GTIN}21${'1'.repeat(1_900)}`, '('.repeat(500)]) {
      expect(candidates(text).length).toBeLessThanOrEqual(CANDIDATES_MAX);
    }
  });
});

describe('repairs of what a machine read', () => {
  const units = (captured: string): (string | undefined)[] =>
    repairs(code(captured), true).map(({ unit }) => unit);
  const meant = sgtin(GTIN, 'K7MX2Q9P');

  it.each(['k7mx2q9p', 'K7MX2Q9', `${GTIN.slice(6)}K7MX2Q9P`])(
    'hold what %s was cut, folded or run together from',
    (captured) => {
      expect(units(captured)).toContain(meant);
    },
  );

  it.each(['K7MX3Q9P', 'K7XM2Q9P'])(
    'hold no code with other characters, or in another order, than %s',
    (captured) => {
      expect(units(captured)).not.toContain(meant);
      expect(repairs('81234560000000000012', true)).toEqual([]);
    },
  );
});

describe('isOneSlip', () => {
  it.each(['LOT2', 'LTO1', 'lot1', 'LOTI', 'L0T1', 'LOT', 'LOTl'])(
    'takes LOT1 for what %s meant',
    (captured) => {
      expect(isOneSlip(captured, 'LOT1')).toBe(true);
    },
  );
  it.each(['lot1', 'L0T1', 'LOT'])('takes LOT1 for what a machine meant that read %s', (captured) => {
    expect(isOneSlip(captured, 'LOT1', true)).toBe(true);
  });
  it.each(['LOT2', 'LTO1'])('does not take LOT1 for what a machine meant that read %s', (captured) => {
    expect(isOneSlip(captured, 'LOT1', true)).toBe(false);
  });
  it.each(['LOT1', 'LOT22', 'LO', 'MOT2', 'TLO1', 'T0L1', ''])(
    'does not take LOT1 for what %s meant',
    (captured) => {
      expect(isOneSlip(captured, 'LOT1')).toBe(false);
    },
  );
  it('knows what a keyboard makes of each character alone, of any alphabet', () => {
    const swapped = (c: string): string => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase());
    const qwertz = (c: string): string => ({ Y: 'Z', Z: 'Y', y: 'z', z: 'y' })[c] ?? c;
    const characters = fc.oneof(
      fc.constantFrom(...'YZyzAaKkOo01-ßÉéΣςİı'),
      fc.string({ unit: 'grapheme', maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 12 }), (all) => {
        const meant = all.join('');
        for (const fold of [swapped, qwertz]) {
          const captured = [...meant].map(fold).join('');
          expect(isOneSlip(captured, meant, true)).toBe(captured !== meant);
        }
      }),
    );
  });
});

const MEANT = 'K7MX2Q9P';
const WRONG = 'K7MX3Q9P';

/** A pack with a clinic, and the id of one that differs in one character. */
function world(): { script: Script; meant: string; wrong: string } {
  const script = new Script();
  const meant = sgtin(GTIN, MEANT);
  script.deliver(meant, 'clinicA');
  return { script, meant, wrong: sgtin(GTIN, WRONG) };
}

const signed = (serial: string, signer = SIGNER.maker): ReturnType<typeof signUnitCode> =>
  signUnitCode({ gtin: GTIN, serial, lot: LOT, expiry: EXPIRY }, signer);

describe('ID-10 capture-error-likely', () => {
  it('names the pack at hand, lowers what it explains, and says so on both sides', () => {
    const { script, meant, wrong } = world();
    const scan = script.look(wrong, { by: 'clinicA', presented: code(WRONG) });
    const found = replay(script).findings();
    const parent = expectOne(found, 'ID-05', { severity: 1, subject: wrong, proof: [scan] });
    const explained = expectOne(found, 'ID-10', { severity: 1, subject: wrong, last: scan, detail: meant });
    expect(parent.explainedBy).toBe('ID-10');
    expect(explained.explains).toEqual(['ID-05']);
    expect(explained.proof).toHaveLength(2);
  });

  it('takes the true signature of the meant pack with it, and lowers SG-02', () => {
    const { script, wrong } = world();
    const presented = toElementString({ ...signed(MEANT), serial: WRONG });
    script.look(wrong, { by: 'clinicA', presented });
    const found = replay(script).findings();
    expectOne(found, 'SG-02', { severity: 1 });
    expect(expectOne(found, 'ID-10', { severity: 1 }).explains).toEqual(['SG-02', 'ID-05']);
  });

  it('does not take a character that a machine read for a slip, whatever it says of the same text typed', () => {
    const { script, wrong } = world();
    const presented = code(WRONG);
    const read = script.look(wrong, { by: 'clinicA', presented, entryMode: 'scan' });
    const typed = script.look(wrong, { by: 'clinicA', presented, entryMode: 'manual' });
    const found = replay(script)
      .unfolded()
      .filter(({ code: name }) => name === 'ID-05');
    expect(found.map(({ severity, last }) => [severity, last?.entry])).toEqual([
      [3, read.entry],
      [1, typed.entry],
    ]);
  });

  it('finds the meant pack through a keyboard that exchanges Y and Z in the signature too', () => {
    const script = new Script();
    const meant = sgtin(GTIN, 'YZ7MX2Q9P');
    script.deliver(meant, 'clinicA');
    const presented = swapYZ(toElementString(signed('YZ7MX2Q9P')));
    const wrong = sgtin(GTIN, 'ZY7MX2Q9P');
    script.look(wrong, { by: 'clinicA', presented });
    expectOne(replay(script).findings(), 'ID-10', { severity: 1, subject: wrong, detail: meant });
  });

  it('leaves the events it does not explain at their level', () => {
    const { script, wrong } = world();
    const typed = script.look(wrong, { by: 'clinicA' });
    const elsewhere = script.look(wrong, { by: 'clinicB' });
    const found = replay(script)
      .unfolded()
      .filter(({ code: name }) => name === 'ID-05');
    expect(found.map(({ severity, last }) => [severity, last?.entry])).toEqual([
      [3, elsewhere.entry],
      [1, typed.entry],
    ]);
  });

  it('works through a box the clinic holds, and on the way to whom receives', () => {
    const script = new Script();
    const meant = sgtin(GTIN, MEANT);
    const wrong = sgtin(GTIN, WRONG);
    const box = script.container();
    script.commission(meant);
    script.pack('maker', box, meant);
    script.ship('maker', box, 'clinicA');
    script.look(wrong, { by: 'clinicA' });
    script.receive('clinicA', box, 'maker');
    script.look(wrong, { by: 'clinicA' });
    const found = replay(script).findings();
    expectOne(found, 'ID-10', { severity: 1, detail: meant });
    expectOne(found, 'ID-05', { severity: 1 });
  });

  it.each([
    ['is with another clinic', (script: Script, wrong: string) => script.look(wrong, { by: 'clinicB' })],
    [
      'is at a consumer’s, who is nowhere',
      (script: Script, wrong: string) => script.look(wrong, { session: script.id() }),
    ],
    ['came later', (script: Script, wrong: string) => script.look(wrong, { by: 'clinicA', time: START_MS })],
    [
      'has another lot than the one presented',
      (script: Script, wrong: string) =>
        script.look(wrong, { by: 'clinicA', presented: code(WRONG).replace(LOT, 'NOLOT1') }),
    ],
    [
      'carries another signature',
      (script: Script, wrong: string) =>
        script.look(wrong, {
          by: 'clinicA',
          presented: toElementString({ ...signed('OTHER'), serial: WRONG }),
        }),
    ],
    [
      'was signed by a stranger',
      (script: Script, wrong: string) =>
        script.look(wrong, {
          by: 'clinicA',
          presented: toDigitalLink({ ...signed(MEANT, SIGNER.rival), serial: WRONG }),
        }),
    ],
  ])('does not speak where the pack within reach %s', (_, look) => {
    const { script, wrong } = world();
    look(script, wrong);
    const found = replay(script).findings();
    expectNone(found, 'ID-10');
    expect(said(found, 2)).not.toEqual([]);
  });

  it('does not speak of a use where the pack within reach was used before', () => {
    const { script, meant, wrong } = world();
    script.administer('clinicA', meant);
    script.retire('clinicA', meant);
    script.administer('clinicA', wrong);
    expectNone(replay(script).findings(), 'ID-10');
  });

  it('takes a use for a misread one only while the pack within reach is not used for somebody else', () => {
    const { script, meant, wrong } = world();
    const actId = script.id();
    script.administer('clinicA', wrong, { actId });
    expectOne(replay(script).findings(), 'ID-10', { severity: 1 });
    script.administer('clinicA', meant, { actId });
    expectOne(replay(script).findings(), 'ID-10', { severity: 1 });
    script.administer('clinicA', meant);
    const found = replay(script).findings();
    expectNone(found, 'ID-10');
    expectOne(found, 'ID-05', { severity: 3 });
  });

  it('does not guess between two packs, wherever the second is', () => {
    const { script, wrong } = world();
    const other = sgtin(GTIN, 'K7MX4Q9P');
    script.commission(other);
    script.look(wrong, { by: 'clinicA' });
    const found = replay(script).findings();
    expectNone(found, 'ID-10');
    expectOne(found, 'ID-05', { severity: 3 });
  });

  it('tells two packs within reach apart by the signature', () => {
    const { script, meant, wrong } = world();
    script.commission(sgtin(GTIN, 'K7MX4Q9P'));
    const presented = toElementString({ ...signed(MEANT), serial: WRONG });
    script.look(wrong, { by: 'clinicA', presented });
    expectOne(replay(script).findings(), 'ID-10', { severity: 1, detail: meant });
  });

  it('explains one slip in the lot or in the expiry date, and not both', () => {
    const { script, meant } = world();
    const look = (presented: string): void => {
      script.look(meant, { by: 'clinicA', presented });
    };
    look(code(MEANT).replace(LOT, 'LOTI'));
    look(code(MEANT).replace('280131', '280113'));
    look(code(MEANT).replace(LOT, 'LOTI').replace('280131', '280113'));
    const found = replay(script)
      .unfolded()
      .filter(({ code: name }) => name.startsWith('ID'));
    expect(said(found)).toEqual(['ID-06 L1', 'ID-07 L1', 'ID-08 L3', 'ID-10 L1']);
  });
});

describe('consulted', () => {
  it('is empty for units whose codes are sound, and holds what a failing code may have meant', () => {
    const { script, meant, wrong } = world();
    script.look(meant, { by: 'clinicA', presented: code(MEANT) });
    script.look(wrong, { by: 'clinicA', presented: code(WRONG) });
    const { world: all } = replay(script);
    expect(consulted(unitView(all, meant))).toEqual([]);
    expect(consulted(unitView(all, wrong))).toContain(meant);
    expect(consulted(unitView(all, wrong)).length).toBeLessThanOrEqual(CANDIDATES_MAX + 64);
  });

  it('is bounded, however many texts somebody presents for one unit', () => {
    const { script, wrong } = world();
    for (let i = 0; i < 40; i++) {
      script.look(wrong, { by: 'clinicA', presented: `(01)${GTIN}(21)${WRONG}(10)LOT${i}` });
    }
    const ids = consulted(unitView(replay(script).world, wrong));
    expect(ids.length).toBeLessThanOrEqual(16 * CANDIDATES_MAX);
  });
});
