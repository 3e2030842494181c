// Browser-safe.
/**
 * auditOn(): an audit that goes on from what an auditor kept, and costs what is new and what that touches.
 *
 * Reads  audit/ (the stages, what was kept), audit-on-*.ts.   Used by  ledger.ts, cli/; start here.
 * Source design section 5 "Incremental"; decision 0027.
 * Method new entries go through the stages of a whole audit; the root after them must be the signed one, so the log still begins with
 *        what was audited. What is read again of that is proved under this root, and found by the auditor's own keys, never by the
 *        store's index. Subjects that new entries touch, that ask for touched ones, or whose deadline has passed are judged anew;
 *        findings about all others hold as they are.
 * Rule   whenever it is not plain that the answer is that of a whole audit, the whole log is audited, and the report says why.
 * Never  looks at derived rows of subjects that nothing new names, at tree nodes below the new ones, or at old entries nobody asks
 *        for: damage there only a whole audit finds.
 * @module
 */
import { headHolds } from '../audit/comparison.ts';
import { NodeComparison } from '../audit/derived.ts';
import { EntrySet } from '../audit/entry-set.ts';
import { audit, type AuditOptions, type AuditReport, type AuditState } from '../audit/index.ts';
import { wakesBetween, wokenEntry } from '../audit/keeping.ts';
import { Merge } from '../audit/merge.ts';
import { keysNamed } from '../audit/named-keys.ts';
import type { AuditMemory } from '../audit/memory.ts';
import { RangeStage } from '../audit/range.ts';
import { assertAuditOptions } from '../audit/report.ts';
import { SequenceBook } from '../audit/sequences.ts';
import { readSummary, type Summary } from '../audit/summary.ts';
import { equalBytes, fromBase64, toBase64 } from '../bytes/index.ts';
import { lotOfUnit } from '../custody/index.ts';
import { argumentRangeError, errorCode } from '../errors.ts';
import type { Finding } from '../judgement/index.ts';
import { assertStore, readTogether, type LogStore, type StoredHead } from '../log/index.ts';
import { checkConsistency, fromHashes, proveConsistency, rangeRoot } from '../merkle/index.ts';
import { checkCheckpoint, parseVerifierKey, type Checkpoint } from '../note/index.ts';
import { Registry } from '../registry/index.ts';
import { freshEntries, movementsOf, takenApart } from './audit-on-fresh.ts';
import { AuditedStore, KnownEntries } from './audit-on-known.ts';
import { keepOn } from './audit-on-keeping.ts';
import { reportOn } from './audit-on-report.ts';
import { rowsHold, type FreshEntry } from './audit-on-rows.ts';
import {
  changedBy,
  findingsOf,
  GoesNoFurther,
  judgedWith,
  newlyNamed,
  recordsBefore,
  type Touched,
  type TouchedContext,
} from './audit-on-subjects.ts';
import { isFlagged } from './flags.ts';
import { SubjectReader } from './subjects.ts';

/**
 * Audits the log in a store, going on from what `options.memory` holds of an earlier audit of it, and keeps there what the next can
 * go on from. Without a memory, or with an empty one, it is {@link audit}.
 *
 * @returns what a whole audit would: the same `ok`, counts and findings at L1 and above. Of what is only recorded (L0), `onFinding`
 *   gets what concerns subjects judged anew; `records` counts all. `goneOn` says from where it went on, or why it did not.
 * @throws {StoreError | TypeError | RangeError} as {@link audit}.
 * Cost: the new entries, all events of the subjects they touch, and the registry; a whole audit where that does not do: the registry
 *   changed, a number was signed twice, a lot went beyond its quantity or was counted, or something does not hold.
 */
