// Browser-safe.
/**
 * Every error this library throws on purpose, with the stable codes callers may switch on.
 *
 * Reads  nothing.   Used by  every room.
 * Rule   hostile data gives values (a result, a Finding); a broken world throws; our own bug is an InternalError.
 * Never  puts key material, whole statements or patient data into a message or into `details`.
 * @module
 */

/** Bytes that could not be read. */
export type DecodeErrorCode =
  'ERR_DECODE_MALFORMED' | 'ERR_DECODE_NONCANONICAL' | 'ERR_DECODE_VERSION' | 'ERR_DECODE_LIMIT';

/** Evidence that does not verify, or that this ledger must refuse (design section 2, principle 3). */
export type VerificationErrorCode =
  | 'ERR_SIGNATURE'
  | 'ERR_SIGNATURE_NOT_PORTABLE'
  | 'ERR_KEY_UNKNOWN'
  | 'ERR_KEY_REVOKED'
  | 'ERR_KEY_NOT_VALID'
  | 'ERR_KEY_WEAK'
  | 'ERR_AUDIENCE'
  | 'ERR_ISSUER'
  | 'ERR_CHECKPOINT';

/** A store that could not do what it was asked. */
export type StoreErrorCode =
  | 'ERR_STORE_CONFLICT'
  | 'ERR_STORE_BUSY'
  | 'ERR_STORE_CORRUPT'
  | 'ERR_STORE_CLOSED'
  | 'ERR_STORE_READONLY'
  | 'ERR_STORE_IO'
  | 'ERR_STORE_EXISTS'
  | 'ERR_STORE_MISSING'
  | 'ERR_STORE_OUTCOME_UNKNOWN';

/** A caller's mistake; Node's own code names, carried by native TypeError and RangeError. */
export type ArgumentErrorCode = 'ERR_INVALID_ARG_TYPE' | 'ERR_OUT_OF_RANGE';

/** Every code; codes are public API and change only with a major version, messages at any time. */
export type LedgerErrorCode =
  DecodeErrorCode | VerificationErrorCode | StoreErrorCode | ArgumentErrorCode | 'ERR_INTERNAL';

/** Safe, plain facts about an error: indexes, sizes, ids. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** The base of all coded errors of this library. */
export class LedgerError<Code extends LedgerErrorCode = LedgerErrorCode> extends Error {
  readonly code: Code;
  readonly details: ErrorDetails;
  constructor(code: Code, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(spell(message), options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = Object.freeze({ ...options?.details });
  }
}

/** Bytes or text that could not be read as what they claim to be. */
export class DecodeError extends LedgerError<DecodeErrorCode> {}

/** Well-formed evidence that does not verify, or whose key may not write here. */
export class VerificationError extends LedgerError<VerificationErrorCode> {}

/** Storage trouble. `fatal` means memory and disk may disagree: close the handle, open it again. */
export class StoreError extends LedgerError<StoreErrorCode> {
  readonly fatal: boolean;
  constructor(
    code: StoreErrorCode,
    message: string,
    options: { cause?: unknown; details?: ErrorDetails; fatal?: boolean } = {},
  ) {
    super(code, message, options);
    this.fatal = options?.fatal ?? false;
  }
}

/** A contradiction inside this library: please report it. */
export class InternalError extends LedgerError<'ERR_INTERNAL'> {
  constructor(message: string) {
    super('ERR_INTERNAL', message);
  }
}

/** A native TypeError that carries `code: 'ERR_INVALID_ARG_TYPE'`. */
export function argumentTypeError(title: string, expected: string, value: unknown): TypeError {
  const error = new TypeError(`"${spell(title)}" expected ${spell(expected)}, got ${describe(value)}`);
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' as const });
}

/** A native RangeError that carries `code: 'ERR_OUT_OF_RANGE'`. */
export function argumentRangeError(title: string, expected: string, got: string | number): RangeError {
  const error = new RangeError(`"${spell(title)}" expected ${spell(expected)}, got ${spell(got)}`);
  return Object.assign(error, { code: 'ERR_OUT_OF_RANGE' as const });
}

/** Throws an InternalError unless `condition` holds: a check of our own reasoning, never of input. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** The code of any error thrown by this library, or undefined for a stranger's error. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Text for a message; of what should have been text, its type. */
function spell(part: unknown): string {
  return typeof part === 'string' || typeof part === 'number' ? String(part) : describe(part);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return `Uint8Array of length ${value.length}`;
  if (Array.isArray(value)) return `array of length ${value.length}`;
  return `type=${typeof value}`;
}
