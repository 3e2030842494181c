// Browser-safe.
/**
 * GroupCommitter: many callers, one commit. What is queued while a commit is under way goes into the next one together.
 *
 * Reads  append.ts, store.ts.   Used by  ledger/.
 * Rules  nothing is acknowledged before it is durable. What was validated against an older head is validated again before it is
 *        written; two requests that share a key, or one that wants to be alone, never meet in one commit, so each sees the other.
 *        After an outcome that is unknown every call is refused: the owner opens the store again and reads what is there.
 * Never  reads a clock: `now` is given. Never trusts a head it did not write: see {@link readVerifiedHead}.
 * @module
 */
import { assertArray, assertInteger, assertObject, assertOptions, assertString } from '../bytes/index.ts';
import { StoreError, argumentRangeError, argumentTypeError } from '../errors.ts';
import type { NoteSigner } from '../note/index.ts';
import { prepareCommit, readVerifiedHead } from './append.ts';
import type { NewStatement, PreparedCommit } from './append.ts';
import { assertStatement } from './entry.ts';
import type { Commit, LogStore, StoredHead } from './store.ts';

/** Most statements of one commit, hence of one request. */
export const GROUP_STATEMENTS_MAX = 1000;
/** Most statement bytes of one commit, hence of one request. */
export const GROUP_BYTES_MAX = 8 * 1024 * 1024;
/** How often a request is tried again after another writer was faster. */
export const ATTEMPTS_MAX = 64;
const KEYS_MAX = 100_000;

/** Statements that must become durable together or not at all, in this order. */
export interface AppendRequest {
  /** At most {@link GROUP_STATEMENTS_MAX}; they get consecutive indexes. */
  readonly statements: readonly NewStatement[];
  /** Size of the log against which the caller validated them; 0 for the empty log. */
  readonly validatedSize: number;
  /**
   * Called before writing when the log is no longer at `validatedSize`: validates again and gives the statements that are
   * still to be written; none resolves the append with no indexes, an exception rejects it. It must not append itself.
   */
  readonly revalidate: (head: StoredHead | undefined) => Promise<readonly NewStatement[]>;
  /** Names of what the validation depends on; requests with a common key never share a commit. */
  readonly keys?: readonly string[];
  /** True if it shares its commit with no other request: for statements that change what others are validated against. */
  readonly alone?: boolean;
}

/** What became of a request. */
export interface Appended {
  /** Entry indexes, in the order of the statements; empty if the second validation left none. */
  readonly indexes: readonly number[];
  /** Tree nodes the commit added, in stored order, the first at the stored node count of the size before. */
  readonly nodes: readonly Uint8Array[];
  /** The head after the commit: receipts of its size can be made from it. Undefined only for an empty log. */
  readonly head: StoredHead | undefined;
}

/** What a committer needs. */
export interface CommitterOptions {
  readonly store: LogStore;
  /** The log's origin, first line of its checkpoints. */
  readonly origin: string;
  /** The log's checkpoint signer. */
  readonly signer: NoteSigner;
  /** Milliseconds since 1970; asked once a commit. */
  readonly now: () => number;
}

interface Pending {
  readonly request: AppendRequest;
  alone: boolean;
  statements: readonly NewStatement[];
  validatedSize: number;
  attempts: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Groups concurrent appends to one log.
 *
 * @example
 * const committer = new GroupCommitter({ store, origin, signer, now: Date.now });
 * const { indexes, head } = await committer.append({ statements, validatedSize, revalidate });
 */
export class GroupCommitter {
  readonly #options: CommitterOptions;
  #queue: Pending[] = [];
  /** The head this committer last read or wrote, while nothing suggests that another writer moved it. */
  #head: StoredHead | undefined;
  #headKnown = false;
  #running: Promise<void> | undefined;
  #ended: StoreError | undefined;

  constructor(options: CommitterOptions) {
    assertOptions('options', options, ['store', 'origin', 'signer', 'now']);
    if (typeof options.now !== 'function') throw argumentTypeError('now', 'a function', options.now);
    this.#options = options;
  }

  /** Why every append is refused: closed, or a fatal error; undefined while open. */
  get ended(): StoreError | undefined {
    return this.#ended;
  }

