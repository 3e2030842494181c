// Goal: no rule is passed over that would speak, and labels verified in batches are judged as those verified one by one.
// Method: every tenth scenario of the corpus is judged with its labels read ahead and each rule asked only where its trigger occurs,
//         then with every rule asked always: the same findings. Each label's verdict is compared with that of one verification.
import { describe, expect, it } from 'vitest';
import {
  Judge,
  labelVerdict,
  RULES,
  type Finding,
  type Rule,
  type RuleBook,
} from '../../src/judgement/index.ts';
import { labelOf } from '../../src/judgement/labels.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { readScenarios, scenarioFiles } from '../scenarios/parse.ts';
import { tell } from '../scenarios/teller.ts';
import { GENESIS_MS } from '../support/cast.ts';
import { replay, type Replay } from '../support/replay.ts';

installNativeCrypto();

/** The same rules under other names: none of them has a trigger. */
const UNTRIGGERED: RuleBook = {
  unit: RULES.unit.map(always),
  registered: RULES.registered.map(always),
  checked: RULES.checked.map(always),
  container: RULES.container.map(always),
};

function always(rule: Rule): Rule {
  return (view) => rule(view);
}

function findings({ units, containers }: Replay, judge: Judge): readonly Finding[] {
  return [
    ...containers.flatMap((container) => judge.container(container)),
    ...units.flatMap((unit) => judge.unit(unit)),
  ];
}

function textsOf({ units, world }: Replay): readonly string[] {
  const acts = units.flatMap((unit) => world.acts(unit));
  return acts.flatMap(({ scan }) => scan?.presented ?? []);
}

const scenarios = scenarioFiles()
  .flatMap(readScenarios)
  .filter((_, i) => i % 10 === 0);

describe('a judge that asks only the rules that have something to say', () => {
  it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('%s', (_, scenario) => {
    const { script } = tell(scenario);
    const newest = Math.max(GENESIS_MS, ...script.steps.map(({ recordTimeMs }) => recordTimeMs));
    const judged = replay(script, script.steps, newest);
    const prepared = new Judge(judged.world);
    prepared.prepare(judged.units);
    for (const presented of textsOf(judged)) {
      expect(labelOf(judged.registry, presented).verdict).toBe(labelVerdict(judged.registry, presented));
    }
    const expected = findings(judged, new Judge(judged.world, UNTRIGGERED));
    expect(findings(judged, prepared)).toEqual(expected);
  });
});
