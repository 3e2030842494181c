// Browser-safe.
/**
 * Deadlines: from when on the findings about a subject may differ though no event was added, because time has passed.
 *
 * Reads  view.ts, custody/ (timelines), registry/.   Used by  audit/ and ledger/ (an audit that goes on from an earlier one).
 * Source `findings.md` CU-02, CU-12, CO-05, CS-04, RX-05, SG-13, ST-10, QA-04, QA-05, CC-05, CC-09.
 * Rule   may be too early, never too late: whoever adds a rule that reads `asOfMs` adds its deadline here. Tests judge the corpus at
 *        every deadline and between them.
 * @module
 */
import { assertActs, isContainer, type Act, type Timeline, type World } from '../custody/index.ts';
import { assertInteger, assertObject } from '../bytes/index.ts';
import { assertRegistry, type Registry } from '../registry/index.ts';
import { hasMoved, isTwoParty } from './handover.ts';
import { assertJudged, policyFor, type SubjectView } from './view.ts';

/**
 * The least record time, ms, at which the subject's findings may differ from what they are at `view.asOfMs`: that time itself where
 * they may differ at any moment, Infinity where time changes nothing.
 */
export function wakesAt(view: SubjectView): number {
  assertJudged(assertObject('view', view).world);
  const { timeline, subject } = view;
  const isOfContainer = subject.type === 'container';
  const next = new Next(view.asOfMs);
  if (timeline.final.custody.at === 'transit') openShipment(view, next);
  if (timeline.final.custody.at === 'held') recalls(view, next);
  for (const { act } of timeline.strides) {
    const { step, timeMs } = act;
    const purchasedMs = act.more?.purchasedMs;
    if (step === 'destroy') next.at(timeMs + policyFor(view, act).handoverMs);
    else if (step === 'administer' && timeline.final.life === 'administered') {
      const { retireMs, retireStopMs } = policyFor(view, act);
      next.at(timeMs + retireMs);
      next.at(timeMs + retireStopMs);
    } else if (isOfContainer && step === 'handle') next.at(timeMs + policyFor(view, act).lagMaxMs);
    if (purchasedMs !== undefined) next.at(purchasedMs + policyFor(view, act).purchaseWaitMs);
  }
  return view.asOfMs <= settledMs(view) ? view.asOfMs : next.ms;
}

/** The same of the corrections of an event; `acts` are the corrections. */
export function correctionsWakeAt(acts: readonly Act[], asOfMs: number, registry: Registry): number {
  assertRegistry(registry);
  const next = new Next(assertInteger('asOfMs', asOfMs));
  for (const { step, recordTimeMs, ref } of assertActs(acts)) {
    if (step === 'correct') next.at(recordTimeMs + registry.policyAt(ref.entry).correctionWaitMs);
  }
  return next.ms;
}

/** The first of some deadlines that has not passed. */
class Next {
  readonly #asOfMs: number;
  ms = Infinity;

  constructor(asOfMs: number) {
    this.#asOfMs = asOfMs;
  }

  /** A deadline that has passed once time is later than `limitMs`. */
  at(limitMs: number): void {
    if (limitMs >= this.#asOfMs && limitMs < this.ms) this.ms = limitMs + 1;
  }
}

const DAY_MS = 86_400_000;

/** CU-02 and CU-12, whose words name the days. */
function openShipment(view: SubjectView, next: Next): void {
  const sent = view.timeline.strides.findLast(hasMoved);
  if (sent === undefined) return;
  const { timeMs } = sent.act;
  const { laneMs, laneStopMs, handoverMs } = policyFor(view, sent.act);
  const limits = isTwoParty(view, sent.act) ? [laneMs, laneStopMs, handoverMs] : [laneMs, laneStopMs];
  for (const waitMs of limits) next.at(timeMs + waitMs);
  const waitingMs = view.asOfMs - timeMs;
  if (waitingMs > Math.min(...limits)) next.at(view.asOfMs - (waitingMs % DAY_MS) + DAY_MS - 1);
}

/** RX-05. */
function recalls(view: SubjectView, next: Next): void {
  const last = view.timeline.strides.findLast(({ line, broken }) => line === 'main' && broken === undefined);
  if (last === undefined) return;
  for (const lot of view.lotsAt(last.act)) {
    for (const { deadlineMs } of view.registry.recallsOf(lot)) next.at(deadlineMs);
  }
}

/**
 * When all readings that may count are in, and nothing measured can be missing any more: a gap and max lag after the last that was
 * said of the subject, and of all containers around it and in it. -Infinity where nothing was measured, and nobody asks for it.
 */
function settledMs({ timeline, world, registry }: SubjectView): number {
  const { strides } = timeline;
  const isRequired =
    registry.policyAt(Infinity).coldChainRequired ||
    registry.policyAt(strides.at(-1)?.act.ref.entry ?? 0).coldChainRequired;
  const isAround = strides.some(
    ({ act: { parent, more }, after }) =>
      parent !== undefined || more !== undefined || after.custody.at === 'inside',
  );
  if (!isRequired && !isAround) return -Infinity;
  const around = new Surroundings(world);
  around.add(timeline);
  if (!isRequired && !around.isMeasured) return -Infinity;
  let waitMs = 0;
  for (const entry of [...around.entries, Infinity]) {
    const { gapMaxMs, lagMaxMs } = registry.policyAt(entry);
    waitMs = Math.max(waitMs, gapMaxMs + lagMaxMs);
  }
  return around.lastMs + waitMs;
}

/** A subject with the containers it was in, those they were in, and those that were in it. */
class Surroundings {
  readonly #world: World;
  readonly #seen = new Set<string>();
  /** Entries that said something of them. */
  readonly entries = new Set<number>();
  /** The latest time anything was said of. */
  lastMs = 0;
  /** True if anybody measured anything. */
  isMeasured = false;

  constructor(world: World) {
    this.#world = world;
  }

  add(timeline: Timeline): void {
    const waiting: Timeline[] = [timeline];
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      const near: string[] = [];
      for (const { act, atMs, after } of one.strides) {
        this.entries.add(act.ref.entry);
        this.lastMs = Math.max(this.lastMs, act.timeMs, atMs);
        const { readings = [], sensorFaults = [] } = act.more ?? {};
        if (readings.length > 0 || sensorFaults.length > 0) this.isMeasured = true;
        for (const { endMs } of readings) this.lastMs = Math.max(this.lastMs, endMs);
        if (after.custody.at === 'inside') near.push(after.custody.container);
        if (act.parent !== undefined) near.push(act.parent);
        for (const id of act.ids) near.push(id);
      }
      for (const id of near) {
        if (!isContainer(id) || this.#seen.has(id)) continue;
        this.#seen.add(id);
        waiting.push(this.#world.container(id));
      }
    }
  }
}
