// Goal:   one or two missing steps are a gap, three are an accusation, and nothing is ever made up that an honest party cannot miss.
// Method: clean journeys with every step, every pair and every third left out in turn; what is said compared with the gap's length.
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/judgement/index.ts';
import { expectClean, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step } from '../support/script.ts';

/** A clean journey: its steps after the commissioning by name, in order; the last one needs what is before. */
interface Journey {
  readonly script: Script;
  readonly steps: readonly (readonly [string, Step])[];
}

const JOURNEYS: Readonly<Record<string, () => Journey>> = {
  'a loose unit to a clinic': () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    return {
      script,
      steps: [
        ['ship', script.ship('maker', unit, 'north')],
        ['receive', script.receive('north', unit, 'maker')],
        ['ship on', script.ship('north', unit, 'south')],
        ['receive on', script.receive('south', unit, 'north')],
        ['ship last', script.ship('south', unit, 'clinicA')],
        ['receive last', script.receive('clinicA', unit, 'south')],
        ['administer', script.administer('clinicA', unit)],
        ['retire', script.retire('clinicA', unit)],
      ],
    };
  },
  'a unit in a box': () => {
    const script = new Script();
    const unit = script.unit();
    const box = script.container();
    script.commission(unit);
    return {
      script,
      steps: [
        ['pack', script.pack('maker', box, unit)],
        ['ship box', script.ship('maker', box, 'north')],
        ['receive box', script.receive('north', box, 'maker')],
        ['ship box on', script.ship('north', box, 'clinicA')],
        ['receive box on', script.receive('clinicA', box, 'north')],
        ['unpack', script.unpack('clinicA', box, unit)],
        ['administer', script.administer('clinicA', unit)],
      ],
    };
  },
  'a unit in a box on a pallet': () => {
    const script = new Script();
    const unit = script.unit();
    const [box, pallet] = [script.container(), script.container()];
    script.commission(unit);
    return {
      script,
      steps: [
        ['pack', script.pack('maker', box, unit)],
        ['stack', script.pack('maker', pallet, box)],
        ['ship pallet', script.ship('maker', pallet, 'north')],
        ['receive pallet', script.receive('north', pallet, 'maker')],
        ['unstack', script.unpack('north', pallet, box)],
        ['ship box', script.ship('north', box, 'pharmacy')],
        ['receive box', script.receive('pharmacy', box, 'north')],
        ['unpack', script.unpack('pharmacy', box, unit)],
        ['dispense', script.dispense('pharmacy', unit)],
      ],
    };
  },
  'a unit sent back and sold again': () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    return {
      script,
      steps: [
        ['ship', script.ship('maker', unit, 'north')],
        ['receive', script.receive('north', unit, 'maker')],
        ['ship on', script.ship('north', unit, 'clinicA')],
        ['receive on', script.receive('clinicA', unit, 'north')],
        ['return', script.giveBack('clinicA', unit, 'north')],
        ['receive back', script.receive('north', unit, 'clinicA')],
        ['ship again', script.ship('north', unit, 'clinicB')],
        ['receive again', script.receive('clinicB', unit, 'north')],
        ['open', script.open('clinicB', unit)],
        ['administer', script.administer('clinicB', unit)],
        ['retire', script.retire('clinicB', unit)],
      ],
    };
  },
};

/** Steps whose absence leaves no gap: what follows is legal without them. */
const OPTIONAL = new Set(['open']);

function without({ script }: Journey, ...missing: readonly Step[]): readonly Finding[] {
  return replay(
    script,
    script.steps.filter((step) => !missing.includes(step)),
  ).findings();
}

describe.each(Object.keys(JOURNEYS))('%s', (name) => {
  const journey = JOURNEYS[name]!();
  const { steps } = journey;

  it('says nothing where nothing is missing', () => {
    expect(said(without(journey), -1)).toEqual([]);
  });

  it.each(steps.slice(0, -1).map(([missed], i) => [missed, i] as const))(
    'without "%s" is one gap at L1 and nothing else',
    (missed, i) => {
      const found = without(journey, steps[i]![1]);
      if (OPTIONAL.has(missed)) return expect(said(found, -1)).toEqual([]);
      expectOne(found, 'CU-06', { severity: 1, detail: /not recorded: / });
      expect(said(found, -1)).toEqual(['CU-06 L1']);
    },
  );

  it('without any two neighbours accuses nobody', () => {
    for (let i = 0; i + 2 < steps.length; i++) {
      expectClean(without(journey, steps[i]![1], steps[i + 1]![1]), 1);
    }
  });

  it('without its commissioning is an unknown serial, never a gap', () => {
    const made = journey.script.steps.find(({ kind }) => kind === 'events')!;
    const found = without(journey, made);
    expectOne(found, 'ID-05', { severity: 3 });
    expect(found.filter(({ code, subject }) => code === 'CU-06' && subject.type === 'unit')).toEqual([]);
  });
});

describe('completeGap()', () => {
  it('accuses where three steps are missing: a unit in stock at one clinic turns up used at another', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    script.administer('clinicB', unit);
    expect(said(replay(script).findings())).toEqual(['CU-01 L3']);
  });

  it('follows m in the policy', () => {
    for (const [missingStepsMax, expected] of [
      [0, ['CU-01 L3']],
      [1, ['CU-01 L3']],
      [2, ['CU-06 L1']],
    ] as const) {
      const script = new Script({ policy: { missingStepsMax } });
      const unit = script.unit();
      script.commission(unit);
      script.administer('clinicA', unit);
      expect(said(replay(script).findings()), `m = ${missingStepsMax}`).toEqual(expected);
    }
  });

  it('inserts no step its actor had no licence for', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'trader');
    script.ship('trader', unit, 'clinicA');
    const found = replay(script).findings();
    expectOne(found, 'CU-01', { severity: 3, detail: /trader, step ship/ });
  });

  it('charges two for a stretch in a box nobody recorded, whatever its hops', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.unpack('clinicA', script.container(), unit);
    const found = replay(script).findings();
    expectOne(found, 'CU-06', { severity: 1, detail: /pack by maker; ship by maker to clinicA/ });
    expectClean(found, 1);
  });

  it('undoes a supply whose own party shows the unit in stock again, once', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    script.dispense('pharmacy', unit);
    script.giveBack('pharmacy', unit, 'north');
    script.receive('north', unit, 'pharmacy');
    const found = replay(script).findings();
    expectOne(found, 'CU-06', { severity: 1, detail: /undo by pharmacy/ });
    expectClean(found, 1);
  });

  it('undoes no use, and no supply of another party', () => {
    const used = new Script();
    const unit = used.unit();
    used.deliver(unit, 'clinicA');
    used.administer('clinicA', unit);
    used.dispense('clinicA', unit);
    expectOne(replay(used).findings(), 'ST-06', { severity: 3 });
    const sold = new Script();
    const other = sold.unit();
    sold.deliver(other, 'pharmacy');
    sold.dispense('pharmacy', other);
    sold.ship('north', other, 'clinicA');
    expectOne(replay(sold).findings(), 'ST-06', { severity: 3 });
  });

  it('inserts a first use before a vial is retired, never a second', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    script.retire('clinicA', unit);
    expectOne(replay(script).findings(), 'CU-06', { severity: 1, detail: /administer by clinicA/ });
    script.retire('clinicA', unit);
    expectClean(replay(script).findings(), 1);
  });
});
