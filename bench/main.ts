/**
 * Benchmarks: what the package does in a second, beside what the bare libraries beneath it do, in one run.
 * `npm run bench -- --help` lists the flags.
 *
 * Reads  suite.ts, lib/.   Used by  npm run bench.
 * Exit   0 with a report; 1 if anything measured went wrong; 2 for a command line that cannot be followed.
 * @module
 */
import { join } from 'node:path';
import { Logs } from './lib/logs.ts';
import { describeMachine } from './lib/machine.ts';
import { FULL_SIZE, helpText, parseCommand, type Command, UsageError } from './lib/options.ts';
import { installPeers } from './lib/peers.ts';
import { machineText, markdownOf, textOf } from './lib/report.ts';
import type { Result } from './lib/rounds.ts';
import { Workspace } from './lib/workspace.ts';
import { ALL_NAMES, needsPeers, runSuite } from './suite.ts';

const FORMATS: Readonly<Record<Command['format'], (results: readonly Result[]) => string>> = {
  json: (results) => JSON.stringify(results, undefined, 2),
  text: textOf,
  markdown: markdownOf,
};

async function main(words: readonly string[]): Promise<number> {
  let command: Command;
  try {
    command = parseCommand(words, ALL_NAMES);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  }
  if (command.help) {
    console.log(helpText(ALL_NAMES));
    return 0;
  }
  const say = (line: string): void => console.error(line);
  const { size, huge, only, format } = command;
  if (needsPeers(only)) installPeers(say);
  const workspace = new Workspace();
  try {
    const typed = ['npm run bench', ...(words.length === 0 ? [] : ['--', ...words])].join(' ');
    const machine = describeMachine(workspace.folder, typed, new Date().toISOString().slice(0, 10));
    say(machineText(machine));
    if (machine.fileSystem === 'tmpfs')
      say('warning: temporary files are in memory, append figures mean nothing; set TMPDIR');
    if (machine.load > machine.cores / 2)
      say(`warning: the machine is busy (load ${machine.load}), figures will vary`);
    if (size !== FULL_SIZE)
      say('note: small sizes show that everything works; targets are meant for the full run');
    const logs = new Logs(join(import.meta.dirname, '.cache'), say);
    const results = await runSuite({ size, huge, only, workspace, logs, say });
    console.log(FORMATS[format](results));
    return 0;
  } finally {
    workspace.remove();
  }
}

process.exitCode = await main(process.argv.slice(2));
