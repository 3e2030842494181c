// Browser-safe.
/**
 * The ids of an act as one text: of one family, their ends joined; of any kind, JSON.
 *
 * Reads  unit-table.ts.   Used by  packed-acts.ts, packed-ids.ts, streams.ts.
 * @module
 */
import { assertArray } from '../bytes/index.ts';
import { familyLength } from './unit-table.ts';

/** Lists of ids wherever they are: the `length` bytes from `at` on. Not to be changed. */
export type IdBytes = (at: number, length: number) => Uint8Array;

/** So many ids stand in every run that names some of them. */
export const FEW_IDS = 8;

/** A list of ids as it stands there. */
export function idText(ids: readonly string[], joined: JoinedIds | undefined): string {
  return joined?.rests ?? JSON.stringify(assertArray('ids', ids, Infinity));
}

/** Ids that differ in as many characters after their last slash, joined. */
export interface JoinedIds {
  readonly prefix: string;
  /** How many characters of each differ. */
  readonly length: number;
  /** Those of all ids, one after the other: ASCII. */
  readonly rests: string;
}

/** Ids of one family and one length, joined; undefined if they are none, or their ends are not ASCII. */
export function joinIds(ids: readonly string[]): JoinedIds | undefined {
  const [first] = assertArray('ids', ids, Infinity) as typeof ids;
  if (first === undefined) return undefined;
  const prefix = familyOf(first);
  const start = prefix.length;
  const length = first.length - start;
  if (length === 0) return undefined;
  let rests = first.slice(start);
  for (let i = 1; i < ids.length; i++) {
    const id = ids[i]!;
    if (id.length !== first.length || !id.startsWith(prefix)) return undefined;
    rests += id.slice(start);
  }
  if (!ASCII.test(rests)) return undefined;
  // An id whose end has a slash is of another family.
  return ids.length > 1 && rests.includes('/') ? undefined : { prefix, length, rests };
}

const ASCII = /^[\0-\x7f]*$/;

/** The family of an id; mostly that of the last one, as the same string. */
export function familyOf(id: string): string {
  if (!id.startsWith(family) || id.includes('/', family.length)) family = id.slice(0, familyLength(id));
  return family;
}

let family = '';
