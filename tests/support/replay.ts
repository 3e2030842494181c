/**
 * Replays a script straight into registry, custody and judge, without a ledger: fast enough for thousands of worlds.
 *
 * Reads  script.ts, src/.   Used by  tests of custody, judgement, registry.
 * Rule   entries stand in order of record time, as `record()` appends them; findings are those of a final audit.
 * @module
 */
import { createHash } from 'node:crypto';
import { equalBytes, toBase64url } from '../../src/bytes/index.ts';
import {
  actsOfDocument,
  idsOf,
  isContainer,
  lotOfUnit,
  subjectKind,
  unitChanges,
  UNKNOWN_UNIT,
  World,
  type Act,
  type ContainerTimeline,
  type Timeline,
  type UnitRecord,
} from '../../src/custody/index.ts';
import {
  commissionsLot,
  FindingFold,
  isLotComplete,
  keyEquivocation,
  Judge,
  overIssue,
  registryFindings,
  stockBalance,
  type Finding,
  type LotMovement,
} from '../../src/judgement/index.ts';
import { Registry } from '../../src/registry/index.ts';
import { openStatement, type Statement } from '../../src/statement/index.ts';
import { GENESIS_MS } from './cast.ts';
import { assertTable } from './expect-findings.ts';
import type { Script, Step } from './script.ts';

/** A replayed log prefix. */
export interface Replay {
  readonly registry: Registry;
  readonly world: World;
  readonly judge: Judge;
  /** Every unit and container named, in order of first mention. */
  readonly units: readonly string[];
  readonly containers: readonly string[];
  unit(id: string): Timeline;
  container(id: string): ContainerTimeline;
  /** Findings of everything, one by one. */
  unfolded(): readonly Finding[];
  /** Findings of everything, folded, worst first. */
  findings(): readonly Finding[];
}

/**
 * Replays the steps in the order given; by default in order of record time. Writes each step's entry number.
 * @param asOfMs - what deadlines are judged against; by default none has passed.
 */
export function replay(script: Script, order: readonly Step[] = script.steps, asOfMs = 0): Replay {
  const acts: Act[] = [];
  const facts: Fact[] = [{ entry: 0, recordTimeMs: GENESIS_MS, bytes: script.genesis }];
  const sorted = [...order].sort((a, b) => a.recordTimeMs - b.recordTimeMs);
  const numbers = new NumberBook();
  numbers.add(0, script.genesis);
  for (const [i, step] of sorted.entries()) {
    const entry = i + 1;
    step.entry = entry;
    numbers.add(entry, step.bytes);
    const { recordTimeMs, bytes, kind } = step;
    if (kind !== 'events') {
      facts.push({ entry, recordTimeMs, bytes });
      continue;
    }
    const statement = opened(bytes);
    if (statement.kind !== 'events') throw new Error('a step lies about its kind');
    const { issuer, kid, payload } = statement;
    acts.push(...actsOfDocument(payload, { entry, recordTimeMs, issuer, kid: toBase64url(kid) }));
  }
  return replayActs(registryOf(facts), acts, asOfMs, numbers.findings());
}

/** SG-11: which statements a key signed with which number. */
class NumberBook {
  readonly #entries = new Map<
    string,
    { kid: string; sequence: number; entries: number[]; statements: Uint8Array[] }
  >();

  add(entry: number, bytes: Uint8Array): void {
    const { kid, sequence } = opened(bytes);
    const signed = { kid: toBase64url(kid), sequence };
    const name = `${signed.kid} ${sequence}`;
    const known = this.#entries.get(name);
    if (known === undefined) this.#entries.set(name, { ...signed, entries: [entry], statements: [bytes] });
    else if (!known.statements.some((other) => equalBytes(other, bytes))) {
      known.entries.push(entry);
      known.statements.push(bytes);
    }
  }

  findings(): readonly Finding[] {
    return [...this.#entries.values()].flatMap(
      ({ kid, sequence, entries }) => keyEquivocation(kid, sequence, entries) ?? [],
    );
  }
}

const OPENED = new WeakMap<Uint8Array, Statement>();

/** What a step's bytes say: each step is opened once, however often its script is replayed. */
function opened(bytes: Uint8Array): Statement {
  const statement = OPENED.get(bytes) ?? openStatement(bytes).statement;
  OPENED.set(bytes, statement);
  return statement;
}

interface Fact {
  readonly entry: number;
  readonly recordTimeMs: number;
  readonly bytes: Uint8Array;
}

const registries = new Map<string, Registry>();
/** Ids of keys that passed the check of enrolment in a registry made before: it is the slow part of a replay. */
const passed = new Set<string>();

/** The registry of these facts; most scripts begin alike. */
function registryOf(facts: readonly Fact[]): Registry {
  const hash = createHash('sha256');
  for (const { entry, recordTimeMs, bytes } of facts) hash.update(`${entry} ${recordTimeMs} `).update(bytes);
  const key = hash.digest('hex');
  const known = registries.get(key);
  if (known !== undefined) return known;
  const registry = new Registry(passed);
  for (const { entry, recordTimeMs, bytes } of facts) {
    registry.apply(entry, recordTimeMs, opened(bytes));
  }
  for (const kid of registry.kids()) passed.add(kid);
  registries.set(key, registry);
  return registry;
}

