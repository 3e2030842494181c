// Browser-safe.
/**
 * Findings: what a rule says, with the entries that prove it and an id anybody recomputes.
 *
 * Reads  codes.ts, crypto/ (the id).   Used by  every rule, ledger/, audit/.
 * Source design section 6; `findings.md` "Semantics" and "Counting".
 * Never  depends on when or where it was computed: equal evidence gives the equal finding, byte for byte.
 * @module
 */
import { assertActs } from '../custody/index.ts';
import { argumentRangeError } from '../errors.ts';
import {
  toBase64url,
  utf8Encode,
  assertArray,
  assertInteger,
  assertObject,
  assertText,
} from '../bytes/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { Act, EventRef } from '../custody/index.ts';
import {
  CODES,
  type Equivalents,
  type EvidenceClass,
  type FindingCode,
  type Severity,
  type SubjectType,
} from './codes.ts';

/** What a finding is about. */
export interface FindingSubject {
  readonly type: SubjectType;
  readonly id: string;
}

/** One finding. */
export interface Finding {
  /** First 16 bytes, base64url, of the SHA-256 of code, severity, subject and proof. */
  readonly id: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly evidence: EvidenceClass;
  /** The subject; of a folded finding, the first by id. */
  readonly subject: FindingSubject;
  /** Events (event -1: a registry statement) that prove it, in log order, at most {@link PROOF_MAX}. */
  readonly proof: readonly EventRef[];
  /** The proving event that is last in event time: alerts are counted there. */
  readonly last: EventRef | undefined;
  /** Of a folded finding, `last` of each folded one; else `last` alone. */
  readonly lastEvents: readonly EventRef[];
  /** How many findings this one stands for. */
  readonly count: number;
  /** True if it rests on an event that was not entitled to move the subject: a verdict takes it at L2 at most. */
  readonly secondLine: boolean;
  readonly explanation: string;
  readonly remedy: string;
  /** What other systems of the field call it. */
  readonly equivalents: Equivalents;
  /** Codes of the findings on the same event that this one explains, and so lowers. */
  readonly explains?: readonly FindingCode[];
  /** Code of the finding that explains this one. */
  readonly explainedBy?: FindingCode;
  /** Canonical id of the lot or product whose missing registration may be the cause: findings that share it are folded. */
  readonly cause?: string | undefined;
}

/** What a rule says that has nothing to say. */
export const NO_FINDINGS: readonly Finding[] = Object.freeze([]);

/** Most references a finding carries; a lot's commissionings may be more, then its statements and the newest events are kept. */
export const PROOF_MAX = 1000;

/** What a rule gives; the rest is filled in from the table. */
export interface FindingDraft {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly subject: FindingSubject;
  /** Acts that prove it. */
  readonly acts: readonly Act[];
  /** Registry statements that prove it, by entry. */
  readonly facts?: readonly (number | undefined)[];
  readonly secondLine?: boolean;
  /** What the evidence says here, added to the table's sentence. */
  readonly detail?: string;
  readonly explains?: readonly FindingCode[];
  readonly explainedBy?: FindingCode;
  readonly cause?: string | undefined;
}

/** The finding of a draft: sorted proof, explanation, content-derived id. */
export function finding(draft: FindingDraft): Finding {
  assertObject('draft', draft);
  if (!Object.hasOwn(CODES, draft.code)) throw argumentRangeError('code', 'a finding code', 'another text');
  assertActs(draft.acts);
  assertObject('subject', draft.subject);
  assertArray('facts', draft.facts ?? [], Number.MAX_SAFE_INTEGER);
  const row = CODES[draft.code];
  let last: Act | undefined;
  for (const act of draft.acts) if (last === undefined || isLater(act, last)) last = act;
  const proof = proofOf(draft);
  const found: { -readonly [K in keyof Finding]: Finding[K] } = {
    id: findingId(draft.code, draft.severity, draft.subject, proof),
    code: draft.code,
    severity: draft.severity,
    evidence: row.evidence,
    subject: draft.subject,
    proof,
    last: last?.ref,
    lastEvents: last === undefined ? [] : [last.ref],
    count: 1,
    secondLine: draft.secondLine ?? false,
    explanation: draft.detail === undefined ? row.meaning : `${row.meaning.slice(0, -1)}: ${draft.detail}.`,
    remedy: row.remedy,
    equivalents: row.equivalents,
  };
  if (draft.explains !== undefined) found.explains = draft.explains;
  if (draft.explainedBy !== undefined) found.explainedBy = draft.explainedBy;
  if (draft.cause !== undefined) found.cause = draft.cause;
  return found;
}

/** How findings of severity 0, which are only recorded, are wanted: each with its proof and id, or no more than how many of which code. */
export type Records = 'told' | 'counted';

/** What stands for a finding of severity 0 where these are only counted: its code, and nothing of what it is about or rests on. */
export function counted(code: FindingCode): Finding {
  const known = COUNTED.get(code);
  if (known !== undefined) return known;
  if (!Object.hasOwn(CODES, assertText('code', code)))
    throw argumentRangeError('code', 'a finding code', 'another text');
  const { evidence, subjects, meaning, remedy, equivalents } = CODES[code];
  const one: Finding = Object.freeze({
    id: '',
    code,
    severity: 0,
    evidence,
    subject: Object.freeze({ type: subjects[0]!, id: '' }),
    proof: NO_REFS,
    last: undefined,
    lastEvents: NO_REFS,
    count: 1,
    secondLine: false,
    explanation: meaning,
    remedy,
    equivalents,
  });
  COUNTED.set(code, one);
  return one;
}

