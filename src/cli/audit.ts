/**
 * `countermark audit`: replay the log from nothing, and say what holds.
 *
 * Reads  audit/, store/sqlite/, audit-state.ts.   Used by  run.ts.
 * Exit   0 if log, checkpoints and derived data hold, whatever was found about goods; 4 if not.
 * Note   opens the store itself and not the ledger: a damaged log must be audited, not refused.
 * @module
 */
import {
  audit as auditStore,
  deriveBlocks,
  installAuditHost,
  type AuditReport,
  type GoneOn,
  type PolicyEffect,
} from '../audit/index.ts';
import { fromBase64 } from '../bytes/index.ts';
import { errorCode, StoreError } from '../errors.ts';
import type { Finding } from '../judgement/index.ts';
import { DERIVED_FLAG, flagAudit } from '../ledger/flags.ts';
import { auditOn } from '../ledger/index.ts';
import type { LogStore } from '../log/index.ts';
import { nodeHost } from '../node/index.ts';
import { readPayload, type Policy } from '../statement/index.ts';
import { SqliteStore } from '../store/sqlite/index.ts';
import { openState, readPinned } from './audit-state.ts';
import { LEDGER_OPTIONS, usageError, type Answer, type Command, type Context } from './command.ts';
import { EXIT } from './failure.ts';
import { readText } from './files.ts';
import { findingLines } from './findings.ts';
import { parseJsonObject } from './json-text.ts';
import { ledgerPath, logKeyOf } from './ledger-file.ts';
import { countOf, fields, ProgressLine, say, style } from './text.ts';

export const command: Command = {
  usage: [
    'audit [--pinned FILE]… [--state FILE] [--findings N] [--policy FILE] [--workers N] [--no-derived | --rebuild]',
  ],
  about: [
    'Recomputes every leaf, link, signature and the root, judges everything, and compares what is derived. Bring the log key from',
    'the operator (--log-key) and the checkpoints you kept from earlier (--pinned, --state): only they can show that the whole',
    'file was rolled back. If derived data is wrong, checks say stop until --rebuild has made it anew from the log.',
    'With --policy: which findings a proposed policy would gain and lose, had it been in force from the first entry. It changes',
    'nothing: append it as a policy statement to activate it, from then on.',
  ],
  options: {
    pinned: {
      type: 'string',
      multiple: true,
      argument: 'FILE',
      about: 'signed checkpoint the log must extend; may be repeated',
    },
    state: {
      type: 'string',
      argument: 'FILE',
      about: "go on from this file's audit, and store this one's; made if missing",
    },
    findings: { type: 'string', argument: 'N', about: 'findings to list (default 20; with --json 1000)' },
    policy: {
      type: 'string',
      argument: 'FILE',
      about: 'proposed thresholds, as the JSON of a policy statement; shows what they would change',
    },
    workers: { type: 'string', argument: 'N', about: 'worker threads to use (default 1: none but this)' },
    'no-derived': { type: 'boolean', about: 'do not compare derived data' },
    rebuild: { type: 'boolean', about: 'if the log holds, make its derived data anew and compare again' },
    ...LEDGER_OPTIONS,
  },
  positionals: [0, 0],
  run: audit,
};

const LISTED_DEFAULT = 20;
const LISTED_JSON_DEFAULT = 1000;
const LISTED_MAX = 1_000_000;
const WORKERS_MAX = 64;

/** What the command adds to a report. */
interface Run {
  readonly report: AuditReport;
  readonly listed: readonly Finding[];
  readonly seconds: number;
  /** What was wrong with the derived data before it was rebuilt. */
  readonly rebuilt: readonly string[] | undefined;
}

async function audit(context: Context): Promise<Answer> {
  if (context.flag('rebuild') && context.flag('no-derived')) {
    throw usageError('--rebuild and --no-derived exclude each other');
  }
  installAuditHost(nodeHost);
  const logKey = await logKeyOf(context);
  const run = await withStore(ledgerPath(context), async (store) => {
    const result = await auditOnce(context, store, logKey);
    return context.flag('rebuild') && result.report.log.ok ? rebuilt(context, store, logKey, result) : result;
  });
  return {
    exit: run.report.ok ? EXIT.fine : EXIT.damaged,
    json: jsonOf(run),
    lines: linesOf(run, listedMax(context)),
  };
}

async function auditOnce(context: Context, store: LogStore, logKey: string): Promise<Run> {
  const statePath = context.text('state');
  const policy = await proposalOf(context);
  const pinned = await readPinned(context.list('pinned'), logKey, context.signal);
  const kept = statePath === undefined ? undefined : await openState(statePath, logKey, context.signal);
  const listed: Finding[] = [];
  const max = listedMax(context);
  const progress = new ProgressLine();
  const startedMs = performance.now();
  try {
    const report = await (kept?.goesOn === true ? auditOn : auditStore)(store, {
      logKey,
      pinned,
      checkDerived: !context.flag('no-derived'),
      workers: context.integer('workers', 1, WORKERS_MAX) ?? 1,
      signal: context.signal,
      onFinding: (found) => {
        if (found.severity > 0 && listed.length < max) listed.push(found);
      },
      onProgress: ({ phase, done, total }) => progress.show(`audit: ${done} of ${total} ${phase}`),
      ...(kept !== undefined && { memory: kept.memory }),
      ...(kept?.state !== undefined && { state: kept.state }),
      ...(policy !== undefined && { policy }),
    });
    await flagAudit(store, report, logKey);
    return { report, listed, seconds: (performance.now() - startedMs) / 1000, rebuilt: undefined };
  } finally {
    kept?.memory.close();
    progress.end();
  }
}

