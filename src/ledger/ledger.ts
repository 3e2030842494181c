// Browser-safe.
/**
 * Ledger: the facade services use. Create or open one, append statements, check scans, trace, prove, audit.
 *
 * Reads  every room below.   Used by  services, cli/, examples.
 * Source design section 5 "The three journeys".
 * Note   the one place that reads a clock, and only where the caller gives none; judgement never does.
 * @module
 */
import { assertArray, assertInteger, assertOptions, assertString } from '../bytes/index.ts';
import { audit as auditStore, deriveBlocks, type AuditOptions, type AuditReport } from '../audit/index.ts';
import { StoreError, VerificationError } from '../errors.ts';
import { parseCode } from '../gs1/index.ts';
import { isContainer, statementSubject, postingsOf } from '../custody/index.ts';
import { GroupCommitter, makeReceipt, type LogStore, type Receipt, type StoredHead } from '../log/index.ts';
import { checkCheckpoint, formatVerifierKey, parseVerifierKey, type NoteSigner } from '../note/index.ts';
import type { Registry } from '../registry/index.ts';
import { admitGenesis } from './admit.ts';
import { Appender, type AppendOptions, type AppendOutcome, type AppendResult } from './append.ts';
import { check, DERIVED_FLAG, type Scan } from './check.ts';
import { LiveRegistry } from './live-registry.ts';
import { formatProof } from './proof.ts';
import { SubjectReader } from './subjects.ts';
import { traceOf, type Trace } from './trace.ts';
import type { Verdict } from './verdict.ts';

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

/** A call of `appendMany` that waits for its turn. */
interface Waiting {
  readonly statements: readonly Uint8Array[];
  readonly options: AppendOptions;
  readonly resolve: (outcomes: AppendOutcome[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** A custody ledger over one store. */
export class Ledger {
  /** C2SP verifier key of the log. */
  readonly logKey: string;
  readonly origin: string;
  readonly #store: LogStore;
  readonly #subjects: SubjectReader;
  readonly #live: LiveRegistry;
  readonly #appender: Appender;
  readonly #committer: GroupCommitter | undefined;
  readonly #clock: () => number;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;
  readonly #waiting: Waiting[] = [];

  private constructor(options: OpenOptions) {
    const { store, logKey, logSigner, clock = Date.now } = options;
    this.logKey = logKey;
    this.origin = parseVerifierKey(logKey).name;
    this.#store = store;
    this.#clock = clock;
    this.#subjects = new SubjectReader(store);
    this.#live = new LiveRegistry(store, this.#subjects);
    const { origin } = this;
    this.#committer =
      logSigner === undefined
        ? undefined
        : new GroupCommitter({ store, origin, signer: logSigner, now: () => this.#now() });
    this.#appender = new Appender(store, this.#committer, this.#live, this.#subjects, () => this.#now());
  }

  /**
   * Begins a new log: writes its genesis as entry 0.
   * @throws {StoreError} `ERR_STORE_EXISTS` if the store holds a log already.
   * @throws {VerificationError | DecodeError} if the genesis is not one of this origin, key and signer.
   */
  static async create(options: CreateOptions): Promise<Ledger> {
    assertOptions('options', options, ['store', 'origin', 'logSigner', 'genesis', 'clock']);
    const { store, origin, logSigner, genesis, clock } = options;
    assertString('origin', origin, 1000);
    const logKey = formatVerifierKey(origin, logSigner.signer.publicKey);
    admitGenesis(genesis, origin, logKey);
    const ledger = new Ledger({ store, logKey, logSigner, ...(clock === undefined ? {} : { clock }) });
    await ledger.#committer!.append({
      statements: [
        { bytes: genesis.slice(), postings: (entry) => postingsOf(entry, genesis, true, [], new Map()) },
      ],
      validatedSize: 0,
      alone: true,
      keys: [statementSubject(genesis)],
      revalidate: () => {
        throw new StoreError('ERR_STORE_EXISTS', "couldn't create ledger: the store holds a log already");
      },
    });
    await ledger.#live.refresh();
    return ledger;
  }

  /**
   * Opens an existing log.
   * @throws {StoreError} `ERR_STORE_MISSING` if the store is empty.
   * @throws {VerificationError} `ERR_CHECKPOINT` if its checkpoint is not signed by `logKey`.
   */
  static async open(options: OpenOptions): Promise<Ledger> {
    assertOptions('options', options, ['store', 'logKey', 'logSigner', 'clock']);
    const { store, logKey } = options;
    assertString('logKey', logKey, 1000);
    const verifier = parseVerifierKey(logKey);
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

  /** Appends many statements in order, up to 1,000 a commit; one outcome each, refused ones among them. */
  async appendMany(statements: readonly Uint8Array[], options: AppendOptions = {}): Promise<AppendOutcome[]> {
    assertArray('statements', statements, STATEMENTS_MAX);
    assertOptions('options', options, ['findings', 'receipts']);
    this.#assertOpen();
    if (this.#committer === undefined) {
      throw new StoreError(
        'ERR_STORE_READONLY',
        "couldn't append: the ledger was opened without its log signer",
      );
    }
    const copies = statements.map((statement) =>
      statement instanceof Uint8Array ? statement.slice() : statement,
    );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ statements: copies, options, resolve, reject });
      if (this.#waiting.length === 1) void this.#inTurn(() => this.#appendWaiting());
    });
  }

  /** Appends what all callers brought since the last turn, in as few commits as the limits allow. */
  async #appendWaiting(): Promise<void> {
    const calls = this.#waiting.splice(0);
    try {
      const outcomes = await this.#appender.appendMany(
        calls.flatMap(({ statements }) => statements),
        {
          findings: calls.some(({ options }) => options.findings !== false),
          receipts: calls.some(({ options }) => options.receipts !== false),
        },
      );
      let next = 0;
      for (const { statements, resolve } of calls) resolve(outcomes.slice(next, (next += statements.length)));
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }

