/**
 * What tests say about findings: exactly one of a code, with its level and proof; none; and that each obeys the table.
 *
 * Reads  src/judgement.   Used by  replay.ts, world.ts, tests of judgement and custody.
 * @module
 */
import { expect } from 'vitest';
import type { EventRef } from '../../src/custody/index.ts';
import {
  CODES,
  compareRefs,
  type CodeRow,
  type Finding,
  type FindingCode,
} from '../../src/judgement/index.ts';
import { refOf, type Step } from './script.ts';

/** What a finding should be; `proof` in any order. */
export interface Expected {
  readonly severity: number;
  readonly subject?: string;
  readonly proof?: readonly (Step | EventRef)[];
  /** Last of the proof in event time. */
  readonly last?: Step;
  readonly secondLine?: boolean;
  readonly count?: number;
  readonly detail?: string | RegExp;
}

/** Expects exactly one finding of the code, and that it is as said; returns it. */
export function expectOne(found: readonly Finding[], code: FindingCode, expected: Expected): Finding {
  const ofCode = found.filter((one) => one.code === code);
  expect(
    ofCode.map(({ code: name, severity }) => `${name} L${severity}`),
    'all findings of the code',
  ).toEqual([`${code} L${expected.severity}`]);
  const one = ofCode[0]!;
  if (expected.subject !== undefined) expect(one.subject.id).toBe(expected.subject);
  if (expected.proof !== undefined) {
    const refs = expected.proof.map((part) => ('bytes' in part ? refOf(part) : part));
    expect(one.proof, 'proof').toEqual(refs.sort(compareRefs));
  }
  if (expected.last !== undefined) expect(one.last, 'last').toEqual(refOf(expected.last));
  if (expected.secondLine !== undefined) expect(one.secondLine, 'second line').toBe(expected.secondLine);
  if (expected.count !== undefined) expect(one.count, 'count').toBe(expected.count);
  if (expected.detail !== undefined) expect(one.explanation).toMatch(expected.detail);
  return one;
}

/** Expects no finding of these codes. */
export function expectNone(found: readonly Finding[], ...codes: readonly FindingCode[]): void {
  expect(found.filter(({ code }) => codes.includes(code)).map(briefly)).toEqual([]);
}

/** Expects nothing above a level: L1 by default, the most an honest world may say. */
export function expectClean(found: readonly Finding[], above = 1): void {
  expect(found.filter(({ severity }) => severity > above).map(briefly)).toEqual([]);
}

/** Findings above a level as `CODE Ln` lines, sorted. */
export function said(found: readonly Finding[], above = 0): readonly string[] {
  return found
    .filter(({ severity }) => severity > above)
    .map(({ code, severity }) => `${code} L${severity}`)
    .sort();
}

/** A finding in one line. */
export function briefly({ code, severity, subject, explanation }: Finding): string {
  return `${code} L${severity} ${subject.id}: ${explanation}`;
}

/** Throws if a finding says what its row of the table does not allow. */
export function assertTable(found: readonly Finding[]): readonly Finding[] {
  for (const one of found) {
    const row: CodeRow = CODES[one.code];
    const isAllowed = row.levels.includes(one.severity) && row.subjects.includes(one.subject.type);
    if (!isAllowed) throw new Error(`the table has no ${one.subject.type} in: ${briefly(one)}`);
    if (one.explanation === '' || one.remedy !== row.remedy) throw new Error(`no words in: ${briefly(one)}`);
  }
  return found;
}
