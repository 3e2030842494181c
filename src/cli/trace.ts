/**
 * `countermark trace`: the journey of a unit or container.
 *
 * Reads  ledger/.   Used by  run.ts.
 * @module
 */
import type { Trace, TraceStep } from '../ledger/index.ts';
import { LEDGER_OPTIONS, type Answer, type Command, type Context } from './command.ts';
import { EXIT } from './failure.ts';
import { reading } from './ledger-file.ts';
import { countOf, say, table, timeText } from './text.ts';

export const command: Command = {
  usage: ['trace ID|CODE [--size N]'],
  about: [
    "Lists every recorded event of a unit or container in order of time, its containers' events while it was inside included.",
    'An unknown one has no steps; that is no error.',
  ],
  options: {
    size: { type: 'string', argument: 'N', about: 'as of the first N entries of the log' },
    ...LEDGER_OPTIONS,
  },
  positionals: [1, 1],
  run: trace,
};

async function trace(context: Context): Promise<Answer> {
  const size = context.integer('size', 0);
  const options = size === undefined ? {} : { size };
  const found = await reading(context, (ledger) => ledger.trace(context.positionals[0]!, options));
  return { exit: EXIT.fine, json: found, lines: linesOf(found) };
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
