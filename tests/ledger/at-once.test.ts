// Goal: a ledger says the same through a store that answers at once as through one it must wait for.
// Method: random small worlds in SQLite; every subject checked and traced, and labels of no unit checked, through both, also where
//         the stored tree is damaged.
import { afterAll, describe, expect, it } from 'vitest';
import { Ledger } from '../../src/ledger/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { FaultyStore, rejection } from '../../src/testing/index.ts';
import { logKey, SITE } from '../support/cast.ts';
import { copyToSqlite } from '../support/stores.ts';
import { temporaryFolder } from '../support/temporary.ts';
import type { SmallWorld } from '../support/world.ts';
import { randomWorld } from './random-world.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const WORLDS = process.env['SLOW'] === '1' ? 100 : 6;
const STEPS = 40;
const NODES_ASKED = Array.from({ length: 400 }, (_, i) => i);

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** What each of two ledgers says of all subjects: one asks its store at once, the other waits. */
async function bothSay(
  world: SmallWorld,
  path: string,
  damaged: boolean,
): Promise<readonly [unknown[], unknown[]]> {
  await copyToSqlite(world.store, path);
  const direct = await SqliteStore.open(path);
  const waited = new FaultyStore(await SqliteStore.open(path));
  expect([direct.atOnce === undefined, (waited as { atOnce?: unknown }).atOnce]).toEqual([false, undefined]);
  if (damaged) {
    const nodes = await direct.readNodes(NODES_ASKED);
    await direct.rebuildDerived(
      [{ nodes: withOneChanged(nodes), postings: await all(direct) }],
      (await direct.readHead())!.size,
    );
  }
  const said: unknown[][] = [];
  for (const store of [direct, waited]) {
    const ledger = await Ledger.open({ store, logKey, clock: () => 0 });
    const answers: unknown[] = [];
    for (const subject of await subjectsOf(world)) {
      answers.push(
        await ledger.check(subject, { place: SITE.clinicA }).catch((error: unknown) => String(error)),
      );
      answers.push(await ledger.trace(subject));
    }
    said.push(answers);
    await ledger.close();
    expect(await rejection(ledger.check('x'))).toBe('ERR_STORE_CLOSED');
  }
  return [said[0]!, said[1]!];
}

async function all(store: SqliteStore) {
  const postings = [];
  for await (const posting of store.scanPostings()) postings.push(posting);
  return postings;
}

/** All nodes there are, one of them with a bit flipped. */
function withOneChanged(nodes: readonly (Uint8Array | undefined)[]): Uint8Array[] {
  const whole = nodes.filter((node) => node !== undefined);
  return whole.map((node, i) => (i === 5 ? node.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) : node));
}

async function subjectsOf(world: SmallWorld): Promise<readonly string[]> {
  const subjects = new Set(['nonsense', 'https://id.gs1.org/00/095060001343520013']);
  for await (const { subject } of world.store.scanPostings()) {
    if (subject.startsWith('https://id.gs1.org/0')) subjects.add(subject);
  }
  return [...subjects];
}

describe('Ledger', () => {
  for (const damaged of [false, true]) {
    const tree = damaged ? 'a damaged tree' : 'a sound tree';
    it(`says through a store that answers at once what it says through one that does not: ${tree} (SEED=${SEED})`, async () => {
      for (let seed = SEED; seed < SEED + WORLDS; seed++) {
        const world = await randomWorld(seed, STEPS);
        await world.record();
        const [direct, waited] = await bothSay(world, folder.file(`${seed}-${damaged}.db`), damaged);
        expect(direct).toEqual(waited);
        expect(direct.length).toBeGreaterThan(10);
      }
    });
  }
});
