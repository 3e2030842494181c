// Goal:   CC rules believe the holder, his device and a credible time, and nobody else.
// Method: small worlds in which one reporter, device or time differs. (tests/scenarios/cold-chain*.txt has the rules.)
import { describe, expect, it } from 'vitest';
import { verdictSeverity, type Finding } from '../../src/judgement/index.ts';
import { HOUR_MS, ID, VALID_FROM, VALID_TO, type Who } from '../support/cast.ts';
import { expectNone, expectOne } from '../support/expect-findings.ts';
import { Script } from '../support/script.ts';
import { about, COLD, coldWorld, found, series, WARM } from '../support/cold.ts';

describe('CC-10 sensor-untrusted', () => {
  it.each(['north', 'clinicB', 'trader', 'rival'] as const)(
    'never lets %s, who has no part in it, accuse above a stop',
    (who: Who) => {
      const script = coldWorld();
      const unit = script.unit();
      script.deliver(unit, 'clinicA', 'south');
      script.log(who, unit, [series(script.nowMs, script.nowMs + 11 * HOUR_MS, -20)]);
      const findings = found(script);
      expect(Math.max(...findings.map(verdictSeverity))).toBe(2);
      expectOne(findings, 'CC-10', { severity: 2, subject: unit, secondLine: true, detail: who });
      expectNone(findings, 'CC-01', 'CC-02', 'CC-04', 'CC-05', 'CC-06');
    },
  );

  it('never lets a stranger clear a gap or an excursion', () => {
    const script = coldWorld();
    const unit = script.unit();
    script.deliver(unit, 'clinicA', 'south');
    const from = script.nowMs;
    script.log('clinicA', unit, [
      series(from, from + HOUR_MS, COLD),
      series(from + 8 * HOUR_MS, from + 9 * HOUR_MS, COLD),
    ]);
    const before = found(script).filter(({ code }) => code !== 'CC-10');
    expect(before.map(({ code }) => code)).toContain('CC-08');
    script.log('clinicB', unit, [series(from, from + 9 * HOUR_MS, COLD)]);
    expect(found(script).filter(({ code }) => code !== 'CC-10')).toEqual(before);
  });

  it('names each stranger once, with all its reports', () => {
    const script = coldWorld();
    const unit = script.unit();
    script.deliver(unit, 'clinicA', 'south');
    const first = script.log('clinicB', unit, [series(script.nowMs, script.nowMs + HOUR_MS, COLD)]);
    const second = script.log('clinicB', unit, [series(script.nowMs, script.nowMs + HOUR_MS, COLD)]);
    const third = script.log('trader', unit, [series(script.nowMs, script.nowMs + HOUR_MS, COLD)]);
    const proofs = found(script)
      .filter(({ code }) => code === 'CC-10')
      .map(({ proof }) => proof.map(({ entry }) => entry));
    expect(proofs).toEqual([[first.entry, second.entry], [third.entry]]);
  });
});

