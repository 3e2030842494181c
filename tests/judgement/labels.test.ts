// Goal:   labels are held to what the manufacturer signs and registered; a second party is asked for only where the product wants one.
// Method: one small world a case, replayed into the judge; each code with its exact level and proof, beside a near miss.
import { describe, expect, it } from 'vitest';
import { sgtin, signUnitCode, toElementString, traceCodeId } from '../../src/gs1/index.ts';
import { clearances } from '../../src/judgement/index.ts';
import { lastDayFor00 } from '../../src/judgement/labels.ts';
import { DAY_MS, EXPIRY, GTIN, HOUR_MS, LOT, PRODUCT, SIGNER, SITE } from '../support/cast.ts';
import { assertTable, expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay, type Replay } from '../support/replay.ts';
import { Script, type WorldOptions } from '../support/script.ts';

/** A pack with clinicA. */
function world(options: WorldOptions = {}): { script: Script; unit: string } {
  const script = new Script(options);
  const unit = script.unit();
  script.deliver(unit, 'clinicA');
  return { script, unit };
}

const serialOf = (unit: string): string => unit.slice(unit.indexOf('/21/') + 4);
const plain = (unit: string, lot = LOT, day = '280131'): string =>
  `(01)${GTIN}(21)${serialOf(unit)}(17)${day}(10)${lot}`;
/** All findings, judged long after the last step. */
const later = (script: Script): Replay =>
  replay(script, script.steps, script.steps.at(-1)!.recordTimeMs + 60 * DAY_MS);

describe('SG-01 unit-signature-missing', () => {
  it('stops at an unsigned code of a product whose codes are signed', () => {
    const { script, unit } = world({ product: { signedCode: true } });
    const scan = script.look(unit, { by: 'clinicA', presented: plain(unit) });
    const found = replay(script).findings();
    expectOne(found, 'SG-01', { severity: 2, subject: unit, proof: [scan], secondLine: false });
    expectClean(found, 2);
  });

  it('says nothing of a signed code, of a scan without a code, and before the maker said so', () => {
    const { script, unit } = world({ product: { signedCode: true } });
    script.look(unit, { by: 'clinicA', presented: script.label(unit) });
    script.look(unit, { by: 'clinicA' });
    expectNone(replay(script).findings(), 'SG-01');
    const { script: before, unit: other } = world();
    before.look(other, { by: 'clinicA', presented: plain(other) });
    before.say('maker', 'product', { id: PRODUCT, name: 'Botulinum toxin', signedCode: true });
    expectNone(replay(before).findings(), 'SG-01');
  });

  it('asks for no signature on a trace code, which has no room for one', () => {
    const script = new Script({ product: { signedCode: true, traceCodePrefix: '8123456' } });
    const digits = '81234560000000000001';
    script.commission(traceCodeId(digits));
    script.look(traceCodeId(digits), { presented: digits });
    expectNone(replay(script).findings(), 'SG-01');
  });
});

describe('SG-02 unit-signature-invalid, by how the code was read', () => {
  const broken = (unit: string, change: (text: string) => string = (text) => text): string => {
    const signed = signUnitCode(
      { gtin: GTIN, serial: serialOf(unit), lot: LOT, expiry: EXPIRY },
      SIGNER.maker,
    );
    const signature = new Uint8Array(signed.signature);
    signature[40]! ^= 1;
    return change(toElementString({ ...signed, signature }));
  };
  const folded = (text: string): string => text.slice(0, -86) + text.slice(-86).toUpperCase();

  it.each([
    [4, 'read by a machine', 'scan', broken],
    [3, 'typed', 'manual', broken],
    [3, 'of which nobody says how it was read', undefined, broken],
    [3, 'folded to capitals on its way', 'scan', (unit: string) => broken(unit, folded)],
  ] as const)('is L%i for a false signature %s', (severity, _, entryMode, presented) => {
    const { script, unit } = world();
    const mode = entryMode === undefined ? {} : { entryMode };
    const scan = script.look(unit, { by: 'clinicA', presented: presented(unit), ...mode });
    expectOne(replay(script).findings(), 'SG-02', { severity, subject: unit, proof: [scan] });
  });
});

