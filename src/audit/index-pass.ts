// Browser-safe.
/**
 * The third stage, once for each partition, while it is read for the first time: which units it has, what they add to their lots, and
 * which events may be one event.
 *
 * Reads  streams.ts, child-lots.ts, custody/ (the unit index).   Used by  hand.ts.
 * Why    judging a container asks for the lots of what is in it, folding findings for whether a lot is complete, a failing code for units
 *        anywhere: all of that must be known of all partitions before it is asked.
 * @module
 */
import { effectOf, UNKNOWN_UNIT, unitChange, type Act, type UnitChange } from '../custody/index.ts';
import type { Registry } from '../registry/index.ts';
import type { EntrySet } from './entry-set.ts';
import { tellLots, type ToldLots } from './child-lots.ts';
import { FirstEntries, NumberSet } from './numbers.ts';
import type { ReadableAct } from './packed-acts.ts';
import { Packer } from './packing.ts';
import { textHash } from './routing.ts';
import type { SharedActs } from './shared.ts';
import type { Parting, StreamVisitor } from './streams.ts';
import { UnitRecords } from './unit-index.ts';
import type { UnitTable } from './unit-table.ts';

/** What is the same for all partitions. */
export interface PartitionContext {
  readonly registry: Registry;
  readonly parting: Parting;
  readonly shared: SharedActs;
  readonly rejected: EntrySet;
  /** Hashes of event ids whose events are wanted, however few they are. */
  readonly wanted: ReadonlySet<number>;
}

/** What a partition says. Everything in it can be handed to another thread. */
export interface PartitionIndex {
  /** Units somebody named. */
  readonly units: number;
  /** One bit for each hash of their ids; see {@link isNamedIn}. */
  readonly named: Uint8Array;
  /** Packed, ascending by entry: what each entry adds to which lots. See lots.ts. */
  readonly movements: Uint8Array;
  /** Lots of the units that were ever in a container. */
  readonly childLots: ToldLots;
  /** Entries with events whose id another event of the partition seems to have; ascending, some twice. */
  readonly repeated: Float64Array;
  /** Entries with events whose id is wanted; ascending, some twice. */
  readonly wanted: Float64Array;
}

/** Units by whose serial number no check can fail. */
const PLAIN_UNIT = /^https:\/\/id\.gs1\.org\/01\/\d{14}\/21\/[\w-]{1,20}$/;

/** Collects what one partition says, run after run. */
export class PartitionIndexer implements StreamVisitor {
  readonly #context: PartitionContext;
  readonly #units: UnitTable;
  readonly #named = new NumberSet();
  /** Units that were ever in a container. */
  readonly #children = new NumberSet();
  readonly #records = new UnitRecords();
  readonly #movements = new MovementWriter();
  readonly #events = new FirstEntries();
  readonly #repeated: number[] = [];
  readonly #wanted: number[] = [];
  /** What the last commissioning does to units of the product it was asked for last. */
  #last: { readonly act: Act; readonly product: string; readonly change: UnitChange | undefined } | undefined;

  /** @param units - numbers the units of the partition. */
  constructor(context: PartitionContext, units: UnitTable) {
    this.#context = context;
    this.#units = units;
  }

  onUnits(said: ReadableAct, numbers: Int32Array): void {
    const { rejected } = this.#context;
    if (!rejected.isEmpty && rejected.has(said.entry)) return;
    for (const number of numbers) this.#named.add(number);
    if (said.isPacking) for (const number of numbers) this.#children.add(number);
    const effect = effectOf(said.step);
    if (effect === 'none') return;
    if (effect === 'move' && !said.isRich) {
      this.#records.move(numbers);
      return;
    }
    const act = said.act();
    for (const number of numbers) {
      const unit = this.#units.ids[number]!;
      if (isAbsent(act, unit)) continue;
      const change = this.#changeOf(act, unit, number);
      if (change === undefined) continue;
      this.#records.set(number, change.record);
      const { lot } = change.record;
      if (change.units !== undefined && lot !== undefined)
        this.#movements.add(act.ref.entry, lot, change.units);
    }
  }

