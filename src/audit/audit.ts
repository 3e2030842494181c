// Browser-safe.
/**
 * The audit: replay a log from nothing, trust nobody, and say what holds, what was found, and where damage begins.
 *
 * Reads  verify.ts, subjects.ts, derived.ts, locate.ts.   Used by  ledger/, cli/; start here.
 * Source design section 5 "Audit"; `findings.md` LG-01 … LG-06, LG-17.
 * Method one pass checks leaves, chain, signatures and the root; then subjects are judged, partition by partition; derived
 *        data is compared last, and nothing is ever taken from it.
 * @module
 */
import { equalBytes, toBase64 } from '../bytes/index.ts';
import { postingsOf, sequenceSubject, statementSubject } from '../custody/index.ts';
import { argumentRangeError } from '../errors.ts';
import {
  finding,
  FindingFold,
  keyEquivocation,
  registryFindings,
  type Finding,
  type FindingCode,
} from '../judgement/index.ts';
import { assertStore, decodeEntry, type LogStore, type StoredHead } from '../log/index.ts';
import {
  EMPTY_ROOT,
  RangeBuilder,
  emptyRange,
  hashLeaf,
  mergeRanges,
  rangeRoot,
  storedNodeCount,
  type CompactRange,
  type OnNode,
} from '../merkle/index.ts';
import { checkCheckpoint, parseVerifierKey, type Checkpoint, type NoteVerifier } from '../note/index.ts';
import { Registry } from '../registry/index.ts';
import { NodeComparison, PostingDigest, RowDifference } from './derived.ts';
import { readBlocks } from './entries.ts';
import { locateFirstBad } from './locate.ts';
import { Pace } from './pace.ts';
import { PolicyTrial } from './policy-trial.ts';
import {
  assertAuditOptions,
  FINDINGS_LISTED_MAX,
  type AuditOptions,
  type AuditReport,
  type AuditState,
  type FirstBad,
} from './report.ts';
import { SequenceBook } from './sequences.ts';
import { SubjectCollector } from './subjects.ts';
import { EntryVerifier, indexed, type VerifiedEntry } from './verify.ts';

const MENTIONS_MAX = 500_000;
/** Entries of one range: 256 full tiles, so every border is a border of the tree too. */
const RANGE_ENTRIES = 65_536;

/**
 * Audits the log in a store and reports; writes nothing.
 *
 * @param store - any store; every byte of it is under suspicion.
 * @param options - the log's key and what the auditor holds; see {@link AuditOptions}.
 * @returns the report; a damaged log is a report with `ok: false`, not an exception.
 * @throws {StoreError} if the store itself cannot be read; `signal.reason` if aborted.
 * @throws {TypeError | RangeError} on a wrong option, a pinned checkpoint that is not signed by the log among them.
 * Cost: one signature verification a statement, plus judging; memory bounded by `mentionsMax`, containers and units' lots.
 */
export async function audit(store: LogStore, options: AuditOptions): Promise<AuditReport> {
  assertStore('store', store);
  assertAuditOptions(options);
  return new Audit(store, options).run();
}

/** One run. */
class Audit {
  readonly #store: LogStore;
  readonly #options: AuditOptions;
  readonly #verifier: NoteVerifier;
  readonly #pace: Pace;
  readonly #trial: PolicyTrial | undefined;
  readonly #registry: Registry;
  readonly #fold: FindingFold;
  readonly #tally: Pick<AuditReport, 'counts' | 'records'> = { counts: {}, records: {} };
  readonly #collector: SubjectCollector;
  readonly #sequences = new SequenceBook();
  readonly #nodes: NodeComparison;
  readonly #salt = randomSalt();
  readonly #expected = new PostingDigest(this.#salt);
  readonly #earlier: Checkpoint[] = [];
  #range: CompactRange = emptyRange();
  #firstBad: FirstBad | undefined;
  #statements = 0;
  #events = 0;
  #signatures = 0;
  #refused: readonly number[] = [];
  #units = 0;
  /** Size the log was last seen to have grown to. */
  #grown = 0;
  readonly #listed: Finding[] = [];

  constructor(store: LogStore, options: AuditOptions) {
    this.#store = store;
    this.#options = options;
    this.#verifier = parseVerifierKey(options.logKey);
    this.#pace = new Pace(options.signal, options.onProgress);
    const isComplete = (lot: string): boolean => this.#collector.isComplete(lot);
    this.#trial = options.policy === undefined ? undefined : new PolicyTrial(options.policy, isComplete);
    this.#registry = this.#trial?.registry ?? new Registry();
    this.#collector = new SubjectCollector(this.#registry, options.mentionsMax ?? MENTIONS_MAX);
    this.#fold = new FindingFold({ isComplete });
    this.#nodes = new NodeComparison(store);
  }

