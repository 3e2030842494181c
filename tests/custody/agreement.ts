/**
 * Statements of events read the fast way and the simple way, compared act for act: shared by the tests of the reader. What is scanned
 * instead is compared three times: as acts, as an audit packs them, and as the rows it expects of them.
 * @module
 */
import { expect } from 'vitest';
import { toBase64url, utf8Decode, utf8Encode } from '../../src/bytes/index.ts';
import { EntryRows } from '../../src/audit/entry-rows.ts';
import { RowHash } from '../../src/audit/row-hash.ts';
import { StreamWriter } from '../../src/audit/streams.ts';
import { kernel } from '../../src/crypto/kernel.ts';
import {
  actsOfDocument,
  type Act,
  type ScannedActs,
  type StatementHead,
  type StatementReader,
} from '../../src/custody/index.ts';
import * as epcis from '../../src/epcis/index.ts';
import { openStatement, readEnvelope, type StatementKind } from '../../src/statement/index.ts';
import { encodeEnvelope } from '../../src/statement/cose.ts';
import { BUILDERS, CONTAINER, OTHER_PARTY, PARTY, PLACE, TIME, units } from '../epcis/samples.ts';
import { CLINIC, DISTRIBUTOR } from '../statement/samples.ts';

export const RECORDED_MS = TIME + 5000;
// Nothing is scanned by a thread that has no kernel yet.
kernel();
const SIGNATURE = new Uint8Array(64).fill(7);

/** A statement around any payload text; nobody looks at its signature. */
export function statement(
  payload: string,
  signer = 1,
  sequence = 300,
  kind: StatementKind = 'events',
): Uint8Array {
  const header = {
    kind,
    issuer: signer % 2 === 0 ? DISTRIBUTOR : CLINIC,
    subject: `about ${sequence}`,
    audience: 'ledger.example/log',
    kid: new Uint8Array(32).fill(signer),
    sequence,
  } as const;
  return encodeEnvelope(header, utf8Encode(payload)).finish(SIGNATURE);
}

export function payloadOf(events: readonly epcis.EpcisEvent[], creationTime = TIME): string {
  return JSON.stringify(epcis.documents(events, { creationTime })[0]);
}

/** What a statement says: its head, and the acts of events. */
interface Said {
  readonly head: Pick<
    StatementHead,
    'kind' | 'issuer' | 'audience' | 'kid' | 'sequence' | 'toBeSigned' | 'signature'
  >;
  readonly acts: readonly Act[] | Refused;
}
interface Refused {
  readonly refused: string;
}

function refusalOr<T>(read: () => T): T | Refused {
  try {
    return read();
  } catch (error) {
    const { code, message, details } = error as { code?: string; message: string; details?: unknown };
    return { refused: `${code} ${message} ${JSON.stringify(details)}` };
  }
}

/** What the simple way says. */
export function simply(bytes: Uint8Array, entry: number): Said {
  const { kind, issuer, audience, sequence, toBeSigned, signature, kid: thumbprint } = readEnvelope(bytes);
  const kid = toBase64url(thumbprint);
  const acts = (): readonly Act[] => {
    const { statement: opened } = openStatement(bytes);
    if (opened.kind !== 'events') return [];
    return actsOfDocument(opened.payload, { entry, recordTimeMs: RECORDED_MS, issuer, kid });
  };
  const head = { kind, issuer, audience, kid, sequence, toBeSigned, signature };
  return { head, acts: kind === 'events' ? refusalOr(acts) : [] };
}

export function readBy(reader: StatementReader, bytes: Uint8Array, entry: number): Said {
  const read = reader.head(bytes);
  const { kind, issuer, audience, kid, sequence, toBeSigned, signature } = read;
  const head = { kind, issuer, audience, kid, sequence, toBeSigned, signature };
  return { head, acts: kind === 'events' ? refusalOr(() => reader.acts(read, entry, RECORDED_MS)) : [] };
}

/** As text; a field that is undefined is not one that is missing. */
function spelled(said: Said | Refused): string {
  return JSON.stringify(said, (_key, value: unknown) => (value === undefined ? '\u2205' : value));
}

/** Both ways agree; returns the acts, if there are any. */
export function agree(reader: StatementReader, bytes: Uint8Array, entry = 3): readonly Act[] | undefined {
  const expected = refusalOr(() => simply(bytes, entry));
  const read = refusalOr(() => readBy(reader, bytes, entry));
  // Acts are compared as text elsewhere, so the order of their fields counts, too.
  expect(spelled(read)).toBe(spelled(expected));
  const acts = 'refused' in read || 'refused' in read.acts ? undefined : read.acts;
  if (!('refused' in read)) agreeScanned(reader, bytes, entry, acts);
  return acts;
}

