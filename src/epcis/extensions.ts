// Browser-safe.
/**
 * This project's own event fields: what each may hold, and the rule that keeps people out of the log.
 *
 * Reads  shape.ts, event.ts.   Used by  read.ts, builders.
 * Source design section 2, principle 7: a consumer's place is a region of 10 km or more; sessions and acts are random ids.
 * Never  lets a misspelt `cm:` field pass as a stranger's extension: unknown ones are refused.
 * @module
 */
import { isWellFormed } from '../bytes/index.ts';
import { PREFIX } from './context.ts';
import { NAMESPACE } from './event.ts';
import {
  type Check,
  type Fields,
  type JsonObject,
  type Path,
  boolean,
  ids,
  integer,
  json,
  list,
  malformed,
  oneOf,
  pattern,
  text,
  time,
  uri,
} from './shape.ts';

/** Smallest radius, in metres, of the region a consumer's check may name. */
export const CONSUMER_RADIUS_MIN_M = 10_000;
/** Largest radius of any region: half of Earth's circumference, rounded. */
export const RADIUS_MAX_M = 20_040_000;
/** Longest presented code, in UTF-16 units. */
export const PRESENTED_LENGTH_MAX = 2_000;
/** Most doses one act may draw. */
export const DOSES_MAX = 1_000;
/** Integer micro-degrees. */
export const LATITUDE_MAX = 90_000_000;
export const LONGITUDE_MAX = 180_000_000;
/** Most countries a region may touch. */
export const COUNTRIES_MAX = 250;
/** Form of random ids: long enough not to collide, too plain to hold a sentence about a person. */
export const RANDOM_ID = /^[A-Za-z0-9._~:-]{16,64}$/;
/** Form of lot numbers: GS1's character set 82 (General Specifications figure 7.11-1), 1 .. 20 characters. */
export const LOT_NUMBER = /^[!"%-?A-Z_a-z]{1,20}$/;
/** Form of ISO 3166-1 alpha-2 codes. */
export const COUNTRY = /^[A-Z]{2}$/;

const presented: Check = (value, path) => {
  if (typeof value !== 'string' || value.length === 0 || !isWellFormed(value))
    throw malformed(path, 'no code');
  if (value.length > PRESENTED_LENGTH_MAX) throw malformed(path, 'too long a code');
};

const countries: Check = (value, path) => {
  list(pattern(COUNTRY, 'no country code'), 1, COUNTRIES_MAX)(value, path);
  const codes = value as readonly unknown[];
  if (new Set(codes).size !== codes.length) throw malformed(path, 'a country twice');
};

/** Form of words: departments, procedures, reasons, and what an undoing takes back. */
export const WORD = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** Form of a practitioner's URI: it holds a number, and nothing that reaches a person. */
export const PRACTITIONER =
  /^(?!(?:mailto|tel|sms|sip|sips|xmpp|acct|data|geo):)(?=.*[0-9])[a-z][a-z0-9+.-]{0,30}:[!-$&-?A-~]{1,160}$/;

/** Most ids one event may declare absent: they stay together when it is split, so they must fit into one statement. */
export const ABSENT_MAX = 500;

const absent: Check = (value, path) => {
  ids(value, path);
  const { length } = value as readonly unknown[];
  if (length === 0 || length > ABSENT_MAX) throw malformed(path, `no list of 1 to ${ABSENT_MAX} ids`);
};

const practitioner: Check = (value, path) => {
  uri(value, path);
  pattern(PRACTITIONER, 'no licence number')(value, path);
};

/** Our fields of an event. */
export const EVENT_EXTENSIONS: Fields = new Map<string, Check>([
  ['cm:actId', pattern(RANDOM_ID, 'no random id')],
  ['cm:doses', integer(1, DOSES_MAX)],
  ['cm:presented', presented],
  ['cm:entryMode', oneOf('scan', 'manual')],
  ['cm:latitude', integer(-LATITUDE_MAX, LATITUDE_MAX)],
  ['cm:longitude', integer(-LONGITUDE_MAX, LONGITUDE_MAX)],
  ['cm:radius', integer(0, RADIUS_MAX_M)],
  ['cm:countries', countries],
  ['cm:session', pattern(RANDOM_ID, 'no random id')],
  ['cm:unused', boolean],
  ['cm:undoes', pattern(WORD, 'no word')],
  ['cm:absent', absent],
  ['cm:alias', uri],
  ['cm:practitioner', practitioner],
  ['cm:department', pattern(WORD, 'no word')],
  ['cm:procedure', pattern(WORD, 'no word')],
  ['cm:claim', oneOf('not-supplied')],
  ['cm:purchased', time],
  ['cm:joint', boolean],
  ['cm:declined', pattern(WORD, 'no word')],
]);

/** Our fields of a document. */
export const DOCUMENT_EXTENSIONS: Fields = new Map<string, Check>([
  ['cm:act', pattern(RANDOM_ID, 'no random id')],
  ['cm:part', integer(1, Number.MAX_SAFE_INTEGER)],
  ['cm:parts', integer(1, Number.MAX_SAFE_INTEGER)],
]);

/** Fields of `ilmd` whose values are read. */
export const ILMD_FIELDS: Fields = new Map<string, Check>([
  ['cbvmda:lotNumber', pattern(LOT_NUMBER, 'no lot number')],
  ['cbvmda:itemExpirationDate', text],
  ['cm:product', uri],
]);

/** True for a field of this project's namespace, by prefix or in full. */
export function isOurs(key: string): boolean {
  return key.startsWith(`${PREFIX}:`) || key.startsWith(NAMESPACE);
}

/** Checks an extension field that is none of ours. */
export function foreignExtension(key: string, value: unknown, path: Path): void {
  if (isOurs(key)) throw malformed(path, 'an unknown field');
  json(value, path);
}

/** Latitude, longitude and radius come together; a consumer's region is no smaller than {@link CONSUMER_RADIUS_MIN_M}. */
export function checkRegion(event: JsonObject, path: Path): void {
  const radius = event['cm:radius'];
  const isPart = radius !== undefined;
  if ((event['cm:latitude'] !== undefined) !== isPart || (event['cm:longitude'] !== undefined) !== isPart)
    throw malformed(path, 'a region without all of its fields');
  if (event['cm:session'] !== undefined && typeof radius === 'number' && radius < CONSUMER_RADIUS_MIN_M) {
    throw malformed(path, 'a place too precise for a consumer');
  }
}

/** A claim, a day of purchase and a joint look belong to a consumer's session; an alias to exactly one unit. */
export function checkClaims(event: JsonObject, path: Path): void {
  const claims =
    event['cm:claim'] !== undefined || event['cm:purchased'] !== undefined || event['cm:joint'] !== undefined;
  if (claims && event['cm:session'] === undefined) throw malformed(path, 'a claim without session');
  const { epcList } = event;
  if (event['cm:alias'] !== undefined && (!Array.isArray(epcList) || epcList.length !== 1)) {
    throw malformed(path, 'an alias without exactly one unit');
  }
}

/** Act, part and parts of a document come together, with part <= parts. */
export function checkParts(document: JsonObject, path: Path): void {
  const { 'cm:act': act, 'cm:part': part, 'cm:parts': parts } = document;
  if (act === undefined && part === undefined && parts === undefined) return;
  if (act === undefined || typeof part !== 'number' || typeof parts !== 'number' || part > parts) {
    throw malformed(path, 'a part without all of its fields');
  }
}
