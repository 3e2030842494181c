// Goal: what is appended is durable once, grouped, judged by the registry of its place, and never acknowledged too early.
// Method: benches on stores that count, fail or are shared; every log is audited at the end.
import { afterEach, describe, expect, it } from 'vitest';
import { toBase64url } from '../../src/bytes/index.ts';
import { keyId } from '../../src/crypto/index.ts';
import { signatureMark } from '../../src/custody/index.ts';
import { errorCode, StoreError } from '../../src/errors.ts';
import type { AppendOutcome } from '../../src/ledger/index.ts';
import { checkReceipt, decodeEntry, type LogStore } from '../../src/log/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { FaultyStore, rejection } from '../../src/testing/index.ts';
import { GENESIS_MS, HOUR_MS, ID, logKey, SIGNER, signerOf } from '../support/cast.ts';
import { CountingStore, fingerprint } from '../support/stores.ts';
import { temporaryFolder } from '../support/temporary.ts';
import {
  keyStatement,
  lotStatement,
  made,
  openBench,
  partyStatement,
  reopen,
  seen,
  statement,
  type Clock,
} from './bench.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function revokeMaker(): Uint8Array {
  const kid = toBase64url(keyId(SIGNER.maker.publicKey));
  return statement('operator', 'key', { action: 'revoke', party: ID.maker, kid, reason: 'lost' });
}

function told(outcome: AppendOutcome): string {
  if (!outcome.ok) return errorCode(outcome.error) ?? 'uncoded';
  return `${outcome.repeated ? 'repeat' : 'new'} ${outcome.entry}`;
}

describe('an exact repeat', () => {
  it('gets the stored entry’s receipt and writes nothing', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    const bytes = made([1]);
    const first = await ledger.append(bytes);
    const before = await fingerprint(store);
    const again = await ledger.append(bytes);
    expect([again.entry, again.repeated, first.repeated]).toEqual([first.entry, true, false]);
    const [stored] = await store.readEntriesAt([first.entry]);
    expect(checkReceipt(again.receipt!, stored!, logKey)).toBe(true);
    expect(await fingerprint(store)).toBe(before);
  });

  it('gets it before any other check: revoked key, ended validity, a registry that has moved on', async () => {
    const { ledger, clock } = await openBench(new MemoryStore());
    const brief = signerOf(204);
    await ledger.append(keyStatement('maker', brief, '2026-01-02T00:00:00.000Z'));
    const signed = statement(
      'maker',
      'case',
      { id: 'c', state: 'new', findings: [], reason: 'r' },
      { signer: brief },
    );
    const { entry } = await ledger.append(signed);
    const bytes = made([1]);
    await ledger.append(bytes);
    await ledger.append(revokeMaker());
    clock.ms = GENESIS_MS + 1000 * HOUR_MS;
    expect(await rejection(ledger.append(made([2])))).toBe('ERR_KEY_REVOKED');
    expect((await ledger.append(bytes)).repeated).toBe(true);
    expect((await ledger.append(signed)).entry).toBe(entry);
  });

  it('is not believed from a posting that points at another entry', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    const bytes = made([1]);
    const inner = store.readPostings.bind(store);
    store.readPostings = async (subject, before) =>
      subject.startsWith('sequence/')
        ? [{ subject, entry: 2, count: signatureMark(bytes) }]
        : inner(subject, before);
    expect(await rejection(ledger.append(bytes))).toBe('ERR_STORE_CORRUPT');
    expect((await store.readHead())!.size).toBe(7);
  });
});

