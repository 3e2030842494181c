// Browser-safe.
/**
 * The ids of an act as an array that is made when somebody asks for more than how many there are.
 *
 * Reads  nothing.   Used by  unit-table.ts.
 * Why    an event of many units lies in nearly every partition, most of its ids are units of others, and few rules ask for them: in an
 *        honest log none, but for how many there are.
 * Why a proxy  acts keep one shape, whatever their ids are, and copies of an act keep its ids without making them. An accessor of the act
 *        would be asked by every spreading, and would have to make the list to say how long it is.
 * @module
 */
import { assertArray, assertFunction, assertInteger } from '../bytes/index.ts';

/**
 * An array of `count` ids, not to be changed.
 * @param make - gives them; called at most once, in the thread that asks, whenever it does.
 */
export function idsOnDemand(count: number, make: () => readonly string[]): readonly string[] {
  assertInteger('count', count);
  return new Proxy<string[]>([], new IdsOnDemand(count, assertFunction('make', make)));
}

/** True if these ids are made when somebody asks for them. */
export function areOnDemand(ids: readonly string[]): boolean {
  return Reflect.get(assertArray('ids', ids, Infinity), ON_DEMAND) === true;
}

const ON_DEMAND = Symbol('ids on demand');

class IdsOnDemand implements ProxyHandler<string[]> {
  readonly #count: number;
  readonly #make: () => readonly string[];

  constructor(count: number, make: () => readonly string[]) {
    this.#count = count;
    this.#make = make;
  }

  get(ids: string[], key: string | symbol): unknown {
    if (key === 'length') return this.#count;
    return key === ON_DEMAND ? true : Reflect.get(this.#made(ids), key);
  }

  has(ids: string[], key: string | symbol): boolean {
    return Reflect.has(this.#made(ids), key);
  }

  ownKeys(ids: string[]): ArrayLike<string | symbol> {
    return Reflect.ownKeys(this.#made(ids));
  }

  getOwnPropertyDescriptor(ids: string[], key: string | symbol): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#made(ids), key);
  }

  set(): boolean {
    return false;
  }

  defineProperty(): boolean {
    return false;
  }

  deleteProperty(): boolean {
    return false;
  }

  #made(ids: string[]): string[] {
    if (ids.length === 0) for (const id of this.#make()) ids.push(id);
    return ids;
  }
}
