// Browser-safe.
/**
 * Folding: the same finding on many subjects for one cause is one finding with a count, and from a number on one case.
 *
 * Reads  finding.ts.   Used by  ledger/, audit/.
 * Source design section 6, last paragraph but one; `findings.md` OP-01, and "Counting" (every folded event still counts).
 * Rule   merging is associative and does not depend on order, so partitions may be folded apart and then together. A cause a rule
 *        names (the lot nobody uploaded) joins findings of different events only where it can be the cause: never under a lot
 *        whose units are all registered, for what is unknown there is unknown for another reason.
 * Cost   one accumulator for each distinct cause, of at most {@link PROOF_MAX} references and as many last events.
 * @module
 */
import { assertFunction, assertInteger, assertOptions } from '../bytes/index.ts';
import {
  compareFindings,
  compareRefs,
  compareText,
  finding,
  findingId,
  newestRefs,
  PROOF_MAX,
  refKey,
  type Finding,
  assertFinding,
} from './finding.ts';
import type { EventRef } from '../custody/index.ts';
import { assertRegistry, type Registry } from '../registry/index.ts';

/** What a fold needs to know of the world its findings are about. */
export interface FoldOptions {
  /**
   * True for a cause (a canonical lot or product id) that cannot have made the findings: a lot of which every unit signed for is
   * registered. Must be a pure function of the log. Default: no cause is ruled out.
   */
  readonly isComplete?: (cause: string) => boolean;
}

/** Collects findings, folding as they come. */
export class FindingFold {
  readonly #folded = new Map<string, Folded>();
  readonly #isComplete: (cause: string) => boolean;

  constructor(options: FoldOptions = {}) {
    const { isComplete = () => false } = assertOptions('options', options, ['isComplete']);
    this.#isComplete = assertFunction('isComplete', isComplete);
  }

  /** Adds a finding; one that was folded before counts as what it stands for. */
  add(found: Finding): void {
    const { cause } = assertFinding(found);
    const key = causeOf(
      cause === undefined || !this.#isComplete(cause) ? found : { ...found, cause: undefined },
    );
    const known = this.#folded.get(key);
    if (known === undefined) this.#folded.set(key, new Folded(found));
    else known.add(found);
  }

  /** All findings, worst first. */
  list(): readonly Finding[] {
    return [...this.#folded.values()].map((folded) => folded.finding).sort(compareFindings);
  }

  /** All findings, worst first, then one OP-01 for each that stands for `foldMin` or more: what to resolve once. */
  listWithCases(foldMin: number): readonly Finding[] {
    assertInteger('foldMin', foldMin, 1);
    const findings = this.list();
    const cases = findings.filter(({ count, severity }) => count >= foldMin && severity > 0).map(caseOf);
    return [...findings, ...cases];
  }
}

/**
 * Findings of one cause share this: the cause their rule names; else for units and containers the proving events, and for
 * everything else the subject itself.
 */
export function causeOf(found: Finding): string {
  const { cause, subject, proof, code, severity, secondLine } = assertFinding(found);
  const goods = subject.type === 'unit' || subject.type === 'container';
  const shared = cause ?? (goods ? proof.map(refKey).join(' ') : `${subject.type} ${subject.id}`);
  return `${code} ${severity} ${secondLine ? 2 : 1} ${shared}`;
}

/**
 * True for a lot of which every unit its manufacturer signed for is registered: none is merely not uploaded yet.
 * @param units - units in circulation, by the lot's movements.
 */
export function isLotComplete(registry: Registry, lot: string, units: number): boolean {
  assertInteger('units', units, -Number.MAX_SAFE_INTEGER);
  const quantity = assertRegistry(registry).lot(lot)?.payload.quantity;
  return quantity !== undefined && units >= quantity;
}

/** Findings of one cause while they are being collected: what a single one has is kept as it is. */
class Folded {
  /** The finding that lends its subject and words. */
  #bearer: Finding;
  #count: number;
  #last: EventRef | undefined;
  #proof: RefSet | undefined;
  #lastEvents: RefSet | undefined;

  constructor(found: Finding) {
    this.#bearer = found;
    this.#count = found.count;
    this.#last = found.last;
  }

  add(found: Finding): void {
    this.#proof ??= new RefSet(this.#bearer.proof);
    this.#lastEvents ??= new RefSet(this.#bearer.lastEvents);
    this.#proof.add(found.proof);
    this.#lastEvents.add(found.lastEvents);
    this.#count += found.count;
    const { last } = found;
    if (last !== undefined && (this.#last === undefined || compareRefs(last, this.#last) > 0))
      this.#last = last;
    if (compareBearers(found, this.#bearer) < 0) this.#bearer = found;
  }

  get finding(): Finding {
    const bearer = this.#bearer;
    if (this.#proof === undefined || this.#lastEvents === undefined) return bearer;
    const proof = this.#proof.list();
    return {
      ...bearer,
      id: findingId(bearer.code, bearer.severity, bearer.subject, proof),
      proof,
      last: this.#last,
      lastEvents: this.#lastEvents.list(),
      count: this.#count,
    };
  }
}

/** References, each once, of which the newest are kept: cut whenever there are twice as many. */
class RefSet {
  #refs = new Map<string, EventRef>();

  constructor(refs: readonly EventRef[]) {
    this.add(refs);
  }

  add(refs: readonly EventRef[]): void {
    for (const ref of refs) this.#refs.set(refKey(ref), ref);
    if (this.#refs.size >= 2 * PROOF_MAX) this.#refs = new Map(this.list().map((ref) => [refKey(ref), ref]));
  }

  list(): readonly EventRef[] {
    return newestRefs([...this.#refs.values()]);
  }
}

/** Order of the findings that may lend a folded one its subject and words. */
function compareBearers(a: Finding, b: Finding): number {
  return compareText(a.subject.id, b.subject.id) || compareText(a.explanation, b.explanation);
}

/** OP-01 about a folded finding, on the same evidence. */
function caseOf(folded: Finding): Finding {
  const { code, subject, proof, last, count, cause } = assertFinding(folded);
  const detail = `${count} findings ${code}${cause === undefined ? '' : `, all of ${cause}`}`;
  const drafted = finding({ code: 'OP-01', severity: 0, subject, acts: [], detail });
  return { ...drafted, id: findingId('OP-01', 0, subject, proof), proof, last };
}