describe('Ledger.appendMany()', () => {
  it('answers each statement in its place: new, repeated, refused, repeated within the call', async () => {
    const { ledger } = await openBench(new MemoryStore());
    const [a, b, c] = [made([1]), made([2]), made([3])];
    await ledger.append(a);
    const broken = b.slice();
    broken[broken.length - 1]! ^= 1;
    const stranger = statement('clinicA', 'case', { id: 'c', state: 'new', findings: [], reason: 'r' });
    const outcomes = await ledger.appendMany([a, b, broken, b, stranger, c, a, new Uint8Array(3)]);
    expect(outcomes.map(told)).toEqual([
      'repeat 7',
      'new 8',
      'ERR_SIGNATURE',
      'repeat 8',
      'ERR_KEY_UNKNOWN',
      'new 9',
      'repeat 7',
      'ERR_DECODE_MALFORMED',
    ]);
    expect((await ledger.audit()).ok).toBe(true);
  });

  it('lets registry statements take effect for those after them, and only for those', async () => {
    const { ledger } = await openBench(new MemoryStore());
    const clinic = (n: number): Uint8Array =>
      statement('clinicA', 'case', { id: `c${n}`, state: 'new', findings: [], reason: 'r' });
    const outcomes = await ledger.appendMany([
      clinic(1),
      partyStatement('clinicA'),
      keyStatement('clinicA'),
      clinic(2),
      made([1]),
      revokeMaker(),
      made([2]),
      seen(1),
    ]);
    expect(outcomes.map(told)).toEqual([
      'ERR_KEY_UNKNOWN',
      'new 7',
      'new 8',
      'new 9',
      'new 10',
      'new 11',
      'ERR_KEY_REVOKED',
      'new 12',
    ]);
    expect((await ledger.audit()).ok).toBe(true);
  });

  it('answers nothing for nothing', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    expect(await ledger.appendMany([])).toEqual([]);
    expect((await store.readHead())!.size).toBe(7);
  });

  it('makes receipts that verify offline, all of one size', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    const outcomes = await ledger.appendMany(Array.from({ length: 40 }, (_, n) => seen(n)));
    for (const outcome of outcomes) {
      if (!outcome.ok) throw outcome.error;
      const [entry] = await store.readEntriesAt([outcome.entry]);
      expect(outcome.receipt!.size).toBe(47);
      expect(checkReceipt(outcome.receipt!, entry!, logKey)).toBe(true);
    }
  });

  it('gives one record time to all statements of a call, however many commits it takes', async () => {
    const clock: Clock = { ms: GENESIS_MS };
    const { store } = await openBench(new MemoryStore(), clock);
    const ticking = await reopen(store, {
      get ms() {
        return (clock.ms += 1000);
      },
    });
    const outcomes = await ticking.appendMany([
      made([1]),
      lotStatement(5),
      made([2]),
      lotStatement(6),
      made([3]),
    ]);
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    const entries = await store.readEntriesAt([7, 8, 9, 10, 11]);
    expect(new Set(entries.map((bytes) => decodeEntry(bytes!).recordTimeMs)).size).toBe(1);
  });

  it('reports progress commit by commit, lets other work have its turn, and stops when asked', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    const statements = Array.from({ length: 2100 }, (_, n) => seen(n));
    const abort = new AbortController();
    const steps: number[] = [];
    setTimeout(() => abort.abort(new Error('enough')), 0);
    const onProgress = (step: { done: number; total: number }): void => void steps.push(step.done);
    const unasked = { findings: false, receipts: false };
    const options = { ...unasked, signal: abort.signal, onProgress };
    await expect(ledger.appendMany(statements, options)).rejects.toThrow('enough');
    expect(steps).toEqual([1000]);
    expect((await store.readHead())!.size).toBe(1007);
    const again = await ledger.appendMany(statements, { ...unasked, onProgress });
    expect(again.filter((outcome) => outcome.ok && outcome.repeated)).toHaveLength(1000);
    expect(steps).toEqual([1000, 1000, 2000, 2100]);
  });

  it('gives findings and receipts only to the callers who asked', async () => {
    const { ledger } = await openBench(new MemoryStore());
    const strange = (n: number): Uint8Array => seen(`9${n}`);
    const [none, both] = await Promise.all([
      ledger.append(strange(1), { findings: false, receipts: false }),
      ledger.append(strange(2)),
    ]);
    expect([none.findings, none.receipt]).toEqual([[], undefined]);
    expect(both.findings.map(({ code }) => code)).toEqual(['ID-05']);
    expect(both.receipt?.size).toBe(9);
  });
});