describe('a signature cut short', () => {
  const cut = (script: Script, unit: string): string => script.label(unit).slice(0, -7);

  it('is a slip where the pack is at hand, and no more', () => {
    const { script, unit } = world();
    script.look(unit, { by: 'clinicA', presented: cut(script, unit), entryMode: 'scan' });
    const found = replay(script).findings();
    expectOne(found, 'SG-02', { severity: 1 });
    expectOne(found, 'ID-10', { severity: 1, detail: unit });
  });

  it('is suspect elsewhere, never a proof, and where codes must be signed it is none', () => {
    const { script, unit } = world({ product: { signedCode: true } });
    script.look(unit, { by: 'clinicB', presented: cut(script, unit), entryMode: 'scan' });
    const found = replay(script).findings();
    expectOne(found, 'SG-02', { severity: 3 });
    expectOne(found, 'SG-01', { severity: 2 });
  });
});

describe('SG-10 label-transplant', () => {
  it.each([
    [4, 'scan'],
    [3, 'manual'],
    [3, undefined],
  ] as const)('is L%i for the true label of another pack, entry mode %s', (severity, entryMode) => {
    const { script, unit } = world();
    const other = script.unit();
    script.commission(other);
    const mode = entryMode === undefined ? {} : { entryMode };
    const scan = script.look(unit, { by: 'clinicA', presented: script.label(other), ...mode });
    const found = replay(script).findings();
    expectOne(found, 'SG-10', { severity, subject: unit, proof: [scan], detail: other });
  });

  it('says nothing of its own label, of an unsigned one, and of one pack’s label in a scan of several', () => {
    const { script, unit } = world();
    const other = script.unit();
    script.deliver(other, 'clinicA');
    script.look(unit, { by: 'clinicA', presented: script.label(unit), entryMode: 'scan' });
    script.look(unit, { by: 'clinicA', presented: plain(other), entryMode: 'scan' });
    script.look([unit, other], { by: 'clinicA', presented: script.label(unit), entryMode: 'scan' });
    expectNone(replay(script).findings(), 'SG-10');
  });
});

describe('SG-13 countersignature-missing', () => {
  const two = { product: { twoParty: true } };

  it('stops at a hand-over that one side never signed', () => {
    const script = new Script(two);
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    const shipped = script.ship('north', unit, 'clinicA');
    const one = { severity: 2, subject: unit, proof: [shipped], detail: /north did not sign the receive/ };
    expectOne(replay(script).findings(), 'SG-13', one);
  });

  it('stops at a destruction nobody else saw, once a witness has had time', () => {
    const { script, unit } = world(two);
    const destroyed = script.destroy('clinicA', unit);
    expectNone(replay(script).findings(), 'SG-13');
    expectOne(later(script).findings(), 'SG-13', { severity: 2, subject: unit, proof: [destroyed] });
  });

  it.each([
    ['another party was there', 'regulator', SITE.clinicA, 1],
    ['it came an hour before the report', 'regulator', SITE.clinicA, -1],
  ] as const)('accepts a destruction where %s', (_, by, place, hours) => {
    const { script, unit } = world(two);
    const { timeMs } = script.destroy('clinicA', unit);
    script.look(unit, { by, place, time: timeMs + hours * HOUR_MS });
    expectNone(later(script).findings(), 'SG-13');
  });

  it.each([
    ['the destroyer himself', 'clinicA', SITE.clinicA, 1],
    ['somebody elsewhere', 'regulator', SITE.regulator, 1],
    ['somebody who came too late', 'regulator', SITE.clinicA, 24 * 5],
  ] as const)('takes no witness in %s', (_, by, place, hours) => {
    const { script, unit } = world(two);
    const { timeMs } = script.destroy('clinicA', unit);
    script.look(unit, { by, place, time: timeMs + hours * HOUR_MS });
    expectOne(later(script).findings(), 'SG-13', { severity: 2 });
  });

  it('asks nobody where the product does not', () => {
    const { script, unit } = world();
    script.destroy('clinicA', unit);
    expectNone(later(script).findings(), 'SG-13');
  });
});

describe('SG-13 of cases', () => {
  const closed = { id: 'case-1', state: 'closed', findings: ['f1'], reason: 'explained' } as const;
  const cleared = (script: Script, waitMs = 60 * DAY_MS): readonly string[] => {
    const { registry } = replay(script);
    const asOfMs = script.steps.at(-1)!.recordTimeMs + waitMs;
    return said(assertTable([...clearances(registry, asOfMs)]));
  };

  it('stops at a suspicion that one party alone declares cleared', () => {
    const script = new Script();
    script.say('regulator', 'case', closed);
    script.say('regulator', 'case', { ...closed, id: 'case-2', severity: 4 });
    expect(cleared(script)).toEqual(['SG-13 L2', 'SG-13 L2']);
  });

  it('says nothing of lesser findings, of open cases, while the other may speak, and when it has', () => {
    const script = new Script();
    script.say('regulator', 'case', { ...closed, state: 'active' });
    script.say('regulator', 'case', { ...closed, id: 'case-2', severity: 2 });
    script.say('regulator', 'case', { ...closed, id: 'case-3', findings: [] });
    expect(cleared(script)).toEqual([]);
    script.say('regulator', 'case', closed);
    expect(cleared(script, HOUR_MS)).toEqual([]);
    script.say('operator', 'case', closed);
    expect(cleared(script)).toEqual([]);
  });
});