/** Makes derived data anew and compares it again, signatures of the run before taken as verified. */
async function rebuilt(context: Context, store: LogStore, logKey: string, before: Run): Promise<Run> {
  const { report, seconds } = before;
  const startedMs = performance.now();
  const done = await store.rebuildDerived(
    deriveBlocks(store, report.size, fromBase64(report.root)),
    report.size,
  );
  if (!done) throw new StoreError('ERR_STORE_CONFLICT', "couldn't rebuild: the log grew meanwhile");
  await store.writeFlag(DERIVED_FLAG, undefined);
  const listed: Finding[] = [];
  const max = listedMax(context);
  const after = await auditStore(store, {
    logKey,
    signal: context.signal,
    onFinding: (found) => {
      if (found.severity > 0 && listed.length < max) listed.push(found);
    },
    ...(report.state !== undefined && { state: report.state }),
  });
  return {
    report: { ...after, signatures: report.signatures, policy: report.policy },
    listed,
    seconds: seconds + (performance.now() - startedMs) / 1000,
    rebuilt: report.derived.differences,
  };
}

/** The proposed policy of --policy. */
async function proposalOf(context: Context): Promise<Partial<Policy> | undefined> {
  const path = context.text('policy');
  if (path === undefined) return undefined;
  return readPayload('policy', parseJsonObject(await readText(path, context.signal), path));
}

async function withStore<T>(path: string, work: (store: LogStore) => Promise<T>): Promise<T> {
  const store = await openStore(path);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Writable where it may be, so that damage found can be flagged; an auditor's read-only copy will do too. */
async function openStore(path: string): Promise<LogStore> {
  try {
    return await SqliteStore.open(path);
  } catch (error) {
    if (!['ERR_STORE_READONLY', 'ERR_STORE_IO'].includes(errorCode(error) ?? '')) throw error;
    return SqliteStore.open(path, { readonly: true });
  }
}

function listedMax(context: Context): number {
  const standard = context.flag('json') ? LISTED_JSON_DEFAULT : LISTED_DEFAULT;
  return context.integer('findings', 0, LISTED_MAX) ?? standard;
}

function jsonOf({ report, listed, seconds, rebuilt: differences }: Run): object {
  const { state: _state, findings: _findings, ...rest } = report;
  return {
    ...rest,
    findings: listed,
    seconds,
    entriesPerSecond: perSecond(report.size, seconds),
    peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    ...(differences !== undefined && { rebuilt: { differences } }),
  };
}

function perSecond(count: number, seconds: number): number {
  return seconds === 0 ? 0 : Math.round(count / seconds);
}

function linesOf({ report, listed, seconds, rebuilt: differences }: Run, max: number): string[] {
  const { ok, origin, size, root, log, derived, counts, records, goneOn } = report;
  const word = ok ? style('green', 'OK') : style('red', 'DAMAGED');
  const speed = `${seconds.toFixed(1)} s, ${perSecond(size, seconds)} entries/s`;
  const lines = [say`${word}  ${origin}, ${countOf(size, 'entry', 'entries')} (${speed})`];
  const bad = log.firstBad;
  lines.push(
    ...fields([
      ['first bad', bad === undefined ? undefined : `entry ${bad.entry}, ${bad.code}: ${bad.why}`],
      ['root', root],
      ['gone on', goneOn === undefined ? undefined : goneOnText(goneOn)],
      ['signatures', `${report.signatures} verified in this run`],
      [
        'goods',
        `${countOf(report.events, 'event')}, ${countOf(report.units, 'unit')}, ${countOf(report.containers, 'container')}`,
      ],
      ['derived', derivedText(derived)],
      ['rebuilt', differences === undefined ? undefined : rebuiltText(differences)],
      ['findings', countsText(counts)],
      ['on record', Object.keys(records).length === 0 ? undefined : countsText(records)],
    ]),
  );
  if (derived.ok === false) lines.push(...derived.differences.map((one) => say`  LG-17  ${one}`));
  lines.push(...findingLines(listed, max), ...policyLines(report.policy, max));
  if (derived.ok === false)
    lines.push('Derived data can be made anew from the log: countermark audit --rebuild');
  return lines;
}

function policyLines(effect: PolicyEffect | undefined, max: number): string[] {
  if (effect === undefined) return [];
  return (['gained', 'lost'] as const).flatMap((side) => {
    const { counts, records, findings } = effect[side];
    const recorded = Object.keys(records).length === 0 ? '' : `; on record ${countsText(records)}`;
    const line = say`By the proposed policy ${side}: ${countsText(counts)}${recorded}`;
    return [line, ...findingLines(findings, max)];
  });
}

function countsText(counts: AuditReport['counts']): string {
  const codes = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  return codes.map(([code, count]) => `${code} ${count}`).join('  ') || 'none';
}

function goneOnText({ from, subjects, why }: GoneOn): string {
  if (why !== undefined) return `no, audited whole: ${why}`;
  return `from ${countOf(from, 'entry', 'entries')} audited before; ${countOf(subjects ?? 0, 'subject')} judged anew`;
}

function derivedText(derived: AuditReport['derived']): string {
  if (derived.ok === undefined) return 'not compared';
  return derived.ok ? 'as the log says' : 'differs from the log';
}

function rebuiltText(differences: readonly string[]): string {
  return differences.length === 0 ? 'nothing had been wrong' : `repaired: ${differences.join('; ')}`;
}
