/**
 * `append.single` and `append.1000`: statements appended a second, against inserting the same bytes into SQLite and nothing else.
 *
 * Reads  lib/, the package by its name, better-sqlite3.   Used by  suite.ts.
 * Method ours does all a user gets: signature, chain, tree, index, judgement, receipt, in a durable file that holds a log already;
 *        the statements are those that follow in a longer log: one event on one or two units each, of every stage. The baseline is
 *        one table in a file with the same durability (write-ahead log, synchronous=FULL) and the same commit sizes. A ledger appends
 *        for months and the baseline's loop is warm after a thousand of its 20,000 operations a round; the code of single appends is
 *        warm after some five thousand, so five rounds of them come before the first, unmeasured.
 * @module
 */
import { copyFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { utf8Decode } from '../dist/bytes/index.js';
import type { EpcisDocument } from '../dist/epcis/index.js';
import { Ledger } from '../dist/node-entry.js';
import { SqliteStore } from '../dist/store/sqlite/index.js';
import type { Benchmark, Context } from './context.ts';
import { payloadsOf, readStatements } from './lib/entries.ts';
import { Plan } from './lib/plan.ts';
import { compare, interleave, type Result } from './lib/rounds.ts';

const COMMIT_STATEMENTS = 1000;
/** Rounds of single appends before the first that counts. */
const SINGLES_BEFORE = 5;

export const appendSingly: Benchmark = {
  names: ['append.single'],
  run: (context) => measure(context, 'append.single', 1, context.size.singles),
};

export const appendByThousands: Benchmark = {
  names: ['append.1000'],
  run: (context) =>
    measure(context, 'append.1000', COMMIT_STATEMENTS, context.size.thousands * COMMIT_STATEMENTS),
};

async function measure(
  context: Context,
  name: string,
  perCommit: number,
  perRound: number,
): Promise<Result[]> {
  const { size, workspace, logs } = context;
  const { signedEntries: pace, appendedTo: begin, rounds, warmups } = size;
  const path = workspace.file(`${name}.db`);
  copyFileSync(await logs.file({ kind: 'signed', pace, entries: begin }), path);
  const whole = await logs.file({ kind: 'signed', pace, entries: pace });
  const before = perCommit === 1 ? SINGLES_BEFORE * perRound : 0;
  const statements = await readStatements(whole, begin, begin + before + (rounds + warmups) * perRound);
  const { logKey, logSigner } = new Plan('signed', pace).cast;
  const store = await SqliteStore.open(path);
  let nowMs = 0;
  const ledger = await Ledger.open({ store, logKey, logSigner, clock: () => nowMs });
  const plain = new PlainFile(workspace.file(`${name}-plain.db`));
  // Warm-up rounds have negative numbers.
  const ofRound = (round: number): readonly Uint8Array[] => {
    const first = before + (round + warmups) * perRound;
    return statements.slice(first, first + perRound);
  };
  const times = new Map(statements.map((statement) => [statement, madeMs(statement)]));
  const run = async (part: readonly Uint8Array[]): Promise<void> => {
    // Everything appended has just happened.
    nowMs = Math.max(nowMs, ...part.map((statement) => times.get(statement)!));
    await append(ledger, part);
  };
  const operations = Math.max(size.operations, perRound);
  try {
    if (before > 0) await rateOf(statements.slice(0, before), run, perCommit, before);
    const [ours, theirs] = await interleave(
      [
        { name: 'countermark', run: (round) => rateOf(ofRound(round), run, perCommit, perRound) },
        {
          name: 'better-sqlite3',
          run: (round) => rateOf(ofRound(round), (part) => plain.insert(part), perCommit, operations),
        },
      ],
      size,
      context.progress(name),
    );
    const commits = perCommit === 1 ? '1 a commit' : `${perCommit} a commit`;
    const baseline = `better-sqlite3 inserts of the same bytes, ${commits}, synchronous=FULL`;
    return [compare({ name, unit: 'statements/s', baseline }, ours!, theirs!)];
  } finally {
    plain.close();
    await ledger.close();
  }
}

/** Commits statements until `count` are in, beginning again where they are fewer. */
async function rateOf(
  statements: readonly Uint8Array[],
  commit: (part: readonly Uint8Array[]) => Promise<void> | void,
  perCommit: number,
  count: number,
): Promise<number> {
  const startedMs = performance.now();
  let done = 0;
  while (done < count) {
    const first = done % statements.length;
    await commit(statements.slice(first, first + perCommit));
    done += perCommit;
  }
  return (done / (performance.now() - startedMs)) * 1000;
}

/** When a statement of events was made, ms. */
function madeMs(statement: Uint8Array): number {
  const [payload] = payloadsOf([statement]);
  return Date.parse((JSON.parse(utf8Decode(payload!)) as EpcisDocument).creationDate);
}

async function append(ledger: Ledger, statements: readonly Uint8Array[]): Promise<void> {
  if (statements.length === 1) {
    const { findings } = await ledger.append(statements[0]!);
    mustBeHonest(findings);
    return;
  }
  for (const outcome of await ledger.appendMany(statements)) {
    if (!outcome.ok) throw new Error('a statement of the benchmark was refused', { cause: outcome.error });
    mustBeHonest(outcome.findings);
  }
}

function mustBeHonest(findings: readonly { readonly code: string; readonly severity: number }[]): void {
  const found = findings.find(({ severity }) => severity > 0);
  if (found !== undefined) throw new Error(`an honest statement of the benchmark gives ${found.code}`);
}

/** One table of bytes: as little as can be done durably. */
class PlainFile {
  readonly #database: Database.Database;
  readonly #insertAll: (statements: readonly Uint8Array[]) => void;
  #next = 0;

  constructor(path: string) {
    this.#database = new Database(path);
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    this.#database.exec('CREATE TABLE entries (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT');
    const insert = this.#database.prepare('INSERT INTO entries (idx, bytes) VALUES (?, ?)');
    this.#insertAll = this.#database.transaction((statements: readonly Uint8Array[]) => {
      for (const bytes of statements) insert.run(this.#next++, bytes);
    });
  }

  insert(statements: readonly Uint8Array[]): void {
    this.#insertAll(statements);
  }

  close(): void {
    this.#database.close();
  }
}