export async function auditOn(store: LogStore, options: AuditOptions): Promise<AuditReport> {
  assertStore('store', store);
  assertAuditOptions(options);
  const { memory, policy } = options;
  const summary = memory === undefined ? undefined : await recalled(memory, options.logKey);
  if (memory === undefined || summary === undefined) return audit(store, options);
  let why = 'a proposed policy is tried';
  if (policy === undefined) {
    try {
      const continuation = new Continuation(store, options, memory, summary);
      return await readTogether(store, () => continuation.run());
    } catch (error) {
      if (error instanceof GoesNoFurther) why = error.message;
      else if (errorCode(error) === 'ERR_STORE_CORRUPT') why = (error as Error).message;
      else throw error;
    }
  }
  const { state = stateOf(summary), pinned = [] } = options;
  // A state given beside the memory may be older: what was kept binds all the same.
  const report = await audit(store, { ...options, state, pinned: [...pinned, summary.checkpoint] });
  return { ...report, goneOn: { from: 0, subjects: undefined, why } };
}

/** What was kept. @throws {RangeError} if that is of another log, or of no audit. */
async function recalled(memory: AuditMemory, logKey: string): Promise<Summary | undefined> {
  const text = await memory.recall();
  if (text === undefined) return undefined;
  const summary = readSummary(text);
  const opened = checkCheckpoint(summary?.checkpoint ?? '', parseVerifierKey(logKey));
  if (summary === undefined || !opened.ok) throw ofAnother();
  const { origin, size, root } = opened.checkpoint;
  const isOwn = summary.origin === origin && summary.size === size && summary.root === toBase64(root);
  if (!isOwn) throw ofAnother();
  return summary;
}

function ofAnother(): RangeError {
  return argumentRangeError('memory', 'what was kept of this log', 'something else');
}

/** As much of what was kept as an audit of the whole log can use. */
function stateOf({ origin, size, root, checkpoint, refused }: Summary): AuditState {
  return { version: 1, origin, size, root, checkpoint, refused };
}

/** New entries are held, so they may be no more than this, or this share of those audited. */
const FRESH_MAX = 10_000;
const FRESH_SHARE = 4;

/** One run. */
class Continuation {
  readonly #store: LogStore;
  readonly #options: AuditOptions;
  readonly #memory: AuditMemory;
  readonly #summary: Summary;
  readonly #known: KnownEntries;
  readonly #subjects: SubjectReader;
  readonly #registry: Registry;
  readonly #keys: Uint8Array[] = [];
  readonly #forGood: Finding[] = [];

  constructor(store: LogStore, options: AuditOptions, memory: AuditMemory, summary: Summary) {
    this.#store = store;
    this.#options = options;
    this.#memory = memory;
    this.#summary = summary;
    this.#registry = new Registry(new Set(summary.kids));
    this.#known = new KnownEntries(memory, summary);
    this.#subjects = new SubjectReader(
      new AuditedStore(store, this.#known),
      parseVerifierKey(options.logKey),
    );
  }

