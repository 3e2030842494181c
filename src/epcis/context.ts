// Browser-safe.
/**
 * JSON-LD contexts as far as EPCIS needs them: which prefix stands for which namespace.
 *
 * Reads  event.ts.   Used by  epcis/ reader and event hash.
 * Source EPCIS 2.0 section 10.1 (JSON binding) and the prefixes of GS1's epcis-context.jsonld.
 * Never  fetches a context, and never lets another prefix stand for this project's namespace, nor `cm` for another.
 * @module
 */
import { NAMESPACE } from './event.ts';

/** `@context` of every document the builders write. */
export const DOCUMENT_CONTEXT: readonly unknown[] = Object.freeze([
  'https://ref.gs1.org/standards/epcis/epcis-context.jsonld',
  Object.freeze({ cm: NAMESPACE }),
]);

/** Prefix of this project's fields. */
export const PREFIX = 'cm';

/** Namespaces by prefix. */
export type Prefixes = ReadonlyMap<string, string>;

const STANDARD: Prefixes = new Map([
  ['epcis', 'https://ref.gs1.org/epcis/'],
  ['cbv', 'https://ref.gs1.org/cbv/'],
  ['cbvmda', 'urn:epcglobal:cbv:mda:'],
  ['gs1', 'https://gs1.org/voc/'],
  ['rdfs', 'http://www.w3.org/2000/01/rdf-schema#'],
  ['owl', 'http://www.w3.org/2002/07/owl#'],
  ['xsd', 'http://www.w3.org/2001/XMLSchema#'],
  ['dcterms', 'http://purl.org/dc/terms/'],
]);

/** True for the context of documents the builders write, whoever wrote this one. */
export function isOwnContext(context: unknown): boolean {
  if (!Array.isArray(context) || context.length !== 2 || context[0] !== DOCUMENT_CONTEXT[0]) return false;
  const own: unknown = context[1];
  if (typeof own !== 'object' || own === null) return false;
  return (own as { cm?: unknown }).cm === NAMESPACE && Object.keys(own).join() === PREFIX;
}

const OWN: Prefixes = new Map([...STANDARD, [PREFIX, NAMESPACE]]);

/** Prefixes that hold where `context` does, over those of `outer` (default: those every EPCIS document has). */
export function prefixesOf(context: unknown, outer: Prefixes = STANDARD): Prefixes {
  if (context === undefined) return outer;
  if (outer === STANDARD && isOwnContext(context)) return OWN;
  const prefixes = new Map(outer);
  for (const entry of Array.isArray(context) ? (context as readonly unknown[]) : [context]) {
    if (typeof entry !== 'object' || entry === null) continue;
    for (const [prefix, namespace] of Object.entries(entry)) {
      if (typeof namespace === 'string') prefixes.set(prefix, namespace);
    }
  }
  return prefixes;
}

/** True unless `context` gives this project's prefix to a stranger, or its namespace to another prefix. */
export function keepsOurPrefix(prefixes: Prefixes): boolean {
  if (prefixes === OWN) return true;
  for (const [prefix, namespace] of prefixes) {
    if ((prefix === PREFIX) !== (namespace === NAMESPACE)) return false;
  }
  return true;
}
