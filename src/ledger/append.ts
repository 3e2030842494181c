// Browser-safe.
/**
 * Appending: admission, the derived rows, group commit, receipts.
 *
 * Reads  admit.ts, findings.ts, subjects.ts, log/ (GroupCommitter).   Used by  append-queue.ts.
 * Rule   registry statements commit alone, so whatever follows is judged by a registry that knows them; commissionings of
 *        one lot never share a commit with another caller's, so the lot's count is exact. What was admitted under an older
 *        registry or record time is admitted again before it is written, so no replay can think otherwise of it.
 * Never  acknowledges before the store has; never refuses what is merely suspicious.
 * @module
 */
import { equalBytes, toBase64url } from '../bytes/index.ts';
import { postingsOf, sequenceSubject, signatureMark, unitChanges, UNKNOWN_UNIT } from '../custody/index.ts';
import type { Act, IndexedStatement, StatementHead, UnitRecord } from '../custody/index.ts';
import { StoreError } from '../errors.ts';
import { lotId } from '../gs1/index.ts';
import type { Finding } from '../judgement/index.ts';
import {
  decodeEntry,
  GROUP_BYTES_MAX,
  GROUP_STATEMENTS_MAX,
  makeReceipts,
  readTogether,
} from '../log/index.ts';
import type { Appended, GroupCommitter, LogStore, NewStatement, Receipt } from '../log/index.ts';
import { gtinOf } from '../registry/index.ts';
import type { Statement } from '../statement/index.ts';
import { Admission, asError, submitted, type Admitted, type Submitted } from './admit.ts';
import { actsAt } from './decoded.ts';
import { SubjectFindings, type Recorded } from './findings.ts';
import type { LotState } from './lot-folds.ts';
import type { LiveRegistry } from './live-registry.ts';
import type { Soon } from './reads.ts';
import type { SubjectReader } from './subjects.ts';

/** What the ledger answers to an append. */
export interface AppendResult {
  /** 0-based index of the statement's entry. */
  readonly entry: number;
  /** True if exactly these bytes were in the log before. */
  readonly repeated: boolean;
  /** Proof that the entry is in the log; undefined if `receipts: false` was asked. */
  readonly receipt: Receipt | undefined;
  /** Findings about the subjects it names, as of the receipt's size; empty if `findings: false` was asked. */
  readonly findings: readonly Finding[];
}

/** Outcome of one statement of {@link Appender.appendMany}. */
export type AppendOutcome =
  ({ readonly ok: true } & AppendResult) | { readonly ok: false; readonly error: Error };

export interface AppendOptions {
  /** Judge the subjects the statements name; default true. */
  readonly findings?: boolean;
  /** Make receipts; default true. */
  readonly receipts?: boolean;
}

/** Options of an append of many statements, which may take long. */
export interface AppendManyOptions extends AppendOptions {
  /** Stops between commits with `signal.reason`: what was committed stays, and is recognised when appended again. */
  readonly signal?: AbortSignal;
  /** Called after each commit; never awaited. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** A statement that is not in the log yet, with its places in the answer: one, unless it was handed in more than once. */
interface Candidate {
  /** Subject of its key and number, which tells it from all others but those its key signed with the same number. */
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly submitted: Submitted;
  readonly positions: number[];
  /** Entries of the log that bear its key and number, as of the last look; other statements than this. */
  alike: readonly number[];
}

/** A candidate that may be appended, with what its derived rows are made of. */
interface Slot extends Candidate, Admitted {
  readonly submitted: StatementHead;
  /** What it was admitted under: how far the registry was, and the record time it would get. */
  readonly registrySize: number;
  readonly recordTimeMs: number;
  lots: ReadonlyMap<string, number>;
}

type Refuse = (candidate: Candidate, error: Error) => void;

/** Appends to one log. */
export class Appender {
  readonly #store: LogStore;
  readonly #committer: GroupCommitter | undefined;
  readonly #live: LiveRegistry;
  readonly #subjects: SubjectReader;
  readonly #findings: SubjectFindings;
  readonly #admission: Admission;
  readonly #now: () => number;
  /** The clock as it was when the present call began: all its statements get one record time. */
  #callMs: number | undefined;

