// Browser-safe.
/**
 * Folding: the same finding on many subjects for one cause is one finding with a count.
 *
 * Reads  finding.ts.   Used by  ledger/, audit/.
 * Source design section 6, last paragraph but one; `findings.md` "Counting" (every folded event still counts).
 * Rule   merging is associative and does not depend on order, so partitions may be folded apart and then together.
 * @module
 */
import {
  compareFindings,
  compareRefs,
  compareText,
  findingId,
  newestRefs,
  refKey,
  type Finding,
  assertFinding,
} from './finding.ts';
import type { EventRef } from '../custody/index.ts';

/** Collects findings, folding as they come. Memory: one entry for each distinct cause. */
export class FindingFold {
  readonly #folded = new Map<string, Finding>();

  add(found: Finding): void {
    const key = causeOf(found);
    const known = this.#folded.get(key);
    this.#folded.set(key, known === undefined ? found : merge(known, found));
  }

  /** All findings, worst first. */
  list(): readonly Finding[] {
    return [...this.#folded.values()].sort(compareFindings);
  }
}

/** Findings of one cause share this: for units and containers the proving events, else the subject itself. */
export function causeOf(found: Finding): string {
  assertFinding(found);
  const goods = found.subject.type === 'unit' || found.subject.type === 'container';
  const cause = goods ? found.proof.map(refKey).join(' ') : `${found.subject.type} ${found.subject.id}`;
  return `${found.code} ${found.severity} ${found.secondLine ? 2 : 1} ${cause}`;
}

function merge(a: Finding, b: Finding): Finding {
  const [first, second] = compareBearers(a, b) <= 0 ? [a, b] : [b, a];
  const proof = union(a.proof, b.proof);
  const { last: lastA } = a;
  const { last: lastB } = b;
  const isLastA = lastB === undefined || (lastA !== undefined && compareRefs(lastA, lastB) >= 0);
  return {
    ...first,
    id: findingId(first.code, first.severity, first.subject, proof),
    proof,
    last: isLastA ? lastA : lastB,
    lastEvents: union(a.lastEvents, b.lastEvents),
    count: first.count + second.count,
  };
}

/** Order of the findings that may lend a folded one its subject and words. */
function compareBearers(a: Finding, b: Finding): number {
  return compareText(a.subject.id, b.subject.id) || compareText(a.explanation, b.explanation);
}

function union(a: readonly EventRef[], b: readonly EventRef[]): readonly EventRef[] {
  const refs = new Map<string, EventRef>();
  for (const ref of [...a, ...b]) refs.set(refKey(ref), ref);
  return newestRefs([...refs.values()]);
}
