// Browser-safe.
/**
 * A proposed policy on trial: what would be found if it had been in force from the beginning, beside what is found.
 *
 * Reads  registry/, judgement/ (folding).   Used by  audit.ts.
 * Source decision 0015: the proposal is laid over the policy in force at every position, so that its effect shows on the whole log
 *        before it is activated; once activated by a statement it judges later events only.
 * Method the registry is built twice from one pass over the log; each subject is judged by both, and only what differs is kept.
 * Never  changes what the audit itself reports.
 * @module
 */
import { FindingFold, type Finding, type FindingCode } from '../judgement/index.ts';
import { Registry } from '../registry/index.ts';
import type { Policy, Statement } from '../statement/index.ts';
import { byCode } from './tally.ts';

/** Findings only one of two policies gives. */
export interface PolicyChange {
  /** How many there are at L1 and above of each code, each folded one counted. */
  readonly counts: Readonly<Partial<Record<FindingCode, number>>>;
  /** How many there are at L0: counted, never listed. */
  readonly records: Readonly<Partial<Record<FindingCode, number>>>;
  /** Folded findings at L1 and above, worst first, at most as many as the report lists of its own. */
  readonly findings: readonly Finding[];
}

/** What a proposed policy would change. A finding whose level changes is lost at the old one and gained at the new. */
export interface PolicyEffect {
  readonly gained: PolicyChange;
  readonly lost: PolicyChange;
}

/** The differences that one thread found, for another to add: every folded finding, and how many there are at L0. */
export interface ToldChanges {
  readonly gained: ToldChange;
  readonly lost: ToldChange;
}
interface ToldChange {
  readonly findings: readonly Finding[];
  readonly records: Readonly<Partial<Record<FindingCode, number>>>;
}

/** Two registries from one pass over the log. */
export interface TrialRegistries {
  /** What the log is applied to: the audit's own registry. */
  readonly registry: Registry;
  /** The same facts under the proposed policy. */
  readonly proposed: Registry;
}

/** Registries for a trial of a proposal. */
export function trialRegistries(proposal: Partial<Policy>): TrialRegistries {
  const proposed = new ProposedRegistry(proposal);
  return { registry: new PairedRegistry(proposed), proposed };
}

/** Compares what two judges found, and keeps the difference. */
export class PolicyTrial {
  readonly proposed: Registry;
  readonly #isComplete: (cause: string) => boolean;
  #gained: Change;
  #lost: Change;

  /** @param isComplete - see FoldOptions. */
  constructor(proposed: Registry, isComplete: (cause: string) => boolean) {
    this.proposed = proposed;
    this.#isComplete = isComplete;
    this.#gained = new Change(isComplete);
    this.#lost = new Change(isComplete);
  }

  /** Compares the findings of one subject under both policies. */
  compare(found: readonly Finding[], proposed: readonly Finding[]): void {
    if (found.length === 0 && proposed.length === 0) return;
    const known = new Set(found.map(keyOf));
    for (const one of proposed) if (!known.delete(keyOf(one))) this.#gained.add(one);
    if (known.size === 0) return;
    for (const one of found) if (known.has(keyOf(one))) this.#lost.add(one);
  }

  /** What was gained and lost since this was last asked, all of it. */
  takeTold(): ToldChanges {
    const told = { gained: this.#gained.tell(), lost: this.#lost.tell() };
    this.#gained = new Change(this.#isComplete);
    this.#lost = new Change(this.#isComplete);
    return told;
  }

  /** Adds what another thread gained and lost. */
  addTold({ gained, lost }: ToldChanges): void {
    this.#gained.addTold(gained);
    this.#lost.addTold(lost);
  }

  /** What was gained and lost so far, at most `max` findings listed of each. */
  effect(max: number): PolicyEffect {
    return { gained: this.#gained.list(max), lost: this.#lost.list(max) };
  }
}

/** A registry that answers with the proposed thresholds at every position. */
class ProposedRegistry extends Registry {
  readonly #proposal: Partial<Policy>;
  readonly #known = new Map<Policy, Policy>();

  constructor(proposal: Partial<Policy>) {
    super();
    this.#proposal = Object.freeze({ ...proposal });
  }

  override policyAt(entry: number): Policy {
    const inForce = super.policyAt(entry);
    let policy = this.#known.get(inForce);
    if (policy === undefined) {
      policy = Object.freeze({ ...inForce, ...this.#proposal });
      this.#known.set(inForce, policy);
    }
    return policy;
  }
}

/** A registry that tells another one everything it is told. */
class PairedRegistry extends Registry {
  readonly #other: Registry;

  constructor(other: Registry) {
    super();
    this.#other = other;
  }

  override apply(entry: number, recordTimeMs: number, statement: Statement): void {
    super.apply(entry, recordTimeMs, statement);
    this.#other.apply(entry, recordTimeMs, statement);
  }
}

/** One side of the difference, folded. L0 is counted and not held. */
class Change {
  readonly #fold: FindingFold;
  readonly #records: Partial<Record<FindingCode, number>> = {};

  constructor(isComplete: (cause: string) => boolean) {
    this.#fold = new FindingFold({ isComplete });
  }

  add(found: Finding): void {
    if (found.severity > 0) this.#fold.add(found);
    else count(this.#records, found);
  }

  tell(): ToldChange {
    return { findings: this.#fold.list(), records: this.#records };
  }

  addTold({ findings, records }: ToldChange): void {
    for (const found of findings) this.#fold.add(found);
    for (const [code, found] of Object.entries(records)) {
      const known = this.#records[code as FindingCode] ?? 0;
      this.#records[code as FindingCode] = known + found;
    }
  }

  list(max: number): PolicyChange {
    const findings = this.#fold.list();
    const counts: Partial<Record<FindingCode, number>> = {};
    for (const found of findings) count(counts, found);
    return { counts: byCode(counts), records: byCode(this.#records), findings: findings.slice(0, max) };
  }
}

function count(counts: Partial<Record<FindingCode, number>>, found: Finding): void {
  counts[found.code] = (counts[found.code] ?? 0) + found.count;
}

/** Equal for equal words about equal evidence. */
function keyOf({ id, secondLine }: Finding): string {
  return secondLine ? `${id}/2` : id;
}
