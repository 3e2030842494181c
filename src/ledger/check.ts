// Browser-safe.
/**
 * Check: a scan in hand, judged as one more event after the log.
 *
 * Reads  subjects.ts, judgement/, gs1/ (codes).   Used by  ledger.ts.
 * Source design section 5 "Check"; recording the scan afterwards raises the same findings.
 * Never  writes; a unit inherits what is found on its containers while it was inside, and on its lot.
 * @module
 */
import { assertString } from '../bytes/index.ts';
import { identityOf, type Act, type EventRef, type Timeline, type World } from '../custody/index.ts';
import { errorCode } from '../errors.ts';
import { lotId, parseCode, type PresentedCode } from '../gs1/index.ts';
import { finding, FindingFold, inheritedOverIssue, Judge, WORDS, type Finding } from '../judgement/index.ts';
import { labelOf } from '../judgement/labels.ts';
import type { Receipt, StoredHead } from '../log/index.ts';
import type { Appender } from './append.ts';
import { flaggedFindings } from './flags.ts';
import type { LiveRegistry } from './live-registry.ts';
import type { LotState } from './lot-folds.ts';
import type { Reads, Soon } from './reads.ts';
import { assertScan, scanAct, timelineBefore, type Scan } from './scan.ts';
import type { SubjectReader } from './subjects.ts';
import { custodyOf, named, placeOf, productFacts, withLife, wording, type Verdict } from './verdict.ts';

/** What checking stands on. */
export interface CheckContext {
  readonly reads: Reads;
  readonly live: LiveRegistry;
  readonly subjects: SubjectReader;
  readonly appender: Appender;
  readonly nowMs: number;
}

/** The verdict on a presented code, as of the log's head. */
export async function check(context: CheckContext, code: string, scan: Scan = {}): Promise<Verdict> {
  assertString('code', code, 10_000);
  assertScan(scan);
  const soonHead = context.live.refresh();
  const head = soonHead instanceof Promise ? await soonHead : soonHead;
  const size = head?.size ?? 0;
  const soonFlagged = flaggedFindings(context.reads);
  const flagged = soonFlagged instanceof Promise ? await soonFlagged : soonFlagged;
  // The rules ask for the label, too: it is read and verified once.
  const label = labelOf(context.live.registry, code);
  const parsed = label.code === undefined ? parseCode(code) : ({ ok: true, code: label.code } as const);
  if (!parsed.ok) {
    const subject = { type: 'code', id: code.slice(0, 200) } as const;
    const found = finding({ code: parsed.finding, severity: 1, subject, acts: [], detail: parsed.reason });
    return bare([...flagged, found], size);
  }
  try {
    return await checkParsed(context, code, parsed.code, scan, head, flagged);
  } catch (error) {
    // What an audit flagged as damaged cannot always be read: then the flags are the answer.
    if (flagged.length > 0 && errorCode(error) === 'ERR_STORE_CORRUPT') return bare(flagged, size);
    throw error;
  }
}

function checkParsed(
  context: CheckContext,
  code: string,
  presented: PresentedCode,
  scan: Scan,
  head: StoredHead | undefined,
  flagged: readonly Finding[],
): Promise<Verdict> {
  const size = head?.size ?? 0;
  const { unit, container } = presented;
  if (unit !== undefined) return checkUnit(context, unit, code, presented, scan, head, flagged);
  if (container !== undefined) return checkContainer(context, container, head, flagged);
  return Promise.resolve({ ...bare(flagged, size), ...nothingKnown(flagged, NO_UNIT) });
}

async function checkUnit(
  context: CheckContext,
  unit: string,
  code: string,
  presented: PresentedCode,
  scan: Scan,
  head: StoredHead | undefined,
  flagged: readonly Finding[],
): Promise<Verdict> {
  const { registry } = context.live;
  const size = head?.size ?? 0;
  const recordTimeMs = Math.max(context.nowMs, head?.recordTimeMs ?? 0);
  const act = scanAct(unit, code, scan, size, recordTimeMs);
  let lot: string | undefined;
  const wanted = { units: [unit], scan: act };
  const soonLoaded = context.subjects.load(
    registry,
    size,
    wanted,
    (asked) => (asked === unit ? lot : undefined),
    head?.recordTimeMs ?? 0,
  );
  const { world, views } = soonLoaded instanceof Promise ? await soonLoaded : soonLoaded;
  const view = views.get(unit);
  const timeline = timelineBefore(world, unit, view, act);
  const { commission } = timeline;
  const identity = identityOf(registry, unit);
  if (commission?.lot !== undefined && identity.gtin !== undefined)
    lot = lotId(identity.gtin, commission.lot);
  const judge = new Judge(world);
  const fold = new FindingFold();
  const own = view === undefined ? judge.unit(unit, act) : judge.unitView(view);
  for (const found of flagged) fold.add(found);
  for (const found of own) fold.add(found);
  addContainerFindings(fold, world, judge, timeline);
  if (lot !== undefined && commission !== undefined) {
    const soonState = context.appender.lot(lot, size);
    const state = soonState instanceof Promise ? await soonState : soonState;
    for (const found of lotFindings(state, unit, commission)) fold.add(found);
  }
  const soonReceipt = receiptOf(context, timeline, head);
  const receipt = soonReceipt instanceof Promise ? await soonReceipt : soonReceipt;
  const product = identity.product ?? presented.product;
  const fact = product === undefined ? undefined : registry.product(product);
  const manufacturer = product === undefined ? undefined : registry.manufacturerOf(product);
  // Property by property: to spread one object into another costs more than all of these.
  const { word, severity, what, remedy, findings } = withLife(
    wording(fold.list(), 'unit'),
    timeline.final.life,
  );
  return {
    word,
    severity,
    what,
    remedy,
    findings,
    subject: unit,
    life: timeline.final.life,
    product: fact === undefined ? undefined : productFacts(fact.payload),
    manufacturer: manufacturer === undefined ? undefined : named(registry, manufacturer),
    lot: commission?.lot,
    expiry: commission?.expiry,
    custody: custodyOf(registry, timeline, (container) => world.containerCustody(container, Infinity)),
    place: placeOf(registry, timeline, (container) => world.container(container)),
    checks: checksOf(timeline),
    receipt,
    size,
  };
}

