// Goal:   CC rules add up what a unit went through in every container and at every holder, and never take a stranger's word for it.
// Method: small worlds against what the script itself did: an oracle walks the minutes of a unit's life and asks which logger was
//         with it then; beside it single worlds for what scenarios cannot say. (tests/scenarios/cold-chain*.txt has the rules.)
import { describe, expect, it } from 'vitest';
import { FindingFold, unitView, type Finding } from '../../src/judgement/index.ts';
import { coldChain } from '../../src/judgement/cold-chain.ts';
import { containerView } from '../../src/judgement/view.ts';
import { productId, sgtin } from '../../src/gs1/index.ts';
import { DAY_MS, HOUR_MS, START_MS, withCheckDigit } from '../support/cast.ts';
import { expectNone, expectOne } from '../support/expect-findings.ts';
import { Dice } from '../support/journeys.ts';
import { replay } from '../support/replay.ts';
import type { Script } from '../support/script.ts';
import { about, COLD, coldWorld, found, MINUTE_MS, series, STORAGE, WARM } from '../support/cold.ts';

describe('a journey through many containers', () => {
  /** Units move between boxes, boxes are read without a break: for each unit, which temperature was around it when. */
  function journey(seed: number): {
    script: Script;
    expected: Map<string, number>;
    units: readonly string[];
  } {
    const dice = new Dice(seed);
    const script = coldWorld();
    const units = script.units(3);
    script.commission(units, { time: START_MS });
    const around = new Map<string, { fromMs: number; toMs: number; box: string }[]>(
      units.map((u) => [u, []]),
    );
    let timeMs = START_MS;
    const warm = new Map<string, { fromMs: number; toMs: number }[]>();
    const outer = new Map<string, string>();
    for (let leg = 0; leg < 3; leg++) {
      const boxes = [script.container(), script.container()];
      const pallet = script.container();
      const held = units.map((unit) => ({ unit, box: dice.pick(boxes) }));
      const used = boxes.filter((box) => held.some((one) => one.box === box));
      timeMs += HOUR_MS;
      const fromMs = timeMs;
      for (const box of used) {
        script.pack(
          'maker',
          box,
          held.filter((one) => one.box === box).map(({ unit }) => unit),
          { time: fromMs },
        );
      }
      // Only half of the boxes go onto the pallet, which has a logger of its own.
      const onPallet = used.filter(() => dice.chance(50));
      if (onPallet.length > 0) script.pack('maker', pallet, onPallet, { time: fromMs + MINUTE_MS });
      for (const box of onPallet) outer.set(box, pallet);
      const toMs = fromMs + (6 + dice.below(6)) * HOUR_MS;
      for (const carrier of [
        ...used.filter((box) => !onPallet.includes(box)),
        ...(onPallet.length > 0 ? [pallet] : []),
      ]) {
        const warmFrom = fromMs + (1 + dice.below(18)) * 10 * MINUTE_MS;
        const warmTo = warmFrom + dice.below(30) * 10 * MINUTE_MS;
        const until = Math.min(warmTo, toMs - 10 * MINUTE_MS);
        const parts = [
          series(fromMs, warmFrom - MINUTE_MS, COLD),
          series(warmFrom, until, WARM),
          series(until + 10 * MINUTE_MS, toMs, COLD),
        ];
        script.log(
          'maker',
          carrier,
          parts.filter(({ startMs, endMs }) => endMs >= startMs),
          { time: toMs, device: `urn:d:${carrier.slice(-18)}` },
        );
        warm.set(carrier, [...(warm.get(carrier) ?? []), { fromMs: warmFrom, toMs: until }]);
      }
      if (onPallet.length > 0) script.unpack('maker', pallet, undefined, { time: toMs });
      for (const box of used) script.unpack('maker', box, undefined, { time: toMs + MINUTE_MS });
      for (const { unit, box } of held) around.get(unit)!.push({ fromMs, toMs, box });
      timeMs = toMs;
    }
    const expected = new Map<string, number>();
    for (const unit of units) {
      let ms = 0;
      for (const stay of around.get(unit)!) {
        for (const period of warm.get(outer.get(stay.box) ?? stay.box) ?? []) {
          // Minute by minute, as slow as it is plain.
          for (let t = stay.fromMs; t < stay.toMs; t += MINUTE_MS) {
            if (t >= period.fromMs && t < period.toMs) ms += MINUTE_MS;
          }
        }
      }
      expected.set(unit, ms);
    }
    return { script, expected, units };
  }

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'sums up exactly what was around it (seed %d)',
    (seed) => {
      const { script, expected, units } = journey(seed);
      const findings = found(script);
      for (const unit of units) {
        const ms = expected.get(unit)!;
        const own = about(findings, unit);
        const told =
          ms > STORAGE.budgetMs ? 'CC-04' : ms * 100 >= STORAGE.budgetMs * 80 && ms > 0 ? 'CC-03' : undefined;
        const codes = own.filter(({ code }) => code === 'CC-03' || code === 'CC-04').map(({ code }) => code);
        expect(codes, `${ms / MINUTE_MS} minutes`).toEqual(told === undefined ? [] : [told]);
        const minutes = ms / MINUTE_MS;
        const hours = (minutes - (minutes % 60)) / 60;
        const text =
          minutes % 60 === 0 ? `${hours} h for certain` : `${hours} h ${minutes % 60} min for certain`;
        if (told !== undefined) expectOne(own, told, { severity: told === 'CC-04' ? 3 : 1, detail: text });
      }
    },
  );

  it.each([1, 2, 3])('says the same whatever the order of capture (seed %d)', (seed) => {
    const { script } = journey(seed);
    const dice = new Dice(seed);
    const words = (findings: readonly Finding[]): readonly string[] =>
      findings
        .map(({ code, severity, subject, explanation }) => `${code} ${severity} ${subject.id} ${explanation}`)
        .sort();
    const before = words(found(script));
    const order = script.steps.map((step) =>
      step.kind === 'events' ? { ...step, recordTimeMs: step.timeMs + dice.below(5) * DAY_MS } : step,
    );
    expect(words(found(script, order))).toEqual(before);
  });
});

