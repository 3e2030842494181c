// Goal: whoever only counts what is only recorded is told the same of everything else, and counts the same.
// Method: every seventh scenario of the corpus is judged both ways, subject by subject.
import { describe, expect, it } from 'vitest';
import { Judge, type Finding, type Records } from '../../src/judgement/index.ts';
import { counted } from '../../src/judgement/finding.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { readScenarios, scenarioFiles } from '../scenarios/parse.ts';
import { tell } from '../scenarios/teller.ts';
import { GENESIS_MS } from '../support/cast.ts';
import { replay, type Replay } from '../support/replay.ts';

installNativeCrypto();

function judged({ world, units, containers }: Replay, records: Records): readonly (readonly Finding[])[] {
  const judge = new Judge(world, undefined, undefined, records);
  return [
    ...containers.map((container) => judge.container(container)),
    ...units.map((unit) => judge.unit(unit)),
  ];
}

/** The code alone of what is only recorded. */
function said(found: Finding): Finding | string {
  return found.severity > 0 ? found : found.code;
}

const scenarios = scenarioFiles()
  .flatMap(readScenarios)
  .filter((_, i) => i % 7 === 0);

describe('a judge that only counts what is only recorded', () => {
  it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('%s', (_, scenario) => {
    const { script } = tell(scenario);
    const newest = Math.max(GENESIS_MS, ...script.steps.map(({ recordTimeMs }) => recordTimeMs));
    const world = replay(script, script.steps, newest);
    const told = judged(world, 'told').map((found) => found.map(said));
    expect(judged(world, 'counted').map((found) => found.map(said))).toEqual(told);
  });

  it('is asked for by one of two words', () => {
    const { world } = replay(tell(scenarios[0]!).script);
    expect(() => new Judge(world, undefined, undefined, 'neither' as Records)).toThrow('records');
    expect(() => counted('XX-01' as never)).toThrow('code');
  });
});
