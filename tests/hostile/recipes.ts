/**
 * How to call every public function well; the attempts then spoil one argument, or one part of it, at a time.
 *
 * Reads  samples.ts.   Used by  attack.ts, which fails for an exported function that has no recipe here.
 * @module
 */
import { createHash } from 'node:crypto';
import * as bytes from '../../src/bytes/index.ts';
import * as crypto from '../../src/crypto/index.ts';
import * as epcis from '../../src/epcis/index.ts';
import * as errors from '../../src/errors.ts';
import * as gs1 from '../../src/gs1/index.ts';
import * as log from '../../src/log/index.ts';
import * as merkle from '../../src/merkle/index.ts';
import * as note from '../../src/note/index.ts';
import * as statement from '../../src/statement/index.ts';
import * as auditing from '../../src/audit/index.ts';
import * as ledger from '../../src/ledger/index.ts';
import * as node from '../../src/node/index.ts';
import * as testing from '../../src/testing/index.ts';
import { made } from '../ledger/bench.ts';
import {
  EXPIRY,
  GENESIS_MS,
  genesisPayload,
  GTIN,
  ID,
  logKey,
  logSigner,
  LOT,
  ORIGIN,
  PRODUCT,
  SIGNER,
  SITE,
} from '../support/cast.ts';
import * as s from './samples.ts';

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
export type AnyFunction = Function;

/** A good call. */
export interface Recipe {
  readonly args: () => readonly unknown[] | Promise<readonly unknown[]>;
  /** True where the parts of an argument are this library's own making: only whole arguments are spoilt. */
  readonly shallow?: boolean;
}

export const RECIPES = new Map<AnyFunction, Recipe>();

function recipe(target: AnyFunction, ...args: readonly unknown[]): void {
  RECIPES.set(target, { args: () => args });
}

function each(targets: readonly AnyFunction[], ...args: readonly unknown[]): void {
  for (const target of targets) recipe(target, ...args);
}

const now = GENESIS_MS;
const many = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

// errors
recipe(errors.argumentTypeError, 'title', 'a number', 'x');
recipe(errors.argumentRangeError, 'title', '1 to 2', 3);
recipe(errors.errorCode, new Error('x'));
recipe(errors.invariant, true, 'message');

// bytes
recipe(bytes.assertArray, 'title', [1], 5);
recipe(bytes.assertBoolean, 'title', true);
recipe(bytes.assertBytes, 'title', many, 8);
recipe(bytes.assertFunction, 'title', () => 1);
recipe(bytes.assertIterable, 'title', [1]);
recipe(bytes.assertInteger, 'title', 1, 0, 5);
recipe(bytes.assertObject, 'title', { a: () => 1 }, ['a']);
recipe(bytes.assertOptions, 'title', { a: 1 }, ['a']);
recipe(bytes.assertString, 'title', 'text', 5);
recipe(bytes.assertText, 'title', 'text');
each([bytes.compareBytes, bytes.equalBytes, bytes.concatBytes], many, many);
recipe(bytes.dayOfDate, 2026, 1, 1);
recipe(bytes.daysInMonth, 2026, 2);
each([bytes.formatDate, bytes.formatTime], now);
each([bytes.fromBase64, bytes.fromBase64url, bytes.fromHex, bytes.cutFree], 'abcd');
each([bytes.isWellFormed, bytes.utf8Encode], 'text');
recipe(bytes.parseDate, EXPIRY);
recipe(bytes.parseTime, '2026-01-01T00:00:00.000Z');
recipe(bytes.readUint64, many, 0);
each([bytes.toBase64, bytes.toBase64url, bytes.toHex], many);
recipe(bytes.utf8Decode, Uint8Array.of(65));
recipe(bytes.writeUint64, many.slice(), 0, 5);

// crypto, node
const nativeHash = (data: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(data).digest());
recipe(crypto.accelerate, { sha256: nativeHash, verifyAccepts: () => false });
recipe(crypto.assertSigner, 'title', s.signer);
each([crypto.checkEnrolment, crypto.keyId], s.signer.publicKey);
each([crypto.createSigner, node.nativeSigner], s.SEED);
recipe(crypto.isPortableSignature, s.signer.sign(many), s.signer.publicKey);
recipe(crypto.sha256, many);
recipe(crypto.verify, s.signer.sign(many), many, s.signer.publicKey);
recipe(crypto.verifyBatch, [
  { signature: s.signer.sign(many), message: many, publicKey: s.signer.publicKey },
]);
each([crypto.prepareKernel, node.installNativeCrypto, node.randomBytes32]);
recipe(node.signUnitCodesParallel, [s.unitCode], s.SEED, {
  workers: 1,
  signal: new AbortController().signal,
  onProgress: () => {},
});

