// Browser-safe.
/**
 * Streams: the acts of one range of entries, packed and dealt to the partitions of their subjects; and how they are read again.
 *
 * Reads  packed-acts.ts, shared-range.ts, routing.ts, custody/.   Used by  range.ts (writes), hand.ts, subjects.ts (read).
 * Rule   an act stands in the partition of each unit it speaks of; of each event id, a hash and a place stand in the partition of that
 *        hash. Acts of containers, of codes, corrections and stock counts stand in the shared stream, once, and where they speak
 *        of units too, the partitions name them by number: one act is one object, whoever reads it.
 * Layout of a partition's run, for each act: whose it is (see below), then the act, or the number of a shared one in its range.
 *        Of ids of one family those of the partition stand in the act; all of them once a range, to be read if somebody asks.
 * @module
 */
import {
  idsOf,
  isContainer,
  subjectKind,
  type Act,
  type ActSourceFacts,
  type ScannedAct,
  type ScannedActs,
} from '../custody/index.ts';
import { FEW_IDS, idText, joinIds, type JoinedIds } from './joined-ids.ts';
import { ActReader, ActWriter, type ReadableAct } from './packed-acts.ts';
import type { Positions } from './packed-ids.ts';
import { ByteList, Packer, Unpacker, type BytePlace } from './packing.ts';
import {
  bytesHash53,
  hashed,
  partitionAfter,
  partitionOfBytes,
  partitionOfUnit,
  textHash53,
  TOGETHER,
} from './routing.ts';
import { SharedWriter, type SharedRange } from './shared-range.ts';
import type { Runs } from './spill.ts';
import type { IdList, UnitTable } from './unit-table.ts';
import { RangeWords } from './words.ts';

/** How a log's subjects are parted. */
export interface Parting {
  readonly partitions: number;
  /** Random; see routing.ts. */
  readonly seed: number;
}

/** Bytes of entries whose acts one partition holds, about, with so many more for each entry: what is held beside its text. */
const PARTITION_BYTES = 48 * 1024 * 1024;
const HELD_BYTES = 2048;
const PARTITIONS_MAX = 1024;

/**
 * How many partitions a log has: so many that the acts of one can be held, and that all hands have work.
 * @param bytes - about how long its entries are together.
 * @param entriesMax - most entries, about, whose acts one may hold.
 */
export function partitionsFor(size: number, bytes: number, workers: number, entriesMax = Infinity): number {
  const forMemory = Math.max((bytes + size * HELD_BYTES) / PARTITION_BYTES, size / entriesMax);
  const forHands = workers === 1 ? 1 : Math.min(ROUNDS_MIN * workers, size / ENTRIES_WORTH_SHARING);
  const enough = Math.ceil(Math.max(forMemory, forHands));
  // Whole rounds: in the last one, no hand is without work.
  const inRounds = enough <= workers ? enough : workers * Math.ceil(enough / workers);
  return Math.max(1, Math.min(PARTITIONS_MAX, inRounds));
}

/** Partitions each hand has at least: more would be more even, but an event of many units lies in each of them. */
const ROUNDS_MIN = 2;

const ENTRIES_WORTH_SHARING = 256;

/** Tag: all ids of an act of the stream are units of the partition, or all of a shared act; plus {@link SOME}: those listed. */
const ACT = 0;
const SHARED = 2;
const SOME = 1;
const EVENT_ID = 4;

/** What a range gives each partition. */
export interface RangeStreams {
  /** Where each of the shared acts ends among them. */
  readonly sharedEnds: Uint32Array;
  /** Packed: words that are said in any of its runs. */
  readonly words: Uint8Array;
  /**
   * One run for each partition, empty for those it says nothing to; and two more, of which only parts are read: the lists of acts that
   * stand in several partitions, for whoever asks them for all their ids ({@link idText}), and the shared acts.
   */
  readonly partitions: Runs;
}

/** Writes the acts of one range after the other, in log order. */
export class StreamWriter {
  readonly #parting: Parting;
  readonly #words = new RangeWords();
  readonly #shared = new SharedWriter(this.#words);
  readonly #partitions: PartitionWriter[];
  readonly #ids = new ByteList();
  /** By partition: the units of the act at hand that are of it. */
  readonly #owned: (Owned | undefined)[] = [];
  /** The family met last, and the hash that has read it. */
  #family = '';
  #familyState = 0;