  /** The verdict on a presented code, as of now; reads only. */
  async check(code: string, scan: Scan = {}): Promise<Verdict> {
    this.#assertOpen();
    const { store, live, subjects, appender } = this.#context();
    return this.#inTurn(() => check({ store, live, subjects, appender, nowMs: this.#now() }, code, scan));
  }

  /**
   * The journey of a unit or container, by canonical id or any code that names it.
   * @param options.size - as of this size of the log; default all of it.
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
      const world = await this.#subjects.world(this.#live.registry, size, wanted, () => undefined);
      const timeline = isContainer(id) ? world.container(id) : world.unit(id);
      return { subject: id, size, lot: timeline.commission?.lot, steps: traceOf(world, timeline) };
    });
  }

  /** Proof of one entry that anybody can check offline with `verifyProof` and the log's key: a C2SP tlog-proof. */
  async prove(entry: number): Promise<string> {
    this.#assertOpen();
    assertInteger('entry', entry);
    const head = await this.#store.readHead();
    const [bytes] = await this.#store.readEntriesAt([entry]);
    if (head === undefined || bytes === undefined || entry >= head.size) {
      throw new RangeError(`"entry" expected an index below ${head?.size ?? 0}, got ${entry}`);
    }
    return formatProof(await makeReceipt(this.#store, entry, head), bytes);
  }

  /** A receipt for an entry, of the log's present size. */
  async receipt(entry: number): Promise<Receipt> {
    this.#assertOpen();
    const head = await this.#store.readHead();
    assertInteger('entry', entry, 0, (head?.size ?? 0) - 1);
    return makeReceipt(this.#store, entry, head!);
  }

  /** Audits the whole log from nothing; if derived data is wrong, checks say stop until {@link rebuild}. */
  async audit(options: Omit<AuditOptions, 'logKey'> = {}): Promise<AuditReport> {
    this.#assertOpen();
    const report = await auditStore(this.#store, { ...options, logKey: this.logKey });
    if (report.derived.ok === false) {
      try {
        await this.#store.writeFlag(DERIVED_FLAG, report.derived.differences[0] ?? 'derived data differs');
      } catch (error) {
        // A reader of a read-only store still gets the report, which says the same.
        if (!(error instanceof StoreError) || error.code !== 'ERR_STORE_READONLY') throw error;
      }
    }
    return report;
  }

  /**
   * Makes all derived data anew from the log, in one atomic step.
   * @throws {StoreError} `ERR_STORE_CORRUPT` if the log itself does not hold; `ERR_STORE_CONFLICT` if it grew meanwhile.
   */
  async rebuild(): Promise<void> {
    this.#assertOpen();
    const size = (await this.#store.readHead())?.size ?? 0;
    const rebuilt = await this.#store.rebuildDerived(deriveBlocks(this.#store, size), size);
    if (!rebuilt)
      throw new StoreError('ERR_STORE_CONFLICT', "couldn't rebuild: the log grew meanwhile, try again");
    await this.#store.writeFlag(DERIVED_FLAG, undefined);
  }

  /** The log's head: size, record time and signed checkpoint. */
  async head(): Promise<StoredHead> {
    this.#assertOpen();
    return (await this.#store.readHead())!;
  }

  /** The registry of the log's head. Changes as the log grows; do not keep answers across appends. */
  async registry(): Promise<Registry> {
    this.#assertOpen();
    await this.#live.refresh();
    return this.#live.registry;
  }

  /** Finishes what was accepted, then closes the store. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue;
    await this.#committer?.close();
    await this.#store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #context() {
    return { store: this.#store, live: this.#live, subjects: this.#subjects, appender: this.#appender };
  }

  #now(): number {
    return assertInteger('clock()', this.#clock());
  }

  /** One call after the other: each sees the registry and the log as the one before left them. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('ERR_STORE_CLOSED', "couldn't use the ledger: it is closed");
  }
}
