// Browser-safe.
/**
 * CS rules: how often consumers checked a unit and when first, and what they say of its purchase.
 *
 * Reads  view.ts, custody/ (timelines).   Used by  judge.ts.
 * Source `findings.md` CS-01 … CS-07; the four readings of the health insurance's query; thresholds are policy.
 * Rule   a consumer's claim is a stranger's word, whoever recorded it: for everybody but himself it stays in the second line.
 * Never  knows who checked, and tells nobody about another patient: no session, no time finer than a day, no place finer than
 *        a country.
 * @module
 */
import type { Act, State, Stride } from '../custody/index.ts';
import { claimsBehindGap } from './branches.ts';
import type { Severity } from './codes.ts';
import { finding, NO_FINDINGS, type Finding } from './finding.ts';
import { isBarred, takenBack } from './use.ts';
import { byLine, isSecondLine, policyFor, recorded, type SubjectView } from './view.ts';

/** CS-01 for the first session, CS-02 for all further ones together. */
export function consumerChecks(view: SubjectView): readonly Finding[] {
  const sessions = sessionsOf(view);
  const [first] = sessions;
  if (first === undefined) return NO_FINDINGS;
  const { subject } = view;
  const checked = recorded(view, {
    code: 'CS-01',
    severity: 0,
    subject,
    acts: [first.act],
    secondLine: isSecondLine(view, first),
  });
  const count = sessions.length;
  if (count === 1) return [checked];
  const newest = sessions[count - 1]!;
  const policy = policyFor(view, newest.act);
  const severity: Severity = count >= policy.checksStop ? 2 : count >= policy.checksNotice ? 1 : 0;
  const further = {
    code: 'CS-02',
    subject,
    acts: [first.act, newest.act],
    secondLine: isSecondLine(view, newest),
    detail: `${count} sessions`,
  } as const;
  return [
    checked,
    severity === 0 ? recorded(view, { ...further, severity }) : finding({ ...further, severity }),
  ];
}

/** First scan of each session, in order of time. */
function sessionsOf({ timeline }: SubjectView): readonly Stride[] {
  const sessions: Stride[] = [];
  let seen: Set<string> | undefined;
  for (const stride of timeline.strides) {
    const session = stride.act.scan?.session;
    if (session === undefined || seen?.has(session) === true) continue;
    sessions.push(stride);
    (seen ??= new Set()).add(session);
  }
  return sessions;
}

/** CS-03 … CS-07 of a registered unit. */
export function consumerClaims(view: SubjectView): Iterable<Finding> {
  const { commission, strides } = view.timeline;
  if (commission === undefined) return NO_FINDINGS;
  let isClaimed = false;
  let supplies = 0;
  for (const { act } of strides) {
    if (act.step === 'dispense' || act.step === 'administer') supplies++;
    if (act.scan?.session === undefined || act.more === undefined) continue;
    const { joint, claim, purchasedMs } = act.more;
    isClaimed ||= joint || claim !== undefined || purchasedMs !== undefined;
  }
  if (!isClaimed && supplies < 2) return NO_FINDINGS;
  return claimsOf(view, strides.filter(isCheck));
}

function isCheck({ act, duplicateOf }: Stride): boolean {
  return act.scan?.session !== undefined && duplicateOf === undefined;
}

function* claimsOf(view: SubjectView, checks: readonly Stride[]): Iterable<Finding> {
  if (checks.length === 0) return;
  yield* jointChecks(view, checks);
  yield* noSaleRecord(view, checks);
  yield* notSoldToMe(view, checks);
  yield* multipleSales(view, checks);
}