describe('CC-04 budget-exceeded', () => {
  it('is one finding with a count for all that was on one pallet', () => {
    const script = coldWorld();
    const units = script.units(300);
    const pallet = script.container();
    script.commission(units);
    script.pack('maker', pallet, units);
    const { timeMs } = script.log('maker', pallet, [series(script.nowMs, script.nowMs + 10 * HOUR_MS, WARM)]);
    expect(timeMs).toBeGreaterThan(0);
    const fold = new FindingFold();
    for (const one of found(script)) fold.add(one);
    const listed = fold.list().filter(({ code }) => code === 'CC-04');
    expect(listed.map(({ subject, count }) => [subject.type, count]).sort()).toEqual([
      ['container', 1],
      ['unit', 300],
    ]);
  });

  it('is proved by the readings and by what put the unit where they were', () => {
    const script = coldWorld();
    const unit = script.unit();
    const box = script.container();
    script.commission(unit);
    const packed = script.pack('maker', box, unit);
    const warm = script.log('maker', box, [series(script.nowMs, script.nowMs + 10 * HOUR_MS, WARM)]);
    const left = script.unpack('maker', box, undefined);
    script.log('maker', unit, [series(left.timeMs, left.timeMs + 2 * HOUR_MS, COLD)]);
    expectOne(about(found(script), unit), 'CC-04', {
      severity: 3,
      proof: [packed, warm, left],
      secondLine: false,
    });
  });

  it('leaves open when a unit left a container, where nobody recorded it', () => {
    const script = coldWorld();
    const unit = script.unit();
    const other = script.unit();
    const box = script.container();
    script.commission([unit, other]);
    script.pack('maker', box, [unit, other]);
    const shipped = script.ship('maker', box, 'north');
    const taken = script.receive('north', box, 'maker');
    // Warm at north's: the unit may have been taken out before.
    script.log('north', box, [
      series(shipped.timeMs, taken.timeMs, COLD),
      series(taken.timeMs + 10 * MINUTE_MS, taken.timeMs + 11 * HOUR_MS, WARM),
    ]);
    script.ship('north', unit, 'clinicA');
    script.receive('clinicA', unit, 'north');
    const findings = found(script);
    expectNone(about(findings, unit), 'CC-04');
    expectOne(about(findings, unit), 'CC-05', { severity: 2 });
    expectOne(about(findings, other), 'CC-04', { severity: 3 });
  });

  it('does not count the time after a supply, and counts again after its undo', () => {
    const script = coldWorld();
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    const sold = script.dispense('pharmacy', unit, { after: 1 });
    script.log('pharmacy', unit, [series(sold.timeMs + MINUTE_MS, sold.timeMs + 11 * HOUR_MS, WARM)]);
    expectNone(found(script), 'CC-02', 'CC-03', 'CC-04', 'CC-05');
  });
});