/** What is scanned is what was read. */
function agreeScanned(
  reader: StatementReader,
  bytes: Uint8Array,
  entry: number,
  acts: readonly Act[] | undefined,
): void {
  const head = reader.head(bytes);
  const scanned = reader.scan(head);
  if (scanned === undefined) return;
  const { issuer, kid, sequence } = head;
  const source = { entry, recordTimeMs: RECORDED_MS, issuer, kid };
  expect(spelledActs(actsOfScanned(scanned, source))).toBe(spelledActs(acts ?? []));
  expect(acts).not.toHaveLength(0);
  for (const partitions of [1, 3]) {
    const parting = { partitions, seed: 7 };
    const [found, expected] = [new StreamWriter(parting), new StreamWriter(parting)];
    // A second time: words are written once.
    for (let i = 0; i < 2; i++) {
      found.writeScanned(source, scanned);
      for (const act of acts!) expected.write(act);
    }
    expect(found.finish()).toEqual(expected.finish());
  }
  const hash = new RowHash(new Uint8Array(32).fill(3));
  const [found, expected] = [new EntryRows(hash, 2), new EntryRows(hash, 2)];
  const signed = { kid, sequence };
  found.addScanned(entry, 1, { bytes, signed }, scanned);
  expected.add(entry, 1, { bytes, isRegistry: false, signed }, acts!);
  found.end();
  expected.end();
  expect(found.digests).toEqual(expected.digests);
}

function spelledActs(acts: readonly Act[]): string {
  return JSON.stringify(acts, (_key, value: unknown) => (value === undefined ? '\u2205' : value));
}

/** Acts as objects, of what was found. */
export function actsOfScanned(
  { bytes, acts, count }: ScannedActs,
  source: { entry: number; recordTimeMs: number; issuer: string; kid: string },
): Act[] {
  const text = (start: number, end: number): string => utf8Decode(bytes.subarray(start, end));
  return acts.slice(0, count).map((act, event) => ({
    ref: { entry: source.entry, event },
    recordTimeMs: source.recordTimeMs,
    timeMs: act.timeMs,
    step: act.step,
    actor: source.issuer,
    kid: source.kid,
    eventId: act.eventIdEnd === 0 ? undefined : text(act.eventIdAt, act.eventIdEnd),
    ids: act.runs.slice(0, act.runCount).flatMap(({ family, serialAt, serialLength, stride, count: units }) =>
      Array.from({ length: units }, (_, i) => {
        const at = serialAt + i * stride;
        return family + text(at, at + serialLength);
      }),
    ),
    parent: undefined,
    place: act.place,
    from: act.from,
    to: act.to,
    toPlace: act.toPlace,
    lot: act.lot,
    expiry: act.expiry,
    actId: act.actIdEnd === 0 ? undefined : text(act.actIdAt, act.actIdEnd),
    doses: act.doses,
    scan: undefined,
    more: act.more,
  }));
}

/** Events as services send them most: without what makes an event rich. */
const common = { ids: units(2), time: TIME, place: PLACE };
export const PLAIN: readonly epcis.EpcisEvent[] = [
  epcis.commission({ units: units(2), time: TIME, place: PLACE, lot: 'A-1', expiry: '2027-05-31' }),
  epcis.commission({ units: units(1), time: TIME, place: PLACE, lot: 'A-1' }),
  epcis.pack({ container: CONTAINER, children: units(3), time: TIME, place: PLACE }),
  epcis.unpack({ container: CONTAINER, children: units(3), time: TIME, place: PLACE }),
  epcis.ship({ ...common, from: PARTY, to: OTHER_PARTY, toPlace: PLACE, document: 'urn:x:2' }),
  epcis.receive({ ...common, from: PARTY, to: OTHER_PARTY }),
  epcis.observe({ ...common, presented: '0109521141012345\u001d21A', entryMode: 'scan' }),
  epcis.observe({ ...common, session: 'session-0123456789', unused: true }),
  epcis.dispense({ ...common, actId: 'act-0123456789abcdef', doses: 2 }),
  epcis.administer({ ...common, actId: 'act-0123456789abcdef', department: 'dermatology' }),
  epcis.decommission({ ...common, destroyed: true }),
];
/** Those, and of each builder the fullest. */
export const ALL = [...PLAIN, ...BUILDERS.map(([, build, options]) => build(options as never))];
