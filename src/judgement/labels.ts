// Browser-safe.
/**
 * Labels: what the signature on a presented code says, and which lot and expiry date a unit's label may name.
 *
 * Reads  registry/ (keys, lots), gs1/ (codes), crypto/ (signatures, one by one or in batches).   Used by  faults.ts, capture-errors.ts, signatures.ts, ledger/.
 * Source design section 3 (AI 91, AI 92); `findings.md` SG-02, SG-03, ID-06, ID-07; day 00 is the last day of its month.
 * Never  says that a pack is genuine: a label can be photocopied.
 * @module
 */
import { BatchVerifier, verify, type SignedMessage } from '../crypto/index.ts';
import type { Act, Timeline } from '../custody/index.ts';
import { labelKeyId, lotId, parseCode, unitCodeMessage, type PresentedCode } from '../gs1/index.ts';
import { assertRegistry, type KeyFact, type Registry } from '../registry/index.ts';

/** What a presented code's signature says. */
export type LabelVerdict = 'unsigned' | 'valid' | 'invalid' | 'key-unknown';

/** Verdict on the signature of a presented code, against the keys of its product's manufacturer. Pure. */
export function labelVerdict(registry: Registry, presented: string): LabelVerdict {
  assertRegistry(registry);
  const parsed = parseCode(presented);
  return parsed.ok ? codeVerdict(registry, parsed.code) : 'unsigned';
}

/** {@link labelVerdict} of a code taken apart. */
export function codeVerdict(registry: Registry, code: PresentedCode): LabelVerdict {
  const question = questionOf(registry, code);
  if (typeof question === 'string') return question;
  return verify(question.signature, question.message, question.publicKey) ? 'valid' : 'invalid';
}

/** The verdict of a code, or the one signature that decides it. */
function questionOf(registry: Registry, code: PresentedCode): LabelVerdict | SignedMessage {
  const { signature, product, keyId } = code;
  if (signature === undefined || product === undefined) return 'unsigned';
  const manufacturer = registry.manufacturerOf(product);
  if (manufacturer === undefined) return 'unsigned';
  const key = registry.keysOf(manufacturer).find((one) => labelIdOf(one) === keyId);
  if (key === undefined) return 'key-unknown';
  if (signature.length !== SIGNATURE_BYTES) return 'invalid';
  const message = messageOf(code);
  return message === undefined ? 'invalid' : { signature, message, publicKey: key.publicKey };
}

const SIGNATURE_BYTES = 64;

/** What the manufacturer must have signed; undefined where a part of it is missing or misshaped. */
function messageOf({ gtin, serial, lot, expiry, keyId }: PresentedCode): Uint8Array | undefined {
  if (gtin === undefined || serial === undefined || lot === undefined) return undefined;
  if (expiry === undefined || keyId === undefined) return undefined;
  try {
    return unitCodeMessage({ gtin, serial, lot, expiry }, keyId);
  } catch {
    return undefined;
  }
}

const labelIds = new WeakMap<KeyFact, string>();

/** A key's label id: a hash of the key, made once. */
function labelIdOf(key: KeyFact): string {
  let id = labelIds.get(key);
  if (id === undefined) labelIds.set(key, (id = labelKeyId(key.publicKey)));
  return id;
}

/** A presented code read and verified: all that rules ask of it. */
export interface Label {
  /** Undefined for what cannot be read. */
  readonly code: PresentedCode | undefined;
  readonly verdict: LabelVerdict;
}

/** Labels of one state of a registry; a new fact may change any verdict. */
interface LabelMemory {
  readonly size: number;
  readonly labels: Map<string, Label>;
}

/** Labels remembered: the rules ask a dozen times in a row of those of one unit. */
const LABELS_REMEMBERED_MAX = 20_000;
const memories = new WeakMap<Registry, LabelMemory>();

function memoryOf(registry: Registry): Map<string, Label> {
  let memory = memories.get(registry);
  if (memory === undefined || memory.size !== registry.size || memory.labels.size >= LABELS_REMEMBERED_MAX) {
    memory = { size: registry.size, labels: new Map() };
    memories.set(registry, memory);
  }
  return memory.labels;
}

/** What was presented, read and verified once for each text and state of the registry. */
export function labelOf(registry: Registry, presented: string): Label {
  const memory = memoryOf(registry);
  let label = memory.get(presented);
  if (label === undefined) {
    const parsed = parseCode(presented);
    const code = parsed.ok ? parsed.code : undefined;
    label = { code, verdict: code === undefined ? 'unsigned' : codeVerdict(registry, code) };
    memory.set(presented, label);
  }
  return label;
}

/**
 * Verifies the signatures of all labels these acts present in one batch, for the rules that will ask: several times cheaper than
 * one by one, and the same verdicts. Whoever judges many units calls it for some hundred at a time; who does not changes no finding.
 * Cost: one reading and one signature for each label not met lately; at most {@link LABELS_BATCH_MAX} labels, the rest is left
 * to be verified when asked for.
 */