  constructor(parting: Parting) {
    this.#parting = parting;
    this.#partitions = Array.from({ length: parting.partitions }, () => new PartitionWriter(this.#words));
  }

  write(act: Act): void {
    const joined = joinIds(act.ids);
    const areUnits =
      joined !== undefined && subjectKind(act.ids[0]!) === 'unit' && isUnitFamily(joined.prefix);
    const number = isShared(act, areUnits) ? this.#shared.write(act, joined) : undefined;
    const { partitions, seed } = this.#parting;
    if (act.eventId !== undefined) {
      const hash = eventHash(act.eventId, seed);
      this.#of(hash % partitions).writeEvent(act.ref.entry, hash);
    }
    const ids = idsOf(act);
    const [first] = ids;
    if (first === undefined) return;
    if (ids.length === 1) {
      if (subjectKind(first) !== 'unit') return;
      this.#of(partitionOfUnit(first, partitions, seed)).write(act, joined, number, undefined);
      return;
    }
    if (areUnits && partitions === 1 && ids === act.ids) {
      this.#of(0).write(act, joined, number, undefined);
      return;
    }
    const family = areUnits && ids === act.ids && joined.length >= TOGETHER ? joined.prefix : undefined;
    // What an act declares absent is not among its joined ids.
    const named = ids === act.ids ? joined : undefined;
    const owners = this.#ownersOf(ids, family);
    const isApart = number === undefined && ids === act.ids;
    let place: BytePlace | undefined;
    for (const [partition, own] of owners) {
      const isAll = own.length === ids.length;
      if (!isAll && isApart) place ??= this.#placeOf(ids, named);
      this.#of(partition).write(act, named, number, isAll ? undefined : own, place);
    }
  }

  /** Writes what {@link write} writes of the same acts. */
  writeScanned(source: ActSourceFacts, { bytes, acts, count }: ScannedActs): void {
    const { partitions, seed } = this.#parting;
    for (let event = 0; event < count; event++) {
      const act = acts[event]!;
      if (act.eventIdEnd > 0) {
        const hash = bytesHash53(bytes, act.eventIdAt, act.eventIdEnd, seed);
        this.#of(hash % partitions).writeEvent(source.entry, hash);
      }
      if (partitions === 1) this.#of(0).writeScanned(source, event, act, bytes);
      else this.#deal(source, event, act, bytes);
    }
  }

  /** Writes an act to the partition of each of its units. */
  #deal(source: ActSourceFacts, event: number, act: ScannedAct, bytes: Uint8Array): void {
    const { partitions } = this.#parting;
    const { count, runs, runCount } = act;
    if (count === 1) {
      const { family, serialAt, serialLength } = runs[0]!;
      const state = this.#stateOf(family);
      const partition = partitionOfBytes(state, bytes, serialAt, serialAt + serialLength, partitions);
      this.#of(partition).writeScanned(source, event, act, bytes);
      return;
    }
    const concerned: Owned[] = [];
    for (let run = 0, i = 0; run < runCount; run++) {
      const { family, serialAt, serialLength, stride, count: units } = runs[run]!;
      const state = this.#stateOf(family);
      for (let left = units, at = serialAt; left > 0; left--, i++, at += stride) {
        const partition = partitionOfBytes(state, bytes, at, at + serialLength, partitions);
        const owned = (this.#owned[partition] ??= { partition, count: 0, positions: new Int32Array(16) });
        if (owned.count === 0) concerned.push(owned);
        if (owned.count === owned.positions.length) owned.positions = doubled(owned.positions);
        owned.positions[owned.count++] = i;
      }
    }
    const isAll = concerned.length === 1;
    const place = isAll ? undefined : this.#placeOfScanned(act, bytes);
    for (const owned of concerned) {
      this.#of(owned.partition).writeScanned(source, event, act, bytes, isAll ? undefined : owned, place);
      owned.count = 0;
    }
  }

