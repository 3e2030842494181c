/**
 * The report: an array of results for a program, a table for a person, rows for RESULTS.md.
 *
 * Reads  machine.ts, rounds.ts, targets.ts.   Used by  ../main.ts, tests.
 * @module
 */
import type { Machine } from './machine.ts';
import type { Result } from './rounds.ts';
import { isReached, spellTarget, targetOf } from './targets.ts';

/** The machine in two lines. */
export function machineText(machine: Machine): string {
  const { cpu, cores, memoryGiB, platform, fileSystem, syncUs, node, load, command, date } = machine;
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, ${fileSystem}, Node ${node}`,
    `a sync takes ${syncUs} µs; load before the run ${load}; ${command}; ${date}`,
  ].join('\n');
}

/** Results as text; the ratio is ours divided by the baseline's. */
export function textOf(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.name,
    grouped(result.value),
    result.unit,
    `${grouped(result.min)} … ${grouped(result.max)}`,
    String(result.ratio),
    ...verdictOf(result),
    result.baseline,
  ]);
  return [
    ...columns([['', 'median', 'unit', 'min … max', 'ratio', 'target', '', 'baseline'], ...rows]),
    '',
    'ratio: ours divided by the baseline, medians of interleaved rounds. Rates (…/s): higher is better; times and bytes: lower is better.',
  ].join('\n');
}

/** Results as the rows of a Markdown table. */
export function markdownOf(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const [target, reached] = verdictOf(result);
    const cells = [
      `\`${result.name}\``,
      `${grouped(result.value)} ${result.unit}`,
      `${grouped(result.min)} … ${grouped(result.max)}`,
      reached === 'missed' ? `**${result.ratio}**` : String(result.ratio),
      target!,
      result.baseline.replaceAll(/node:crypto|sodium-native|better-sqlite3|JSON\.parse/g, '`$&`'),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| what | median | min … max | ratio | target | baseline |',
    '| --- | ---: | ---: | ---: | ---: | --- |',
    ...rows,
  ].join('\n');
}

/** The target as words, and whether it is reached. */
function verdictOf(result: Result): [target: string, reached: string] {
  const target = targetOf(result);
  if (target === undefined) return ['', ''];
  return [spellTarget(target), isReached(result.ratio, target) ? 'reached' : 'missed'];
}

/** A figure with thousands separated; small ones keep their decimals. */
export function grouped(figure: number): string {
  const [whole, decimals] = String(figure).split('.');
  const spaced = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? spaced : `${spaced}.${decimals}`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isNumber = (column: number): boolean => column === 1 || (column >= 3 && column <= 5);
  return rows.map((row) =>
    row
      .map((cell, column) =>
        isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
