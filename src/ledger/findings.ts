// Browser-safe.
/**
 * SubjectFindings: what is found of the subjects that appended statements name, as of the size of the log after their commit.
 *
 * Reads  subjects.ts, judgement/, log/ (postings).   Used by  append.ts, check.ts (lots).
 * Source design section 5 "Append": exactly the findings a replay of that size gives for these subjects.
 * Cost   what the subjects of all statements need is read together; one look-up for an event id that only its own statement names.
 * @module
 */
import { eventSubject, idsOf, subjectKind, type Act } from '../custody/index.ts';
import {
  correctionIds,
  FindingFold,
  isLotComplete,
  Judge,
  keyEquivocation,
  registryFindings,
  type Finding,
} from '../judgement/index.ts';
import type { LogStore, Posting, StoredHead } from '../log/index.ts';
import type { LiveRegistry } from './live-registry.ts';
import { LotFolds, type LotState } from './lot-folds.ts';
import type { Soon } from './reads.ts';
import { stockFindings } from './stock.ts';
import type { SubjectReader } from './subjects.ts';

/** A statement in its place in the log, as far as findings need it. */
export interface Recorded {
  readonly entry: number;
  /** Key and its own sequence number, and all entries that bear both, in log order. */
  readonly signed: {
    readonly kid: string;
    readonly sequence: number;
    readonly entries: readonly number[];
  };
  readonly acts: readonly Act[];
  readonly isRegistry: boolean;
  /** Lots it is about: those it adds units to, and the one a lot statement defines. */
  readonly lots: readonly string[];
}

/** Most events read for the corrections of one. */
const CORRECTED_MAX = 1000;

/** Finds what is to be said of recorded statements. */
export class SubjectFindings {
  readonly #store: LogStore;
  readonly #live: LiveRegistry;
  readonly #subjects: SubjectReader;
  readonly #lots: LotFolds;

  constructor(store: LogStore, live: LiveRegistry, subjects: SubjectReader) {
    this.#store = store;
    this.#live = live;
    this.#subjects = subjects;
    this.#lots = new LotFolds(store, subjects);
  }

