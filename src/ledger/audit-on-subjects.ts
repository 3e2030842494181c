// Browser-safe.
/**
 * The subjects an audit that goes on must look at again, and what is found of them now.
 *
 * Reads  subjects.ts (proved reads), audit-on-known.ts, judgement/.   Used by  audit-on.ts.
 * Rule   changed are the subjects new entries name, and all that ever shared a container with one, through any number of containers.
 *        Judged are these; whoever asked for one of them (ID-09, ID-10); the corrections that lead to an event with a new act; and
 *        whatever a deadline has passed for. Nothing else reads anything that is new: a timeline is made of its own acts and its
 *        containers', the registry is the same, and every rule's use of time is among its deadlines (judgement/deadlines.ts).
 * @module
 */
import { Keeper, keyText, type Kept } from '../audit/keeping.ts';
import { eventSubject, idsOf, isContainer, subjectKind, type Act } from '../custody/index.ts';
import {
  consultedByCode,
  containerView,
  correctionIds,
  correctionsWakeAt,
  Judge,
  unitView,
  type Finding,
} from '../judgement/index.ts';
import type { Registry } from '../registry/index.ts';
import type { KnownEntries } from './audit-on-known.ts';
import type { DecodedEntry } from './decoded.ts';
import type { SubjectReader } from './subjects.ts';

/** Raised where the whole log must be audited, with the reason. Never leaves audit-on.ts. */
export class GoesNoFurther extends Error {}

/** What the subjects are judged with. */
export interface TouchedContext {
  readonly known: KnownEntries;
  readonly subjects: SubjectReader;
  readonly registry: Registry;
  /** Size and greatest record time of the log, and of the audited prefix. */
  readonly size: number;
  readonly asOfMs: number;
  readonly sizeBefore: number;
  readonly asOfBeforeMs: number;
  readonly stopIfAborted: () => void;
}

/** More subjects to be judged than this, or than that part of the log's entries: it is cheaper to audit the whole. */
const JUDGED_MAX = 100_000;
const JUDGED_SHARE = 4;
/** Units judged together. */
const UNITS_AT_ONCE = 2000;

/** Subjects by kind. */
export class Touched {
  readonly units = new Set<string>();
  readonly containers = new Set<string>();
  readonly codes = new Set<string>();
  /** Ids of events. */
  readonly events = new Set<string>();

  /** Adds everything an act names. */
  add(act: Act): void {
    for (const id of idsOf(act)) this.addId(id);
    if (act.parent !== undefined && isContainer(act.parent)) this.containers.add(act.parent);
    if (act.eventId !== undefined) this.events.add(act.eventId);
  }

  addId(id: string): void {
    const kind = subjectKind(id);
    if (kind === 'unit') this.units.add(id);
    else if (kind === 'container') this.containers.add(id);
    else if (kind === 'code') this.codes.add(id);
  }

  get size(): number {
    return this.units.size + this.containers.size + this.codes.size + this.events.size;
  }

  /** As what is found is told: "unit …" and so on. */
  *told(): Iterable<string> {
    for (const id of this.units) yield `unit ${id}`;
    for (const id of this.containers) yield `container ${id}`;
    for (const id of this.codes) yield `code ${id}`;
    for (const id of this.events) yield `event ${id}`;
  }
}

/** The subjects whose timelines new entries change. */
export async function changedBy(
  fresh: readonly DecodedEntry[],
  { known, subjects, size }: TouchedContext,
): Promise<Touched> {
  const changed = new Touched();
  for (const { acts } of fresh) for (const act of acts) changed.add(act);
  const seen = new Set<string>();
  for (;;) {
    const level = [...changed.units, ...changed.containers].filter((id) => !seen.has(id));
    if (level.length === 0) return changed;
    stopBeyond(changed.size, size);
    for (const id of level) seen.add(id);
    await known.look(level);
    for (const [i, acts] of (await subjects.actsOf(level, size)).entries()) {
      for (const act of acts) {
        if (act.parent === undefined || !isContainer(act.parent)) continue;
        changed.containers.add(act.parent);
        if (isContainer(level[i]!)) for (const id of idsOf(act)) changed.addId(id);
      }
    }
  }
}

function stopBeyond(subjects: number, size: number): void {
  if (subjects > Math.max(JUDGED_MAX, size / JUDGED_SHARE)) {
    throw new GoesNoFurther(`${subjects} subjects are too many to judge anew`);
  }
}

