// Browser-safe.
/**
 * Pace of a long job: progress at a bounded rate, abort at a bounded delay, and turns for everything else.
 *
 * Reads  report.ts.   Used by  every phase of the audit.
 * Never  influences a result: it only decides when to breathe.
 * @module
 */
import type { Progress } from './report.ts';

const BREATHE_EVERY_MS = 50;
const PROGRESS_EVERY_MS = 100;

/** Gives other work a turn now and then, and stops when asked. */
export class Pace {
  readonly #signal: AbortSignal | undefined;
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  #breathedAtMs = performance.now();
  #reportedAtMs = -Infinity;

  constructor(signal?: AbortSignal, onProgress?: (progress: Progress) => void) {
    this.#signal = signal;
    this.#onProgress = onProgress;
    signal?.throwIfAborted();
  }

  /** True when it is time to call {@link breathe}. */
  get isDue(): boolean {
    return performance.now() - this.#breathedAtMs >= BREATHE_EVERY_MS;
  }

  /** Lets timers and I/O run, reports progress, and throws `signal.reason` if aborted. */
  async breathe(progress: Progress): Promise<void> {
    this.report(progress);
    await turn();
    this.stopIfAborted();
    this.#breathedAtMs = performance.now();
  }

  /** @throws `signal.reason` if aborted. */
  stopIfAborted(): void {
    this.#signal?.throwIfAborted();
  }

  /** Reports progress, at most about ten times a second; the end of a phase always. */
  report(progress: Progress): void {
    const nowMs = performance.now();
    if (nowMs - this.#reportedAtMs < PROGRESS_EVERY_MS && progress.done < progress.total) return;
    this.#reportedAtMs = nowMs;
    this.#onProgress?.(progress);
    this.stopIfAborted();
  }
}

/** One turn for everything else. A timer would give it, too, and then wait for a millisecond. */
async function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  await new Promise((resolve) => {
    port2.onmessage = resolve;
    port1.postMessage(undefined);
  });
  port1.close();
}