/** CS-03: checked by patient and institution together, which has it; CS-07: which cannot have it. */
function* jointChecks(view: SubjectView, checks: readonly Stride[]): Iterable<Finding> {
  const { subject } = view;
  const shown = new Map<string, Stride>();
  for (const stride of checks) {
    const institution = stride.act.more?.joint === true ? institutionOf(view, stride.act) : undefined;
    if (institution === undefined) continue;
    const { before, act } = stride;
    if (isHolder(view, institution, before, act)) {
      if (!isUnused(view, stride)) continue;
      yield recorded(view, {
        code: 'CS-03',
        severity: 0,
        subject,
        acts: [act],
        secondLine: isSecondLine(view, stride),
      });
    } else if (!shown.has(institution) && shown.size < SHOWN_MAX) {
      // Who claims to have received it behind a gap is the matter of CU-01 and CU-03.
      const isTold = mayHaveReached(view, institution, act) || claimsBehindGap(view, institution, stride);
      if (!isTold) shown.set(institution, stride);
    }
  }
  for (const stride of shown.values()) {
    const market = marketOf(view, stride.act);
    yield finding({
      code: 'CS-07',
      severity: 3,
      subject,
      acts: [...lastMove(view, stride), stride.act],
      secondLine: isSecondLine(view, stride),
      ...(market !== undefined && { detail: `an institution in ${market}` }),
    });
  }
}

/** Most institutions looked at: each costs one more reading of the timeline. */
const SHOWN_MAX = 16;

/** The clinic or pharmacy a joint check was made at: whose place it is, or who recorded it. */
function institutionOf({ registry }: SubjectView, { actor, place }: Act): string | undefined {
  const party = (place === undefined ? undefined : registry.site(place)?.party) ?? actor;
  return registry.hasRole(party, 'clinic') || registry.hasRole(party, 'pharmacy') ? party : undefined;
}

/** True if the unit is with the party: held, supplied by it, on the way to it, or in a container it holds. */
function isHolder(view: SubjectView, party: string, { custody }: State, act: Act): boolean {
  switch (custody.at) {
    case 'held':
    case 'released':
      return custody.by === party;
    case 'transit':
      return custody.to === party;
    case 'inside': {
      const outer = view.world.containerCustody(custody.container, act.timeMs, act);
      if (outer === undefined) return true;
      return outer.at === 'transit' ? outer.to === party : outer.at === 'held' && outer.by === party;
    }
    case 'nowhere':
      return false;
  }
}

/** True if steps nobody recorded may have brought the unit to the party (honest gaps): it is asked what a use there would say. */
function mayHaveReached(view: SubjectView, party: string, act: Act): boolean {
  const step = view.registry.hasRole(party, 'clinic') ? 'administer' : 'dispense';
  const use: Act = { ...act, step, actor: party, doses: 0, scan: undefined, more: undefined };
  const { strides } = view.world.unit(view.subject.id, use);
  const tried = strides.find((stride) => stride.act === use);
  return tried !== undefined && tried.line === 'main' && tried.broken === undefined;
}

/** True before the unit's last dose. */
function isUnused(view: SubjectView, { act, before: { life } }: Stride): boolean {
  if (life !== 'administered') return life !== 'retired' && life !== 'gone';
  const doses =
    view.product === undefined
      ? 1
      : view.registry.dosesSince(view.product, view.timeline.commission?.timeMs ?? 0);
  let drawn = 0;
  for (const stride of view.timeline.strides) {
    const isDraw = stride.act.step === 'administer' && stride.line === 'main' && stride.broken === undefined;
    if (isDraw && stride.act.timeMs <= act.timeMs) drawn += stride.act.doses;
  }
  return drawn < doses;
}

function marketOf({ registry }: SubjectView, { place }: Act): string | undefined {
  return place === undefined ? undefined : registry.site(place)?.site.market;
}

/** The last event that moved the unit before this one. */
function lastMove({ timeline }: SubjectView, { previous }: Stride): readonly Act[] {
  if (previous === undefined) return [];
  const { entry, event } = previous;
  return timeline.strides
    .filter(({ act }) => act.ref.entry === entry && act.ref.event === event)
    .map(({ act }) => act);
}