describe('what counts', () => {
  it('an excursion for each unit that one report names', () => {
    const script = coldWorld();
    const units = script.units(3);
    script.commission(units);
    const { timeMs } = script.log('maker', units, [series(script.nowMs, script.nowMs + HOUR_MS, WARM)]);
    expect(timeMs).toBeGreaterThan(0);
    const findings = found(script);
    for (const unit of units) {
      expectOne(about(findings, unit), 'CC-02', { severity: 1 });
      expectNone(about(findings, unit), 'CC-16');
    }
  });

  it('no extremes of a time of which the goods were there for a part', () => {
    const script = coldWorld();
    const [first, second] = [script.unit(), script.unit()];
    const box = script.container();
    script.commission([first, second]);
    script.pack('maker', box, first);
    const from = script.nowMs;
    script.pack('maker', box, second, { after: 2 });
    const time = from + 4 * HOUR_MS;
    script.log('maker', box, [{ startMs: from, endMs: time, min: -3, max: 6 }], { time });
    const findings = found(script);
    expectOne(about(findings, first), 'CC-06', { severity: 3 });
    expectNone(about(findings, second), 'CC-06');
  });

  it('nothing after the goods were declared lost', () => {
    const script = coldWorld();
    const unit = script.unit();
    script.deliver(unit, 'clinicA', 'south');
    script.declare('clinicA', unit, { set: ['lost'] });
    const from = script.nowMs + HOUR_MS;
    script.log('clinicA', unit, [series(from, from + 11 * HOUR_MS, WARM)], { time: from + 11 * HOUR_MS });
    expectNone(found(script), 'CC-02', 'CC-04', 'CC-05');
  });

  it('what is before a first reading out of range, from when the goods came', () => {
    const script = coldWorld();
    const unit = script.unit();
    const received = script.deliver(unit, 'clinicA', 'south').at(-1)!;
    const from = received.timeMs + 5 * HOUR_MS;
    script.log('clinicA', unit, [series(from, from + 4 * HOUR_MS + 30 * MINUTE_MS, WARM)], {
      time: from + 5 * HOUR_MS,
    });
    const findings = found(script);
    expectOne(findings, 'CC-05', { severity: 2, detail: '4 h 30 min for certain and 5 h unknown' });
    expectOne(findings, 'CC-08', { severity: 2, detail: 'no reading for 5 h' });
  });

  it('what follows the last reading once no reading can arrive any more', () => {
    const script = coldWorld();
    const unit = script.unit();
    script.deliver(unit, 'clinicA', 'south');
    const from = script.nowMs;
    const time = from + 6 * HOUR_MS;
    script.log('clinicA', unit, [series(from, time, COLD)], { time });
    script.look(unit, { by: 'clinicA', time: time + DAY_MS });
    const asOf = (ms: number): readonly Finding[] => found(script, script.steps, time + 10 * DAY_MS + ms);
    expectNone(asOf(4 * HOUR_MS), 'CC-08');
    expectOne(asOf(4 * HOUR_MS + 1), 'CC-08', { severity: 2 });
    expectNone(asOf(9 * HOUR_MS), 'CC-05');
    expectOne(asOf(9 * HOUR_MS + 1), 'CC-05', { severity: 2 });
    expectOne(asOf(60 * DAY_MS), 'CC-08', { severity: 2, detail: 'no reading for 24 h' });
    script.administer('clinicA', unit, { time: time + 4 * HOUR_MS });
    expect(found(script, script.steps, time + 60 * DAY_MS)).toEqual([]);
  });

  it('nothing of what follows the last reading once the goods left their logger, or their holder', () => {
    const script = coldWorld();
    const [unit, other] = [script.unit(), script.unit()];
    const box = script.container();
    script.commission([unit, other]);
    script.pack('maker', box, unit);
    const from = script.nowMs;
    const time = from + 10 * HOUR_MS;
    script.log('maker', box, [series(from, time, COLD)], { time });
    script.log('maker', other, [series(from, time, COLD)], { time });
    script.unpack('maker', box, unit, { time: time + 2 * HOUR_MS });
    script.ship('maker', other, 'north', { time: time + 3 * HOUR_MS });
    expect(found(script, script.steps, time + 60 * DAY_MS)).toEqual([]);
  });

  it('nothing of what follows the last reading where the next step was missed', () => {
    const script = coldWorld();
    const unit = script.unit();
    script.deliver(unit, 'clinicA', 'south');
    const time = script.nowMs + 10 * HOUR_MS;
    script.log('clinicA', unit, [series(script.nowMs, time, COLD)], { time });
    // Nobody recorded the return.
    script.receive('south', unit, 'clinicA', { time: time + 20 * DAY_MS });
    expect(found(script, script.steps, time + 60 * DAY_MS)).toEqual([]);
  });

  it('the time from a last reading out of range to the use', () => {
    const used = (hours: number): readonly Finding[] => {
      const script = coldWorld();
      const unit = script.unit();
      script.deliver(unit, 'clinicA', 'south');
      const from = script.nowMs;
      const time = from + 8 * HOUR_MS;
      script.log('clinicA', unit, [series(from, time, WARM)], { time });
      script.administer('clinicA', unit, { time: time + hours * HOUR_MS });
      return found(script, script.steps, time + 60 * DAY_MS);
    };
    expectNone(used(1), 'CC-05');
    expectOne(used(2), 'CC-05', { severity: 2, detail: '8 h for certain and 2 h unknown' });
  });

  it('both sides of a single reading out of range, though nobody measured else', () => {
    const script = coldWorld();
    const unit = script.unit();
    script.deliver(unit, 'clinicA', 'south');
    script.log('clinicA', unit, [series(script.nowMs + 10 * HOUR_MS, script.nowMs + 10 * HOUR_MS, WARM)]);
    const findings = found(script);
    expectOne(findings, 'CC-05', { severity: 2, detail: '0 min for certain and 10 h unknown' });
    expectOne(findings, 'CC-08', { severity: 2, detail: 'no reading for 10 h' });
  });

  it('the last of a budget, to the millisecond', () => {
    const warm = (ms: number): readonly Finding[] => {
      const script = coldWorld({ lagMaxMs: 0 });
      const unit = script.unit();
      script.deliver(unit, 'clinicA', 'south');
      const from = script.nowMs;
      const parts = [
        { startMs: from, endMs: from + ms, min: 9, max: 9 },
        { startMs: from + ms, endMs: from + ms + HOUR_MS, min: 4, max: 4 },
      ];
      script.log('clinicA', unit, parts, { time: from + ms + HOUR_MS });
      return found(script);
    };
    const { budgetMs } = STORAGE;
    expectNone(warm((budgetMs * 80) / 100 - 1), 'CC-03', 'CC-04', 'CC-05');
    expectOne(warm((budgetMs * 80) / 100), 'CC-03', { severity: 1 });
    expectNone(warm(budgetMs), 'CC-04', 'CC-05');
    expectOne(warm(budgetMs + 1), 'CC-04', { severity: 3 });
    expectNone(warm(20 * MINUTE_MS - 1), 'CC-02');
    expectOne(warm(20 * MINUTE_MS), 'CC-02', { severity: 1 });
  });
});

