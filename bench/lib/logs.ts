/**
 * Large ledger files, made once and kept: signed on all cores, written as the log's own rooms would write them.
 *
 * Reads  plan.ts, log-worker.ts, the package by its name, better-sqlite3.   Used by  context.ts.
 * Method entries, tree and head by prepareCommit and the store; the derived rows are sorted in a scratch file first, because a B-tree
 *        takes sorted rows many times faster. Nothing is judged: the journeys are honest, and every audit of the suite says so.
 * Cache  a file's name holds its parameters and a fingerprint of everything that decides its bytes; those of another fingerprint are removed.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { toBase64url } from '../../dist/bytes/index.js';
import { postingsOf } from '../../dist/custody/index.js';
import { prepareCommit, type DerivedBlock, type Posting, type StoredHead } from '../../dist/log/index.js';
import { storedNodeCount } from '../../dist/merkle/index.js';
import { readEnvelope } from '../../dist/statement/index.js';
import { SqliteStore } from '../../dist/store/sqlite/index.js';
import { ORIGIN, START_MS } from './cast.ts';
import type { LogKind } from './journey.ts';
import type { Piece, WorkerTask } from './log-worker.ts';
import { Plan } from './plan.ts';
import { threadOf } from './threads.ts';

/** Which log. */
export interface LogSpec {
  readonly kind: LogKind;
  /** See Plan: entries of a log that covers a month. */
  readonly pace: number;
  /** Entries of this one. */
  readonly entries: number;
}

/** Statements of one commit and one piece, at most; fewer for short logs, so that nothing is recorded days late. */
const PIECE_STATEMENTS: Readonly<Record<LogKind, number>> = {
  signed: 5000,
  batched: 50,
  bulk: 500,
  stocked: 1000,
};
const PIECES_LEAST = 200;
const READ_NODES = 4096;
const SORT_ROWS = 2000;

/** Everything that decides a file's bytes, from this folder and from the package. */
const OWN_SOURCES = ['cast.ts', 'journey.ts', 'plan.ts', 'log-worker.ts', 'logs.ts'];
const PACKAGE_SOURCES = [
  'custody/subjects.js',
  'epcis/build.js',
  'log/entry.js',
  'statement/cose.js',
  'store/sqlite/statements.js',
];

/** A folder of ledger files. */
export class Logs {
  readonly #folder: string;
  readonly #say: (line: string) => void;

  /** @param folder - made when it is first needed. */
  constructor(folder: string, say: (line: string) => void) {
    this.#folder = folder;
    this.#say = say;
  }