describe('ID-06, ID-07, ID-08: the presented lot and expiry date', () => {
  it.each([
    ['ID-06', 'another lot', 'NOLOT', '280131'],
    ['ID-07', 'another day', LOT, '291224'],
    ['ID-08', 'both', 'NOLOT', '291224'],
  ] as const)('is %s for %s, with the commissioning as proof', (code, _, lot, day) => {
    const { script, unit } = world();
    const [made] = script.steps.filter(({ kind }) => kind === 'events');
    const scan = script.look(unit, { by: 'clinicA', presented: plain(unit, lot, day) });
    const found = replay(script).findings();
    expectOne(found, code, {
      severity: 3,
      subject: unit,
      proof: [made!, scan],
      last: scan,
      secondLine: false,
    });
    expect(said(found)).toEqual([`${code} L3`]);
  });

  it.each([
    ['the lot and day of the commissioning', LOT, '280131'],
    ['day 00 for the last of the month', LOT, '280100'],
  ])('accept %s', (_, lot, day) => {
    const { script, unit } = world();
    script.look(unit, { by: 'clinicA', presented: plain(unit, lot, day) });
    expectClean(replay(script).findings(), 0);
  });

  it('accept codes that name neither, and codes of another unit', () => {
    const { script, unit } = world();
    script.look(unit, { by: 'clinicA', presented: unit });
    script.look(unit, { by: 'clinicA', presented: plain(script.unit(), 'NOLOT') });
    expectNone(replay(script).findings(), 'ID-06', 'ID-07', 'ID-08');
  });

  it('accept an extended expiry date, wherever its statement stands, and no shorter one', () => {
    const { script, unit } = world();
    const lot = { product: PRODUCT, lot: LOT, quantity: 1000, markets: ['DE'] };
    script.look(unit, { by: 'clinicA', presented: plain(unit, LOT, '280731') });
    script.say('maker', 'lot', { ...lot, expiry: '2028-07-31' });
    expectNone(replay(script).findings(), 'ID-07');
    script.say('maker', 'lot', { ...lot, expiry: '2027-05-15' });
    script.look(unit, { by: 'clinicA', presented: plain(unit, LOT, '270515') });
    expectOne(replay(script).findings(), 'ID-07', { severity: 3 });
  });

  it('wait for a commissioning captured late', () => {
    const script = new Script();
    const unit = script.unit();
    script.look(unit, { presented: plain(unit), time: script.nowMs + DAY_MS });
    script.commission(unit, { time: script.nowMs - DAY_MS, late: 72 });
    expectNone(replay(script).findings(), 'ID-06', 'ID-07', 'ID-08');
  });

  it.each([
    ['2028-02-00', '2028-02-29'],
    ['2027-02', '2027-02-28'],
    ['2100-02-00', '2100-02-28'],
    ['2028-04-00', '2028-04-30'],
    ['2028-04-12', '2028-04-12'],
    ['2028-13-00', '2028-13-00'],
  ])('read %s as %s', (day, last) => expect(lastDayFor00(day)).toBe(last));
});

describe('ID-09 product-mismatch', () => {
  const SECOND = '09521000000025';
  const both = (): { script: Script; other: string; unit: string } => {
    const script = new Script();
    script.say('maker', 'product', { id: `https://id.gs1.org/01/${SECOND}`, name: 'Filler' });
    const lot = { product: `https://id.gs1.org/01/${SECOND}`, lot: 'F1', quantity: 10, expiry: EXPIRY };
    script.say('maker', 'lot', { ...lot, markets: ['DE'] });
    return { script, other: sgtin(SECOND, 'K7MX2Q9P'), unit: sgtin(GTIN, 'K7MX2Q9P') };
  };

  it('names a serial number the maker commissioned under another of its products', () => {
    const { script, other, unit } = both();
    script.commission(other, { lot: 'F1' });
    const scan = script.look(unit, { by: 'clinicA' });
    const found = replay(script).findings();
    expectOne(found, 'ID-09', { severity: 3, subject: unit, proof: [scan] });
    expectNone(found, 'ID-05');
  });

  it('is ID-05 where the other product does not have it, and nothing where this one does too', () => {
    const { script, other, unit } = both();
    script.look(unit, { by: 'clinicA' });
    expectOne(replay(script).findings(), 'ID-05', { severity: 3 });
    script.commission(other, { lot: 'F1' });
    script.commission(unit, { time: script.nowMs - DAY_MS, late: 48 });
    expectNone(replay(script).findings(), 'ID-05', 'ID-09');
  });
});

