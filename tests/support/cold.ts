/**
 * The cold world: a product with storage facts, loggers, and what the cold-chain rules find.
 *
 * Reads  script.ts, replay.ts, src/judgement.   Used by  tests of the CC rules.
 * @module
 */
import { coldChain } from '../../src/judgement/cold-chain.ts';
import { unitView, type Finding } from '../../src/judgement/index.ts';
import { containerView } from '../../src/judgement/view.ts';
import { HOUR_MS } from './cast.ts';
import { replay } from './replay.ts';
import { Script, type Step } from './script.ts';

export const MINUTE_MS = 60_000;
export const STORAGE = { minMilliC: 2000, maxMilliC: 8000, budgetMs: 9 * HOUR_MS, freezeMilliC: 0 };
export const COLD = 5;
export const WARM = 20;

export function coldWorld(policy: object = {}): Script {
  return new Script({ product: { storage: STORAGE }, policy });
}

/** Findings of the cold chain about everything, one by one. */
export function found(script: Script, order: readonly Step[] = script.steps, asOfMs = 0): readonly Finding[] {
  const { world, units, containers } = replay(script, order, asOfMs);
  return [
    ...units.flatMap((unit) => [...coldChain(unitView(world, unit))]),
    ...containers.flatMap((container) => [...coldChain(containerView(world, container))]),
  ];
}

export function about(findings: readonly Finding[], id: string): readonly Finding[] {
  return findings.filter(({ subject }) => subject.id === id);
}

/** One reading each ten minutes from a time to another, both included. */
export function series(fromMs: number, toMs: number, celsius: number) {
  return { startMs: fromMs, endMs: toMs, min: celsius, max: celsius, everyMs: 10 * MINUTE_MS };
}
