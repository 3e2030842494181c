// Browser-safe.
/**
 * Any GS1 key as the one URI the event hash uses: EPC URNs and Digital Links of any domain become `https://id.gs1.org/…`.
 *
 * Reads  nothing.   Used by  hash.ts.
 * Source CBV 2.0 section 8.9 rules 17 and 18; EPC TDS 2.0 section 6 (URN syntax); GS1 Digital Link URI Syntax 1.2 section 4.11.
 * Never  drops a part of the finest identification; text that is no GS1 key stays what it is.
 * @module
 */

/** How the key of an EPC scheme is put together. */
interface Scheme {
  readonly ai: string;
  /** Digits of company prefix and reference together, without check digit; absent: variable text, no check digit. */
  readonly digits?: number;
  /** The reference's first digit moves before the company prefix (GTIN, SSCC). */
  readonly leading?: boolean;
  /** Written before everything (GRAI's filler). */
  readonly filler?: string;
  /** What joins the serial part: a qualifier (`/21/`) or nothing; absent: the scheme has no serial part. */
  readonly serial?: string;
  /** A serial part that means "none" (SGLN without extension). */
  readonly none?: string;
  /** Two-digit fields between reference and serial (ITIP's piece and total). */
  readonly pieces?: number;
}

const GTIN = { ai: '01', digits: 13, leading: true };
const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ['sgtin', { ...GTIN, serial: '/21/' }],
  ['lgtin', { ...GTIN, serial: '/10/' }],
  ['upui', { ...GTIN, serial: '/235/' }],
  ['itip', { ...GTIN, ai: '8006', serial: '/21/', pieces: 2 }],
  ['sscc', { ai: '00', digits: 17, leading: true }],
  ['sgln', { ai: '414', digits: 12, serial: '/254/', none: '0' }],
  ['pgln', { ai: '417', digits: 12 }],
  ['grai', { ai: '8003', digits: 12, filler: '0', serial: '' }],
  ['giai', { ai: '8004' }],
  ['gsrn', { ai: '8018', digits: 17 }],
  ['gsrnp', { ai: '8017', digits: 17 }],
  ['gdti', { ai: '253', digits: 12, serial: '' }],
  ['sgcn', { ai: '255', digits: 12, serial: '' }],
  ['ginc', { ai: '401' }],
  ['gsin', { ai: '402', digits: 16 }],
  ['cpi', { ai: '8010', serial: '/8011/' }],
]);
const PATTERN_SCHEMES = new Set(['sgtin', 'upui', 'itip', 'grai', 'gdti', 'sgcn', 'cpi']);

const URN = /^urn:epc:(id|class|idpat):([a-z]+):(\d{6,12})\.([^.]*)(?:\.(.*))?$/s;
const URN_TEXT = /^[!'()*+,\-.0-9:;=A-Z_a-z]*(?:%[0-9A-Fa-f]{2}[!'()*+,\-.0-9:;=A-Z_a-z]*)*$/;

/** Keys of Digital Links: what their value looks like and which qualifiers name something finer, finest first. */
interface LinkKey {
  readonly value: RegExp;
  readonly finest: readonly string[];
}

const X = '(?:%[0-9A-Fa-f]{2}|[!"\'()*+,\\-.0-9:;=A-Z_a-z])';
const key = (value: string, ...finest: readonly string[]): LinkKey => ({
  value: new RegExp(`^(?:${value})$`),
  finest,
});
const LINK_KEYS: ReadonlyMap<string, LinkKey> = new Map([
  ['00', key('\\d{18}')],
  ['01', key('\\d{8}|\\d{12,14}', '21', '235', '10')],
  ['253', key(`\\d{13}${X}{0,17}`)],
  ['255', key('\\d{13,25}')],
  ['401', key(`\\d{4}${X}{0,26}`)],
  ['402', key('\\d{17}')],
  ['414', key('\\d{13}', '254')],
  ['417', key('\\d{13}')],
  ['8003', key(`\\d{14}${X}{0,16}`)],
  ['8004', key(`\\d{4}${X}{0,26}`)],
  ['8006', key('\\d{18}', '21', '10')],
  ['8010', key('\\d{4}(?:%2[3Ff]|[#\\-0-9A-Z]){0,26}', '8011')],
  ['8017', key('\\d{18}')],
  ['8018', key('\\d{18}')],
]);
const QUALIFIER_VALUE = new RegExp(`^${X}{1,28}$`);
const QUALIFIERS = new Set(['10', '21', '22', '235', '254', '7040', '8011', '8019', '8020']);

const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['gtin', '01'],
  ['itip', '8006'],
  ['cpid', '8010'],
  ['gln', '414'],
  ['party', '417'],
  ['gsrnp', '8017'],
  ['gsrn', '8018'],
  ['gcn', '255'],
  ['sscc', '00'],
  ['gdti', '253'],
  ['ginc', '401'],
  ['gsin', '402'],
  ['grai', '8003'],
  ['giai', '8004'],
  ['cpv', '22'],
  ['lot', '10'],
  ['ser', '21'],
]);

