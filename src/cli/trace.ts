/**
 * `countermark trace`: the journey of a unit or container.
 *
 * Reads  ledger/.   Used by  run.ts.
 * @module
 */
import type { LotGap, LotPlaces, LotTrace, LotUse, Trace, TraceStep } from '../ledger/index.ts';
import { LEDGER_OPTIONS, usageError, type Answer, type Command, type Context } from './command.ts';
import { EXIT } from './failure.ts';
import { reading } from './ledger-file.ts';
import { countOf, fields, ProgressLine, say, table, timeText } from './text.ts';

export const command: Command = {
  usage: ['trace ID|CODE [--size N]', 'trace --lot GTIN/LOT [--size N]'],
  about: [
    "Lists every recorded event of a unit or container in order of time, its containers' events while it was inside included.",
    'An unknown one has no steps; that is no error.',
    "With --lot: who held which unit when the lot was recalled (without a recall, now), what was used since, and what nobody's",
    'record accounts for. People see counts and the first few; --json lists every unit.',
  ],
  options: {
    lot: { type: 'string', argument: 'GTIN/LOT', about: 'trace the units of a lot instead of one unit' },
    size: { type: 'string', argument: 'N', about: 'as of the first N entries of the log' },
    ...LEDGER_OPTIONS,
  },
  positionals: [0, 1],
  run: trace,
};

async function trace(context: Context): Promise<Answer> {
  const size = context.integer('size', 0);
  const options = size === undefined ? {} : { size };
  const lot = context.text('lot');
  const [subject] = context.positionals;
  if ((lot === undefined) === (subject === undefined)) {
    throw usageError('trace expected one ID or CODE, or --lot GTIN/LOT');
  }
  if (subject === undefined) return traceLot(context, lot!, options);
  const found = await reading(context, (ledger) => ledger.trace(subject, options));
  return { exit: EXIT.fine, json: found, lines: linesOf(found) };
}

async function traceLot(context: Context, lot: string, options: { readonly size?: number }): Promise<Answer> {
  const { signal } = context;
  const progress = new ProgressLine();
  const onProgress = ({ done, total }: { readonly done: number; readonly total: number }): void =>
    progress.show(`trace: ${done} of ${total} units`);
  try {
    const found = await reading(context, (ledger) =>
      ledger.traceLot(lot, { ...options, signal, onProgress }),
    );
    return { exit: EXIT.fine, json: found, lines: lotLines(found) };
  } finally {
    progress.end();
  }
}

/** Rows shown to people of what may be as long as the lot. */
const SHOWN_MAX = 20;

function lotLines({
  lot,
  number,
  product,
  expiry,
  size,
  recall,
  atRecall,
  now,
  usedSince,
}: LotTrace): string[] {
  const level = recall?.level === undefined ? '' : `, level ${recall.level}`;
  const deadline = recall?.deadlineMs === undefined ? '' : `, act by ${timeText(recall.deadlineMs)}`;
  const distinct = new Set(usedSince.map(({ unit }) => unit)).size;
  return [
    say`${lot}`,
    ...fields([
      ['product', product?.name],
      ['lot', `${number}${expiry === undefined ? '' : `, expires ${expiry}`}`],
      [
        'recall',
        recall === undefined
          ? 'none recorded'
          : `${recall.id} by ${recall.issuer.name}${level}, entry ${recall.entry}, from ${timeText(recall.effectiveFromMs)}${deadline}`,
      ],
      ['reason', recall?.reason],
      ['units', countOf(now.units, 'unit')],
      ['at recall', recall === undefined ? undefined : placesText(atRecall)],
      ['now', placesText(now)],
      ['used since', recall === undefined ? undefined : countOf(distinct, 'unit')],
      ['log', countOf(size, 'entry', 'entries')],
    ]),
    ...holderLines(recall === undefined ? 'held by' : 'held at the recall by', atRecall, now),
    ...shown('used since the recall', ['unit', 'step', 'by', 'at', 'time', 'note'], usedSince.map(useRow)),
    ...shown('not accounted for', ['unit', 'why', 'from', 'to', 'since'], now.unaccounted.map(gapRow)),
  ];
}

function placesText({ holders, used, gone, unaccounted }: LotPlaces): string {
  const held = holders.reduce((sum, { count }) => sum + count, 0);
  return `${held} held, ${used.length} used, ${gone.length} destroyed, ${unaccounted.length} not accounted for`;
}

/** A party a row: how many it held, how many of the lot it holds now. */
function holderLines(title: string, atRecall: LotPlaces, now: LotPlaces): string[] {
  const held = new Map(atRecall.holders.map(({ party, count }) => [party.id, { party, count, now: 0 }]));
  for (const { party, count } of now.holders) {
    held.set(party.id, { party, count: held.get(party.id)?.count ?? 0, now: count });
  }
  const rows = [...held.values()].map((row) => [row.party.name, row.count, row.now, row.party.id]);
  return shown(title, ['party', 'units', 'now', 'id'], rows);
}

function useRow({ unit, step, by, place, timeMs, line, before }: LotUse): readonly string[] {
  const notes = [...(before ? ['before it took effect'] : []), ...(line === 'second' ? ['a claim'] : [])];
  return [unit, step, by.name, place?.name ?? '', timeText(timeMs), notes.join('; ')];
}

function gapRow({ unit, why, from, to, container, sinceMs }: LotGap): readonly string[] {
  const reason = container === undefined ? why : `${why}, in ${container}`;
  return [unit, reason, from?.name ?? '', to?.name ?? '', sinceMs === undefined ? '' : timeText(sinceMs)];
}

function shown(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  if (rows.length === 0) return [];
  const more = rows.length > SHOWN_MAX ? [`… and ${rows.length - SHOWN_MAX} more`] : [];
  return ['', `${title}:`, ...table(head, rows.slice(0, SHOWN_MAX)), ...more];
}

function linesOf({ subject, size, lot, steps }: Trace): string[] {
  const title = say`${subject}${lot === undefined ? '' : `  lot ${lot}`}`;
  const total = `${countOf(steps.length, 'step')} in ${countOf(size, 'entry', 'entries')}`;
  if (steps.length === 0) return [title, total];
  const rows = steps.map((step) => [
    timeText(step.timeMs),
    step.step,
    step.actor.name,
    step.place?.name ?? '',
    step.to?.name ?? '',
    step.entry,
    noteOf(step),
  ]);
  return [title, ...table(['time', 'step', 'by', 'at', 'to', 'entry', 'note'], rows), total];
}

function noteOf({ via, line, broken, missing }: TraceStep): string {
  const notes: string[] = [];
  if (via !== undefined) notes.push(`in ${via.slice(via.lastIndexOf('/') + 1)}`);
  if (missing.length > 0) notes.push(`not recorded before: ${missing.map(({ step }) => step).join(', ')}`);
  if (line === 'second') notes.push('moved nothing');
  if (broken !== undefined) notes.push(broken);
  return notes.join('; ');
}
