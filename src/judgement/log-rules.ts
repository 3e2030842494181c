// Browser-safe.
/**
 * LG rules that read events: names used twice, times that cannot be, records that come late.
 *
 * Reads  view.ts, custody/ (acts).   Used by  judge.ts; ledger/ and audit/ for record times.
 * Source `findings.md` LG-09, LG-10, LG-11, LG-12, LG-15; skew and lag are policy.
 * Never  accuses a repeat, a correction, or the registration of old stock.
 * @module
 */
import { assertArray, assertInteger, assertText } from '../bytes/index.ts';
import { assertActs, contentOf, moves, NOTHING_MORE, type Act, type Step } from '../custody/index.ts';
import { compareRefs, finding, type Finding } from './finding.ts';
import { isSecondLine, policyFor, recorded, type SubjectView } from './view.ts';

/** LG-09: the same event recorded again. */
export function* duplicates(view: SubjectView): Iterable<Finding> {
  const { subject } = view;
  for (const stride of view.timeline.strides) {
    if (stride.duplicateOf === undefined) continue;
    yield recorded(view, {
      code: 'LG-09',
      severity: 0,
      subject,
      acts: [stride.act],
      facts: [stride.duplicateOf.entry],
      secondLine: isSecondLine(view, stride),
    });
  }
}

/**
 * LG-10: one signer used an eventID for two different events. A correction is the event again with an error declaration, so it must
 * say what the event said.
 * @param id - the eventID, which is the subject.
 * @param acts - all acts that bear it, by whomever.
 */
export function* eventIdReuse(id: string, acts: readonly Act[]): Iterable<Finding> {
  assertText('id', id);
  assertActs(acts);
  const bySigner = new Map<string, Act[]>();
  for (const act of acts) bySigner.set(act.actor, [...(bySigner.get(act.actor) ?? []), act]);
  for (const own of bySigner.values()) {
    const different = differentEvents(own);
    if (different.length < 2) continue;
    yield finding({
      code: 'LG-10',
      severity: 4,
      subject: { type: 'event', id },
      acts: different,
      detail: `${different.length} different events`,
    });
  }
}

/** One act of each different event; a correction that says what an event said is none of its own. */
function differentEvents(acts: readonly Act[]): readonly Act[] {
  const events = new Map<string, Act>();
  const uncorrected = new Set<string>();
  for (const act of acts) {
    if (act.step === 'correct') continue;
    uncorrected.add(eventContent(act, 'correct'));
    const content = eventContent(act, act.step);
    if (!events.has(content)) events.set(content, act);
  }
  for (const act of acts) {
    if (act.step !== 'correct') continue;
    const content = eventContent(act, 'correct');
    if (!uncorrected.has(content) && !events.has(content)) events.set(content, act);
  }
  return [...events.values()];
}

/** What an event says, whether or not this is its correction, and whichever part of a large one it is. */
function eventContent(act: Act, step: Step): string {
  const more = { ...(act.more ?? NOTHING_MORE), corrects: undefined };
  const { part } = more;
  return contentOf({ ...act, step, more, ...(part !== undefined && { ids: [part.act] }) });
}

/** LG-11: an entry recorded earlier than one before it, beyond the clock tolerance; undefined where it is not. */
export function recordTimeRegression(
  entry: number,
  previousMs: number,
  nowMs: number,
  skewMs: number,
): Finding | undefined {
  assertInteger('entry', entry);
  for (const [name, value] of Object.entries({ previousMs, nowMs, skewMs })) assertInteger(name, value);
  if (nowMs >= previousMs - skewMs) return undefined;
  const minutes = (previousMs - nowMs) / 60_000;
  return finding({
    code: 'LG-11',
    severity: 2,
    subject: { type: 'statement', id: String(entry) },
    acts: [],
    facts: [entry],
    detail: `${minutes - (minutes % 1)} minutes before the entries before it`,
  });
}

/**
 * LG-12: a claimed time in the future of its record is a notice, beyond the order tolerance a stop; one further back than max lag a notice. A commissioning may register
 * stock of any age.
 */
export function* implausibleTimes(view: SubjectView): Iterable<Finding> {
  const { subject, timeline } = view;
  for (const stride of timeline.strides) {
    const { act } = stride;
    if (stride.duplicateOf !== undefined) continue;
    const { skewMs, lagMaxMs, orderToleranceMs } = policyFor(view, act);
    const isFuture = act.timeMs > act.recordTimeMs + skewMs;
    // A correction bears the time of the event it corrects, however long ago.
    const isTimeless = act.step === 'commission' || act.step === 'correct';
    const isStale = act.timeMs < act.recordTimeMs - lagMaxMs && !isTimeless;
    if (!isFuture && !isStale) continue;
    yield finding({
      code: 'LG-12',
      severity: act.timeMs > act.recordTimeMs + orderToleranceMs ? 2 : 1,
      subject,
      acts: [act],
      secondLine: isSecondLine(view, stride),
      detail: isFuture ? 'it claims a time that had not come' : 'it was recorded later than max lag allows',
    });
  }
}

/** LG-15: an event recorded after one that happened later, and consistent with it. */
export function* lateInserts(view: SubjectView): Iterable<Finding> {
  const { subject, timeline } = view;
  const found: Finding[] = [];
  let earliest: Act | undefined;
  for (let i = timeline.strides.length - 1; i >= 0; i--) {
    const { act, line, broken, duplicateOf } = timeline.strides[i]!;
    if (line !== 'main' || broken !== undefined || duplicateOf !== undefined || !moves(act.step)) continue;
    const isEarlier = earliest === undefined || compareRefs(act.ref, earliest.ref) < 0;
    if (!isEarlier && act.timeMs < earliest!.timeMs) {
      found.push(recorded(view, { code: 'LG-15', severity: 0, subject, acts: [act, earliest!] }));
    }
    if (isEarlier) earliest = act;
  }
  yield* found.reverse();
}

/** Returns `entries` if they are entry numbers. */
export function assertEntries(entries: readonly number[]): readonly number[] {
  for (const entry of assertArray('entries', entries, Number.MAX_SAFE_INTEGER)) {
    assertInteger('entry', entry);
  }
  return entries;
}
