// Goal:   a finding can be shown to a third party with its evidence alone: what it names re-derives it.
// Method: every finding of every scenario is judged again from the registry's statements, what its proof names, and where the
//         goods were (commissionings and hand-overs): the same code, level and subject must come out. What else a rule reads
//         is listed below with its reason, and the list may not be longer than what is seen.
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/judgement/index.ts';
import { openStatement } from '../../src/statement/index.ts';
import { replay } from '../support/replay.ts';
import type { Script, Step } from '../support/script.ts';
import { readScenarios, scenarioFiles } from '../scenarios/parse.ts';
import { tell } from '../scenarios/teller.ts';

/** Codes whose level or words rest on more than their proof names, and on what. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'CC-01':
    'that an excursion is too short to be an episode shows only beside the readings before and after it',
  'CC-05': 'unknown time adds to the certain time of all other readings',
  'CC-08': 'how long nobody measured shows by the next event of the goods, whatever it is',
  'CS-02': 'names the first session and the newest; its count is that of all between',
  'DV-01': 'its level at a consumer rests on where the pack had been supplied before',
  'ID-05': 'whether a slip of the reader explains it (ID-10) rests on what became of the pack within reach',
  'QA-07': 'what has been used is no stock any more; each use is evidence about its unit',
};

/** Business steps that say where goods are. */
const WHEREABOUTS = new Set([
  'commissioning',
  'shipping',
  'void_shipping',
  'receiving',
  'accepting',
  'packing',
  'unpacking',
]);

function saysWhereabouts({ kind, bytes }: Step): boolean {
  if (kind !== 'events') return false;
  const { statement } = openStatement(bytes);
  if (statement.kind !== 'events') return false;
  return statement.payload.epcisBody.eventList.some(
    ({ bizStep = '' }) => WHEREABOUTS.has(bizStep) || bizStep.endsWith('/rejecting'),
  );
}

/** Codes, with their scenario, that the evidence alone does not give again. */
function notDerived(script: Script): readonly string[] {
  const steps = [...script.steps];
  const asOfMs = Math.max(...steps.map(({ recordTimeMs }) => recordTimeMs));
  const found = replay(script, steps, asOfMs).unfolded();
  const entries = new Map(steps.map((step) => [step, step.entry!]));
  const frame = new Set(steps.filter((step) => step.kind !== 'events' || saysWhereabouts(step)));
  const statements = new Map(steps.map((step) => [step.entry!, step]));
  const again = new Map<string, ReadonlySet<string>>();
  return found
    .filter((one) => {
      const proof = new Set(one.proof.map(({ entry }) => entry));
      const kept = steps.filter((step) => frame.has(step) || proof.has(entries.get(step)!));
      if (kept.length === steps.length) return false;
      const name = kept.map((step) => entries.get(step)).join();
      if (!again.has(name)) again.set(name, judged(script, kept, asOfMs));
      return !again.get(name)!.has(keyOf(one, statements));
    })
    .map(({ code }) => code);
}

function judged(script: Script, steps: readonly Step[], asOfMs: number): ReadonlySet<string> {
  const found = replay(script, steps, asOfMs).unfolded();
  const statements = new Map(steps.map((step) => [step.entry!, step]));
  return new Set(found.map((one) => keyOf(one, statements)));
}

const numbers = new WeakMap<Uint8Array, number>();
let numbered = 0;

/** Code, level and subject; a statement as a subject is known by its bytes, since its entry changes. */
function keyOf({ code, severity, subject }: Finding, statements: ReadonlyMap<number, Step>): string {
  const bytes = subject.type === 'statement' ? statements.get(Number(subject.id))?.bytes : undefined;
  if (bytes === undefined) return `${code} L${severity} ${subject.id}`;
  if (!numbers.has(bytes)) numbers.set(bytes, ++numbered);
  return `${code} L${severity} statement ${numbers.get(bytes)}`;
}

describe('evidence alone', () => {
  const seen = new Set<string>();

  it.each(scenarioFiles())('re-derives every finding of %s', (file) => {
    const missing: string[] = [];
    for (const scenario of readScenarios(file)) {
      for (const code of notDerived(tell(scenario).script)) {
        if (code in EXCEPTIONS) seen.add(code);
        else missing.push(`${code} tests/scenarios/${file}:${scenario.at.number}`);
      }
    }
    expect(missing).toEqual([]);
  });

  it('has no exception that is none', () => {
    expect([...seen].sort()).toEqual(Object.keys(EXCEPTIONS).sort());
  });
});
