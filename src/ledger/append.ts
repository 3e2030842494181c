// Browser-safe.
/**
 * Appending: admission, the derived rows, group commit, and the findings of what each statement names.
 *
 * Reads  admit.ts, subjects.ts, log/ (GroupCommitter).   Used by  ledger.ts.
 * Rule   registry statements commit alone, so whatever follows is judged by a registry that knows them; commissionings of
 *        one lot never share a commit with another caller's, so the lot's count is exact. What was admitted under an older
 *        registry or record time is admitted again before it is written, so no replay can think otherwise of it.
 * Never  acknowledges before the store has; never refuses what is merely suspicious.
 * @module
 */
import { equalBytes, toBase64url } from '../bytes/index.ts';
import {
  eventSubject,
  idsOf,
  isContainer,
  sequenceSubject,
  statementSubject,
  subjectKind,
  unitChanges,
  postingsOf,
  UNKNOWN_UNIT,
} from '../custody/index.ts';
import type { Act, IndexedStatement, UnitRecord } from '../custody/index.ts';
import { StoreError } from '../errors.ts';
import { lotId } from '../gs1/index.ts';
import {
  commissionsLot,
  correctionIds,
  FindingFold,
  isLotComplete,
  Judge,
  keyEquivocation,
  overIssue,
  registryFindings,
  type Finding,
} from '../judgement/index.ts';
import { decodeEntry, GROUP_BYTES_MAX, GROUP_STATEMENTS_MAX, makeReceipts } from '../log/index.ts';
import type { GroupCommitter, LogStore, NewStatement, Receipt, StoredHead } from '../log/index.ts';
import { gtinOf } from '../registry/index.ts';
import type { Statement } from '../statement/index.ts';
import { admit } from './admit.ts';
import { actsOf } from './decoded.ts';
import type { LiveRegistry } from './live-registry.ts';
import { stockFindings } from './stock.ts';
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

/** A statement that may be appended, with its derived rows. */
interface Ready {
  readonly bytes: Uint8Array;
  readonly key: string;
  readonly statement: Statement;
  readonly acts: readonly Act[];
  /** What it was admitted under: how far the registry was, and the record time it would get. */
  readonly registrySize: number;
  readonly recordTimeMs: number;
  lots: ReadonlyMap<string, number>;
}

/** An admitted statement's place in the answer. */
interface Slot {
  readonly ready: Ready;
  readonly positions: number[];
}

/** Most events read for the corrections of one. */
const CORRECTED_MAX = 1000;

