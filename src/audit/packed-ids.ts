// Browser-safe.
/**
 * The ids of an act, packed: all of them, or those of one partition and where all stand.
 *
 * Reads  packing.ts, joined-ids.ts, unit-table.ts, words.ts.   Used by  packed-acts.ts.
 * @module
 */
import type { ScannedAct, ScannedUnits } from '../custody/index.ts';
import { InternalError } from '../errors.ts';
import { familyOf, FEW_IDS, type IdBytes, type JoinedIds } from './joined-ids.ts';
import type { BytePlace, Packer, Unpacker } from './packing.ts';
import type { IdList, UnitTable } from './unit-table.ts';
import type { WordReader, WordWriter } from './words.ts';

/**
 * How ids are written. All of them: one by one, or joined. Those that are meant, and unless they are few where all of them stand
 * ({@link IdBytes}): joined, and the ends of all side by side; or joined family by family, and all as JSON.
 */
const FORMS = 4;
const PLAIN = 0;
const JOINED = 1;
const SOME = 2;
const SOME_PLAIN = 3;

/** Some of the ids of an act by their positions, ascending; the first `count` are meant. */
export interface Positions {
  readonly positions: Int32Array;
  readonly count: number;
}

/** Writes lists of ids. */
export class IdWriter {
  readonly #packer: Packer;
  readonly #words: WordWriter;

  constructor(packer: Packer, words: WordWriter) {
    this.#packer = packer;
    this.#words = words;
  }

  /**
   * @param joined - the same, joined, where they can be.
   * @param own - positions of those that are meant; default all.
   * @param place - if there are such, where {@link idText} of all stands.
   */
  write(
    ids: readonly string[],
    joined: JoinedIds | undefined,
    own: readonly number[] | undefined,
    place: BytePlace | undefined,
  ): void {
    if (joined === undefined) {
      this.#plainIds(ids, own, place);
      return;
    }
    const packer = this.#packer;
    const { prefix, length, rests } = joined;
    packer.uint(FORMS * ids.length + (own === undefined ? JOINED : SOME));
    this.#words.write(prefix);
    packer.uint(length);
    if (own !== undefined) {
      packer.uint(own.length);
      for (const position of own) packer.chars(rests.slice(position * length, (position + 1) * length));
    }
    if (own === undefined || ids.length <= FEW_IDS) packer.chars(rests);
    else packer.uint(place!.at);
  }

  /** Writes what {@link write} writes of the ids of the same act. */
  writeScanned(act: ScannedAct, bytes: Uint8Array, own?: Positions, place?: BytePlace): void {
    if (act.runCount === 1) this.#unitsOf(act, bytes, own, place);
    else this.#runsOf(act, bytes, own, place);
  }

  #plainIds(ids: readonly string[], own: readonly number[] | undefined, place: BytePlace | undefined): void {
    const packer = this.#packer;
    packer.uint(FORMS * ids.length + (own === undefined ? PLAIN : SOME_PLAIN));
    if (own === undefined) {
      for (const id of ids) packer.text(id);
      return;
    }
    packer.uint(own.length);
    for (let i = 0; i < own.length;) {
      const { length } = ids[own[i]!]!;
      const prefix = familyOf(ids[own[i]!]!);
      const start = i;
      let rests = '';
      for (; i < own.length; i++) {
        const id = ids[own[i]!]!;
        if (id.length !== length || familyOf(id) !== prefix) break;
        rests += id.slice(prefix.length);
      }
      this.#words.write(prefix);
      packer.uint(length - prefix.length);
      packer.uint(i - start);
      packer.chars(rests);
    }
    packer.uint(place!.at);
    packer.uint(place!.length);
  }

  /** {@link write} of units of one family. */
  #unitsOf({ count, runs }: ScannedAct, bytes: Uint8Array, own?: Positions, place?: BytePlace): void {
    const packer = this.#packer;
    const { family, serialAt, serialLength, stride } = runs[0]!;
    packer.uint(FORMS * count + (own === undefined ? JOINED : SOME));
    this.#words.write(family);
    packer.uint(serialLength);
    if (own !== undefined) {
      packer.uint(own.count);
      for (let i = 0; i < own.count; i++) {
        const at = serialAt + own.positions[i]! * stride;
        packer.ascii(bytes, at, at + serialLength);
      }
      if (count > FEW_IDS) packer.uint(place!.at);
    }
    if (own === undefined || count <= FEW_IDS) {
      for (let i = 0, at = serialAt; i < count; i++, at += stride) packer.ascii(bytes, at, at + serialLength);
    }
  }

  /** {@link #plainIds} of units of several. */
  #runsOf(act: ScannedAct, bytes: Uint8Array, own?: Positions, place?: BytePlace): void {
    const packer = this.#packer;
    const { count, runs, runCount } = act;
    packer.uint(FORMS * count + (own === undefined ? PLAIN : SOME_PLAIN));
    for (let run = 0; own === undefined && run < runCount; run++) {
      const { family, serialAt, serialLength, stride, count: units } = runs[run]!;
      for (let i = 0, at = serialAt; i < units; i++, at += stride) {
        packer.span(bytes, at - family.length, at + serialLength);
      }
    }
    if (own === undefined) return;
    packer.uint(own.count);
    let run = 0;
    let before = 0;
    for (let i = 0; i < own.count;) {
      const end = endOfAlike(act, own, i);
      for (let first = i; i < end; i++) {
        while (own.positions[i]! >= before + runs[run]!.count) before += runs[run++]!.count;
        const { family, serialAt, serialLength, stride } = runs[run]!;
        if (i === first) {
          this.#words.write(family);
          packer.uint(serialLength);
          packer.uint(end - i);
        }
        const at = serialAt + (own.positions[i]! - before) * stride;
        packer.ascii(bytes, at, at + serialLength);
      }
    }
    packer.uint(place!.at);
    packer.uint(place!.length);
  }
}

