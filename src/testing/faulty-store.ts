// Browser-safe.
/**
 * FaultyStore: a store around another that fails on request, before the work was done or although it was done.
 *
 * Reads  log/.   Used by  tests of whatever writes to a store.
 * Source the fault tables of sunlight's sequencer: each step fails once without persisting and once although it persisted.
 * @module
 */
import { argumentRangeError } from '../errors.ts';
import { readTogether } from '../log/index.ts';
import type { Commit, DerivedBlock, LogStore, Posting, StoredEntry, StoredHead } from '../log/index.ts';

/** When a call fails: instead of being done, or after it was done. */
export type FaultMoment = 'before' | 'after';
/** The calls that can be made to fail: those that give a promise. */
export type FaultyCall = Exclude<keyof LogStore, 'scanPostings' | 'readTogether' | 'atOnce'>;
/** All of them. */
export const FAULTY_CALLS: readonly FaultyCall[] = [
  'readHead',
  'readEntries',
  'readEntriesAt',
  'readNodes',
  'readPostings',
  'countDerived',
  'commit',
  'rebuildDerived',
  'readFlag',
  'writeFlag',
  'close',
];

/** A {@link LogStore} whose next call of a kind can be made to fail. */
export class FaultyStore implements LogStore {
  readonly #inner: LogStore;
  #planned: { call: FaultyCall; moment: FaultMoment; error: unknown; skip: number } | undefined;
  #calls: FaultyCall[] = [];

  constructor(inner: LogStore) {
    this.#inner = inner;
  }

  /** Every call so far, in order. */
  get calls(): readonly FaultyCall[] {
    return this.#calls;
  }

  /** True until the planned failure has happened. */
  get pending(): boolean {
    return this.#planned !== undefined;
  }

  /** Makes a call fail with `error`: the next one of its kind, or the one after `skip` others. */
  failNext(call: FaultyCall, moment: FaultMoment, error: unknown, skip = 0): void {
    if (!FAULTY_CALLS.includes(call)) throw argumentRangeError('call', FAULTY_CALLS.join(', '), typeof call);
    this.#planned = { call, moment, error, skip };
  }

  readHead(): Promise<StoredHead | undefined> {
    return this.#guard('readHead', () => this.#inner.readHead());
  }
  readEntries(first: number, end: number): Promise<readonly StoredEntry[]> {
    return this.#guard('readEntries', () => this.#inner.readEntries(first, end));
  }
  readEntriesAt(indexes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#guard('readEntriesAt', () => this.#inner.readEntriesAt(indexes));
  }
  readNodes(indexes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#guard('readNodes', () => this.#inner.readNodes(indexes));
  }
  readPostings(subject: string, sizeBefore: number, first?: number): Promise<readonly Posting[]> {
    return this.#guard('readPostings', () => this.#inner.readPostings(subject, sizeBefore, first));
  }
  countDerived(): Promise<{ readonly nodes: number; readonly postings: number }> {
    return this.#guard('countDerived', () => this.#inner.countDerived());
  }
  scanPostings(): AsyncIterable<Posting> {
    return this.#inner.scanPostings();
  }
  commit(commit: Commit): Promise<boolean> {
    return this.#guard('commit', () => this.#inner.commit(commit));
  }
  rebuildDerived(
    derived: AsyncIterable<DerivedBlock> | Iterable<DerivedBlock>,
    expectedSize: number,
  ): Promise<boolean> {
    return this.#guard('rebuildDerived', () => this.#inner.rebuildDerived(derived, expectedSize));
  }
  readFlag(name: string): Promise<string | undefined> {
    return this.#guard('readFlag', () => this.#inner.readFlag(name));
  }
  writeFlag(name: string, value: string | undefined): Promise<void> {
    return this.#guard('writeFlag', () => this.#inner.writeFlag(name, value));
  }
  readTogether<T>(work: () => Promise<T>): Promise<T> {
    return readTogether(this.#inner, work);
  }
  close(): Promise<void> {
    return this.#guard('close', () => this.#inner.close());
  }

  async #guard<T>(call: FaultyCall, work: () => Promise<T>): Promise<T> {
    this.#calls.push(call);
    const planned = this.#planned;
    if (planned?.call !== call || planned.skip-- > 0) return work();
    this.#planned = undefined;
    if (planned.moment === 'after') await work();
    throw planned.error;
  }
}
