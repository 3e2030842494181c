// Browser-safe.
/**
 * The event hash of CBV 2.0: an eventID that anyone computes from the event's content alone.
 *
 * Reads  prehash.ts, crypto/ (SHA-256).   Used by  epcis/ builders and split, custody/ (corrections name events by it).
 * Source CBV 2.0 section 8.9; RFC 6920 for the `ni` URI.
 * Never  proves authorship: whoever changes an event can compute its new hash.
 * @module
 */

import { assertArray, assertObject, assertString, toHex, utf8Encode } from '../bytes/index.ts';
import { sha256 } from '../crypto/index.ts';
import { argumentRangeError } from '../errors.ts';
import { DOCUMENT_CONTEXT, prefixesOf } from './context.ts';
import type { EpcisDocument, EpcisEvent } from './event.ts';
import { prehash } from './prehash.ts';

/** An event without the id that its hash becomes. */
export type Unidentified = EpcisEvent | (Readonly<Record<string, unknown>> & { readonly type: string });

/** Length of every id that {@link eventHash} returns. */
export const EVENT_HASH_LENGTH = 'ni:///sha-256;?ver=CBV2.0'.length + 64;

const DEPTH_MAX = 64;
const PARTS_MAX = 1_000_000;
const EVENTS_MAX = 1_000_000;
const IGNORED_MAX = 1000;
const OUR_PREFIXES = prefixesOf(DOCUMENT_CONTEXT);

/**
 * `ni:///sha-256;<64 hex>?ver=CBV2.0` of an event's content.
 *
 * The same for any spelling and order of the same content; eventID, recordTime and errorDeclaration are left out, so an error
 * declaration has the id of the event it is about. Cost: one pass, one SHA-256; no well-formed event makes it throw.
 *
 * @param event - an event as read or built.
 * @param context - the document's `@context`, which gives prefixes their namespaces; default {@link DOCUMENT_CONTEXT}.
 * @param ignored - extension fields to leave out, as spelled in the event (a repository's own bookkeeping).
 * @see CBV 2.0 section 8.9
 */
export function eventHash(event: Unidentified, context?: unknown, ignored: readonly string[] = []): string {
  return `ni:///sha-256;${sha256Hex(canonicalEventString(event, context, ignored))}?ver=CBV2.0`;
}

/** The string whose SHA-256 {@link eventHash} returns: for finding out why two ids differ. */
export function canonicalEventString(
  event: Unidentified,
  context?: unknown,
  ignored: readonly string[] = [],
): string {
  assertObject('event', event);
  assertExtent('event', event);
  for (const name of assertArray('ignored', ignored, IGNORED_MAX)) assertString('ignored', name);
  const prefixes = context === undefined ? OUR_PREFIXES : prefixesOf(context);
  return prehash(event as Readonly<Record<string, unknown>>, prefixes, ignored);
}

/** The event hashes of a document's events, in order. */
export function eventHashes(document: EpcisDocument): string[] {
  const { epcisBody } = assertObject('document', document);
  const events = assertArray('eventList', assertObject('epcisBody', epcisBody).eventList, EVENTS_MAX);
  return (events as readonly EpcisEvent[]).map((event) => eventHash(event, document['@context']));
}

/** Throws unless a value is no deeper and has no more parts than any event: what is walked below must end. */
function assertExtent(title: string, value: unknown): void {
  let parts = 0;
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    const inner: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const part of Object.values(item)) inner.push(part);
    }
    parts += inner.length;
    if (depth > DEPTH_MAX) throw argumentRangeError(title, `at most ${DEPTH_MAX} levels`, 'more');
    if (parts > PARTS_MAX) throw argumentRangeError(title, `at most ${PARTS_MAX} parts`, 'more');
    level = inner;
  }
}

/** Lower-case hex of the SHA-256 of `text` as UTF-8. */
export function sha256Hex(text: string): string {
  return toHex(sha256(utf8Encode(text)));
}
