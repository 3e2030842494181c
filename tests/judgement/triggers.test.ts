// Goal: no rule is passed over that would speak, and labels verified in batches are judged as those verified one by one.
// Method: every tenth scenario of the corpus is judged with each rule asked only where its trigger occurs, with every rule asked
//         always, and with its labels read ahead; the findings are the same, byte for byte.
import { describe, expect, it } from 'vitest';
import { Judge, RULES, type Finding, type Rule, type RuleBook } from '../../src/judgement/index.ts';
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

const scenarios = scenarioFiles()
  .flatMap(readScenarios)
  .filter((_, i) => i % 10 === 0);

describe('a judge that asks only the rules that have something to say', () => {
  it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('%s', (_, scenario) => {
    const { script } = tell(scenario);
    const newest = Math.max(GENESIS_MS, ...script.steps.map(({ recordTimeMs }) => recordTimeMs));
    const world = (): Replay => replay(script, script.steps, newest);
    const asked = world();
    const expected = findings(asked, new Judge(asked.world, UNTRIGGERED));
    expect(findings(asked, new Judge(asked.world))).toEqual(expected);
    const ahead = world();
    const prepared = new Judge(ahead.world);
    prepared.prepare(ahead.units);
    expect(findings(ahead, prepared)).toEqual(expected);
  });
});
