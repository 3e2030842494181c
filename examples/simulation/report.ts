/**
 * The report: tables for a person, one JSON object for a program, and the reasons to fail.
 *
 * Reads  simulation.ts, score.ts.   Used by  ../simulate.ts, tests.
 * @module
 */
import { join } from 'node:path';
import { CLINIC_KEY_FILE } from './keys.ts';
import { NOISE_WORDS } from './noise.ts';
import { BENIGN_SHARE_MIN, CATCHING_CODES, FRAMED_SEVERITY_MAX, limitsOf } from './score.ts';
import { ATTACK_KINDS } from './options.ts';
import type { SimulationResult } from './simulation.ts';
import { marketOf } from './geography.ts';
import type { TamperResult } from './tamper.ts';

/** Width of the report's running lines. */
const LINE_WIDTH = 100;

/** Why a run counts as failed; empty if it does not. */
export function problemsOf(result: SimulationResult): string[] {
  const { audit, benign, scans, scorer, options } = result;
  const limits = limitsOf(options.noise);
  const problems: string[] = [];
  if (!audit.ok) problems.push('the audit failed');
  for (const attack of scorer.missed()) {
    problems.push(
      `missed: ${attack.kind} (${attack.variant}), expected one of ${CATCHING_CODES[attack.kind].join(' ')}`,
    );
  }
  for (const { verdict, unit } of scorer.framed()) {
    if (verdict > FRAMED_SEVERITY_MAX) problems.push(`slander brought ${unit} to L${verdict}`);
  }
  if (limits !== undefined && benign.alertRate > limits.alertRate)
    problems.push(`alerts on ${percent(benign.alertRate)} of benign scans: ${counts(benign.alertCodes)}`);
  if (limits !== undefined && benign.stopRate > limits.stopRate)
    problems.push(`stops on ${percent(benign.stopRate)} of benign scans: ${counts(benign.stopCodes)}`);
  for (const finding of scorer.unprovoked) {
    problems.push(`${finding.code} at L4 without an attack: ${finding.subject.id}`);
  }
  if (scans.benign < scans.all * BENIGN_SHARE_MIN)
    problems.push('fewer than two thirds of the scans are benign');
  return problems;
}

/** The result as one plain object: the shape is public. */
export function jsonOf(
  result: SimulationResult,
  tampering?: readonly TamperResult[],
): Record<string, unknown> {
  const { audit, options } = result;
  return {
    seed: options.seed,
    units: options.units,
    statements: result.statements,
    events: result.events,
    entries: result.entries,
    root: result.root,
    checkpoint: result.checkpoint,
    ledger: result.ledger,
    flags: { ...options.noise },
    noise: { ...result.noise },
    attacks: result.attacks,
    benign: result.benign,
    findings: sorted(result.findings),
    audit: {
      ok: audit.ok,
      entriesPerSecond: Math.round(result.entries / result.auditSeconds),
      workers: audit.workers,
      seconds: Number(result.auditSeconds.toFixed(3)),
      peakRssMiB: result.peakRssMiB,
    },
    ...(tampering === undefined ? {} : { tamper: tampering }),
  };
}

/** The result as tables. */
export function textOf(result: SimulationResult): string {
  return [
    headline(result),
    tradeTables(result),
    noiseLines(result),
    attackTable(result),
    benignLines(result),
    auditLines(result),
    nextLines(result),
  ].join('\n\n');
}

/** The damage done to copies of the file, and how the audit named it. */
export function tamperText(results: readonly TamperResult[]): string {
  const lines = results.map(({ damage, target, code, named, why, ok }) => {
    const answer = ok ? `${code}, ${named ?? ''}${why === undefined ? '' : `: ${why}`}` : 'NOT NAMED';
    return `  ${damage} (${target})\n      ${answer}`;
  });
  return [
    "Behind the ledger's back: copies of the file, changed with plain SQL, then audited",
    ...lines,
  ].join('\n');
}

function headline(result: SimulationResult): string {
  const { options, days, lotsCount, cast, entries, events, appendSeconds } = result;
  const clinics = cast.networks.flatMap((network) => network.outlets).length;
  return [
    `A supply chain of ${group(options.units)} units in ${lotsCount} lots over ${days} days (seed ${options.seed})`,
    `  ${cast.parties.length} parties in ${cast.networks.length} markets: ${cast.manufacturers.length} manufacturers, ` +
      `${cast.networks.length} importers, ${cast.networks.length * 3} distributors in two tiers, ${clinics} clinics and pharmacies`,
    `  ${group(events)} events in ${group(entries)} signed statements, made and appended in ${appendSeconds.toFixed(1)} s`,
  ].join('\n');
}