  /** The findings of each statement, in order. */
  async of(
    recorded: readonly Recorded[],
    { size, recordTimeMs }: StoredHead,
  ): Promise<readonly (readonly Finding[])[]> {
    const { registry } = this.#live;
    const named = recorded.map(({ acts }) => subjectsOf(acts));
    const codes = [...new Set(named.flatMap((subjects) => subjects.codes))];
    const codeActs = new Map((await this.#subjects.actsOf(codes, size)).map((acts, i) => [codes[i]!, acts]));
    const wanted = {
      units: named.flatMap(({ units }) => units),
      containers: named.flatMap(({ containers }) => containers),
      codes: [...codeActs.values()].flat(),
    };
    const { world, views } = await this.#subjects.load(registry, size, wanted, undefined, recordTimeMs);
    const judge = new Judge(world);
    const postings = await this.#namedAlike(named, size);
    const ofLots = new Map<string, readonly Finding[]>();
    const results: (readonly Finding[])[] = [];
    for (const [i, { entry, signed, acts, lots, isRegistry }] of recorded.entries()) {
      const { units, containers, codes: own, events } = named[i]!;
      const loose: Finding[] = [];
      const add = (found: Iterable<Finding>): void => {
        for (const one of found) loose.push(one);
      };
      for (const unit of units) {
        const view = judge.isClean(unit) ? undefined : views.get(unit);
        add(view === undefined ? judge.unit(unit) : judge.unitView(view));
      }
      for (const container of containers) add(judge.container(container));
      for (const code of own) add(judge.code(code, codeActs.get(code)!));
      for (const eventId of events) {
        const isOnly = isNamedOnce(postings.get(eventId), entry) && !acts.some(isCorrection);
        if (!isOnly) add(await this.#eventFindings(judge, eventId, size));
      }
      const reused = keyEquivocation(signed.kid, signed.sequence, signed.entries);
      if (reused !== undefined) loose.push(reused);
      if (acts.some(({ more }) => more !== undefined && more.stock.length > 0)) {
        add(await stockFindings(this.#store, this.#subjects, registry, acts, size));
      }
      for (const lot of lots) {
        // Statements of one lot often come together; all are answered as of one size.
        let found = ofLots.get(lot);
        if (found === undefined) ofLots.set(lot, (found = (await this.ofLot(lot, size)).findings));
        add(found);
      }
      if (isRegistry) {
        add(registryFindings(registry, world.asOfMs, entry));
      }
      results.push(loose.length === 0 ? loose : await this.#folded(loose, size));
    }
    return results;
  }

  /** Postings of every event id the statements bear. */
  async #namedAlike(named: readonly Named[], size: number): Promise<ReadonlyMap<string, readonly Posting[]>> {
    const events = new Set<string>();
    for (const one of named) for (const eventId of one.events) events.add(eventId);
    const list = [...events];
    const postings = await Promise.all(
      list.map((eventId) => this.#store.readPostings(eventSubject(eventId), size)),
    );
    return new Map(list.map((eventId, i) => [eventId, postings[i]!]));
  }

  /** Findings about an eventID and its corrections, as of a size. */
  async #eventFindings(judge: Judge, eventId: string, size: number): Promise<readonly Finding[]> {
    const acts = await this.#subjects.acts(eventSubject(eventId), size);
    const named = new Map([[eventId, acts]]);
    const asked = acts.flatMap(correctionIds);
    // Corrections name events that may be corrected in their turn: the list grows while it is read.
    for (const id of asked) {
      if (named.has(id) || named.size >= CORRECTED_MAX) continue;
      const found = await this.#subjects.acts(eventSubject(id), size);
      named.set(id, found);
      asked.push(...found.flatMap(correctionIds));
    }
    return [...judge.event(eventId, acts), ...judge.corrections(eventId, (id) => named.get(id) ?? [])];
  }

  /** Findings of one statement, folded, with the cases they make. */
  async #folded(findings: readonly Finding[], size: number): Promise<readonly Finding[]> {
    const { registry } = this.#live;
    const complete = new Set<string>();
    for (const cause of new Set(findings.map((found) => found.cause))) {
      if (cause === undefined) continue;
      const { units } = await this.ofLot(cause, size);
      if (isLotComplete(registry, cause, units)) complete.add(cause);
    }
    const fold = new FindingFold({ isComplete: (lot) => complete.has(lot) });
    for (const one of findings) fold.add(one);
    return fold.listWithCases(registry.policyAt(Infinity).foldMin);
  }

  /** A lot as of a size of the log, no greater than the registry's. */
  ofLot(lot: string, size: number): Soon<LotState> {
    return this.#lots.of(lot, this.#live.registry, size);
  }
}

function isNamedOnce(postings: readonly Posting[] | undefined, entry: number): boolean {
  const [first] = postings ?? [];
  return postings?.length === 1 && first!.entry === entry && first!.count === 1;
}

function isCorrection({ step }: Act): boolean {
  return step === 'correct';
}

/** What the acts of one statement name. */
interface Named {
  readonly units: readonly string[];
  readonly containers: readonly string[];
  readonly codes: readonly string[];
  readonly events: readonly string[];
}

function subjectsOf(acts: readonly Act[]): Named {
  const all = new Set<string>();
  const events = new Set<string>();
  for (const act of acts) {
    if (act.eventId !== undefined) events.add(act.eventId);
    for (const id of idsOf(act)) all.add(id);
    if (act.parent !== undefined) all.add(act.parent);
  }
  const units: string[] = [];
  const containers: string[] = [];
  const codes: string[] = [];
  for (const id of all) {
    const kind = subjectKind(id);
    if (kind === 'unit') units.push(id);
    else if (kind === 'code') codes.push(id);
    else if (kind === 'container') containers.push(id);
  }
  return { units, containers, codes, events: [...events] };
}
