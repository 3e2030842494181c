// Browser-safe.
/**
 * QA-07: a party says it has more units of a lot than can have come to it.
 *
 * Reads  custody/ (completed timelines), registry/.   Used by  ledger/ (stock declarations at hand), audit/.
 * Source `findings.md` QA-07: in against out, use and stock, on completed timelines; design section 6 "Honest gaps".
 * Rule   a unit counts as with the party where at most m missing steps may have brought it there: late scans accuse nobody.
 * Never  asks for a unit's neighbours: units may be counted in parts, and the counts added.
 * @module
 */
import { assertArray, assertInteger, assertObject, assertText } from '../bytes/index.ts';
import {
  assertAct,
  assertActs,
  mayFlow,
  moves,
  type Act,
  type Custody,
  type Stride,
  type Timeline,
  type World,
} from '../custody/index.ts';
import { finding, type Finding } from './finding.ts';
import { assertJudged, nameOf } from './view.ts';

/** Units of a lot that may have been with a party when it counted them, and what brought them there. */
export interface PossibleStock {
  readonly units: number;
  /** Last event of each such unit before the count; all of the lot's commissionings where there is none. */
  readonly acts: readonly Act[];
}

/** No units. */
export const NO_STOCK: PossibleStock = Object.freeze({ units: 0, acts: Object.freeze([]) });

/**
 * Counts the units among `timelines` that may have been with the party when it declared its stock.
 * Counts of parts of a lot's units add up: {@link addStock}.
 */
export function possibleStock(
  world: World,
  lot: string,
  declared: Act,
  timelines: readonly Timeline[],
): PossibleStock {
  assertJudged(world);
  assertText('lot', lot);
  assertAct(declared);
  assertTimelines(timelines);
  const acts: Act[] = [];
  for (const timeline of timelines) {
    const act = mayHold(world, lot, declared, timeline);
    if (act !== undefined) acts.push(act);
  }
  return { units: acts.length, acts };
}

/** The counts of two parts of a lot's units as one. */
export function addStock(a: PossibleStock, b: PossibleStock): PossibleStock {
  assertStock(a);
  assertStock(b);
  return { units: a.units + b.units, acts: [...a.acts, ...b.acts] };
}

/** QA-07 on one declaration: proof is the declaration, and where the units that may have been there last were. */
export function stockSurplus(
  world: World,
  lot: string,
  declared: Act,
  possible: PossibleStock,
): readonly Finding[] {
  assertJudged(world);
  assertText('lot', lot);
  assertAct(declared);
  assertStock(possible);
  const counted = (declared.more?.stock ?? []).find((count) => count.lot === lot)?.quantity ?? 0;
  if (counted <= possible.units) return [];
  const { registry } = world;
  return [
    finding({
      code: 'QA-07',
      severity: 3,
      subject: { type: 'stock', id: `${declared.actor} ${lot}` },
      acts: [...possible.acts, declared],
      facts: [registry.lot(lot)?.entry],
      detail: `${nameOf(registry, declared.actor)} counted ${counted}, at most ${possible.units} can be there`,
    }),
  ];
}

/**
 * QA-07 of a party's stock of a lot.
 * @param timelines - completed timelines of all units of the lot.
 * @param declared - the party's declarations; each is judged at its own time.
 */
export function stockBalance(
  world: World,
  party: string,
  lot: string,
  timelines: readonly Timeline[],
  declared: readonly Act[],
): readonly Finding[] {
  assertJudged(world);
  assertText('party', party);
  assertText('lot', lot);
  assertTimelines(timelines);
  return standingCounts(world, declared)
    .filter((act) => act.actor === party)
    .flatMap((act) => stockSurplus(world, lot, act, possibleStock(world, lot, act, timelines)));
}

/** Declared counts that still stand: without error declarations, and without what their own signers took back by them in time. */
export function standingCounts(world: World, declared: readonly Act[]): readonly Act[] {
  const { registry } = assertJudged(world);
  const corrections = assertActs(declared).filter(({ step }) => step === 'correct');
  return declared.filter((act) => {
    if (act.step === 'correct') return false;
    return !corrections.some(
      (correction) =>
        act.eventId !== undefined &&
        correction.eventId === act.eventId &&
        correction.actor === act.actor &&
        correction.ref.entry > act.ref.entry &&
        correction.recordTimeMs - act.recordTimeMs <= registry.policyAt(correction.ref.entry).undoMaxMs,
    );
  });
}

function assertStock(stock: PossibleStock): void {
  assertInteger('units', assertObject('stock', stock).units);
  assertActs(stock.acts);
}

function assertTimelines(timelines: readonly Timeline[]): void {
  for (const timeline of assertArray('timelines', timelines, Number.MAX_SAFE_INTEGER)) {
    const { strides } = assertObject('timeline', timeline as Timeline);
    for (const stride of assertArray('strides', strides, Number.MAX_SAFE_INTEGER)) {
      assertAct(assertObject('stride', stride as Stride).act);
    }
  }
}

/** The last event of a unit that may have been with the party when it counted, or undefined. */
function mayHold(world: World, lot: string, declared: Act, timeline: Timeline): Act | undefined {
  const { registry } = world;
  const { missingStepsMax, orderToleranceMs } = registry.policyAt(declared.ref.entry);
  const counted = timeline.strides.filter(isCounted);
  const next = counted.findIndex(({ atMs }) => atMs > declared.timeMs);
  const before = counted.slice(0, next < 0 ? counted.length : next);
  const last = before.at(-1);
  const commission = timeline.commission;
  if (last === undefined) {
    // Its commissioning may be later by no more than clocks differ.
    const isNear = commission !== undefined && commission.timeMs - declared.timeMs <= orderToleranceMs;
    return isNear && commission.actor === declared.actor ? commission : undefined;
  }
  // What left, or was used, while the party was counting may have been counted.
  const recent = before.filter(({ atMs }) => declared.timeMs - atMs <= orderToleranceMs);
  const states = [last.after, ...recent.map((stride) => stride.before)];
  const then = next < 0 ? undefined : counted[next];
  const isThere = states.some(
    ({ life, custody }) =>
      (life === 'active' || life === 'opened') &&
      stepsTo(world, lot, custody, declared, then) <= missingStepsMax,
  );
  return isThere ? last.act : undefined;
}

function isCounted({ act, line, broken, duplicateOf }: Stride): boolean {
  return line === 'main' && broken === undefined && duplicateOf === undefined && moves(act.step);
}

/** Fewest steps nobody recorded after which the unit is with the party; the event after the count must allow it. */
function stepsTo(
  world: World,
  lot: string,
  custody: Custody,
  declared: Act,
  then: Stride | undefined,
): number {
  const party = declared.actor;
  const where =
    custody.at === 'inside' ? world.containerCustody(custody.container, declared.timeMs) : custody;
  // A container nobody has told of may be anywhere.
  if (where === undefined) return 1;
  if (where.at === 'held' && where.by === party) return 0;
  if (where.at === 'transit') return where.to === undefined || where.to === party ? 1 : Infinity;
  if (where.at !== 'held') return Infinity;
  const isStill = then !== undefined && then.act.actor !== party;
  if (isStill || !mayFlow(world.registry, where.by, party, lot, declared.timeMs)) return Infinity;
  return SHIP_RECEIVE;
}

const SHIP_RECEIVE = 2;
