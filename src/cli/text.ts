/**
 * Text for people: lines, tables, colours and progress, in which nothing that came from outside can move the cursor.
 *
 * Reads  bytes/.   Used by  every command.
 * Rule   values go through {@link say}, which takes control and direction characters out; only {@link style} adds any.
 * Never  colours what is not a terminal, nor where NO_COLOR is set.
 * @module
 */
import { styleText } from 'node:util';
import { formatTime, TIME_MAX_MS, toBase64url } from '../bytes/index.ts';

/** Text of our own making that {@link say} lets through. */
export interface Styled {
  readonly styled: string;
}

type Format = Parameters<typeof styleText>[0];
/** Anything that can stand in a line. */
export type Part = string | number | Styled;

const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** `text` with every control and direction character replaced. */
export function clean(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** Template tag: a line of text whose values are cleaned. */
export function say(strings: TemplateStringsArray, ...values: readonly Part[]): string {
  return strings.reduce((text, part, i) => text + spell(values[i - 1]!) + part);
}

/** `text`, cleaned, in a colour if the standard output shows colours. */
export function style(format: Format, text: string): Styled {
  const { env, stdout } = process;
  const isPlain = stdout.isTTY !== true || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return { styled: isPlain ? clean(text) : styleText(format, clean(text)) };
}

/** Lines of a label and a value each, labels in one column; undefined values are left out. */
export function fields(rows: readonly (readonly [label: string, value: Part | undefined])[]): string[] {
  const shown = rows.filter((row): row is readonly [string, Part] => row[1] !== undefined);
  const width = Math.max(0, ...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => say`  ${label.padEnd(width)}  ${value}`);
}

/** A table with a head; numbers are aligned right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const cells = [head, ...rows.map((row) => row.map((cell) => clean(String(cell))))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row, number) =>
    row
      .map((cell, column) => {
        const isNumber = typeof (rows[number - 1] ?? rows[0])?.[column] === 'number';
        return isNumber ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** A time as RFC 3339, or its number where it lies beyond what that can say. */
export function timeText(timeMs: number): string {
  return timeMs >= 0 && timeMs <= TIME_MAX_MS ? formatTime(timeMs) : String(timeMs);
}

/** `3 entries`, `1 entry`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** One JSON value on one line: bytes as base64url, numbers JSON does not know as null. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item instanceof Uint8Array ? toBase64url(item) : item,
  );
}

/** One line on stderr that says how far a long job is; on a terminal it replaces itself. */
export class ProgressLine {
  readonly #isTerminal = process.stderr.isTTY === true;
  #shownAtMs = performance.now();
  #isShown = false;

  /** Shows `text`, at most ten times a second on a terminal and every three seconds elsewhere. */
  show(text: string): void {
    const nowMs = performance.now();
    if (nowMs - this.#shownAtMs < (this.#isTerminal ? 100 : 3000)) return;
    this.#shownAtMs = nowMs;
    this.#isShown = true;
    process.stderr.write(this.#isTerminal ? `\r\u001b[K${clean(text)}` : `${clean(text)}\n`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isTerminal && this.#isShown) process.stderr.write('\r\u001b[K');
  }
}

function spell(value: Part): string {
  if (typeof value === 'object') return value.styled;
  return clean(String(value));
}