export function readLabels(registry: Registry, acts: Iterable<Act>): void {
  assertRegistry(registry);
  let memory = memoryOf(registry);
  const open: { readonly presented: string; readonly code: PresentedCode }[] = [];
  let batch: BatchVerifier | undefined;
  for (const { scan } of acts) {
    const presented = scan?.presented;
    if (presented === undefined || memory.has(presented)) continue;
    if (open.length >= LABELS_BATCH_MAX) break;
    const parsed = parseCode(presented);
    const question = parsed.ok ? questionOf(registry, parsed.code) : 'unsigned';
    if (typeof question === 'string') {
      memory.set(presented, { code: parsed.ok ? parsed.code : undefined, verdict: question });
    } else if (parsed.ok) {
      batch ??= new BatchVerifier();
      batch.add(question.signature, question.message, question.publicKey);
      open.push({ presented, code: parsed.code });
    }
  }
  if (batch === undefined) return;
  const verdicts = batch.verify();
  memory = memoryOf(registry);
  for (const [i, { presented, code }] of open.entries()) {
    memory.set(presented, { code, verdict: verdicts[i] === 1 ? 'valid' : 'invalid' });
  }
}

/** Most labels of one batch. */
export const LABELS_BATCH_MAX = 8192;

/** What labels of a registered unit may name. */
export interface Registered {
  readonly lots: readonly string[];
  /** `YYYY-MM-DD`. Empty where nobody said: then any day fits. */
  readonly expiries: readonly string[];
}

/**
 * Lots and expiry dates a unit was registered with, and the later dates its lot's statements extend it to. Where it was registered
 * twice (ID-12), each registration fits.
 */
export function registeredWith(registry: Registry, gtin: string | undefined, timeline: Timeline): Registered {
  const { size } = registry;
  const { commission, recommissions } = timeline;
  const isShared = recommissions.length === 0;
  const isAsked = asked !== undefined && asked.registry === registry && asked.size === size;
  if (isAsked && asked!.gtin === gtin) {
    if (asked!.timeline === timeline) return asked!.answer;
    if (isShared && asked!.isShared && asked!.timeline.commission === commission) return asked!.answer;
  }
  const answer = readRegistered(registry, gtin, timeline);
  asked = { registry, size, gtin, timeline, isShared, answer };
  return answer;
}

/** What was asked last: the rules ask once for each label of a unit, and units are commissioned many at a time. */
let asked:
  | {
      readonly registry: Registry;
      readonly size: number;
      readonly gtin: string | undefined;
      readonly timeline: Timeline;
      /** True where nothing but the commissioning, and the product, decides. */
      readonly isShared: boolean;
      readonly answer: Registered;
    }
  | undefined;

function readRegistered(
  registry: Registry,
  gtin: string | undefined,
  { commission, recommissions }: Timeline,
): Registered {
  const made = commission === undefined ? [] : [commission, ...recommissions];
  const lots = made.flatMap(({ lot }) => (lot === undefined ? [] : [lot]));
  const expiries = made.flatMap(({ expiry }) => (expiry === undefined ? [] : [lastDayFor00(expiry)]));
  const ids = gtin === undefined ? [] : lots.map((lot) => lotId(gtin, lot));
  for (const id of ids) {
    for (const { payload } of registry.lotSince(id, 0)) {
      const first = expiries[0];
      if (first === undefined || payload.expiry > first) expiries.push(payload.expiry);
    }
  }
  return { lots, expiries };
}

/**
 * True if an event presents the code the manufacturer signed for the unit it names, as it was registered: then no rule about
 * presented codes has anything to say.
 */
export function isSound(registry: Registry, timeline: Timeline, { scan, ids }: Act): boolean {
  if (scan?.presented === undefined || timeline.commission === undefined) return false;
  const { code, verdict } = labelOf(registry, scan.presented);
  if (verdict !== 'valid' || code?.unit !== timeline.subject || !ids.includes(timeline.subject)) return false;
  const { lots, expiries } = registeredWith(registry, code.gtin, timeline);
  return fits(code.lot, lots) && fits(code.expiry, expiries);
}

/** True if what a label says, if it says anything, is what was registered, if anything was. */
export function fits(said: string | undefined, registered: readonly string[]): boolean {
  return said === undefined || registered.length === 0 || registered.includes(said);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A month, or its day 00, is the last day of the month. */
export function lastDayFor00(day: string): string {
  const [, year, month] = /^(\d{4})-(\d\d)(?:-00)?$/.exec(day) ?? [];
  const days = DAYS[Number(month) - 1];
  if (year === undefined || days === undefined) return day;
  const y = Number(year);
  const isLeap = month === '02' && y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0);
  return `${year}-${month}-${days + (isLeap ? 1 : 0)}`;
}
