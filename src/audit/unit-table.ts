// Browser-safe.
/**
 * The units of one partition by number, and lists of ids that come again: each text is looked up as often as it is written down, and
 * everything after that is counting.
 *
 * Reads  ids-on-demand.ts.   Used by  packed-ids.ts, streams.ts, index-pass.ts, judging.ts.
 * Why    units that travel together are named together, in the same order, by every event of their journey.
 * Memory strings and lists are views of the runs they were read from, which stay as long as the table does.
 * @module
 */
import { assertText, cutFree, utf8Decode } from '../bytes/index.ts';
import { idsOnDemand } from './ids-on-demand.ts';

/** Ids that an event names, in its order. */
export interface IdList {
  /** The ids themselves; equal lists are mostly one array. */
  readonly ids: readonly string[];
  /** Numbers of those that are meant: all, or those of one partition. Not to be changed. */
  readonly numbers: Int32Array;
}

/** Numbers ids from 0 in the order they are asked for. */
export class UnitTable {
  /** The id of each number. */
  readonly ids: string[] = [];
  readonly #singles: (IdList | undefined)[] = [];
  readonly #families = new Map<string, Family>();

  /** The ids that begin with these characters and have no slash after them. */
  family(prefix: string): Family {
    let family = this.#families.get(assertText('prefix', prefix));
    if (family === undefined)
      this.#families.set(prefix, (family = new Family(cutFree(prefix), this.ids, this.#singles)));
    return family;
  }

  /** The number of an id; a new one if it had none. */
  numberOf(id: string): number {
    const cut = familyLength(id);
    return this.family(id.slice(0, cut)).numberOf(id.slice(cut));
  }

  /** The number of an id, if it has one. */
  find(id: string): number | undefined {
    const cut = familyLength(id);
    return this.#families.get(id.slice(0, cut))?.find(id.slice(cut));
  }

  /** Any ids as a list. */
  list(ids: readonly string[]): IdList {
    return ids.length === 0 ? EMPTY : new GivenList(ids, this);
  }

  /**
   * A list of `count` ids of any kind, some of which are meant.
   * @param numbers - of these.
   * @param all - gives all of them as JSON.
   */
  listOfSome(numbers: Int32Array, count: number, all: () => Uint8Array): IdList {
    return { ids: idsOnDemand(count, written(all)), numbers };
  }
}

const EMPTY: IdList = { ids: [], numbers: new Int32Array(0) };

/** How many characters of an id name its family: all to the last slash. */
export function familyLength(id: string): number {
  return assertText('id', id).lastIndexOf('/') + 1;
}

/** Ids that differ after their last slash only. */
class Family {
  readonly prefix: string;
  readonly #ids: string[];
  readonly #numbers = new Map<string, number>();
  /** Lists by the ends of those that are meant, and what some of a list are numbered. */
  readonly #lists = new Map<string, JoinedList>();
  readonly #some = new Map<string, SomeNumbers>();
  /** By number. */
  readonly #singles: (IdList | undefined)[];

  constructor(prefix: string, ids: string[], singles: (IdList | undefined)[]) {
    this.prefix = prefix;
    this.#ids = ids;
    this.#singles = singles;
  }

  numberOf(rest: string): number {
    const known = this.#numbers.get(rest);
    if (known !== undefined) return known;
    const number = this.#ids.push(this.prefix + rest) - 1;
    this.#numbers.set(rest, number);
    return number;
  }

  find(rest: string): number | undefined {
    return this.#numbers.get(rest);
  }

  /**
   * The list of the ids whose ends, of `length` characters each, are joined in `rests`.
   * @param own - the ends of those that are meant, joined.
   */
  list(rests: string, length: number, own: string = rests): IdList {
    if (rests.length === length) return this.#single(rests);
    const known = this.#lists.get(own);
    if (known?.restLength === length && known.rests === rests) return known;
    const list = new JoinedList(this, rests, length, own);
    this.#lists.set(own, list);
    return list;
  }

  /**
   * A list of `count` ids whose ends have `length` characters each, of which some are meant.
   * @param own - the ends of these, joined.
   * @param ends - gives those of all side by side, as ASCII.
   */
  listOfSome(own: string, length: number, count: number, ends: () => Uint8Array): IdList {
    const numbers = this.numbersOf(own, length, own.length / length);
    return { ids: idsOnDemand(count, joined(this.prefix, ends, length)), numbers };
  }

  /** Numbers of `count` ids whose ends, of `length` characters each, are joined; not to be changed. */
  numbersOf(rests: string, length: number, count: number): Int32Array {
    if (length === 0) return new Int32Array(count).fill(this.numberOf(''));
    if (count === 1) return Int32Array.of(this.numberOf(rests));
    let some = this.#some.get(rests);
    if (some?.length !== length) {
      const numbers = Int32Array.from(endsIn(rests, length), (rest) => this.numberOf(rest));
      this.#some.set(rests, (some = { length, numbers }));
    }
    return some.numbers;
  }

  #single(rest: string): IdList {
    const number = this.numberOf(rest);
    return (this.#singles[number] ??= { ids: [this.#ids[number]!], numbers: Int32Array.of(number) });
  }
}

/** Makes ids of their JSON. */
function written(all: () => Uint8Array): () => string[] {
  return () => JSON.parse(utf8Decode(all())) as string[];
}

/** Makes ids of their ends; what is made so may outlive the table. */
function joined(prefix: string, ends: () => Uint8Array, length: number): () => string[] {
  return () => endsIn(utf8Decode(ends()), length).map((rest) => prefix + rest);
}

/** Numbers of ids whose ends are of one length. */
interface SomeNumbers {
  readonly length: number;
  readonly numbers: Int32Array;
}

function endsIn(rests: string, length: number): string[] {
  const ends: string[] = [];
  for (let at = 0; at < rests.length; at += length) ends.push(rests.slice(at, at + length));
  return ends;
}

/** A list as it stands in a run; its ids are made when they are asked for. */
class JoinedList implements IdList {
  readonly rests: string;
  readonly restLength: number;
  readonly numbers: Int32Array;
  readonly #prefix: string;
  #ids: readonly string[] | undefined;

  constructor(family: Family, rests: string, length: number, own: string) {
    this.rests = rests;
    this.restLength = length;
    this.numbers = Int32Array.from(endsIn(own, length), (rest) => family.numberOf(rest));
    this.#prefix = family.prefix;
  }

  get ids(): readonly string[] {
    return (this.#ids ??= endsIn(this.rests, this.restLength).map((rest) => this.#prefix + rest));
  }
}

/** Ids of any kind. */
class GivenList implements IdList {
  readonly ids: readonly string[];
  readonly #table: UnitTable;

  constructor(ids: readonly string[], table: UnitTable) {
    this.ids = ids;
    this.#table = table;
  }

  get numbers(): Int32Array {
    return Int32Array.from(this.ids, (id) => this.#table.numberOf(id));
  }
}