describe('CC-08 coverage-gap', () => {
  it('is said of the unit where its box went from one measured pallet to another', () => {
    const script = coldWorld();
    const unit = script.unit();
    const [box, first, second] = [script.container(), script.container(), script.container()];
    script.commission(unit);
    script.pack('maker', box, unit, { after: 1 });
    script.pack('maker', first, box, { after: 1 });
    let from = script.nowMs;
    script.log('maker', first, [series(from, from + 5 * HOUR_MS, COLD)], { time: from + 5 * HOUR_MS });
    script.unpack('maker', first, box, { after: 0.1 });
    script.pack('maker', second, box, { after: 6 });
    from = script.nowMs;
    script.log('maker', second, [series(from, from + 5 * HOUR_MS, COLD)], { time: from + 5 * HOUR_MS });
    expectOne(found(script), 'CC-08', { severity: 2, subject: unit });
  });

  it('is said once, of the box, also of a unit with a logger of its own', () => {
    const script = coldWorld();
    const unit = script.unit();
    const box = script.container();
    script.commission(unit);
    script.pack('maker', box, unit);
    const from = script.nowMs;
    const time = from + 12 * HOUR_MS;
    const parts = [series(from, from + 2 * HOUR_MS, COLD), series(time - HOUR_MS, time, COLD)];
    script.log('maker', box, parts, { time });
    script.log('maker', unit, parts, { time, device: 'urn:device:own' });
    expectOne(found(script), 'CC-08', { severity: 2, subject: box });
  });
});

