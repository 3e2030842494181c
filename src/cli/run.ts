/**
 * Runs one command line: finds the command, hears interrupts, prints its answer or its failure, gives the exit code.
 *
 * Reads  help.ts, failure.ts, node/.   Used by  main.ts.
 * Rule   the answer goes to standard output, everything else to standard error; with --json standard output is one JSON value.
 * @module
 */
import { readFileSync } from 'node:fs';
import { errorCode } from '../errors.ts';
import { installNativeCrypto } from '../node/index.ts';
import { Context, usageError, type Command } from './command.ts';
import { CliError, EXIT, failureOf } from './failure.ts';
import { STANDARD_OUTPUT } from './files.ts';
import { helpOn, overview, SUMMARIES, type CommandName } from './help.ts';
import { clean, toJson } from './text.ts';

const COMMANDS: Readonly<Record<CommandName, () => Promise<{ readonly command: Command }>>> = {
  keygen: () => import('./keygen.ts'),
  init: () => import('./init.ts'),
  sign: () => import('./sign.ts'),
  append: () => import('./append.ts'),
  import: () => import('./import.ts'),
  check: () => import('./check.ts'),
  trace: () => import('./trace.ts'),
  audit: () => import('./audit.ts'),
  prove: () => import('./prove.ts'),
  'verify-proof': () => import('./verify-proof.ts'),
  export: () => import('./export.ts'),
};

/** Runs the command in `words`; returns the exit code. Nothing is thrown. */
export async function run(words: readonly string[]): Promise<number> {
  process.stdout.on('error', closedPipe);
  installNativeCrypto();
  const interrupt = new AbortController();
  const onSignal = (): void => {
    // A second Ctrl-C does not wait.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort(new CliError('ERR_INTERRUPTED', 'interrupted'));
  };
  process.on('SIGINT', onSignal);
  const asJson = words.includes('--json');
  try {
    return await dispatch(words, asJson, interrupt.signal);
  } catch (error) {
    const { exit, code, message, advice } = failureOf(error);
    if (asJson) await print(toJson({ error: { code, message, advice } }));
    else
      process.stderr.write(`countermark: ${code}: ${clean(message)}.${advice === '' ? '' : ` ${advice}`}\n`);
    return exit;
  } finally {
    // From here on the system's own handling ends a process that still waits for a read.
    process.off('SIGINT', onSignal);
  }
}

async function dispatch(words: readonly string[], asJson: boolean, signal: AbortSignal): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined) throw usageError('no command is given');
  if (name === '--version') return text(versionOf(), asJson);
  if (name === 'help' || name === '--help') {
    const topic = rest.find((word) => !word.startsWith('--'));
    return text(topic === undefined ? overview() : helpOn(await commandOf(topic)), asJson);
  }
  const command = await commandOf(name);
  const context = new Context(command, rest, signal);
  if (context.flag('help')) return text(helpOn(command), asJson);
  const { exit, json, lines } = await command.run(context);
  if (asJson && json !== undefined) await print(toJson(json));
  else if (!asJson && lines.length > 0) await print(lines.join('\n'));
  return exit;
}

async function commandOf(name: string): Promise<Command> {
  if (!Object.hasOwn(SUMMARIES, name)) throw usageError(`there is no command ${JSON.stringify(name)}`);
  return (await COMMANDS[name as CommandName]()).command;
}

async function text(content: string, asJson: boolean): Promise<number> {
  await print(asJson ? toJson(content) : content);
  return EXIT.fine;
}

async function print(content: string): Promise<void> {
  await STANDARD_OUTPUT.write(`${content}\n`);
}

function versionOf(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { readonly version: string }).version;
}

/** The reader has seen enough, as `head` does: no failure of ours. */
function closedPipe(error: Error): never {
  if (errorCode(error) === 'EPIPE') process.exit(EXIT.fine);
  throw error;
}