function tradeTables({ tally }: SimulationResult): string {
  const makers = table(
    'Who made what',
    ['manufacturer', 'lots', 'units', 'pallets'],
    [...tally.makers].map(([name, made]) => [name, group(made.lots), group(made.units), group(made.pallets)]),
  );
  const markets = table(
    'Who traded what, in units',
    ['market', 'imported', 'delivered', 'used', 'dispensed', 'sent back', 'consumer checks'],
    [...tally.markets]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, market]) => [
        marketOf(code).name,
        group(market.unitsImported),
        group(market.unitsDelivered),
        group(market.unitsUsed),
        group(market.unitsDispensed),
        group(market.unitsReturned),
        group(market.consumerChecks),
      ]),
  );
  return `${makers}\n\n${markets}`;
}

function noiseLines({ noise }: SimulationResult): string {
  const lines: string[] = [];
  for (const key of Object.keys(NOISE_WORDS) as (keyof typeof NOISE_WORDS)[]) {
    const words = `${group(noise[key])} ${NOISE_WORDS[key]}`;
    const last = lines.at(-1);
    if (last === undefined || last.length + words.length > LINE_WIDTH) lines.push(words);
    else lines[lines.length - 1] = `${last}, ${words}`;
  }
  return ['Honest noise', ...lines.map((line) => `  ${line}`)].join('\n');
}

function attackTable({ attacks }: SimulationResult): string {
  const rows = ATTACK_KINDS.flatMap((kind) => {
    const score = attacks[kind];
    if (score === undefined) return [];
    const rules = Object.entries(score.rules).map(([code, count]) => `${code} ×${count}`);
    return [[kind, group(score.injected), group(score.caught), group(score.undetectable), rules.join('  ')]];
  });
  if (rows.length === 0) return 'Attacks: none';
  return table('Attacks', ['kind', 'injected', 'caught', 'undetectable', 'caught by'], rows);
}

function benignLines({ benign, scans, options }: SimulationResult): string {
  const limits = limitsOf(options.noise);
  const limit = (rate: number | undefined): string =>
    rate === undefined ? '(no limit at this noise)' : `(limit ${percent(rate)})`;
  return [
    `Benign scans: ${group(benign.scans)} of ${group(scans.all)}`,
    `  alerts (L3, L4)  ${group(benign.alerts)}  ${percent(benign.alertRate)}  ${limit(limits?.alertRate)}  ${counts(benign.alertCodes)}`.trimEnd(),
    `  stops (L2)       ${group(benign.stops)}  ${percent(benign.stopRate)}  ${limit(limits?.stopRate)}  ${counts(benign.stopCodes)}`.trimEnd(),
    `  alerts that later records cleared: ${group(benign.transientAlerts)}  ${percent(benign.transientRate)}`,
    ...Object.entries(benign.transientCodes).map(
      ([code, { count, cause }]) => `    ${code}  ${group(count)}  mostly: ${cause}`,
    ),
  ].join('\n');
}

function auditLines({ audit, auditSeconds, findings, peakRssMiB, entries }: SimulationResult): string {
  const found = Object.entries(sorted(findings)).map(([code, count]) => `${code} ${group(count)}`);
  return [
    `Audit from nothing: ${audit.ok ? 'ok' : 'FAILED'}, ${group(entries)} entries in ${auditSeconds.toFixed(1)} s ` +
      `(${group(Math.round(entries / auditSeconds))} entries/s, ${audit.workers} worker, peak memory ${group(peakRssMiB)} MiB)`,
    `  root ${audit.root}`,
    `  findings: ${found.join('  ')}`,
  ].join('\n');
}

function nextLines({ ledger, logKey, samples, entries, options }: SimulationResult): string {
  const on = `--ledger ${ledger}`;
  return [
    `The ledger is ${ledger}; its log's public key, by which anybody checks it, is`,
    `  ${logKey}`,
    'To go on:',
    `  npx countermark audit ${on}`,
    `  npx countermark prove ${Math.floor(entries / 2)} ${on}`,
    ...samples.map(({ what, code }) => `  npx countermark check '${code}' ${on}\n      # ${what}`),
    `  npx countermark trace '${samples[0]?.code ?? ''}' ${on}`,
    `  npx countermark import --key ${join(options.out, CLINIC_KEY_FILE)} EVENTS.json ${on}`,
    '      # what a clinic recorded, signed with its key',
  ].join('\n');
}

function table(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells
      .map((cell, column) =>
        /^[\d,]+$/.test(cell) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')}`.trimEnd();
  return [title, line(heads), ...rows.map(line)].join('\n');
}

/** `CODE ×N` of each code. */
function counts(codes: Readonly<Record<string, number>>): string {
  return Object.entries(codes)
    .map(([code, count]) => `${code} ×${group(count)}`)
    .join('  ');
}

function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(3)} %`;
}

function sorted(counts: Readonly<Partial<Record<string, number>>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts)
      .map(([code, count]) => [code, count ?? 0] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
