/**
 * The repository as its own tests see it: the text files that belong to it, and TypeScript without comments and strings.
 *
 * Reads  the working tree (through git, so that build output and dependencies stay out).   Used by  tests/tidy.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A text file of the project. */
export interface Source {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Files of the project by path prefix and suffix; stored formats (binary, never edited) and the lock file left out. */
export function sources(prefix: string, suffix: string): readonly Source[] {
  return PATHS.filter((path) => path.startsWith(prefix) && path.endsWith(suffix)).map((path) => ({
    path,
    text: readFileSync(join(ROOT, path), 'utf8'),
  }));
}

/** Reads one file of the project. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

const PATHS: readonly string[] = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { cwd: ROOT, encoding: 'utf8' },
)
  .split('\0')
  .filter((path) => path !== '' && path !== 'package-lock.json' && !/^tests\/formats\/v\d+\//.test(path))
  .filter((path) => existsSync(join(ROOT, path)))
  .sort();

const NOT_CODE = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** TypeScript with every comment and string blanked out, line breaks kept. */
export function codeOnly(text: string): string {
  return text.replace(NOT_CODE, (match) => match.replace(/[^\n]/g, ' '));
}

/** Markdown without its fenced code blocks and code spans. */
export function proseOnly(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
}
