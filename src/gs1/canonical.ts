// Browser-safe.
/**
 * From any spelling of an id (another domain, other escapes, an EPC URN) to the canonical one.
 *
 * Reads  gs1/ids.ts, gs1/digital-link.ts, gs1/epc.ts.   Used by  gs1/code.ts, epcis/, custody/, registry/.
 * Source CBV 2.0 section 8; GS1 Digital Link: URI Syntax.
 * Rule   a unit is GTIN and serial: a lot or variant that stands beside the serial in a link is not part of its id.
 * @module
 */
import type { AiElement } from './ai.ts';
import { formatDigitalLink, isWebAddress, parseLinkPath } from './digital-link.ts';
import { epcElements } from './epc.ts';
import { CODE_LENGTH_MAX } from './failure.ts';
import { isCanonicalId, lotId, parseCanonicalId, partyId, placeId, productId, sgtin, sscc } from './ids.ts';
import type { ParsedId } from './ids.ts';

/**
 * Takes an id of any spelling apart; `id` of the result is the canonical one.
 *
 * Cost: a canonical id takes one short pass; others are parsed as links or URNs first.
 *
 * @param uri - attacker-controlled.
 * @returns undefined if it names no unit, container, place, party, product or lot.
 */
export function parseId(uri: string): ParsedId | undefined {
  if (typeof uri !== 'string') return undefined;
  const parsed = parseCanonicalId(uri);
  if (parsed !== undefined) return parsed;
  const elements = linkElements(uri);
  const id = elements === undefined ? undefined : idOfElements(elements);
  return id === undefined ? undefined : parseCanonicalId(id);
}

/**
 * The canonical id behind a canonical id, an EPC URN, or a GS1 Digital Link of any domain.
 *
 * @param uri - attacker-controlled.
 * @returns the same string for a canonical id; undefined if it names no unit, container, place, party, product or lot.
 * @example
 * canonicalId('urn:epc:id:sscc:4012345.0111111111'); // 'https://id.gs1.org/00/040123451111111110'
 */
export function canonicalId(uri: string): string | undefined {
  return isCanonicalId(uri) ? uri : parseId(uri)?.id;
}

/**
 * The canonical Digital Link of any GS1 key, also of those that are no id of this ledger (assets, documents, services).
 *
 * @param uri - EPC URN or Digital Link of any domain; attacker-controlled.
 * @returns `https://id.gs1.org/…` without attributes, the most specific level only; undefined for anything else.
 */
export function canonicalDigitalLink(uri: string): string | undefined {
  if (typeof uri !== 'string') return undefined;
  const elements = linkElements(uri);
  if (elements === undefined) return undefined;
  const id = idOfElements(elements);
  if (id !== undefined) return id;
  if (elements.some(({ value }) => value === '.' || value === '..')) return undefined;
  return formatDigitalLink(elements);
}

/** The canonical id a key (first) and its qualifiers name, or undefined. */
function idOfElements(elements: readonly AiElement[]): string | undefined {
  const key = elements[0];
  const value = (ai: string): string | undefined => elements.find((element) => element.ai === ai)?.value;
  if (key === undefined) return undefined;
  if (key.ai === '00') return sscc(key.value);
  if (key.ai === '01') {
    const serial = value('21');
    const lot = value('10');
    if (value('235') !== undefined) return undefined;
    if (serial !== undefined) return sgtin(key.value, serial);
    return lot === undefined ? productId(key.value) : lotId(key.value, lot);
  }
  if (value('7040') !== undefined) return undefined;
  if (key.ai === '414') return placeId(key.value, value('254'));
  return key.ai === '417' ? partyId(key.value) : undefined;
}

function linkElements(uri: string): readonly AiElement[] | undefined {
  if (uri.length > CODE_LENGTH_MAX) return undefined;
  if (!isWebAddress(uri)) return epcElements(uri);
  const link = parseLinkPath(uri);
  return link.ok ? link.elements : undefined;
}
