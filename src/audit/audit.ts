// Browser-safe.
/**
 * The audit: replay a log from nothing, trust nobody, and say what holds, what was found, and where damage begins.
 *
 * Reads  replay.ts, subjects.ts, comparison.ts, locate.ts.   Used by  ledger/, cli/; start here.
 * Source design section 5 "Audit"; `findings.md` LG-01 … LG-06, LG-17; decision 0021.
 * Method ranges of entries, each by itself and in any thread (range.ts), are merged in log order (merge.ts); their acts, packed, wait in
 *        partitions (spill.ts) until subjects are judged, partition by partition and in any thread (judging.ts); derived data is
 *        compared last, and nothing is ever taken from it.
 * @module
 */
import { equalBytes, toBase64 } from '../bytes/index.ts';
import { argumentRangeError } from '../errors.ts';
import {
  finding,
  FindingFold,
  registryFindings,
  type Finding,
  type FindingCode,
} from '../judgement/index.ts';
import { assertStore, type LogStore, type StoredHead } from '../log/index.ts';
import { EMPTY_ROOT, rangeRoot, type CompactRange } from '../merkle/index.ts';
import { checkCheckpoint, parseVerifierKey, type Checkpoint, type NoteVerifier } from '../note/index.ts';
import { Registry } from '../registry/index.ts';
import { estimateBytes } from './blocks.ts';
import { Comparison } from './comparison.ts';
import { hire, type Crew } from './crew.ts';
import { NodeComparison, RowDigests } from './derived.ts';
import type { Shared } from './hand.ts';
import { openSpill } from './host.ts';
import { equivocations } from './equivocations.ts';
import { Keeping } from './keeping.ts';
import { EntryChanged } from './leaves.ts';
import { locateFirstBad } from './locate.ts';
import { Merge } from './merge.ts';
import { Pace } from './pace.ts';
import { PolicyTrial, trialRegistries } from './policy-trial.ts';
import { replay, SpilledActs } from './replay.ts';
import {
  assertAuditOptions,
  FINDINGS_LISTED_MAX,
  type AuditOptions,
  type AuditReport,
  type AuditState,
  type FirstBad,
} from './report.ts';
import { ENTRIES_MAX } from './runs.ts';
import type { Spill } from './spill.ts';
import { partitionsFor, type Parting } from './streams.ts';
import { Subjects } from './subjects.ts';
import { mergedSummary, spellSummary, type Summary } from './summary.ts';
import { byCode } from './tally.ts';
import type { Told } from './told.ts';

/** Entries of one range; where threads take them, more at a time, for nobody waits for them. */
const RANGE_ENTRIES = 4096;
const RANGE_ENTRIES_THREADED = 8192;

/**
 * Audits the log in a store and reports; writes nothing to it.
 *
 * @param store - any store; every byte of it is under suspicion.
 * @param options - the log's key and what the auditor holds; see {@link AuditOptions}.
 * @returns the report; a damaged log is a report with `ok: false`, not an exception, and so is one that is changed meanwhile.
 * @throws {StoreError} if the store itself cannot be read, or a large log's acts have no room to wait in; `signal.reason` if aborted.
 * @throws {TypeError | RangeError} on a wrong option, a pinned checkpoint that is not signed by the log among them.
 * Cost: one signature verification a statement, plus judging; memory bounded but for corrections, stock counts, and a few hundred bytes a container.
 */
export async function audit(store: LogStore, options: AuditOptions): Promise<AuditReport> {
  assertStore('store', store);
  assertAuditOptions(options);
  return new Audit(store, options).run();
}

/** What a run has at hand. */
interface Means {
  readonly head: StoredHead | undefined;
  readonly checkpoint: Checkpoint;
  /** About how long its entries are together. */
  readonly bytes: number;
  readonly spill: Spill;
  readonly crew: Crew;
}

