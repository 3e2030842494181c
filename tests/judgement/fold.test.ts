// Goal: one missing upload is one finding with a count and one case, however its events came; a counterfeit beside it stays apart.
// Method: findings made by hand and by a small world, in every order and grouping; the audit of a lot that was never uploaded.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lotId } from '../../src/gs1/index.ts';
import { causeOf, finding, FindingFold, PROOF_MAX, type Finding } from '../../src/judgement/index.ts';
import { GTIN, ID, LOT_ID, PRODUCT } from '../support/cast.ts';
import { SmallWorld } from '../support/world.ts';

/** A finding about unit number `n`, proved by event number `n` alone. */
function about(n: number, cause?: string, more: Partial<Finding> = {}): Finding {
  const subject = { type: 'unit', id: `unit-${String(n).padStart(6, '0')}` } as const;
  const found = finding({ code: 'ID-04', severity: 3, subject, acts: [], facts: [n], cause });
  return { ...found, last: { entry: n, event: 0 }, lastEvents: [{ entry: n, event: 0 }], ...more };
}

function foldOf(findings: readonly Finding[], isComplete?: (cause: string) => boolean): readonly Finding[] {
  const fold = new FindingFold(isComplete === undefined ? {} : { isComplete });
  for (const found of findings) fold.add(found);
  return fold.list();
}

const LATE = lotId(GTIN, 'LATE');
const OTHER = lotId(GTIN, 'OTHER');

describe('FindingFold', () => {
  it('makes one finding of one cause, whatever proves each', () => {
    const [folded, ...others] = foldOf([3, 1, 2].map((n) => about(n, LATE)));
    expect(others).toEqual([]);
    expect(folded).toMatchObject({
      subject: { id: 'unit-000001' },
      count: 3,
      proof: [1, 2, 3].map((entry) => ({ entry, event: -1 })),
      last: { entry: 3 },
      lastEvents: [1, 2, 3].map((entry) => ({ entry, event: 0 })),
    });
  });

  it('keeps apart other lots, other codes, other levels, second lines, and findings without a cause', () => {
    const apart = [
      about(1, LATE),
      about(2, OTHER),
      about(3, LATE, { code: 'ID-05' }),
      about(4, LATE, { severity: 1 }),
      about(5, LATE, { secondLine: true }),
      about(6),
      about(7),
    ];
    expect(foldOf(apart).map(({ count }) => count)).toEqual(apart.map(() => 1));
    expect(new Set(apart.map(causeOf)).size).toBe(apart.length);
  });

  it('names no cause that cannot be one: a lot whose every unit is registered', () => {
    const all = [about(1, LATE), about(2, LATE), about(3, OTHER), about(4, OTHER)];
    const counts = foldOf(all, (lot) => lot === OTHER).map(({ cause, count }) => [cause, count]);
    expect(counts).toEqual([
      [LATE, 2],
      [OTHER, 1],
      [OTHER, 1],
    ]);
  });

  it('gives one result for every order and grouping, beyond what a finding can carry too', () => {
    const many = Array.from({ length: 2 * PROOF_MAX + 400 }, (_, n) => about(n, n % 5 === 0 ? OTHER : LATE));
    const whole = foldOf(many);
    expect(whole.map(({ count, proof, lastEvents }) => [count, proof.length, lastEvents.length])).toEqual([
      [480, 480, 480],
      [1920, PROOF_MAX, PROOF_MAX],
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(many, { minLength: many.length }), fc.nat(), (shuffled, cut) => {
        const at = cut % shuffled.length;
        expect(foldOf([...foldOf(shuffled.slice(0, at)), ...foldOf(shuffled.slice(at))])).toEqual(whole);
      }),
      { numRuns: 5 },
    );
  });

  it('folds a hundred thousand of one cause in a moment, and holds no more than a finding carries', () => {
    const fold = new FindingFold();
    for (let n = 0; n < 100_000; n++) fold.add(about(1, LATE, { lastEvents: [{ entry: n, event: 0 }] }));
    const [folded] = fold.list();
    expect([folded!.count, folded!.lastEvents.length]).toEqual([100_000, PROOF_MAX]);
    expect(folded!.lastEvents.at(-1)).toEqual({ entry: 99_999, event: 0 });
  });

  it('raises one case from the number policy sets, on the evidence of the finding', () => {
    const fold = new FindingFold();
    for (let n = 0; n < 10; n++) fold.add(about(n, LATE));
    fold.add(about(11, OTHER));
    const cases = fold.listWithCases(10).filter(({ code }) => code === 'OP-01');
    expect(cases).toHaveLength(1);
    expect(cases[0]).toMatchObject({ code: 'OP-01', severity: 0, count: 1, proof: fold.list()[0]!.proof });
    expect(cases[0]!.explanation).toContain(`10 findings ID-04, all of ${LATE}`);
    expect(fold.listWithCases(11)).toEqual(fold.list());
  });
});

describe('OP-01 in an audit', () => {
  it('makes one case of a lot nobody uploaded, and keeps a counterfeit of a complete lot apart', async () => {
    const world = await SmallWorld.create({ lot: { quantity: 2 } });
    world.commission(world.units(2));
    for (const unit of world.units(12)) world.look(unit, { presented: world.label(unit, undefined, 'LATE') });
    const fakes = world.units(2);
    const serialOf = (unit: string): string => unit.slice(unit.indexOf('/21/') + 4);
    for (const unit of fakes) world.look(unit, { presented: `(01)${GTIN}(21)${serialOf(unit)}(10)LOT1` });
    const { findings, report } = await world.audit();
    const unknown = findings.filter(({ code }) => code === 'ID-04' || code === 'ID-05');
    expect(unknown.map(({ code, count, cause }) => [code, count, cause])).toEqual([
      ['ID-04', 12, LATE],
      ['ID-05', 1, LOT_ID],
      ['ID-05', 1, LOT_ID],
    ]);
    expect(report.counts).toMatchObject({ 'ID-04': 12, 'ID-05': 2 });
    expect(findings.filter(({ code }) => code === 'OP-01')).toHaveLength(1);
  });

  it('folds what its own manufacturer shipped and never registered', async () => {
    const world = await SmallWorld.create();
    for (const unit of world.units(11)) world.ship('maker', unit, 'north');
    const stray = world.unit();
    world.look(stray, { presented: `(01)${GTIN}(21)${stray.slice(stray.indexOf('/21/') + 4)}` });
    const found = (await world.findings()).filter(({ code }) => code === 'ID-05');
    expect(found.map(({ count, cause }) => [count, cause]).sort()).toEqual([
      [1, undefined],
      [11, PRODUCT],
    ]);
    expect(ID.maker).toBeDefined();
  });

  it('folds signed packs of one lot that were never activated', async () => {
    const world = await SmallWorld.create();
    for (const unit of world.units(10)) world.look(unit, { presented: world.label(unit) });
    const found = (await world.findings()).filter(({ code }) => code.startsWith('ID-'));
    expect(found.map(({ code, count, cause }) => [code, count, cause])).toEqual([['ID-11', 10, LOT_ID]]);
  });

  it('asks the policy from how many on', async () => {
    const world = await SmallWorld.create({ policy: { foldMin: 2 } });
    const units = world.units(2);
    world.ship('maker', units, 'north');
    expect((await world.findings('OP-01')).map(({ severity }) => severity)).toContain(0);
    const [step] = world.steps.slice(-1);
    expect(step!.findings.filter(({ code }) => code === 'OP-01').length).toBeGreaterThan(0);
  });
});
