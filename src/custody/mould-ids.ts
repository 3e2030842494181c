// Browser-safe.
/**
 * The id list of an event as its canonical text: read, checked and named canonically in few passes over all ids at once.
 *
 * Reads  gs1/, epcis/ (what a URI is).   Used by  mould.ts.
 * @module
 */
import { isUri } from '../epcis/shape.ts';
import { canonicalId } from '../gs1/index.ts';

/** Units of one product, each serial of characters that are never escaped. */
const UNITS = /^\["(https:\/\/id\.gs1\.org\/01\/\d{14}\/21\/)[\w.-]+"(?:,"\1[\w.-]+")*\]$/;
const UNIT_PREFIX_LENGTH = 'https://id.gs1.org/01/09506000134352/21/'.length;
const SERIAL_LENGTH_MAX = 20;
/** Most ids of a list; a statement has no room for more. */
export const IDS_MAX = 12_000;

/**
 * The canonical ids of a list, in its order.
 *
 * @param text - `[`, and all up to the first `]` after it. Attacker-controlled.
 * @returns undefined unless the text is `JSON.stringify` of distinct URIs.
 */
export function readIds(text: string): readonly string[] | undefined {
  const list = parsed(text);
  if (list === undefined || list.length > IDS_MAX || !areDistinct(list)) return undefined;
  if (UNITS.test(text) && list.every(hasShortSerial)) {
    // All begin alike, so the check digit of one is that of all.
    return isOfChecked(list[0]!) ? list : namesOf(list, text);
  }
  return namesOf(list, text);
}

/** True if the product number of a unit has the right check digit. */
function isOfChecked(unit: string): boolean {
  if (unit.startsWith(checked)) return true;
  if (canonicalId(unit) !== unit) return false;
  checked = unit.slice(0, UNIT_PREFIX_LENGTH);
  return true;
}

/** What the units of the product checked last begin with. */
let checked = 'none';

function parsed(text: string): readonly string[] | undefined {
  try {
    const list = JSON.parse(text) as readonly unknown[];
    for (const id of list) if (typeof id !== 'string') return undefined;
    return list as readonly string[];
  } catch {
    return undefined;
  }
}

function hasShortSerial(unit: string): boolean {
  return unit.length <= UNIT_PREFIX_LENGTH + SERIAL_LENGTH_MAX;
}

/** One by one. An escape or a space makes a text longer than what it says. */
function namesOf(list: readonly string[], text: string): readonly string[] | undefined {
  let length = 1;
  const names: string[] = [];
  for (const id of list) {
    const name = canonicalId(id);
    if (name !== id && !isUri(id)) return undefined;
    length += id.length + 3;
    names.push(name ?? id);
  }
  return length === text.length ? names : undefined;
}

const HASH_SLOTS_MAX = 32_768;
/** Position + 1 of the text in each slot; 0 where there is none. */
const slots = new Int32Array(HASH_SLOTS_MAX);

/** True if no two texts are equal. Cost: linear, whatever the texts. At most {@link IDS_MAX} of them. */
export function areDistinct(texts: readonly string[]): boolean {
  const { length } = texts;
  if (length < 2) return true;
  let capacity = 16;
  while (capacity < 2 * length) capacity *= 2;
  slots.fill(0, 0, capacity);
  // Texts made to meet in one place cost no more than a Set does.
  let patience = 4 * length;
  for (let i = 0; i < length; i++) {
    const text = texts[i]!;
    let slot = hashOfEnd(text) & (capacity - 1);
    for (let other = slots[slot]!; other !== 0; other = slots[slot]!) {
      if (texts[other - 1] === text) return false;
      if (--patience < 0) return new Set(texts).size === length;
      slot = (slot + 1) & (capacity - 1);
    }
    slots[slot] = i + 1;
  }
  return true;
}

/** Serials differ at their end. */
function hashOfEnd(text: string): number {
  const { length } = text;
  let hash = length;
  for (let i = length < 4 ? 0 : length - 4; i < length; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i);
  return hash ^ (hash >>> 11);
}
