/**
 * SqliteStore: a log in one SQLite file, which several processes may share.
 *
 * Reads  open.ts, packed.ts, rows.ts, statements.ts, failure.ts, log/ for shapes.   Used by  ledger/, cli/, services.
 * Rules  write-ahead log, synchronous=FULL: a commit whose promise resolved survives a power cut. BEGIN IMMEDIATE, then the
 *        size is compared: of two writers one wins and the other sees `false`.
 * Never  answers after a COMMIT that threw: whether it reached the disk is only known after opening the file again.
 * @module
 */
import type { Database, Statement } from 'better-sqlite3';
import {
  assertFunction,
  assertInteger,
  assertIterable,
  assertString,
  concatBytes,
} from '../../bytes/index.ts';
import { StoreError } from '../../errors.ts';
import {
  READ_BYTES_MAX,
  READ_ENTRIES_MAX,
  assertCommit,
  assertFlag,
  assertIndexes,
} from '../../log/index.ts';
import type {
  Commit,
  DerivedBlock,
  EntryRun,
  ImmediateReads,
  LogStore,
  PackedPostings,
  Posting,
  StoredEntry,
  StoredHead,
} from '../../log/index.ts';
import { storedNodeCount } from '../../merkle/index.ts';
import { outcomeUnknown, storeFailure } from './failure.ts';
import { assertOpenArguments, createDatabase, openDatabase } from './open.ts';
import type { SqliteOptions } from './open.ts';
import { entryRun, nodeRun, postingPages } from './packed.ts';
import { rebuild } from './rebuild.ts';
import { headOfRow, plainBytes, type HeadRow } from './rows.ts';
import * as sql from './statements.ts';

const SCAN_PAGE_ROWS = 2000;
/** Most nodes read at a time; statements are there for every number of so many. */
const NODES_AT_MAX = 32;
const NODES_STEP = 4;
/** Entries read at a time, where there are few. */
const ENTRIES_AT = 4;
const READ_FEW_ENTRIES = sql.READ_ENTRIES_AT(ENTRIES_AT);
const FLAGS_SEEN_MAX = 100;
const READ_NODES_AT = Array.from({ length: NODES_AT_MAX / NODES_STEP }, (_, step) =>
  sql.READ_NODES_AT((step + 1) * NODES_STEP),
);

/** What was read as of one data version; a head that is not there may have been looked for. */
interface Seen {
  readonly version: number;
  head: HeadRow | undefined;
  /** What that row says; made when first asked for. */
  said: StoredHead | undefined;
  readonly flags: Map<string, string | undefined>;
}

/**
 * A {@link LogStore} in a SQLite file.
 *
 * @example
 * const store = await SqliteStore.open('ledger.db', { create: true });
 */
export class SqliteStore implements LogStore {
  /** The driver does not wait, nor need its callers. */
  readonly atOnce: ImmediateReads = {
    readHead: () => this.#readHead(),
    readEntriesAt: (indexes) => this.#readEntriesAt(indexes),
    readNodes: (indexes) => this.#readNodes(indexes),
    readPostings: (subject, sizeBefore, first) => this.#readPostings(subject, sizeBefore, first),
    readFlag: (name) => this.#readFlag(name),
  };
  readonly #path: string;
  readonly #options: SqliteOptions;
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();
  /** Why every call is refused: closed, or a COMMIT whose outcome is unknown. */
  #ended: StoreError | undefined;
  /** Calls of {@link readTogether} under way; while there are any, a read transaction is open unless a write ended it. */
  #together = 0;
  /** The data version of the read transaction that is open; undefined while none is. */
  #version: number | undefined;
  /** What every check asks for, as last read. It is the same while no other connection has committed, and this one has not written. */
  #seen: Seen | undefined;
  /** True while a rebuild holds the file's write lock on its own connection. */
  #rebuilding = false;

  private constructor(path: string, database: Database, options: SqliteOptions) {
    this.#path = path;
    this.#database = database;
    this.#options = options;
  }

  /**
   * Opens the log in the file at `path`, or with `create` makes an empty one.
   *
   * @throws {StoreError} `ERR_STORE_MISSING` without `create` where there is no file, `ERR_STORE_EXISTS` with `create`
   *   where there is one, `ERR_STORE_CORRUPT` if it is not a log of this library, `ERR_STORE_BUSY`, `ERR_STORE_IO`.
   * @throws {TypeError | RangeError} on a wrong or misspelt option.
   */
  static async open(path: string, options: SqliteOptions = {}): Promise<SqliteStore> {
    const absolute = assertOpenArguments(path, options);
    if (options.create === true) createDatabase(absolute);
    const store = new SqliteStore(absolute, openDatabase(absolute, options), { ...options });
    try {
      await store.readHead();
    } catch (cause) {
      await store.close();
      throw cause;
    }
    return store;
  }