interface ReplayMeans {
  readonly crew: Crew;
  readonly parting: Parting;
  readonly salt: Uint8Array | undefined;
  readonly rows: RowDigests | undefined;
  readonly nodes: NodeComparison | undefined;
  readonly spilled: SpilledActs;
  readonly keeping: Keeping | undefined;
}

interface SubjectMeans {
  readonly crew: Crew;
  readonly merge: Merge;
  readonly spilled: SpilledActs;
  readonly parting: Parting;
}

/** What a report is made of. */
interface Outcome {
  readonly note: string;
  readonly checkpoint: Checkpoint;
  readonly root: Uint8Array;
  readonly derived: readonly string[] | undefined;
  readonly merge: Merge;
  readonly subjects: Subjects;
  readonly crew: Crew;
}

/** One run. */
class Audit {
  readonly #store: LogStore;
  readonly #options: AuditOptions;
  readonly #verifier: NoteVerifier;
  readonly #pace: Pace;
  readonly #trial: PolicyTrial | undefined;
  readonly #own: Shared;
  readonly #fold: FindingFold;
  readonly #tally: Pick<AuditReport, 'counts' | 'records'> = { counts: {}, records: {} };
  readonly #earlier: Checkpoint[] = [];
  readonly #listed: Finding[] = [];
  #firstBad: FirstBad | undefined;
  #subjects: Subjects | undefined;
  #keeping: Keeping | undefined;

  constructor(store: LogStore, options: AuditOptions) {
    this.#store = store;
    this.#options = options;
    this.#verifier = parseVerifierKey(options.logKey);
    this.#pace = new Pace(options.signal, options.onProgress);
    const { registry, proposed } =
      options.policy === undefined
        ? { registry: new Registry(), proposed: undefined }
        : trialRegistries(options.policy);
    this.#own = { spill: undefined, registry, proposed, stage: undefined, turn: undefined };
    const isComplete = (lot: string): boolean => this.#subjects?.isComplete(lot) ?? false;
    this.#trial = proposed === undefined ? undefined : new PolicyTrial(proposed, isComplete);
    this.#fold = new FindingFold({ isComplete });
  }

