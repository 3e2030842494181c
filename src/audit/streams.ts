// Browser-safe.
/**
 * Streams: the acts of one range of entries, packed and dealt to the partitions of their subjects; and how they are read again.
 *
 * Reads  packed-acts.ts, routing.ts, custody/.   Used by  range.ts (writes), index-pass.ts, judging.ts, shared.ts (read).
 * Rule   an act stands in the partition of each unit it speaks of; of each event id, a hash and a place stand in the partition of that
 *        hash. Acts of containers, of codes, corrections and stock counts stand in the shared stream, once, and where they speak
 *        of units too, the partitions name them by number: one act is one object, whoever reads it.
 * Layout of a partition's run, for each act: whose it is (see below), then the act, or the number of a shared one in its range.
 * @module
 */
import { idsOf, isContainer, subjectKind, type Act } from '../custody/index.ts';
import { ActReader, ActWriter } from './packed-acts.ts';
import { Packer, Unpacker } from './packing.ts';
import { partitionOfUnit, textHash } from './routing.ts';

/** How a log's subjects are parted. */
export interface Parting {
  readonly partitions: number;
  /** Random; see routing.ts. */
  readonly seed: number;
}

/** Bytes of entries whose acts one partition holds, about; and most partitions. */
const PARTITION_BYTES = 48 * 1024 * 1024;
const PARTITIONS_MAX = 1024;

/**
 * How many partitions a log has: so many that the acts of one can be held, and that all hands have work.
 * @param bytes - about how long its entries are together.
 * @param entriesMax - most entries, about, whose acts one may hold.
 */
export function partitionsFor(size: number, bytes: number, workers: number, entriesMax = Infinity): number {
  const forMemory = Math.max(bytes / PARTITION_BYTES, size / entriesMax);
  const forHands = workers === 1 ? 1 : Math.min(4 * workers, size / ENTRIES_WORTH_SHARING);
  return Math.max(1, Math.min(PARTITIONS_MAX, Math.ceil(Math.max(forMemory, forHands))));
}

const ENTRIES_WORTH_SHARING = 256;

/** Tag: all ids of an act of the stream are units of the partition, or all of a shared act; plus {@link SOME}: those listed. */
const ACT = 0;
const SHARED = 2;
const SOME = 1;
const EVENT_ID = 4;

/** What a range gives each partition. */
export interface RangeStreams {
  /** Shared acts, and how many they are. */
  readonly shared: Uint8Array;
  readonly sharedCount: number;
  /** One run for each partition; empty for those it says nothing to. */
  readonly partitions: readonly Uint8Array[];
}

/** Writes the acts of one range, in log order. */
export class StreamWriter {
  readonly #parting: Parting;
  readonly #shared: PartitionWriter = new PartitionWriter();
  readonly #partitions: (PartitionWriter | undefined)[];
  #sharedCount = 0;

  constructor(parting: Parting) {
    this.#parting = parting;
    this.#partitions = Array.from({ length: parting.partitions }, () => undefined);
  }

  write(act: Act): void {
    const number = isShared(act) ? this.#sharedCount++ : undefined;
    if (number !== undefined) this.#shared.acts.write(act);
    const { partitions, seed } = this.#parting;
    if (act.eventId !== undefined) {
      const hash = eventHash(act.eventId, seed);
      this.#of(hash % partitions).writeEvent(act, hash);
    }
    const ids = idsOf(act);
    const [first] = ids;
    if (first === undefined) return;
    if (ids.length === 1) {
      if (subjectKind(first) !== 'unit') return;
      this.#of(partitionOfUnit(first, partitions, seed)).write(act, number, undefined);
      return;
    }
    for (const [partition, own] of this.#ownersOf(ids)) {
      this.#of(partition).write(act, number, own.length === ids.length ? undefined : own);
    }
  }

  finish(): RangeStreams {
    return {
      shared: this.#shared.finish(),
      sharedCount: this.#sharedCount,
      partitions: this.#partitions.map((writer) => writer?.finish() ?? EMPTY),
    };
  }