// merkle
recipe(merkle.appendLeaf, s.range, s.hashes[5], () => 1);
recipe(merkle.checkConsistency, 2, 5, [s.hashes[0]], s.root, s.root);
recipe(merkle.checkInclusion, s.hashes[0], 0, 5, [s.hashes[0]], s.root);
recipe(merkle.emptyRange, 0);
recipe(merkle.fromHashes, 5, s.range.hashes);
recipe(merkle.hashLeaf, many);
recipe(merkle.hashNode, s.hashes[0], s.hashes[1]);
recipe(merkle.mergeRanges, s.range, merkle.emptyRange(5), () => 1);
recipe(merkle.proveConsistency, 2, 5, s.reader);
recipe(merkle.proveInclusion, 0, 5, s.reader);
recipe(merkle.proveInclusions, [0, 3], 5, s.reader);
recipe(merkle.rangeFromNodes, 5, s.reader);
recipe(merkle.rangePositions, 0, 5);
recipe(merkle.rangeRoot, s.range);
recipe(merkle.storedIndex, 1, 0);
recipe(merkle.storedNodeCount, 5);
recipe(merkle.storedNodePosition, 3);

// note
recipe(note.assertNoteSigner, 'title', logSigner);
recipe(note.assertNoteVerifier, 'title', s.verifier);
each([note.checkCheckpoint, note.openCheckpoint], s.checkpointNote, s.verifier);
recipe(note.formatCheckpoint, s.checkpoint);
recipe(note.formatTlogProof, {
  index: 7,
  proof: s.receipt.proof,
  checkpoint: s.receipt.checkpoint,
  extra: many,
});
each([note.formatVerifierKey, note.noteKeyId], ORIGIN, s.signer.publicKey);
recipe(note.isKeyName, ORIGIN);
recipe(note.openNote, s.checkpointNote, [s.verifier]);
recipe(note.parseCheckpoint, note.formatCheckpoint(s.checkpoint));
recipe(note.parseNote, s.checkpointNote);
recipe(note.parseTlogProof, s.proof);
recipe(note.parseVerifierKey, logKey);
recipe(note.signCheckpoint, s.checkpoint, logSigner);
recipe(note.signNote, 'text\n', [logSigner]);

// log
RECIPES.set(log.assertCommit, { args: async () => [(await s.filledStore()).commit] });
recipe(log.assertDerivedBlock, { nodes: s.nodes, postings: [{ subject: 'a', entry: 0, count: 1 }] }, 5);
recipe(log.assertFlag, 'name', 'value');
recipe(log.assertHead, s.head);
recipe(log.assertIndexes, [1], 5);
recipe(log.assertRebuiltNodeCount, 8, 5);
recipe(log.assertStore, 'title', s.store);
recipe(log.checkReceipt, s.receipt, s.entryBytes, s.verifier);
recipe(log.decodeEntry, s.entryBytes);
recipe(log.encodeEntry, { recordTimeMs: now, previous: s.SEED, statement: many });
recipe(log.makeReceipt, s.store, 7, s.head);
recipe(log.makeReceipts, s.store, [7, 8], s.head);
recipe(log.makeReceiptsFrom, (nodes: readonly number[]) => s.store.readNodes(nodes), [7, 8], s.head);
recipe(
  log.prepareCommit,
  s.head,
  [{ bytes: many, postings: (entry: number) => [{ subject: 'a', entry, count: 1 }] }],
  { recordTimeMs: now, origin: ORIGIN, signer: logSigner },
);
recipe(log.readVerifiedHead, s.store, { origin: ORIGIN, signer: logSigner });
recipe(log.readTogether, s.store, async () => 1);
recipe(log.receiptFromTlogProof, s.proof);
recipe(log.receiptToTlogProof, s.receipt);
recipe(log.repeatedPosting);