  async run(): Promise<AuditReport> {
    const head = await this.#store.readHead();
    const checkpoint = this.#openHead(head);
    this.#comparePinned(checkpoint);
    await this.#replay(checkpoint.size);
    const root = await this.#compareRoot(checkpoint);
    await this.#lookBeyond(checkpoint.size);
    const whole = this.#firstBad === undefined;
    if (whole) {
      this.#judgeBy((registry) => [[...registryFindings(registry, this.#collector.asOfMs)]]);
      await this.#judge(checkpoint.size);
    }
    const derived =
      whole && this.#options.checkDerived !== false ? await this.#compareDerived(head!) : undefined;
    return this.#report(head?.checkpoint ?? '', checkpoint, root, derived);
  }

  #openHead(head: StoredHead | undefined): Checkpoint {
    if (head === undefined) {
      this.#fail(0, 'LG-02', 'there is no signed checkpoint');
      return { origin: this.#verifier.name, size: 0, root: EMPTY_ROOT };
    }
    const opened = checkCheckpoint(head.checkpoint, this.#verifier);
    if (opened.ok) return opened.checkpoint;
    this.#fail(0, 'LG-02', `the stored checkpoint is not signed by the log (${opened.reason})`);
    return { origin: this.#verifier.name, size: head.size, root: EMPTY_ROOT };
  }

  /** LG-06 and LG-04 at once; LG-03 is decided when the replay passes the earlier size. */
  #comparePinned(checkpoint: Checkpoint): void {
    const { pinned = [], state } = this.#options;
    for (const note of state === undefined ? pinned : [...pinned, state.checkpoint]) {
      const opened = checkCheckpoint(note, this.#verifier);
      if (!opened.ok)
        throw argumentRangeError(
          'pinned',
          'checkpoints signed by the log',
          `one that is not (${opened.reason})`,
        );
      const earlier = opened.checkpoint;
      if (note === state?.checkpoint) assertStateFits(state, earlier);
      if (earlier.size > checkpoint.size) {
        const why = `the log has ${checkpoint.size} entries, a checkpoint signed before has ${earlier.size}`;
        this.#fail(checkpoint.size, 'LG-06', why);
      } else if (earlier.size === checkpoint.size && !equalBytes(earlier.root, checkpoint.root)) {
        this.#fail(0, 'LG-04', `two signed checkpoints of ${earlier.size} entries have different roots`);
      } else this.#earlier.push(earlier);
    }
    this.#earlier.sort((a, b) => a.size - b.size);
  }

  async #replay(size: number): Promise<void> {
    const { state } = this.#options;
    const trusted =
      state === undefined || !this.#earlier.some((earlier) => earlier.size === state.size) ? 0 : state.size;
    const refused = trusted === 0 ? [] : state?.refused;
    const identity = { origin: this.#verifier.name, logKey: this.#options.logKey };
    const verifier = new EntryVerifier(this.#registry, trusted, refused, identity);
    const next = await this.#replayRanges(verifier, size);
    this.#signatures = verifier.signatures;
    this.#refused = verifier.refused;
    if (this.#firstBad?.code === 'LG-01') return;
    this.#pace.report({ phase: 'entries', done: next, total: size });
    if (next < size)
      this.#fail(next, 'LG-02', `entry ${next} is missing; the checkpoint signs ${size} entries`);
  }

  /** Replays range by range until the end or the first break of the chain; returns how many entries hold together. */
  async #replayRanges(verifier: EntryVerifier, size: number): Promise<number> {
    this.#passEarlier(emptyRange());
    const { rangeEntries = RANGE_ENTRIES } = this.#options;
    for (let first = 0; first < size; first += rangeEntries) {
      const end = Math.min(first + rangeEntries, size);
      const held = await this.#replayRange(verifier, first, end, size);
      if (held < end) return held;
    }
    return size;
  }

  /** One range: its own compact range, begun at a tile border, then merged with all before it. */
  async #replayRange(verifier: EntryVerifier, first: number, end: number, size: number): Promise<number> {
    const range = new RangeBuilder(emptyRange(first));
    const merge = (onNode?: OnNode): CompactRange => mergeRanges(this.#range, range.range(), onNode);
    for await (const block of readBlocks(this.#store, first, end)) {
      for (const { index, bytes } of block) {
        const result = verifier.next(index, bytes);
        if ('chainBreak' in result) {
          this.#range = merge();
          this.#fail(index, 'LG-01', result.chainBreak);
          return index;
        }
        await this.#nodes.add(range.append(result.leafHash));
        this.#take(index, result);
        if (this.#earlier[0]?.size === index + 1) this.#passEarlier(merge());
        if (this.#pace.isDue) await this.#pace.breathe({ phase: 'entries', done: index + 1, total: size });
      }
      this.#pace.stopIfAborted();
    }
    const completed: Uint8Array[] = [];
    this.#range = merge((_level, _n, hash) => completed.push(hash));
    await this.#nodes.add(completed);
    return this.#range.end;
  }

  /** Takes what a verified entry says: its subjects, its derived rows, its own findings. */
  #take(index: number, entry: VerifiedEntry): void {
    const { acts, findings } = entry;
    this.#statements++;
    this.#events += acts.length;
    const lots = this.#collector.collect(index, acts, entry.recordTimeMs);
    if (entry.signed !== undefined) this.#sequences.add(entry.signed.kid, entry.signed.sequence);
    for (const row of postingsOf(index, indexed(entry), acts, lots)) this.#expected.add(row);
    this.#emitAll(findings);
  }

  /** LG-03: the root at the size of an earlier checkpoint must be the one it signed. */
  #passEarlier(range: CompactRange): void {
    while (this.#earlier[0]?.size === range.end) {
      const { root, size } = this.#earlier.shift()!;
      if (equalBytes(rangeRoot(range), root)) continue;
      this.#fail(0, 'LG-03', `the first ${size} entries are not those an earlier checkpoint signed`);
    }
  }

  async #compareRoot(checkpoint: Checkpoint): Promise<Uint8Array> {
    const range = this.#range;
    const root = rangeRoot(range);
    const holds = range.end === checkpoint.size && equalBytes(root, checkpoint.root);
    if (!holds && this.#firstBad === undefined)
      this.#fail(0, 'LG-02', 'the entries do not give the signed root');
    const code = this.#firstBad?.code;
    if (code !== 'LG-01' && (code !== 'LG-02' || holds)) return root;
    const located = await locateFirstBad(this.#store, checkpoint.size, checkpoint.root);
    if (located !== undefined && this.#firstBad !== undefined) {
      const [stored] = await this.#store.readEntriesAt([located]);
      const why =
        stored === undefined ? 'it is missing' : 'its bytes are not those the signed root commits to';
      this.#firstBad = { entry: located, code: this.#firstBad.code, why };
    }
    return root;
  }

  /** An entry after the last one signed shows a head rolled back, unless the log is just growing. */
  async #lookBeyond(signed: number): Promise<void> {
    const [beyond] = await this.#store.readEntries(signed, Number.MAX_SAFE_INTEGER);
    if (beyond === undefined) return;
    const now = checkCheckpoint((await this.#store.readHead())?.checkpoint ?? '', this.#verifier);
    if (now.ok && now.checkpoint.size > beyond.index) return;
    this.#fail(beyond.index, 'LG-02', `there is an entry beyond the ${signed} that the checkpoint signs`);
  }

  async #judge(size: number): Promise<void> {
    const collector = this.#collector;
    await this.#equivocations(size);
    this.#judgeBy((registry) => collector.judgeShared(registry));
    for (let partition = 0; partition < collector.partitions; partition++) {
      if (partition > 0) {
        collector.nextPartition(partition);
        await this.#readAgain(size, (_index, { acts }) => collector.collectAgain(acts));
      }
      this.#judgeBy((registry) => collector.judgeEvents(registry));
      const left = collector.unitCount * (collector.partitions - partition);
      await this.#judgeEach(this.#units + left, (registry) => collector.judgeUnits(registry));
    }
    if (collector.mustLookAgain) {
      collector.nextWaiting();
      await this.#readAgain(size, (_index, { acts }) => collector.collectConsulted(acts));
      await this.#judgeEach(this.#units + collector.waitingCount, (registry) =>
        collector.judgeWaiting(registry),
      );
    }
    this.#judgeBy((registry) => collector.judgeCodes(registry));
    this.#judgeBy((registry) => collector.judgeCorrections(registry));
    this.#judgeBy((registry) => collector.judgeStock(registry));
    this.#pace.report({ phase: 'subjects', done: this.#units, total: this.#units });
    const { foldMin } = this.#registry.policyAt(Infinity);
    for (const found of this.#fold.listWithCases(foldMin)) this.#announce(found);
  }

  /** SG-11: reads the log again for the statements of sequence numbers used more than once, if there are any. */
  async #equivocations(size: number): Promise<void> {
    const { repeated } = this.#sequences;
    if (repeated.length === 0) return;
    const entries = new Map(
      repeated.map(({ kid, sequence }) => [sequenceSubject(kid, sequence), new Map<string, number>()]),
    );
    await this.#readAgain(size, (index, { signed, statement }) => {
      const found =
        signed === undefined ? undefined : entries.get(sequenceSubject(signed.kid, signed.sequence));
      const name = found === undefined ? '' : statementSubject(statement);
      if (found?.has(name) === false) found.set(name, index);
    });
    for (const { kid, sequence } of repeated) {
      const found = entries.get(sequenceSubject(kid, sequence))!;
      const equivocation = keyEquivocation(kid, sequence, [...found.values()]);
      if (equivocation !== undefined) this.#emitAll([equivocation]);
    }
  }

  /** Judges unit by unit, giving other work its turn. */
  async #judgeEach(
    total: number,
    judge: (registry: Registry) => Iterable<readonly Finding[]>,
  ): Promise<void> {
    for (const found of this.#judged(judge)) {
      this.#emitAll(found);
      this.#units++;
      if (this.#pace.isDue) await this.#pace.breathe({ phase: 'subjects', done: this.#units, total });
    }
  }

  /** Judges subject by subject; by a proposed policy too, if there is one. */
  #judged(judge: (registry: Registry) => Iterable<readonly Finding[]>): Iterable<readonly Finding[]> {
    const own = judge(this.#registry);
    return this.#trial === undefined ? own : this.#trial.compareEach(own, judge(this.#trial.proposed));
  }

  #judgeBy(judge: (registry: Registry) => Iterable<readonly Finding[]>): void {
    for (const found of this.#judged(judge)) this.#emitAll(found);
  }

  /** Reads the log again, for one more partition of the subjects; what the first pass refused stays refused. */
  async #readAgain(size: number, take: (index: number, entry: VerifiedEntry) => void): Promise<void> {
    const verifier = new EntryVerifier(new Registry(), size, this.#refused);
    for await (const block of readBlocks(this.#store, 0, size)) {
      for (const { index, bytes } of block) {
        const result = verifier.next(index, bytes);
        if ('acts' in result) take(index, result);
        if (this.#pace.isDue)
          await this.#pace.breathe({ phase: 'subjects', done: this.#units, total: this.#units + 1 });
      }
      this.#pace.stopIfAborted();
    }
  }

  async #compareDerived(head: StoredHead): Promise<readonly string[]> {
    const { size } = head;
    await this.#nodes.finish();
    const stored = new PostingDigest(this.#salt);
    const counted = await this.#countAt(size);
    let done = 0;
    for await (const row of this.#store.scanPostings()) {
      if (row.entry < size || row.entry >= (await this.#grownTo(row.entry))) stored.add(row);
      done++;
      if (this.#pace.isDue) await this.#pace.breathe({ phase: 'derived', done, total: done + 1 });
    }
    this.#pace.report({ phase: 'derived', done, total: done });
    const differences = [...(await this.#headDifferences(head)), ...this.#nodes.differences];
    if (counted > this.#nodes.count) {
      differences.push(`${counted - this.#nodes.count} tree nodes too many are stored`);
    }
    const buckets = this.#expected.differingBuckets(stored);
    if (buckets.size > 0) differences.push(...(await this.#nameRows(size, buckets)));
    return differences;
  }

  /** Stored tree nodes of the first `size` entries and any that belong to none: what a growing log adds is not counted. */
  async #countAt(size: number): Promise<number> {
    for (;;) {
      const before = (await this.#store.readHead())?.size ?? 0;
      const { nodes } = await this.#store.countDerived();
      const after = (await this.#store.readHead())?.size ?? 0;
      if (before === after) return nodes - storedNodeCount(after) + storedNodeCount(size);
      this.#pace.stopIfAborted();
    }
  }

  /** Size of the log by now, if that is needed to explain a row of this entry. */
  async #grownTo(entry: number): Promise<number> {
    if (entry >= this.#grown) this.#grown = (await this.#store.readHead())?.size ?? 0;
    return this.#grown;
  }

  /** The head row beside its checkpoint, which alone is signed: an append would stumble over it. */
  async #headDifferences(head: StoredHead): Promise<string[]> {
    const range = this.#range;
    const [last] = await this.#store.readEntriesAt([range.end - 1]);
    const holds =
      head.size === range.end &&
      last !== undefined &&
      equalBytes(hashLeaf(last), head.leafHash) &&
      decodeEntry(last).recordTimeMs === head.recordTimeMs &&
      head.range.every((hash, i) => equalBytes(hash, range.hashes[i]!));
    return holds ? [] : ['the stored head is not that of the last entry'];
  }

  async #nameRows(size: number, buckets: ReadonlySet<number>): Promise<string[]> {
    const rows = new RowDifference();
    for await (const row of this.#store.scanPostings()) {
      const grown = row.entry >= size && row.entry < (await this.#grownTo(row.entry));
      if (!grown && buckets.has(this.#expected.bucketOf(row))) rows.add(row, 'stored');
    }
    const registry = new Registry();
    const collector = new SubjectCollector(registry, Infinity);
    const verifier = new EntryVerifier(registry, size, this.#refused);
    for await (const block of readBlocks(this.#store, 0, size)) {
      for (const { index, bytes } of block) {
        const result = verifier.next(index, bytes);
        if ('chainBreak' in result) continue;
        const lots = collector.collect(index, result.acts, result.recordTimeMs);
        for (const row of postingsOf(index, indexed(result), result.acts, lots)) {
          if (buckets.has(this.#expected.bucketOf(row))) rows.add(row, 'expected');
        }
      }
    }
    return rows.sentences();
  }

  #report(
    note: string,
    checkpoint: Checkpoint,
    root: Uint8Array,
    differences: readonly string[] | undefined,
  ): AuditReport {
    if (differences !== undefined && differences.length > 0) {
      const subject = { type: 'log', id: checkpoint.origin } as const;
      this.#announce(finding({ code: 'LG-17', severity: 2, subject, acts: [], detail: differences[0]! }));
    }
    if (this.#firstBad !== undefined) this.#announceDamage(checkpoint, this.#firstBad);
    const derivedOk = differences === undefined ? undefined : differences.length === 0;
    const logOk = this.#firstBad === undefined;
    const state: AuditState | undefined = logOk
      ? {
          version: 1,
          origin: checkpoint.origin,
          size: checkpoint.size,
          root: toBase64(root),
          checkpoint: note,
          refused: this.#refused,
        }
      : undefined;
    return {
      ok: logOk && derivedOk !== false,
      origin: checkpoint.origin,
      size: checkpoint.size,
      root: toBase64(root),
      checkpoint: note,
      log: { ok: logOk, firstBad: this.#firstBad },
      derived: { ok: derivedOk, differences: differences ?? [] },
      statements: this.#statements,
      events: this.#events,
      units: this.#units,
      containers: this.#collector.containerCount,
      signatures: this.#signatures,
      ...this.#tally,
      findings: this.#listed,
      policy: logOk ? this.#trial?.effect(FINDINGS_LISTED_MAX) : undefined,
      state,
      workers: 1,
    };
  }

  /** L0 is streamed and counted, never held; the rest is folded first. */
  #emitAll(findings: Iterable<Finding>): void {
    for (const found of findings) {
      if (found.severity === 0) this.#announce(found);
      else this.#fold.add(found);
    }
  }

  #announce(found: Finding): void {
    const counts: Partial<Record<FindingCode, number>> =
      this.#tally[found.severity === 0 ? 'records' : 'counts'];
    counts[found.code] = (counts[found.code] ?? 0) + found.count;
    if (found.severity > 0 && this.#listed.length < FINDINGS_LISTED_MAX) this.#listed.push(found);
    this.#options.onFinding?.(found);
  }

  #announceDamage(checkpoint: Checkpoint, bad: FirstBad): void {
    const subject = { type: 'log', id: checkpoint.origin } as const;
    const detail = `entry ${bad.entry}, ${bad.why}`;
    this.#announce(finding({ code: bad.code, severity: 4, subject, acts: [], facts: [bad.entry], detail }));
  }

  #fail(entry: number, code: FindingCode, why: string): void {
    this.#firstBad ??= { entry, code, why };
  }
}

function assertStateFits(state: AuditState, { origin, size, root }: Checkpoint): void {
  if (state.origin === origin && state.size === size && state.root === toBase64(root)) return;
  throw argumentRangeError('state', 'what its own checkpoint signs', 'another size or root');
}

function randomSalt(): string {
  return toBase64(globalThis.crypto.getRandomValues(new Uint8Array(16)));
}
