/**
 * From payload files to signed statements, and from files of signed statements to their bytes.
 *
 * Reads  statement/, epcis/, key-file.ts, json-text.ts.   Used by  sign.ts, append.ts, import.ts.
 * Rules  every payload is checked before a sequence number is spent; numbers are durable before the first signature. An EPCIS
 *        document that fits an entry is signed as it is; one that does not is split, and its parts say so.
 * @module
 */
import { fromBase64url, parseTime } from '../bytes/index.ts';
import { PAYLOAD_BYTES_DEFAULT, documents, eventHash, readDocument, NAMESPACE } from '../epcis/index.ts';
import type { EpcisDocument, EpcisEvent } from '../epcis/index.ts';
import { DecodeError } from '../errors.ts';
import {
  prepareStatement,
  signStatement,
  STATEMENT_KINDS,
  type Payloads,
  type StatementDraft,
  type StatementKind,
} from '../statement/index.ts';
import { usageError } from './command.ts';
import { nameOf, readBytes, readText } from './files.ts';
import { parseJsonObject } from './json-text.ts';
import { readPartyKey, takeSequence } from './key-file.ts';

/** A signed statement and where it comes from. */
export interface Signed {
  /** File, with the number of the statement in it where it holds several. */
  readonly source: string;
  readonly bytes: Uint8Array;
}

/** A statement kind named on the command line. */
export function kindOf(text: string): StatementKind {
  const kind = STATEMENT_KINDS.find((known) => known === text);
  if (kind === undefined) throw usageError(`--kind expected one of ${STATEMENT_KINDS.join(', ')}`);
  if (kind === 'genesis') throw usageError('--kind genesis: a ledger is begun with "countermark init"');
  return kind;
}

/**
 * Signs the payloads in JSON files, one statement a file, or several for an EPCIS document that does not fit one.
 *
 * @param options.origin - of the log the statements are for.
 * @throws {DecodeError | RangeError} if a payload is not one of its kind; no sequence number is spent then.
 */
export async function signFiles(options: {
  readonly kind: StatementKind;
  readonly key: string;
  readonly origin: string;
  readonly paths: readonly string[];
  readonly subject?: string | undefined;
  readonly signal: AbortSignal;
}): Promise<readonly Signed[]> {
  const { kind, key: keyPath, origin, paths, subject, signal } = options;
  const { party, signer } = await readPartyKey(keyPath, signal);
  const payloads: { readonly source: string; readonly payload: object }[] = [];
  for (const path of paths) {
    const value = parseJsonObject(await readText(path, signal), nameOf(path));
    const parts = kind === 'events' ? inFile(path, () => fitDocument(readDocument(value))) : [value];
    for (const [i, payload] of parts.entries()) {
      payloads.push({ source: parts.length === 1 ? path : `${path}#${i + 1}`, payload });
    }
  }
  const draftOf = (payload: object, sequence: number): StatementDraft => ({
    kind,
    payload: payload as Payloads[StatementKind],
    issuer: party,
    ...(subject !== undefined && { subject }),
    audience: origin,
    sequence,
  });
  for (const { source, payload } of payloads) {
    signal.throwIfAborted();
    inFile(source, () => prepareStatement({ ...draftOf(payload, 0), publicKey: signer.publicKey }));
  }
  const first = await takeSequence(keyPath, payloads.length, signal);
  return payloads.map(({ source, payload }, i) => ({
    source,
    bytes: signStatement({ ...draftOf(payload, first + i), signer }),
  }));
}

/**
 * The statements in a file: one as raw bytes, or one a line in base64url, as `countermark sign` writes them.
 * @throws {DecodeError} if a line is not base64url; whether it is a statement is the ledger's question.
 */
export async function readStatements(path: string, signal: AbortSignal): Promise<readonly Signed[]> {
  const bytes = await readBytes(path, signal);
  if (bytes[0] === COSE_SIGN1_TAG) return [{ source: path, bytes }];
  const lines = new TextDecoder().decode(bytes).split('\n');
  const statements: Signed[] = [];
  for (const [i, line] of lines.entries()) {
    const text = line.trim();
    if (text === '') continue;
    try {
      statements.push({ source: `${path}#${i + 1}`, bytes: fromBase64url(text) });
    } catch {
      const message = `couldn't read ${nameOf(path)}: line ${i + 1} is no signed statement in base64url`;
      throw new DecodeError('ERR_DECODE_MALFORMED', message);
    }
  }
  if (statements.length === 0) {
    throw new DecodeError('ERR_DECODE_MALFORMED', `couldn't read ${nameOf(path)}: it holds no statement`);
  }
  return statements;
}

/** Runs `work`; an error it throws names the file. */
function inFile<T>(source: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) error.message += ` (${nameOf(source)})`;
    throw error;
  }
}

/** First byte of a raw statement: CBOR tag 18. */
const COSE_SIGN1_TAG = 0xd2;

/** The document itself, or its parts, each small enough for one statement and with the head of the whole. */
export function fitDocument(document: EpcisDocument): readonly EpcisDocument[] {
  const { epcisBody, ...head } = document;
  if (document['cm:act'] !== undefined || jsonBytes(document) <= PAYLOAD_BYTES_DEFAULT) return [document];
  const context = partContext(document['@context']);
  // The parts carry the document's own head instead of the splitter's: that much less room is left for events.
  const payloadBytesMax = PAYLOAD_BYTES_DEFAULT - jsonBytes({ ...head, '@context': context });
  if (payloadBytesMax < HEAD_ROOM) {
    throw new DecodeError(
      'ERR_DECODE_LIMIT',
      "couldn't split the document: its head is too large for an entry",
    );
  }
  const given = new Set<EpcisEvent>(epcisBody.eventList);
  const creationTime = parseTime(document.creationDate)!;
  return documents(epcisBody.eventList, { creationTime, payloadBytesMax }).map((part) => ({
    ...head,
    '@context': context,
    epcisBody: {
      // A part of an event has a content of its own, so its hash is made again under the document's prefixes.
      eventList: part.epcisBody.eventList.map((event) =>
        given.has(event) ? event : { ...event, eventID: eventHash(event, context) },
      ),
    },
    'cm:act': part['cm:act']!,
    'cm:part': part['cm:part']!,
    'cm:parts': part['cm:parts']!,
  }));
}

/** Least room a split document's head must leave in each part. */
const HEAD_ROOM = 10_000;

function partContext(context: EpcisDocument['@context']): EpcisDocument['@context'] {
  const declares = context.some((entry) => typeof entry === 'object' && entry !== null && 'cm' in entry);
  return declares ? context : [...context, { cm: NAMESPACE }];
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