  async run(): Promise<AuditReport> {
    if (await isFlagged(this.#store)) throw new GoesNoFurther('an audit found the store damaged');
    const { checkDerived = true } = this.#options;
    if (checkDerived && this.#summary.derived !== true) {
      throw new GoesNoFurther('derived data has not been compared, or differed, when the log was audited');
    }
    const { head, checkpoint } = await this.#openHead();
    const { size } = checkpoint;
    this.#subjects.trust(head);
    await this.#buildRegistry();
    const nodes = checkDerived ? new NodeComparison(this.#store) : undefined;
    const merge = this.#mergeAfter();
    const parted = await this.#takeFresh(size, merge, nodes);
    if (!equalBytes(rangeRoot(merge.range), checkpoint.root)) {
      throw new GoesNoFurther('the log does not extend what was audited');
    }
    await this.#lookBeyond(size);
    await this.#extendsPinned(checkpoint);
    const fresh = await this.#withLots(parted);
    const context: TouchedContext = {
      known: this.#known,
      subjects: this.#subjects,
      registry: this.#registry,
      size,
      asOfMs: merge.asOfMs,
      sizeBefore: this.#summary.size,
      asOfBeforeMs: this.#summary.asOfMs,
      stopIfAborted: () => this.#stopIfAborted(),
    };
    const decoded = fresh.flatMap((one) => one.decoded ?? []);
    const changed = await changedBy(decoded, context);
    await this.#stopAtCounted(changed, fresh, context);
    const judged = await judgedWith(changed, await this.#woken(merge.asOfMs), context);
    const before = await recordsBefore(judged, context);
    const told = await findingsOf(judged, context);
    if (checkDerived) await this.#compare(head, fresh, merge, size);
    if (checkDerived && this.#subjects.treeDiffers) throw new GoesNoFurther('the stored tree differs');
    const result = {
      summary: this.#summary,
      checkpoint,
      note: head.checkpoint,
      merge,
      registry: this.#registry,
      fresh,
      judged,
      added: await newlyNamed(decoded, context),
      before,
      told,
      forGood: this.#forGood,
      isDerivedCompared: checkDerived,
    };
    const { report, kept } = reportOn(result, this.#options);
    await keepOn(this.#memory, this.#known.runs, result, kept, told.take());
    return report;
  }

  /** The head, signed by the log, no shorter than what was audited, and with the range its checkpoint signs. */
  async #openHead(): Promise<{ readonly head: StoredHead; readonly checkpoint: Checkpoint }> {
    const head = await this.#store.readHead();
    const verifier = parseVerifierKey(this.#options.logKey);
    const opened = checkCheckpoint(head?.checkpoint ?? '', verifier);
    if (head === undefined || !opened.ok) throw new GoesNoFurther('the checkpoint is not signed by the log');
    const { checkpoint } = opened;
    if (checkpoint.size < this.#summary.size)
      throw new GoesNoFurther('the log is shorter than what was audited');
    const more = checkpoint.size - this.#summary.size;
    if (more > Math.max(FRESH_MAX, this.#summary.size / FRESH_SHARE)) {
      throw new GoesNoFurther(`${more} entries are too many to go on with`);
    }
    if (checkpoint.size > this.#summary.space.entriesEnd) {
      throw new GoesNoFurther('the log has outgrown what was kept of it');
    }
    const isBound =
      head.size === checkpoint.size &&
      equalBytes(rangeRoot(fromHashes(head.size, head.range)), checkpoint.root);
    if (!isBound) throw new GoesNoFurther('the stored head does not give the signed root');
    return { head, checkpoint };
  }

  /** Registry statements of the audited prefix, read again and proved. */
  async #buildRegistry(): Promise<void> {
    for (const { entry, recordTimeMs, fact } of await this.#subjects.entries(this.#summary.registry)) {
      if (fact === undefined) throw new GoesNoFurther(`entry ${entry} is no registry statement`);
      this.#registry.apply(entry, recordTimeMs, fact);
      for (const key of keysNamed(fact)) this.#keys.push(key);
    }
  }

  #mergeAfter(): Merge {
    const { size, range, last, previousTimeMs, asOfMs, statements, events, ...kept } = this.#summary;
    const rejected = new EntrySet();
    for (const entry of kept.rejected) rejected.add(entry);
    return new Merge({
      registry: this.#registry,
      log: { origin: this.#summary.origin, logKey: this.#options.logKey },
      trustedBefore: size,
      refused: kept.refused,
      rows: undefined,
      emit: (found) => this.#forGood.push(found),
      after: {
        range: fromHashes(size, range.map(fromBase64)),
        last: fromBase64(last),
        previousTimeMs,
        asOfMs,
        statements,
        events,
        sequences: new SequenceBook(kept.sequences),
        rejected,
      },
    });
  }

  async #takeFresh(
    size: number,
    merge: Merge,
    nodes: NodeComparison | undefined,
  ): Promise<readonly Omit<FreshEntry, 'lots'>[]> {
    const stage = new RangeStage({
      partitions: 1,
      seed: 0,
      salt: undefined,
      trustedBefore: 0,
      refused: [],
      keySpace: undefined,
    });
    const publicKeys = new Uint8Array(this.#keys.length * 32);
    for (const [i, key] of this.#keys.entries()) publicKeys.set(key, i * 32);
    stage.learn(publicKeys);
    const means = {
      store: this.#store,
      stage,
      merge,
      nodes,
      stopIfAborted: () => this.#stopIfAborted(),
    };
    const read = await freshEntries(this.#summary.size, size, means);
    return read.map((entry) => takenApart(entry, merge, this.#subjects.reader));
  }

  async #withLots(parted: readonly Omit<FreshEntry, 'lots'>[]): Promise<readonly FreshEntry[]> {
    const decoded = parted.flatMap((one) => one.decoded ?? []);
    for (const one of decoded) {
      this.#subjects.remember(one);
      this.#known.add(one);
    }
    await this.#known.look(this.#known.names());
    const movements = await movementsOf(decoded, this.#summary.size, this.#registry, this.#subjects);
    return parted.map((one) => ({ ...one, lots: movements.get(one.index) ?? NO_LOTS }));
  }

  /** An entry after the last one signed shows a head rolled back, unless the log is just growing. */
  async #lookBeyond(signed: number): Promise<void> {
    const [beyond] = await this.#store.readEntries(signed, Number.MAX_SAFE_INTEGER);
    if (beyond === undefined) return;
    const now = await this.#store.readHead();
    if (now === undefined || now.size <= beyond.index) throw new GoesNoFurther('an entry is beyond the head');
  }

  async #extendsPinned({ size, root }: Checkpoint): Promise<void> {
    const { pinned = [], state, logKey } = this.#options;
    const verifier = parseVerifierKey(logKey);
    for (const note of state === undefined ? pinned : [...pinned, state.checkpoint]) {
      const opened = checkCheckpoint(note, verifier);
      const earlier = opened.ok ? opened.checkpoint : undefined;
      const reader = (nodes: readonly number[]) => this.#store.readNodes(nodes);
      const holds =
        earlier !== undefined &&
        earlier.size >= 1 &&
        earlier.size <= size &&
        checkConsistency(
          earlier.size,
          size,
          await proveConsistency(earlier.size, size, reader),
          earlier.root,
          root,
        );
      if (!holds) throw new GoesNoFurther('a pinned checkpoint is not extended');
    }
  }

  /** Lots whose counts are a matter of all their units: that is asked of the whole log. */
  async #stopAtCounted(
    changed: Touched,
    fresh: readonly FreshEntry[],
    context: TouchedContext,
  ): Promise<void> {
    const { registry, subjects, size } = context;
    const lots = new Map(this.#summary.lots.map(([lot, units, isOver]) => [lot, { units, isOver }]));
    for (const { index, decoded, lots: moved } of fresh) {
      if (decoded?.acts.some(({ more }) => (more?.stock.length ?? 0) > 0) === true) {
        throw new GoesNoFurther(`entry ${index} counts stock`);
      }
      for (const [lot, units] of moved) {
        const known = lots.get(lot) ?? { units: 0, isOver: false };
        const inLot = known.units + units;
        const quantity = registry.lot(lot, index)?.payload.quantity ?? 0;
        if (known.isOver || (units > 0 && inLot > quantity)) {
          throw new GoesNoFurther(`entry ${index} adds to a lot beyond its quantity`);
        }
        lots.set(lot, { units: inLot, isOver: false });
      }
    }
    const counted = new Set(this.#summary.counted);
    if (counted.size === 0) return;
    const units = [...changed.units];
    for (const [i, acts] of (await subjects.actsOf(units, size)).entries()) {
      const lot = lotOfUnit(registry, units[i]!, acts);
      if (lot !== undefined && counted.has(lot))
        throw new GoesNoFurther('units of a counted lot are touched');
    }
  }

  /** Entries whose subjects are to be looked at because time has passed. */
  async #woken(asOfMs: number): Promise<readonly number[]> {
    const { wakes, asOfMs: beforeMs } = this.#summary;
    if (asOfMs === beforeMs) return [];
    const entries = new Set<number>();
    for (const place of wakes) {
      for (const number of await this.#known.runs.numbers(place, wakesBetween(beforeMs, asOfMs))) {
        entries.add(wokenEntry(number));
      }
    }
    return [...entries].sort((a, b) => a - b);
  }

  async #compare(head: StoredHead, fresh: readonly FreshEntry[], merge: Merge, size: number): Promise<void> {
    const holds =
      (await headHolds(this.#store, head, merge.range, merge.last)) &&
      (await rowsHold(this.#store, fresh, { known: this.#known, subjects: this.#subjects, size }));
    if (!holds) throw new GoesNoFurther('derived data differs');
  }

  #stopIfAborted(): void {
    this.#options.signal?.throwIfAborted();
  }
}

const NO_LOTS: ReadonlyMap<string, number> = new Map();
