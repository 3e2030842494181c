// Browser-safe.
/**
 * Reads that need not wait: of a store that can answer at once, the answers themselves; of any other, promises of them.
 *
 * Reads  log/ (LogStore).   Used by  check.ts and what it runs through; appends share most of that.
 * Why    a check asks ten times. Each promise costs some hundred bytes and a turn of the task queue, and each function that waits for
 *        one makes another.
 * @module
 */
import type { ImmediateReads, LogStore } from '../log/index.ts';

/** A value, or a promise of it. */
export type Soon<T> = T | Promise<T>;

/** What a check reads of a log. */
export type Reads = { readonly [Name in keyof ImmediateReads]: SoonAsWell<ImmediateReads[Name]> };

type SoonAsWell<F> = F extends (...asked: infer A) => infer T ? (...asked: A) => Soon<T> : never;

/** The reads of a store, at once where it can. */
export function readsOf(store: LogStore): Reads {
  return store.atOnce ?? new Awaited(store);
}

/** What `next` makes of a value, as soon as it is there: at once if it is. */
export function after<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Reads of a store whose promises may be of any make. */
class Awaited implements Reads {
  readonly #store: LogStore;

  constructor(store: LogStore) {
    this.#store = store;
  }

  async readHead(): ReturnType<LogStore['readHead']> {
    return this.#store.readHead();
  }
  async readEntriesAt(indexes: readonly number[]): ReturnType<LogStore['readEntriesAt']> {
    return this.#store.readEntriesAt(indexes);
  }
  async readNodes(indexes: readonly number[]): ReturnType<LogStore['readNodes']> {
    return this.#store.readNodes(indexes);
  }
  async readPostings(
    subject: string,
    sizeBefore: number,
    first?: number,
  ): ReturnType<LogStore['readPostings']> {
    return this.#store.readPostings(subject, sizeBefore, first);
  }
  async readFlag(name: string): ReturnType<LogStore['readFlag']> {
    return this.#store.readFlag(name);
  }
}
