// Goal: a ledger file of format 1 is read by this version, entry for entry, and means what it meant.
// Method: a copy of the stored file, opened read-only; audited; every entry taken apart and written again, byte for byte.
import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { equalBytes } from '../../src/bytes/index.ts';
import { sha256 } from '../../src/crypto/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { Ledger, verifyProof } from '../../src/ledger/index.ts';
import { decodeEntry, encodeEntry } from '../../src/log/index.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { Registry } from '../../src/registry/index.ts';
import {
  STATEMENT_KINDS,
  openStatement,
  prepareStatement,
  type StatementDraft,
} from '../../src/statement/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { referenceRoot } from '../reference/merkle.ts';
import { temporaryFolder } from '../support/temporary.ts';

installNativeCrypto();

interface Expected {
  readonly format: number;
  readonly origin: string;
  readonly logKey: string;
  readonly size: number;
  readonly root: string;
  readonly checkpoint: string;
  readonly statements: number;
  readonly events: number;
  readonly units: number;
  readonly containers: number;
  readonly codes: readonly string[];
  readonly findings: readonly Pick<Finding, 'id' | 'code' | 'severity' | 'subject' | 'proof' | 'count'>[];
}

const stored = (name: string): string => fileURLToPath(new URL(`v1/${name}`, import.meta.url));
const expected = JSON.parse(readFileSync(stored('expected.json'), 'utf8')) as Expected;
const folder = temporaryFolder();
const copy = folder.file('ledger.db');
copyFileSync(stored('ledger.db'), copy);
const digest = fileDigest(copy);

afterAll(() => folder.remove());

describe('a ledger file of format 1', () => {
  it('gives its root, its checkpoint and its findings', async () => {
    const store = await SqliteStore.open(copy, { readonly: true });
    const findings: Finding[] = [];
    const report = await audit(store, {
      logKey: expected.logKey,
      pinned: [expected.checkpoint],
      onFinding: (found) => findings.push(found),
    });
    await store.close();
    const { origin, size, root, checkpoint, statements, events, units, containers } = expected;
    expect(report.ok).toBe(true);
    expect(report).toMatchObject({ origin, size, root, checkpoint, statements, events, units, containers });
    const known = findings
      .filter(({ code }) => expected.codes.includes(code))
      .map(({ id, code, severity, subject, proof, count }) => ({ id, code, severity, subject, proof, count }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(known).toEqual(expected.findings);
  });

  it('re-encodes every entry and every statement to the same bytes', async () => {
    const entries = await readAll();
    const registry = new Registry();
    const kinds = new Set<string>();
    for (const [index, bytes] of entries.entries()) {
      const { recordTimeMs, previous, statement } = decodeEntry(bytes);
      expect(equalBytes(encodeEntry({ recordTimeMs, previous, statement }), bytes)).toBe(true);
      const opened = openStatement(statement);
      const { kind, payload, issuer, subject, audience, sequence, kid } = opened.statement;
      registry.apply(index, recordTimeMs, opened.statement);
      const { publicKey } = registry.key(kid)!;
      const draft = { kind, payload, issuer, subject, audience, sequence } as StatementDraft;
      const prepared = prepareStatement({ ...draft, publicKey });
      expect(equalBytes(prepared.toBeSigned, opened.toBeSigned)).toBe(true);
      expect(equalBytes(prepared.finish(opened.signature), statement)).toBe(true);
      kinds.add(kind);
    }
    expect([...kinds].sort()).toEqual([...STATEMENT_KINDS].sort());
    expect(Buffer.from(referenceRoot(entries)).toString('base64')).toBe(expected.root);
  });

  it('proves every entry to a stranger who has the log key only', async () => {
    const ledger = await Ledger.open({
      store: await SqliteStore.open(copy, { readonly: true }),
      logKey: expected.logKey,
    });
    for (let entry = 0; entry < expected.size; entry++) {
      const proof = verifyProof(await ledger.prove(entry), expected.logKey);
      expect(proof).toMatchObject({ ok: true, origin: expected.origin, entry, size: expected.size });
    }
    await ledger.close();
  });

  it('is not written to by reading', () => {
    expect(fileDigest(copy)).toBe(digest);
  });
});

async function readAll(): Promise<Uint8Array[]> {
  const store = await SqliteStore.open(copy, { readonly: true });
  const entries = await store.readEntries(0, expected.size);
  await store.close();
  expect(entries.map(({ index }) => index)).toEqual(Array.from({ length: expected.size }, (_, i) => i));
  return entries.map(({ bytes }) => bytes);
}

function fileDigest(path: string): string {
  return Buffer.from(sha256(new Uint8Array(readFileSync(path)))).toString('hex');
}
