// Goal: what is refused gets its own code and leaves no trace; whatever a known party validly signed is taken.
// Method: one statement for each code of admission, thrown at a ledger on SQLite whose file is compared before and after.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { fromHex, parseTime, toBase64url } from '../../src/bytes/index.ts';
import { errorCode } from '../../src/errors.ts';
import { Ledger } from '../../src/ledger/index.ts';
import { formatVerifierKey } from '../../src/note/index.ts';
import { keyId } from '../../src/crypto/index.ts';
import { prepareStatement, STATEMENT_BYTES_MAX } from '../../src/statement/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { rejection } from '../../src/testing/index.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { HOSTILE_VALUES } from '../hostile/values.ts';
import { fingerprint } from '../support/stores.ts';
import {
  GENESIS_MS,
  genesisPayload,
  ID,
  logKey,
  logSigner,
  ORIGIN,
  PRODUCT,
  SIGNER,
  signerOf,
  type Who,
} from '../support/cast.ts';
import {
  genesisStatement,
  keyStatement,
  made,
  openBench,
  partyStatement,
  reopen,
  seen,
  statement,
} from './bench.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function sqliteBench() {
  const folder = temporaryFolder();
  const path = folder.file('log.db');
  const store = await SqliteStore.open(path, { create: true });
  const bench = await openBench(store);
  cleanups.push(async () => {
    await bench.ledger.close();
    folder.remove();
  });
  const files = (): string =>
    ['', '-wal'].map((end) => readFileSync(path + end).toString('base64')).join('|');
  return { ...bench, files };
}

const YEAR_2025_MS = parseTime('2025-01-01T00:00:00.000Z')!;
const revoked = signerOf(201);
const future = signerOf(202);
const weakKey = fromHex(`${'00'.repeat(31)}80`);

/** A statement whose signature is 64 bytes of our choice. */
function signedWith(signature: (honest: Uint8Array) => Uint8Array): Uint8Array {
  const prepared = prepareStatement({
    kind: 'product',
    payload: { id: PRODUCT, name: 'x' },
    issuer: ID.maker,
    audience: ORIGIN,
    sequence: 99,
    publicKey: SIGNER.maker.publicKey,
  });
  return prepared.finish(signature(SIGNER.maker.sign(prepared.toBeSigned)));
}

function caseOf(who: Who): Uint8Array {
  return statement(who, 'case', { id: 'c1', state: 'new', findings: [], reason: 'x' });
}

