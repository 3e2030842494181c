/**
 * What is declared, corrected, handed over in two steps, counted, repacked and measured: further event sentences of scenarios.
 *
 * Reads  tale.ts, words.ts (holes).   Used by  teller.ts.
 * @module
 */
import type { Mark } from '../../src/custody/index.ts';
import type { Who } from '../support/cast.ts';
import type { LoggedPart, Step } from '../support/script.ts';
import { plain, verb, type Verb } from './event-verbs.ts';
import type { Said, Tale } from './tale.ts';
import { durationMs } from './words.ts';

const HAND_OVERS: readonly Verb[] = [
  plain(
    '{who} accepts {things} from {from:who}',
    ['lacking', 'documents'],
    (tale, who, ids, said, { from }) => tale.script.accept(who, ids, from as Who, said),
  ),
  plain('{who} rejects {things} from {from:who}', ['documents'], (tale, who, ids, said, { from }) =>
    tale.script.reject(who, ids, from as Who, said),
  ),
  plain('{who} reports {things} delivered to {to:who}', [], (tale, who, ids, said, { to }) =>
    tale.script.reportDelivery(who, ids, to as Who, said),
  ),
  plain('{who} voids the shipment of {things} to {to:who}', [], (tale, who, ids, said, { to }) =>
    tale.script.voidShipment(who, ids, to as Who, said),
  ),
];

const DECLARATIONS: readonly Verb[] = [
  plain('{who} declares {things} {mark}', [], (tale, who, ids, said, { mark }) =>
    tale.script.declare(who, ids, { ...said, set: [mark as Mark] }),
  ),
  plain('{who} declares {things} no longer {mark}', [], (tale, who, ids, said, { mark }) =>
    tale.script.declare(who, ids, { ...said, unset: [mark as Mark] }),
  ),
  plain('{who} undoes the {word} of {things}', [], (tale, who, ids, said, { word }) =>
    tale.script.undo(who, ids, word!, said),
  ),
  plain('{who} declines to verify {things}', ['because'], (tale, who, ids, said) =>
    tale.script.decline(who, ids, (said['reason'] as string | undefined) ?? 'no-reason', said),
  ),
  verb('{who} says {thing} is also {number}', [], (tale, { who, thing, number }, said) =>
    tale.script.alias(who as Who, tale.id(thing!), tale.otherId(number!), tale.step(said)),
  ),
  {
    says: '{who} corrects {name}',
    endings: ['signing', 'because', 'corrective'],
    tell: (tale, { who, name }, said) => correct(tale, who as Who, name!, said),
  },
];

function correct(tale: Tale, who: Who, name: string, said: Said): Step {
  const names = said['corrective'] as readonly string[] | undefined;
  const corrective = names?.map((one) =>
    one === 'nothing-known' ? 'https://event.example/nothing-known' : tale.eventId(one),
  );
  return tale.script.correct(who, tale.namedEvent(name).step, {
    ...tale.step(said),
    ...(said['reason'] === undefined ? {} : { reason: said['reason'] as string }),
    ...(corrective === undefined ? {} : { corrective }),
  });
}

const QUANTITIES: readonly Verb[] = [
  verb('{who} counts {counted}', [], (tale, { who, counted }, said) => {
    return tale.script.stockTake(who as Who, tale.quantities(counted!), tale.step(said));
  }),
  plain('{who} repacks {things} as {into:things}', [], (tale, who, ids, said, { into }) =>
    tale.script.repack(who, ids, tale.ids(into!), said),
  ),
];

const TEMPERATURES: readonly Verb[] = [
  verb('{who} logs {things}: {series}', ['logger'], (tale, { who, things, series }, said) => {
    const { device, uom } = said as { readonly device?: string; readonly uom?: string };
    return tale.script.log(who as Who, tale.ids(things!), partsOf(series!, said), {
      ...tale.step(said),
      ...(device === undefined ? {} : { device: `https://device.example/${device}` }),
      ...(uom === undefined ? {} : { uom }),
    });
  }),
];

const TEN_MINUTES_MS = 600_000;

/** `4 C for 2 hours, 12 C for 3 hours`, ending at the time of the line. */
function partsOf(series: string, said: Said): readonly LoggedPart[] {
  const everyMs = (said['everyMs'] as number | undefined) ?? TEN_MINUTES_MS;
  const parts = series.split(', ').map((text) => readPart(text, said.time));
  let endMs = said.time;
  const placed: LoggedPart[] = [];
  for (const [i, part] of [...parts.entries()].reverse()) {
    if (part.atMs !== undefined) {
      placed.unshift({ ...part, startMs: part.atMs, endMs: part.atMs, everyMs });
      continue;
    }
    const startMs = endMs - part.lengthMs;
    if (part.kind === 'bounds') placed.unshift({ ...part, startMs, endMs });
    // The next part begins with a reading of its own.
    const lastMs = i === parts.length - 1 || parts[i + 1]!.kind !== 'values' ? endMs : endMs - 1;
    if (part.kind === 'values')
      placed.unshift({ ...part, startMs, endMs: Math.max(startMs, lastMs), everyMs });
    endMs = startMs;
  }
  return placed.map(({ startMs, endMs: end, everyMs: every, min, max }) => ({
    startMs,
    endMs: end,
    min,
    max,
    ...(every === undefined ? {} : { everyMs: every }),
  }));
}

interface Part {
  readonly kind: 'values' | 'bounds' | 'nothing';
  readonly lengthMs: number;
  readonly min: number;
  readonly max: number;
  readonly atMs?: number;
}

function readPart(text: string, timeMs: number): Part {
  const [, nothing] = /^nothing for (.+)$/.exec(text) ?? [];
  if (nothing !== undefined) return { kind: 'nothing', lengthMs: durationMs(nothing), min: 0, max: 0 };
  const [, min, max, over] = /^(\S+) to (\S+) C over (.+)$/.exec(text) ?? [];
  if (over !== undefined) {
    return { kind: 'bounds', lengthMs: durationMs(over), min: Number(min), max: Number(max) };
  }
  const [, ahead, by] = /^(\S+) C (.+) ahead$/.exec(text) ?? [];
  if (by !== undefined) {
    const value = Number(ahead);
    return { kind: 'values', lengthMs: 0, min: value, max: value, atMs: timeMs + durationMs(by) };
  }
  const [, degrees, length] = /^(\S+) C(?: for (.+))?$/.exec(text) ?? [];
  const value = Number(degrees);
  return { kind: 'values', lengthMs: length === undefined ? 0 : durationMs(length), min: value, max: value };
}

export const MORE_VERBS: readonly Verb[] = [...HAND_OVERS, ...DECLARATIONS, ...QUANTITIES, ...TEMPERATURES];
