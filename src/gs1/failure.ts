// Browser-safe.
/**
 * What a reader of codes answers when it cannot read one: a finding, never an exception.
 *
 * Reads  gs1/ai.ts (types).   Used by  gs1/element-string.ts, gs1/digital-link.ts, gs1/code.ts.
 * Never  repeats the code in a reason: it comes from a stranger and may end in a log or a page.
 * @module
 */
import type { ValueFault } from './ai.ts';

/** Most UTF-16 units a presented code or an id may have; longer text is not looked at. */
export const CODE_LENGTH_MAX = 2000;

/** ID-01: no known scheme parses the input. ID-02: a scheme does, and its check digit or characters fail. */
export type CodeFinding = 'ID-01' | 'ID-02';

/** Why a text is no readable code. */
export interface CodeFailure {
  readonly ok: false;
  readonly finding: CodeFinding;
  /** One short sentence without any part of the code but application identifiers. */
  readonly reason: string;
}

/** No known scheme parses the input. */
export function unparseable(reason: string): CodeFailure {
  return { ok: false, finding: 'ID-01', reason };
}

/** The failure of one AI's value: check digits and characters are ID-02, lengths and dates ID-01. */
export function faultyValue(ai: string, fault: ValueFault): CodeFailure {
  const finding = fault === 'check digit' || fault === 'characters' ? 'ID-02' : 'ID-01';
  return { ok: false, finding, reason: `AI ${ai}: wrong ${fault}` };
}