describe('concurrent append() calls', () => {
  it('share a commit: those that came while one was under way go into the next', async () => {
    const store = new CountingStore();
    const { ledger } = await openBench(store);
    const before = store.commits;
    let release = (): void => {};
    store.gate = new Promise((resolve) => (release = resolve));
    const first = ledger.append(seen(0));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const rest = Array.from({ length: 200 }, (_, n) => ledger.append(seen(n + 1)));
    release();
    const results = await Promise.all([first, ...rest]);
    expect(store.commits - before).toBe(2);
    expect(results.map(({ entry }) => entry)).toEqual(Array.from({ length: 201 }, (_, n) => 7 + n));
    expect((await ledger.audit()).ok).toBe(true);
  });

  it('never share a commit with a registry statement', async () => {
    const store = new CountingStore();
    const { ledger } = await openBench(store);
    const before = store.commits;
    await Promise.all([ledger.append(seen(1)), ledger.append(lotStatement(9)), ledger.append(seen(2))]);
    expect(store.commits - before).toBe(3);
  });

  it('of the same bytes write them once', async () => {
    const { ledger } = await openBench(new MemoryStore());
    const bytes = made([1]);
    const results = await Promise.all(Array.from({ length: 10 }, () => ledger.append(bytes)));
    expect(new Set(results.map(({ entry }) => entry)).size).toBe(1);
    expect(results.filter(({ repeated }) => !repeated).length).toBe(1);
  });
});

async function twoHandles(): Promise<readonly [LogStore, LogStore]> {
  const folder = temporaryFolder();
  const path = folder.file('log.db');
  const first = await SqliteStore.open(path, { create: true });
  const second = await SqliteStore.open(path);
  cleanups.push(
    () => folder.remove(),
    () => first.close(),
    () => second.close(),
  );
  return [first, second];
}

describe('two handles on one SQLite file', () => {
  it('both append, and each sees what the other registered or revoked', async () => {
    const [storeA, storeB] = await twoHandles();
    const { ledger: a } = await openBench(storeA);
    const b = await reopen(storeB);
    await b.append(partyStatement('clinicA'));
    await b.append(keyStatement('clinicA'));
    const note = (n: number): Uint8Array =>
      statement('clinicA', 'case', { id: `c${n}`, state: 'new', findings: [], reason: 'r' });
    expect((await a.append(note(1))).entry).toBe(9);
    const bytes = made([1]);
    expect((await b.append(bytes)).entry).toBe(10);
    expect((await a.append(bytes)).repeated).toBe(true);
    await a.append(revokeMaker());
    expect(await rejection(b.append(made([2])))).toBe('ERR_KEY_REVOKED');
    expect((await b.check(String(ID.maker))).size).toBe(12);
    expect((await a.audit()).ok).toBe(true);
  });

  it('lose nothing and repeat nothing when both append at once', async () => {
    const [storeA, storeB] = await twoHandles();
    const { ledger: a } = await openBench(storeA);
    const b = await reopen(storeB);
    const calls = Array.from({ length: 60 }, (_, n) => (n % 2 === 0 ? a : b).append(seen(n)));
    const entries = (await Promise.all(calls)).map(({ entry }) => entry);
    expect(entries.sort((x, y) => x - y)).toEqual(Array.from({ length: 60 }, (_, n) => 7 + n));
    expect((await b.audit()).ok).toBe(true);
  });

  it('never write what the other has just made inadmissible', async () => {
    const [storeA, storeB] = await twoHandles();
    const { ledger: a } = await openBench(storeA);
    const b = await reopen(storeB);
    // b revokes after a admitted its batch and before a writes it: once through the first commit, once through a later one.
    const inner = storeA.commit.bind(storeA);
    let once = true;
    storeA.commit = async (commit) => {
      if (once) await b.append(revokeMaker());
      once = false;
      return inner(commit);
    };
    const outcomes = await a.appendMany([seen(1), made([1]), lotStatement(7), seen(2), made([2])]);
    expect(outcomes.map(told)).toEqual([
      'new 8',
      'ERR_KEY_REVOKED',
      'ERR_KEY_REVOKED',
      'new 9',
      'ERR_KEY_REVOKED',
    ]);
    const { ok, counts } = await a.audit();
    expect([ok, counts['SG-04']]).toEqual([true, undefined]);
  });
});

