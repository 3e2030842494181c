/**
 * Simulates a supply chain with honest noise and labelled attacks, writes it into a ledger on disk, audits it, and says how
 * the ledger did. `npm run simulate -- --help` lists the flags.
 *
 * Reads  simulation/.   Used by  npm run simulate.
 * Exit   0 if all went well; 1 if the audit failed, an attack was missed, a rate is beyond its limit, or damage went unnamed;
 *        2 for a command line that cannot be followed.
 * @module
 */
import { join } from 'node:path';
import { HELP, parseCommand, UsageError, type Command } from './simulation/options.ts';
import { jsonOf, problemsOf, tamperText, textOf } from './simulation/report.ts';
import { LEDGER_FILE } from './simulation/keys.ts';
import { simulate, type Progress } from './simulation/simulation.ts';
import { copyLedger, removeDatabase, tamper, type TamperResult } from './simulation/tamper.ts';

/** Day whose file a roll-back puts back. */
const OLD_COPY_DAY = 40;

async function main(words: readonly string[]): Promise<number> {
  let command: Command;
  try {
    command = parseCommand(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  }
  if (command.help) {
    console.log(HELP);
    return 0;
  }
  const progress = new ProgressLine();
  const oldCopy = { path: join(command.out, 'old-copy.db'), entries: 0 };
  const result = await simulate(command, {
    onProgress: (step) => progress.show(step),
    onHandIn: async (entries, day) => {
      if (!command.tamper || day < OLD_COPY_DAY || oldCopy.entries > 0) return;
      oldCopy.entries = entries;
      await copyLedger(join(command.out, LEDGER_FILE), oldCopy.path);
    },
  });
  progress.end();
  let tampering: TamperResult[] | undefined;
  if (command.tamper) {
    tampering = await tamper(result, oldCopy);
    removeDatabase(oldCopy.path);
  }
  if (command.json) console.log(JSON.stringify(jsonOf(result, tampering)));
  else {
    console.log(textOf(result));
    if (tampering !== undefined) console.log(`\n${tamperText(tampering)}`);
  }
  const problems = problemsOf(result);
  for (const one of tampering ?? []) if (!one.ok) problems.push(`not named by the audit: ${one.damage}`);
  for (const problem of problems) console.error(`FAILED: ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

/** One line on stderr that says how far the run is; a new line every few seconds where stderr is no terminal. */
class ProgressLine {
  readonly #isTerminal = process.stderr.isTTY === true;
  #shownMs = 0;

  show(progress: Progress): void {
    const nowMs = performance.now();
    if (nowMs - this.#shownMs < (this.#isTerminal ? 100 : 3000)) return;
    this.#shownMs = nowMs;
    const text =
      progress.phase === 'trade'
        ? `day ${progress.day}: ${progress.events} events in ${progress.statements} statements`
        : `audit: ${progress.done} of ${progress.total} ${progress.what}`;
    process.stderr.write(this.#isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
  }

  end(): void {
    if (this.#isTerminal) process.stderr.write('\r\u001b[K');
  }
}

process.exitCode = await main(process.argv.slice(2));
