// Browser-safe.
/**
 * Ledger: the facade services use. Create or open one, append statements, check scans, trace, prove, audit.
 *
 * Reads  every room below.   Used by  services, cli/, examples.
 * Source design section 5 "The three journeys".
 * Note   the one place that reads a clock, and only where the caller gives none; judgement never does.
 * @module
 */
import { deriveBlocks, type AuditOptions, type AuditReport } from '../audit/index.ts';
import {
  assertArray,
  assertBoolean,
  assertBytes,
  assertFunction,
  assertObject,
  assertInteger,
  assertOptions,
  assertString,
  TIME_MAX_MS,
} from '../bytes/index.ts';
import { argumentRangeError, StoreError, VerificationError } from '../errors.ts';
import { parseCode } from '../gs1/index.ts';
import { isContainer, postingsOf } from '../custody/index.ts';
import {
  assertStore,
  GROUP_STATEMENTS_MAX,
  GroupCommitter,
  makeReceipt,
  readTogether,
  type LogStore,
  type Receipt,
  type StoredHead,
} from '../log/index.ts';
import {
  assertNoteSigner,
  checkCheckpoint,
  formatVerifierKey,
  openCheckpoint,
  parseVerifierKey,
  type NoteSigner,
} from '../note/index.ts';
import type { Registry } from '../registry/index.ts';
import { admitGenesis } from './admit.ts';
import {
  Appender,
  type AppendManyOptions,
  type AppendOptions,
  type AppendOutcome,
  type AppendResult,
  indexedStatement,
} from './append.ts';
import { AppendQueue } from './append-queue.ts';
import { auditOn } from './audit-on.ts';
import { check } from './check.ts';
import { DERIVED_FLAG, flagAudit } from './flags.ts';
import { LiveRegistry } from './live-registry.ts';
import {
  assertLotTraceOptions,
  lotIdOf,
  traceLot,
  type LotTrace,
  type LotTraceOptions,
} from './lot-trace.ts';
import { overdue, pageOf, type Overdue, type OverdueOptions } from './overdue.ts';
import { formatProof, verifyProof } from './proof.ts';
import type { Scan } from './scan.ts';
import { SubjectReader } from './subjects.ts';
import { traceOf, type Trace } from './trace.ts';
import type { Verdict } from './verdict.ts';
import { type Reads, readsOf } from './reads.ts';

/** How to begin a new log. */
export interface CreateOptions {
  /** An empty store. */
  readonly store: LogStore;
  /** Origin of the log, such as `example.com/ledger`; the name of its checkpoint signer. */
  readonly origin: string;
  readonly logSigner: NoteSigner;
  /** A signed `genesis` statement naming this origin and the signer's key. */
  readonly genesis: Uint8Array;
  /** Milliseconds since 1970; default the system clock. */
  readonly clock?: () => number;
}

/** How to open a log. */
export interface OpenOptions {
  readonly store: LogStore;
  /** C2SP verifier key of the log, pinned by the caller. */
  readonly logKey: string;
  /** Needed to append; without it the ledger only reads. */
  readonly logSigner?: NoteSigner;
  readonly clock?: () => number;
}

const STATEMENTS_MAX = 100_000;

/** A custody ledger over one store. */
export class Ledger {
  /** C2SP verifier key of the log. */
  readonly logKey: string;
  readonly origin: string;
  readonly #store: LogStore;
  readonly #reads: Reads;
  readonly #subjects: SubjectReader;
  readonly #live: LiveRegistry;
  readonly #appender: Appender;
  readonly #committer: GroupCommitter | undefined;
  readonly #clock: () => number;
  #queue: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;
  readonly #waiting: AppendQueue;

