// Goal:   LG rules, and the SG rules about whole statements, speak of a log that somebody else wrote or changed; and of repeats.
// Method: a real log in memory, its bytes, head or rows changed behind the ledger's back, or extended without admission.
import { beforeAll, describe, expect, it } from 'vitest';
import { audit, type AuditOptions } from '../../src/audit/index.ts';
import { formatTime, toBase64url } from '../../src/bytes/index.ts';
import { keyId, type Signer } from '../../src/crypto/index.ts';
import { verifyProof } from '../../src/ledger/index.ts';
import { prepareCommit, type LogStore, type StoredEntry, type StoredHead } from '../../src/log/index.ts';
import { signCheckpoint } from '../../src/note/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import {
  DAY_MS,
  ID,
  logKey,
  logSigner,
  ORIGIN,
  SIGNER,
  signerOf,
  START_MS,
  VALID_FROM,
  VALID_TO,
} from '../support/cast.ts';
import { assertTable, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { Script } from '../support/script.ts';
import { copyToMemory, wholeLog } from '../support/stores.ts';
import { refOf, SmallWorld } from '../support/world.ts';

/** A store whose entries or head read differently from what was written. */
class Changed extends MemoryStore {
  change: (bytes: Uint8Array, index: number) => Uint8Array = (bytes) => bytes;
  head: ((head: StoredHead) => StoredHead) | undefined;

  static async of(store: LogStore): Promise<Changed> {
    const copy = new Changed();
    await copy.commit(await wholeLog(store));
    return copy;
  }

  override async readHead(): Promise<StoredHead | undefined> {
    const head = await super.readHead();
    return head === undefined ? undefined : (this.head?.(head) ?? head);
  }

  override async readEntries(first: number, end: number): Promise<readonly StoredEntry[]> {
    const entries = await super.readEntries(first, end);
    return entries.map(({ index, bytes }) => ({ index, bytes: this.change(bytes, index) }));
  }

  override async readEntriesAt(indexes: readonly number[]): Promise<readonly (Uint8Array | undefined)[]> {
    const entries = await super.readEntriesAt(indexes);
    return entries.map((bytes, i) => (bytes === undefined ? undefined : this.change(bytes, indexes[i]!)));
  }
}

async function findingsOf(store: LogStore, options: Partial<AuditOptions> = {}): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  await audit(store, { logKey, checkDerived: false, ...options, onFinding: (one) => found.push(one) });
  return assertTable(found);
}

/** Appends statements as a ledger that admits everything would. */
async function writtenByOthers(
  store: LogStore,
  recordTimeMs: number,
  ...statements: Uint8Array[]
): Promise<number> {
  const head = await store.readHead();
  const news = statements.map((bytes) => ({ bytes, postings: () => [] }));
  // Others' clocks may go back.
  const before = head && { ...head, recordTimeMs: Math.min(head.recordTimeMs, recordTimeMs) };
  const { commit } = prepareCommit(before, news, { recordTimeMs, origin: ORIGIN, signer: logSigner });
  expect(await store.commit(commit)).toBe(true);
  return head!.size;
}

let world: SmallWorld;
beforeAll(async () => {
  world = await SmallWorld.create();
  world.deliver(world.units(3), 'clinicA');
  await world.record();
});

describe('an untouched log', () => {
  it('gives no finding at all', async () => {
    expect(said(await findingsOf(world.store, { checkDerived: true }), -1)).toEqual([]);
  });
});

describe('LG-01 chain-break', () => {
  it('names an entry that does not link to the one before', async () => {
    const store = await Changed.of(world.store);
    const { entry } = refOf(world.steps.at(-2)!);
    store.change = (bytes, index) => (index === entry ? flip(bytes, 20) : bytes);
    const found = await findingsOf(store);
    expectOne(found, 'LG-01', { severity: 4, proof: [{ entry, event: -1 }] });
  });
});

describe('LG-02 root-mismatch', () => {
  it('names a last entry whose bytes are not those signed for', async () => {
    const store = await Changed.of(world.store);
    const last = (await world.store.readHead())!.size - 1;
    store.change = (bytes, index) => (index === last ? flip(bytes, bytes.length - 1) : bytes);
    expectOne(await findingsOf(store), 'LG-02', { severity: 4, proof: [{ entry: last, event: -1 }] });
  });
});

