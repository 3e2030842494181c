/**
 * The agenda: a time-ordered queue of things yet to happen, and the simulated clock it drives.
 *
 * Reads  nothing.   Used by  world.ts and every actor.
 * Rule   equal times run in the order they were planned, so a run depends on its seed alone.
 * @module
 */

interface Item {
  readonly timeMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A binary heap of planned actions. */
export class Agenda {
  /** Simulated present: time of the action that runs, or ran last. */
  nowMs: number;
  readonly #heap: Item[] = [];
  #planned = 0;

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  /** Number of actions waiting. */
  get waitingCount(): number {
    return this.#heap.length;
  }

  /** Plans `run` at an integer time; a time already past runs next. */
  at(timeMs: number, run: () => void): void {
    const heap = this.#heap;
    const item = { timeMs, order: this.#planned++, run };
    let index = heap.length;
    heap.push(item);
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      if (!isBefore(item, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = item;
  }

  /** Runs everything planned before `endMs`, including what that plans, and moves the clock there. */
  runUntil(endMs: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.timeMs < endMs; next = this.#heap[0]) {
      this.#removeFirst();
      if (next.timeMs > this.nowMs) this.nowMs = next.timeMs;
      next.run();
    }
    this.nowMs = endMs;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Item, b: Item): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order);
}
