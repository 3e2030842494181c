/**
 * A slow, plain replay of a log prefix: everything in memory, no index, no partitions, no cache.
 *
 * Reads  src/audit/verify.ts, src/custody, src/judgement.   Used by  tests that compare the ledger's and the audit's answers.
 * @module
 */
import { EntryVerifier } from '../../src/audit/verify.ts';
import {
  idsOf,
  isContainer,
  lotOfUnit,
  statementSubject,
  stockSubject,
  subjectKind,
  World,
  type Act,
} from '../../src/custody/index.ts';
import {
  commissionsLot,
  FindingFold,
  isLotComplete,
  Judge,
  keyEquivocation,
  overIssue,
  registryFindings,
  stockBalance,
  type Finding,
  type LotMovement,
} from '../../src/judgement/index.ts';
import { UNKNOWN_UNIT, unitChanges, type UnitRecord } from '../../src/custody/index.ts';
import { lotId } from '../../src/gs1/index.ts';
import { decodeEntry } from '../../src/log/index.ts';
import { gtinOf, Registry } from '../../src/registry/index.ts';
import { openStatement } from '../../src/statement/index.ts';

/** A replayed prefix. */
export interface Replayed {
  /** Folds findings as an audit of the prefix does, cases among them. */
  fold(found: Iterable<Finding>): readonly Finding[];
  /** All findings about one subject, unfolded. */
  findingsOf(subject: string): readonly Finding[];
  readonly subjects: readonly string[];
  /** Subjects each entry names. */
  readonly named: readonly (readonly string[])[];
}

/** Replays encoded entries from nothing. */
export function replay(entries: readonly Uint8Array[]): Replayed {
  const registry = new Registry();
  const verifier = new EntryVerifier(registry);
  const acts = new Map<string, Act[]>();
  const records = new Map<string, UnitRecord>();
  const lots = new Map<string, { movements: LotMovement[]; commissionings: Act[] }>();
  const events = new Map<string, Act[]>();
  const numbers = new Map<string, { kid: string; sequence: number; entries: number[] }>();
  const statements = new Set<string>();
  const counts = new Map<string, { lot: string; act: Act }[]>();
  let asOfMs = 0;
  const named = entries.map((bytes, index) => {
    const result = verifier.next(index, bytes);
    if ('chainBreak' in result) throw new Error(result.chainBreak);
    asOfMs = Math.max(asOfMs, decodeEntry(bytes).recordTimeMs);
    const { bytes: signedBytes, signed } = result.statement;
    const { statement } = openStatement(signedBytes);
    const subjects = new Set<string>();
    if (signed !== undefined) {
      const { kid, sequence } = signed;
      const number = `sequence/${kid}/${sequence}`;
      subjects.add(number);
      const known = numbers.get(number);
      if (known === undefined) numbers.set(number, { kid, sequence, entries: [index] });
      else if (!statements.has(statementSubject(signedBytes))) known.entries.push(index);
      statements.add(statementSubject(signedBytes));
    }
    for (const act of result.acts) {
      if (act.eventId !== undefined) {
        subjects.add(`event/${act.eventId}`);
        push(events, act.eventId, act);
      }
      for (const { lot } of act.more?.stock ?? []) {
        subjects.add(stockSubject(act.actor, lot));
        push(counts, stockSubject(act.actor, lot), { lot, act });
      }
      const ids = act.parent === undefined ? idsOf(act) : [...idsOf(act), act.parent];
      for (const id of new Set(ids)) {
        subjects.add(id);
        push(acts, id, act);
      }
    }
    if (statement.kind === 'lot')
      subjects.add(lotId(gtinOf(statement.payload.product), statement.payload.lot));
    if (statement.kind !== 'events') subjects.add(`entry ${index}`);
    const changes = unitChanges(registry, result.acts, (unit) => records.get(unit) ?? UNKNOWN_UNIT);
    for (const [unit, record] of changes.units) records.set(unit, record);
    for (const [lot, units] of changes.lots) {
      subjects.add(lot);
      const fold = lots.get(lot) ?? { movements: [], commissionings: [] };
      lots.set(lot, fold);
      fold.movements.push({ entry: index, units });
      fold.commissionings.push(...result.acts.filter((act) => commissionsLot(act, lot)));
    }
    return [...subjects];
  });
  return judged({ registry, asOfMs, acts, lots, events, numbers, counts, named });
}

