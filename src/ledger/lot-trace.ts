// Browser-safe.
/**
 * The trace of a lot: who held which unit at the recall's position, what was used since, and what is unaccounted for.
 *
 * Reads  subjects.ts (proved reads), custody/ (timelines), registry/ (recalls).   Used by  ledger.ts.
 * Source `findings.md` RX-03, RX-05; a recall asks three questions: who has it, who got it, what can nobody say?
 * Rule   a unit belongs to the lot if any commissioning recorded for the lot names it; uses count whoever claims them, since a
 *        recall must reach the patient of an unlicensed clinic too.
 * Cost   two histories a unit, a batch of units in memory at a time; the lists hold every unit of the lot.
 * @module
 */
import { identityOf, moves, type Stride, type Timeline, type World } from '../custody/index.ts';
import { lotId, parseCode } from '../gs1/index.ts';
import { assertFunction, assertInteger, assertObject, assertOptions } from '../bytes/index.ts';
import { argumentRangeError } from '../errors.ts';
import type { LogStore } from '../log/index.ts';
import type { Registry } from '../registry/index.ts';
import type { SubjectReader } from './subjects.ts';
import { named, type Named } from './verdict.ts';

/** What the recall says. */
export interface LotRecall {
  readonly id: string;
  /** Position of the statement. */
  readonly entry: number;
  readonly recordTimeMs: number;
  readonly issuer: Named;
  readonly effectiveFromMs: number;
  readonly reason: string;
  /** 1 is the most serious; undefined where the statement names none. */
  readonly level: number | undefined;
  /** By when holders must have acted. */
  readonly deadlineMs: number | undefined;
  readonly regions: readonly string[] | undefined;
}

/** Units of the lot with one party. */
export interface LotHolder {
  readonly party: Named;
  readonly count: number;
  /** Canonical ids, sorted. */
  readonly units: readonly string[];
}

/** A unit nobody can say the whereabouts of. */
export interface LotGap {
  readonly unit: string;
  /** On the way; never placed; in a container nothing is recorded about; or declared so. */
  readonly why: 'transit' | 'nowhere' | 'container' | 'lost' | 'stolen';
  readonly from: Named | undefined;
  readonly to: Named | undefined;
  readonly container: string | undefined;
  /** Event time and entry of the last event that moved it. */
  readonly sinceMs: number | undefined;
  readonly entry: number | undefined;
}

/** Where the units of a lot are at one position of the log; every unit is in exactly one list. */
export interface LotPlaces {
  /** Number of entries this is told from. */
  readonly size: number;
  readonly units: number;
  /** Most units first. */
  readonly holders: readonly LotHolder[];
  /** Dispensed or administered. */
  readonly used: readonly string[];
  /** Decommissioned or destroyed. */
  readonly gone: readonly string[];
  readonly unaccounted: readonly LotGap[];
}

/** One use of a unit. */
export interface LotUse {
  readonly unit: string;
  readonly step: 'dispense' | 'administer';
  readonly timeMs: number;
  readonly entry: number;
  readonly event: number;
  readonly by: Named;
  readonly place: Named | undefined;
  /** `second`: somebody not entitled says so; the patient must be found all the same. */
  readonly line: 'main' | 'second';
  /** True if it was recorded after the recall's position, but says that it happened before the recall took effect. */
  readonly before: boolean;
}

/** The trace of a lot as of one size of the log. */
export interface LotTrace {
  /** Canonical lot id. */
  readonly lot: string;
  readonly number: string;
  readonly product: Named | undefined;
  readonly manufacturer: Named | undefined;
  readonly expiry: string | undefined;
  readonly size: number;
  /** The newest recall that names the lot; undefined where there is none. */
  readonly recall: LotRecall | undefined;
  /** Places at the recall's position; without a recall the same as `now`. */
  readonly atRecall: LotPlaces;
  /** Places as of `size`. */
  readonly now: LotPlaces;
  /** Uses recorded after the recall's position, in log order; none without a recall. */
  readonly usedSince: readonly LotUse[];
}