// gs1
each([gs1.aiFormat], '01');
recipe(gs1.aiList);
each(
  [gs1.canonicalDigitalLink, gs1.canonicalId, gs1.parseCanonicalId, gs1.parseId, gs1.parseDigitalLink],
  s.unit,
);
recipe(gs1.checkDigit, '0952100000001');
recipe(gs1.epcElements, 'urn:epc:id:sgtin:9521000.000001.A');
const elements = [
  { ai: '01', value: GTIN },
  { ai: '21', value: 'A' },
];
recipe(gs1.formatDigitalLink, elements, { domain: 'https://example.com' });
recipe(gs1.formatElementString, elements, { bracketed: true });
each([gs1.isGln, gs1.isGtin, gs1.isSscc, gs1.toGtin14], GTIN);
recipe(gs1.labelKeyId, s.signer.publicKey);
recipe(gs1.lotId, GTIN, LOT);
recipe(gs1.parseCode, gs1.toElementString(s.signed));
recipe(gs1.parseElementString, `(01)${GTIN}(21)A`);
recipe(gs1.partyId, ID.maker.slice(-13));
recipe(gs1.placeId, ID.maker.slice(-13), 'A');
recipe(gs1.productId, GTIN);
recipe(gs1.sgtin, GTIN, 'A');
recipe(gs1.signUnitCode, s.unitCode, s.signer);
recipe(gs1.signUnitCodes, [s.unitCode], s.signer);
recipe(gs1.sscc, s.container.slice(-18));
recipe(gs1.toDigitalLink, s.signed, { domain: 'https://example.com' });
recipe(gs1.toElementString, s.signed, { bracketed: true });
recipe(gs1.traceCodeId, '81123450000000000017');
recipe(gs1.unitCodeMessage, s.unitCode, s.signed.keyId);
recipe(gs1.verifyUnitCode, s.signed, SIGNER.maker.publicKey);

// epcis
const at = { time: now, place: SITE.maker } as const;
const use = { ...at, ids: [s.unit], actId: 'a'.repeat(16), doses: 1, eventID: 'urn:x:1' } as const;
recipe(epcis.retire, use);
const care = { ...use, practitioner: 'urn:x:1', department: 'x', procedure: 'x' };
each([epcis.administer, epcis.dispense, epcis.open], care);
recipe(epcis.canonicalEventString, s.commissioning, ['https://ref.gs1.org/'], ['cm:x']);
recipe(epcis.eventHash, s.commissioning, ['https://ref.gs1.org/'], ['cm:x']);
recipe(epcis.eventHashes, s.document);
recipe(epcis.codeId, 'text');
recipe(epcis.commission, { ...at, units: [s.unit], lot: LOT, expiry: EXPIRY, product: PRODUCT });
recipe(epcis.decommission, { ...at, ids: [s.unit], destroyed: true });
recipe(epcis.documents, [s.commissioning], {
  creationTime: now,
  payloadBytesMax: 60_000,
  actId: 'a'.repeat(16),
});
recipe(epcis.isUri, s.unit);
const where = { latitude: 1, longitude: 1, radius: 20_000, countries: ['DE'], session: 'a'.repeat(16) };
recipe(epcis.observe, {
  ...at,
  ids: [s.unit],
  presented: 'x',
  entryMode: 'scan',
  unused: true,
  claim: 'not-supplied',
  purchased: now,
  joint: true,
  bizStep: 'inspecting',
  ...where,
});
recipe(epcis.correct, s.commissioning, {
  time: now,
  reason: 'did_not_occur',
  correctiveEventIDs: ['urn:x:1'],
});
recipe(epcis.declare, { ...at, ids: [s.unit], set: ['stolen'], unset: ['lost'] });
recipe(epcis.undo, { ...at, ids: [s.unit], undoes: 'dispense' });
recipe(epcis.alias, { ...at, unit: s.unit, alias: 'urn:x:1' });
recipe(epcis.decline, { ...at, ids: [s.unit], reason: 'x' });
recipe(epcis.stockTake, { ...at, quantities: [{ lot: `${PRODUCT}/10/${LOT}`, quantity: 1 }] });
recipe(epcis.repack, { ...at, inputs: [s.unit], outputs: ['urn:x:1'] });
recipe(epcis.pack, {
  ...at,
  container: s.container,
  children: [s.unit],
  quantities: [{ lot: `${PRODUCT}/10/${LOT}`, quantity: 1 }],
});
recipe(epcis.unpack, { ...at, container: s.container, children: [s.unit], absent: ['urn:x:1'] });
recipe(epcis.readDocument, s.document);
recipe(epcis.readEvent, s.commissioning, 'path');
const way = { ...at, ids: [s.unit], from: ID.maker, to: ID.north };
const papers = { document: 'urn:x:1', documents: [{ type: 'inv', id: 'urn:x:2' }] };
each([epcis.accept, epcis.receive], { ...way, ...papers, absent: ['urn:x:3'] });
each([epcis.reject, epcis.reportDelivery, epcis.voidShipment], { ...way, ...papers });
recipe(epcis.returnUnits, { ...way, toPlace: SITE.north });
recipe(epcis.ship, { ...way, toPlace: SITE.north, ...papers });
recipe(epcis.sensor, {
  ...at,
  ids: [s.unit],
  deviceId: 'urn:x:1',
  readings: [{ time: now, type: 'Temperature', value: 5, uom: 'CEL' }],
});
each([epcis.vocabularyUri, epcis.vocabularyWord], 'bizStep', 'shipping');
recipe(epcis.vocabularyUrnToUri, 'urn:epcglobal:cbv:disp:active');