  private constructor(options: OpenOptions) {
    const { store, logKey, logSigner, clock = Date.now } = options;
    this.logKey = logKey;
    this.origin = parseVerifierKey(logKey).name;
    this.#store = store;
    this.#reads = readsOf(store);
    this.#clock = clock;
    this.#subjects = new SubjectReader(store, parseVerifierKey(logKey));
    this.#live = new LiveRegistry(store, this.#subjects);
    const { origin } = this;
    this.#committer =
      logSigner === undefined
        ? undefined
        : new GroupCommitter({ store, origin, signer: logSigner, now: () => this.#appender.recordTimeMs });
    this.#appender = new Appender(store, this.#committer, this.#live, this.#subjects, () => this.#now());
    this.#waiting = new AppendQueue(this.#appender, (work) => this.#inTurn(work));
  }

  /**
   * Begins a new log: writes its genesis as entry 0.
   * @throws {StoreError} `ERR_STORE_EXISTS` if the store holds a log already.
   * @throws {VerificationError | DecodeError} if the genesis is not one of this origin, key and signer.
   */
  static async create(options: CreateOptions): Promise<Ledger> {
    assertOptions('options', options, ['store', 'origin', 'logSigner', 'genesis', 'clock']);
    const { origin, logSigner, clock } = options;
    const store = assertStore('store', options.store);
    assertString('origin', origin, 1000);
    assertNoteSigner('logSigner', logSigner);
    if (clock !== undefined) assertFunction('clock', clock);
    if (logSigner.name !== origin) {
      throw argumentRangeError('logSigner', 'a signer named as the origin', 'another name');
    }
    const genesis = new Uint8Array(assertBytes('genesis', options.genesis));
    const logKey = formatVerifierKey(origin, logSigner.signer.publicKey);
    const opened = admitGenesis(genesis, origin, logKey);
    if ((await store.readHead()) !== undefined) throw existing();
    const ledger = new Ledger({ store, logKey, logSigner, ...(clock === undefined ? {} : { clock }) });
    await ledger.#committer!.append({
      statements: [
        {
          bytes: genesis,
          postings: (entry) => postingsOf(entry, indexedStatement(genesis, opened), [], new Map()),
        },
      ],
      validatedSize: 0,
      alone: true,
      revalidate: () => {
        throw existing();
      },
    });
    await ledger.#live.refresh();
    return ledger;
  }

  /**
   * Opens an existing log.
   * @throws {StoreError} `ERR_STORE_MISSING` if the store is empty.
   * @throws {VerificationError} `ERR_CHECKPOINT` if its checkpoint is not signed by `logKey`.
   * @throws {RangeError} if `logSigner` is not the signer of `logKey`.
   */
  static async open(options: OpenOptions): Promise<Ledger> {
    assertOptions('options', options, ['store', 'logKey', 'logSigner', 'clock']);
    const { logKey, logSigner, clock } = options;
    const store = assertStore('store', options.store);
    assertString('logKey', logKey, 1000);
    const verifier = parseVerifierKey(logKey);
    if (clock !== undefined) assertFunction('clock', clock);
    if (logSigner !== undefined) {
      const { name, signer } = assertNoteSigner('logSigner', logSigner);
      if (formatVerifierKey(name, signer.publicKey) !== logKey) {
        throw argumentRangeError('logSigner', 'the signer of the log key given', 'another one');
      }
    }
    const head = await store.readHead();
    if (head === undefined)
      throw new StoreError('ERR_STORE_MISSING', "couldn't open ledger: the store holds no log");
    const opened = checkCheckpoint(head.checkpoint, verifier);
    if (!opened.ok || opened.checkpoint.size !== head.size) {
      const why = opened.ok ? 'size' : opened.reason;
      throw new VerificationError(
        'ERR_CHECKPOINT',
        `couldn't open ledger: its checkpoint is not signed by the key given (${why})`,
      );
    }
    const ledger = new Ledger(options);
    await ledger.#live.refresh();
    return ledger;
  }

  /**
   * Appends one signed statement; durable when it returns.
   * @throws {DecodeError | VerificationError} if it is refused (see the README's error table); nothing was written then.
   * @throws {StoreError} if the store failed; `fatal` means close this ledger and open it again.
   */
  async append(statement: Uint8Array, options: AppendOptions = {}): Promise<AppendResult> {
    const [outcome] = await this.appendMany([statement], options);
    if (!outcome!.ok) throw outcome!.error;
    const { ok: _ok, ...result } = outcome!;
    return result;
  }