/** The subjects to be judged: what changed, what asks for it, and what `woken` entries name. */
export async function judgedWith(
  changed: Touched,
  woken: readonly number[],
  { known, subjects, size }: TouchedContext,
): Promise<Touched> {
  stopBeyond(changed.size + woken.length, size);
  const judged = new Touched();
  for (const unit of changed.units) judged.units.add(unit);
  for (const container of changed.containers) judged.containers.add(container);
  for (const code of changed.codes) judged.codes.add(code);
  for (const event of changed.events) judged.events.add(event);
  for (const { acts } of await subjects.entries(woken)) for (const act of acts) judged.add(act);
  const asked = [...changed.units].map(keyText.asks);
  await known.look(asked);
  const asking = new Set<number>();
  for (const name of asked) for (const entry of await known.before(name)) asking.add(entry);
  stopBeyond(judged.size + asking.size, size);
  for (const { acts } of await subjects.entries([...asking])) for (const act of acts) judged.add(act);
  const events = [...changed.events];
  await known.look(events.map(keyText.corrects));
  // Corrections of corrections: the list grows while it is read.
  for (const id of events) {
    for (const { acts } of await subjects.entries(await known.all(keyText.corrects(id)))) {
      for (const act of acts) {
        if (act.eventId === undefined || judged.events.has(act.eventId)) continue;
        if (act.step !== 'correct' || !correctionIds(act).includes(id)) continue;
        judged.events.add(act.eventId);
        events.push(act.eventId);
      }
    }
  }
  return judged;
}

/** How many units and containers new entries name that nobody had named before. */
export async function newlyNamed(
  fresh: readonly DecodedEntry[],
  { subjects, sizeBefore }: TouchedContext,
): Promise<{ readonly units: number; readonly containers: number }> {
  const named = new Touched();
  for (const { acts } of fresh) for (const act of acts) named.add(act);
  const isNew = async (ids: ReadonlySet<string>): Promise<number> => {
    const before = await subjects.actsOf([...ids], sizeBefore);
    return before.filter(({ length }) => length === 0).length;
  };
  return { units: await isNew(named.units), containers: await isNew(named.containers) };
}

/** What is found of these subjects now. */
export async function findingsOf(judged: Touched, context: TouchedContext): Promise<Told> {
  const { known, size, asOfMs } = context;
  await known.look([...judged.units, ...judged.containers, ...judged.codes]);
  await known.look([...judged.events].map(keyText.event));
  const told = new Told();
  await judgeAll(judged, context, size, asOfMs, told);
  return told;
}

/** What was found of these subjects when the prefix was audited, as far as it was only recorded. */
export async function recordsBefore(judged: Touched, context: TouchedContext): Promise<readonly Finding[]> {
  const { known, sizeBefore, asOfBeforeMs } = context;
  const names = [...judged.told()].map(keyText.records);
  await known.look(names);
  const recorded = new Touched();
  for (const by of judged.told()) {
    if ((await known.before(keyText.records(by))).length === 0) continue;
    const id = by.slice(by.indexOf(' ') + 1);
    if (by.startsWith('event ')) recorded.events.add(id);
    else recorded.addId(id);
  }
  const told = new Told();
  await judgeAll(recorded, context, sizeBefore, asOfBeforeMs, told);
  return told.records;
}

/** What was found, as it is told and as it is kept. */
export class Told {
  readonly #keeper = new Keeper();
  /** At L1 and above, with the subject judged. */
  readonly found: (readonly [by: string, found: Finding])[] = [];
  readonly records: Finding[] = [];

  get keeper(): Keeper {
    return this.#keeper;
  }

  add(by: string, findings: readonly Finding[]): void {
    this.#keeper.found(by, findings);
    for (const one of findings) {
      if (one.severity > 0) this.found.push([by, one]);
      else this.records.push(one);
    }
  }

  take(): Kept {
    return this.#keeper.take();
  }
}