/** What a replay has collected. */
interface Collected {
  readonly registry: Registry;
  readonly asOfMs: number;
  readonly acts: ReadonlyMap<string, readonly Act[]>;
  readonly lots: ReadonlyMap<string, { readonly movements: LotMovement[]; readonly commissionings: Act[] }>;
  readonly events: ReadonlyMap<string, readonly Act[]>;
  readonly numbers: ReadonlyMap<
    string,
    { readonly kid: string; readonly sequence: number; readonly entries: number[] }
  >;
  readonly counts: ReadonlyMap<string, readonly { readonly lot: string; readonly act: Act }[]>;
  readonly named: readonly (readonly string[])[];
}

function judged({ registry, asOfMs, acts, lots, events, numbers, counts, named }: Collected): Replayed {
  const eventsOf = (id: string): readonly Act[] => events.get(id) ?? [];
  const containers = new Map([...acts].filter(([id]) => isContainer(id)));
  const world = new World(registry, containers, (unit) => acts.get(unit) ?? [], undefined, asOfMs);
  const judge = new Judge(world);
  const ofRegistry = new Map<string, Finding[]>();
  for (const found of registryFindings(registry, asOfMs))
    push(ofRegistry, `entry ${found.proof[0]!.entry}`, found);
  const findingsOf = (id: string): readonly Finding[] => {
    const lot = lots.get(id);
    if (lot !== undefined) return overIssue(registry, id, lot.movements, lot.commissionings);
    const number = numbers.get(id);
    if (number !== undefined) {
      const found = keyEquivocation(number.kid, number.sequence, number.entries);
      return found === undefined ? [] : [found];
    }
    const counted = counts.get(id);
    if (counted !== undefined) {
      const { lot, act } = counted[0]!;
      const timelines = [...acts.keys()]
        .filter((unit) => lotOfUnit(registry, unit, acts.get(unit)!) === lot)
        .map((unit) => world.unit(unit));
      const declared = counted.map((count) => count.act);
      return stockBalance(world, act.actor, lot, timelines, declared);
    }
    if (id.startsWith('event/')) {
      const eventId = id.slice('event/'.length);
      return [...judge.event(eventId, eventsOf(eventId)), ...judge.corrections(eventId, eventsOf)];
    }
    if (isContainer(id)) return judge.container(id);
    if (subjectKind(id) === 'unit') return judge.unit(id);
    if (subjectKind(id) === 'code') return judge.code(id, acts.get(id) ?? []);
    return ofRegistry.get(id) ?? [];
  };
  const fold = (found: Iterable<Finding>): readonly Finding[] => {
    const unitsOf = (lot: string): number =>
      lots.get(lot)?.movements.reduce((sum, { units }) => sum + units, 0) ?? 0;
    const folded = new FindingFold({ isComplete: (lot) => isLotComplete(registry, lot, unitsOf(lot)) });
    for (const one of found) folded.add(one);
    return folded.listWithCases(registry.policyAt(Infinity).foldMin);
  };
  const ids = [...events.keys()].map((id) => `event/${id}`);
  const subjects = [
    ...acts.keys(),
    ...ids,
    ...lots.keys(),
    ...ofRegistry.keys(),
    ...numbers.keys(),
    ...counts.keys(),
  ];
  return { findingsOf, fold, subjects, named };
}

/** What an append of an entry should have answered, as of the whole prefix. */
export function findingsOfEntry({ findingsOf, named, fold }: Replayed, entry: number): readonly Finding[] {
  return fold((named[entry] ?? []).flatMap((subject) => findingsOf(subject)));
}

/** All findings of the prefix, folded, L0 apart as an audit tells them. */
export function allFindings({ findingsOf, subjects, fold }: Replayed): readonly Finding[] {
  const found = subjects.flatMap((subject) => findingsOf(subject));
  const records = found.filter(({ severity }) => severity === 0);
  return [...records, ...fold(found.filter(({ severity }) => severity > 0))];
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
