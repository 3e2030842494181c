// Browser-safe.
/**
 * Corruptions: what a code may have been before a scanner or a hand changed it.
 *
 * Reads  gs1/ (codes).   Used by  capture-errors.ts, ledger/ (which units to load).
 * Source `findings.md` ID-10: case fold, Y/Z, O/0, I/l/1, one wrong character, two neighbours swapped, lost separator, prefixed
 *        or suffixed EAN, truncated. One corruption at a time: two would reach too many codes to mean anything.
 * Never  asks whether a code exists: it only lists at most {@link CANDIDATES_MAX} of them, the same ones everywhere.
 * @module
 */
import { assertString, assertText } from '../bytes/index.ts';
import {
  CODE_LENGTH_MAX,
  FNC1,
  isGtin,
  parseCode,
  parseElementString,
  sgtin,
  traceCodeId,
} from '../gs1/index.ts';
import type { PresentedCode } from '../gs1/index.ts';

/** Most codes one presented code may have been. */
export const CANDIDATES_MAX = 640;
/** Most wrong characters tried with every letter and digit; longer serial numbers are tried within digits and letters. */
const WRONG_CHARACTERS_MAX = 525;
const SERIAL_LENGTH_MAX = 20;

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const LETTER = /[A-Za-z]/;
const CSET_82 = /^[!"%-?A-Z_a-z]{1,20}$/;

/**
 * Canonical ids of the units a presented code may have meant, itself excluded, without repetition.
 * @param presented - any text a check accepts: an element string, a link, a trace code, a canonical id; attacker-controlled.
 */
export function candidates(presented: string): readonly string[] {
  assertString('presented', presented);
  const units = new Set<string>();
  for (const { unit } of repairs(presented)) if (unit !== undefined) units.add(unit);
  const own = parsed(presented)?.unit;
  if (own !== undefined) units.delete(own);
  return [...units];
}

/**
 * Codes with a unit that a presented code may have been, itself excluded; at most {@link CANDIDATES_MAX}.
 * @param isRead   - a machine read it from the label: it may have cut or folded what it read, but it took no character for any other.
 * @param isWanted - gives only codes of such units: most codes it may have been are nobody's, and are never spelled out.
 */
export function repairs(
  presented: string,
  isRead = false,
  isWanted: (unit: string) => boolean = anybody,
): readonly PresentedCode[] {
  assertString('presented', presented);
  if (presented.length > CODE_LENGTH_MAX) return [];
  const code = parsed(presented);
  let all = candidatesOf(presented, code, isRead, isWanted);
  const isTooMany = all.count > CANDIDATES_MAX;
  if (isTooMany) all = candidatesOf(presented, code, isRead, anybody);
  const own = code === undefined ? undefined : nameOf(code);
  const found: PresentedCode[] = [];
  for (const { unit, code: rest, differs } of isTooMany ? firstOf(all.wanted) : all.wanted) {
    if (isTooMany && !isWanted(unit)) continue;
    const repaired = differs === undefined ? rest : { ...rest, ...differs, unit };
    if (nameOf(repaired) !== own) found.push(repaired);
  }
  return isTooMany ? found : distinct(found);
}

function anybody(): boolean {
  return true;
}

/** A code as it may have been: fields of another, but for some. */
interface Candidate {
  readonly unit: string;
  readonly code: PresentedCode;
  readonly differs?: Partial<Pick<PresentedCode, 'gtin' | 'serial' | 'lot'>>;
}

/** All that a code may have been, of which only those of wanted units are made. */
class Candidates {
  count = 0;
  readonly wanted: Candidate[] = [];
  readonly #isWanted: (unit: string) => boolean;

  constructor(isWanted: (unit: string) => boolean) {
    this.#isWanted = isWanted;
  }

  add(unit: string, code: PresentedCode, differs?: Candidate['differs']): void {
    this.count++;
    if (this.#isWanted(unit)) this.wanted.push({ unit, code, ...(differs !== undefined && { differs }) });
  }

  addSerial(unit: string, code: PresentedCode, serial: string): void {
    this.count++;
    if (this.#isWanted(unit)) this.wanted.push({ unit, code, differs: { serial } });
  }
}

function candidatesOf(
  presented: string,
  code: PresentedCode | undefined,
  isRead: boolean,
  isWanted: (unit: string) => boolean,
): Candidates {
  const all = new Candidates(isWanted);
  const add = (other: PresentedCode | undefined): void => {
    if (other?.unit !== undefined) all.add(other.unit, other);
  };
  for (const text of wholeTexts(presented)) add(text === presented ? code : parsed(text));
  if (code === undefined) for (const text of unparsedTexts(presented)) add(parsed(text));
  else repairedFields(code, isRead, all);
  return all;
}

/** The first {@link CANDIDATES_MAX} different candidates. */
function firstOf(all: readonly Candidate[]): Iterable<Candidate> {
  const first = new Map<string, Candidate>();
  for (const candidate of all) {
    const { unit, code, differs } = candidate;
    const name = nameOf({ ...code, ...differs, unit });
    if (first.size < CANDIDATES_MAX && !first.has(name)) first.set(name, candidate);
  }
  return first.values();
}

function distinct(codes: readonly PresentedCode[]): readonly PresentedCode[] {
  if (codes.length < 2) return codes;
  const first = new Map<string, PresentedCode>();
  for (const code of codes) if (!first.has(nameOf(code))) first.set(nameOf(code), code);
  return [...first.values()];
}

/** What tells codes apart that a presented one may have been. */
function nameOf({ unit, lot, expiry }: PresentedCode): string {
  return `${unit} ${lot} ${expiry}`;
}

/**
 * True if one listed corruption turns `meant` into `captured`: for lots and days, which are known and need not be guessed.
 * @param isRead - as in {@link repairs}.
 */
export function isOneSlip(captured: string, meant: string, isRead = false): boolean {
  assertText('captured', captured);
  assertText('meant', meant);
  if (captured === meant) return false;
  if (FOLDS.some((fold) => fold(captured) === meant || fold(meant) === captured)) return true;
  if (meant.length === captured.length + 1 && meant.startsWith(captured)) return true;
  if (isRead || captured.length !== meant.length) return false;
  const wrong: number[] = [];
  for (let i = 0; i < meant.length && wrong.length < 3; i++) if (captured[i] !== meant[i]) wrong.push(i);
  const [a, b] = wrong as [number, number?];
  if (b === undefined) return true;
  return wrong.length === 2 && b === a + 1 && captured[a] === meant[b] && captured[b] === meant[a];
}

const YZ: Readonly<Record<string, string>> = { Y: 'Z', Z: 'Y', y: 'z', z: 'y' };

/** A keyboard of another country, a key held down, a font: these change every character of their kind. */
const FOLDS: readonly ((text: string) => string)[] = [
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  // Letters of other alphabets one by one: what becomes of them may depend on their neighbours.
  (text) => text.replaceAll(/[A-Z]+|[a-z]+|\P{ASCII}/gu, swappedCase),
  (text) => text.replaceAll(/[YZyz]/g, (letter) => YZ[letter]!),
  (text) => text.replaceAll('O', '0'),
  (text) => text.replaceAll('o', '0'),
  (text) => text.replaceAll('0', 'O'),
  (text) => text.replaceAll(/[Il]/g, '1'),
  (text) => text.replaceAll(/[1l]/g, 'I'),
  (text) => text.replaceAll(/[1I]/g, 'l'),
];

/** Folds that a keyboard applies to all it is sent, signature included; the others are a reader's. */
const KEYBOARD_FOLDS = FOLDS.slice(0, 4);

/** Texts the whole presented text may have been. */
function* wholeTexts(presented: string): Iterable<string> {
  const symbology = /^\][A-Za-z][0-9A-Za-z]/.exec(presented)?.[0] ?? '';
  const body = presented.slice(symbology.length);
  for (const fold of KEYBOARD_FOLDS) yield symbology + fold(body);
  // A second barcode of the pack read into the same field, before or behind.
  const before = /^(?:\d{8}|\d{12,14})(?=\(01\)|01\d{14}|https?:)/.exec(body)?.[0];
  if (before !== undefined) yield body.slice(before.length);
  for (const length of [14, 13, 12, 8]) {
    const behind = body.slice(-length);
    if (behind.length === length && isGtin(behind)) yield body.slice(0, -length);
  }
}

/** Element strings that swallowed their separators and so parse to nothing. */
function* unparsedTexts(presented: string): Iterable<string> {
  const start = presented.startsWith(FNC1) ? 1 : 0;
  const head = /^(?:\][A-Za-z]\d)?01\d{14}21/.exec(presented.slice(start))?.[0];
  if (head === undefined) return;
  const tail = presented.slice(start + head.length);
  for (const i of separatorPlaces(tail)) yield head + tail.slice(0, i) + FNC1 + tail.slice(i);
}

/** Codes whose serial number, trace code or GTIN was captured wrongly; only a hand swaps digits, or writes another. */
function repairedFields(code: PresentedCode, isRead: boolean, all: Candidates): void {
  const { gtin, serial, unit, scheme } = code;
  if (scheme === 'cn-trace' && unit !== undefined) {
    if (isRead) return;
    const digits = unit.slice(unit.lastIndexOf('/') + 1);
    for (const text of [...swapped(digits), ...replaced(digits)]) all.add(traceCodeId(text), code, {});
    return;
  }
  if (gtin === undefined) return;
  if (serial === undefined) {
    separatedLot(code, gtin, all);
    return;
  }
  separatedSerial(code, gtin, serial, all);
  const before = sgtin(gtin, '0').slice(0, -1);
  // What letters and digits are taken for are letters and digits: of such texts only the length is looked at.
  const isPlain = UNRESERVED.test(serial);
  for (const texts of [
    FOLDS.map((fold) => fold(serial)),
    withoutProduct(serial, gtin),
    isRead ? NO_TEXTS : swapped(serial),
    lookalikes(serial),
    longer(serial),
    isRead ? NO_TEXTS : replaced(serial),
  ]) {
    for (const text of texts) {
      const isSerial = isPlain ? text.length > 0 && text.length <= SERIAL_LENGTH_MAX : CSET_82.test(text);
      if (!isSerial) continue;
      const id = isPlain || UNRESERVED.test(text) ? before + text : sgtin(gtin, text);
      all.addSerial(id, code, text);
    }
  }
  for (const other of isRead ? NO_TEXTS : swapped(gtin)) {
    if (isGtin(other)) all.add(sgtin(other, serial), code, { gtin: other });
  }
}

const NO_TEXTS: readonly string[] = Object.freeze([]);

/** Characters that an id holds as they are. */
const UNRESERVED = /^[A-Za-z0-9]*$/;

/** A lot that swallowed the serial number behind it. */
function separatedLot(code: PresentedCode, gtin: string, all: Candidates): void {
  const { lot } = code;
  for (let i = 1; lot !== undefined && i < lot.length - 2; i++) {
    if (lot.startsWith('21', i)) {
      const serial = lot.slice(i + 2);
      all.add(sgtin(gtin, serial), code, { lot: lot.slice(0, i), serial });
    }
  }
}

/** A serial number that swallowed what stood behind it. */
function separatedSerial(code: PresentedCode, gtin: string, serial: string, all: Candidates): void {
  for (const i of separatorPlaces(serial)) {
    const rest = parseElementString(serial.slice(i));
    const own = serial.slice(0, i);
    const lot = rest.ok ? rest.elements.find(({ ai }) => ai === '10')?.value : undefined;
    all.add(sgtin(gtin, own), code, { serial: own, ...(lot !== undefined && { lot }) });
  }
}

/** Where an identifier that often follows a serial number begins. */
function separatorPlaces(text: string): readonly number[] {
  const places: number[] = [];
  for (let i = 1; i < text.length && i <= SERIAL_LENGTH_MAX; i++) {
    if (/^(?:10|11|17|91|92|240|71\d)/.test(text.slice(i, i + 3))) places.push(i);
  }
  return places;
}

/** The number of the product read into the serial number, before or behind. */
function withoutProduct(serial: string, gtin: string): readonly string[] {
  const found: string[] = [];
  for (const ean of [gtin, gtin.slice(1), gtin.slice(2), gtin.slice(6)]) {
    if (serial.startsWith(ean)) found.push(serial.slice(ean.length));
    if (serial.endsWith(ean)) found.push(serial.slice(0, -ean.length));
  }
  return found;
}

function swapped(text: string): readonly string[] {
  const found: string[] = [];
  for (let i = 0; i + 1 < text.length; i++) {
    if (text[i] === text[i + 1]) continue;
    found.push(text.slice(0, i) + text[i + 1]! + text[i]! + text.slice(i + 2));
  }
  return found;
}

const LOOKALIKES: Readonly<Record<string, string>> = { 0: 'O', O: '0', o: '0', 1: 'Il', I: '1l', l: '1I' };

/** One character taken for another that looks like it, whatever the rest is made of. */
function lookalikes(text: string): readonly string[] {
  const found: string[] = [];
  for (let i = 0; i < text.length; i++) {
    for (const other of LOOKALIKES[text[i]!] ?? '') found.push(text.slice(0, i) + other + text.slice(i + 1));
  }
  return found;
}

/** Every text with one other character, of the letters and digits the text is made of. */
function replaced(text: string): readonly string[] {
  const all = alphabetOf(text);
  const isLong = (all.length - 1) * text.length > WRONG_CHARACTERS_MAX;
  const found: string[] = [];
  for (let i = 0; i < text.length; i++) {
    const own = text[i]!;
    for (const other of isLong ? kindOf(own) : all) {
      if (other !== own) found.push(text.slice(0, i) + other + text.slice(i + 1));
    }
  }
  return found;
}

/** Texts that lost their last character. */
function longer(text: string): readonly string[] {
  if (text.length >= SERIAL_LENGTH_MAX) return [];
  return alphabetOf(text)
    .split('')
    .map((last) => text + last);
}

/** Digits, and letters as the text has them. */
function alphabetOf(text: string): string {
  if (!LETTER.test(text)) return DIGITS;
  return DIGITS + (/[a-z]/.test(text) && !/[A-Z]/.test(text) ? LOWER : UPPER);
}

function kindOf(character: string): string {
  if (DIGITS.includes(character)) return DIGITS;
  return /[a-z]/.test(character) ? LOWER : UPPER;
}

function parsed(text: string): PresentedCode | undefined {
  const result = parseCode(text);
  return result.ok ? result.code : undefined;
}

/** Letters of one case in the other. */
function swappedCase(letters: string): string {
  const small = letters.toLowerCase();
  return letters === small ? letters.toUpperCase() : small;
}