async function judgeAll(
  judged: Touched,
  context: TouchedContext,
  size: number,
  asOfMs: number,
  told: Told,
): Promise<void> {
  const units = [...judged.units];
  for (let from = 0; from < units.length; from += UNITS_AT_ONCE) {
    context.stopIfAborted();
    await judgeUnits(units.slice(from, from + UNITS_AT_ONCE), context, size, asOfMs, told);
  }
  for (const container of judged.containers) await judgeContainer(container, context, size, asOfMs, told);
  if (judged.codes.size > 0) await judgeCodes([...judged.codes], context, size, asOfMs, told);
  if (judged.events.size > 0) await judgeEvents([...judged.events], context, size, asOfMs, told);
}

async function judgeUnits(
  units: readonly string[],
  { subjects, registry }: TouchedContext,
  size: number,
  asOfMs: number,
  told: Told,
): Promise<void> {
  const { world, views } = await subjects.load(registry, size, { units }, undefined, asOfMs);
  const judge = new Judge(world);
  judge.prepare(units);
  for (const unit of units) {
    const acts = world.acts(unit);
    const [first] = acts;
    // Nobody has named it at that size.
    if (first === undefined) continue;
    if (acts.some((act) => !idsOf(act).includes(unit))) {
      throw new GoesNoFurther(`${unit} is told to contain something`);
    }
    if (judge.isClean(unit)) continue;
    const view = views.get(unit) ?? unitView(world, unit);
    told.add(`unit ${unit}`, judge.unitView(view));
    told.keeper.seen(view, first.ref.entry);
  }
}

async function judgeContainer(
  container: string,
  { subjects, registry }: TouchedContext,
  size: number,
  asOfMs: number,
  told: Told,
): Promise<void> {
  const world = await subjects.world(registry, size, { containers: [container] }, undefined, asOfMs);
  const [first] = await subjects.acts(container, size);
  if (first === undefined) return;
  told.add(`container ${container}`, new Judge(world).container(container));
  told.keeper.seen(containerView(world, container), first.ref.entry);
}

async function judgeCodes(
  codes: readonly string[],
  { subjects, registry }: TouchedContext,
  size: number,
  asOfMs: number,
  told: Told,
): Promise<void> {
  const acts = await subjects.actsOf(codes, size);
  const world = await subjects.world(registry, size, { codes: acts.flat() }, undefined, asOfMs);
  const judge = new Judge(world);
  for (const [i, code] of codes.entries()) {
    const [first] = acts[i]!;
    if (first === undefined) continue;
    told.add(`code ${code}`, judge.code(code, acts[i]!));
    told.keeper.asks(consultedByCode(acts[i]!), first.ref.entry);
  }
}

/** LG-10 and the CO rules of event ids. */
async function judgeEvents(
  eventIds: readonly string[],
  { known, subjects, registry }: TouchedContext,
  size: number,
  asOfMs: number,
  told: Told,
): Promise<void> {
  const events = new Map<string, readonly Act[]>();
  const load = async (id: string): Promise<readonly Act[]> => {
    const held = events.get(id);
    if (held !== undefined) return held;
    const entries = (await known.all(keyText.event(id))).filter((entry) => entry < size);
    const decoded = await subjects.entries(entries);
    const acts = decoded.flatMap((one) => one.acts.filter((act) => act.eventId === id));
    events.set(id, acts);
    return acts;
  };
  const world = await subjects.world(registry, size, {}, undefined, asOfMs);
  const judge = new Judge(world);
  for (const eventId of eventIds) {
    const acts = await load(eventId);
    if (acts.length > 1) told.add(`event ${eventId}`, judge.event(eventId, acts));
    const corrections = acts.filter(({ step }) => step === 'correct');
    const [first] = corrections;
    if (first === undefined) continue;
    const asked = acts.flatMap(correctionIds);
    const seen = new Set<string>(asked);
    for (const id of asked) {
      for (const other of (await load(id)).flatMap(correctionIds)) {
        if (seen.has(other)) continue;
        seen.add(other);
        asked.push(other);
      }
    }
    told.add(
      `event ${eventId}`,
      judge.corrections(eventId, (id) => events.get(id) ?? []),
    );
    told.keeper.wakes(correctionsWakeAt(corrections, asOfMs, registry), asOfMs, first.ref.entry);
  }
}

/** The names under which everything an act names is found, with the subject of its derived rows. */
export function subjectOfName(name: string): string | undefined {
  if (name.startsWith('event ')) return eventSubject(name.slice('event '.length));
  return subjectKind(name) === undefined ? undefined : name;
}