  /** Positions of the units among ids, by partition. */
  #ownersOf(ids: readonly string[]): ReadonlyMap<number, number[]> {
    const { partitions, seed } = this.#parting;
    const owners = new Map<number, number[]>();
    for (let i = 0; i < ids.length; i++) {
      if (subjectKind(ids[i]!) !== 'unit') continue;
      const partition = partitionOfUnit(ids[i]!, partitions, seed);
      const own = owners.get(partition);
      if (own === undefined) owners.set(partition, [i]);
      else own.push(i);
    }
    return owners;
  }

  #of(partition: number): PartitionWriter {
    return (this.#partitions[partition] ??= new PartitionWriter());
  }
}

const EMPTY = new Uint8Array(0);

class PartitionWriter {
  readonly #packer = new Packer();
  readonly acts = new ActWriter(this.#packer);
  #eventEntry = 0;

  write(act: Act, shared: number | undefined, own: readonly number[] | undefined): void {
    const packer = this.#packer;
    packer.uint((shared === undefined ? ACT : SHARED) + (own === undefined ? 0 : SOME));
    if (own !== undefined) {
      packer.uint(own.length);
      let last = 0;
      for (const position of own) {
        packer.uint(position - last);
        last = position;
      }
    }
    if (shared === undefined) this.acts.write(act);
    else packer.uint(shared);
  }

  writeEvent({ ref }: Act, hash: number): void {
    this.#packer.uint(EVENT_ID);
    this.#packer.uint(ref.entry - this.#eventEntry);
    this.#eventEntry = ref.entry;
    this.#packer.uint(hash);
  }

  finish(): Uint8Array {
    return this.#packer.finish();
  }
}

/** 53 bits of an event id: equal for equal ids. */
export function eventHash(eventId: string, seed: number): number {
  return (textHash(eventId, seed) >>> 11) * 0x1_0000_0000 + textHash(eventId, ~seed);
}

/** True for acts that must be at hand whatever subject is judged. */
function isShared(act: Act): boolean {
  const { step, eventId, parent, more } = act;
  if (parent !== undefined && isContainer(parent)) return true;
  if (more !== undefined && ((step === 'correct' && eventId !== undefined) || more.stock.length > 0))
    return true;
  return idsOf(act).some((id) => {
    const kind = subjectKind(id);
    return kind === 'container' || kind === 'code';
  });
}

/** Reads the shared acts of one range. */
export function readShared(bytes: Uint8Array, count: number): Act[] {
  const reader = new ActReader(new Unpacker(bytes));
  return Array.from({ length: count }, () => reader.read());
}

/** Told what a partition's run holds. */
export interface StreamVisitor {
  /** `unit` is one of those an act speaks of; an act is told of its units one after the other. */
  onUnit(unit: string, act: Act): void;
  /** An act at entry `entry` bears an event id of this hash. */
  onEvent?(hash: number, entry: number): void;
}

/** Reads one run of a partition; `shared` are the shared acts of its range. */
export function readStream(bytes: Uint8Array, shared: readonly Act[], visitor: StreamVisitor): void {
  if (bytes.length === 0) return;
  const packed = new Unpacker(bytes);
  const acts = new ActReader(packed);
  let eventEntry = 0;
  while (!packed.isDone) {
    const tag = packed.uint();
    if (tag === EVENT_ID) {
      eventEntry += packed.uint();
      const hash = packed.uint();
      visitor.onEvent?.(hash, eventEntry);
      continue;
    }
    const own = (tag & SOME) === 0 ? undefined : readPositions(packed);
    const act = (tag & SHARED) === 0 ? acts.read() : shared[packed.uint()]!;
    const ids = idsOf(act);
    if (own === undefined) for (const id of ids) visitor.onUnit(id, act);
    else for (const position of own) visitor.onUnit(ids[position]!, act);
  }
}

function readPositions(packed: Unpacker): number[] {
  const positions: number[] = [];
  let last = 0;
  for (let left = packed.uint(); left > 0; left--) positions.push((last += packed.uint()));
  return positions;
}