  async run(): Promise<AuditReport> {
    let crew: Crew | undefined;
    let spill: Spill | undefined;
    try {
      // First of all, because threads take a while to begin.
      crew = hire(this.#options.workers ?? 1, this.#own);
      const head = await this.#store.readHead();
      const checkpoint = this.#openHead(head);
      this.#comparePinned(checkpoint);
      const bytes = await estimateBytes(this.#store, checkpoint.size);
      spill = openSpill(bytes, crew.workers);
      this.#own.spill = spill;
      return await this.#runWith({ head, checkpoint, bytes, spill, crew });
    } finally {
      try {
        await crew?.close();
      } finally {
        await spill?.close();
      }
    }
  }

  async #runWith({ head, checkpoint, bytes, spill, crew }: Means): Promise<AuditReport> {
    const { size } = checkpoint;
    const { mentionsMax, checkDerived = true, memory, policy } = this.#options;
    const parting = { partitions: partitionsFor(size, bytes, crew.workers, mentionsMax), seed: randomSeed() };
    const salt = checkDerived ? globalThis.crypto.getRandomValues(new Uint8Array(32)) : undefined;
    const rows = salt === undefined ? undefined : new RowDigests(salt, size);
    const nodes = checkDerived ? new NodeComparison(this.#store) : undefined;
    const spilled = new SpilledActs(spill);
    if (memory !== undefined && policy === undefined && size <= ENTRIES_MAX) {
      this.#keeping = new Keeping(memory, randomSeed(), spill, size);
      await this.#keeping.begin();
    }
    const keeping = this.#keeping;
    const merge = await this.#replay(checkpoint, { crew, parting, salt, rows, nodes, spilled, keeping });
    const root = await this.#compareRoot(checkpoint, merge.range);
    await this.#lookBeyond(size);
    const subjects = this.#subjectsOf({ crew, merge, spilled, parting });
    const whole = this.#firstBad === undefined;
    const comparison =
      whole && nodes !== undefined
        ? new Comparison({
            store: this.#store,
            pace: this.#pace,
            nodes,
            expected: rows!,
            salt: salt!,
            movements: subjects.movements,
            rejected: merge.rejected,
            range: merge.range,
            last: merge.last,
            leaves: spilled.leaves,
          })
        : undefined;
    // While threads judge, this one has little else to do.
    if (crew.workers > 1) comparison?.scanAhead(size);
    let derived: readonly string[] | undefined;
    try {
      if (whole) await this.#judge(subjects, merge, spilled);
      derived = await comparison?.run(head!);
    } catch (error) {
      comparison?.stop();
      if (!(error instanceof EntryChanged)) throw error;
      this.#fail(error.entry, 'LG-02', `while it was audited, ${error.message}`);
    }
    if (this.#firstBad === undefined && keeping !== undefined) {
      const note = head!.checkpoint;
      const { units, containers, lots, counted } = subjects;
      const summary: Summary = {
        ...mergedSummary(checkpoint, note, merge),
        ...(await keeping.finish()),
        registry: merge.registryStatements.map(({ entry }) => entry),
        kids: [...this.#own.registry.kids()],
        units,
        containers,
        lots: lots.map(({ lot, units: inLot, balance }) => [lot, inLot, balance.exceededAt !== undefined]),
        counted,
        derived: derived?.length === 0,
      };
      await memory!.keep(spellSummary(summary));
    }
    return this.#report({ note: head?.checkpoint ?? '', checkpoint, root, derived, merge, subjects, crew });
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

  async #replay(
    checkpoint: Checkpoint,
    { crew, parting, salt, rows, nodes, spilled, keeping }: ReplayMeans,
  ): Promise<Merge> {
    const { state, logKey, rangeEntries } = this.#options;
    const isKnown = state !== undefined && this.#earlier.some((earlier) => earlier.size === state.size);
    const trustedBefore = isKnown ? state.size : 0;
    const refused = isKnown ? state.refused : [];
    const merge = new Merge({
      registry: this.#own.registry,
      log: { origin: this.#verifier.name, logKey },
      trustedBefore,
      refused,
      rows,
      emit: (found) => this.#emitForGood([found]),
    });
    const keySpace = keeping?.space;
    // While threads begin, this one reads what they begin with; one that fails at it fails at its first range, too.
    const setup = { ...parting, salt, trustedBefore, refused, keySpace };
    let begun: { readonly failure: unknown } | undefined;
    crew.tellAll({ order: 'begin', setup }).catch((failure: unknown) => (begun = { failure }));
    const { size } = checkpoint;
    const { held, chainBreak } = await replay(size, {
      store: this.#store,
      crew,
      merge,
      nodes,
      spilled,
      pace: this.#pace,
      rangeEntries: rangeEntries ?? (crew.workers === 1 ? RANGE_ENTRIES : RANGE_ENTRIES_THREADED),
      sizes: this.#earlier.map((earlier) => earlier.size),
      onSize: (range) => this.#passEarlier(range),
      keeping,
    }).catch((error: unknown) => {
      throw begun === undefined ? error : begun.failure;
    });
    if (chainBreak !== undefined) {
      this.#fail(held, 'LG-01', chainBreak);
      return merge;
    }
    this.#pace.report({ phase: 'entries', done: held, total: size });
    if (held < size)
      this.#fail(held, 'LG-02', `entry ${held} is missing; the checkpoint signs ${size} entries`);
    return merge;
  }

  /** LG-03: the root at the size of an earlier checkpoint must be the one it signed. */
  #passEarlier(range: CompactRange): void {
    while (this.#earlier[0]?.size === range.end) {
      const { root, size } = this.#earlier.shift()!;
      if (equalBytes(rangeRoot(range), root)) continue;
      this.#fail(0, 'LG-03', `the first ${size} entries are not those an earlier checkpoint signed`);
    }
  }

  async #compareRoot(checkpoint: Checkpoint, range: CompactRange): Promise<Uint8Array> {
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

  #subjectsOf({ crew, merge, spilled, parting }: SubjectMeans): Subjects {
    const { policy, onFinding, mentionsMax } = this.#options;
    this.#subjects = new Subjects({
      store: this.#store,
      crew,
      merge,
      spilled,
      parting,
      own: this.#own,
      policy: policy === undefined ? undefined : JSON.stringify(policy),
      listsRecords: onFinding !== undefined,
      keeps: this.#keeping !== undefined,
      heldMax: mentionsMax,
      pace: this.#pace,
      take: (told) => this.#take(told),
      emit: (found) => this.#emitForGood(found),
    });
    return this.#subjects;
  }