describe('LG-03, LG-04, LG-06: checkpoints signed before', () => {
  const root = new Uint8Array(32).fill(7);
  const signedOf = (size: number): string => signCheckpoint({ origin: ORIGIN, size, root }, logSigner);

  it('LG-03 names a log that is no extension of one', async () => {
    expectOne(await findingsOf(world.store, { pinned: [signedOf(5)] }), 'LG-03', { severity: 4 });
  });

  it('LG-04 names a second root of the same size', async () => {
    const { size } = (await world.store.readHead())!;
    expectOne(await findingsOf(world.store, { pinned: [signedOf(size)] }), 'LG-04', { severity: 4 });
  });

  it('LG-06 names a log shorter than one', async () => {
    const { size } = (await world.store.readHead())!;
    expectOne(await findingsOf(world.store, { pinned: [signedOf(size + 1)] }), 'LG-06', { severity: 4 });
  });

  it("says nothing to the log's own earlier checkpoint", async () => {
    const early = await SmallWorld.create();
    const { checkpoint } = (await early.store.readHead())!;
    early.commission(early.unit());
    await early.record();
    expect(said(await findingsOf(early.store, { pinned: [checkpoint] }), -1)).toEqual([]);
  });
});

describe('LG-05 inclusion-failed', () => {
  it('answers a proof whose entry is not under the signed root', async () => {
    const proof = await world.ledger.prove(3);
    expect(verifyProof(proof, logKey).ok).toBe(true);
    const lines = proof.split('\n');
    const at = lines.findIndex((line) => line.startsWith('extra '));
    lines[at] = lines[at]!.replace(/[A-Y](?=[^A-Za-z0-9]*$)/, 'Z');
    const other = (await world.ledger.prove(4)).split('\n').find((line) => line.startsWith('extra '))!;
    lines[at] = other;
    expect(verifyProof(lines.join('\n'), logKey)).toMatchObject({ ok: false, code: 'LG-05' });
  });
});

describe('LG-09 duplicate-event', () => {
  it('records an event captured twice, on the unit, and moves it once', async () => {
    const twice = await SmallWorld.create();
    const unit = twice.unit();
    twice.commission(unit);
    const first = twice.ship('maker', unit, 'north');
    const again = twice.ship('maker', unit, 'north', { after: 0, late: 24 });
    twice.receive('north', unit, 'maker', { after: 30 });
    const found = await twice.findings();
    expectOne(found, 'LG-09', {
      severity: 0,
      subject: unit,
      proof: [{ entry: first.entry!, event: -1 }, again],
      last: again,
    });
    expect(said(found)).toEqual([]);
  });

  it('takes the same statement sent again for no event at all', async () => {
    const twice = await SmallWorld.create();
    const made = twice.commission(twice.unit());
    await twice.record();
    const again = await twice.ledger.append(made.bytes);
    expect(again).toMatchObject({ entry: made.entry, repeated: true });
    expectNone(await twice.findings(), 'LG-09');
  });
});

describe('LG-17 derived-mismatch', () => {
  it('names stored rows that differ from a replay', async () => {
    const store = new MemoryStore();
    const whole = await wholeLog(world.store);
    await store.commit({ ...whole, postings: whole.postings.slice(1) });
    const found = await findingsOf(store, { checkDerived: true });
    expectOne(found, 'LG-17', { severity: 2 });
  });
});

