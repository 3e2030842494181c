// Goal:   CO rules know who took back what, how late, and what cannot be taken back; corrections of events by the acts themselves.
// Method: small worlds replayed into the judge; corrections() with hand-made acts, one difference at a time.
import { describe, expect, it } from 'vitest';
import type { Act } from '../../src/custody/index.ts';
import { correctionIds, corrections } from '../../src/judgement/index.ts';
import { DAY_MS, HOUR_MS, ID, SITE } from '../support/cast.ts';
import { briefly, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script } from '../support/script.ts';

function dispensed(): { script: Script; unit: string; supply: ReturnType<Script['dispense']> } {
  const script = new Script();
  const unit = script.unit();
  script.deliver(unit, 'pharmacy');
  return { script, unit, supply: script.dispense('pharmacy', unit) };
}

describe('undoing a supply', () => {
  it.each([
    [240, []],
    [240 + 1 / 60, ['CO-01 L3']],
  ])('after %d hours says %j', (hours, expected) => {
    const { script, unit } = dispensed();
    script.undo('pharmacy', unit, 'dispense', { after: hours });
    expect(said(replay(script).findings())).toEqual(expected);
  });

  it('proves the supply and the undo', () => {
    const { script, unit, supply } = dispensed();
    const undone = script.undo('pharmacy', unit, 'dispense', { after: 241 });
    const proof = [supply, undone];
    expectOne(replay(script).findings(), 'CO-01', { severity: 3, proof, last: undone, secondLine: false });
  });

  it('by a stranger is of the second line, however late', () => {
    const { script, unit, supply } = dispensed();
    const undone = script.undo('clinicB', unit, 'dispense', { after: 300 });
    const found = replay(script).findings();
    expectOne(found, 'CO-02', { severity: 3, proof: [supply, undone], secondLine: true });
    expectNone(found, 'CO-01', 'CO-03');
  });

  it('at another site of the same party is one by another', () => {
    const { script, unit } = dispensed();
    script.undo('pharmacy', unit, 'dispense', { place: SITE.clinicA });
    expectOne(replay(script).findings(), 'CO-02', { severity: 3, detail: /another site/ });
  });

  it('of a pack in stock is a notice, of a used one suspect', () => {
    const script = new Script();
    const [stock, used] = script.units(2) as [string, string];
    script.deliver([stock, used], 'clinicA');
    script.administer('clinicA', used);
    script.undo('clinicA', stock, 'dispense');
    script.undo('clinicA', used, 'dispense');
    expect(said(replay(script).findings())).toEqual(['CO-03 L1', 'CO-03 L3']);
  });

  it('is a stop after a recall in the place’s market, and not elsewhere', () => {
    for (const [regions, expected] of [
      [['DE'], ['CO-04 L2']],
      [['FR'], []],
    ] as const) {
      const { script, unit } = dispensed();
      const recall = {
        id: 'R1',
        product: unit.slice(0, unit.indexOf('/21/')),
        lots: ['LOT1'],
        reason: 'leak',
      };
      const effectiveFrom = new Date(script.nowMs).toISOString();
      script.say('maker', 'recall', { ...recall, regions, effectiveFrom });
      script.undo('pharmacy', unit, 'dispense');
      const codes = said(replay(script).findings()).filter((line) => line.startsWith('CO'));
      expect(codes).toEqual(expected);
    }
  });
});