describe('whose word counts', () => {
  /** A unit at clinicA; warm for eleven hours, as `who` says. */
  function warmBy(
    who: Who,
    prepare: (script: Script) => string | undefined = () => undefined,
  ): readonly Finding[] {
    const script = coldWorld();
    const unit = script.unit();
    script.deliver(unit, 'clinicA', 'south');
    const device = prepare(script);
    const from = script.nowMs;
    const time = from + 11 * HOUR_MS;
    const options = device === undefined ? { time } : { time, device };
    script.log(who, unit, [series(from, time, WARM)], options);
    return about(found(script), unit);
  }
  const calibrate = (script: Script): string => {
    const device = 'urn:device:7';
    const issues = [{ type: 'device-calibration' }];
    script.say(
      'operator',
      'party',
      { id: ID.regulator, name: 'regulator', roles: ['regulator'], issues },
      { after: 0 },
    );
    const valid = { validFrom: VALID_FROM, validTo: VALID_TO };
    script.say(
      'regulator',
      'licence',
      { id: 'k', type: 'device-calibration', holder: device, ...valid },
      { after: 0 },
    );
    return device;
  };

  it.each(['clinicA', 'maker', 'regulator'] as const)('%s is believed', (who) => {
    expectOne(warmBy(who), 'CC-04', { severity: 3, secondLine: false });
  });

  it('a service is believed with a calibrated device, and casts doubt with another', () => {
    expectOne(warmBy('scanner', calibrate), 'CC-04', { severity: 3 });
    const doubted = warmBy('scanner');
    expectNone(doubted, 'CC-04');
    expectOne(doubted, 'CC-05', { severity: 2 });
  });

  it('who had the goods is believed for the time he had them, and casts doubt on another', () => {
    const script = coldWorld();
    const unit = script.unit();
    const steps = script.deliver(unit, 'clinicA', 'south');
    const from = steps[2]!.timeMs;
    script.log('south', unit, [series(from, from + 11 * HOUR_MS, WARM)]);
    expectOne(about(found(script), unit), 'CC-04', { severity: 3 });
    const doubted = warmBy('south');
    expectNone(doubted, 'CC-04', 'CC-10');
    expectOne(doubted, 'CC-05', { severity: 2 });
  });

  it('who made himself the holder casts doubt only', () => {
    const script = coldWorld();
    const unit = script.unit();
    script.commission(unit);
    script.receive('clinicB', unit, 'north');
    const from = script.nowMs;
    script.log('clinicB', unit, [series(from, from + 11 * HOUR_MS, WARM)], { time: from + 11 * HOUR_MS });
    const findings = about(found(script), unit);
    expectNone(findings, 'CC-04');
    expect(Math.max(...findings.map(verdictSeverity))).toBe(2);
  });

  it('an unknown device clears nothing where policy asks for known ones', () => {
    const script = coldWorld({ devicesRegistered: true });
    const unit = script.unit();
    script.deliver(unit, 'clinicA', 'south');
    const device = calibrate(script);
    const from = script.nowMs;
    const parts = [series(from, from + HOUR_MS, COLD), series(from + 8 * HOUR_MS, from + 9 * HOUR_MS, COLD)];
    script.log('clinicA', unit, parts, { device });
    script.log('clinicA', unit, [series(from, from + 9 * HOUR_MS, COLD)], { device: 'urn:device:8' });
    expectOne(found(script), 'CC-08', { severity: 2 });
  });
});

describe('readings of an incredible time (principle 8)', () => {
  it('clear nothing, and prove nothing', () => {
    const script = coldWorld();
    const unit = script.unit();
    script.deliver(unit, 'clinicA', 'south');
    const from = script.nowMs;
    const time = from + 9 * HOUR_MS;
    script.log(
      'clinicA',
      unit,
      [series(from, from + HOUR_MS, COLD), series(from + 8 * HOUR_MS, time, COLD)],
      { time },
    );
    script.log('clinicA', unit, [series(from, time, COLD)], { time, late: 11 * 24 });
    expectOne(found(script), 'CC-08', { severity: 2 });
    const warm = coldWorld();
    const other = warm.unit();
    warm.deliver(other, 'clinicA', 'south');
    const at = warm.nowMs;
    warm.log('clinicA', other, [series(at, at + 10 * HOUR_MS, WARM)], {
      time: at + 10 * HOUR_MS,
      late: 11 * 24,
    });
    expectNone(found(warm), 'CC-04');
    expectOne(found(warm), 'CC-05', { severity: 2 });
  });
});

describe('CC-12 sensor-time', () => {
  it('names a device that says two things of one time', () => {
    const script = coldWorld();
    const unit = script.unit();
    script.deliver(unit, 'clinicA', 'south');
    const from = script.nowMs;
    script.log('clinicA', unit, [
      { startMs: from, endMs: from + 3 * HOUR_MS, min: 3, max: 4 },
      { startMs: from + HOUR_MS, endMs: from + 2 * HOUR_MS, min: 5, max: 6 },
    ]);
    expectOne(found(script), 'CC-12', { severity: 1, subject: unit });
  });
});