const COUNTED = new Map<FindingCode, Finding>();
const NO_REFS: readonly EventRef[] = Object.freeze([]);

/** What proves a draft: each reference once. */
function proofOf({ acts, facts = NO_FACTS }: FindingDraft): readonly EventRef[] {
  if (acts.length === 1 && facts.length === 0) return [acts[0]!.ref];
  const refs = new Map<string, EventRef>();
  for (const { ref } of acts) refs.set(refKey(ref), ref);
  for (const entry of facts) {
    if (entry !== undefined) refs.set(`${entry}/-1`, { entry, event: -1 });
  }
  return newestRefs([...refs.values()]);
}

const NO_FACTS: readonly undefined[] = Object.freeze([]);

/** Severity with which a finding enters the verdict on its subject: a second line's at L2 at most. */
export function verdictSeverity(found: Pick<Finding, 'severity' | 'secondLine'>): Severity {
  assertObject('found', found);
  return found.secondLine && found.severity > 2 ? 2 : found.severity;
}

/** Order of references: as they stand in the log. */
export function compareRefs(a: EventRef, b: EventRef): number {
  assertObject('a', a);
  assertObject('b', b);
  return a.entry - b.entry || a.event - b.event;
}

/** Order in which findings are listed: worst first, then code, subject and id. */
export function compareFindings(a: Finding, b: Finding): number {
  assertFinding(a);
  assertFinding(b);
  return (
    b.severity - a.severity ||
    compareText(a.code, b.code) ||
    compareText(a.subject.id, b.subject.id) ||
    compareText(a.id, b.id)
  );
}

/** Order of strings by UTF-16 unit: the same everywhere. */
export function compareText(a: string, b: string): number {
  assertText('a', a);
  assertText('b', b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** At most {@link PROOF_MAX} references in log order: registry statements first of all, then the newest events. */
export function newestRefs(refs: readonly EventRef[]): readonly EventRef[] {
  for (const ref of assertArray('refs', refs, Number.MAX_SAFE_INTEGER)) assertObject('ref', ref as EventRef);
  const sorted = [...refs].sort(compareRefs);
  if (sorted.length <= PROOF_MAX) return sorted;
  const facts = sorted.filter(({ event }) => event === -1).slice(-PROOF_MAX);
  const events = sorted.filter(({ event }) => event !== -1).slice(facts.length - PROOF_MAX || Infinity);
  return [...facts, ...events].sort(compareRefs);
}

/** Of any number of acts, those that a finding can name: the newest {@link PROOF_MAX}, and the one that is last in event time. */
export function provingActs(acts: readonly Act[]): Act[] {
  assertActs(acts);
  if (acts.length <= PROOF_MAX) return [...acts];
  const newest = [...acts].sort((a, b) => compareRefs(b.ref, a.ref)).slice(0, PROOF_MAX);
  let last = acts[0]!;
  for (const act of acts) if (isLater(act, last)) last = act;
  return [...newest, last];
}

/** A reference as a map key. */
export function refKey(ref: EventRef): string {
  assertInteger('entry', assertObject('ref', ref).entry, -1);
  return `${ref.entry}/${ref.event}`;
}

/** The content-derived id of a finding. */
export function findingId(
  code: FindingCode,
  severity: Severity,
  subject: FindingSubject,
  proof: readonly EventRef[],
): string {
  assertObject('subject', subject);
  assertText('code', code);
  assertInteger('severity', severity, 0, 4);
  assertArray('proof', proof, Number.MAX_SAFE_INTEGER);
  // What JSON.stringify would write; only the subject's id may need its escapes.
  let content = `["${code}",${severity},"${subject.type}",${JSON.stringify(subject.id)},[`;
  for (let i = 0; i < proof.length; i++) content += `${i === 0 ? '' : ','}"${refKey(proof[i]!)}"`;
  content += ']]';
  return toBase64url(sha256(encoded(content)).subarray(0, 16));
}

/** UTF-8 of a short text, valid until the next one: ids are plain, and there are many. */
function encoded(text: string): Uint8Array {
  if (text.length > scratch.length) return utf8Encode(text);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return utf8Encode(text);
    scratch[i] = unit;
  }
  return scratch.subarray(0, text.length);
}

const scratch = new Uint8Array(1024);

function isLater(a: Act, b: Act): boolean {
  return a.timeMs !== b.timeMs ? a.timeMs > b.timeMs : compareRefs(a.ref, b.ref) > 0;
}

/** Returns `found` if it has the parts of a finding. */
export function assertFinding(found: Finding): Finding {
  assertObject('found', found);
  assertText('code', found.code);
  assertText('id', found.id);
  assertText('subject.id', assertObject('subject', found.subject).id);
  assertArray('proof', found.proof, Number.MAX_SAFE_INTEGER);
  return found;
}