/** Options of a lot's trace. */
export interface LotTraceOptions {
  /** As of this size of the log; default all of it. */
  readonly size?: number;
  readonly signal?: AbortSignal;
  /** Called after each batch of units; never awaited. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** What tracing stands on; `registryAt` answers with a registry nobody else changes. */
export interface LotTraceContext {
  readonly store: LogStore;
  readonly subjects: SubjectReader;
  registryAt(size: number): Promise<Registry>;
  /** Runs one batch of work in its turn. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** Declarations that nobody knows where the goods are. */
const LOST = ['stolen', 'lost'] as const;
/** Units whose histories are in memory at once. */
const BATCH_UNITS = 500;

/** Canonical lot id of what names a lot: the id itself, `GTIN/LOT`, or a code that carries both. */
export function lotIdOf(text: string): string {
  const short = /^(\d{8}|\d{12,14})\/(.+)$/.exec(text);
  if (short !== null) return lotId(short[1]!, short[2]!);
  const parsed = parseCode(text);
  if (parsed.ok && parsed.code.gtin !== undefined && parsed.code.lot !== undefined) {
    return lotId(parsed.code.gtin, parsed.code.lot);
  }
  throw argumentRangeError('lot', 'a lot id, GTIN/LOT, or a code with GTIN and lot', 'another text');
}

/** Returns `options` if each has its type and range. */
export function assertLotTraceOptions(options: LotTraceOptions): LotTraceOptions {
  const { size, signal, onProgress } = assertOptions('options', options, ['size', 'signal', 'onProgress']);
  if (size !== undefined) assertInteger('size', size);
  if (signal !== undefined) assertObject('signal', signal, ['throwIfAborted']);
  if (onProgress !== undefined) assertFunction('onProgress', onProgress);
  return options;
}

/** Traces a lot as of `size` entries. */
export async function traceLot(
  context: LotTraceContext,
  lot: string,
  size: number,
  { signal, onProgress }: LotTraceOptions,
): Promise<LotTrace> {
  const registry = await context.inTurn(() => context.registryAt(size));
  const recall = recallOf(registry, lot);
  const position = recall === undefined ? size : recall.entry + 1;
  const earlier = position === size ? registry : await context.inTurn(() => context.registryAt(position));
  const units = await context.inTurn(() => unitsOf(context, registry, lot, size));
  const now = new PlacesBuilder(registry, size);
  const atRecall = position === size ? now : new PlacesBuilder(earlier, position);
  const usedSince: LotUse[] = [];
  for (let first = 0; first < units.length; first += BATCH_UNITS) {
    signal?.throwIfAborted();
    const batch = units.slice(first, first + BATCH_UNITS);
    await context.inTurn(async () => {
      const world = await context.subjects.world(registry, size, { units: batch }, () => undefined);
      for (const unit of batch) {
        const timeline = world.unit(unit);
        now.add(world, timeline);
        if (recall !== undefined) usedSince.push(...usesOf(registry, timeline, recall));
      }
      if (atRecall === now) return;
      const before = await context.subjects.world(earlier, position, { units: batch }, () => undefined);
      for (const unit of batch)
        if (before.unit(unit).strides.length > 0) atRecall.add(before, before.unit(unit));
    });
    onProgress?.({ done: first + batch.length, total: units.length });
  }
  usedSince.sort((a, b) => a.entry - b.entry || a.event - b.event || (a.unit < b.unit ? -1 : 1));
  const places = now.places();
  return {
    lot,
    ...lotFacts(registry, lot),
    size,
    recall,
    atRecall: atRecall === now ? places : atRecall.places(),
    now: places,
    usedSince,
  };
}

/** Every unit a commissioning of the lot names, sorted: more than are in the lot, never fewer. */
async function unitsOf(
  { store, subjects }: LotTraceContext,
  registry: Registry,
  lot: string,
  size: number,
): Promise<string[]> {
  const units = new Set<string>();
  for (const { entry } of await store.readPostings(lot, size)) {
    const [decoded] = await subjects.entries([entry]);
    for (const act of decoded!.acts) {
      if (act.step !== 'commission' || act.lot === undefined) continue;
      for (const id of act.ids) {
        const { gtin } = identityOf(registry, id);
        if (gtin !== undefined && lotId(gtin, act.lot) === lot) units.add(id);
      }
    }
  }
  return [...units].sort();
}

/** The newest recall that names the lot. */
function recallOf(registry: Registry, lot: string): LotRecall | undefined {
  const [fact] = [...registry.recallsOf(lot)].sort((a, b) => b.entry - a.entry);
  if (fact === undefined) return undefined;
  const { entry, recordTimeMs, issuer, payload, effectiveMs, deadlineMs } = fact;
  return {
    id: payload.id,
    entry,
    recordTimeMs,
    issuer: named(registry, issuer),
    effectiveFromMs: effectiveMs,
    reason: payload.reason,
    level: payload.level,
    deadlineMs: deadlineMs === Infinity ? undefined : deadlineMs,
    regions: payload.regions,
  };
}

function lotFacts(
  registry: Registry,
  lot: string,
): Pick<LotTrace, 'number' | 'product' | 'manufacturer' | 'expiry'> {
  const parsed = parseCode(lot);
  const { product, lot: number = lot } = parsed.ok ? parsed.code : {};
  const fact = product === undefined ? undefined : registry.product(product);
  const manufacturer = product === undefined ? undefined : registry.manufacturerOf(product);
  return {
    number,
    product: fact === undefined ? undefined : { id: fact.payload.id, name: fact.payload.name },
    manufacturer: manufacturer === undefined ? undefined : named(registry, manufacturer),
    expiry: registry.lot(lot)?.payload.expiry,
  };
}

/** Uses recorded since the recall that nobody took back, each once. */
function* usesOf(registry: Registry, timeline: Timeline, recall: LotRecall): Iterable<LotUse> {
  let uses: LotUse[] = [];
  for (const { act, line, broken, duplicateOf, repeatOf } of timeline.strides) {
    if (act.step === 'undo' && line === 'main' && broken === undefined) {
      uses = uses.filter((use) => use.step !== 'dispense' || use.line !== 'main');
    }
    if (act.step !== 'dispense' && act.step !== 'administer') continue;
    if (act.ref.entry <= recall.entry || duplicateOf !== undefined || repeatOf !== undefined) continue;
    const site = act.place === undefined ? undefined : registry.site(act.place)?.site;
    uses.push({
      unit: timeline.subject,
      step: act.step,
      timeMs: act.timeMs,
      entry: act.ref.entry,
      event: act.ref.event,
      by: named(registry, act.actor),
      place: act.place === undefined ? undefined : { id: act.place, name: site?.name ?? act.place },
      line,
      before: act.timeMs < recall.effectiveFromMs,
    });
  }
  yield* uses;
}

/** Sorts units by where they are. */
class PlacesBuilder {
  readonly #registry: Registry;
  readonly #size: number;
  readonly #holders = new Map<string, string[]>();
  readonly #used: string[] = [];
  readonly #gone: string[] = [];
  readonly #unaccounted: LotGap[] = [];
  #units = 0;

