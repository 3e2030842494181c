/**
 * Text scripts for the command line: commands as typed, followed by what they must print.
 *
 *   $ countermark keygen maker.key --party 9521000000018     run by sh in a temporary folder
 *   maker.key  secret key of <any>                          expected standard output, line by line
 *   ! countermark: ERR_USAGE: <any>                         expected standard error
 *   [2]                                                     expected exit code; 0 where none is given
 *
 * `<any>` stands for any text, `<n>` for a number, `<b64>` for base64url or base64 text, `<time>` for an RFC 3339 time; a line `…` for
 * any lines. Standard error is compared only where a line of it is expected.
 *
 * Reads  dist/cli/main.js, which `npm run build` makes.
 * @module
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** What a command did. */
export interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary folder in which `countermark` is a command. */
export class Shell {
  readonly folder: TemporaryFolder = temporaryFolder();
  readonly #environment: NodeJS.ProcessEnv;

  constructor() {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run "npm run build" first`);
    const bin = this.folder.file('bin');
    mkdirSync(bin);
    const program = join(bin, 'countermark');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
    chmodSync(program, 0o755);
    this.#environment = {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
      NO_COLOR: '1',
    };
  }

  /** Writes a file into the folder. */
  file(name: string, content: unknown): void {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(this.folder.file(name), text);
  }

  /** Runs one command line of sh. */
  async sh(line: string): Promise<Outcome> {
    const options = { cwd: this.folder.path, env: this.#environment, maxBuffer: 64 * 1024 * 1024 };
    return new Promise((resolve) => {
      execFile('sh', ['-c', line], options, (error, stdout, stderr) => {
        const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ exit, stdout, stderr });
      });
    });
  }

  /** Runs a command with --json; the one value it prints, and its exit code. */
  async json<T>(line: string): Promise<{ readonly exit: number; readonly value: T }> {
    const { exit, stdout, stderr } = await this.sh(`countermark ${line} --json`);
    expect(stderr, line).toBe('');
    return { exit, value: JSON.parse(stdout) as T };
  }

  /** Starts the program itself, for tests that send it signals. */
  start(...words: readonly string[]): ChildProcess {
    return spawn(process.execPath, [MAIN, ...words], { cwd: this.folder.path, env: this.#environment });
  }

  /** Runs a script; fails at the first difference. */
  async script(text: string): Promise<void> {
    for (const step of parse(text)) {
      const { exit, stdout, stderr } = await this.sh(step.command);
      const shown = `$ ${step.command}\n${stdout}${stderr}[${exit}]`;
      expect(exit, shown).toBe(step.exit);
      expect(linesOf(stdout), shown).toMatch(patternOf(step.stdout));
      if (step.stderr.length > 0) expect(linesOf(stderr), shown).toMatch(patternOf(step.stderr));
    }
  }
}

interface Step {
  readonly command: string;
  readonly stdout: string[];
  readonly stderr: string[];
  exit: number;
}

function parse(text: string): Step[] {
  const steps: Step[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.replace(/^ {6}/, '').trimEnd();
    const step = steps.at(-1);
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), stdout: [], stderr: [], exit: 0 });
    else if (step === undefined || line === '') continue;
    else if (/^\[\d+\]$/.test(line)) step.exit = Number(line.slice(1, -1));
    else if (line.startsWith('! ')) step.stderr.push(line.slice(2));
    else step.stdout.push(line);
  }
  return steps;
}

/** Every line that is not empty, each with its line feed. */
function linesOf(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => `${line}\n`).join('');
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '<any>': '.*',
  '<n>': '[0-9][0-9,.]*',
  '<b64>': '[A-Za-z0-9_+/=-]+',
  '<time>': '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z',
};

function patternOf(lines: readonly string[]): RegExp {
  const parts = lines.map((line) => {
    if (line === '…') return '(?:.*\\n)*?';
    const pieces = line.split(/(<any>|<n>|<b64>|<time>)/);
    return `${pieces.map((piece) => PLACEHOLDERS[piece] ?? piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('')}\\n`;
  });
  return new RegExp(`^${parts.join('')}$`);
}
