// Browser-safe.
/**
 * What a container holds that needs the cold, and when.
 *
 * Reads  cold-exposure.ts, cold-readings.ts, custody/ (stays), registry/ (products).   Used by  cold-chain.ts.
 * Source `findings.md` CC rules of containers: range and budget are facts of the product, as it was when the goods were packed.
 * Never  follows containers deeper than policy allows.
 * @module
 */
import { isContainer, type Span, type Stay, type World } from '../custody/index.ts';
import type { Registry } from '../registry/index.ts';
import { clip, type Storage } from './cold-exposure.ts';
import { productOfUnit } from './cold-readings.ts';

/** What a container holds that needs the cold: each storage range with the times of its contents. */
export interface Load {
  readonly storage: Storage;
  /** Distinct times some of the goods were inside. */
  readonly stays: readonly Span[];
  /** The same joined, ascending. */
  readonly spans: readonly Span[];
}

/** Goods inside a container, through all inner ones: level by level, so that no circle of containers goes on for ever. */
export function loadsOf(world: World, container: string): readonly Load[] {
  const depthMax = world.registry.policyAt(Infinity).containerDepthMax;
  const loads = new Loads(world.registry);
  let level = new Map<string, readonly Span[]>([[container, ALWAYS]]);
  for (let depth = 0; depth <= depthMax && level.size > 0; depth++) {
    const inner = new Map<string, Span[]>();
    for (const [id, spans] of level) {
      let last: Stay | undefined;
      let parts: readonly Span[] = [];
      for (const stay of world.container(id).stays) {
        // Most of what a container holds came and left together.
        if (last?.fromMs !== stay.fromMs || last.toMs !== stay.toMs) {
          parts = spans === ALWAYS && stay.toMs > stay.fromMs ? [stay] : clip(stay, spans);
          last = stay;
        }
        if (!isContainer(stay.child)) loads.add(stay.child, parts);
        else if (inner.has(stay.child)) inner.get(stay.child)!.push(...parts);
        else inner.set(stay.child, [...parts]);
      }
    }
    level = new Map();
    for (const [id, spans] of inner) level.set(id, union(spans));
  }
  return loads.list();
}

const ALWAYS: readonly Span[] = Object.freeze([{ fromMs: -Infinity, toMs: Infinity }]);

/** Loads while they are collected. */
class Loads {
  readonly #registry: Registry;
  readonly #stays = new Map<string, { readonly storage: Storage; readonly stays: Map<string, Span> }>();
  /** What was added last: most units of a container are of one product, came together and left together. */
  #product = '';
  #fromMs = Number.NaN;
  #toMs = Number.NaN;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  add(unit: string, stays: readonly Span[]): void {
    const [first] = stays;
    const isAgain = stays.length === 1 && first!.fromMs === this.#fromMs && first!.toMs === this.#toMs;
    if (isAgain && isOfProduct(unit, this.#product)) return;
    const product = productOfUnit(this.#registry, unit);
    const fromMs = first?.fromMs ?? 0;
    const storage =
      product === undefined ? undefined : this.#registry.productAt(product, fromMs)?.payload.storage;
    if (storage === undefined) return;
    const key = storageKey(storage);
    const load = this.#stays.get(key) ?? { storage, stays: new Map<string, Span>() };
    for (const { fromMs, toMs } of stays) load.stays.set(`${fromMs} ${toMs}`, { fromMs, toMs });
    this.#stays.set(key, load);
    if (stays.length !== 1) return;
    this.#product = product!;
    ({ fromMs: this.#fromMs, toMs: this.#toMs } = first!);
  }

  list(): readonly Load[] {
    return [...this.#stays]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { storage, stays }]) => ({
        storage,
        stays: [...stays.values()],
        spans: union(stays.values()),
      }));
  }
}

/** True if the id of a unit says that it is of the product. */
function isOfProduct(unit: string, product: string): boolean {
  return product !== '' && unit.startsWith(product) && unit.startsWith('/21/', product.length);
}

/** Times joined, ascending. */
function union(stays: Iterable<Span>): readonly Span[] {
  const spans: Span[] = [];
  for (const stay of [...stays].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = spans.at(-1);
    if (last === undefined || stay.fromMs > last.toMs) spans.push(stay);
    else if (stay.toMs > last.toMs) spans[spans.length - 1] = { ...last, toMs: stay.toMs };
  }
  return spans;
}

/** What a storage range says, as a key. */
export function storageKey(storage: Storage): string {
  let key = storageKeys.get(storage);
  if (key === undefined) {
    const { minMilliC, maxMilliC, budgetMs, freezeMilliC } = storage;
    storageKeys.set(storage, (key = `${minMilliC} ${maxMilliC} ${budgetMs} ${freezeMilliC}`));
  }
  return key;
}

const storageKeys = new WeakMap<Storage, string>();