describe('corrections()', () => {
  const { registry } = replay(new Script());
  const base = firstAct();

  function firstAct(): Act {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    return replay(script).unit(unit).strides[0]!.act;
  }

  let entry = 100;
  function event(eventId: string, actor: string = ID.maker): Act {
    const ref = { entry: ++entry, event: 0 };
    return { ...base, ref, eventId, actor, recordTimeMs: base.timeMs, more: undefined };
  }

  function correction(
    of: Act,
    corrective: readonly string[] = [],
    actor = of.actor,
    reason = 'did_not_occur',
  ): Act {
    const ref = { entry: ++entry, event: 0 };
    const corrects = { declaredMs: of.timeMs, reason, corrective };
    const more = { ...NOTHING, corrects };
    return { ...of, ref, actor, step: 'correct', more: more as unknown as Act['more'] };
  }
  const NOTHING = { sets: [], unsets: [], undoes: undefined, documents: [], readings: [] };

  function judged(id: string, acts: readonly Act[], afterMs = 0): readonly string[] {
    const eventsOf = (eventId: string): readonly Act[] => acts.filter((act) => act.eventId === eventId);
    return corrections(id, eventsOf, base.timeMs + afterMs, registry).map(
      (found) => `${found.code} L${found.severity} ${found.subject.type} ${found.subject.id}`,
    );
  }

  it('says nothing of an event nobody corrects, of its signer’s one correction, nor of the same correction again', () => {
    const a = event('a');
    expect(judged('a', [])).toEqual([]);
    expect(judged('a', [a])).toEqual([]);
    expect(judged('a', [a, correction(a)], 100 * DAY_MS)).toEqual([]);
    expect(judged('a', [a, correction(a), correction(a)])).toEqual([]);
  });

  it('CO-05: waits for corrective events to the hour, and does not take a correction for one', () => {
    const a = event('a');
    const wrong = correction(a, ['b']);
    expect(judged('a', [a, wrong], 10 * DAY_MS)).toEqual([]);
    expect(judged('a', [a, wrong], 10 * DAY_MS + HOUR_MS)).toEqual(['CO-05 L2 event a']);
    expect(judged('a', [a, wrong, event('b')], 11 * DAY_MS)).toEqual([]);
    expect(judged('a', [a, wrong, correction(event('b'))], 11 * DAY_MS)).toEqual(['CO-05 L2 event a']);
  });

  it('CO-06: names who corrects another party’s event, and not who corrects an event not recorded yet', () => {
    const a = event('a');
    expect(judged('a', [a, correction(a, [], ID.north)])).toEqual(['CO-06 L4 event a']);
    expect(judged('a', [correction(a, [], ID.north)])).toEqual([]);
  });

  it('CO-06: an event of the same id by the corrector himself makes the correction his own', () => {
    const a = event('a');
    expect(judged('a', [a, event('a', ID.north), correction(a, [], ID.north)])).toEqual([]);
  });

  it('CO-08: knows two different corrections by one signer', () => {
    const a = event('a');
    const [b, c] = [event('b'), event('c')];
    expect(judged('a', [a, b, c, correction(a, ['b']), correction(a, ['c'])])).toEqual(['CO-08 L3 event a']);
    expect(judged('a', [a, b, c, correction(a, ['b', 'c']), correction(a, ['c', 'b'])])).toEqual([]);
    expect(judged('a', [a, correction(a), correction(a, [], ID.maker, 'incorrect_data')])).toEqual([
      'CO-08 L3 event a',
    ]);
  });

  it.each([1, 2, 3, 7, 64])('CO-08: finds a circle of %d corrections, told once', (length) => {
    const events = Array.from({ length }, (_, i) => event(`id-${String(i).padStart(3, '0')}`));
    const acts = events.flatMap((one, i) => [one, correction(one, [events[(i + 1) % length]!.eventId!])]);
    const found = events.flatMap(({ eventId }) => judged(eventId!, acts));
    expect(found).toEqual(['CO-08 L3 event id-000']);
  });

  it('CO-08: takes a chain of corrections for no circle, nor one that a stranger closes', () => {
    const [a, b, c] = [event('a'), event('b'), event('c')];
    const chain = [a, b, c, correction(a, ['b']), correction(b, ['c'])];
    expect(judged('a', chain)).toEqual([]);
    expect(judged('a', [...chain, correction(c, ['a'], ID.north)])).toEqual([]);
  });

  it('asks for the event and what its correction names', () => {
    const a = event('a');
    expect(correctionIds(a)).toEqual([]);
    expect(correctionIds(correction(a, ['b', 'c', 'b']))).toEqual(['a', 'b', 'c']);
  });
});

describe('an error declared too late', () => {
  it('takes nothing back and is itself found, one declared in time takes back and is not', () => {
    for (const [hours, life, expected] of [
      [240, 'active', []],
      [241, 'gone', ['CO-01 L3']],
    ] as const) {
      const script = new Script();
      const unit = script.unit();
      script.deliver(unit, 'clinicA');
      const wrong = script.destroy('clinicA', unit);
      script.correct('clinicA', wrong, { after: hours });
      const { findings, unit: timeline } = replay(script);
      expect(timeline(unit).final.life).toBe(life);
      expect(
        findings()
          .filter(({ severity }) => severity > 0)
          .map(briefly),
      ).toHaveLength(expected.length);
      expect(said(findings())).toEqual(expected);
    }
  });
});