  /** Path of a log, made if it is not there. Open it for reading only, or copy it. */
  async file(spec: LogSpec): Promise<string> {
    mkdirSync(this.#folder, { recursive: true });
    const name = `${spec.kind}-${spec.pace}-${spec.entries}`;
    const path = join(this.#folder, `${name}-${fingerprint()}.db`);
    if (existsSync(path)) return path;
    for (const old of readdirSync(this.#folder)) {
      // Of a removed file, SQLite's own two may lie beside it.
      if (/\.db(?:-shm|-wal)?$/.test(old) && !old.includes(fingerprint())) rmSync(join(this.#folder, old));
    }
    const draft = join(this.#folder, `${name}-draft-${process.pid}`);
    const startedMs = performance.now();
    this.#say(`making the ${spec.kind} log of ${spec.entries} entries`);
    try {
      await makeLog(spec, draft);
      renameSync(draft, path);
    } finally {
      for (const suffix of ['', '-wal', '-shm', '-rows']) rmSync(draft + suffix, { force: true });
    }
    this.#say(`made it in ${Math.round((performance.now() - startedMs) / 1000)} s`);
    return path;
  }
}

/** Makes a log in a new file. */
export async function makeLog(spec: LogSpec, path: string): Promise<void> {
  const plan = new Plan(spec.kind, spec.pace);
  const enrolment = plan.enrolment();
  const statements = spec.entries - enrolment.length;
  if (statements <= 0) throw new RangeError(`a log needs more than ${enrolment.length} entries`);
  const store = await SqliteStore.open(path, { create: true });
  const rows = new SortedRows(`${path}-rows`);
  try {
    let head: StoredHead | undefined;
    const commit = async (parts: readonly Uint8Array[], recordTimeMs: number): Promise<void> => {
      const options = { recordTimeMs, origin: ORIGIN, signer: plan.cast.logSigner };
      const unindexed = parts.map((bytes) => ({ bytes, postings: () => [] }));
      const prepared = prepareCommit(head, unindexed, options);
      if (!(await store.commit(prepared.commit))) throw new Error('somebody else writes to the draft');
      head = prepared.head;
    };
    rows.add(enrolment.flatMap((bytes, entry) => rowsOfEnrolment(bytes, entry)));
    await commit(enrolment, START_MS);
    for await (const piece of piecesOf({ ...spec, statements })) {
      rows.add(piece.rows);
      await commit(statementsOf(piece), piece.timeMs + 1000);
    }
    const { size } = head!;
    if (!(await store.rebuildDerived(derivedOf(store, rows, size), size))) {
      throw new Error('somebody else writes to the draft');
    }
  } finally {
    rows.close();
    await store.close();
  }
}

/** All pieces of a log in order, made by as many threads as there are cores. */
async function* piecesOf(spec: LogSpec & { statements: number }): AsyncGenerator<Piece, void, undefined> {
  const { kind, statements } = spec;
  const pieceStatements = Math.min(PIECE_STATEMENTS[kind], Math.ceil(statements / PIECES_LEAST));
  const pieces = Math.ceil(statements / pieceStatements);
  const workers = Math.min(availableParallelism(), pieces);
  const threads = Array.from({ length: workers }, (_, worker) => {
    const workerData: WorkerTask = { ...spec, pieceStatements, worker, workers };
    return new Thread(threadOf(new URL('log-worker.ts', import.meta.url), workerData));
  });
  try {
    for (let piece = 0; piece < pieces; piece++) yield await threads[piece % workers]!.next();
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** A worker thread as a queue of pieces. */
class Thread {
  readonly #worker: Worker;
  readonly #ready: Piece[] = [];
  #failure: unknown;
  #wake: () => void = () => {};

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (piece: Piece) => {
      this.#ready.push(piece);
      this.#wake();
    });
    worker.on('error', (error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  async next(): Promise<Piece> {
    while (this.#ready.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#worker.postMessage('fetched');
    return this.#ready.shift()!;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

function statementsOf({ bytes, ends }: Piece): Uint8Array[] {
  return Array.from(ends, (end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

function rowsOfEnrolment(bytes: Uint8Array, entry: number): Posting[] {
  const { kid, sequence } = readEnvelope(bytes);
  const signed = { kid: toBase64url(kid), sequence };
  return postingsOf(entry, { bytes, isRegistry: true, signed }, [], new Map());
}

/** Rows of the index, sorted on disk. */
class SortedRows {
  readonly #path: string;
  readonly #database: Database.Database;
  readonly #insertAll: (rows: readonly Posting[]) => void;

  constructor(path: string) {
    this.#path = path;
    this.#database = new Database(path);
    this.#database.pragma('journal_mode = OFF');
    this.#database.pragma('synchronous = OFF');
    this.#database.exec('CREATE TABLE rows (subject TEXT, entry INTEGER, count INTEGER) STRICT');
    const insert = this.#database.prepare('INSERT INTO rows VALUES (?, ?, ?)');
    this.#insertAll = this.#database.transaction((rows: readonly Posting[]) => {
      for (const { subject, entry, count } of rows) insert.run(subject, entry, count);
    });
  }

  add(rows: readonly Posting[]): void {
    this.#insertAll(rows);
  }

  *sorted(): Generator<Posting[], void, undefined> {
    let block: Posting[] = [];
    const query = this.#database.prepare('SELECT subject, entry, count FROM rows ORDER BY subject, entry');
    for (const row of query.iterate()) {
      block.push(row as Posting);
      if (block.length < SORT_ROWS) continue;
      yield block;
      block = [];
    }
    yield block;
  }

  close(): void {
    this.#database.close();
    rmSync(this.#path, { force: true });
  }
}

/** What the store is to hold beside the entries: the nodes it has, and the rows in the order it likes best. */
async function* derivedOf(
  store: SqliteStore,
  rows: SortedRows,
  size: number,
): AsyncGenerator<DerivedBlock, void, undefined> {
  const count = storedNodeCount(size);
  for (let first = 0; first < count; first += READ_NODES) {
    const length = Math.min(READ_NODES, count - first);
    const nodes = await store.readNodes(Array.from({ length }, (_, i) => first + i));
    yield { nodes: nodes as Uint8Array[], postings: [] };
  }
  for (const postings of rows.sorted()) yield { nodes: [], postings };
}

let print: string | undefined;

function fingerprint(): string {
  if (print !== undefined) return print;
  const built = join(import.meta.dirname, '..', '..', 'dist');
  const files = [
    ...OWN_SOURCES.map((name) => join(import.meta.dirname, name)),
    ...PACKAGE_SOURCES.map((name) => join(built, name)),
  ];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return (print = hash.digest('hex').slice(0, 12));
}