/** CS-04: bought, and long afterwards nobody has recorded a supply. */
function* noSaleRecord(view: SubjectView, checks: readonly Stride[]): Iterable<Finding> {
  if (!checks.some(({ act }) => act.more?.purchasedMs !== undefined) || suppliesOf(view).length > 0) return;
  for (const stride of checks) {
    const { act } = stride;
    const purchasedMs = act.more?.purchasedMs;
    const { purchaseWaitMs, skewMs } = policyFor(view, act);
    // Nobody can have bought it after he asked.
    if (purchasedMs === undefined || purchasedMs > act.timeMs + skewMs) continue;
    if (view.asOfMs - purchasedMs <= purchaseWaitMs) continue;
    yield finding({
      code: 'CS-04',
      severity: 1,
      subject: view.subject,
      acts: [act],
      secondLine: isForeign(view, stride),
    });
    return;
  }
}

/** CS-05: supplied once, and the consumer who has it says that it was not to him. */
function* notSoldToMe(view: SubjectView, checks: readonly Stride[]): Iterable<Finding> {
  const claims = checks.filter(({ act }) => act.more?.claim === 'not-supplied');
  if (claims.length === 0) return;
  const [supply, ...others] = suppliesOf(view);
  if (supply === undefined || others.length > 0) return;
  const claim = claims.filter(({ act }) => act.timeMs >= supply.act.timeMs).at(-1);
  if (claim === undefined) return;
  yield finding({
    code: 'CS-05',
    severity: 3,
    subject: view.subject,
    acts: [supply.act, claim.act],
    secondLine: isSecondLine(view, supply) || isForeign(view, claim),
  });
}

/** CS-06: a consumer checks a unit of which more than one supply is recorded. */
function* multipleSales(view: SubjectView, checks: readonly Stride[]): Iterable<Finding> {
  const supplies = suppliesOf(view);
  if (supplies.length < 2) return;
  const shown = byLine(view, supplies).find(({ length }) => length > 1)!;
  const second = shown[1]!;
  const check = checks.filter(({ act }) => act.timeMs >= second.act.timeMs).at(-1);
  if (check === undefined) return;
  yield finding({
    code: 'CS-06',
    severity: 3,
    subject: view.subject,
    acts: [...shown.map(({ act }) => act), check.act],
    secondLine: isSecondLine(view, ...shown),
    detail: `${shown.length} supplies`,
    ...(shown.some(({ act }) => act.place !== shown[0]!.act.place) && { explainedBy: 'CL-03' as const }),
  });
}

/** A consumer's word counts for himself, with the scan in hand; for anybody else it is a stranger's, whoever recorded it. */
function isForeign(view: SubjectView, { act }: Stride): boolean {
  return act.ref.entry !== view.inHand;
}

/**
 * Supplies of the unit that stand, each by its first event. What was supplied and then used is one supply, and so are all treatments
 * from one container at one place, as far as its doses go; a supply taken back is none.
 */
function suppliesOf(view: SubjectView): readonly Stride[] {
  const { product, registry, timeline } = view;
  const doses = product === undefined ? 1 : registry.dosesSince(product, timeline.commission?.timeMs ?? 0);
  const dispensed: Stride[] = [];
  const undone = takenBack(view);
  const drawn = new Map<string, { readonly first: Stride; doses: number }>();
  const overdrawn: Stride[] = [];
  for (const stride of timeline.strides) {
    const { act, duplicateOf, repeatOf } = stride;
    if (duplicateOf !== undefined || repeatOf !== undefined || isBarred(stride)) continue;
    if (act.step === 'dispense' && !undone.has(stride)) dispensed.push(stride);
    if (act.step !== 'administer') continue;
    const at = act.place ?? act.actor;
    const known = drawn.get(at);
    if (known === undefined) drawn.set(at, { first: stride, doses: act.doses });
    else if (known.doses + act.doses > doses) overdrawn.push(stride);
    else known.doses += act.doses;
  }
  const used = [...[...drawn.values()].map(({ first }) => first), ...overdrawn];
  return dispensed.length >= used.length ? dispensed : used;
}
