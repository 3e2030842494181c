// Browser-safe.
/**
 * LogStore: what a ledger asks of a database. Small on purpose, so that SQLite, PostgreSQL or a replicated stream can serve.
 *
 * Reads  bytes/.   Used by  log/append.ts, ledger/, audit/; implemented by store/.
 * Truth  is `entries` alone. Nodes, postings, checkpoint and flags are derived: replayable, and compared by the audit (LG-17).
 * Rules  serializable; read-after-write across handles and processes; a commit is durable before its promise resolves.
 * @module
 */

import { assertFunction, assertObject } from '../bytes/index.ts';

/** The end of the log, moved only by compare-and-swap. */
export interface StoredHead {
  /** Number of entries, 1 .. 2^52 (an empty store has no head). */
  readonly size: number;
  /** Record time of the last entry, ms. */
  readonly recordTimeMs: number;
  /** RFC 6962 leaf hash of the last entry, 32 bytes. */
  readonly leafHash: Uint8Array;
  /** The compact range [0, size): hashes of its perfect subtrees, largest first. */
  readonly range: readonly Uint8Array[];
  /** Signed C2SP checkpoint of exactly `size`. */
  readonly checkpoint: string;
}

/** "Entry `entry` concerns `subject`", with a count whose meaning the subject's kind gives (usually 1). */
export interface Posting {
  /** Canonical subject key, at most 300 characters. */
  readonly subject: string;
  /** 0-based entry index. */
  readonly entry: number;
  /** Signed integer. */
  readonly count: number;
}

/** One atomic step of the log: all of it becomes durable, or none. */
export interface Commit {
  /** Size the caller saw; 0 for the first commit. */
  readonly expectedSize: number;
  /** Encoded entries number expectedSize, expectedSize+1, …; at least one. */
  readonly entries: readonly Uint8Array[];
  /** Tree nodes completed by these entries, in stored order, first at storedNodeCount(expectedSize). */
  readonly nodes: readonly Uint8Array[];
  readonly postings: readonly Posting[];
  readonly head: StoredHead;
}

