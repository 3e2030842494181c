// Browser-safe.
/**
 * One look at a payload's bytes that settles for nearly all of them, before any parser ran, that JSON would be spelled no other way.
 *
 * Reads  nothing.   Used by  payload.ts.
 * Source ECMA-262 `JSON.stringify` (escapes, key order), `Number::toString` (numbers); RFC 8259 for what stands where.
 * Note   the grammar is the parser's business: what is said here holds of text that parses, and of no other.
 * Never  says yes in doubt: rare spellings are left to the rule itself, which writes the value again and compares.
 * @module
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const UNDERSCORE = 0x5f;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Decimals of up to this many digits all differ as doubles, so the shortest spelling of one is itself. */
const DIGITS_MAX = 15;
/** Zeros between the point and the first digit that JavaScript still writes without an exponent. */
const LEADING_ZEROS_MAX = 5;
/** Most open keys at one time, over all levels. */
const KEYS_MAX = 256;

/** 1 for bytes that stand for themselves inside a string: all but controls, the quote and the backslash. */
const PLAIN = /* @__PURE__ */ new Uint8Array(256).fill(1, 0x20);
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH] = 0;

/** Marks of the keys seen so far in each open object, outermost first: equal keys have equal marks. */
const marks = new Int32Array(KEYS_MAX);
/** Where the marks of each open object or array begin. */
const bases = new Int32Array(64);

/**
 * True if the bytes, once they parse as JSON, are surely the UTF-8 of `JSON.stringify` of what they parse to, at most `depthMax`
 * (.. 63) deep, without a lone surrogate and without a key `__proto__`. False where any of it needs a closer look.
 *
 * Cost: one pass; quadratic in the keys of one object, of which it looks at no more than 256.
 */
export function isPlainlyCanonical(bytes: Uint8Array, depthMax: number): boolean {
  const end = bytes.length;
  let depth = 0;
  let open = 0;
  let base = 0;
  let start = 0;
  let stop = 0;
  for (let i = 0; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) {
      start = i + 1;
      stop = endOfString(bytes, start);
      if (stop < 0) return false;
      i = stop;
    } else if (byte === COLON) {
      // An index as key is written before all others; `__proto__` begins with a low line.
      const first = bytes[start]!;
      if ((first >= ZERO && first <= NINE) || first === UNDERSCORE || open === KEYS_MAX) return false;
      const mark = markOf(bytes, start, stop);
      for (let j = base; j < open; j++) if (marks[j] === mark) return false;
      marks[open++] = mark;
    } else if (byte === COMMA) {
      continue;
    } else if (byte >= OPEN_BRACKET) {
      // Clearing bit 5 folds braces onto brackets; the letters between them are those of true, false and null.
      const folded = byte & ~0x20;
      if (folded === OPEN_BRACKET) {
        if (depth === depthMax) return false;
        bases[depth++] = base;
        base = open;
      } else if (folded === CLOSE_BRACKET) {
        if (depth === 0) return false;
        open = base;
        base = bases[--depth]!;
      } else if (byte < 0x61 || byte > 0x7a) return false;
    } else {
      i = lastOfNumber(bytes, i);
      if (i < 0) return false;
    }
  }
  return true;
}

/** Index of the quote that ends the string whose text begins at `start`; -1 if there is none, or an escape is not as it should be. */
function endOfString(bytes: Uint8Array, start: number): number {
  const end = bytes.length;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (PLAIN[byte] === 1) continue;
    if (byte === QUOTE) return i;
    i = byte === BACKSLASH ? lastOfEscape(bytes, i) : -1;
    if (i < 0) return -1;
  }
  return -1;
}

/** Index of the last byte of the escape at `at`, or -1 if `JSON.stringify` would not write it, or only for a lone surrogate. */
function lastOfEscape(bytes: Uint8Array, at: number): number {
  switch (bytes[at + 1]) {
    case QUOTE:
    case BACKSLASH:
    case 0x62: // \b \f \n \r \t
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 1;
    case 0x75:
      return isControlEscape(bytes, at + 2) ? at + 5 : -1;
    default:
      return -1;
  }
}

/** True for `00`, then two lower-case hex digits of a control character that has no short escape. */
function isControlEscape(bytes: Uint8Array, at: number): boolean {
  const high = bytes[at + 2]! - ZERO;
  const low = bytes[at + 3]!;
  const value = low <= NINE ? low - ZERO : low - 0x57;
  if (bytes[at] !== ZERO || bytes[at + 1] !== ZERO) return false;
  if (!(value >= 0 && value <= 15) || (low > NINE && low < 0x61)) return false;
  return high === 1 || (high === 0 && (value < 8 || value === 11 || value > 13));
}

/** What is compared of a key, the text [start, stop): equal keys give equal marks; others hardly ever do. */
function markOf(bytes: Uint8Array, start: number, stop: number): number {
  const length = stop - start;
  let mark = length;
  if (length <= 8) {
    for (let i = start; i < stop; i++) mark = (Math.imul(mark, 0x01000193) + bytes[i]!) | 0;
    return mark;
  }
  for (let i = 0; i < 4; i++) {
    mark = (Math.imul(mark, 0x01000193) + bytes[start + i]!) | 0;
    mark = (Math.imul(mark, 0x01000193) + bytes[stop - 1 - i]!) | 0;
  }
  return mark;
}

/** Index of the last byte of the number at `at`, or -1 unless JavaScript surely writes it so: an integer or decimal of few digits. */
function lastOfNumber(bytes: Uint8Array, at: number): number {
  const first = bytes[at] === MINUS ? at + 1 : at;
  let i = first;
  while (isDigit(bytes[i])) i++;
  const whole = i - first;
  if (whole === 0 || whole > DIGITS_MAX) return -1;
  const isZero = bytes[first] === ZERO;
  if (isZero && whole > 1) return -1;
  if (bytes[i] !== POINT) return isZero && first !== at ? -1 : lastUnlessExponent(bytes, i);
  const fraction = ++i;
  while (bytes[i] === ZERO) i++;
  if (isZero && i - fraction > LEADING_ZEROS_MAX) return -1;
  while (isDigit(bytes[i])) i++;
  if (i === fraction || bytes[i - 1] === ZERO || whole + i - fraction > DIGITS_MAX) return -1;
  return lastUnlessExponent(bytes, i);
}

function lastUnlessExponent(bytes: Uint8Array, end: number): number {
  const byte = bytes[end];
  return byte === 0x65 || byte === 0x45 ? -1 : end - 1;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
