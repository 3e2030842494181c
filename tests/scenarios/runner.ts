/**
 * Judges scenarios: straight, by a ledger in memory, from SQLite, by several workers, by audits that go on from each other (with SLOW=1
 * from entry to entry), at every append, and with the order of capture changed.
 *
 * Reads  parse.ts, teller.ts, subjects.ts, ../support, ../ledger/replay.ts.   Used by  *.test.ts of this folder.
 * Rule   one scenario, one test; a failure names the file and line of the scenario.
 * @module
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as Signatures from '../../src/crypto/ed25519.ts';
import type * as Statements from '../../src/statement/open.ts';
import type * as Enrolments from '../../src/crypto/enrolment.ts';
import { installAuditHost, TransientMemory } from '../../src/audit/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { Ledger } from '../../src/ledger/index.ts';
import type { LogStore } from '../../src/log/index.ts';
import { installNativeCrypto } from '../../src/node/index.ts';
import { MemoryStore } from '../../src/store/memory/index.ts';
import { SqliteStore } from '../../src/store/sqlite/index.ts';
import { findingsOfEntry, replay as replayEntries } from '../ledger/replay.ts';
import { GENESIS_MS, logKey, logSigner, ORIGIN } from '../support/cast.ts';
import { assertTable } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import type { Script, Step } from '../support/script.ts';
import { copyToSqlite } from '../support/stores.ts';
import { Dice } from '../support/journeys.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';
import { pretendedHost } from '../support/threads.ts';
import { readScenarios, type Scenario } from './parse.ts';
import { shuffled } from './shuffle.ts';
import { spell, spellExpected } from './subjects.ts';
import { tell } from './teller.ts';
import type { Tale } from './tale.ts';

installNativeCrypto();
installAuditHost(pretendedHost);

// The logs of the corpus begin alike: each key is enrolled once, each signature verified and each statement read once.
vi.mock('../../src/crypto/enrolment.ts', async (original) => {
  const real = await original<typeof Enrolments>();
  return { ...real, checkEnrolment: remembered(real.checkEnrolment) };
});
vi.mock('../../src/crypto/ed25519.ts', async (original) => {
  const real = await original<typeof Signatures>();
  return { ...real, verify: remembered(real.verify) };
});
vi.mock('../../src/statement/open.ts', async (original) => {
  const real = await original<typeof Statements>();
  return { ...real, openStatement: remembered(real.openStatement) };
});

/** A pure function of bytes that answers the same question once. */
function remembered<A extends readonly Uint8Array[], R>(ask: (...bytes: A) => R): (...bytes: A) => R {
  const known = new Map<string, R>();
  return (...bytes) => {
    const name = bytes.map((part) => Buffer.from(part).toString('latin1')).join('\n');
    const answer = known.get(name) ?? ask(...bytes);
    known.set(name, answer);
    return answer;
  };
}

const SHUFFLES = 3;
/** An audit goes on after one entry in so many. */
const GO_ON_EVERY = process.env['SLOW'] === '1' ? 1 : 4;
/** Rules whose words depend on positions in the log. */
const POSITIONAL = /^(?:LG-\d\d|SG-04|SG-05|LC-13|ID-03|ID-12|ST-13|RX-06|RX-07|QA-09)$/;
/** Codes that only folding gives. */
const FOLDED = new Set<string>(['OP-01']);

/** One test for each scenario of a file beside this one. */
export function judgeFile(file: string): void {
  describe(file, () => {
    let folder: TemporaryFolder;
    beforeAll(() => {
      folder = temporaryFolder();
    });
    afterAll(() => {
      folder.remove();
    });
    for (const scenario of readScenarios(file)) {
      const name = `${scenario.title} (line ${scenario.at.number})`;
      it(name, async () => {
        await judge(scenario, folder.file(`${scenario.at.number}.db`));
      });
    }
  });
}

