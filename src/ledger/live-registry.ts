// Browser-safe.
/**
 * The registry of the log's head, kept up with what this and other processes append.
 *
 * Reads  log/, registry/, subjects.ts.   Used by  append.ts, ledger.ts.
 * Rule   applied in log order, always from the log itself; a foreign commit is noticed by the head's size.
 * @module
 */
import { REGISTRY_SUBJECT } from '../custody/index.ts';
import { StoreError } from '../errors.ts';
import { type LogStore, type StoredHead } from '../log/index.ts';
import { Registry } from '../registry/index.ts';
import { after, readsOf, type Reads, type Soon } from './reads.ts';
import type { SubjectReader } from './subjects.ts';

/** A registry that follows a store. */
export class LiveRegistry {
  #registry = new Registry();
  readonly #reads: Reads;
  readonly #subjects: SubjectReader;
  #head: StoredHead | undefined;

  constructor(store: LogStore, subjects: SubjectReader) {
    this.#reads = readsOf(store);
    this.#subjects = subjects;
  }

  /** The registry; another object after {@link reset}. */
  get registry(): Registry {
    return this.#registry;
  }

  /** Size of the log the registry stands for. */
  get size(): number {
    return this.#head?.size ?? 0;
  }

  /** The head the registry stands for. */
  get head(): StoredHead | undefined {
    return this.#head;
  }

  /** Forgets everything, since what it was read from was wrong; the next {@link refresh} reads anew. */
  reset(): void {
    this.#registry = new Registry();
    this.#head = undefined;
  }

  /**
   * Reads the head, and whatever registry statements came since.
   * @throws {StoreError} `ERR_STORE_CORRUPT` if the log is shorter than it was: somebody rolled it back.
   */
  refresh(): Soon<StoredHead | undefined> {
    return after(this.#reads.readHead(), (head) => this.#follow(head));
  }

  #follow(head: StoredHead | undefined): Soon<StoredHead | undefined> {
    if ((head?.size ?? 0) < this.size) {
      const details = { size: head?.size ?? 0, sizeBefore: this.size };
      const message = "couldn't read the log: it is shorter than it was, run an audit";
      throw new StoreError('ERR_STORE_CORRUPT', message, { details, fatal: true });
    }
    if (head === undefined || head.size === this.size) return head;
    return this.advance(head, true).then(() => head);
  }

  /** The registry as it was when the log had `size` entries. */
  async registryAt(size: number): Promise<Registry> {
    return size >= this.registry.size ? this.registry : this.snapshotAt(size);
  }

  /** A registry of the first `size` entries that stays as it is while the log grows. */
  async snapshotAt(size: number): Promise<Registry> {
    const earlier = new Registry();
    const postings = await this.#reads.readPostings(REGISTRY_SUBJECT, size);
    for (const { entry, recordTimeMs, fact } of await this.#subjects.entries(
      postings.map(({ entry }) => entry),
    )) {
      if (fact !== undefined) earlier.apply(entry, recordTimeMs, fact);
    }
    return earlier;
  }

  /** Moves on to a head this process has just written; `hasRegistry` says whether it holds registry statements. */
  async advance(head: StoredHead, hasRegistry: boolean): Promise<void> {
    if (head.size <= this.size) return;
    if (hasRegistry) {
      const first = this.registry.size;
      const postings = await this.#reads.readPostings(REGISTRY_SUBJECT, head.size, first);
      const fresh = postings.map(({ entry }) => entry).filter((entry) => entry >= first);
      for (const { entry, recordTimeMs, fact } of await this.#subjects.entries(fresh)) {
        if (fact !== undefined && entry >= this.registry.size) this.registry.apply(entry, recordTimeMs, fact);
      }
    }
    this.#head = head;
  }
}