/** Appends to one log. */
export class Appender {
  readonly #store: LogStore;
  readonly #committer: GroupCommitter | undefined;
  readonly #live: LiveRegistry;
  readonly #subjects: SubjectReader;
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
    this.#now = now;
  }

  /** Record time a statement written now would get, ms: the call's, or the last entry's if that is later. */
  get recordTimeMs(): number {
    return Math.max(this.#callMs ?? this.#now(), this.#live.head?.recordTimeMs ?? 0);
  }

  /** Appends statements in order; one outcome each. A refused one does not hinder the others. */
  async appendMany(statements: readonly Uint8Array[], options: AppendOptions): Promise<AppendOutcome[]> {
    const outcomes: AppendOutcome[] = Array.from({ length: statements.length });
    let batch = new Map<string, Slot>();
    let bytes = 0;
    const flush = async (): Promise<void> => {
      const slots = [...batch.values()];
      batch = new Map();
      bytes = 0;
      if (slots.length > 0) await this.#commit(slots, options, outcomes);
    };
    this.#callMs = this.#now();
    await this.#live.refresh();
    for (const [position, statement] of statements.entries()) {
      try {
        const key = statement instanceof Uint8Array ? statementSubject(statement) : '';
        const repeated = key === '' ? undefined : await this.#repeated(key, statement, options);
        if (repeated !== undefined) {
          outcomes[position] = { ok: true, ...repeated };
          continue;
        }
        const again = batch.get(key);
        if (again !== undefined) {
          again.positions.push(position);
          continue;
        }
        let ready = this.#admit(key, statement);
        const isRegistry = ready.statement.kind !== 'events';
        if (isRegistry || batch.size === GROUP_STATEMENTS_MAX || bytes + statement.length > GROUP_BYTES_MAX) {
          await flush();
          if (isRegistry) ready = this.#admit(key, statement);
        }
        batch.set(key, { ready, positions: [position] });
        bytes += statement.length;
        if (isRegistry) await flush();
      } catch (error) {
        outcomes[position] = { ok: false, error: asError(error) };
      }
    }
    await flush();
    return outcomes;
  }

  #admit(key: string, bytes: Uint8Array): Ready {
    const { recordTimeMs } = this;
    const { registry } = this.#live;
    const statement = admit(bytes, registry, recordTimeMs);
    // The entry's index is not known yet; rows do not depend on it, and all the registry knows is at lower positions.
    const acts = actsOf(Number.MAX_SAFE_INTEGER, 0, statement);
    return { bytes, key, statement, acts, registrySize: registry.size, recordTimeMs, lots: new Map() };
  }

  /** The slots that may still be written, admitted anew where registry or record time have moved; the others fail. */
  #readmit(slots: readonly Slot[], fail: (slot: Slot, error: Error) => void): Slot[] {
    const { recordTimeMs } = this;
    const registrySize = this.#live.registry.size;
    return slots.flatMap((slot) => {
      const { ready } = slot;
      if (ready.registrySize === registrySize && ready.recordTimeMs === recordTimeMs) return [slot];
      try {
        return [{ ...slot, ready: this.#admit(ready.key, ready.bytes) }];
      } catch (error) {
        fail(slot, asError(error));
        return [];
      }
    });
  }

  /**
   * The answer for exactly these bytes if they are in the log: the index only says where to look, the entry decides.
   * After a fatal error of the store nothing is answered: what it shows may not be what is on the disk.
   */
  async #repeated(key: string, bytes: Uint8Array, options: AppendOptions): Promise<AppendResult | undefined> {
    const ended = this.#committer?.ended;
    if (ended !== undefined) throw ended;
    const [stored] = await this.#store.readPostings(key, Number.MAX_SAFE_INTEGER);
    if (stored === undefined) return undefined;
    const { entry } = stored;
    const [entryBytes] = await this.#store.readEntriesAt([entry]);
    const head = await this.#store.readHead();
    if (head === undefined || entry >= head.size || !holdsStatement(entryBytes, bytes)) {
      const message = "couldn't append: the index of statements does not fit the log, run an audit";
      throw new StoreError('ERR_STORE_CORRUPT', message, { details: { entry } });
    }
    const [receipt] = options.receipts === false ? [] : await makeReceipts(this.#store, [entry], head);
    return { entry, repeated: true, receipt, findings: [] };
  }

  async #commit(slots: readonly Slot[], options: AppendOptions, outcomes: AppendOutcome[]): Promise<void> {
    const fail = (slot: Slot, error: Error): void => {
      for (const position of slot.positions) outcomes[position] = { ok: false, error };
    };
    let pending: readonly Slot[] = this.#readmit(slots, fail);
    if (pending.length === 0) return;
    try {
      await this.#countLots(pending);
      const { indexes, head } = await this.#committer!.append({
        statements: pending.map(newStatement),
        validatedSize: this.#live.size,
        alone: pending.some(({ ready }) => ready.statement.kind !== 'events'),
        keys: keysOf(pending),
        revalidate: async () => {
          await this.#live.refresh();
          const fresh: Slot[] = [];
          for (const slot of pending) {
            try {
              const repeated = await this.#repeated(slot.ready.key, slot.ready.bytes, options);
              if (repeated === undefined) fresh.push(slot);
              else for (const position of slot.positions) outcomes[position] = { ok: true, ...repeated };
            } catch (error) {
              fail(slot, asError(error));
            }
          }
          pending = this.#readmit(fresh, fail);
          await this.#countLots(pending);
          return pending.map(newStatement);
        },
      });
      if (indexes.length > 0) await this.#answer(pending, indexes, head!, options, outcomes);
    } catch (error) {
      for (const slot of pending) fail(slot, asError(error));
    }
  }

  /** Fills in how many units each statement adds to which lot, in order, given the log and the statements before it. */
  async #countLots(slots: readonly Slot[]): Promise<void> {
    const { registry, size } = this.#live;
    const records = new Map<string, UnitRecord>();
    for (const { ready } of slots) {
      for (const act of ready.acts) {
        if (act.step !== 'commission' && act.step !== 'decommission' && act.step !== 'destroy') continue;
        for (const unit of act.ids) {
          if (!records.has(unit)) records.set(unit, await this.#recordOf(unit, size));
        }
      }
    }
    if (records.size === 0) return;
    for (const { ready } of slots) {
      const { units, lots } = unitChanges(registry, ready.acts, (unit) => records.get(unit) ?? UNKNOWN_UNIT);
      for (const [unit, record] of units) records.set(unit, record);
      ready.lots = lots;
    }
  }

  async #recordOf(unit: string, size: number): Promise<UnitRecord> {
    let record = UNKNOWN_UNIT;
    for (const act of await this.#subjects.acts(unit, size)) {
      record =
        unitChanges(this.#live.registry, [{ ...act, ids: [unit] }], () => record).units.get(unit) ?? record;
    }
    return record;
  }

  async #answer(
    slots: readonly Slot[],
    indexes: readonly number[],
    head: StoredHead,
    options: AppendOptions,
    outcomes: AppendOutcome[],
  ): Promise<void> {
    const recorded = slots.map(({ ready }, i) => {
      const entry = indexes[i]!;
      const { statement } = ready;
      const acts = actsOf(entry, head.recordTimeMs, statement);
      this.#subjects.remember({ entry, recordTimeMs: head.recordTimeMs, statement, acts });
      const signed = { kid: toBase64url(statement.kid), sequence: statement.sequence };
      const isRegistry = statement.kind !== 'events';
      return { entry, acts, isRegistry, signed, lots: lotsNamed(statement, ready.lots) };
    });
    this.#subjects.trust(head);
    await this.#live.advance(
      head,
      recorded.some(({ isRegistry }) => isRegistry),
    );
    const receipts = options.receipts === false ? [] : await makeReceipts(this.#store, indexes, head);
    const findings = options.findings === false ? [] : await this.#judge(recorded, head.size);
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

  async #judge(recorded: readonly Recorded[], size: number): Promise<(readonly Finding[])[]> {
    const { registry } = this.#live;
    const named = recorded.map(({ acts }) => subjectsOf(acts));
    const codes = new Map<string, readonly Act[]>();
    for (const code of named.flatMap((subjects) => subjects.codes)) {
      if (!codes.has(code)) codes.set(code, await this.#subjects.acts(code, size));
    }
    const { world, views } = await this.#subjects.load(registry, size, {
      units: named.flatMap(({ units }) => units),
      containers: named.flatMap(({ containers }) => containers),
      codes: [...codes.values()].flat(),
    });
    const judge = new Judge(world);
    const results: (readonly Finding[])[] = [];
    for (const [i, { entry, lots, isRegistry }] of recorded.entries()) {
      const loose: Finding[] = [];
      const add = (found: Iterable<Finding>): void => {
        for (const one of found) loose.push(one);
      };
      for (const unit of named[i]!.units) {
        const view = judge.isClean(unit) ? undefined : views.get(unit);
        add(view === undefined ? judge.unit(unit) : judge.unitView(view));
      }
      for (const container of named[i]!.containers) add(judge.container(container));
      for (const code of named[i]!.codes) add(judge.code(code, codes.get(code)!));
      for (const eventId of named[i]!.events) add(await this.#eventFindings(judge, eventId, size));
      add(await this.#equivocation(recorded[i]!.signed, size));
      add(await stockFindings(this.#store, this.#subjects, registry, recorded[i]!.acts, size));
      for (const lot of lots) add(await this.lotFindings(lot, size));
      if (isRegistry) {
        const found = [...registryFindings(registry, world.asOfMs)];
        add(found.filter(({ proof }) => proof[0]?.entry === entry));
      }
      results.push(await this.#folded(loose, size));
    }
    return results;
  }

  /** SG-11: the key that signed has used this number before. */
  async #equivocation({ kid, sequence }: Recorded['signed'], size: number): Promise<readonly Finding[]> {
    const used = await this.#store.readPostings(sequenceSubject(kid, sequence), size);
    const found = keyEquivocation(
      kid,
      sequence,
      used.map(({ entry }) => entry),
    );
    return found === undefined ? [] : [found];
  }

  /** Findings about an eventID and its corrections, as of a size. */
  async #eventFindings(judge: Judge, eventId: string, size: number): Promise<readonly Finding[]> {
    const acts = await this.#subjects.acts(eventSubject(eventId), size);
    const named = new Map([[eventId, acts]]);
    const asked = acts.flatMap(correctionIds);
    // Corrections name events that may be corrected in their turn: the list grows while it is read.
    for (const id of asked) {
      if (named.has(id) || named.size >= CORRECTED_MAX) continue;
      const found = await this.#subjects.acts(eventSubject(id), size);
      named.set(id, found);
      asked.push(...found.flatMap(correctionIds));
    }
    return [...judge.event(eventId, acts), ...judge.corrections(eventId, (id) => named.get(id) ?? [])];
  }

  /** Findings of one statement, folded, with the cases they make. */
  async #folded(findings: readonly Finding[], size: number): Promise<readonly Finding[]> {
    const { registry } = this.#live;
    const complete = new Set<string>();
    for (const cause of new Set(findings.map((found) => found.cause))) {
      if (cause === undefined) continue;
      const postings = await this.#store.readPostings(cause, size);
      const units = postings.reduce((sum, { count }) => sum + count, 0);
      if (isLotComplete(registry, cause, units)) complete.add(cause);
    }
    const fold = new FindingFold({ isComplete: (lot) => complete.has(lot) });
    for (const one of findings) fold.add(one);
    return fold.listWithCases(registry.policyAt(Infinity).foldMin);
  }

  /** QA-09 of a lot as of a size. */
  async lotFindings(lot: string, size: number): Promise<readonly Finding[]> {
    const postings = await this.#store.readPostings(lot, size);
    const movements = postings.map(({ entry, count }) => ({ entry, units: count }));
    const { registry } = this.#live;
    const exceeded = overIssue(registry, lot, movements, []);
    if (exceeded.length === 0) return exceeded;
    const entries = await this.#subjects.entries(movements.map(({ entry }) => entry));
    const commissionings = entries.flatMap(({ acts }) => acts.filter((act) => commissionsLot(act, lot)));
    return overIssue(registry, lot, movements, commissionings);
  }
}