  /** The hash that has read a family. */
  #stateOf(family: string): number {
    if (family !== this.#family) {
      this.#family = family;
      this.#familyState = hashed(family, this.#parting.seed);
    }
    return this.#familyState;
  }

  /** {@link #placeOf} the list of an act that was scanned. */
  #placeOfScanned(
    { count, runs, runCount, listAt, listEnd }: ScannedAct,
    bytes: Uint8Array,
  ): BytePlace | undefined {
    const ids = this.#ids;
    if (runCount > 1) {
      if (count <= FEW_IDS) return undefined;
      const place = { at: ids.length, length: listEnd - listAt };
      ids.add(bytes, listAt, listEnd);
      return place;
    }
    const { serialAt, serialLength, stride } = runs[0]!;
    const place = { at: ids.length, length: count * serialLength };
    for (let i = 0, at = serialAt; count > FEW_IDS && i < count; i++, at += stride) {
      ids.add(bytes, at, at + serialLength);
    }
    return place;
  }

  /** What the range says to each partition; the next begins. */
  finish(): RangeStreams {
    const partitions = runsOf([...this.#partitions, this.#ids, this.#shared]);
    return { sharedEnds: this.#shared.takeEnds(), words: this.#words.finish(), partitions };
  }

  /** Positions of the units among ids, by partition; if all are units of one family, its name says so. */
  #ownersOf(ids: readonly string[], family: string | undefined): ReadonlyMap<number, number[]> {
    const { partitions, seed } = this.#parting;
    const owners = new Map<number, number[]>();
    const start = family?.length ?? 0;
    const state = family === undefined ? seed : hashed(family, seed);
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (family === undefined && subjectKind(id) !== 'unit') continue;
      const partition =
        family === undefined
          ? partitionOfUnit(id, partitions, seed)
          : partitionAfter(state, id, start, partitions);
      const own = owners.get(partition);
      if (own === undefined) owners.set(partition, [i]);
      else own.push(i);
    }
    return owners;
  }

  /** Where a list stands that partitions have some of; undefined if it is to stand in each of them. */
  #placeOf(ids: readonly string[], joined: JoinedIds | undefined): BytePlace | undefined {
    if (ids.length > FEW_IDS) return this.#ids.addText(idText(ids, joined));
    return joined === undefined ? undefined : { at: 0, length: 0 };
  }

  #of(partition: number): PartitionWriter {
    return this.#partitions[partition]!;
  }
}

interface Owned extends Positions {
  readonly partition: number;
  positions: Int32Array;
  count: number;
}

function doubled(numbers: Int32Array): Int32Array {
  const out = new Int32Array(2 * numbers.length);
  out.set(numbers);
  return out;
}

/** Something that writes runs. */
interface RunWriter {
  readonly size: number;
  finishAt(out: Uint8Array, at: number): void;
}

/** What was written side by side, and where each ends. */
function runsOf(writers: readonly RunWriter[]): Runs {
  const ends = new Uint32Array(writers.length);
  let length = 0;
  for (const [i, writer] of writers.entries()) ends[i] = length += writer.size;
  const bytes = new Uint8Array(length);
  for (const [i, writer] of writers.entries()) writer.finishAt(bytes, ends[i - 1] ?? 0);
  return { bytes, ends };
}

class PartitionWriter implements RunWriter {
  readonly #packer = new Packer();
  readonly acts: ActWriter;
  #eventEntry = 0;

  constructor(words: RangeWords) {
    this.acts = new ActWriter(this.#packer, words);
  }

  /** How long its run is: nothing, if it says nothing. */
  get size(): number {
    return this.#packer.isEmpty ? 0 : this.#packer.size;
  }

  write(
    act: Act,
    joined: JoinedIds | undefined,
    shared: number | undefined,
    own: readonly number[] | undefined,
    place?: BytePlace,
  ): void {
    const listed = place === undefined ? own : undefined;
    this.#begin(shared === undefined ? ACT : SHARED, listed, own?.length);
    if (shared === undefined) this.acts.write(act, joined, listed === undefined ? own : undefined, place);
    else this.#packer.uint(shared);
  }

  /** {@link write} of an act of units, which is never shared. */
  writeScanned(
    source: ActSourceFacts,
    event: number,
    act: ScannedAct,
    bytes: Uint8Array,
    own?: Positions,
    place?: BytePlace,
  ): void {
    const listed = place === undefined ? own : undefined;
    this.#begin(ACT, listed?.positions, own?.count);
    this.acts.writeScanned(source, event, act, bytes, listed === undefined ? own : undefined, place);
  }

  /** Writes the tag, and which of the ids are meant if they are listed: the first `count` of these positions. */
  #begin(tag: number, listed: ArrayLike<number> | undefined, count = 0): void {
    const packer = this.#packer;
    packer.uint(tag + (listed === undefined ? 0 : SOME));
    if (listed === undefined) return;
    packer.uint(count);
    for (let i = 0, last = 0; i < count; last = listed[i++]!) packer.uint(listed[i]! - last);
  }