/** A place that keeps one log. Every method rejects with a StoreError when the world is broken. */
export interface LogStore {
  /** The current head, or undefined for an empty store. */
  readHead(): Promise<StoredHead | undefined>;
  /**
   * Entries [first, end) that exist, in order, at most `READ_ENTRIES_MAX` and about `READ_BYTES_MAX` a call: a shorter answer means
   * "ask again from where this ended", an empty one that entry `first` does not exist. Each item names its own index:
   * a damaged store can have holes, and the audit must see them.
   */
  readEntries(first: number, end: number): Promise<readonly StoredEntry[]>;
  /** The entries at these indexes, in the order asked; undefined where there is none. At most READ_ENTRIES_MAX. */
  readEntriesAt(indexes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Tree nodes by stored index (see merkle storedIndex), in the order asked; undefined where there is none. */
  readNodes(indexes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]>;
  /**
   * Postings of one subject with entry < `sizeBefore`, ascending by entry.
   * @param first - those of entries before it (default 0) may be left out: whoever asks has seen them.
   */
  readPostings(subject: string, sizeBefore: number, first?: number): Promise<readonly Posting[]>;
  /** How many tree nodes and postings are stored: the audit compares with its own count. */
  countDerived(): Promise<{ readonly nodes: number; readonly postings: number }>;
  /** Streams all postings, any order: only for naming a row the audit did not expect. */
  scanPostings(): AsyncIterable<Posting>;
  /**
   * Appends if the head still has `expectedSize` entries.
   * @returns true when durable; false when the head had moved and nothing was written.
   * @throws {StoreError} `ERR_STORE_OUTCOME_UNKNOWN`, fatal, when it cannot be known whether the commit happened.
   */
  commit(commit: Commit): Promise<boolean>;
  /**
   * Replaces all nodes and postings in one atomic step, if the head still has `expectedSize` entries; false if it moved. The same step
   * counts it in the flag {@link REBUILDS_FLAG}: other handles then forget what they made of the old ones.
   */
  rebuildDerived(
    derived: AsyncIterable<DerivedBlock> | Iterable<DerivedBlock>,
    expectedSize: number,
  ): Promise<boolean>;
  /** A small named value beside the log (at most 100 KB), such as the "derived data is wrong" flag; undefined if unset. */
  readFlag(name: string): Promise<string | undefined>;
  /** Sets or (with undefined) removes a named value, durably. */
  writeFlag(name: string, value: string | undefined): Promise<void>;
  /**
   * Runs `work`, whose reads may be answered as of one moment not before this call: for a database, one transaction instead of many.
   * Nobody may rely on that moment; it ends at the latest with a commit through this handle. Optional.
   */
  readTogether?<T>(work: () => Promise<T>): Promise<T>;
  /** Reads of the same names that answer at once: for a database within this process. They throw what the others reject with. Optional. */
  readonly atOnce?: ImmediateReads;
  /**
   * Consecutive entries from `first` on, not beyond `end`, as one run of bytes: as many as the store likes, the bytes as in
   * `readEntries`. Undefined if it cannot say them so: ask `readEntries` then. Optional, as are the next two: for audits, which read all.
   */
  readEntryRun?(first: number, end: number): Promise<EntryRun | undefined>;
  /** Tree nodes [first, end) by stored index, 32 bytes each; undefined if one is missing or of another length. Optional. */
  readNodeRun?(first: number, end: number): Promise<Uint8Array | undefined>;
  /** Streams all postings, any order, many at a time. Optional. */
  scanPackedPostings?(): AsyncIterable<PackedPostings>;
  /** Releases everything; idempotent. Every later call rejects with `ERR_STORE_CLOSED`. */
  close(): Promise<void>;
}

/** Reads that do not wait: each answers what the store's own of that name resolves to. */
export interface ImmediateReads {
  /** The head; not to be changed: it may be the store's own. */
  readHead(): StoredHead | undefined;
  readEntriesAt(indexes: readonly number[]): readonly (Uint8Array | undefined)[];
  readNodes(indexes: readonly number[]): readonly (Uint8Array | undefined)[];
  readPostings(subject: string, sizeBefore: number, first?: number): readonly Posting[];
  readFlag(name: string): string | undefined;
}

/** Consecutive entries, side by side. */
export interface EntryRun {
  /** Index of the first. */
  readonly first: number;
  readonly bytes: Uint8Array;
  /** Where each ends in `bytes`. */
  readonly ends: Uint32Array;
}

/** Postings, side by side. */
export interface PackedPostings {
  /** How many. */
  readonly rows: number;
  /** The greatest entry that any of them names. */
  readonly greatest: number;
  /** Of each: its subject's length in bytes, entry and count, in decimal and with a space after each; then the subject in UTF-8. */
  readonly bytes: Uint8Array;
}

/** An entry as stored, with its own index. */
export interface StoredEntry {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Part of a rebuild: nodes continue where the last block's ended. */
export interface DerivedBlock {
  readonly nodes: readonly Uint8Array[];
  readonly postings: readonly Posting[];
}

/** Runs `work` with its reads together, where the store can do that: see {@link LogStore.readTogether}. */
export async function readTogether<T>(store: LogStore, work: () => Promise<T>): Promise<T> {
  assertObject('store', store);
  assertFunction('work', work);
  return await (store.readTogether === undefined ? work() : store.readTogether(work));
}

/** Named value that counts how often derived data was made anew, in decimal; unset while it never was. */
export const REBUILDS_FLAG = 'rebuilds';

/** Most entries one read returns. */
export const READ_ENTRIES_MAX = 4096;
/** About the most bytes one range read returns. */
export const READ_BYTES_MAX = 8 * 1024 * 1024;