// statement
const draft = {
  kind: 'genesis',
  payload: genesisPayload({}),
  issuer: ID.operator,
  subject: 'x',
  audience: ORIGIN,
  sequence: 1,
};
recipe(
  statement.authority,
  'product',
  { id: PRODUCT, name: 'x' },
  {
    signer: { id: ID.maker, name: 'x', roles: ['manufacturer'], prefixes: ['9521'] },
    lookup: {
      party: () => undefined,
      keyOwner: () => undefined,
      licenceIssuer: () => undefined,
      licence: () => undefined,
    },
    first: false,
  },
);
recipe(statement.checkPayloadJson, Uint8Array.of(0x7b, 0x7d));
recipe(statement.contentType, 'product');
recipe(statement.mayWrite, 'product', ['manufacturer']);
recipe(statement.openEnvelope, s.envelope);
each([statement.openStatement, statement.readEnvelope], s.statementBytes);
recipe(statement.ownsProduct, { id: ID.maker, name: 'x', roles: [], prefixes: ['9521'] }, PRODUCT);
recipe(statement.prepareStatement, { ...draft, publicKey: SIGNER.operator.publicKey });
recipe(statement.readPayload, 'genesis', genesisPayload({ missingStepsMax: 1 }));
recipe(statement.signStatement, { ...draft, signer: SIGNER.operator });
recipe(statement.verifyStatement, s.envelope, SIGNER.maker.publicKey);

// audit, ledger, testing
const state = { version: 1, origin: ORIGIN, size: 9, root: 'x', checkpoint: s.head.checkpoint, refused: [1] };
recipe(auditing.audit, s.store, {
  logKey,
  pinned: [s.head.checkpoint],
  onFinding: () => 1,
  onProgress: () => 1,
  signal: new AbortController().signal,
  checkDerived: true,
  policy: { checksStop: 9 },
  state,
  mentionsMax: 10,
  workers: 1,
});
recipe(ledger.auditOn, s.store, {
  logKey,
  pinned: [s.head.checkpoint],
  onFinding: () => 1,
  onProgress: () => 1,
  signal: new AbortController().signal,
  checkDerived: true,
  memory: new auditing.TransientMemory(),
  mentionsMax: 10,
  workers: 1,
});
recipe(auditing.installAuditHost, { startThread: undefined, openSpill: () => 1 });
recipe(auditing.deriveBlocks, s.store, 9, s.root);
recipe(ledger.formatProof, s.receipt, s.entryBytes);
recipe(ledger.verifyProof, s.proof, s.verifier);
RECIPES.set(testing.collect, { args: () => [s.store.scanPostings()] });
RECIPES.set(testing.rejection, { args: () => [Promise.resolve()] });
recipe(testing.sampleCommit, s.head, 3);
recipe(testing.sampleStatement, 'text', ['a']);
recipe(testing.sampleStatements, 0, 3);
const ignore = (): void => {};
recipe(
  testing.storeConformance,
  { describe: ignore, it: ignore, expect: ignore },
  { create: async () => ({}), manifest: {} },
);

/** Statement bytes that no ledger has seen. */
export function freshStatement(): Uint8Array {
  return made([Math.random()]);
}