  writeEvent(entry: number, hash: number): void {
    this.#packer.uint(EVENT_ID);
    this.#packer.uint(entry - this.#eventEntry);
    this.#eventEntry = entry;
    this.#packer.uint(hash);
  }

  /** Puts its run there, if it says anything; the next begins. */
  finishAt(out: Uint8Array, at: number): void {
    if (this.#packer.isEmpty) return;
    this.#packer.finishAt(out, at);
    this.acts.renew();
    this.#eventEntry = 0;
  }
}

/** 53 bits of an event id: equal for equal ids. */
export function eventHash(eventId: string, seed: number): number {
  return textHash53(eventId, seed);
}

/** True if ids of this family are units, whatever their ends. */
function isUnitFamily(prefix: string): boolean {
  return prefix.endsWith('/21/');
}

/** True for acts that must be at hand whatever subject is judged. */
function isShared(act: Act, areUnits: boolean): boolean {
  const { step, eventId, parent, more } = act;
  if (parent !== undefined && isContainer(parent)) return true;
  if (more !== undefined && ((step === 'correct' && eventId !== undefined) || more.stock.length > 0))
    return true;
  if (areUnits && more === undefined) return false;
  return idsOf(act).some((id) => {
    const kind = subjectKind(id);
    return kind === 'container' || kind === 'code';
  });
}

/** Told what a partition's run holds. */
export interface StreamVisitor {
  /**
   * @param said - an act, good until this returns; made only if it is asked for.
   * @param numbers - the units it speaks of, as far as they are of the partition. Not to be changed.
   */
  onUnits(said: ReadableAct, numbers: Int32Array): void;
  /** An act at entry `entry` bears an event id of this hash. */
  onEvent?(hash: number, entry: number): void;
}

/** Reads what each range says to a partition; `ranges` are all of them, `units` numbers its units. */
export function readRuns(
  { bytes, ends }: Runs,
  ranges: readonly SharedRange[],
  units: UnitTable,
  visitor: StreamVisitor,
): void {
  for (let range = 0, at = 0; range < ends.length; at = ends[range++]!) {
    if (ends[range]! > at) readStream(bytes.subarray(at, ends[range]), ranges[range]!, units, visitor);
  }
}

/** Reads one run of a partition; `shared` is that of its range, `units` numbers the units of all its runs. */
export function readStream(
  bytes: Uint8Array,
  shared: SharedRange,
  units: UnitTable,
  visitor: StreamVisitor,
): void {
  const packed = new Unpacker(bytes);
  const acts = new ActReader(packed, units, shared.words, shared.idBytes);
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
    if ((tag & SHARED) === 0) {
      const ids = acts.begin();
      const all = acts.isRich ? allIds(acts.act(), ids, units) : ids;
      visitor.onUnits(acts, own === undefined ? all.numbers : numbersAt(own, all.ids, units));
      acts.pass();
    } else {
      const act = shared.act(packed.uint());
      const ids = idsOf(act);
      visitor.onUnits(new WholeAct(act), numbersAt(own ?? ids.keys(), ids, units));
    }
  }
}

/** Its ids and those it declares absent. */
function allIds(act: Act, ids: IdList, units: UnitTable): IdList {
  const all = idsOf(act);
  return all.length === ids.ids.length ? ids : units.list(all);
}

function numbersAt(positions: Iterable<number>, ids: readonly string[], units: UnitTable): Int32Array {
  return Int32Array.from(positions, (position) => units.numberOf(ids[position]!));
}

function readPositions(packed: Unpacker): number[] {
  const positions: number[] = [];
  let last = 0;
  for (let left = packed.uint(); left > 0; left--) positions.push((last += packed.uint()));
  return positions;
}

class WholeAct implements ReadableAct {
  readonly #act: Act;

  constructor(act: Act) {
    this.#act = act;
  }

  get entry(): number {
    return this.#act.ref.entry;
  }
  get step(): Act['step'] {
    return this.#act.step;
  }
  get isRich(): boolean {
    return this.#act.more !== undefined;
  }
  get isPacking(): boolean {
    const { parent } = this.#act;
    return parent !== undefined && isContainer(parent);
  }
  act(): Act {
    return this.#act;
  }
  loose(): Act {
    return this.#act;
  }
}
