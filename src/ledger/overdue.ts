// Browser-safe.
/**
 * Overdue: which deadlines have passed by now, a page of subjects at a time, without an audit and without writing.
 *
 * Reads  subjects.ts (proved reads), judgement/.   Used by  ledger.ts.
 * Source design section 5: deadlines that passed come from the audit and from this, never from a stranger's append.
 * Method the log is walked entry by entry; each subject is looked at where it was named last, so once. What is found of it now
 *        and would not be found if no time had passed rests on a deadline: CU-02, CU-12, ST-10, RX-05, CO-05, CC-09 and others.
 * Cost   a page looks at so many mentions at most, and judges `limit` subjects twice at most.
 * @module
 */
import { assertInteger, assertOptions, assertString } from '../bytes/index.ts';
import { eventSubject, isContainer, subjectKind, type Act, type World } from '../custody/index.ts';
import { argumentRangeError } from '../errors.ts';
import { correctionIds, FindingFold, Judge, type Finding } from '../judgement/index.ts';
import type { LogStore } from '../log/index.ts';
import type { Registry } from '../registry/index.ts';
import type { SubjectReader } from './subjects.ts';

/** Options of a page. */
export interface OverdueOptions {
  /** Most subjects judged, 1 … 10,000; default 1,000. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** One page. */
export interface Overdue {
  /** Size of the log it was read from, and the time deadlines were held against, ms. */
  readonly size: number;
  readonly asOfMs: number;
  /** Subjects judged. */
  readonly subjects: number;
  /** Findings at L1 and above that rest on a passed deadline, folded within the page, worst first. */
  readonly findings: readonly Finding[];
  /** Where to go on; undefined when the whole log was looked at. */
  readonly next: string | undefined;
}

/** What a page stands on. */
export interface OverdueContext {
  readonly store: LogStore;
  readonly subjects: SubjectReader;
  readonly registry: Registry;
  readonly size: number;
  readonly asOfMs: number;
}

/** A place in the log: an entry, and how many of its subjects were looked at. */
interface Cursor {
  readonly entry: number;
  readonly skip: number;
}

interface Page {
  readonly units: string[];
  readonly containers: string[];
  readonly events: string[];
  readonly next: Cursor | undefined;
}

/** Mentions looked at for a page, however few subjects end there. */
const MENTIONS_MAX = 50_000;
const ENTRIES_AT_ONCE = 256;

/** Limit and place of a page. @throws {TypeError | RangeError} on a wrong option. */
export function pageOf(options: OverdueOptions): { readonly limit: number; readonly from: Cursor } {
  const { limit = 1000, after = '0.0' } = assertOptions('options', options, ['limit', 'after']);
  assertInteger('limit', limit, 1, 10_000);
  const parts = /^(\d{1,15})\.(\d{1,15})$/.exec(assertString('after', after, 100));
  if (parts === null) throw argumentRangeError('after', 'the `next` of a page', 'another text');
  return { limit, from: { entry: Number(parts[1]), skip: Number(parts[2]) } };
}

/** Judges one page of subjects. */
export async function overdue(context: OverdueContext, from: Cursor, limit: number): Promise<Overdue> {
  const { size, asOfMs } = context;
  const page = await collect(context, from, limit);
  const now = await judgePage(context, page, asOfMs);
  const fold = new FindingFold();
  if (now.some(({ severity }) => severity > 0)) {
    const before = new Set((await judgePage(context, page, 0)).map(({ id }) => id));
    for (const found of now) if (found.severity > 0 && !before.has(found.id)) fold.add(found);
  }
  return {
    size,
    asOfMs,
    subjects: page.units.length + page.containers.length + page.events.length,
    findings: fold.list(),
    next: page.next === undefined ? undefined : `${page.next.entry}.${page.next.skip}`,
  };
}

/** The subjects named for the last time from a place on. */
async function collect(
  { store, subjects, size }: OverdueContext,
  from: Cursor,
  limit: number,
): Promise<Page> {
  const page = { units: [] as string[], containers: [] as string[], events: [] as string[] };
  let mentions = 0;
  let judged = 0;
  for (let first = from.entry; first < size; first += ENTRIES_AT_ONCE) {
    const indexes = Array.from({ length: Math.min(ENTRIES_AT_ONCE, size - first) }, (_, i) => first + i);
    for (const { entry, acts } of await subjects.entries(indexes)) {
      const named = subjectsWithDeadlines(acts);
      for (let at = entry === from.entry ? from.skip : 0; at < named.length; at++) {
        if (judged === limit || mentions === MENTIONS_MAX) return { ...page, next: { entry, skip: at } };
        const subject = named[at]!;
        mentions++;
        const postings = await store.readPostings(subject, size);
        if (postings.at(-1)?.entry !== entry) continue;
        judged++;
        if (isContainer(subject)) page.containers.push(subject);
        else if (subjectKind(subject) === 'unit') page.units.push(subject);
        else page.events.push(subject);
      }
    }
  }
  return { ...page, next: undefined };
}

/** Units and containers the acts name, and the eventIDs of corrections, each once. */
function subjectsWithDeadlines(acts: readonly Act[]): readonly string[] {
  const named = new Set<string>();
  for (const act of acts) {
    for (const id of act.parent === undefined ? act.ids : [...act.ids, act.parent]) {
      const kind = subjectKind(id);
      if (kind === 'unit' || kind === 'container') named.add(id);
    }
    if (act.eventId !== undefined && act.more?.corrects !== undefined) named.add(eventSubject(act.eventId));
  }
  return [...named];
}

async function judgePage(context: OverdueContext, page: Page, asOfMs: number): Promise<readonly Finding[]> {
  const { subjects, registry, size } = context;
  const { units, containers } = page;
  const world: World = await subjects.world(registry, size, { units, containers }, undefined, asOfMs);
  const judge = new Judge(world);
  const found: Finding[] = [];
  for (const unit of units) found.push(...judge.unit(unit));
  for (const container of containers) found.push(...judge.container(container));
  for (const subject of page.events) {
    const acts = await subjects.acts(subject, size);
    const eventId = acts[0]?.eventId;
    if (eventId === undefined) continue;
    const named = new Map([[eventId, acts]]);
    for (const id of acts.flatMap(correctionIds)) {
      if (!named.has(id)) named.set(id, await subjects.acts(eventSubject(id), size));
    }
    found.push(...judge.corrections(eventId, (id) => named.get(id) ?? []));
  }
  return found;
}
