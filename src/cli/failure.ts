/**
 * What a failed command says and with which code it exits: one line, the error's code, and what to do now.
 *
 * Reads  errors.ts.   Used by  run.ts; commands throw CliError.
 * Rule   exit codes and error codes are public API; messages are not.
 * Never  prints a stack trace, a secret, or the content of a file.
 * @module
 */
import { errorCode } from '../errors.ts';

/** Exit codes; `countermark help` explains them. */
export const EXIT = Object.freeze({
  fine: 0,
  usage: 1,
  refused: 2,
  stop: 3,
  damaged: 4,
  store: 5,
  internal: 70,
  interrupted: 130,
});

/** Codes only the command line has; every other code is the library's. */
export type CliErrorCode =
  | 'ERR_USAGE'
  | 'ERR_FILE'
  | 'ERR_FILE_EXISTS'
  | 'ERR_FILE_BUSY'
  | 'ERR_KEY_FILE'
  | 'ERR_LOG_KEY'
  | 'ERR_INTERRUPTED';

/** A failure of the command line's own, with a stable code. */
export class CliError extends Error {
  readonly code: CliErrorCode;
  constructor(code: CliErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CliError';
    this.code = code;
  }
}

/** A failure as it is shown. */
export interface Failure {
  readonly exit: number;
  readonly code: string;
  readonly message: string;
  /** What to do about it; empty where nobody knows. */
  readonly advice: string;
}

const { usage, refused, damaged, store, interrupted } = EXIT;
const AUDIT = 'Run "countermark audit".';

const KNOWN: Readonly<Record<string, readonly [exit: number, advice: string]>> = {
  ERR_USAGE: [usage, 'See "countermark help".'],
  ERR_FILE: [refused, 'Check the path and its permissions.'],
  ERR_FILE_EXISTS: [refused, 'Nothing was overwritten: name another file, or move that one away.'],
  ERR_FILE_BUSY: [refused, 'Try again; if no other process uses it, delete the lock file.'],
  ERR_KEY_FILE: [refused, 'Make key files with "countermark keygen".'],
  ERR_LOG_KEY: [refused, 'Give --log-key with the key the operator of the log published.'],
  ERR_INTERRUPTED: [interrupted, 'What was acknowledged before is durable.'],
  ERR_DECODE_MALFORMED: [refused, 'Correct the input.'],
  ERR_DECODE_NONCANONICAL: [refused, 'Correct the input.'],
  ERR_DECODE_VERSION: [refused, 'Use a version of countermark that knows this format.'],
  ERR_DECODE_LIMIT: [refused, 'Make the input smaller or flatter.'],
  ERR_INVALID_ARG_TYPE: [refused, 'Correct the input.'],
  ERR_OUT_OF_RANGE: [refused, 'Correct the input.'],
  ERR_SIGNATURE: [refused, 'Sign the statement again with the right key.'],
  ERR_SIGNATURE_NOT_PORTABLE: [refused, 'Sign the statement again with another library.'],
  ERR_KEY_UNKNOWN: [refused, 'Let the operator append a "key" statement for this key first.'],
  ERR_KEY_REVOKED: [refused, 'Sign with a key in force.'],
  ERR_KEY_NOT_VALID: [refused, 'Sign with a key in force.'],
  ERR_KEY_WEAK: [refused, 'Make another key.'],
  ERR_AUDIENCE: [refused, 'Sign the statement for the origin of this ledger.'],
  ERR_ISSUER: [refused, 'Sign with a key of the party that is to speak.'],
  ERR_CHECKPOINT: [
    damaged,
    'Compare --log-key with the key the operator published; if it is that, run "countermark audit".',
  ],
  ERR_STORE_CORRUPT: [damaged, AUDIT],
  ERR_STORE_MISSING: [store, 'Check --ledger, or begin a ledger with "countermark init".'],
  ERR_STORE_EXISTS: [store, 'Nothing was overwritten: choose another --ledger.'],
  ERR_STORE_BUSY: [store, 'Another process is writing: try again.'],
  ERR_STORE_CONFLICT: [store, 'Another process wrote meanwhile: try again.'],
  ERR_STORE_READONLY: [store, 'Check the permissions of the ledger file.'],
  ERR_STORE_IO: [store, 'Check disk space, permissions and the ledger file.'],
  ERR_STORE_CLOSED: [store, 'Try again.'],
  ERR_STORE_OUTCOME_UNKNOWN: [
    store,
    'Append the same signed statements again: what is in the log already is answered as repeated.',
  ],
};

/** How an error is shown and which code the process exits with. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  let code = errorCode(error);
  if (code?.startsWith('ERR_PARSE_ARGS') === true) code = 'ERR_USAGE';
  // Errors about one argument, of rooms that give them no code.
  if (code === undefined && error instanceof RangeError && message.startsWith('"')) code = 'ERR_OUT_OF_RANGE';
  const known = code === undefined ? undefined : KNOWN[code];
  if (code !== undefined && known !== undefined) return { exit: known[0], code, message, advice: known[1] };
  const advice = 'This should not happen: please report it.';
  return { exit: EXIT.internal, code: code ?? 'ERR_INTERNAL', message, advice };
}
