// Goal:   LG rules about events tell a name used twice, a time that cannot be and a late record from what honest senders do.
// Method: small worlds replayed into the judge, and the rules' functions on acts made by hand; each code beside a near miss.
import { describe, expect, it } from 'vitest';
import { NOTHING_MORE, type Act, type ActMore } from '../../src/custody/index.ts';
import { recordTimeRegression } from '../../src/judgement/index.ts';
import { eventIdReuse } from '../../src/judgement/log-rules.ts';
import { act } from '../support/act.ts';
import { DAY_MS, ID, START_MS } from '../support/cast.ts';
import { assertTable, expectClean, expectNone, expectOne } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

const J = 'https://event.example/J';
const SKEW_MS = 300_000;

/** A shipment under the name J. */
function shipment(entry: number, changes: Partial<Act> = {}): Act {
  const said = { ref: { entry, event: 0 }, step: 'ship', actor: ID.north, ids: ['a', 'b'] } as const;
  return act({ ...said, recordTimeMs: START_MS, timeMs: START_MS, eventId: J, ...changes });
}

const corrects = { declaredMs: START_MS, reason: 'did_not_occur', corrective: [] };
const more = (changes: Partial<ActMore>): ActMore => ({ ...NOTHING_MORE, ...changes });
const codesOf = (...acts: readonly Act[]): readonly string[] =>
  assertTable([...eventIdReuse(J, acts)]).map(
    ({ code, severity, proof }) => `${code} L${severity} of ${proof.length}`,
  );

describe('LG-10 event-id-reuse', () => {
  it.each([
    ['other goods', { ids: ['c'] }],
    ['another time', { timeMs: START_MS + 1 }],
    ['another step', { step: 'receive' }],
    ['another receiver', { to: ID.clinicA }],
    ['a document the first did not name', { more: more({ documents: ['desadv'] }) }],
    ['a correction that says something else', { step: 'correct', ids: ['c'], more: more({ corrects }) }],
  ] as const)('proves a name used again for %s', (_, changes) => {
    expect(codesOf(shipment(1), shipment(2, changes))).toEqual(['LG-10 L4 of 2']);
  });

  it.each([
    ['the event sent again', {}],
    ['the event sent again by another key of the party', { kid: 'other', recordTimeMs: START_MS + DAY_MS }],
    ['its correction', { step: 'correct', more: more({ corrects }) }],
    ['another party that counts its events alike', { actor: ID.south, ids: ['c'] }],
  ] as const)('accepts %s', (_, changes) => {
    expect(codesOf(shipment(1), shipment(2, changes))).toEqual([]);
  });

  it('accepts the correction of an event that said more, and a second correction of it', () => {
    const said = { documents: ['desadv'] };
    const correction = { step: 'correct', more: more({ ...said, corrects }) } as const;
    const again = {
      step: 'correct',
      more: more({ ...said, corrects: { ...corrects, declaredMs: 1 } }),
    } as const;
    expect(codesOf(shipment(1, { more: more(said) }), shipment(2, correction), shipment(3, again))).toEqual(
      [],
    );
  });

  it('accepts the parts of an event too large for one statement, whatever their order', () => {
    const part = (n: number, id: string): Act =>
      shipment(n, { ids: [id], more: more({ part: { act: 'large-act-0123456', part: n, parts: 2 } }) });
    expect(codesOf(part(1, 'a'), part(2, 'b'))).toEqual([]);
    expect(codesOf(part(2, 'b'), part(1, 'a'))).toEqual([]);
  });

  it('accepts a correction of an event that never came, and counts each different event once', () => {
    expect(codesOf(shipment(2, { step: 'correct', more: more({ corrects }) }))).toEqual([]);
    expect(
      codesOf(shipment(1), shipment(2), shipment(3, { ids: ['c'] }), shipment(4, { ids: ['c'] })),
    ).toEqual(['LG-10 L4 of 2']);
  });

  it('names the event, and every signer that reused it apart', () => {
    const found = [
      ...eventIdReuse(J, [
        shipment(1),
        shipment(2, { ids: ['c'] }),
        shipment(3, { actor: ID.south }),
        shipment(4, { actor: ID.south, ids: ['c'] }),
      ]),
    ];
    expect(found.map(({ subject }) => subject)).toEqual([
      { type: 'event', id: J },
      { type: 'event', id: J },
    ]);
    expect(found.map(({ proof }) => proof.map(({ entry }) => entry))).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe('LG-11 record-time-regression', () => {
  it('stops at an entry recorded earlier than those before it, beyond the clock tolerance', () => {
    const found = recordTimeRegression(7, START_MS, START_MS - SKEW_MS - 1, SKEW_MS)!;
    expectOne(assertTable([found]), 'LG-11', { severity: 2, subject: '7', proof: [{ entry: 7, event: -1 }] });
  });

  it.each([
    ['the same time', 0],
    ['a later time', DAY_MS],
    ['an earlier time within the tolerance', -SKEW_MS],
  ])('accepts %s', (_, difference) => {
    expect(recordTimeRegression(7, START_MS, START_MS + difference, SKEW_MS)).toBeUndefined();
  });
});

describe('LG-12 time-implausible', () => {
  const scanned = (late: number): Script => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.look(unit, { by: 'maker', late });
    return script;
  };

  it.each([
    [2, 'that claims a time three hours from its record', -3],
    [1, 'whose clock is twenty minutes ahead', -1 / 3],
    [1, 'recorded eleven days late', 11 * 24],
  ])('is L%i for an event %s', (severity, _, late) => {
    const script = scanned(late);
    expectOne(replay(script).findings(), 'LG-12', { severity, proof: [script.newest('events')] });
  });

  it.each([
    ['a clock within tolerance', -1 / 15],
    ['a batch from nine days ago', 9 * 24],
  ])('accepts %s', (_, late) => {
    expectNone(replay(scanned(late)).findings(), 'LG-12');
  });

  it('accepts that old stock is registered, but not that it was packed back then', () => {
    const script = new Script();
    const [a, b] = script.units(2) as [string, string];
    const box = script.container();
    script.commission([a, b], { time: START_MS - 40 * DAY_MS, late: 40 * 24 });
    expectNone(replay(script).findings(), 'LG-12');
    const packed = script.pack('maker', box, a, { late: 20 * 24 });
    const found = replay(script)
      .unfolded()
      .filter(({ code }) => code === 'LG-12');
    expect(found.map(({ subject }) => subject.id).sort()).toEqual([box, a].sort());
    expect(new Set(found.map(({ last }) => last?.entry))).toEqual(new Set([packed.entry]));
  });
});

describe('LG-15 late-insert', () => {
  it('records an event that came after the one it precedes, on the unit and on the box', () => {
    const script = new Script();
    const unit = script.unit();
    const box = script.container();
    script.commission(unit);
    script.pack('maker', box, unit);
    script.ship('maker', box, 'north');
    const received = script.receive('north', box, 'maker', { late: 5 * 24 });
    const shipped = script.ship('north', box, 'clinicA');
    const found = replay(script).findings();
    expectOne(found, 'LG-15', { severity: 0, subject: box, proof: [received, shipped] });
    expectClean(found, 0);
  });

  it('says nothing of events late but in order, of repeats, and of looks', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit, { late: 24 });
    script.ship('maker', unit, 'north', { late: 24 });
    script.ship('maker', unit, 'north', { after: 0, late: 30 });
    script.look(unit, { late: 9 * 24 });
    script.receive('north', unit, 'maker', { late: 24 });
    expectNone(replay(script).findings(), 'LG-15');
  });
});
