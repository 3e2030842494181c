// Goal:   within max lag, the order of capture changes no final finding.
// Method: honest and dishonest random worlds captured in two random orders; findings compared by step, not by entry.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventRef } from '../../src/custody/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { HOUR_MS } from '../support/cast.ts';
import { Dice, honestWorld } from '../support/journeys.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step } from '../support/script.ts';

/** Codes whose meaning is a place in the log. */
const POSITIONAL = new Set([
  'LG-09',
  'LG-12',
  'LG-15',
  'ID-03',
  'ID-12',
  'SG-04',
  'SG-05',
  'QA-09',
  'LC-08',
  'SG-06',
  'SG-08',
]);
const LAG_MAX_H = 10 * 24;

describe('final findings', () => {
  it('are the same for every order of capture within max lag', () => {
    let judged = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7fff_ffff }), fc.integer(), fc.integer(), (seed, a, b) => {
        const { script } = honestWorld(seed);
        disturb(script, new Dice(seed));
        const first = captured(script, new Dice(a));
        const second = captured(script, new Dice(b));
        expect(second).toEqual(first);
        judged += first.length;
      }),
      { numRuns: 50 },
    );
    expect(judged, 'findings compared').toBeGreaterThan(50);
  });

  it('are the same for two contradicting events of one instant, whichever comes in first', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    const one = script.receive('north', unit);
    const other = script.receive('south', unit, undefined, { after: 0 });
    const rest = script.steps.slice(0, -2);
    expect(spell(script, [...rest, other, one])).toEqual(spell(script, [...rest, one, other]));
  });

  it('are the same when the last event comes in first', () => {
    const { script } = honestWorld(7);
    disturb(script, new Dice(7));
    const events = script.steps.filter(({ kind }) => kind === 'events').length;
    const backwards = script.steps.map((step, i) =>
      step.kind === 'events' ? { ...step, recordTimeMs: script.nowMs + (events - i) } : step,
    );
    expect(spell(script, backwards)).toEqual(spell(script, script.steps));
  });
});

/** Leaves out some steps and adds claims nobody is entitled to. */
function disturb(script: Script, dice: Dice): void {
  const events = script.steps.filter(({ kind }) => kind === 'events');
  const units = replay(script).units;
  for (let i = dice.below(4); i > 0; i--) script.steps.splice(script.steps.indexOf(dice.pick(events)), 1);
  for (let i = dice.below(5); i > 0; i--) {
    const unit = dice.pick(units);
    const who = dice.pick(['clinicB', 'south', 'salon', 'north', 'pharmacy'] as const);
    const time = dice.pick(events).timeMs + dice.below(100) * HOUR_MS;
    const lies = [
      () => script.administer(who, unit, { time }),
      () => script.receive(who, unit, undefined, { time }),
      () => script.ship(who, unit, 'clinicB', { time }),
      () => script.pack(who, script.container(), unit, { time }),
      () => script.look(unit, { by: who, time, latitude: 0, longitude: 0, radius: 50_000 }),
    ];
    dice.pick(lies)();
  }
}

/** Findings of the world captured in a random order. */
function captured(script: Script, dice: Dice): readonly string[] {
  const order = script.steps.map((step) =>
    step.kind === 'events'
      ? { ...step, recordTimeMs: step.timeMs + dice.below(LAG_MAX_H * 3600) * 1000 }
      : step,
  );
  return spell(script, order);
}

/** Findings with their proof spelled by what was signed. */
function spell(script: Script, order: readonly Step[]): readonly string[] {
  const found = replay(script, order).unfolded();
  const names = new Map(order.map((step) => [step.entry!, `${step.who} ${step.timeMs} ${hash(step.bytes)}`]));
  const name = ({ entry, event }: EventRef): string => `${names.get(entry)!}/${event}`;
  const line = ({ code, severity, subject, proof, secondLine, explanation }: Finding): string =>
    JSON.stringify([code, severity, subject.id, secondLine, explanation, proof.map(name).sort()]);
  return found
    .filter(({ code }) => !POSITIONAL.has(code))
    .map(line)
    .sort();
}

function hash(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7);
}