  constructor(
    store: LogStore,
    committer: GroupCommitter | undefined,
    live: LiveRegistry,
    subjects: SubjectReader,
    now: () => number,
  ) {
    this.#store = store;
    this.#committer = committer;
    this.#live = live;
    this.#subjects = subjects;
    this.#findings = new SubjectFindings(store, live, subjects);
    this.#admission = new Admission(subjects.reader);
    this.#now = now;
  }

  /** Record time a statement written now would get, ms: the call's, or the last entry's if that is later. */
  get recordTimeMs(): number {
    return Math.max(this.#callMs ?? this.#now(), this.#live.head?.recordTimeMs ?? 0);
  }

  /** A lot as of a size of the log. */
  lot(lot: string, size: number): Soon<LotState> {
    return this.#findings.ofLot(lot, size);
  }

  /** Appends statements in order; one outcome each. A refused one does not hinder the others. */
  async appendMany(statements: readonly Uint8Array[], options: AppendOptions): Promise<AppendOutcome[]> {
    const outcomes: AppendOutcome[] = Array.from({ length: statements.length });
    this.#callMs = this.#now();
    await this.#live.refresh();
    const all = statements.map((statement) => submitted(this.#subjects.reader, statement));
    for (let first = 0, end = 0; first < statements.length; first = end) {
      end = endOfGroup(statements, all, first);
      const candidates = candidatesOf(statements, all, first, end);
      const admitted = async (): Promise<Slot[]> =>
        this.#admit(await this.#withoutRepeated(candidates, options, outcomes), refusing(outcomes));
      // One look at the store needs no transaction around it.
      const slots = await (candidates.length === 1 ? admitted() : readTogether(this.#store, admitted));
      if (slots.length > 0) await this.#commit(slots, options, outcomes);
    }
    return outcomes;
  }

  /** The candidates that are not in the log; the others are answered. */
  async #withoutRepeated<C extends Candidate>(
    candidates: readonly C[],
    options: AppendOptions,
    outcomes: AppendOutcome[],
  ): Promise<C[]> {
    const refuse = refusing(outcomes);
    const fresh: C[] = [];
    for (const candidate of candidates) {
      try {
        const repeated = await this.#repeated(candidate, options);
        if (repeated === undefined) fresh.push(candidate);
        else for (const position of candidate.positions) outcomes[position] = { ok: true, ...repeated };
      } catch (error) {
        refuse(candidate, asError(error));
      }
    }
    return fresh;
  }

  #admit(candidates: readonly Candidate[], refuse: Refuse): Slot[] {
    const { recordTimeMs } = this;
    const { registry } = this.#live;
    const admitted = this.#admission.admit(
      candidates.map((candidate) => candidate.submitted),
      registry,
      recordTimeMs,
    );
    return candidates.flatMap(({ key, bytes, submitted: head, positions, alike }, i): Slot[] => {
      const said = admitted[i]!;
      if (said instanceof Error || head instanceof Error) {
        refuse(candidates[i]!, said as Error);
        return [];
      }
      const under = { registrySize: registry.size, recordTimeMs };
      return [{ key, bytes, submitted: head, positions, alike, ...said, ...under, lots: new Map() }];
    });
  }

  /** The slots that may still be written, admitted anew where registry or record time have moved; the others fail. */
  #readmit(slots: readonly Slot[], refuse: Refuse): readonly Slot[] {
    const { recordTimeMs } = this;
    const registrySize = this.#live.registry.size;
    const isFresh = (slot: Slot): boolean =>
      slot.registrySize === registrySize && slot.recordTimeMs === recordTimeMs;
    const stale = slots.filter((slot) => !isFresh(slot));
    if (stale.length === 0) return slots;
    const admitted = new Map(this.#admit(stale, refuse).map((slot) => [slot.bytes, slot]));
    return slots.flatMap((slot) => (isFresh(slot) ? slot : (admitted.get(slot.bytes) ?? [])));
  }

  /**
   * The answer for exactly these bytes if they are in the log: the index only says where to look, the entry decides. If they are not,
   * the candidate knows which entries bear its key and number. After a fatal error of the store nothing is answered: what it shows may not be what is on the disk.
   */
  async #repeated(candidate: Candidate, options: AppendOptions): Promise<AppendResult | undefined> {
    const { key, bytes, submitted: said } = candidate;
    if (said instanceof Error) return undefined;
    const ended = this.#committer?.ended;
    if (ended !== undefined) throw ended;
    const used = await this.#store.readPostings(key, Number.MAX_SAFE_INTEGER);
    for (const { entry, count } of used) {
      if (count !== signatureMark(bytes)) continue;
      const [entryBytes] = await this.#store.readEntriesAt([entry]);
      const head = await this.#store.readHead();
      const stored = entryBytes === undefined ? undefined : statementIn(entryBytes);
      if (head === undefined || entry >= head.size || stored === undefined || this.#keyOf(stored) !== key) {
        const message = "couldn't append: the index of statements does not fit the log, run an audit";
        throw new StoreError('ERR_STORE_CORRUPT', message, { details: { entry } });
      }
      if (!equalBytes(stored, bytes)) continue;
      const [receipt] = options.receipts === false ? [] : await makeReceipts(this.#store, [entry], head);
      return { entry, repeated: true, receipt, findings: [] };
    }
    candidate.alike = used.map(({ entry }) => entry);
    return undefined;
  }

  /** Under which subject a statement is found that its key signed with its number; undefined for what is no statement. */
  #keyOf(statement: Uint8Array): string | undefined {
    const head = submitted(this.#subjects.reader, statement);
    return head instanceof Error ? undefined : sequenceSubject(head.kid, head.sequence);
  }

  async #commit(slots: readonly Slot[], options: AppendOptions, outcomes: AppendOutcome[]): Promise<void> {
    const refuse = refusing(outcomes);
    let pending = this.#readmit(slots, refuse);
    if (pending.length === 0) return;
    try {
      await this.#countLots(pending);
      const appended = await this.#committer!.append({
        statements: pending.map(newStatement),
        validatedSize: this.#live.size,
        alone: pending.some(({ fact }) => fact !== undefined),
        keys: keysOf(pending),
        revalidate: async () => {
          await this.#live.refresh();
          pending = this.#readmit(await this.#withoutRepeated(pending, options, outcomes), refuse);
          await this.#countLots(pending);
          return pending.map(newStatement);
        },
      });
      if (appended.indexes.length === 0) return;
      await readTogether(this.#store, () => this.#answer(pending, appended, options, outcomes));
    } catch (error) {
      for (const slot of pending) refuse(slot, asError(error));
    }
  }

