// Browser-safe.
/**
 * MemoryStore: a log that lives as long as the process; for tests, browsers and the checking of downloaded logs.
 *
 * Reads  log/.   Used by  tests, examples, whoever replays a log without a disk.
 * Rule   every method does its work in one synchronous step, so a commit is seen whole or not at all.
 * Never  keeps or hands out the caller's own bytes: what goes in and out is copied.
 * @module
 */
import { assertInteger, assertIterable, assertString } from '../../bytes/index.ts';
import { StoreError } from '../../errors.ts';
import {
  READ_BYTES_MAX,
  READ_ENTRIES_MAX,
  REBUILDS_FLAG,
  assertCommit,
  assertDerivedBlock,
  assertFlag,
  assertIndexes,
  assertRebuiltNodeCount,
  repeatedPosting,
} from '../../log/index.ts';
import type { Commit, DerivedBlock, LogStore, Posting, StoredEntry, StoredHead } from '../../log/index.ts';

/** What several handles on one log share. */
interface MemoryLog {
  readonly entries: Uint8Array[];
  nodes: Uint8Array[];
  postings: Map<string, Posting[]>;
  postingCount: number;
  head: StoredHead | undefined;
  readonly flags: Map<string, string>;
}

/**
 * A {@link LogStore} in memory.
 *
 * @example
 * const store = new MemoryStore();
 * await store.readHead(); // undefined: an empty log
 */
export class MemoryStore implements LogStore {
  #log: MemoryLog = {
    entries: [],
    nodes: [],
    postings: new Map(),
    postingCount: 0,
    head: undefined,
    flags: new Map(),
  };
  #closed = false;

  /** Another handle on the same log, as a second process would have; it stays open when this one is closed. */
  share(): MemoryStore {
    this.#assertOpen();
    const other = new MemoryStore();
    other.#log = this.#log;
    return other;
  }

  async readHead(): Promise<StoredHead | undefined> {
    this.#assertOpen();
    const { head } = this.#log;
    return head === undefined ? undefined : copyHead(head);
  }

  async readEntries(first: number, end: number): Promise<readonly StoredEntry[]> {
    this.#assertOpen();
    assertInteger('first', first);
    assertInteger('end', end, first);
    const { entries } = this.#log;
    const last = Math.min(end, first + READ_ENTRIES_MAX, entries.length);
    const found: StoredEntry[] = [];
    let total = 0;
    for (let index = first; index < last && total < READ_BYTES_MAX; index++) {
      const bytes = entries[index]!.slice();
      total += bytes.length;
      found.push({ index, bytes });
    }
    return found;
  }

  async readEntriesAt(indexes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#assertOpen();
    assertIndexes(indexes, READ_ENTRIES_MAX);
    return indexes.map((index) => this.#log.entries[index]?.slice());
  }

  async readNodes(indexes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#assertOpen();
    assertIndexes(indexes, Number.MAX_SAFE_INTEGER);
    return indexes.map((index) => this.#log.nodes[index]?.slice());
  }

  async readPostings(subject: string, sizeBefore: number, first = 0): Promise<readonly Posting[]> {
    this.#assertOpen();
    assertString('subject', subject);
    assertInteger('sizeBefore', sizeBefore);
    assertInteger('first', first);
    const postings = this.#log.postings.get(subject) ?? [];
    let from = postings.length;
    while (from > 0 && postings[from - 1]!.entry >= first) from--;
    return postings.slice(from).filter((posting) => posting.entry < sizeBefore);
  }

  async countDerived(): Promise<{ readonly nodes: number; readonly postings: number }> {
    this.#assertOpen();
    return { nodes: this.#log.nodes.length, postings: this.#log.postingCount };
  }

  async *scanPostings(): AsyncIterable<Posting> {
    this.#assertOpen();
    for (const postings of this.#log.postings.values()) {
      for (const posting of postings) {
        this.#assertOpen();
        yield posting;
      }
    }
  }

  async commit(commit: Commit): Promise<boolean> {
    this.#assertOpen();
    assertCommit(commit);
    const log = this.#log;
    if ((log.head?.size ?? 0) !== commit.expectedSize) return false;
    for (const entry of commit.entries) log.entries.push(copyBytes(entry));
    for (const node of commit.nodes) log.nodes.push(copyBytes(node));
    addPostings(log.postings, commit.postings);
    log.postingCount += commit.postings.length;
    log.head = copyHead(commit.head);
    return true;
  }

  async rebuildDerived(
    derived: AsyncIterable<DerivedBlock> | Iterable<DerivedBlock>,
    expectedSize: number,
  ): Promise<boolean> {
    this.#assertOpen();
    assertInteger('expectedSize', expectedSize);
    assertIterable('derived', derived);
    const log = this.#log;
    const moved = (): boolean => (log.head?.size ?? 0) !== expectedSize;
    if (moved()) return false;
    const nodes: Uint8Array[] = [];
    const postings = new Map<string, Posting[]>();
    let postingCount = 0;
    for await (const block of derived) {
      assertDerivedBlock(block, expectedSize);
      for (const node of block.nodes) nodes.push(copyBytes(node));
      addPostings(postings, block.postings);
      postingCount += block.postings.length;
    }
    assertRebuiltNodeCount(nodes.length, expectedSize);
    this.#assertOpen();
    if (moved()) return false;
    Object.assign(log, { nodes, postings, postingCount } satisfies Partial<MemoryLog>);
    log.flags.set(REBUILDS_FLAG, String(Number(log.flags.get(REBUILDS_FLAG) ?? 0) + 1));
    return true;
  }

  async readFlag(name: string): Promise<string | undefined> {
    this.#assertOpen();
    assertFlag(name);
    return this.#log.flags.get(name);
  }

  async writeFlag(name: string, value: string | undefined): Promise<void> {
    this.#assertOpen();
    assertFlag(name, value);
    if (value === undefined) this.#log.flags.delete(name);
    else this.#log.flags.set(name, value);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('ERR_STORE_CLOSED', "couldn't use the store: it is closed");
  }
}

/** Adds copies of `postings`, keeping each subject's list ascending by entry. */
function addPostings(bySubject: Map<string, Posting[]>, postings: readonly Posting[]): void {
  for (const { subject, entry, count } of postings) {
    const posting = Object.freeze({ subject, entry, count });
    const list = bySubject.get(subject);
    if (list === undefined) {
      bySubject.set(subject, [posting]);
      continue;
    }
    let at = list.length;
    while (at > 0 && list[at - 1]!.entry > entry) at--;
    if (at > 0 && list[at - 1]!.entry === entry) throw repeatedPosting();
    list.splice(at, 0, posting);
  }
}

/** A plain copy: `slice` of a Buffer would be a view of the same memory. */
function copyBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function copyHead(head: StoredHead): StoredHead {
  return {
    size: head.size,
    recordTimeMs: head.recordTimeMs,
    leafHash: copyBytes(head.leafHash),
    range: head.range.map(copyBytes),
    checkpoint: head.checkpoint,
  };
}