/** What the final audit of a tale says: every finding one by one, and those only folding gives. */
export function finalFindings(script: Script, order: readonly Step[] = script.steps): readonly Finding[] {
  const replayed = replay(script, order, newestOf(order));
  const unfolded = assertTable(replayed.unfolded());
  return [...unfolded, ...replayed.findings().filter(({ code }) => FOLDED.has(code))];
}

/** Deadlines are judged against the newest record. */
function newestOf(steps: readonly Step[]): number {
  return steps.reduce((newest, { recordTimeMs }) => Math.max(newest, recordTimeMs), GENESIS_MS);
}

/** Judges one scenario in every way. */
async function judge(scenario: Scenario, path: string): Promise<void> {
  const where = `tests/scenarios/${scenario.at.file}:${scenario.at.number}`;
  const tale = tell(scenario);
  const found = finalFindings(tale.script);
  compare(tale, found, where);
  // Records are streamed one by one, everything else is folded.
  const folded = [
    ...replay(tale.script, tale.script.steps, newestOf(tale.script.steps))
      .findings()
      .filter(({ severity }) => severity > 0),
    ...found.filter(({ severity }) => severity === 0),
  ];
  const { store, entries, goneOn } = await recorded(tale.script, new Dice(scenario.at.number), where);
  const fromMemory = await auditOf(store);
  expect(ids(fromMemory), `${where}: an audit in memory`).toEqual(ids(folded));
  expect(goneOn, `${where}: audits that went on`).toEqual(told(fromMemory));
  await copyToSqlite(store, path);
  const sqlite = await SqliteStore.open(path);
  try {
    expect(await auditOf(sqlite), `${where}: an audit from SQLite`).toEqual(fromMemory);
  } finally {
    await sqlite.close();
  }
  for (const options of CREWS) {
    const byCrew = await auditOf(store, options);
    expect(lines(byCrew), `${where}: an audit by ${JSON.stringify(options)}`).toEqual(lines(fromMemory));
  }
  appendsAgree(tale.script, entries, where);
  const words = unpositioned(tale, found);
  for (let seed = 1; seed <= SHUFFLES; seed++) {
    const order = shuffled(tale.script, seed);
    expect(
      unpositioned(tale, finalFindings(tale.script, order)),
      `${where}: recorded in order ${seed}`,
    ).toEqual(words);
  }
}

/** Compares what was found with what the scenario says. */
function compare(tale: Tale, found: readonly Finding[], where: string): void {
  const { finds, records, misses } = tale.scenario;
  const told = found.filter(({ severity }) => severity > 0);
  const lines = told.map((one) => spell(tale, one)).sort();
  const explain = told.map(({ code, explanation }) => `  ${code}: ${explanation}`).join('\n');
  expect(lines, `${where}: what is found\n${explain}`).toEqual(finds.map(spellExpected).sort());
  const codes = new Set(records.map(({ code }) => code));
  const atZero = found.filter(({ severity, code }) => severity === 0 && codes.has(code as string));
  expect(atZero.map((one) => spell(tale, one)).sort(), `${where}: what is found at L0`).toEqual(
    records.map(spellExpected).sort(),
  );
  for (const one of finds.filter(({ secondLine }) => secondLine)) {
    const line = spellExpected(one);
    const second = told.filter(({ secondLine }) => secondLine).map((other) => spell(tale, other));
    expect(second, `${where}: of the second line`).toContain(line);
  }
  const missed = found.filter(({ code }) => misses.includes(code)).map((one) => spell(tale, one));
  expect(missed, `${where}: a near miss`).toEqual([]);
}