interface Recorded {
  readonly entry: number;
  readonly signed: { readonly kid: string; readonly sequence: number };
  readonly acts: readonly Act[];
  readonly isRegistry: boolean;
  readonly lots: readonly string[];
}

/** Lots a statement is about: those it adds units to, and the one a lot statement defines. */
function lotsNamed(statement: Statement, lots: ReadonlyMap<string, number>): readonly string[] {
  if (statement.kind !== 'lot') return [...lots.keys()];
  return [lotId(gtinOf(statement.payload.product), statement.payload.lot)];
}

/** A statement as the derived index sees it. */
export function indexedStatement(bytes: Uint8Array, { kind, kid, sequence }: Statement): IndexedStatement {
  return { bytes, isRegistry: kind !== 'events', signed: { kid: toBase64url(kid), sequence } };
}

function holdsStatement(entryBytes: Uint8Array | undefined, statement: Uint8Array): boolean {
  try {
    return entryBytes !== undefined && equalBytes(decodeEntry(entryBytes).statement, statement);
  } catch {
    return false;
  }
}

function subjectsOf(acts: readonly Act[]): {
  units: string[];
  containers: string[];
  codes: string[];
  events: string[];
} {
  const all = new Set<string>();
  const events = new Set<string>();
  for (const act of acts) {
    if (act.eventId !== undefined) events.add(act.eventId);
    for (const id of idsOf(act)) all.add(id);
    if (act.parent !== undefined) all.add(act.parent);
  }
  const ids = [...all];
  return {
    units: ids.filter((id) => subjectKind(id) === 'unit'),
    containers: ids.filter(isContainer),
    codes: ids.filter((id) => subjectKind(id) === 'code'),
    events: [...events],
  };
}

function newStatement({ ready }: Slot): NewStatement {
  const { bytes, statement, acts, lots } = ready;
  const indexed = indexedStatement(bytes, statement);
  return { bytes, postings: (entry) => postingsOf(entry, indexed, acts, lots) };
}

function keysOf(slots: readonly Slot[]): string[] {
  const keys = new Set<string>();
  for (const { ready } of slots) {
    keys.add(ready.key);
    for (const act of ready.acts) {
      if (act.step !== 'commission' && act.step !== 'decommission' && act.step !== 'destroy') continue;
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

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