/** Judges acts directly, as of a record time; by default no deadline has passed. */
export function replayActs(
  registry: Registry,
  acts: readonly Act[],
  asOfMs = 0,
  others: readonly Finding[] = [],
): Replay {
  const bySubject = new Map<string, Act[]>();
  for (const act of acts) {
    const named = new Set([...idsOf(act), ...(act.parent === undefined ? [] : [act.parent])]);
    for (const id of named) bySubject.set(id, [...(bySubject.get(id) ?? []), act]);
  }
  const named = [...bySubject.keys()];
  const containers = named.filter(isContainer);
  const actsOf = (id: string): readonly Act[] => bySubject.get(id) ?? [];
  const world = new World(
    registry,
    new Map(containers.map((id) => [id, actsOf(id)])),
    actsOf,
    undefined,
    asOfMs,
  );
  const judge = new Judge(world);
  const units = named.filter((id) => subjectKind(id) === 'unit');
  const codes = named.filter((id) => subjectKind(id) === 'code');
  const unfolded = (): readonly Finding[] => [
    ...units.flatMap((unit) => judge.unit(unit)),
    ...containers.flatMap((container) => judge.container(container)),
    ...codes.flatMap((code) => judge.code(code, actsOf(code))),
    ...eventFindings(judge, acts),
    ...stockFindings(world, units, acts, actsOf),
    ...others,
    ...lotFindings(registry, acts),
    ...registryFindings(registry, asOfMs),
  ];
  return {
    registry,
    world,
    judge,
    units,
    containers,
    unit: (id) => world.unit(id),
    container: (id) => world.container(id),
    unfolded,
    findings: () => {
      const movements = movementsOf(registry, acts);
      const unitsOf = (lot: string): number =>
        movements.get(lot)?.reduce((sum, { units: moved }) => sum + moved, 0) ?? 0;
      const fold = new FindingFold({ isComplete: (lot) => isLotComplete(registry, lot, unitsOf(lot)) });
      for (const found of unfolded()) fold.add(found);
      return assertTable(fold.listWithCases(registry.policyAt(Infinity).foldMin));
    },
  };
}

/** How many units each lot gained or lost by which entry. */
function movementsOf(registry: Registry, acts: readonly Act[]): ReadonlyMap<string, readonly LotMovement[]> {
  const records = new Map<string, UnitRecord>();
  const movements = new Map<string, LotMovement[]>();
  for (const act of acts) {
    const known = (unit: string): UnitRecord => records.get(unit) ?? UNKNOWN_UNIT;
    const { units, lots } = unitChanges(registry, [act], known);
    for (const [unit, record] of units) records.set(unit, record);
    for (const [lot, change] of lots) {
      movements.set(lot, [...(movements.get(lot) ?? []), { entry: act.ref.entry, units: change }]);
    }
  }
  return movements;
}

/** What parties declare to have of each lot. */
function stockFindings(
  world: World,
  units: readonly string[],
  acts: readonly Act[],
  actsOf: (id: string) => readonly Act[],
): readonly Finding[] {
  const declared = acts.filter(({ more }) => (more?.stock.length ?? 0) > 0);
  const lots = new Set(declared.flatMap(({ more }) => more!.stock.map(({ lot }) => lot)));
  return [...lots].flatMap((lot) => {
    const timelines = units
      .filter((unit) => lotOfUnit(world.registry, unit, actsOf(unit)) === lot)
      .map((unit) => world.unit(unit));
    const counts = declared.filter(({ more }) => more!.stock.some((count) => count.lot === lot));
    const parties = new Set(counts.map(({ actor }) => actor));
    return [...parties].flatMap((party) => stockBalance(world, party, lot, timelines, counts));
  });
}

/** Findings about every eventID. */
function eventFindings(judge: Judge, acts: readonly Act[]): readonly Finding[] {
  const byId = new Map<string, Act[]>();
  for (const act of acts) {
    if (act.eventId !== undefined) byId.set(act.eventId, [...(byId.get(act.eventId) ?? []), act]);
  }
  const eventsOf = (id: string): readonly Act[] => byId.get(id) ?? [];
  return [...byId].flatMap(([id, bearing]) => [
    ...judge.event(id, bearing),
    ...judge.corrections(id, eventsOf),
  ]);
}

function* lotFindings(registry: Registry, acts: readonly Act[]): Iterable<Finding> {
  for (const [lot, moved] of movementsOf(registry, acts)) {
    const entries = new Set(moved.map(({ entry }) => entry));
    const made = acts.filter((act) => entries.has(act.ref.entry) && commissionsLot(act, lot));
    yield* overIssue(registry, lot, moved, made);
  }
}