/** The scenario's log in memory, one commit for each record time of facts and each event; audited on where the dice say, and at its end. */
async function recorded(
  script: Script,
  dice: Dice,
  where: string,
): Promise<{ readonly store: MemoryStore; readonly entries: readonly Uint8Array[]; readonly goneOn: Told }> {
  const store = new MemoryStore();
  const memory = new TransientMemory();
  let goneOn: Told = told([]);
  let clockMs = GENESIS_MS;
  const clock = (): number => clockMs;
  const ledger = await Ledger.create({ store, origin: ORIGIN, logSigner, genesis: script.genesis, clock });
  const pending = [...script.steps].sort((a, b) => a.recordTimeMs - b.recordTimeMs);
  const first = pending.findIndex(({ recordTimeMs }) => recordTimeMs > GENESIS_MS);
  const facts = first < 0 ? pending : pending.slice(0, first);
  const groups = [facts, ...pending.slice(facts.length).map((step) => [step])];
  for (const group of groups) {
    clockMs = Math.max(clockMs, group[0]?.recordTimeMs ?? 0);
    const outcomes = await ledger.appendMany(group.map(({ bytes }) => bytes));
    for (const [i, outcome] of outcomes.entries()) {
      if (!outcome.ok) throw new Error(`${where}: the ledger refuses a statement: ${outcome.error.message}`);
      group[i]!.findings = outcome.findings;
      expect(outcome.entry, `${where}: position`).toBe(group[i]!.entry);
    }
    if (group !== groups.at(-1) && dice.below(GO_ON_EVERY) > 0) continue;
    const findings: Finding[] = [];
    const report = await ledger.audit({ memory, onFinding: (one) => findings.push(one) });
    if (!report.ok) throw new Error(`${where}: an audit that went on fails`);
    goneOn = { ...told(findings), recorded: sortedCounts(report.records) };
  }
  const entries = (await store.readEntries(0, Number.MAX_SAFE_INTEGER)).map(({ bytes }) => bytes);
  return { store, entries, goneOn };
}

/** What an audit told: folded findings, and how often what is only recorded was. */
interface Told {
  readonly severe: readonly string[];
  readonly recorded: readonly string[];
}

function told(findings: readonly Finding[]): Told {
  const counts: Record<string, number> = {};
  for (const { code, severity, count } of findings) {
    if (severity === 0) counts[code] = (counts[code] ?? 0) + count;
  }
  return { severe: lines(findings.filter(({ severity }) => severity > 0)), recorded: sortedCounts(counts) };
}

function sortedCounts(counts: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(counts)
    .map(([code, count]) => `${code} x${count}`)
    .sort();
}

/** What each append after the genesis facts answered is what a replay of that size says of the subjects named. */
function appendsAgree({ steps }: Script, entries: readonly Uint8Array[], where: string): void {
  for (const { entry, recordTimeMs, findings } of steps) {
    if (recordTimeMs === GENESIS_MS) continue;
    const expected = findingsOfEntry(replayEntries(entries.slice(0, entry! + 1)), entry!);
    expect(ids(findings), `${where}: what the append of entry ${entry} answered`).toEqual(ids(expected));
  }
}

/** Workers and partitions, none of which may be seen in what is found. */
type Crew = Parameters<Ledger['audit']>[0];
const CREWS: readonly Crew[] = [{ workers: 2 }, { workers: 4, mentionsMax: 3 }];

async function auditOf(store: LogStore, options: Crew = {}): Promise<readonly Finding[]> {
  const ledger = await Ledger.open({ store, logKey });
  const findings: Finding[] = [];
  const report = await ledger.audit({ ...options, onFinding: (one) => findings.push(one) });
  if (!report.ok) throw new Error(`the audit fails: ${JSON.stringify([report.log, report.derived])}`);
  return assertTable(findings);
}

/** What is only recorded comes in any order. */
function lines(findings: readonly Finding[]): readonly string[] {
  return findings.map((found) => JSON.stringify(found)).sort();
}

function ids(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ id, code, severity, count }) => `${code} L${severity} x${count} ${id}`).sort();
}

/** Findings in words, without the rules about positions. */
function unpositioned(tale: Tale, found: readonly Finding[]): readonly string[] {
  return found
    .filter(({ code }) => !POSITIONAL.test(code))
    .map((one) => `${spell(tale, one)}: ${one.explanation}`)
    .sort();
}