/** The receipt of the newest entry a timeline knows of. */
function receiptOf(
  { subjects }: CheckContext,
  { strides }: Timeline,
  head: StoredHead | undefined,
): Soon<Receipt | undefined> {
  let newest = -1;
  for (const { act } of strides) if (act.ref.entry > newest) newest = act.ref.entry;
  return newest < 0 || head === undefined ? undefined : subjects.receipt(newest, head);
}

async function checkContainer(
  context: CheckContext,
  container: string,
  head: StoredHead | undefined,
  flagged: readonly Finding[],
): Promise<Verdict> {
  const { registry } = context.live;
  const size = head?.size ?? 0;
  const world = await context.subjects.world(registry, size, { containers: [container] });
  const timeline = world.container(container);
  const judge = new Judge(world);
  const fold = new FindingFold();
  for (const found of flagged) fold.add(found);
  for (const found of judge.container(container)) fold.add(found);
  addContainerFindings(fold, world, judge, timeline);
  const receipt = await receiptOf(context, timeline, head);
  return {
    ...bare(fold.list(), size),
    ...(timeline.strides.length === 0
      ? nothingKnown(flagged, NO_CONTAINER)
      : wording(fold.list(), 'container')),
    subject: container,
    custody: custodyOf(registry, timeline, (outer) => world.containerCustody(outer, Infinity)),
    place: placeOf(registry, timeline, (outer) => world.container(outer)),
    receipt,
  };
}

const NO_UNIT = 'This code names a product, lot or place, but no single unit: nothing can be checked.';
const NO_CONTAINER = 'Nothing is recorded about this container: ask whoever handed it over.';

/** Wording where nothing speaks for the goods: never the word genuine. */
function nothingKnown(flagged: readonly Finding[], what: string): Partial<Verdict> {
  if (flagged.length > 0) return {};
  return { word: WORDS[1], severity: 1, what, remedy: 'Check the units themselves.' };
}

/** Adds the findings on a subject's containers, and on theirs, by events that happened while it was inside. */
function addContainerFindings(fold: FindingFold, world: World, judge: Judge, timeline: Timeline): void {
  const pending = staysOf(timeline);
  if (pending.length === 0) return;
  const seen = new Set<string>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { id, fromMs, toMs } = next;
    if (seen.has(id)) continue;
    seen.add(id);
    const outer = world.container(id);
    for (const found of judge.container(id)) {
      if (isDuring(outer, found.last, fromMs, toMs)) fold.add(found);
    }
    for (const stay of staysOf(outer)) {
      const from = Math.max(stay.fromMs, fromMs);
      const to = Math.min(stay.toMs, toMs);
      if (from <= to) pending.push({ id: stay.id, fromMs: from, toMs: to });
    }
  }
}

/** True if a container's event happened within a time. */
function isDuring({ strides }: Timeline, ref: EventRef | undefined, fromMs: number, toMs: number): boolean {
  return strides.some(
    ({ act }) =>
      act.timeMs >= fromMs &&
      act.timeMs <= toMs &&
      act.ref.entry === ref?.entry &&
      act.ref.event === ref.event,
  );
}

function staysOf({ strides }: Timeline): { id: string; fromMs: number; toMs: number }[] {
  const stays: { id: string; fromMs: number; toMs: number }[] = [];
  for (const { act, before, after, line } of strides) {
    if (line !== 'main') continue;
    const open = stays.at(-1);
    if (before.custody.at === 'inside' && open !== undefined && after.custody.at !== 'inside')
      open.toMs = act.timeMs;
    if (after.custody.at === 'inside' && before.custody.at !== 'inside') {
      stays.push({ id: after.custody.container, fromMs: act.timeMs, toMs: Infinity });
    }
  }
  return stays;
}

function lotFindings({ balance, findings }: LotState, unit: string, commission: Act): readonly Finding[] {
  const [found] = findings;
  if (found === undefined) return findings;
  return [inheritedOverIssue(found, unit, commission, balance.exceededAt!)];
}

function checksOf({ strides }: Timeline): Verdict['checks'] {
  const sessions = new Map<string, number>();
  for (const { act } of strides) {
    const session = act.scan?.session;
    if (session !== undefined && !sessions.has(session)) sessions.set(session, act.timeMs);
  }
  return { count: sessions.size, firstTimeMs: sessions.values().next().value };
}

function bare(findings: readonly Finding[], size: number): Verdict {
  return {
    ...wording(findings, 'nothing'),
    subject: undefined,
    product: undefined,
    manufacturer: undefined,
    lot: undefined,
    expiry: undefined,
    custody: undefined,
    place: undefined,
    life: undefined,
    checks: { count: 0, firstTimeMs: undefined },
    receipt: undefined,
    size,
  };
}
