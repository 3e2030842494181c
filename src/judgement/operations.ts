// Browser-safe.
/**
 * OP rules: errors in the master data behind an event, and the state of investigations.
 *
 * Reads  view.ts, registry/ (sites, cases), gs1/.   Used by  judge.ts, licences.ts (with the other findings about registry facts).
 * Source `findings.md` OP-05, OP-06; OP-01 is of fold.ts.
 * Never  takes part in what a verdict says of goods beyond a notice: a mistyped GLN is nobody's crime.
 * @module
 */
import { assertInteger, cutFree } from '../bytes/index.ts';
import { assertRegistry, type Registry } from '../registry/index.ts';
import type { Act } from '../custody/index.ts';
import { parseId } from '../gs1/index.ts';
import { finding, type Finding } from './finding.ts';
import { isSecondLine, type SubjectView } from './view.ts';

/** OP-05: an event of the subject, or its own id, names a place, party or product that cannot be, or is no longer in use. */
export function masterData(view: SubjectView): readonly Finding[] {
  const { subject, timeline, registry } = view;
  const found: Finding[] = [];
  if (view.product === undefined && timeline.strides.length > 0 && isMisspelt(registry, subject.id)) {
    const acts = timeline.strides.map(({ act }) => act);
    const detail = 'its own id has a wrong check digit';
    found.push(finding({ code: 'OP-05', severity: 1, subject, acts, detail }));
  }
  let faulty: Map<string, { readonly why: string; readonly acts: Act[]; secondLine: boolean }> | undefined;
  for (const stride of timeline.strides) {
    const { act } = stride;
    // A packing or unpacking is its container's matter.
    if (subject.type === 'unit' && act.parent !== undefined) continue;
    const why = faultOf(registry, act);
    if (why === undefined || stride.duplicateOf !== undefined) continue;
    const known = (faulty ??= new Map()).get(why);
    const secondLine = isSecondLine(view, stride);
    if (known === undefined) faulty.set(why, { why, acts: [act], secondLine });
    else {
      known.acts.push(act);
      known.secondLine &&= secondLine;
    }
  }
  if (faulty === undefined) return found;
  for (const { why, acts, secondLine } of faulty.values()) {
    found.push(finding({ code: 'OP-05', severity: 1, subject, acts, secondLine, detail: why, cause: why }));
  }
  return found;
}

/** OP-06: what was said of each case, statement by statement; of entry `of` alone where that is given. */
export function* caseStates(registry: Registry, of?: number): Iterable<Finding> {
  assertRegistry(registry);
  if (of !== undefined) assertInteger('of', of);
  for (const facts of registry.cases()) {
    for (const { entry, payload } of facts) {
      if (of !== undefined && entry !== of) continue;
      const subject = { type: 'case', id: payload.id } as const;
      const detail = `${payload.state}, ${payload.reason}`;
      yield finding({ code: 'OP-06', severity: 0, subject, acts: [], facts: [entry], detail });
    }
  }
}

/** What is wrong with the ids an event names beside its goods; the same words for the same error. */
function faultOf(registry: Registry, act: Act): string | undefined {
  const { place, from, to, toPlace } = act;
  if (place !== undefined) {
    const fault = placeFault(registry, place, act);
    if (fault !== undefined) return fault;
  }
  if (from === undefined && to === undefined && toPlace === undefined) return undefined;
  for (const id of [from, to, toPlace]) {
    if (id !== undefined && isMisspelt(registry, id)) return `${id} has a wrong check digit`;
  }
  return undefined;
}

function placeFault(registry: Registry, place: string, act: Act): string | undefined {
  const fact = registry.site(place);
  if (fact === undefined) {
    if (isMisspelt(registry, place)) return `${place} has a wrong check digit`;
    // Where a party has registered its places, it should act at one of somebody's.
    const hasSites = registry.party(act.actor)?.payload.sites?.length ?? 0;
    return hasSites > 0 && isGs1(place) ? `${place} is no registered place` : undefined;
  }
  const owner = registry.party(fact.party, act.ref.entry);
  // The newest statement that lists a party's sites replaces the older.
  const isSuperseded = owner !== undefined && owner.entry > fact.entry && owner.payload.sites !== undefined;
  return isSuperseded ? `${place} is no longer a site of its party` : undefined;
}

const spellings = new WeakMap<Registry, Map<string, boolean>>();
const REMEMBERED_MAX = 10_000;

/** True for a GS1 key that is none: its digits do not check. */
function isMisspelt(registry: Registry, id: string): boolean {
  let known = spellings.get(registry);
  if (known === undefined) spellings.set(registry, (known = new Map()));
  let misspelt = known.get(id);
  if (misspelt === undefined) {
    misspelt = isGs1(id) && parseId(id) === undefined;
    if (known.size < REMEMBERED_MAX) known.set(cutFree(id), misspelt);
  }
  return misspelt;
}

const GS1_KEY = /^(?:https:\/\/id\.gs1\.org\/(?:00|01|414|417)\/|urn:epc:id:(?:sgln|pgln|sscc|sgtin):)/;

function isGs1(id: string): boolean {
  return GS1_KEY.test(id);
}
