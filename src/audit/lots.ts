// Browser-safe.
/**
 * Lots: what the partitions say of their units' lots, put together again entry by entry.
 *
 * Reads  index-pass.ts (movements), judgement/ (QA-09), registry/.   Used by  audit.ts.
 * Source `findings.md` QA-09, LG-17: a lot's fold runs in log order, whichever partition its units are in.
 * Memory about five bytes a commissioning entry, and the name of each lot once.
 * @module
 */
import { cutFree } from '../bytes/index.ts';
import { isLotComplete, LotFold, type LotBalance } from '../judgement/index.ts';
import type { Posting } from '../log/index.ts';
import type { Registry } from '../registry/index.ts';
import { Packer, Unpacker } from './packing.ts';

/** What one entry adds to its lots. */
export interface EntryMovement {
  readonly entry: number;
  readonly lots: ReadonlyMap<string, number>;
}

/** A lot at the end of the log. */
export interface LotState {
  readonly lot: string;
  readonly units: number;
  readonly balance: LotBalance;
}

/** Movements of all partitions. */
export class LotMovements {
  /** Packed as they came, but for their lots: these are numbers of {@link #lots}. */
  readonly #partitions: Uint8Array[] = [];
  readonly #lots: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** Adds what a partition said. */
  add(movements: Uint8Array): void {
    const packed = new Unpacker(movements);
    const packer = new Packer();
    const numbers: number[] = [];
    while (!packed.isDone) {
      packer.uint(packed.uint());
      const count = packed.uint();
      packer.uint(count);
      for (let i = 0; i < count; i++) {
        const number = packed.uint();
        if (number === numbers.length) numbers.push(this.#numberOf(packed.text()));
        packer.uint(numbers[number]!);
        packer.int(packed.int());
      }
    }
    this.#partitions.push(packer.finish());
  }

  /** All movements in log order; those of one entry together. */
  *byEntry(): Iterable<EntryMovement> {
    const queue = new CursorQueue(this.#partitions.map((bytes) => new MovementCursor(bytes, this.#lots)));
    for (let first = queue.first; first !== undefined; first = queue.first) {
      const { entry } = first;
      const lots = new Map<string, number>();
      for (let cursor = queue.first; cursor?.entry === entry; cursor = queue.first) {
        for (const [lot, units] of cursor.lots) lots.set(lot, (lots.get(lot) ?? 0) + units);
        queue.advance();
      }
      yield { entry, lots };
    }
  }

  /** Rows of the derived index. */
  *rows(): Iterable<Posting> {
    for (const { entry, lots } of this.byEntry()) {
      for (const [subject, count] of lots) yield { subject, entry, count };
    }
  }

  /** Every lot's fold, in the order of their first movements. */
  fold(registry: Registry): readonly LotState[] {
    const folds = new Map<string, LotFold>();
    for (const { entry, lots } of this.byEntry()) {
      for (const [lot, units] of lots) {
        let fold = folds.get(lot);
        if (fold === undefined) folds.set(lot, (fold = new LotFold(registry, lot)));
        fold.add({ entry, units });
      }
    }
    return [...folds].map(([lot, fold]) => ({ lot, units: fold.units, balance: fold.balance }));
  }

  #numberOf(lot: string): number {
    let number = this.#numbers.get(lot);
    if (number === undefined) {
      const own = cutFree(lot);
      this.#numbers.set(own, (number = this.#lots.push(own) - 1));
    }
    return number;
  }
}

/** Lots whose every unit is registered. */
export function completeLots(registry: Registry, lots: readonly LotState[]): ReadonlySet<string> {
  return new Set(lots.filter(({ lot, units }) => isLotComplete(registry, lot, units)).map(({ lot }) => lot));
}

/** One partition's movements, entry by entry. */
class MovementCursor {
  readonly #packed: Unpacker;
  readonly #lots: readonly string[];
  entry = 0;
  lots: (readonly [string, number])[] = [];

  constructor(bytes: Uint8Array, lots: readonly string[]) {
    this.#packed = new Unpacker(bytes);
    this.#lots = lots;
  }

  /** Goes to the next entry; false at the end. */
  next(): boolean {
    const packed = this.#packed;
    if (packed.isDone) return false;
    this.entry += packed.uint();
    this.lots = [];
    for (let left = packed.uint(); left > 0; left--) {
      this.lots.push([this.#lots[packed.uint()]!, packed.int()]);
    }
    return true;
  }
}

/** Cursors, the one with the lowest entry first: a binary heap. */
class CursorQueue {
  readonly #heap: MovementCursor[] = [];

  constructor(cursors: readonly MovementCursor[]) {
    this.#heap = cursors.filter((cursor) => cursor.next()).sort((a, b) => a.entry - b.entry);
  }

  get first(): MovementCursor | undefined {
    return this.#heap[0];
  }

  /** Moves the first cursor on. */
  advance(): void {
    const heap = this.#heap;
    let moved = heap[0]!;
    if (!moved.next()) {
      moved = heap.pop()!;
      if (heap.length === 0) return;
    }
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const right = child + 1;
      const lower = right < heap.length && heap[right]!.entry < heap[child]!.entry ? right : child;
      if (heap[lower]!.entry >= moved.entry) break;
      heap[at] = heap[lower]!;
      at = lower;
    }
    heap[at] = moved;
  }
}