  async readHead(): Promise<StoredHead | undefined> {
    return this.#run('read the head', () => {
      const row = this.#headRow(this.#seenNow());
      return row === undefined ? undefined : headOfRow(row);
    });
  }

  /** The same, the store's own as long as the row is the same. */
  #readHead(): StoredHead | undefined {
    return this.#run('read the head', () => {
      const seen = this.#seenNow();
      const row = this.#headRow(seen);
      return row === undefined ? undefined : (seen.said ??= headOfRow(row));
    });
  }

  #headRow(seen: Seen): HeadRow | undefined {
    return (seen.head ??= this.#prepare(sql.READ_HEAD).get() as HeadRow | undefined);
  }

  async readEntries(first: number, end: number): Promise<readonly StoredEntry[]> {
    assertInteger('first', first);
    assertInteger('end', end, first);
    return this.#run('read entries', () => {
      const found: StoredEntry[] = [];
      let total = 0;
      for (const row of this.#prepare(sql.READ_ENTRIES).iterate(first, end, READ_ENTRIES_MAX)) {
        const { idx, bytes } = row as { idx: number; bytes: Uint8Array };
        found.push({ index: idx, bytes: plainBytes(bytes) });
        total += bytes.length;
        if (total >= READ_BYTES_MAX) break;
      }
      return found;
    });
  }

  async readEntriesAt(indexes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#readEntriesAt(indexes);
  }

  #readEntriesAt(indexes: readonly number[]): readonly (Uint8Array | undefined)[] {
    assertIndexes(indexes, READ_ENTRIES_MAX);
    return this.#run('read entries', () =>
      indexes.length > 1 && indexes.length <= ENTRIES_AT
        ? this.#fewEntries(indexes)
        : this.#blobsAt(sql.READ_ENTRY, indexes),
    );
  }

  async readNodes(indexes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#readNodes(indexes);
  }

  #readNodes(indexes: readonly number[]): readonly (Uint8Array | undefined)[] {
    assertIndexes(indexes, Number.MAX_SAFE_INTEGER);
    return this.#run('read nodes', () =>
      isNearlyARun(indexes) ? this.#nodesAlong(indexes) : this.#nodesAt(indexes),
    );
  }

  async readPostings(subject: string, sizeBefore: number, first = 0): Promise<readonly Posting[]> {
    return this.#readPostings(subject, sizeBefore, first);
  }

  #readPostings(subject: string, sizeBefore: number, first = 0): readonly Posting[] {
    assertString('subject', subject);
    assertInteger('sizeBefore', sizeBefore);
    assertInteger('first', first);
    return this.#run('read postings', () => {
      const read = this.#prepare(sql.READ_POSTINGS).raw();
      const rows = read.all(subject, first, sizeBefore) as [number, number][];
      return rows.map(([entry, count]) => ({ subject, entry, count }));
    });
  }

  async countDerived(): Promise<{ readonly nodes: number; readonly postings: number }> {
    return this.#run('count derived data', () => ({
      nodes: Number(this.#prepare(sql.COUNT_NODES).pluck().get()),
      postings: Number(this.#prepare(sql.COUNT_POSTINGS).pluck().get()),
    }));
  }

  async *scanPostings(): AsyncIterable<Posting> {
    const page = (last: Posting | undefined): readonly Posting[] =>
      this.#run('scan postings', () => {
        if (last === undefined)
          return this.#prepare(sql.SCAN_POSTINGS_FIRST).all(SCAN_PAGE_ROWS) as Posting[];
        const after = [last.subject, last.entry, SCAN_PAGE_ROWS];
        return this.#prepare(sql.SCAN_POSTINGS_AFTER).all(...after) as Posting[];
      });
    for (let rows = page(undefined); rows.length > 0; rows = page(rows.at(-1))) yield* rows;
  }

  async readEntryRun(first: number, end: number): Promise<EntryRun | undefined> {
    assertInteger('first', first);
    assertInteger('end', end, first);
    return this.#run('read entries', () => entryRun((text) => this.#prepare(text), first, end));
  }

  async readNodeRun(first: number, end: number): Promise<Uint8Array | undefined> {
    assertInteger('first', first);
    assertInteger('end', end, first);
    return this.#run('read nodes', () => nodeRun((text) => this.#prepare(text), first, end));
  }

  async *scanPackedPostings(): AsyncIterable<PackedPostings> {
    yield* postingPages(
      (text) => this.#prepare(text),
      (work) => this.#run('scan postings', work),
    );
  }

  async commit(commit: Commit): Promise<boolean> {
    this.#assertWritable();
    assertCommit(commit);
    const before = this.#seen;
    let seen: Seen | undefined;
    const isDone = this.#transaction('append', () => {
      const version = this.#readVersion();
      const known = before?.version === version ? before : undefined;
      const size = known?.head?.size ?? this.#run('read the head', () => this.#readSize()) ?? 0;
      if (size !== commit.expectedSize) return false;
      const head = this.#writeCommit(commit);
      seen = { version, head, said: undefined, flags: known?.flags ?? new Map() };
      return true;
    });
    // Own commits do not change the data version: what was written is what is there until it changes.
    if (isDone) this.#seen = seen;
    return isDone;
  }

  async rebuildDerived(
    derived: AsyncIterable<DerivedBlock> | Iterable<DerivedBlock>,
    expectedSize: number,
  ): Promise<boolean> {
    this.#assertWritable();
    assertInteger('expectedSize', expectedSize);
    assertIterable('derived', derived);
    this.#rebuilding = true;
    try {
      return await rebuild(this.#path, this.#options, derived, expectedSize, () => this.#assertOpen());
    } catch (cause) {
      if (cause instanceof StoreError && cause.fatal) this.#end(cause);
      throw cause;
    } finally {
      this.#rebuilding = false;
    }
  }

  async readFlag(name: string): Promise<string | undefined> {
    return this.#readFlag(name);
  }

  #readFlag(name: string): string | undefined {
    assertFlag(name);
    return this.#run('read a flag', () => {
      const { flags } = this.#seenNow();
      if (!flags.has(name)) {
        if (flags.size >= FLAGS_SEEN_MAX) flags.clear();
        flags.set(name, this.#prepare(sql.READ_FLAG).pluck().get(name) as string | undefined);
      }
      return flags.get(name);
    });
  }

  async writeFlag(name: string, value: string | undefined): Promise<void> {
    this.#assertWritable();
    assertFlag(name, value);
    this.#transaction('write a flag', () => {
      if (value === undefined) this.#prepare(sql.DELETE_FLAG).run(name);
      else this.#prepare(sql.WRITE_FLAG).run(name, value);
      return true;
    });
  }

  async readTogether<T>(work: () => Promise<T>): Promise<T> {
    assertFunction('work', work);
    // A transaction begun for an earlier caller may show less than was committed before this call.
    this.#endReading();
    this.#run('begin to read', () => {
      this.#prepare(sql.BEGIN_READING).run();
      this.#version = this.#readVersion();
    });
    this.#together++;
    try {
      return await work();
    } finally {
      this.#together--;
      if (this.#together === 0) this.#endReading();
    }
  }

  async close(): Promise<void> {
    this.#end(new StoreError('ERR_STORE_CLOSED', "couldn't use the store: it is closed"));
  }

  /** Writes all of a commit; the head as its row is now. */
  #writeCommit({ expectedSize, entries, nodes, postings, head }: Commit): HeadRow {
    const writeEntry = this.#prepare(sql.WRITE_ENTRY);
    for (let i = 0; i < entries.length; i++) writeEntry.run(expectedSize + i, entries[i]);
    const writeNode = this.#prepare(sql.WRITE_NODE);
    const nodeFirst = storedNodeCount(expectedSize);
    for (let i = 0; i < nodes.length; i++) writeNode.run(nodeFirst + i, nodes[i]);
    const writePosting = this.#prepare(sql.WRITE_POSTING);
    for (const { subject, entry, count } of postings) writePosting.run(subject, entry, count);
    const { size, recordTimeMs, leafHash, checkpoint } = head;
    const row = {
      size,
      record_time_ms: recordTimeMs,
      leaf_hash: leafHash.slice(),
      subtrees: concatBytes(...head.range),
      checkpoint,
    };
    this.#prepare(sql.WRITE_HEAD).run(size, recordTimeMs, row.leaf_hash, row.subtrees, checkpoint);
    return row;
  }

  /** Nodes whose indexes ascend with few between them, by one walk through the table: what an audit asks for. */
  #nodesAlong(indexes: readonly number[]): readonly (Uint8Array | undefined)[] {
    const rows = this.#prepare(sql.READ_NODES).raw().all(indexes[0], indexes.at(-1)) as readonly (readonly [
      number,
      Uint8Array,
    ])[];
    let at = 0;
    return indexes.map((index) => {
      while (at < rows.length && rows[at]![0] < index) at++;
      const row = rows[at];
      return row?.[0] === index ? plainBytes(row[1]) : undefined;
    });
  }

  #fewEntries(indexes: readonly number[]): readonly (Uint8Array | undefined)[] {
    const padded = [...indexes, ...Array<null>(ENTRIES_AT - indexes.length).fill(null)];
    const row = this.#prepare(READ_FEW_ENTRIES).raw().get(padded) as readonly (Uint8Array | null)[];
    return indexes.map((_, i) => {
      const bytes = row[i]!;
      return bytes === null ? undefined : plainBytes(bytes);
    });
  }

  /** Nodes here and there, some at a time, for a row costs more than to find it. */
  #nodesAt(indexes: readonly number[]): readonly (Uint8Array | undefined)[] {
    const found: (Uint8Array | undefined)[] = [];
    for (let first = 0; first < indexes.length; first += NODES_AT_MAX) {
      const some = indexes.slice(first, first + NODES_AT_MAX);
      const count = some.length;
      while (some.length % NODES_STEP !== 0) some.push(some[0]!);
      const text = READ_NODES_AT[some.length / NODES_STEP - 1]!;
      const hashes = this.#prepare(text).pluck().get(some) as Uint8Array | null;
      if (hashes === null) {
        found.push(...this.#blobsAt(sql.READ_NODE, some.slice(0, count)));
        continue;
      }
      const { buffer, byteOffset } = hashes;
      for (let i = 0; i < count; i++) found.push(new Uint8Array(buffer, byteOffset + i * 32, 32));
    }
    return found;
  }

  #seenNow(): Seen {
    const version = this.#version ?? this.#readVersion();
    if (this.#seen?.version !== version)
      this.#seen = { version, head: undefined, said: undefined, flags: new Map() };
    return this.#seen;
  }

  #readSize(): number | undefined {
    return this.#prepare(sql.READ_SIZE).pluck().get() as number | undefined;
  }

  #readVersion(): number {
    return this.#prepare(sql.DATA_VERSION).pluck().get() as number;
  }

  #blobsAt(statement: string, indexes: readonly number[]): readonly (Uint8Array | undefined)[] {
    const read = this.#prepare(statement).pluck();
    return indexes.map((index) => {
      const bytes = read.get(index) as Uint8Array | undefined;
      return bytes === undefined ? undefined : plainBytes(bytes);
    });
  }

  /** Ends an open read transaction; reads that go on see what is newest. */
  #endReading(): void {
    this.#version = undefined;
    if (this.#ended === undefined && this.#database.inTransaction) {
      this.#run('end reading', () => this.#prepare(sql.COMMIT).run());
    }
  }

  /** Runs `work` in a write transaction; `false` from it, or an exception, leaves nothing behind. */
  #transaction(what: string, work: () => boolean): boolean {
    this.#endReading();
    this.#seen = undefined;
    this.#run(what, () => this.#prepare(sql.BEGIN).run());
    let done = false;
    try {
      done = work();
    } catch (cause) {
      this.#rollback(cause);
      throw storeFailure(what, cause);
    }
    if (!done) {
      this.#rollback(undefined);
      return false;
    }
    try {
      this.#prepare(sql.COMMIT).run();
    } catch (cause) {
      throw this.#end(outcomeUnknown(what, cause));
    }
    return true;
  }

  /** Undoes the open transaction. If even that fails, nothing was committed, but the connection is of no more use. */
  #rollback(reason: unknown): void {
    if (!this.#database.inTransaction) return;
    try {
      this.#database.exec(sql.ROLLBACK);
    } catch (cause) {
      throw this.#end(outcomeUnknown('roll back', reason ?? cause));
    }
  }

  #end(reason: StoreError): StoreError {
    const first = this.#ended === undefined;
    this.#ended = reason.code === 'ERR_STORE_CLOSED' || first ? reason : this.#ended;
    if (first) this.#database.close();
    return reason;
  }

  #assertOpen(): void {
    if (this.#ended !== undefined) throw this.#ended;
  }

  #assertWritable(): void {
    this.#assertOpen();
    if (this.#options.readonly === true) {
      throw new StoreError('ERR_STORE_READONLY', "couldn't write to the store: opened for reading only");
    }
    if (this.#rebuilding) {
      throw new StoreError('ERR_STORE_BUSY', "couldn't write to the store: derived data is being rebuilt");
    }
  }

  #run<T>(what: string, work: () => T): T {
    this.#assertOpen();
    try {
      return work();
    } catch (cause) {
      throw storeFailure(what, cause);
    }
  }

  #prepare(text: string): Statement {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#database.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

/** True for indexes that ascend and leave out at most as many as they are. */
function isNearlyARun(indexes: readonly number[]): boolean {
  if (indexes.length < 16 || indexes.at(-1)! - indexes[0]! >= 2 * indexes.length) return false;
  for (let i = 1; i < indexes.length; i++) if (indexes[i]! <= indexes[i - 1]!) return false;
  return true;
}
