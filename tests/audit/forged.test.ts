// Goal: a log that others wrote, with a chain and a checkpoint that hold but statements this library would have refused,
//       is shown for what it is, and those statements have no effect.
// Method: entries committed straight to a store, past all admission; audited in every way.
import { beforeEach, describe, expect, it } from 'vitest';
import { toBase64url } from '../../src/bytes/index.ts';
import { keyId } from '../../src/crypto/index.ts';
import { postingsOf } from '../../src/custody/index.ts';
import { commission } from '../../src/epcis/index.ts';
import { audit, type AuditOptions, type AuditReport } from '../../src/audit/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { prepareCommit, type LogStore } from '../../src/log/index.ts';
import { formatVerifierKey } from '../../src/note/index.ts';
import { readEnvelope } from '../../src/statement/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import {
  events,
  genesisStatement,
  keyStatement,
  lotStatement,
  made,
  openBench,
  partyStatement,
  productStatement,
  statement,
  unitOf,
} from '../ledger/bench.ts';
import {
  EXPIRY,
  GENESIS_MS,
  genesisPayload,
  ID,
  logKey,
  logSigner,
  LOT,
  ORIGIN,
  PRODUCT,
  SIGNER,
  signerOf,
  SITE,
} from '../support/cast.ts';

let store: LogStore;
let clockMs = GENESIS_MS;
beforeEach(async () => {
  ({ store } = await openBench(new MemoryStore()));
  clockMs = GENESIS_MS;
});

/** Writes a statement as the log's owner could: valid chain, valid checkpoint, no questions asked. */
async function smuggle(bytes: Uint8Array, into: LogStore = store, isRegistry?: boolean): Promise<number> {
  let registry = isRegistry;
  try {
    registry ??= readEnvelope(bytes).kind !== 'events';
  } catch {
    registry ??= false;
  }
  const head = await into.readHead();
  const options = { recordTimeMs: clockMs, origin: ORIGIN, signer: logSigner };
  const postings = (entry: number) =>
    postingsOf(entry, { bytes, isRegistry: registry, signed: signedBy(bytes) }, [], new Map());
  const { commit, indexes } = prepareCommit(head, [{ bytes, postings }], options);
  await into.commit(commit);
  return indexes[0]!;
}

/** Key and sequence number of a statement as the index has them; of one that no registered key signed, nothing. */
function signedBy(bytes: Uint8Array): { kid: string; sequence: number } | undefined {
  try {
    const { kid, sequence } = readEnvelope(bytes);
    return { kid: toBase64url(kid), sequence };
  } catch {
    return undefined;
  }
}

async function run(
  options: Partial<AuditOptions> = {},
  from = store,
): Promise<{ report: AuditReport; findings: Finding[] }> {
  const findings: Finding[] = [];
  const report = await audit(from, {
    logKey,
    checkDerived: false,
    onFinding: (found) => findings.push(found),
    ...options,
  });
  return { report, findings };
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length + at]! ^= 1;
  return copy;
}

function forgedLot(header = {}): Uint8Array {
  return statement(
    'maker',
    'lot',
    { product: PRODUCT, lot: 'FORGED', quantity: 9, expiry: EXPIRY, markets: ['DE'] },
    header,
  );
}

function commissioned(serial: string, header = {}): Uint8Array {
  const event = commission({
    units: [unitOf(serial)],
    time: GENESIS_MS,
    place: SITE.maker,
    lot: LOT,
    expiry: EXPIRY,
  });
  return events('maker', [event], header);
}

const brief = signerOf(211);
const revoked = signerOf(212);

/** How a statement is smuggled in, and what an audit says of it. */
const FORGERIES: readonly (readonly [
  what: string,
  code: string,
  severity: number,
  make: (registry: boolean) => Uint8Array,
])[] = [
  [
    'a key nobody registered',
    'SG-03',
    3,
    (reg) => (reg ? forgedLot : (h: object) => commissioned('X', h))({ signer: signerOf(210) }),
  ],
  ['a broken signature', 'SG-07', 4, (reg) => flipped(reg ? forgedLot() : commissioned('X'), -5)],
  [
    'another party’s key',
    'SG-08',
    3,
    (reg) => (reg ? forgedLot : (h: object) => commissioned('X', h))({ signer: SIGNER.scanner }),
  ],
  [
    'a revoked key',
    'SG-04',
    4,
    (reg) => (reg ? forgedLot : (h: object) => commissioned('X', h))({ signer: revoked }),
  ],
  [
    'a key whose time is over',
    'SG-05',
    3,
    (reg) => (reg ? forgedLot : (h: object) => commissioned('X', h))({ signer: brief }),
  ],
  [
    'another log’s audience',
    'SG-07',
    4,
    (reg) => (reg ? forgedLot : (h: object) => commissioned('X', h))({ audience: 'other.example/log' }),
  ],
];

