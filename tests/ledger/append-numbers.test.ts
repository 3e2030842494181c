// Goal: an append says of a key that used one number twice (SG-11) what a replay says, wherever the other statements stand.
// Method: one key's number in one call, in later calls, and by two handles of one file of which one is overtaken.
import { afterEach, describe, expect, it } from 'vitest';
import { documents, observe } from '../../src/epcis/index.ts';
import type { AppendOutcome } from '../../src/ledger/index.ts';
import { signStatement } from '../../src/statement/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { GENESIS_MS, ID, ORIGIN, SIGNER, SITE } from '../support/cast.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { openBench, reopen, unitOf } from './bench.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const NUMBER = 9_000;

/** A scan by the scan service, under a number of our choice. */
function numbered(serial: number, sequence = NUMBER): Uint8Array {
  const scan = observe({ ids: [unitOf(serial)], time: GENESIS_MS, place: SITE.scanner });
  const [payload] = documents([scan], { creationTime: GENESIS_MS });
  return signStatement({
    kind: 'events',
    payload: payload!,
    issuer: ID.scanner,
    audience: ORIGIN,
    sequence,
    signer: SIGNER.scanner,
  });
}

/** Entries that SG-11 names, of each outcome. */
function named(outcomes: readonly AppendOutcome[]): (readonly number[])[] {
  return outcomes.map((outcome) => {
    if (!outcome.ok) throw outcome.error;
    const found = outcome.findings.filter(({ code }) => code === 'SG-11');
    return found.flatMap(({ proof }) => proof.map(({ entry }) => entry));
  });
}

describe('SG-11 at append', () => {
  it('names all entries of the key and number, before and in the same commit, and a repeat makes none', async () => {
    const { ledger } = await openBench(new MemoryStore());
    expect(named(await ledger.appendMany([numbered(1), numbered(2, NUMBER + 1)]))).toEqual([[], []]);
    expect(named(await ledger.appendMany([numbered(1)]))).toEqual([[]]);
    const both = [7, 9, 10];
    const more = await ledger.appendMany([numbered(3), numbered(4), numbered(5, NUMBER + 2)]);
    expect(named(more)).toEqual([both, both, []]);
    expect(await audited(ledger)).toEqual(both);
  });

  it('names what another handle wrote while this one was about to', async () => {
    const folder = temporaryFolder();
    const path = folder.file('log.db');
    const stores = [await SqliteStore.open(path, { create: true }), await SqliteStore.open(path)] as const;
    cleanups.push(() => folder.remove(), ...stores.map((store) => () => store.close()));
    const { ledger } = await openBench(stores[0]);
    const other = await reopen(stores[1]);
    const commit = stores[0].commit.bind(stores[0]);
    let isFirst = true;
    stores[0].commit = async (own) => {
      if (isFirst) await other.append(numbered(1));
      isFirst = false;
      return commit(own);
    };
    expect(named(await ledger.appendMany([numbered(2)]))).toEqual([[7, 8]]);
    expect(named(await other.appendMany([numbered(3)]))).toEqual([[7, 8, 9]]);
  });
});

/** Entries that SG-11 names in an audit. */
async function audited(ledger: Awaited<ReturnType<typeof reopen>>): Promise<readonly number[]> {
  const { findings } = await ledger.audit();
  const found = findings.filter(({ code }) => code === 'SG-11');
  return found.flatMap(({ proof }) => proof.map(({ entry }) => entry));
}