function edited(bytes: Uint8Array, edit: (copy: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  edit(copy);
  return copy;
}

const REFUSALS: readonly (readonly [what: string, code: string, make: () => Uint8Array])[] = [
  ['no bytes at all', 'ERR_DECODE_MALFORMED', () => new Uint8Array(0)],
  ['random bytes', 'ERR_DECODE_MALFORMED', () => new Uint8Array(300).fill(0x5a)],
  ['a truncated statement', 'ERR_DECODE_MALFORMED', () => made([1]).slice(0, -1)],
  ['a trailing byte', 'ERR_DECODE_MALFORMED', () => Uint8Array.of(...made([1]), 0)],
  ['more bytes than fit an entry', 'ERR_DECODE_LIMIT', () => new Uint8Array(STATEMENT_BYTES_MAX + 1)],
  ['a second genesis', 'ERR_AUDIENCE', () => genesisStatement()],
  [
    'a statement for another log',
    'ERR_AUDIENCE',
    () => statement('maker', 'product', { id: PRODUCT, name: 'x' }, { audience: 'other.example/log' }),
  ],
  ['a key nobody registered', 'ERR_KEY_UNKNOWN', () => caseOf('clinicA')],
  [
    'a revoked key',
    'ERR_KEY_REVOKED',
    () => statement('maker', 'product', { id: PRODUCT, name: 'x' }, { signer: revoked }),
  ],
  [
    'a key not yet valid',
    'ERR_KEY_NOT_VALID',
    () => statement('maker', 'product', { id: PRODUCT, name: 'x' }, { signer: future }),
  ],
  [
    'a key of another party',
    'ERR_ISSUER',
    () => statement('maker', 'product', { id: PRODUCT, name: 'x' }, { issuer: ID.scanner }),
  ],
  [
    'a flipped bit in the signature',
    'ERR_SIGNATURE',
    () => signedWith((honest) => edited(honest, (copy) => (copy[40]! ^= 1))),
  ],
  [
    'a signature of other bytes',
    'ERR_SIGNATURE',
    () => signedWith(() => SIGNER.maker.sign(Uint8Array.of(1))),
  ],
  [
    'a signature with S beyond the order',
    'ERR_SIGNATURE_NOT_PORTABLE',
    () => signedWith((honest) => edited(honest, (copy) => (copy[63]! |= 0xe0))),
  ],
  [
    'a signature whose R is of small order',
    'ERR_SIGNATURE_NOT_PORTABLE',
    () => signedWith((honest) => edited(honest, (copy) => copy.fill(0, 0, 32))),
  ],
  [
    'the enrolment of a weak key',
    'ERR_KEY_WEAK',
    () =>
      statement('operator', 'key', {
        action: 'add',
        party: ID.maker,
        publicKey: toBase64url(weakKey),
        validFrom: '2025-01-01T00:00:00.000Z',
      }),
  ],
];

describe('Ledger.append()', () => {
  it('refuses each kind of bad statement with its code and leaves the file as it was', async () => {
    const { ledger, store, files } = await sqliteBench();
    await ledger.append(keyStatement('maker', revoked));
    const kid = toBase64url(keyId(revoked.publicKey));
    await ledger.append(
      statement('operator', 'key', { action: 'revoke', party: ID.maker, kid, reason: 'lost' }),
    );
    const later = '2027-01-01T00:00:00.000Z';
    const publicKey = toBase64url(future.publicKey);
    await ledger.append(
      statement('operator', 'key', { action: 'add', party: ID.maker, publicKey, validFrom: later }),
    );
    const before = files();
    const head = await fingerprint(store);
    for (const [what, code, make] of REFUSALS) {
      expect([what, await rejection(ledger.append(make()))]).toEqual([what, code]);
      expect([what, files() === before]).toEqual([what, true]);
    }
    expect(await fingerprint(store)).toBe(head);
    expect((await ledger.audit()).ok).toBe(true);
  });

  it('leaves the file as it was, whatever is thrown at it and at its sisters', async () => {
    const { ledger, files } = await sqliteBench();
    const before = files();
    for (const [what, make] of HOSTILE_VALUES) {
      const calls = [
        ledger.append(make() as Uint8Array),
        ledger.appendMany([make() as Uint8Array, make() as Uint8Array]),
        ledger.appendMany(make() as Uint8Array[]),
        ledger.check(make() as string, make() as object),
        ledger.trace(make() as string),
        ledger.prove(make() as number),
      ];
      for (const { status } of await Promise.allSettled(calls)) expect(status).toMatch(/ed$/);
      expect([what, files() === before]).toEqual([what, true]);
    }
  });

  it('takes the same statements once nothing stands against them', async () => {
    const { ledger, clock } = await openBench(new MemoryStore());
    const early = caseOf('clinicA');
    expect(await rejection(ledger.append(early))).toBe('ERR_KEY_UNKNOWN');
    await ledger.append(partyStatement('clinicA'));
    await ledger.append(keyStatement('clinicA'));
    await ledger.append(early);
    clock.ms += 1;
    await ledger.append(made([1]));
    expect((await ledger.audit()).ok).toBe(true);
  });

  it('judges a key by the record time the entry will have, also when the clock has gone backwards', async () => {
    const { ledger, clock } = await openBench(new MemoryStore());
    const brief = signerOf(203);
    await ledger.append(keyStatement('maker', brief, '2026-02-01T00:00:00.000Z'));
    clock.ms = parseTime('2026-03-01T00:00:00.000Z')!;
    await ledger.append(made([1]));
    clock.ms = GENESIS_MS;
    const late = statement('maker', 'product', { id: PRODUCT, name: 'x' }, { signer: brief });
    expect(await rejection(ledger.append(late))).toBe('ERR_KEY_NOT_VALID');
    await ledger.append(made([2]));
    const { counts, ok } = await ledger.audit();
    expect([ok, counts['SG-05']]).toEqual([true, undefined]);
  });

  it('refuses a statement of a key that has not begun, by one millisecond', async () => {
    const clock = { ms: YEAR_2025_MS - 1 };
    const { ledger } = await openBench(new MemoryStore(), { ms: YEAR_2025_MS });
    expect(await rejection(ledger.append(made([1])))).toBe('resolved');
    const other = await openBench(new MemoryStore(), clock).catch(errorCode);
    expect(other).toBe('ERR_KEY_NOT_VALID');
  });

  it('refuses what is no Uint8Array, alone and among others', async () => {
    const { ledger } = await openBench(new MemoryStore());
    for (const value of [undefined, null, 'text', 5, {}, [1, 2], new ArrayBuffer(8)]) {
      expect(await rejection(ledger.append(value as Uint8Array))).toBe('ERR_INVALID_ARG_TYPE');
    }
    const outcomes = await ledger.appendMany([made([1]), 7 as never, made([2])]);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
  });

  it('keeps its own copy of the bytes, also of a Buffer', async () => {
    const { ledger, store } = await openBench(new MemoryStore());
    const bytes = Buffer.from(made([1]));
    const pending = ledger.append(bytes);
    bytes.fill(0);
    const { entry } = await pending;
    const [stored] = await store.readEntriesAt([entry]);
    expect(stored!.subarray(42).some((byte) => byte !== 0)).toBe(true);
    expect((await ledger.audit()).ok).toBe(true);
  });
});

describe('Ledger.create()', () => {
  const base = { origin: ORIGIN, logSigner } as const;

  it('writes the genesis as entry 0', async () => {
    const store = new MemoryStore();
    const ledger = await Ledger.create({ ...base, store, genesis: genesisStatement() });
    expect((await ledger.head()).size).toBe(1);
    expect((await ledger.registry()).hasRole(ID.operator, 'operator')).toBe(true);
  });

  it('refuses a store that holds a log already, its own or a stranger’s', async () => {
    const { store } = await openBench(new MemoryStore());
    const again = Ledger.create({ ...base, store, genesis: genesisStatement() });
    expect(await rejection(again)).toBe('ERR_STORE_EXISTS');
    const name = 'other.example/log';
    const signer = { name, signer: signerOf(77) };
    const key = formatVerifierKey(name, signer.signer.publicKey);
    const payload = { ...genesisPayload({}), origin: name, logKey: key };
    const genesis = statement('operator', 'genesis', payload, { audience: name });
    const other = Ledger.create({ store, origin: name, logSigner: signer, genesis });
    expect(await rejection(other)).toBe('ERR_STORE_EXISTS');
  });

  it('refuses a genesis of another origin, key or kind, or with a broken signature', async () => {
    const store = new MemoryStore();
    const create = (genesis: Uint8Array, more = {}): Promise<unknown> =>
      rejection(Ledger.create({ ...base, store, genesis, ...more }));
    expect(await create(productOf())).toBe('ERR_AUDIENCE');
    const name = 'b.example/l';
    const key = formatVerifierKey(name, signerOf(1).publicKey);
    const elsewhere = { ...genesisPayload({}), origin: name, logKey: key };
    const foreign = statement('operator', 'genesis', elsewhere, { audience: name });
    expect(await create(foreign)).toBe('ERR_AUDIENCE');
    const otherKey = formatVerifierKey(ORIGIN, signerOf(78).publicKey);
    expect(await create(statement('operator', 'genesis', { ...genesisPayload({}), logKey: otherKey }))).toBe(
      'ERR_KEY_UNKNOWN',
    );
    expect(await create(edited(genesisStatement(), (copy) => (copy[copy.length - 30]! ^= 4)))).toBe(
      'ERR_SIGNATURE',
    );
    expect(await create(genesisStatement(), { logSigner: { name: 'other', signer: signerOf(1) } })).toBe(
      'ERR_OUT_OF_RANGE',
    );
    expect(await store.readHead()).toBeUndefined();
  });
});

function productOf(): Uint8Array {
  return statement('maker', 'product', { id: PRODUCT, name: 'x' });
}

describe('Ledger.open()', () => {
  it('refuses an empty store, another key, and a signer that is not the key’s', async () => {
    expect(await rejection(reopen(new MemoryStore()))).toBe('ERR_STORE_MISSING');
    const { store } = await openBench(new MemoryStore());
    const other = { name: ORIGIN, signer: signerOf(79) };
    const otherKey = formatVerifierKey(ORIGIN, other.signer.publicKey);
    expect(await rejection(Ledger.open({ store, logKey: otherKey }))).toBe('ERR_CHECKPOINT');
    expect(await rejection(Ledger.open({ store, logKey, logSigner: other }))).toBe('ERR_OUT_OF_RANGE');
    expect(await rejection(Ledger.open({ store, logKey: 'no key' }))).toBe('ERR_DECODE_MALFORMED');
  });

  it('reads but does not append without the signer', async () => {
    const { store, ledger } = await openBench(new MemoryStore());
    await ledger.append(made([1]));
    const reader = await Ledger.open({ store, logKey });
    expect(await rejection(reader.append(seen(1)))).toBe('ERR_STORE_READONLY');
    expect((await reader.audit()).ok).toBe(true);
    expect((await reader.trace(PRODUCT)).steps).toEqual([]);
  });

  it('refuses a clock that gives no time', async () => {
    const { store } = await openBench(new MemoryStore());
    for (const value of [NaN, -1, 1.5, Infinity, 2 ** 52, '5', undefined]) {
      const ledger = await Ledger.open({ store, logKey, logSigner, clock: () => value as number });
      expect(await rejection(ledger.append(made([1])))).toMatch(/^ERR_(OUT_OF_RANGE|INVALID_ARG_TYPE)$/);
    }
    expect((await store.readHead())!.size).toBe(7);
  });
});