  /**
   * Appends the statements of one request in one commit, perhaps with those of others.
   *
   * @returns once durable.
   * @throws {StoreError} `ERR_STORE_CONFLICT` if other writers were faster {@link ATTEMPTS_MAX} times and any other error of the
   *   store: unless `fatal`, nothing was written. After a fatal one (`ERR_STORE_OUTCOME_UNKNOWN`) every call is refused.
   * @throws {TypeError | RangeError} on a request of the wrong shape or beyond the limits of one commit.
   */
  async append(request: AppendRequest): Promise<Appended> {
    assertRequest(request);
    if (this.#ended !== undefined) throw this.#ended;
    const { statements, validatedSize } = request;
    return new Promise((resolve, reject) => {
      const alone = request.alone === true;
      this.#queue.push({ request, alone, statements, validatedSize, attempts: 0, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Refuses new requests and returns when those accepted are settled. Does not close the store. Idempotent. */
  async close(): Promise<void> {
    this.#ended ??= new StoreError('ERR_STORE_CLOSED', "couldn't append: the committer is closed");
    await this.#running;
  }

  async #run(): Promise<void> {
    // Lets the callers of this turn join the first group.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const group: Pending[] = [];
      try {
        await this.#step(group);
      } catch (cause) {
        this.#fail(group, cause);
      }
    }
    this.#running = undefined;
  }

  /** One commit: head, group, write. A request is in the queue, in `group`, or settled. */
  async #step(group: Pending[]): Promise<void> {
    if (!this.#headKnown) await this.#readHead(group);
    const head = this.#head;
    await this.#fill(group, head);
    if (group.length === 0) return;
    const prepared = this.#prepare(group, head);
    if (prepared === undefined) return;
    // Until the store has answered, what this committer knows of the head is in doubt.
    this.#headKnown = false;
    if (!(await this.#write(prepared.commit))) {
      this.#requeue(group);
      return;
    }
    this.#head = prepared.head;
    this.#headKnown = true;
    let first = 0;
    for (const { statements: own, resolve } of group.splice(0)) {
      const indexes = prepared.indexes.slice(first, first + own.length);
      resolve({ indexes, nodes: prepared.commit.nodes, head: prepared.head });
      first += own.length;
    }
  }

  /** The group's commit; undefined if one request of several is at fault, which each then finds out alone. */
  #prepare(group: Pending[], head: StoredHead | undefined): PreparedCommit | undefined {
    const { origin, signer, now } = this.#options;
    const statements = group.flatMap((pending) => pending.statements);
    try {
      return prepareCommit(head, statements, { recordTimeMs: now(), origin, signer });
    } catch (cause) {
      if (group.length === 1) throw cause;
      for (const pending of group) pending.alone = true;
      this.#queue = [...group.splice(0), ...this.#queue];
      return undefined;
    }
  }

  async #write(commit: Commit): Promise<boolean> {
    try {
      return await this.#options.store.commit(commit);
    } catch (cause) {
      // A StoreError that is not fatal promises that nothing was written. Any other exception promises nothing.
      if (cause instanceof StoreError) throw cause;
      const message = "couldn't append: it is unknown whether it reached the store, open it again";
      throw new StoreError('ERR_STORE_OUTCOME_UNKNOWN', message, { cause, fatal: true });
    }
  }

  /** Reads the head anew. If that fails, nothing queued can be written now, so all of it shares the error. */
  async #readHead(group: Pending[]): Promise<void> {
    try {
      const { store, origin, signer } = this.#options;
      this.#head = await readVerifiedHead(store, { origin, signer });
      this.#headKnown = true;
    } catch (cause) {
      group.push(...this.#queue.splice(0));
      throw cause;
    }
  }

  /** Moves requests from the queue to `group`, validating again where the log has moved, until one does not fit. */
  async #fill(group: Pending[], head: StoredHead | undefined): Promise<void> {
    const size = head?.size ?? 0;
    const keys = new Set<string>();
    let count = 0;
    let bytes = 0;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const { request } = next;
      if (group.length > 0 && (next.alone || group[0]!.alone)) return;
      if (request.keys?.some((key) => keys.has(key)) === true) return;
      if (next.validatedSize !== size && !(await this.#revalidate(next, head))) {
        this.#queue.shift();
        continue;
      }
      count += next.statements.length;
      bytes += bytesOf(next.statements);
      if (count > GROUP_STATEMENTS_MAX || bytes > GROUP_BYTES_MAX) return;
      group.push(next);
      this.#queue.shift();
      for (const key of request.keys ?? []) keys.add(key);
    }
  }

  /** Validates a request against `head`; false if that settled it. */
  async #revalidate(pending: Pending, head: StoredHead | undefined): Promise<boolean> {
    try {
      const statements = await pending.request.revalidate(head);
      assertStatements(statements);
      pending.statements = statements;
      pending.validatedSize = head?.size ?? 0;
      if (statements.length > 0) return true;
      pending.resolve({ indexes: [], nodes: [], head });
    } catch (cause) {
      pending.reject(cause);
    }
    return false;
  }

  /** Another writer was faster: the group goes back to the front of the queue, but for those who lost too often. */
  #requeue(group: Pending[]): void {
    const again = group.splice(0).filter((pending) => {
      pending.attempts++;
      if (pending.attempts < ATTEMPTS_MAX) return true;
      const message = `couldn't append: other writers were faster ${ATTEMPTS_MAX} times`;
      pending.reject(new StoreError('ERR_STORE_CONFLICT', message));
      return false;
    });
    this.#queue = [...again, ...this.#queue];
  }

  /** Rejects the group; after a fatal error, everything queued and every later call too. */
  #fail(group: readonly Pending[], cause: unknown): void {
    for (const pending of group) pending.reject(cause);
    if (!(cause instanceof StoreError) || !cause.fatal) return;
    this.#ended = cause;
    for (const pending of this.#queue.splice(0)) pending.reject(cause);
  }
}

function bytesOf(statements: readonly NewStatement[]): number {
  let bytes = 0;
  for (const statement of statements) bytes += statement.bytes.length;
  return bytes;
}

function assertRequest(request: AppendRequest): void {
  assertOptions('request', request, ['statements', 'validatedSize', 'revalidate', 'keys', 'alone']);
  assertStatements(request.statements);
  if (request.statements.length === 0)
    throw argumentRangeError('statements', 'at least one statement', 'none');
  assertInteger('validatedSize', request.validatedSize);
  if (typeof request.revalidate !== 'function') {
    throw argumentTypeError('revalidate', 'a function', request.revalidate);
  }
  if (request.keys !== undefined) {
    for (const key of assertArray('keys', request.keys, KEYS_MAX)) assertString('key', key);
  }
  if (request.alone !== undefined && typeof request.alone !== 'boolean') {
    throw argumentTypeError('alone', 'a boolean', request.alone);
  }
}

function assertStatements(statements: readonly NewStatement[]): void {
  assertArray('statements', statements, GROUP_STATEMENTS_MAX);
  for (const statement of statements) assertStatement(assertObject('statement', statement).bytes);
  const bytes = bytesOf(statements);
  if (bytes > GROUP_BYTES_MAX)
    throw argumentRangeError('statements', `at most ${GROUP_BYTES_MAX} bytes`, bytes);
}