  /**
   * Appends many statements in order, up to 1,000 a commit; one outcome each, refused ones among them.
   * Other work gets a turn between commits.
   * @throws `signal.reason` if aborted between two commits.
   */
  async appendMany(
    statements: readonly Uint8Array[],
    options: AppendManyOptions = {},
  ): Promise<AppendOutcome[]> {
    assertArray('statements', statements, STATEMENTS_MAX);
    assertOptions('options', options, ['findings', 'receipts', 'signal', 'onProgress']);
    const { signal, onProgress, ...asked } = options;
    if (signal !== undefined) assertObject('signal', signal, ['throwIfAborted']);
    if (onProgress !== undefined) assertFunction('onProgress', onProgress);
    for (const name of ['findings', 'receipts'] as const) {
      if (options[name] !== undefined) assertBoolean(name, options[name]);
    }
    this.#assertOpen();
    if (this.#committer === undefined) {
      throw new StoreError(
        'ERR_STORE_READONLY',
        "couldn't append: the ledger was opened without its log signer",
      );
    }
    // A Buffer's own slice() would share the caller's memory.
    const copies = statements.map((statement) =>
      statement instanceof Uint8Array ? new Uint8Array(statement) : statement,
    );
    signal?.throwIfAborted();
    const outcomes: AppendOutcome[] = [];
    for (let first = 0; first < copies.length; first += GROUP_STATEMENTS_MAX) {
      if (first > 0) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        signal?.throwIfAborted();
      }
      this.#assertOpen();
      const piece = await this.#waiting.append(copies.slice(first, first + GROUP_STATEMENTS_MAX), asked);
      for (const outcome of piece) outcomes.push(outcome);
      onProgress?.({ done: outcomes.length, total: copies.length });
    }
    return outcomes;
  }

  /** The verdict on a presented code, as of now; reads only. */
  async check(code: string, scan: Scan = {}): Promise<Verdict> {
    this.#assertOpen();
    return await this.#inTurn(() =>
      readTogether(this.#store, () => check({ ...this.#context(), nowMs: this.#now() }, code, scan)),
    );
  }

  /**
   * The journey of a unit or container, by canonical id or any code that names it; no steps for anything else.
   * @param options.size - as of this size of the log, by what was registered then; default all of it.
   */
  async trace(subject: string, options: { readonly size?: number } = {}): Promise<Trace> {
    this.#assertOpen();
    assertString('subject', subject, 10_000);
    assertOptions('options', options, ['size']);
    if (options.size !== undefined) assertInteger('size', options.size);
    const parsed = parseCode(subject);
    const id = parsed.ok ? (parsed.code.unit ?? parsed.code.container ?? subject) : subject;
    return this.#inTurn(async () => {
      const head = await this.#live.refresh();
      const size = Math.min(options.size ?? Infinity, head?.size ?? 0);
      const wanted = isContainer(id) ? { containers: [id] } : { units: [id] };
      const registry = await this.#live.registryAt(size);
      const world = await this.#subjects.world(registry, size, wanted, () => undefined);
      const timeline = isContainer(id) ? world.container(id) : world.unit(id);
      return { subject: id, size, lot: timeline.commission?.lot, steps: traceOf(world, timeline) };
    });
  }

  /**
   * Where the units of a lot were when it was recalled, where they are now, what was used since, what nobody can account for.
   *
   * Cost: two histories a unit; appends and checks get their turn between batches of units.
   * @param lot - canonical lot id, `GTIN/LOT`, or a code that carries both; no units for a lot nobody commissioned.
   * @param options.size - as of this size of the log; default all of it.
   * @throws {RangeError} if `lot` names no lot; `options.signal.reason` if aborted between two batches.
   */
  async traceLot(lot: string, options: LotTraceOptions = {}): Promise<LotTrace> {
    this.#assertOpen();
    const id = lotIdOf(assertString('lot', lot, 10_000));
    const { size } = assertLotTraceOptions(options);
    const head = await this.#inTurn(async () => this.#live.refresh());
    const context = {
      store: this.#store,
      subjects: this.#subjects,
      registryAt: (at: number) => this.#live.snapshotAt(at),
      inTurn: <T>(work: () => Promise<T>) => this.#inTurn(work),
    };
    return traceLot(context, id, Math.min(size ?? Infinity, head?.size ?? 0), options);
  }

  /**
   * Which deadlines have passed by now (the clock, or the last record time if that is later): one page of subjects. Go on with
   * `after: page.next` until that is undefined; what is appended meanwhile is looked at too. Reads only.
   * @throws {RangeError} if `after` is no page's `next`.
   */
  async overdue(options: OverdueOptions = {}): Promise<Overdue> {
    this.#assertOpen();
    const { from, limit } = pageOf(options);
    return this.#inTurn(async () => {
      const head = await this.#live.refresh();
      const { registry } = this.#live;
      const asOfMs = Math.max(this.#now(), head?.recordTimeMs ?? 0);
      const context = {
        store: this.#store,
        subjects: this.#subjects,
        registry,
        size: head?.size ?? 0,
        asOfMs,
      };
      return overdue(context, from, limit);
    });
  }

  /**
   * Proof of one entry that anybody can check offline with `verifyProof` and the log's key: a C2SP tlog-proof.
   * @throws {RangeError} if there is no such entry.
   */
  async prove(entry: number): Promise<string> {
    this.#assertOpen();
    assertInteger('entry', entry);
    const head = await this.#store.readHead();
    const [bytes] = await this.#store.readEntriesAt([entry]);
    if (head === undefined || bytes === undefined || entry >= head.size) {
      throw argumentRangeError('entry', `an index below ${head?.size ?? 0}`, entry);
    }
    const text = formatProof(await makeReceipt(this.#store, entry, head), bytes);
    if (verifyProof(text, this.logKey).ok) return text;
    throw new StoreError(
      'ERR_STORE_CORRUPT',
      `couldn't prove entry ${entry}: it is not under the signed root, run an audit`,
      {
        details: { entry },
      },
    );
  }

  /** A receipt for an entry, of the log's present size. */
  async receipt(entry: number): Promise<Receipt> {
    this.#assertOpen();
    const head = await this.#store.readHead();
    assertInteger('entry', entry, 0, (head?.size ?? 0) - 1);
    return makeReceipt(this.#store, entry, head!);
  }

  /**
   * Audits the whole log from nothing, or with a `memory` goes on from the audit kept there ({@link auditOn}); if derived data is
   * wrong, checks say stop until {@link rebuild}.
   */
  async audit(options: Omit<AuditOptions, 'logKey'> = {}): Promise<AuditReport> {
    this.#assertOpen();
    assertOptions('options', options, AUDIT_OPTIONS);
    const report = await auditOn(this.#store, { ...options, logKey: this.logKey });
    await flagAudit(this.#store, report, this.logKey);
    return report;
  }

  /**
   * Makes all derived data anew from the log, in one atomic step.
   * @throws {StoreError} `ERR_STORE_CORRUPT` if the log itself does not hold, or does not give the root its checkpoint
   *   signs; `ERR_STORE_CONFLICT` if it grew meanwhile. Nothing has changed then.
   */
  async rebuild(): Promise<void> {
    this.#assertOpen();
    const head = await this.#store.readHead();
    const { size, root } = openCheckpoint(head?.checkpoint ?? '', this.logKey);
    const rebuilt = await this.#store.rebuildDerived(deriveBlocks(this.#store, size, root), size);
    if (!rebuilt)
      throw new StoreError('ERR_STORE_CONFLICT', "couldn't rebuild: the log grew meanwhile, try again");
    await this.#inTurn(async () => {
      await this.#store.writeFlag(DERIVED_FLAG, undefined);
      this.#live.reset();
      this.#subjects.reset();
      await this.#live.refresh();
    });
  }

  /** The log's head: size, record time and signed checkpoint. */
  async head(): Promise<StoredHead> {
    this.#assertOpen();
    return (await this.#store.readHead())!;
  }

  /** The registry of the log's head. Changes as the log grows; do not keep answers across appends. */
  async registry(): Promise<Registry> {
    this.#assertOpen();
    await this.#inTurn(async () => this.#live.refresh());
    return this.#live.registry;
  }

  /** Finishes what was accepted, then closes the store. Idempotent: every call ends when that is done. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    await this.#queue;
    await this.#committer?.close();
    await this.#store.close();
  }

  #context() {
    return { reads: this.#reads, live: this.#live, subjects: this.#subjects, appender: this.#appender };
  }

  #now(): number {
    return assertInteger('clock()', this.#clock(), 0, TIME_MAX_MS);
  }

  /** One call after the other: each sees the registry and the log as the one before left them. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new StoreError('ERR_STORE_CLOSED', "couldn't use the ledger: it is closed");
    }
    const ended = this.#committer?.ended;
    if (ended !== undefined) throw ended;
  }
}

const AUDIT_OPTIONS = [
  'pinned',
  'onFinding',
  'onProgress',
  'signal',
  'checkDerived',
  'policy',
  'memory',
  'state',
  'mentionsMax',
  'workers',
] as const;

function existing(): StoreError {
  return new StoreError('ERR_STORE_EXISTS', "couldn't create ledger: the store holds a log already");
}
