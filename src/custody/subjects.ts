// Browser-safe.
/**
 * Subjects: under which keys an entry is found again. The one definition of the derived index, for append and for audit.
 *
 * Reads  act.ts, units.ts, log/ (Posting).   Used by  ledger/ (writes postings), audit/ (replays and compares them).
 * Rule   a function of the log prefix alone: replaying it gives the same postings, row for row (LG-17).
 * @module
 */
import { argumentTypeError } from '../errors.ts';
import { assertRegistry } from '../registry/index.ts';
import { assertAct, assertActs, assertStep, idsOf } from './act.ts';
import {
  toBase64url,
  assertBytes,
  assertFunction,
  assertInteger,
  assertObject,
  assertText,
  utf8Encode,
} from '../bytes/index.ts';
import { sha256 } from '../crypto/index.ts';
import { lotId } from '../gs1/index.ts';
import type { Posting } from '../log/index.ts';
import type { Registry } from '../registry/index.ts';
import type { Act, Step } from './act.ts';
import { subjectKind } from './nesting.ts';
import { identityOf, isAdmittedCommissioning } from './units.ts';

/** Subject of every statement but `events`: what the registry is rebuilt from. */
export const REGISTRY_SUBJECT = 'registry';

/** A name for a statement's exact bytes. */
export function statementSubject(statement: Uint8Array): string {
  return `statement/${toBase64url(sha256(statement))}`;
}

/** Subject of all events that bear an eventID (LG-10, CO-05, CO-06, CO-08). */
export function eventSubject(eventId: string): string {
  assertText('eventId', eventId);
  return `event/${eventId.length <= EVENT_ID_LENGTH_MAX ? eventId : toBase64url(sha256(utf8Encode(eventId)))}`;
}

const EVENT_ID_LENGTH_MAX = 200;

/**
 * Subject of the statements a key signed with one sequence number (SG-11, and idempotency): there should be one. The count of each
 * posting is its statement's {@link signatureMark}.
 */
export function sequenceSubject(kid: string, sequence: number): string {
  assertText('kid', kid);
  return `sequence/${kid}/${assertInteger('sequence', sequence)}`;
}

/**
 * 31 bits of a statement's signature that tell it from whatever else its key signs: from the half that depends on every byte signed,
 * so that nobody can choose them without as many trials as there are values.
 *
 * @param statement - whose signature holds; its last 64 bytes are R and S.
 */
export function signatureMark(statement: Uint8Array): number {
  const at = assertBytes('statement', statement).length - 32;
  const high = ((statement[at] ?? 0) & 0x7f) * 0x100_0000;
  return (
    high + (statement[at + 1] ?? 0) * 0x1_0000 + (statement[at + 2] ?? 0) * 0x100 + (statement[at + 3] ?? 0)
  );
}

/** Subject of what a party declares to have of a lot (QA-07). */
export function stockSubject(party: string, lot: string): string {
  return `stock/${assertText('party', party)} ${assertText('lot', lot)}`;
}

/** Number of acts of one entry that name each subject: units, containers, codes, event ids, a party's stock of a lot. */
export function namedSubjects(acts: readonly Act[]): Map<string, number> {
  assertActs(acts);
  const named = new Map<string, number>();
  const add = (subject: string): void => void named.set(subject, (named.get(subject) ?? 0) + 1);
  const count = (id: string): void => {
    if (subjectKind(id) !== undefined) add(id);
  };
  for (const act of acts) {
    for (const id of idsOf(act)) count(id);
    if (act.parent !== undefined && !act.ids.includes(act.parent)) count(act.parent);
    if (act.eventId !== undefined) add(eventSubject(act.eventId));
    for (const { lot } of act.more?.stock ?? []) add(stockSubject(act.actor, lot));
  }
  return named;
}

/** What is known of a unit before an entry: its lot once commissioned, and whether it has moved since. */
export interface UnitRecord {
  readonly lot: string | undefined;
  readonly moved: boolean;
  /** Taken back by its manufacturer before its commissioning was recorded: that will add nothing to the lot. */
  readonly takenBack?: boolean;
}

/** A unit nobody has named. */
export const UNKNOWN_UNIT: UnitRecord = Object.freeze({ lot: undefined, moved: false });

/** What an entry does to the unit index. */
export interface UnitChanges {
  /** New record of each unit that changed. */
  readonly units: ReadonlyMap<string, UnitRecord>;
  /** Units added to each lot; negative for units taken back before they moved (QA-09). */
  readonly lots: ReadonlyMap<string, number>;
}

/**
 * Folds one entry's acts into the unit index; what the registry learned after the entry does not count.
 * @param known - the record of a unit before this entry.
 */
