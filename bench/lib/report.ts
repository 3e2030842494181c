/**
 * The report: one JSON object for a program, a table for a person.
 *
 * Reads  machine.ts, rounds.ts.   Used by  ../main.ts, tests.
 * @module
 */
import type { Machine } from './machine.ts';
import type { Result } from './rounds.ts';

/** Everything a run found out. */
export interface Report {
  readonly machine: Machine;
  readonly results: readonly Result[];
}

/** Machine and results as text; the ratio is ours divided by the baseline's. */
export function textOf({ machine, results }: Report): string {
  const { cpu, cores, memoryGiB, platform, fileSystem, syncUs, node, load, command, date } = machine;
  const rows = results.map((result) => [
    result.name,
    grouped(result.value),
    result.unit,
    `${grouped(result.min)} … ${grouped(result.max)}`,
    String(result.ratio),
    result.baseline,
  ]);
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, ${fileSystem}, Node ${node}`,
    `a sync takes ${syncUs} µs; load before the run ${load}; ${command}; ${date}`,
    '',
    ...columns([['', 'median', 'unit', 'min … max', 'ratio', 'baseline'], ...rows]),
    '',
    'ratio: ours divided by the baseline, medians of interleaved rounds. Rates (…/s): higher is better; times (µs): lower is better.',
  ].join('\n');
}

/** A figure with thousands separated; small ones keep their decimals. */
export function grouped(figure: number): string {
  const [whole, decimals] = String(figure).split('.');
  const spaced = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? spaced : `${spaced}.${decimals}`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isNumber = (column: number): boolean => column === 1 || column === 3 || column === 4;
  return rows.map((row) =>
    row
      .map((cell, column) =>
        isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