  constructor(registry: Registry, size: number) {
    this.#registry = registry;
    this.#size = size;
  }

  /** Takes a unit; units must come in order of their ids. */
  add(world: World, { subject: unit, strides, final, marks }: Timeline): void {
    this.#units++;
    const { life } = final;
    if (life === 'gone') return void this.#gone.push(unit);
    if (life === 'dispensed' || life === 'administered' || life === 'retired') {
      return void this.#used.push(unit);
    }
    const own = final.custody;
    const container = own.at === 'inside' ? own.container : undefined;
    const custody = container === undefined ? own : world.containerCustody(container, Infinity);
    const declared = LOST.find(
      (mark) => marks.has(mark) || (container !== undefined && world.marksAt(container, Infinity).has(mark)),
    );
    if (custody?.at === 'held' && declared === undefined) return this.#hold(custody.by, unit);
    const transit = custody?.at === 'transit' ? custody : undefined;
    const last = lastMove(strides);
    const why =
      declared ?? (transit !== undefined ? 'transit' : container === undefined ? 'nowhere' : 'container');
    this.#unaccounted.push({
      unit,
      why,
      from: transit === undefined ? undefined : named(this.#registry, transit.from),
      to: transit?.to === undefined ? undefined : named(this.#registry, transit.to),
      container,
      sinceMs: last?.act.timeMs,
      entry: last?.act.ref.entry,
    });
  }

  places(): LotPlaces {
    const holders = [...this.#holders].map(([party, units]) => ({
      party: named(this.#registry, party),
      count: units.length,
      units,
    }));
    holders.sort((a, b) => b.count - a.count || (a.party.id < b.party.id ? -1 : 1));
    return {
      size: this.#size,
      units: this.#units,
      holders,
      used: this.#used,
      gone: this.#gone,
      unaccounted: this.#unaccounted,
    };
  }

  #hold(party: string, unit: string): void {
    const units = this.#holders.get(party);
    if (units === undefined) this.#holders.set(party, [unit]);
    else units.push(unit);
  }
}

/** The last event that moved the unit. */
function lastMove(strides: readonly Stride[]): Stride | undefined {
  for (let i = strides.length - 1; i >= 0; i--) {
    const { act, line, broken } = strides[i]!;
    if (line === 'main' && broken === undefined && moves(act.step)) return strides[i];
  }
  return undefined;
}