  /** Fills in how many units each statement adds to which lot, in order, given the log and the statements before it. */
  async #countLots(slots: readonly Slot[]): Promise<void> {
    const { registry, size } = this.#live;
    const units = [
      ...new Set(slots.flatMap(({ acts }) => acts.filter(countsUnits).flatMap(({ ids }) => ids))),
    ];
    if (units.length === 0) return;
    const records = new Map<string, UnitRecord>();
    const histories = await this.#subjects.actsOf(units, size);
    for (const [i, unit] of units.entries()) {
      let record = UNKNOWN_UNIT;
      for (const act of histories[i]!) {
        const known = record;
        record = unitChanges(registry, [{ ...act, ids: [unit] }], () => known).units.get(unit) ?? known;
      }
      records.set(unit, record);
    }
    for (const slot of slots) {
      const changes = unitChanges(registry, slot.acts, (unit) => records.get(unit) ?? UNKNOWN_UNIT);
      for (const [unit, record] of changes.units) records.set(unit, record);
      slot.lots = changes.lots;
    }
  }

  async #answer(
    slots: readonly Slot[],
    { indexes, nodes, head: after }: Appended,
    options: AppendOptions,
    outcomes: AppendOutcome[],
  ): Promise<void> {
    const head = after!;
    const { recordTimeMs } = head;
    const alike = alikeOf(slots, indexes);
    const recorded = slots.map((slot, i): Recorded => {
      const entry = indexes[i]!;
      const { key, fact, lots, submitted } = slot;
      const acts = actsAt(slot.acts, entry, recordTimeMs);
      this.#subjects.remember({ entry, recordTimeMs, fact, acts });
      const signed = { kid: submitted.kid, sequence: submitted.sequence, entries: alike.get(key)! };
      return { entry, acts, isRegistry: fact !== undefined, signed, lots: lotsNamed(fact, lots) };
    });
    this.#subjects.trust(head);
    await this.#live.advance(
      head,
      recorded.some(({ isRegistry }) => isRegistry),
    );
    const receipts = options.receipts === false ? [] : await this.#subjects.receipts(indexes, head, nodes);
    const findings = options.findings === false ? [] : await this.#findings.of(recorded, head);
    for (const [i, { positions }] of slots.entries()) {
      for (const [n, position] of positions.entries()) {
        outcomes[position] = {
          ok: true,
          entry: indexes[i]!,
          repeated: n > 0,
          receipt: receipts[i],
          findings: findings[i] ?? [],
        };
      }
    }
  }
}