const CANONICAL_HOST = 'https://id.gs1.org/';
const ALREADY_CANONICAL =
  /^https:\/\/id\.gs1\.org\/(?:01\/\d{14}(?:\/(?:21|10)\/[^/?#]{1,60})?|00\/\d{18}|41[47]\/\d{13})$/;

/**
 * The canonical, finest-level Digital Link URI of the GS1 key in `uri`, or undefined if there is none.
 *
 * @param uri - an EPC URN (`urn:epc:id:`, `class:`, `idpat:`) or a Digital Link URI of any domain. Attacker-controlled.
 * @example
 * finestGs1Uri('urn:epc:id:sgtin:4012345.011111.9876'); // 'https://id.gs1.org/01/04012345111118/21/9876'
 */
export function finestGs1Uri(uri: string): string | undefined {
  if (ALREADY_CANONICAL.test(uri)) return uri;
  if (uri.startsWith('urn:epc:')) return fromUrn(uri);
  return uri.startsWith('https://') || uri.startsWith('http://') ? fromLink(uri) : undefined;
}

function fromUrn(urn: string): string | undefined {
  const match = URN.exec(urn);
  const scheme = match === null ? undefined : SCHEMES.get(match[2]!);
  if (match === null || scheme === undefined) return undefined;
  const [, form, name, prefix, reference, rest] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  if ((form === 'class') !== (name === 'lgtin')) return undefined;
  if (form === 'idpat' && !PATTERN_SCHEMES.has(name)) return undefined;
  const body = keyBody(
    scheme,
    prefix,
    scheme.serial === undefined && rest !== undefined ? `${reference}.${rest}` : reference,
  );
  if (body === undefined) return undefined;
  const root = `${CANONICAL_HOST}${scheme.ai}/${body}`;
  return scheme.serial === undefined ? root : withSerial(root, scheme, rest, form === 'idpat');
}

function keyBody(scheme: Scheme, prefix: string, reference: string): string | undefined {
  if (scheme.digits === undefined)
    return URN_TEXT.test(reference) ? prefix + encodeReserved(reference) : undefined;
  if (!/^\d*$/.test(reference) || prefix.length + reference.length !== scheme.digits) return undefined;
  const digits =
    scheme.leading === true ? reference.slice(0, 1) + prefix + reference.slice(1) : prefix + reference;
  const all = (scheme.filler ?? '') + digits;
  return all + checkDigitOf(all);
}

function withSerial(
  root: string,
  scheme: Scheme,
  rest: string | undefined,
  isPattern: boolean,
): string | undefined {
  let body = root;
  let serial = rest;
  for (let i = 0; i < (scheme.pieces ?? 0); i++) {
    if (serial === undefined || !/^\d\d(?:\.|$)/.test(serial)) return undefined;
    body += serial.slice(0, 2);
    serial = serial.length > 3 ? serial.slice(3) : undefined;
  }
  if (isPattern) return serial === '*' ? body : undefined;
  if (serial === undefined || serial === '' || !URN_TEXT.test(serial)) return undefined;
  return serial === scheme.none ? body : body + scheme.serial! + encodeReserved(serial);
}

/** Percent-encodes what URNs allow bare but Digital Links do not. */
function encodeReserved(text: string): string {
  return text.replace(/[!()*+,:]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** GS1 check digit: weights 3 and 1 from the right. */
function checkDigitOf(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const weight = (digits.length - i) % 2 === 1 ? 3 : 1;
    sum += weight * (digits.charCodeAt(i) - 48);
  }
  return String((10 - (sum % 10)) % 10);
}

function fromLink(uri: string): string | undefined {
  const path = uri.slice(uri.indexOf('://') + 3).split(/[?#]/, 1)[0]!;
  const segments = path.split('/');
  if (segments.length > 64) return undefined;
  if (segments.at(-1) === '') segments.pop();
  for (let i = 1; i + 1 < segments.length; i++) {
    const ai = SHORT_NAMES.get(segments[i]!) ?? segments[i]!;
    const linkKey = LINK_KEYS.get(ai);
    if (linkKey === undefined || !linkKey.value.test(segments[i + 1]!)) continue;
    const tail = qualifierTail(linkKey, segments.slice(i + 2));
    if (tail === undefined) continue;
    const value = ai === '01' ? segments[i + 1]!.padStart(14, '0') : segments[i + 1]!;
    return `${CANONICAL_HOST}${ai}/${value}${tail}`;
  }
  return undefined;
}

/** The finest qualifier among `pairs` as a path, '' if none is finer than the key; undefined if these are no qualifiers. */
function qualifierTail(linkKey: LinkKey, pairs: readonly string[]): string | undefined {
  if (pairs.length % 2 !== 0) return undefined;
  const values = new Map<string, string>();
  for (let i = 0; i < pairs.length; i += 2) {
    const ai = SHORT_NAMES.get(pairs[i]!) ?? pairs[i]!;
    if (!QUALIFIERS.has(ai) || !QUALIFIER_VALUE.test(pairs[i + 1]!)) return undefined;
    values.set(ai, pairs[i + 1]!);
  }
  const finest = linkKey.finest.find((ai) => values.has(ai));
  return finest === undefined ? '' : `/${finest}/${values.get(finest)!}`;
}
