// Browser-safe.
/**
 * The units of one partition by number, and lists of ids that come again: each text is looked up as often as it is written down, and
 * everything after that is counting.
 *
 * Reads  nothing.   Used by  packed-acts.ts, streams.ts, index-pass.ts, judging.ts.
 * Why    units that travel together are named together, in the same order, by every event of their journey.
 * Memory strings are views of the runs they were read from, which stay as long as the table does.
 * @module
 */
import { assertText } from '../bytes/index.ts';

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
      this.#families.set(prefix, (family = new Family(prefix, this.ids, this.#singles)));
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
  readonly #lists = new Map<string, JoinedList>();
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

  #single(rest: string): IdList {
    const number = this.numberOf(rest);
    return (this.#singles[number] ??= { ids: [this.#ids[number]!], numbers: Int32Array.of(number) });
  }
}

/** A list as it stands in a run: neither ids nor numbers are made before they are asked for. */
class JoinedList implements IdList {
  readonly rests: string;
  readonly restLength: number;
  readonly #family: Family;
  readonly #own: string;
  #ids: readonly string[] | undefined;
  #numbers: Int32Array | undefined;

  constructor(family: Family, rests: string, restLength: number, own: string) {
    this.rests = rests;
    this.restLength = restLength;
    this.#family = family;
    this.#own = own;
  }

  get numbers(): Int32Array {
    this.#numbers ??= Int32Array.from(this.#cut(this.#own), (rest) => this.#family.numberOf(rest));
    return this.#numbers;
  }

  get ids(): readonly string[] {
    this.#ids ??= this.#cut(this.rests).map((rest) => this.#family.prefix + rest);
    return this.#ids;
  }

  #cut(rests: string): string[] {
    const cut: string[] = [];
    for (let at = 0; at < rests.length; at += this.restLength)
      cut.push(rests.slice(at, at + this.restLength));
    return cut;
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