/** Where the group that begins at `first` ends: one commit's worth of events, or one statement that changes the registry. */
function endOfGroup(statements: readonly Uint8Array[], all: readonly Submitted[], first: number): number {
  let bytes = 0;
  for (let position = first; position < statements.length; position++) {
    const one = all[position]!;
    if (!(one instanceof Error)) {
      if (one.kind !== 'events') return position === first ? first + 1 : position;
      bytes += statements[position]!.length;
    }
    if (position - first === GROUP_STATEMENTS_MAX || bytes > GROUP_BYTES_MAX) return position;
  }
  return statements.length;
}

/** The statements of a group, each once. */
function candidatesOf(
  statements: readonly Uint8Array[],
  all: readonly Submitted[],
  first: number,
  end: number,
): readonly Candidate[] {
  const candidates: Candidate[] = [];
  const byKey = new Map<string, Candidate[]>();
  for (let position = first; position < end; position++) {
    const bytes = statements[position]!;
    const said = all[position]!;
    const key = said instanceof Error ? `none/${position}` : sequenceSubject(said.kid, said.sequence);
    const alike = byKey.get(key);
    const again = alike?.find((candidate) => equalBytes(candidate.bytes, bytes));
    if (again !== undefined) {
      again.positions.push(position);
      continue;
    }
    const candidate: Candidate = { key, bytes, submitted: said, positions: [position], alike: [] };
    candidates.push(candidate);
    if (alike === undefined) byKey.set(key, [candidate]);
    else alike.push(candidate);
  }
  return candidates;
}

/** Entries that bear each key and number, in log order: those before, and those of this commit, which nobody else's statements share. */
function alikeOf(slots: readonly Slot[], indexes: readonly number[]): ReadonlyMap<string, readonly number[]> {
  const first = indexes[0]!;
  const all = new Map<string, number[]>();
  for (const [i, { key, alike }] of slots.entries()) {
    const entries = all.get(key);
    if (entries === undefined) all.set(key, [...alike.filter((entry) => entry < first), indexes[i]!]);
    else entries.push(indexes[i]!);
  }
  return all;
}

function refusing(outcomes: AppendOutcome[]): Refuse {
  return ({ positions }, error) => {
    for (const position of positions) outcomes[position] = { ok: false, error };
  };
}

/** True for acts that may add units to a lot or take them from it. */
function countsUnits({ step }: Act): boolean {
  return step === 'commission' || step === 'decommission' || step === 'destroy';
}

/** Lots a statement is about: those it adds units to, and the one a lot statement defines. */
function lotsNamed(fact: Statement | undefined, lots: ReadonlyMap<string, number>): readonly string[] {
  if (fact?.kind !== 'lot') return [...lots.keys()];
  return [lotId(gtinOf(fact.payload.product), fact.payload.lot)];
}

/** A statement as the derived index sees it. */
export function indexedStatement(bytes: Uint8Array, { kind, kid, sequence }: Statement): IndexedStatement {
  return { bytes, isRegistry: kind !== 'events', signed: { kid: toBase64url(kid), sequence } };
}

/** The statement an entry carries; undefined for bytes that are no entry. */
function statementIn(entryBytes: Uint8Array): Uint8Array | undefined {
  try {
    return decodeEntry(entryBytes).statement;
  } catch {
    return undefined;
  }
}

function newStatement({ bytes, submitted: signed, fact, acts, lots }: Slot): NewStatement {
  const indexed = { bytes, isRegistry: fact !== undefined, signed };
  return { bytes, postings: (entry) => postingsOf(entry, indexed, acts, lots) };
}

function keysOf(slots: readonly Slot[]): string[] {
  const keys = new Set<string>();
  for (const { key, acts } of slots) {
    keys.add(key);
    for (const act of acts.filter(countsUnits)) {
      for (const unit of act.ids) keys.add(productPart(unit));
    }
  }
  return [...keys];
}

/** The part of a unit id its lot's other units share: all before the serial number, or a trace code's product digits. */
function productPart(unit: string): string {
  const serialAt = unit.indexOf('/21/');
  return serialAt < 0 ? unit.slice(0, -13) : unit.slice(0, serialAt);
}
