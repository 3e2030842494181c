/**
 * Benchmarks: what the package does in a second, beside what the bare libraries beneath it do, in one run.
 * `npm run bench -- --help` lists the flags.
 *
 * Reads  suite.ts, lib/.   Used by  npm run bench.
 * Exit   0 with a report; 1 if anything measured went wrong; 2 for a command line that cannot be followed.
 * @module
 */
import { Workspace } from './lib/ledgers.ts';
import { describeMachine } from './lib/machine.ts';
import { helpText, parseCommand, UsageError, type Command } from './lib/options.ts';
import { textOf } from './lib/report.ts';
import { NAMES, runSuite } from './suite.ts';

async function main(words: readonly string[]): Promise<number> {
  let command: Command;
  try {
    command = parseCommand(words, NAMES);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  }
  if (command.help) {
    console.log(helpText(NAMES));
    return 0;
  }
  const workspace = new Workspace();
  const say = (line: string): void => console.error(line);
  try {
    const typed = ['npm run bench', ...(words.length === 0 ? [] : ['--', ...words])].join(' ');
    const machine = describeMachine(workspace.folder, typed, new Date().toISOString().slice(0, 10));
    if (machine.fileSystem === 'tmpfs')
      say('warning: temporary files are in memory, append figures mean nothing; set TMPDIR');
    if (machine.load > machine.cores / 2)
      say(`warning: the machine is busy (load ${machine.load}), figures will vary`);
    const results = await runSuite({ size: command.size, only: command.only, workspace, say });
    const report = { machine, results };
    console.log(command.json ? JSON.stringify(report) : textOf(report));
    return 0;
  } finally {
    workspace.remove();
  }
}

process.exitCode = await main(process.argv.slice(2));
