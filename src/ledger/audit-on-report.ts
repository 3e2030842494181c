// Browser-safe.
/**
 * The report of an audit that went on: what was carried over, what was found anew, folded as a whole audit folds it.
 *
 * Reads  audit/ (shapes), judgement/ (folding).   Used by  audit-on.ts.
 * Rule   what is carried over is unfolded, so a subject's findings can be replaced wherever they were folded.
 * @module
 */
import type { AuditOptions, AuditReport } from '../audit/index.ts';
import type { Summary } from '../audit/summary.ts';
import type { Merge } from '../audit/merge.ts';
import { FINDINGS_LISTED_MAX } from '../audit/report.ts';
import { byCode } from '../audit/tally.ts';
import { toBase64 } from '../bytes/index.ts';
import {
  FindingFold,
  isLotComplete,
  registryFindings,
  type Finding,
  type FindingCode,
} from '../judgement/index.ts';
import type { Checkpoint } from '../note/index.ts';
import type { Registry } from '../registry/index.ts';
import type { FreshEntry } from './audit-on-rows.ts';
import type { Told, Touched } from './audit-on-subjects.ts';

/** What a run came to. */
export interface GoneOnResult {
  readonly summary: Summary;
  readonly checkpoint: Checkpoint;
  readonly note: string;
  readonly merge: Merge;
  readonly registry: Registry;
  readonly fresh: readonly FreshEntry[];
  readonly judged: Touched;
  /** Units and containers nobody had named before. */
  readonly added: { readonly units: number; readonly containers: number };
  /** What had only been recorded of the subjects judged. */
  readonly before: readonly Finding[];
  readonly told: Told;
  /** Found of new statements. */
  readonly forGood: readonly Finding[];
  /** True if rows and nodes of what is new and touched were compared. */
  readonly isDerivedCompared: boolean;
}

type Counts = Partial<Record<FindingCode, number>>;

/** What is carried over to the next audit. */
export type Carried = Pick<Summary, 'findings' | 'records' | 'lots'>;

/** The report, and what the next audit is told. */
export function reportOn(
  result: GoneOnResult,
  options: AuditOptions,
): { readonly report: AuditReport; readonly kept: Carried } {
  const kept = carriedBy(result);
  const { summary, checkpoint, note, merge, registry, added, told, forGood, judged } = result;
  const ofRegistry = [...registryFindings(registry, merge.asOfMs)];
  const lots = new Map(kept.lots.map(([lot, units]) => [lot, units]));
  const isComplete = (lot: string): boolean => {
    const units = lots.get(lot);
    return units !== undefined && isLotComplete(registry, lot, units);
  };
  const fold = new FindingFold({ isComplete });
  for (const [, found] of kept.findings) fold.add(found);
  const counts: Counts = {};
  const records: Counts = { ...kept.records };
  const listed: Finding[] = [];
  for (const found of [...told.records, ...forGood]) if (found.severity === 0) options.onFinding?.(found);
  for (const found of ofRegistry) {
    if (found.severity > 0) fold.add(found);
    else {
      add(records, found, 1);
      options.onFinding?.(found);
    }
  }
  for (const found of fold.listWithCases(registry.policyAt(Infinity).foldMin)) {
    add(found.severity === 0 ? records : counts, found, 1);
    if (found.severity > 0 && listed.length < FINDINGS_LISTED_MAX) listed.push(found);
    options.onFinding?.(found);
  }
  const { origin, size, root } = checkpoint;
  const report: AuditReport = {
    ok: true,
    origin,
    size,
    root: toBase64(root),
    checkpoint: note,
    log: { ok: true, firstBad: undefined },
    derived: { ok: options.checkDerived === false ? undefined : true, differences: [] },
    statements: merge.statements,
    events: merge.events,
    units: summary.units + added.units,
    containers: summary.containers + added.containers,
    signatures: merge.signatures,
    counts: byCode(counts),
    records: byCode(records),
    findings: listed,
    policy: undefined,
    state: {
      version: 1,
      origin,
      size,
      root: toBase64(root),
      checkpoint: note,
      refused: [...merge.refused],
    },
    workers: 1,
    goneOn: { from: summary.size, subjects: judged.size, why: undefined },
  };
  return { report, kept };
}

/** Findings of subjects not judged, and those of subjects judged; what is only recorded, counted; units by lot. */
function carriedBy({ summary, judged, before, told, forGood, fresh }: GoneOnResult): Carried {
  const again = new Set(judged.told());
  const findings = summary.findings.filter(([by]) => !again.has(by));
  const records: Counts = { ...summary.records };
  for (const found of before) add(records, found, -1);
  for (const found of told.records) add(records, found, 1);
  for (const found of forGood) {
    if (found.severity > 0) findings.push(['', found]);
    else add(records, found, 1);
  }
  for (const one of told.found) findings.push(one);
  const lots = new Map(summary.lots.map((lot) => [lot[0], lot]));
  for (const { lots: moved } of fresh) {
    for (const [lot, units] of moved) lots.set(lot, [lot, (lots.get(lot)?.[1] ?? 0) + units, false]);
  }
  return { findings, records, lots: [...lots.values()] };
}

function add(counts: Counts, { code, count }: Finding, times: number): void {
  const sum = (counts[code] ?? 0) + times * count;
  if (sum === 0) delete counts[code];
  else counts[code] = sum;
}
