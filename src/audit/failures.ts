// Browser-safe.
/**
 * Errors on their way from a thread: what crosses between threads is no error of this library any more, and is made one again.
 *
 * Reads  nothing.   Used by  thread.ts (tells), crew.ts (hears).
 * Rule   who asks does not see where the work was done: trouble with the machine has the same class and code from any thread.
 * @module
 */
import { assertObject } from '../bytes/index.ts';
import { InternalError, StoreError, type ErrorDetails, type StoreErrorCode } from '../errors.ts';

/** What a thread says of an error. */
export interface Failure {
  readonly message: string;
  /** If a spill or a store could not do what it was asked. */
  readonly store?: {
    readonly code: StoreErrorCode;
    readonly fatal: boolean;
    readonly details: ErrorDetails;
    /** Why, as text. */
    readonly cause: string | undefined;
  };
}

/** An error as what can be sent. */
export function tellFailure(error: unknown): Failure {
  if (!(error instanceof StoreError)) return { message: textOf(error) };
  const { message, code, fatal, details, cause } = error;
  return {
    message,
    store: { code, fatal, details: { ...details }, cause: cause === undefined ? undefined : textOf(cause) },
  };
}

/** The error of a thread, as the same work would throw it here; what is no trouble of the machine is our own bug. */
export function heardFailure(failure: Failure): StoreError | InternalError {
  const { message, store } = assertObject('failure', failure);
  if (store === undefined) return new InternalError(`a thread of the audit failed: ${message}`);
  const { code, fatal, details } = store;
  const cause = store.cause === undefined ? undefined : new Error(store.cause);
  return new StoreError(code, message, { fatal, details, cause });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