describe('statements in a log written by others', () => {
  const other = signerOf(66);

  /** Findings of the world's log with one more statement, appended without admission. */
  async function withOne(
    signer: Signer,
    issuer = ID.maker,
    recordTimeMs?: number,
  ): Promise<readonly [readonly Finding[], number]> {
    const store = await copyToMemory(world.store);
    const script = new Script();
    const step = script.commission(script.unit(), { signer, issuer, lot: 'LOT1', sequence: 1_000_000 });
    const at = recordTimeMs ?? world.nowMs + DAY_MS;
    const entry = await writtenByOthers(store, at, step.bytes);
    return [[...(await findingsOf(store))], entry];
  }

  it('SG-03 names a key the log does not know', async () => {
    const [found, entry] = await withOne(other);
    expectOne(found, 'SG-03', { severity: 3, subject: String(entry), proof: [{ entry, event: -1 }] });
    expectNone(found, 'ID-05', 'QA-09');
  });

  it('SG-04 proves a key that was revoked before, SG-05 names one outside its time', async () => {
    const store = await copyToMemory(world.store);
    const script = new Script();
    const publicKey = toBase64url(other.publicKey);
    const validTo = formatTime(START_MS + 30 * DAY_MS);
    const add = { action: 'add', party: ID.maker, publicKey, validFrom: VALID_FROM, validTo } as const;
    const revoke = {
      action: 'revoke',
      party: ID.maker,
      kid: kidOf(SIGNER.maker),
      reason: 'rotation',
    } as const;
    const rotation = [script.say('maker', 'key', add), script.say('maker', 'key', revoke)];
    const old = script.commission(script.unit());
    const fresh = script.commission(script.unit(), { signer: other });
    const late = script.commission(script.unit(), { signer: other });
    const statements = [...rotation, old, fresh].map(({ bytes }) => bytes);
    const first = await writtenByOthers(store, world.nowMs, ...statements);
    const last = await writtenByOthers(store, START_MS + 31 * DAY_MS, late.bytes);
    const found = await findingsOf(store);
    expectOne(found, 'SG-04', { severity: 4, proof: [{ entry: first + 2, event: -1 }] });
    expectOne(found, 'SG-05', { severity: 3, proof: [{ entry: last, event: -1 }] });
    expectNone(found, 'SG-07');
  });

  it('SG-07 proves a statement whose signature does not verify', async () => {
    const store = await copyToMemory(world.store);
    const script = new Script();
    const broken = flip(script.commission(script.unit()).bytes, -1);
    const entry = await writtenByOthers(store, world.nowMs, broken);
    expectOne(await findingsOf(store), 'SG-07', { severity: 4, proof: [{ entry, event: -1 }] });
  });

  it('LC-09 proves a licence whose signature does not verify, and gives it no effect', async () => {
    const store = await copyToMemory(world.store);
    const script = new Script();
    const said = { type: 'institution-practice', holder: ID.salon, validFrom: VALID_FROM, validTo: VALID_TO };
    const forged = flip(script.say('regulator', 'licence', { id: 'forged', ...said }).bytes, -1);
    const good = script.say('regulator', 'licence', { id: 'good', ...said });
    const entry = await writtenByOthers(store, world.nowMs, forged);
    const found = await findingsOf(store);
    expectOne(found, 'LC-09', { severity: 4, subject: String(entry), proof: [{ entry, event: -1 }] });
    expectNone(found, 'SG-07');
    // A near miss: the licence as its issuer signed it.
    await writtenByOthers(store, world.nowMs, good.bytes);
    expectOne(await findingsOf(store), 'LC-09', { severity: 4, subject: String(entry) });
  });

  it('SG-08 names a key that speaks for another party', async () => {
    const [found, entry] = await withOne(SIGNER.rival);
    expectOne(found, 'SG-08', { severity: 3, proof: [{ entry, event: -1 }] });
  });

  it('LG-11 stops at an entry recorded before those before it, and grants the clock its tolerance', async () => {
    const [found, entry] = await withOne(SIGNER.maker, ID.maker, world.nowMs - DAY_MS);
    expectOne(found, 'LG-11', { severity: 2, subject: String(entry), proof: [{ entry, event: -1 }] });
    const [near] = await withOne(SIGNER.maker, ID.maker, world.nowMs - 60_000);
    expectNone(near, 'LG-11');
  });

  it('says nothing of the same statement by the right key', async () => {
    const [found] = await withOne(SIGNER.maker);
    expect(said(found, -1)).toEqual([]);
  });
});

function kidOf({ publicKey }: Signer): string {
  return toBase64url(keyId(publicKey));
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  const index = at < 0 ? copy.length + at : at;
  copy[index] = copy[index]! ^ 1;
  return copy;
}