/** The first of these positions from `from` on whose unit is of another family than that at `from`, or its serial number of another length. */
function endOfAlike({ runs }: ScannedAct, { positions, count }: Positions, from: number): number {
  let run = 0;
  let behind = runs[0]!.count;
  const runOf = (position: number): ScannedUnits => {
    while (position >= behind) behind += runs[++run]!.count;
    return runs[run]!;
  };
  const { family, serialLength } = runOf(positions[from]!);
  let end = from + 1;
  for (; end < count; end++) {
    const other = runOf(positions[end]!);
    if (other.family !== family || other.serialLength !== serialLength) break;
  }
  return end;
}

/** Reads what an {@link IdWriter} wrote. */
export class IdReader {
  readonly #packed: Unpacker;
  readonly #words: WordReader;
  readonly #units: UnitTable;
  readonly #idBytes: IdBytes;

  /** @param idBytes - has the lists of which some are meant. */
  constructor(packed: Unpacker, words: WordReader, units: UnitTable, idBytes: IdBytes = none) {
    this.#packed = packed;
    this.#words = words;
    this.#units = units;
    this.#idBytes = idBytes;
  }

  read(): IdList {
    const packed = this.#packed;
    const head = packed.uint();
    const form = head % FORMS;
    const count = (head - form) / FORMS;
    if (form === PLAIN) return this.#units.list(Array.from({ length: count }, () => packed.text()));
    if (form === SOME_PLAIN) return this.#plainSome(count);
    const family = this.#units.family(this.#words.read());
    const length = packed.uint();
    if (form === JOINED) return family.list(packed.chars(count * length), length);
    const own = packed.chars(packed.uint() * length);
    if (count <= FEW_IDS) return family.list(packed.chars(count * length), length, own);
    const at = packed.uint();
    return family.listOfSome(own, length, count, bytesAt(this.#idBytes, at, count * length));
  }

  #plainSome(count: number): IdList {
    const packed = this.#packed;
    const numbers = new Int32Array(packed.uint());
    for (let at = 0; at < numbers.length;) {
      const family = this.#units.family(this.#words.read());
      const [length, alike] = [packed.uint(), packed.uint()];
      numbers.set(family.numbersOf(packed.chars(alike * length), length, alike), at);
      at += alike;
    }
    const [at, length] = [packed.uint(), packed.uint()];
    return this.#units.listOfSome(numbers, count, bytesAt(this.#idBytes, at, length));
  }
}

/** Reads that list when it is asked for; until then it holds on to nothing else, above all not to the run that names it. */
function bytesAt(idBytes: IdBytes, at: number, length: number): () => Uint8Array {
  return () => idBytes(at, length);
}

function none(): never {
  throw new InternalError('an act of some ids in a run that is whole');
}