describe('a fatal error of the store', () => {
  for (const moment of ['before', 'after'] as const) {
    it(`closes the handle when the outcome is unknown (failed ${moment} the write)`, async () => {
      const memory = new MemoryStore();
      await openBench(memory);
      const faulty = new FaultyStore(memory);
      const ledger = await reopen(faulty);
      const lost = new StoreError('ERR_STORE_OUTCOME_UNKNOWN', 'power went', { fatal: true });
      faulty.failNext('commit', moment, lost);
      const bytes = made([1]);
      const outcomes = await ledger.appendMany([bytes, lotStatement(8), seen(1)]);
      expect(outcomes.map(told)).toEqual(Array.from({ length: 3 }, () => 'ERR_STORE_OUTCOME_UNKNOWN'));
      expect(await rejection(ledger.append(bytes))).toBe('ERR_STORE_OUTCOME_UNKNOWN');
      expect(await rejection(ledger.check('x'))).toBe('ERR_STORE_OUTCOME_UNKNOWN');
      expect(await rejection(ledger.prove(0))).toBe('ERR_STORE_OUTCOME_UNKNOWN');
      const again = await reopen(memory);
      expect((await again.append(bytes)).repeated).toBe(moment === 'after');
      expect((await again.audit()).ok).toBe(true);
    });
  }

  it('of the harmless kind fails one call and no more', async () => {
    const faulty = new FaultyStore(new MemoryStore());
    const { ledger } = await openBench(faulty);
    faulty.failNext('commit', 'before', new StoreError('ERR_STORE_BUSY', 'later'));
    const bytes = made([1]);
    expect(await rejection(ledger.append(bytes))).toBe('ERR_STORE_BUSY');
    expect((await ledger.append(bytes)).repeated).toBe(false);
  });

  it('after the commit leaves the statement in the log, and a repeat gets its receipt', async () => {
    const faulty = new FaultyStore(new MemoryStore());
    const { ledger } = await openBench(faulty);
    faulty.failNext('readNodes', 'before', new StoreError('ERR_STORE_IO', 'disk'));
    const bytes = made([1]);
    expect(await rejection(ledger.append(bytes))).toBe('ERR_STORE_IO');
    expect(await ledger.append(bytes)).toMatchObject({ entry: 7, repeated: true });
  });
});

describe('a log rolled back under an open handle', () => {
  it('is noticed: nothing is appended to it or read from it', async () => {
    const store = new MemoryStore();
    const { ledger } = await openBench(store);
    const old = await store.readHead();
    await ledger.append(made([1]));
    store.readHead = async () => old;
    expect(await rejection(ledger.append(made([2])))).toBe('ERR_STORE_CORRUPT');
    expect(await rejection(ledger.check('x'))).toBe('ERR_STORE_CORRUPT');
  });
});

describe('a clock that goes backwards', () => {
  it('never makes record times decrease', async () => {
    const { ledger, clock, store } = await openBench(new MemoryStore());
    for (const [n, ms] of [5000, 1000, 0, 9000, 8999].entries()) {
      clock.ms = GENESIS_MS + ms;
      await ledger.append(seen(n));
    }
    const entries = await store.readEntriesAt([7, 8, 9, 10, 11]);
    const times = entries.map((bytes) => decodeEntry(bytes!).recordTimeMs - GENESIS_MS);
    expect(times).toEqual([5000, 5000, 5000, 9000, 9000]);
    expect((await ledger.audit()).ok).toBe(true);
  });
});

describe('Ledger.close()', () => {
  it('finishes what was accepted, refuses what comes later, and may be called again', async () => {
    const folder = temporaryFolder();
    cleanups.push(() => folder.remove());
    const path = folder.file('log.db');
    const { ledger } = await openBench(await SqliteStore.open(path, { create: true }));
    const pending = Array.from({ length: 20 }, (_, n) => ledger.append(seen(n)));
    const closing = ledger.close();
    const also = ledger.close();
    expect(await rejection(ledger.append(seen(99)))).toBe('ERR_STORE_CLOSED');
    expect((await Promise.all(pending)).length).toBe(20);
    await Promise.all([closing, also, ledger.close()]);
    const calls = [ledger.check('x'), ledger.trace('x'), ledger.prove(0), ledger.receipt(0), ledger.audit()];
    for (const call of [...calls, ledger.rebuild(), ledger.head(), ledger.registry()]) {
      expect(await rejection(call)).toBe('ERR_STORE_CLOSED');
    }
    const again = await reopen(await SqliteStore.open(path));
    expect((await again.head()).size).toBe(27);
    await again[Symbol.asyncDispose]();
  });

  it('waits for a commit under way, also when it is asked twice', async () => {
    const store = new CountingStore();
    const { ledger } = await openBench(store);
    let release = (): void => {};
    store.gate = new Promise((resolve) => (release = resolve));
    const pending = ledger.append(seen(1));
    const order: string[] = [];
    void pending.then(() => order.push('appended'));
    const closings = [ledger.close(), ledger.close()].map((closing) =>
      closing.then(() => order.push('closed')),
    );
    setTimeout(release, 5);
    await Promise.all(closings);
    expect(order).toEqual(['appended', 'closed', 'closed']);
  });
});
