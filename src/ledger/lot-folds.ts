// Browser-safe.
/**
 * LotFolds: how many units each lot has been given, kept from one append to the next, so that none reads all of a lot's history.
 *
 * Reads  subjects.ts, judgement/ (LotFold, QA-09), log/ (postings).   Used by  findings.ts, check.ts.
 * Source `findings.md` QA-09; decision 0026.
 * Rule   a fold stands for the first `size` entries and is brought up to date by the postings after them, whoever wrote them. What
 *        it was made from changes only where derived data is made anew, and then all is forgotten: {@link REBUILDS_FLAG} tells.
 * Cost   one look at the index a lot and size, none as long as nothing is appended; the newest commissionings of lots beyond their
 *        quantity, and of no other, are kept.
 * @module
 */
import type { Act } from '../custody/index.ts';
import {
  commissionsLot,
  LotFold,
  overIssueOf,
  provingActs,
  type Finding,
  type LotBalance,
} from '../judgement/index.ts';
import { REBUILDS_FLAG, type LogStore, type Posting } from '../log/index.ts';
import type { Registry } from '../registry/index.ts';
import { after, readsOf, type Reads, type Soon } from './reads.ts';
import type { SubjectReader } from './subjects.ts';

/** A lot as of a size of the log. */
export interface LotState {
  /** Units in circulation. */
  readonly units: number;
  readonly balance: LotBalance;
  /** QA-09, where it is beyond its quantity. */
  readonly findings: readonly Finding[];
}

/** Most lots, and commissionings of lots, remembered together: a few hundred bytes each. */
const PARTS_MAX = 50_000;
/** Commissionings taken in before those that prove nothing are let go. */
const PROVING_STEP = 2000;

/** What is known of a lot as of the first `size` entries. */
interface Known {
  readonly fold: LotFold;
  size: number;
  /** Commissionings that prove what is found; undefined while nothing ever was. */
  commissionings: readonly Act[] | undefined;
}

/** Folds of the lots of one log, the least recently used forgotten first. */
export class LotFolds {
  readonly #reads: Reads;
  readonly #subjects: SubjectReader;
  readonly #partsMax: number;
  readonly #known = new Map<string, Known>();
  #parts = 0;
  /** What the folds were made with: another registry, or derived data made anew, and they are worth nothing. */
  #registry: Registry | undefined;
  #rebuilds: string | undefined;

  /** @param partsMax - smaller in tests. */
  constructor(store: LogStore, subjects: SubjectReader, partsMax = PARTS_MAX) {
    this.#reads = readsOf(store);
    this.#subjects = subjects;
    this.#partsMax = partsMax;
  }

  /**
   * A lot as of the first `size` entries.
   * @param registry - of those entries at least.
   */
  of(lot: string, registry: Registry, size: number): Soon<LotState> {
    return after(this.#reads.readFlag(REBUILDS_FLAG), (rebuilds) => {
      this.#renew(registry, rebuilds);
      const known = this.#known.get(lot);
      if (known?.size !== size || !isProved(known)) return this.#bringTo(size, lot, registry, known);
      this.#keep(lot, known, partsOf(known));
      return stateOf(lot, registry, known);
    });
  }

  /** The same where it is not known as of this size. */
  async #bringTo(size: number, lot: string, registry: Registry, found: Known | undefined): Promise<LotState> {
    const known =
      found === undefined || found.size > size
        ? { fold: new LotFold(registry, lot), size: 0, commissionings: undefined }
        : found;
    const postings = await this.#reads.readPostings(lot, size, known.size);
    const fresh = postings.filter(({ entry }) => entry >= known.size);
    const acts = known.commissionings === undefined ? [] : await commissioningsOf(this.#subjects, lot, fresh);
    const partsBefore = partsOf(known);
    for (const { entry, count } of fresh) known.fold.add({ entry, units: count });
    known.size = size;
    if (acts.length > 0) known.commissionings = withMore(known.commissionings!, acts);
    if (!isProved(known)) {
      const all = await this.#reads.readPostings(lot, size);
      known.commissionings = withMore([], await commissioningsOf(this.#subjects, lot, all));
    }
    this.#keep(lot, known, partsBefore);
    return stateOf(lot, registry, known);
  }

  /** Forgets all that was made from derived data or a registry that is no longer. */
  #renew(registry: Registry, rebuilds: string | undefined): void {
    if (rebuilds === this.#rebuilds && registry === this.#registry) return;
    this.#known.clear();
    this.#parts = 0;
    this.#rebuilds = rebuilds;
    this.#registry = registry;
  }

  #keep(lot: string, known: Known, partsBefore: number): void {
    const kept = this.#known.get(lot);
    if (kept !== undefined) {
      // Asked for as of an earlier size: what is known of a later one stays.
      if (kept !== known) return;
      this.#known.delete(lot);
      this.#parts -= partsBefore;
    }
    this.#known.set(lot, known);
    this.#parts += partsOf(known);
    for (const [other, one] of this.#known) {
      if (this.#parts <= this.#partsMax || one === known) return;
      this.#known.delete(other);
      this.#parts -= partsOf(one);
    }
  }
}

function stateOf(lot: string, registry: Registry, { fold, commissionings }: Known): LotState {
  const { balance, units } = fold;
  return { units, balance, findings: overIssueOf(registry, lot, balance, commissionings ?? []) };
}

/** False for a lot beyond its quantity whose commissionings could not be read yet. */
function isProved({ fold, commissionings }: Known): boolean {
  return fold.balance.exceededAt === undefined || commissionings !== undefined;
}

function partsOf({ commissionings = [] }: Known): number {
  return 1 + commissionings.length;
}

function withMore(commissionings: readonly Act[], more: readonly Act[]): readonly Act[] {
  const all = [...commissionings, ...more];
  return all.length < PROVING_STEP ? all : provingActs(all);
}

/** The commissionings behind a lot's postings, without the units they name: only where and when they happened is asked. */
async function commissioningsOf(
  subjects: SubjectReader,
  lot: string,
  postings: readonly Posting[],
): Promise<readonly Act[]> {
  const found: Act[] = [];
  for (const { acts } of await subjects.entries(postings.map(({ entry }) => entry))) {
    for (const act of acts) if (commissionsLot(act, lot)) found.push({ ...act, ids: [], more: undefined });
  }
  return found;
}
