// Browser-safe.
/**
 * AppendQueue: what several callers append in one turn of the ledger goes into as few commits as the limits allow.
 *
 * Reads  append.ts.   Used by  ledger.ts.
 * Rule   each caller gets the outcomes of its own statements, as it asked for them, though others may have asked for more.
 * @module
 */
import type { AppendOptions, AppendOutcome, Appender } from './append.ts';

/** A call that waits for its turn. */
interface Waiting {
  readonly statements: readonly Uint8Array[];
  readonly options: AppendOptions;
  readonly resolve: (outcomes: AppendOutcome[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** Calls that wait for the next turn. */
export class AppendQueue {
  readonly #appender: Appender;
  readonly #inTurn: (work: () => Promise<void>) => Promise<void>;
  readonly #waiting: Waiting[] = [];

  /** @param inTurn - runs work when everything before it is done. */
  constructor(appender: Appender, inTurn: (work: () => Promise<void>) => Promise<void>) {
    this.#appender = appender;
    this.#inTurn = inTurn;
  }

  /** Appends what one commit can hold; it may share that commit with other callers' statements. */
  async append(statements: readonly Uint8Array[], options: AppendOptions): Promise<AppendOutcome[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ statements, options, resolve, reject });
      if (this.#waiting.length === 1) void this.#inTurn(() => this.#appendWaiting());
    });
  }

  /** Appends what all callers brought since the last turn. */
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
      for (const { statements, options, resolve } of calls) {
        const own = outcomes.slice(next, (next += statements.length));
        resolve(own.map((outcome) => withoutUnasked(outcome, options)));
      }
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }
}

/** The outcome as this call asked for it. */
function withoutUnasked(outcome: AppendOutcome, { findings, receipts }: AppendOptions): AppendOutcome {
  if (!outcome.ok || (findings !== false && receipts !== false)) return outcome;
  return {
    ...outcome,
    ...(receipts === false && { receipt: undefined }),
    ...(findings === false && { findings: [] }),
  };
}