  async #judge(
    subjects: Subjects,
    { asOfMs, sequences, rejected }: Merge,
    { leaves }: SpilledActs,
  ): Promise<void> {
    const { registry, proposed } = this.#own;
    for (const found of await equivocations(this.#store, sequences, rejected, leaves))
      this.#emitForGood([found]);
    await subjects.read();
    const found = [...registryFindings(registry, asOfMs)];
    this.#emit(found);
    if (proposed !== undefined) this.#trial!.compare(found, [...registryFindings(proposed, asOfMs)]);
    await subjects.judge();
    const { foldMin } = registry.policyAt(Infinity);
    for (const folded of this.#fold.listWithCases(foldMin)) this.#announce(folded);
  }

  /** Takes what a task of the subject stage found. */
  #take({ folded, records, counted, changes, kept }: Told): void {
    this.#emit(folded);
    this.#emit(records);
    for (const { code, count } of records) this.#keeping?.count(code, count);
    for (const [code, count] of Object.entries(counted)) {
      this.#count('records', code as FindingCode, count);
      this.#keeping?.count(code as FindingCode, count);
    }
    if (kept !== undefined) this.#keeping?.add(kept);
    if (changes !== undefined) this.#trial!.addTold(changes);
  }

  #report({ note, checkpoint, root, derived: differences, merge, subjects, crew }: Outcome): AuditReport {
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
          refused: [...merge.refused],
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
      statements: merge.statements,
      events: merge.events,
      units: subjects.units,
      containers: subjects.containers,
      signatures: merge.signatures,
      counts: byCode(this.#tally.counts),
      records: byCode(this.#tally.records),
      findings: this.#listed,
      policy: logOk ? this.#trial?.effect(FINDINGS_LISTED_MAX) : undefined,
      state,
      workers: crew.workers,
    };
  }

  /** Findings about what is never judged again: an audit that goes on from this one has them from it. */
  #emitForGood(findings: readonly Finding[]): void {
    this.#keeping?.found(findings);
    this.#emit(findings);
  }

  /** L0 is streamed and counted, never held; the rest is folded first. */
  #emit(findings: Iterable<Finding>): void {
    for (const found of findings) {
      if (found.severity === 0) this.#announce(found);
      else this.#fold.add(found);
    }
  }

  #announce(found: Finding): void {
    this.#count(found.severity === 0 ? 'records' : 'counts', found.code, found.count);
    if (found.severity > 0 && this.#listed.length < FINDINGS_LISTED_MAX) this.#listed.push(found);
    this.#options.onFinding?.(found);
  }

  #count(side: 'counts' | 'records', code: FindingCode, count: number): void {
    const counts: Partial<Record<FindingCode, number>> = this.#tally[side];
    counts[code] = (counts[code] ?? 0) + count;
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

/** A random 32-bit number. */
function randomSeed(): number {
  return globalThis.crypto.getRandomValues(new Uint32Array(1))[0]!;
}