describe('ID-11 not-activated', () => {
  it('names a code the maker signed for a unit it never commissioned, in all its events', () => {
    const script = new Script();
    const unit = script.unit();
    const steps = [
      script.receive('clinicA', unit, 'north'),
      script.look(unit, { by: 'clinicA', presented: script.label(unit) }),
    ];
    const found = replay(script).findings();
    expectOne(found, 'ID-11', { severity: 3, subject: unit, proof: steps });
    expectNone(found, 'ID-05');
  });

  it('is a notice at the plant, and nothing once the commissioning arrives', () => {
    const script = new Script();
    const unit = script.unit();
    script.look(unit, { by: 'maker', place: SITE.maker, presented: script.label(unit) });
    expectOne(replay(script).findings(), 'ID-11', { severity: 1, subject: unit });
    script.commission(unit, { time: script.nowMs - HOUR_MS, late: 3 });
    expectNone(replay(script).findings(), 'ID-11');
  });

  it('is ID-05 where the signature is not the maker’s', () => {
    const script = new Script();
    const unit = script.unit();
    script.look(unit, { by: 'clinicA', presented: script.label(unit, SIGNER.rival) });
    const found = replay(script).findings();
    expectNone(found, 'ID-11');
    expectOne(found, 'ID-05', { severity: 3 });
  });
});

describe('ID-14 alias-conflict', () => {
  const T1 = traceCodeId('81234560000000000001');
  const T2 = traceCodeId('81234560000000000002');
  const start = (): { script: Script; unit: string } => world({ product: { traceCodePrefix: '8123456' } });

  it('proves two codes of one scheme for one unit', () => {
    const { script, unit } = start();
    const signed = [script.alias('maker', unit, T1), script.alias('maker', unit, T2)];
    const found = replay(script).findings();
    expectOne(found, 'ID-14', { severity: 4, subject: unit, proof: signed });
    expectNone(found, 'ID-05');
  });

  it('proves one code for two units, on the code', () => {
    const { script, unit } = start();
    const other = script.unit();
    script.commission(other);
    const signed = [script.alias('maker', unit, T1), script.alias('maker', other, T1)];
    expectOne(replay(script).findings(), 'ID-14', { severity: 4, subject: T1, proof: signed });
  });

  it('accepts the same pair again, codes of two schemes, and what others say', () => {
    const { script, unit } = start();
    script.alias('maker', unit, T1);
    script.alias('maker', unit, T1);
    script.alias('maker', unit, 'https://udi.example/12345');
    script.alias('north', unit, T2);
    script.look(T1, { by: 'clinicA' });
    const found = replay(script).unfolded();
    expectNone(found, 'ID-14');
    expectNone(
      found.filter(({ subject }) => subject.id === T1),
      'ID-05',
    );
  });
});

describe('ID-15 unsupported-entry-mode', () => {
  it.each([
    ['notice', [1]],
    ['record', [0]],
    ['allowed', []],
  ] as const)('gives a typed code, where policy says %s, the levels %j', (manualEntry, levels) => {
    const { script, unit } = world({ policy: { manualEntry } });
    script.look(unit, { by: 'clinicA', presented: plain(unit), entryMode: 'manual' });
    const found = replay(script)
      .unfolded()
      .filter(({ code }) => code === 'ID-15');
    expect(found.map(({ severity }) => severity)).toEqual(levels);
  });

  it('names a text that is no code, and says nothing of what a machine read or nobody tells', () => {
    const { script, unit } = world({ policy: { manualEntry: 'notice' } });
    script.look(unit, { by: 'clinicA', presented: plain(unit), entryMode: 'scan' });
    script.look(unit, { by: 'clinicA', presented: plain(unit) });
    expectNone(replay(script).findings(), 'ID-15');
    script.look([], { by: 'clinicA', presented: 'hello?', entryMode: 'manual' });
    expectOne(replay(script).findings(), 'ID-15', { severity: 1 });
  });
});