  onEvent(hash: number, entry: number): void {
    const { rejected, wanted } = this.#context;
    if (!rejected.isEmpty && rejected.has(entry)) return;
    const first = this.#events.firstOf(hash, entry);
    if (first !== undefined) this.#repeated.push(first, entry);
    if (wanted.has(hash)) this.#wanted.push(entry);
  }

  /** What an act does to a unit: units of one product that one event commissions, and nobody before it, fare alike. */
  #changeOf(act: Act, unit: string, number: number): UnitChange | undefined {
    const record = this.#records.get(number);
    const { registry } = this.#context;
    if (act.step !== 'commission' || record !== UNKNOWN_UNIT || !PLAIN_UNIT.test(unit))
      return unitChange(registry, act, unit, record);
    const last = this.#last;
    if (last?.act === act && unit.startsWith(last.product)) return last.change;
    const change = unitChange(registry, act, unit, record);
    this.#last = { act, product: unit.slice(0, unit.lastIndexOf('/') + 1), change };
    return change;
  }

  /** All it says, once every run was read. */
  finish(): PartitionIndex {
    const children: number[] = [];
    for (let number = 0; number < this.#units.ids.length; number++) {
      if (this.#children.has(number)) children.push(number);
    }
    return {
      units: this.#named.size,
      named: bitsOf(this.#named, this.#units.ids),
      movements: this.#movements.finish(),
      childLots: tellLots(
        children.map((number) => this.#units.ids[number]!),
        (i) => this.#records.get(children[i]!).lot,
        this.#context.parting.seed,
      ),
      repeated: Float64Array.from(this.#repeated).sort(),
      wanted: Float64Array.from(this.#wanted),
    };
  }
}

/** False if the partition does not name the unit; true if it does, and now and then if it does not. */
export function isNamedIn(named: Uint8Array, unit: string): boolean {
  if (named.length === 0) return false;
  const bit = textHash(unit, BITS_SEED) % (named.length * 8);
  return (named[bit >>> 3]! & (1 << (bit & 7))) !== 0;
}

const BITS_SEED = 0x2545f491;
const BITS_PER_UNIT = 16;

function bitsOf(units: NumberSet, ids: readonly string[]): Uint8Array {
  const named = new Uint8Array(Math.ceil((units.size * BITS_PER_UNIT) / 8));
  for (let number = 0; number < ids.length; number++) {
    if (!units.has(number)) continue;
    const bit = textHash(ids[number]!, BITS_SEED) % (named.length * 8);
    named[bit >>> 3]! |= 1 << (bit & 7);
  }
  return named;
}

function isAbsent({ ids, more }: Act, unit: string): boolean {
  return more !== undefined && more.absent.length > 0 && !ids.includes(unit);
}

/** Writes movements: for each entry how far ahead it is, how many lots, and for each its number and the units added. */
class MovementWriter {
  readonly #packer = new Packer();
  readonly #numbers = new Map<string, number>();
  #written = 0;
  #entry = 0;
  #sums = new Map<string, number>();

  /** Entries must not go back. */
  add(entry: number, lot: string, units: number): void {
    if (entry !== this.#entry) this.#flush(entry);
    this.#sums.set(lot, (this.#sums.get(lot) ?? 0) + units);
  }

  finish(): Uint8Array {
    this.#flush(0);
    return this.#packer.finish();
  }

  #flush(next: number): void {
    if (this.#sums.size > 0) {
      this.#packer.uint(this.#entry - this.#written);
      this.#written = this.#entry;
      this.#packer.uint(this.#sums.size);
      for (const [lot, units] of this.#sums) {
        const known = this.#numbers.get(lot);
        this.#packer.uint(known ?? this.#numbers.size);
        if (known === undefined) {
          this.#numbers.set(lot, this.#numbers.size);
          this.#packer.text(lot);
        }
        this.#packer.int(units);
      }
      this.#sums = new Map();
    }
    this.#entry = next;
  }
}