describe('odd worlds', () => {
  it('judges a circle of containers, the same from each of them', () => {
    const script = coldWorld();
    const unit = script.unit();
    const [a, b] = [script.container(), script.container()];
    script.commission(unit);
    script.pack('maker', a, unit);
    script.pack('maker', b, a);
    script.pack('maker', a, b);
    script.log('maker', a, [series(script.nowMs, script.nowMs + 10 * HOUR_MS, WARM)]);
    script.log('maker', b, [series(script.nowMs, script.nowMs + 10 * HOUR_MS, WARM)]);
    const forwards = replay(script);
    const backwards = replay(script);
    const one = [a, b].map((id) => [...coldChain(containerView(forwards.world, id))]);
    const two = [b, a].map((id) => [...coldChain(containerView(backwards.world, id))]).reverse();
    expect(one).toEqual(two);
  });

  it('says nothing of a container that holds nothing known', () => {
    const script = coldWorld();
    const box = script.container();
    script.pack('maker', box, script.unit());
    script.log('maker', box, [series(script.nowMs, script.nowMs + HOUR_MS, COLD)]);
    expect(found(script)).toEqual([]);
  });

  it('judges goods of different products in one container by what each bears, each code once', () => {
    const script = coldWorld();
    const other = withCheckDigit('0952100000002');
    const storage = { minMilliC: 15_000, maxMilliC: 25_000, budgetMs: HOUR_MS };
    script.say('maker', 'product', { id: productId(other), name: 'Filler', storage }, { after: 0 });
    const units = [script.unit(), sgtin(other, script.serial())];
    const box = script.container();
    script.commission(units);
    script.pack('maker', box, units);
    script.log('maker', box, [series(script.nowMs, script.nowMs + 10 * HOUR_MS, WARM)]);
    const warm = found(script);
    expectOne(about(warm, box), 'CC-04', { severity: 3, detail: '9 h' });
    expectNone(about(warm, units[1]!), 'CC-04', 'CC-16');
    script.log('maker', box, [series(script.nowMs, script.nowMs + 10 * HOUR_MS, COLD)]);
    expectOne(about(found(script), box), 'CC-04', { severity: 3 });
  });

  it('takes for a container the goods that were worst off, not all that ever went through it', () => {
    const script = coldWorld();
    const box = script.container();
    for (let i = 0; i < 3; i++) {
      const unit = script.unit();
      script.commission(unit, { after: 1 });
      script.pack('maker', box, unit, { after: 1 });
      const from = script.nowMs;
      script.log('maker', box, [series(from, from + 5 * HOUR_MS, WARM)], { time: from + 5 * HOUR_MS });
      script.unpack('maker', box, unit, { after: 0.1 });
    }
    expectNone(found(script), 'CC-03', 'CC-04');
  });
});

describe('cost', () => {
  it('costs nothing where nobody measured', () => {
    const script = coldWorld();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    const view = unitView(replay(script).world, unit);
    const rounds = 200_000;
    for (let i = 0; i < rounds / 10; i++) for (const _ of coldChain(view));
    const from = performance.now();
    for (let i = 0; i < rounds; i++) for (const _ of coldChain(view));
    const perUnit = ((performance.now() - from) * 1000) / rounds;
    // Far above what it takes (0.2 µs), for machines that are busy.
    expect(perUnit).toBeLessThan(3);
  });
});
