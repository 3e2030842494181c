// Browser-safe.
/**
 * Nesting: which ids are units, containers or mere codes, and which containers an event puts a subject into.
 *
 * Reads  act.ts, gs1/.   Used by  world.ts, ledger/ (what to load), audit/.
 * @module
 */
import { assertText } from '../bytes/index.ts';
import { assertActs } from './act.ts';
import { NAMESPACE } from '../epcis/event.ts';
import type { Act } from './act.ts';

const SSCC_PREFIX = 'https://id.gs1.org/00/';

const GTIN_PREFIX = 'https://id.gs1.org/01/';
const DIGIT_AT = 'https://id.gs1.org/0'.length;
const TRACE_CODE_PREFIX = `${NAMESPACE}id/cn-trace/`;
const CODE_PREFIX = `${NAMESPACE}code/`;
const SUBJECT_ID_LENGTH_MAX = 200;

/** What a canonical id of an event names; undefined for ids that are nobody's subject (assets, classes, foreign URIs). */
export function subjectKind(id: string): 'unit' | 'container' | 'code' | undefined {
  if (typeof id !== 'string' || id.length > SUBJECT_ID_LENGTH_MAX) return undefined;
  // The two prefixes differ in one character; most ids are told by it.
  const digit = id.charCodeAt(DIGIT_AT);
  if (digit === 0x31 && id.startsWith(GTIN_PREFIX)) return id.includes('/21/') ? 'unit' : undefined;
  if (digit === 0x30 && id.startsWith(SSCC_PREFIX)) return 'container';
  if (id.startsWith(TRACE_CODE_PREFIX)) return 'unit';
  return id.startsWith(CODE_PREFIX) ? 'code' : undefined;
}

/** True for container ids (SSCC). */
export function isContainer(id: string): boolean {
  if (typeof id !== 'string' || id.charCodeAt(DIGIT_AT) !== 0x30) return false;
  return id.length <= SUBJECT_ID_LENGTH_MAX && id.startsWith(SSCC_PREFIX);
}

/** Containers the events pack a subject into or unpack it from, each once, in order of first mention. */
export function parentsNamed(subject: string, acts: readonly Act[]): readonly string[] {
  assertActs(acts);
  const parents = new Set<string>();
  for (const act of acts) {
    if (act.parent !== undefined && act.parent !== subject) parents.add(act.parent);
  }
  return [...parents];
}

/** What the events put into a container or take out of it, as often as they name it. */
export function contentsNamed(container: string, acts: readonly Act[]): readonly string[] {
  assertText('container', container);
  return assertActs(acts).flatMap((act) => (act.parent === container ? act.ids : []));
}
