/**
 * Good values of every kind the public functions take: each attempt replaces one of them by a hostile value.
 *
 * Reads  src/, ../ledger/bench.ts, ../support/cast.ts.   Used by  recipes.ts.
 * @module
 */
import { EntryVerifier } from '../../src/audit/verify.ts';
import { createSigner } from '../../src/crypto/index.ts';
import { World, type Act, type Custody, type State } from '../../src/custody/index.ts';
import { commission, documents, type EpcisDocument, type EpcisEvent } from '../../src/epcis/index.ts';
import { signUnitCode, sscc, type SignedUnitCode } from '../../src/gs1/index.ts';
import { finding, Judge, type Finding } from '../../src/judgement/index.ts';
import type { Ledger } from '../../src/ledger/index.ts';
import { prepareCommit, type Commit, type Receipt, type StoredHead } from '../../src/log/index.ts';
import { RangeBuilder, emptyRange, hashLeaf, rangeRoot } from '../../src/merkle/index.ts';
import { parseVerifierKey, signCheckpoint } from '../../src/note/index.ts';
import { Registry } from '../../src/registry/index.ts';
import { openStatement, readEnvelope } from '../../src/statement/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { made, openBench, seen, unitOf } from '../ledger/bench.ts';
import {
  EXPIRY,
  GENESIS_MS,
  GTIN,
  logKey,
  logSigner,
  LOT,
  ORIGIN,
  SITE,
  SIGNER,
  withCheckDigit,
} from '../support/cast.ts';

export const SEED = new Uint8Array(32).fill(5);
export const signer = createSigner(SEED);
export const verifier = parseVerifierKey(logKey);
export const hashes = Array.from({ length: 8 }, (_, i) => hashLeaf(Uint8Array.of(i)));
const builder = new RangeBuilder(emptyRange());
export const nodes = hashes.slice(0, 5).flatMap((hash) => [...builder.append(hash)]);
export const range = builder.range();
export const root = rangeRoot(range);
export const checkpoint = { origin: ORIGIN, size: 5, root };
export const checkpointNote = signCheckpoint(checkpoint, logSigner);
export const reader = async (indexes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]> =>
  indexes.map((index) => nodes[index]);

export const unit = unitOf(1);
export const container = sscc(withCheckDigit('09521000000000001'));
export const unitCode = { gtin: GTIN, serial: 'SERIAL00000001', lot: LOT, expiry: EXPIRY } as const;
export const signed: SignedUnitCode = signUnitCode(unitCode, SIGNER.maker);

export const commissioning: EpcisEvent = commission({
  units: [unit],
  time: GENESIS_MS,
  place: SITE.maker,
  lot: LOT,
  expiry: EXPIRY,
});
export const document: EpcisDocument = documents([commissioning], { creationTime: GENESIS_MS })[0]!;
export const statementBytes = made([1]);
export const envelope = readEnvelope(statementBytes);
export const opened = openStatement(statementBytes);

/** A small log with a unit made and seen, and what can be made of it. */
const bench = await openBench(new MemoryStore());
await bench.ledger.append(made([1, 2]));
await bench.ledger.append(seen(1));
export const store = bench.store;
export const head: StoredHead = (await store.readHead())!;
export const receipt: Receipt = await bench.ledger.receipt(7);
export const entryBytes = (await store.readEntriesAt([7]))[0]!;
export const proof: string = await bench.ledger.prove(7);
export const registry = new Registry();
const verified = new EntryVerifier(registry);
export const acts: readonly Act[] = (await store.readEntries(0, 9)).flatMap(({ index, bytes }) => {
  const result = verified.next(index, bytes);
  if ('chainBreak' in result) throw new Error(result.chainBreak);
  return result.acts;
});
export const act: Act = acts[0]!;
export const world = new World(registry, new Map(), (id) => acts.filter(({ ids }) => ids.includes(id)));
export const judge = new Judge(world);
export const found: Finding = finding({
  code: 'ID-12',
  severity: 4,
  subject: { type: 'unit', id: unit },
  acts: [act],
});
export const custody: Custody = { at: 'held', by: act.actor };
export const state: State = { life: 'active', custody };
export const source = { entry: 7, recordTimeMs: GENESIS_MS, issuer: act.actor, kid: act.kid };

/** A store of its own with one entry, and the commit of a second. */
export async function filledStore(): Promise<{ readonly store: MemoryStore; readonly commit: Commit }> {
  const own = new MemoryStore();
  const statements = [{ bytes: statementBytes, postings: () => [] }];
  const options = { recordTimeMs: GENESIS_MS, origin: ORIGIN, signer: logSigner };
  const first = prepareCommit(undefined, statements, options);
  await own.commit(first.commit);
  return { store: own, commit: prepareCommit(first.head, statements, options).commit };
}

/** A ledger nobody else uses. */
export async function freshLedger(): Promise<Ledger> {
  return (await openBench(new MemoryStore())).ledger;
}