async function prepareKeys(): Promise<void> {
  await smuggle(keyStatement('maker', brief, '2026-01-02T00:00:00.000Z'));
  await smuggle(keyStatement('maker', revoked));
  const kid = toBase64url(keyId(revoked.publicKey));
  await smuggle(statement('operator', 'key', { action: 'revoke', party: ID.maker, kid, reason: 'lost' }));
  clockMs = GENESIS_MS + 10 * 86_400_000;
}

describe('an audit of a log with a statement signed by', () => {
  for (const [what, code, severity, make] of FORGERIES) {
    it(`${what} says ${code}, and gives it no effect`, async () => {
      await prepareKeys();
      const lotEntry = await smuggle(make(true));
      const eventEntry = await smuggle(make(false));
      const honest = await smuggle(commissioned('Y'));
      const { report, findings } = await run();
      expect(report.log.ok).toBe(true);
      const about = findings.filter((found) => found.subject.type === 'statement');
      expect(about.map((found) => [found.code, found.severity, found.subject.id]).sort()).toEqual(
        [lotEntry, eventEntry].map((entry) => [code, severity, String(entry)]).sort(),
      );
      expect(about.map(({ proof }) => proof)).toEqual(
        about.map(({ subject }) => [{ entry: Number(subject.id), event: -1 }]),
      );
      // The unit it commissions is nobody's, the other is one; the refused event is no event of the log.
      expect([report.units, report.events]).toEqual([1, 1]);
      expect(honest).toBe(eventEntry + 1);
      for (const mentionsMax of [1, 5]) {
        expect(JSON.stringify((await run({ mentionsMax })).report)).toBe(JSON.stringify(report));
      }
      const { signatures: _now, ...again } = (await run({ state: report.state! })).report;
      const { signatures: _then, ...first } = report;
      expect(again).toEqual(first);
    });
  }

  it('nobody, since its bytes are no statement, says SG-07', async () => {
    const entries = [
      await smuggle(new Uint8Array(40).fill(3)),
      await smuggle(flipped(made([1]), -70).slice(1)),
    ];
    const { report, findings } = await run();
    expect(report.log.ok).toBe(true);
    expect(findings.map((found) => [found.code, found.severity, found.subject.id])).toEqual(
      entries.map((entry) => ['SG-07', 4, String(entry)]),
    );
  });
});

describe('an audit of a log that begins with', () => {
  async function beginning(...statements: readonly Uint8Array[]): Promise<AuditReport> {
    const fresh = new MemoryStore();
    for (const bytes of statements) await smuggle(bytes, fresh);
    const { report } = await run({}, fresh);
    expect(report.log.ok).toBe(true);
    return report;
  }

  it('a genesis signed with a key it does not name, or not at all, knows nobody', async () => {
    const report = await beginning(
      flipped(genesisStatement(), -3),
      partyStatement('maker'),
      keyStatement('maker'),
    );
    expect(report.counts).toEqual({ 'SG-07': 1, 'SG-03': 2 });
  });

  it('anything but a genesis knows nobody', async () => {
    const report = await beginning(partyStatement('maker'), genesisStatement(), keyStatement('maker'));
    expect(report.counts).toEqual({ 'SG-03': 3 });
  });

  it('the genesis of another log says so, and believes none of it', async () => {
    const name = 'other.example/log';
    const other = {
      ...genesisPayload({}),
      origin: name,
      logKey: formatVerifierKey(name, signerOf(1).publicKey),
    };
    const genesis = statement('operator', 'genesis', other, { audience: name });
    const party = { id: ID.maker, name: 'maker', roles: ['manufacturer'] } as const;
    const report = await beginning(genesis, statement('operator', 'party', party, { audience: name }));
    expect(report.counts).toEqual({ 'SG-07': 1, 'SG-03': 1 });
  });

  it('the genesis of another log key says so', async () => {
    const other = { ...genesisPayload({}), logKey: formatVerifierKey(ORIGIN, signerOf(150).publicKey) };
    const report = await beginning(statement('operator', 'genesis', other), partyStatement('maker'));
    expect(report.counts).toEqual({ 'SG-07': 1, 'SG-03': 1 });
  });

  it('two of the same genesis ignores the second', async () => {
    const report = await beginning(
      genesisStatement(),
      genesisStatement(),
      partyStatement('maker'),
      keyStatement('maker'),
      productStatement(),
      lotStatement(),
    );
    expect(report.counts).toEqual({ 'SG-09': 1 });
  });
});
