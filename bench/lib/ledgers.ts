/**
 * Ledger files on disk to measure on: made through the public API, in a folder that is removed at the end.
 *
 * Reads  world.ts, statements.ts, the package by its name.   Used by  the benchmarks that need a ledger.
 * Rule   a ledger of which anything was refused or found is no ledger to measure on: making it fails.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from 'countermark';
import { SqliteStore } from 'countermark/store/sqlite';
import { CLOCK_MS, scanOf, supply, useOf } from './statements.ts';
import { ORIGIN, START_MS, World } from './world.ts';

/** A folder for files of this run. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'countermark-bench-'));

  file(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A world with its ledger, open for appending. */
export interface OpenLedger {
  readonly world: World;
  readonly ledger: Ledger;
  readonly path: string;
}

/** A new ledger whose units have reached the clinics; its clock stands at the time of their use. */
export async function makeSupplied(path: string, unitsCount: number): Promise<OpenLedger> {
  const world = new World(unitsCount);
  let nowMs = START_MS;
  const store = await SqliteStore.open(path, { create: true });
  const { logSigner } = world;
  const ledger = await Ledger.create({
    store,
    origin: ORIGIN,
    logSigner,
    genesis: world.genesis(),
    clock: () => nowMs,
  });
  await appendAll(ledger, world.registry());
  for (const { atMs, statements } of supply(world)) {
    nowMs = atMs;
    await appendAll(ledger, statements);
  }
  nowMs = CLOCK_MS;
  return { world, ledger, path };
}

/** A closed ledger with a scan of every unit and a use of every second one; what an auditor or a counter finds. */
export async function makeUsed(path: string, unitsCount: number): Promise<{ world: World; path: string }> {
  const { world, ledger } = await makeSupplied(path, unitsCount);
  const statements: Uint8Array[] = [];
  for (let i = 0; i < world.packs.length; i++) {
    statements.push(scanOf(world, i));
    if (i % 2 === 1) statements.push(useOf(world, i));
  }
  await appendAll(ledger, statements);
  await ledger.close();
  return { world, path };
}

/** Appends in order; anything refused is a fault of the benchmark. */
async function appendAll(ledger: Ledger, statements: readonly Uint8Array[]): Promise<void> {
  const outcomes = await ledger.appendMany(statements, { findings: false, receipts: false });
  for (const outcome of outcomes) {
    if (!outcome.ok) throw new Error('a statement of the benchmark was refused', { cause: outcome.error });
  }
}
