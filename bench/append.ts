/**
 * `append.1` and `append.1000`: statements appended a second, against inserting the same bytes into SQLite and nothing else.
 *
 * Reads  the package by its name, better-sqlite3.   Used by  suite.ts.
 * Method ours does all a user gets: signature, chain, tree, index, judgement, receipt, in a durable file. The baseline is one
 *        table in a file with the same durability (write-ahead log, synchronous=FULL) and the same commit sizes.
 * Note   statements are scans and uses of units with a history behind them, one event each.
 * @module
 */
import Database from 'better-sqlite3';
import type { Ledger } from 'countermark';
import type { Benchmark, Context } from './context.ts';
import { makeSupplied } from './lib/ledgers.ts';
import { compare, interleave, type Result } from './lib/rounds.ts';
import { scanOf, useOf } from './lib/statements.ts';
import type { World } from './lib/world.ts';

const COMMIT_STATEMENTS = 1000;

export const appendSingly: Benchmark = {
  names: ['append.1'],
  run: (context) => measure(context, 1, context.size.singles),
};

export const appendByThousands: Benchmark = {
  names: ['append.1000'],
  run: (context) => measure(context, COMMIT_STATEMENTS, context.size.thousands * COMMIT_STATEMENTS),
};

async function measure(context: Context, perCommit: number, perRound: number): Promise<Result[]> {
  const { size, workspace } = context;
  const name = `append.${perCommit}`;
  const count = (size.rounds + size.warmups) * perRound;
  context.say(`${name}: making ${count} statements`);
  const { world, ledger } = await makeSupplied(workspace.file(`${name}.db`), Math.ceil(count / 2));
  const plain = new PlainFile(workspace.file(`${name}-plain.db`));
  try {
    const statements = scansAndUses(world, count);
    // Warm-up rounds have negative numbers.
    const ofRound = (round: number): readonly Uint8Array[] => {
      const first = (round + size.warmups) * perRound;
      return statements.slice(first, first + perRound);
    };
    const [ours, theirs] = await interleave(
      [
        {
          name: 'countermark',
          run: (round) => rateOf(ofRound(round), (part) => append(ledger, part), perCommit),
        },
        {
          name: 'better-sqlite3',
          run: (round) => rateOf(ofRound(round), (part) => plain.insert(part), perCommit),
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

/** Alternately the scan and the use of unit after unit. */
function scansAndUses(world: World, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? scanOf(world, i / 2) : useOf(world, (i - 1) / 2),
  );
}

async function rateOf(
  statements: readonly Uint8Array[],
  commit: (part: readonly Uint8Array[]) => Promise<void> | void,
  perCommit: number,
): Promise<number> {
  const startedMs = performance.now();
  for (let first = 0; first < statements.length; first += perCommit) {
    await commit(statements.slice(first, first + perCommit));
  }
  return (statements.length / (performance.now() - startedMs)) * 1000;
}

async function append(ledger: Ledger, statements: readonly Uint8Array[]): Promise<void> {
  if (statements.length === 1) {
    const { findings } = await ledger.append(statements[0]!);
    if (findings.length > 0) throw new Error('an honest statement of the benchmark has findings');
    return;
  }
  for (const outcome of await ledger.appendMany(statements)) {
    if (!outcome.ok) throw new Error('a statement of the benchmark was refused', { cause: outcome.error });
    if (outcome.findings.length > 0) throw new Error('an honest statement of the benchmark has findings');
  }
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