export function unitChanges(
  registry: Registry,
  acts: readonly Act[],
  known: (unit: string) => UnitRecord,
): UnitChanges {
  assertRegistry(registry);
  assertActs(acts);
  assertFunction('known', known);
  const units = new Map<string, UnitRecord>();
  const lots = new Map<string, number>();
  for (const act of acts) {
    if (!affectsUnits(act)) continue;
    for (const unit of act.ids) {
      const change = unitChange(registry, act, unit, units.get(unit) ?? known(unit));
      if (change === undefined) continue;
      units.set(unit, change.record);
      const { lot } = change.record;
      if (change.units !== undefined && lot !== undefined) lots.set(lot, (lots.get(lot) ?? 0) + change.units);
    }
  }
  return { units, lots };
}

/** What one act does to the record of one unit. */
export interface UnitChange {
  readonly record: UnitRecord;
  /** Units added to the record's lot, 0 for one taken back before; undefined where the lot is not concerned. */
  readonly units: number | undefined;
}

/** What an act that {@link affectsUnits} does to a unit among its ids; undefined if nothing. `record` is what is known before. */
export function unitChange(
  registry: Registry,
  act: Act,
  unit: string,
  record: UnitRecord,
): UnitChange | undefined {
  assertAct(act);
  assertObject('record', record);
  if (act.step === 'commission') {
    if (record.lot !== undefined || act.lot === undefined) return undefined;
    const { product, gtin } = identityOf(registry, unit, act.ref.entry);
    if (gtin === undefined || !isAdmittedCommissioning(registry, act, product, act.ref.entry))
      return undefined;
    const takenBack = record.takenBack === true;
    return {
      record: { lot: lotId(gtin, act.lot), moved: record.moved || takenBack },
      units: takenBack ? 0 : 1,
    };
  }
  if (record.lot === undefined) {
    if (!takesBack(registry, act, unit)) return undefined;
    return { record: { ...record, takenBack: true }, units: undefined };
  }
  if (record.moved) return undefined;
  const isGone = act.step === 'decommission' || act.step === 'destroy';
  return { record: { lot: record.lot, moved: true }, units: isGone ? -1 : undefined };
}

/** A label scrapped on the line, by whoever makes the product: records of one shift come in any order. */
function takesBack(registry: Registry, act: Act, unit: string): boolean {
  if (act.step !== 'decommission' && act.step !== 'destroy') return false;
  const { product } = identityOf(registry, unit, act.ref.entry);
  return product !== undefined && registry.manufacturerOf(product, act.ref.entry) === act.actor;
}

/** True for acts that {@link unitChanges} reads unit records for. */
export function affectsUnits(act: Act): boolean {
  return effectOf(assertAct(act).step) !== 'none';
}

/**
 * What an act of this step can do to the record of a unit: nothing; no more than to say that it has moved, if it was commissioned;
 * or what only {@link unitChange} can tell.
 */
export function effectOf(step: Step): 'none' | 'move' | 'any' {
  switch (assertStep(step)) {
    case 'observe':
    case 'sensor':
    case 'other':
    case 'unpack':
      return 'none';
    case 'commission':
    case 'decommission':
    case 'destroy':
      return 'any';
    default:
      return 'move';
  }
}

/** What the index asks of a statement. */
export interface IndexedStatement {
  readonly bytes: Uint8Array;
  /** True for every kind but `events`. */
  readonly isRegistry: boolean;
  /** Key and its own sequence number; undefined for bytes that verify as nobody's statement. */
  readonly signed: { readonly kid: string; readonly sequence: number } | undefined;
}

/** All rows of the derived index for one entry, in a fixed order; none for what verifies as nobody's statement. */
export function postingsOf(
  entry: number,
  statement: IndexedStatement,
  acts: readonly Act[],
  lots: ReadonlyMap<string, number>,
): Posting[] {
  assertInteger('entry', entry);
  if (!(lots instanceof Map)) throw argumentTypeError('lots', 'a Map', lots);
  const { bytes, isRegistry, signed } = assertObject('statement', statement) as IndexedStatement;
  if (signed === undefined) return [];
  const subject = sequenceSubject(signed.kid, signed.sequence);
  const rows: Posting[] = [{ subject, entry, count: signatureMark(bytes) }];
  if (isRegistry) rows.push({ subject: REGISTRY_SUBJECT, entry, count: 1 });
  for (const [subject, count] of namedSubjects(acts)) rows.push({ subject, entry, count });
  for (const [subject, count] of lots) rows.push({ subject, entry, count });
  return rows;
}
