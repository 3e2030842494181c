// Browser-safe.
/**
 * Labels: what the signature on a presented code says, and which lot and expiry date a unit's label may name.
 *
 * Reads  registry/ (keys, lots), gs1/ (codes), crypto/ (signatures, one by one or in batches), label-memory.ts.   Used by  faults.ts, capture-errors.ts, signatures.ts, ledger/.
 * Source design section 3 (AI 91, AI 92); `findings.md` SG-02, SG-03, ID-06, ID-07; day 00 is the last day of its month.
 * Never  says that a pack is genuine: a label can be photocopied.
 * @module
 */
import { cutFree, equalBytes } from '../bytes/index.ts';
import { BatchVerifier, verify } from '../crypto/index.ts';
import type { Act, Timeline } from '../custody/index.ts';
import {
  CODE_LENGTH_MAX,
  labelKeyId,
  lotId,
  parseCode,
  unitCodeMessage,
  type PresentedCode,
} from '../gs1/index.ts';
import { MESSAGE_ROOM, writeReadMessage } from '../gs1/unit-code.ts';
import { assertRegistry, type KeyFact, type Registry } from '../registry/index.ts';
import { memoryOf, type LabelMemory } from './label-memory.ts';

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
  const key = keyOf(registry, code);
  if (typeof key === 'string') return key;
  const message = messageOf(code);
  return message !== undefined && verify(code.signature!, message, key.publicKey) ? 'valid' : 'invalid';
}

/** The verdict of a code, or the key that must have signed it. */
function keyOf(registry: Registry, { signature, product, keyId }: PresentedCode): LabelVerdict | KeyFact {
  if (signature === undefined || product === undefined) return 'unsigned';
  const manufacturer = registry.manufacturerOf(product);
  if (manufacturer === undefined) return 'unsigned';
  const key = registry.keysOf(manufacturer).find((one) => labelIdOf(one) === keyId);
  if (key === undefined) return 'key-unknown';
  return signature.length === SIGNATURE_BYTES ? key : 'invalid';
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

const UNREADABLE: Label = Object.freeze({ code: undefined, verdict: 'unsigned' });

/** What was presented, read and verified once for each text and state of the registry, while it is remembered. */
export function labelOf(registry: Registry, presented: string): Label {
  if (presented.length > CODE_LENGTH_MAX) return UNREADABLE;
  const memory = memoryOf(registry);
  let label = memory.get(presented);
  if (label === undefined) {
    const text = cutFree(presented);
    const parsed = parseCode(text);
    label = parsed.ok ? { code: parsed.code, verdict: codeVerdict(registry, parsed.code) } : UNREADABLE;
    memory.set(text, label);
  }
  return label;
}

/** A label read, whose verdict is still to come. */
interface OpenLabel {
  readonly presented: string;
  readonly code: PresentedCode;
  /** Its signature's number in the batch. */
  readonly item: number;
}

/**
 * Labels to be read and verified together, for whoever is about to ask for them: several times cheaper than one by one, and the same
 * verdicts. Who does not do so changes no finding.
 */
export class LabelBatch {
  readonly #registry: Registry;
  readonly #memory: LabelMemory;
  readonly #open: OpenLabel[] = [];
  readonly #met = new Set<string>();
  #read = 0;
  readonly #message = new Uint8Array(MESSAGE_ROOM);
  #batch: BatchVerifier | undefined;

  constructor(registry: Registry) {
    this.#registry = assertRegistry(registry);
    this.#memory = memoryOf(registry);
  }

  /** True once it has read {@link LABELS_BATCH_MAX} labels: it takes no more. */
  get isFull(): boolean {
    return this.#read >= LABELS_BATCH_MAX;
  }

  /**
   * Adds what an event presented, if it is not known already; nothing to a batch that is full.
   * Cost: one reading, and one signature unless the label before it was another spelling of the same.
   */
  add(text: string): void {
    if (this.isFull || text.length > CODE_LENGTH_MAX) return;
    if (this.#memory.get(text) !== undefined || this.#met.has(text)) return;
    this.#read++;
    const presented = cutFree(text);
    const parsed = parseCode(presented);
    if (!parsed.ok) return this.#memory.set(presented, UNREADABLE);
    const { code } = parsed;
    const key = keyOf(this.#registry, code);
    const item = typeof key === 'string' ? undefined : this.#itemOf(code, key);
    if (item === undefined) {
      this.#memory.set(presented, { code, verdict: typeof key === 'string' ? key : 'invalid' });
    } else {
      this.#met.add(presented);
      this.#open.push({ presented, code, item });
    }
  }

  /** Verifies what was added, and remembers it. */
  verify(): void {
    if (this.#batch === undefined) return;
    const verdicts = this.#batch.verify();
    for (const { presented, code, item } of this.#open)
      this.#memory.set(presented, { code, verdict: verdicts[item] === 1 ? 'valid' : 'invalid' });
    this.#open.length = 0;
    this.#met.clear();
  }

  /** Number of the code's signature in the batch: that of the code before, if it says and signs the same. */
  #itemOf(code: PresentedCode, { publicKey }: KeyFact): number | undefined {
    const before = this.#open.at(-1);
    if (before !== undefined && saysTheSame(before.code, code)) return before.item;
    const length = writeReadMessage(code, this.#message);
    if (length === 0) return undefined;
    this.#batch ??= new BatchVerifier();
    return this.#batch.add(code.signature!, this.#message.subarray(0, length), publicKey);
  }
}

/** True if both codes sign the same message with the same signature. */
function saysTheSame(a: PresentedCode, b: PresentedCode): boolean {
  if (a.unit !== b.unit || a.lot !== b.lot || a.expiry !== b.expiry || a.keyId !== b.keyId) return false;
  return equalBytes(a.signature!, b.signature!);
}

/** Most labels of one batch: more gain nothing, and a thread is busy with them for some 40 ms. */
export const LABELS_BATCH_MAX = 4096;

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
