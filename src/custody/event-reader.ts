// Browser-safe.
/**
 * Documents of events read by moulds: the acts of a payload, straight from its text.
 *
 * Reads  mould.ts, event-scanner.ts, epcis/ (contexts).   Used by  statement-reader.ts.
 * Rule   an event that fits no mould is read by itself, the simple way, and learnt from; a payload that is strange otherwise is left
 *        to the strict reader whole: nothing is said in doubt.
 * Note   learning costs more than reading, so it is paid for: so much at first, then a part of what moulds saved, and a little of what
 *        was read without them. Who writes a new form each time therefore gains nothing, and takes nothing from others for long.
 * @module
 */
import { parseTime, utf8Decode } from '../bytes/index.ts';
import { isOwnContext } from '../epcis/context.ts';
import { readEvent, type EpcisDocument, type EpcisEvent } from '../epcis/index.ts';
import { PAYLOAD_DEPTH_MAX } from '../statement/index.ts';
import { isPlainlyCanonical } from '../statement/spelling.ts';
import { actOfEvent, type Act, type ActSourceFacts } from './act.ts';
import { EventScanner, type ScannedActs } from './event-scanner.ts';
import { KnownNames, Mould, PATTERNS, escaped, isMouldable } from './mould.ts';

/** Text around the events of documents that differ in nothing but the day they were written. */
interface Frame {
  /** All before the first event, with the day in a capture. */
  readonly head: RegExp;
  /** All after the last one. */
  readonly tail: string;
}

const FRAMES_MAX = 8;
/** Moulds of one business step: there are so many ways to fill in the same form. */
const MOULDS_MAX = 8;
const STEPS_MAX = 64;
const STEP = '"bizStep":"';
const MARK = '\uE000';
const DOCUMENT_KEYS = '@context,creationDate,epcisBody,schemaVersion,type';
/** Events that may be learnt from before any was read, and how many must be read to learn from one more. */
const CREDIT_MAX = 64;
const READS_PER_CREDIT = 16;
/** And how many read alone: else a reader that spent all on forms nobody uses would never learn another. */
const READS_ALONE_PER_CREDIT = 256;
/** An event is the fourth level of a payload. */
const EVENT_DEPTH_MAX = PAYLOAD_DEPTH_MAX - 3;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Reads documents of events. Bounded memory. */
export class EventReader {
  readonly #frames: Frame[] = [];
  readonly #moulds = new Map<number, Mould[]>();
  readonly #names = new KnownNames();
  readonly #scanner = new EventScanner();
  #credit = CREDIT_MAX;
  /** Where the next business step stands in the text being read. */
  #stepAt = 0;

  /** The acts of a payload in the order of its events, or undefined if it must be read the simple way. */
  read(payload: Uint8Array, source: ActSourceFacts): Act[] | undefined {
    const text = textOf(payload);
    const frame = text === undefined ? undefined : this.#frameOf(text);
    if (text === undefined || frame === undefined) return undefined;
    const acts: Act[] = [];
    this.#stepAt = -1;
    for (let at = frame.head.lastIndex; ; at++) {
      const end = this.#read(text, at, acts, source);
      at = end < 0 ? this.#readAlone(text, payload, at, acts, source) : end;
      if (at < 0) return undefined;
      if (text.charCodeAt(at) === COMMA) continue;
      return text.slice(at) === frame.tail ? acts : undefined;
    }
  }

  /** Where the acts of a payload stand in its bytes, or undefined if it must be {@link read}, or read the simple way. */
  scan(payload: Uint8Array): ScannedActs | undefined {
    const scanned = this.#scanner.scan(payload);
    if (scanned !== undefined) this.#earn(scanned.count / READS_PER_CREDIT);
    return scanned;
  }

  /** Learns from a document that was read the simple way what stands around its events. */
  learn(document: EpcisDocument): void {
    if (!isOwnContext(document['@context'])) return;
    if (Object.keys(document).sort().join() === DOCUMENT_KEYS) this.#learnFrame(document);
  }

  #frameOf(text: string): Frame | undefined {
    for (const frame of this.#frames) {
      frame.head.lastIndex = 0;
      const found = frame.head.exec(text);
      if (found !== null) return parseTime(found[1]!) === undefined ? undefined : frame;
    }
    return undefined;
  }

  /** Reads the event at `at` onto `acts` by a mould and returns where it ends, or -1. */
  #read(text: string, at: number, acts: Act[], source: ActSourceFacts): number {
    if (this.#stepAt < at) {
      const found = text.indexOf(STEP, at);
      this.#stepAt = found < 0 ? text.length : found;
    }
    const moulds = this.#moulds.get(stepKey(text, this.#stepAt));
    if (moulds === undefined) return -1;
    for (let i = 0; i < moulds.length; i++) {
      const mould = moulds[i]!;
      const act = mould.read(text, at, acts.length, source, this.#names);
      if (act === undefined) continue;
      if (i > 0) {
        moulds.splice(i, 1);
        moulds.unshift(mould);
      }
      acts.push(act);
      this.#earn(1 / READS_PER_CREDIT);
      return mould.end;
    }
    return -1;
  }

  /** Reads one event the simple way, and learns from it; -1 if the whole payload is to be looked at. */
  #readAlone(text: string, payload: Uint8Array, at: number, acts: Act[], source: ActSourceFacts): number {
    // Where all is ASCII, places in the text and in the bytes are the same.
    const end = text.length === payload.length ? endOfObject(text, at) : -1;
    if (end < 0 || !isPlainlyCanonical(payload.subarray(at, end), EVENT_DEPTH_MAX)) return -1;
    const event = eventOf(text.slice(at, end));
    // A context of its own may give words another meaning.
    if (event === undefined || event['@context' as keyof EpcisEvent] !== undefined) return -1;
    acts.push(actOfEvent(event, { entry: source.entry, event: acts.length }, source));
    this.#earn(1 / READS_ALONE_PER_CREDIT);
    if (this.#credit >= 1 && isMouldable(event)) this.#learnEvent(event);
    return end;
  }

  #earn(credit: number): void {
    this.#credit = Math.min(CREDIT_MAX, this.#credit + credit);
  }

  #learnFrame(document: EpcisDocument): void {
    const marked = { ...document, creationDate: MARK, epcisBody: { eventList: MARK } };
    const pieces = JSON.stringify(marked).split(MARK);
    if (pieces.length !== 3) return;
    const [head, middle, tail] = pieces as [string, string, string];
    if (!middle.endsWith('"eventList":"')) return;
    // The events stand between brackets, where their mark has quotes.
    const before = escaped(head.slice(0, -1)) + PATTERNS.time + escaped(`${middle.slice(1, -1)}[`);
    if (this.#frames.some((frame) => frame.head.source === before)) return;
    const after = `]${tail.slice(1)}`;
    this.#frames.unshift({ head: new RegExp(before, 'y'), tail: after });
    // The day has quotes as the mark has.
    this.#scanner.learnFrame(head, `${middle.slice(0, -1)}[`, after);
    if (this.#frames.length > FRAMES_MAX) this.#frames.pop();
  }

  #learnEvent(event: EpcisEvent): void {
    const text = JSON.stringify(event);
    const stepAt = text.indexOf(STEP);
    const key = stepKey(text, stepAt < 0 ? text.length : stepAt);
    const moulds = this.#moulds.get(key) ?? [];
    if (moulds.some((mould) => reads(mould, text, event))) return;
    this.#credit--;
    const mould = Mould.of(event);
    if (mould === undefined || !reads(mould, text, event)) return;
    moulds.unshift(mould);
    this.#scanner.learn(mould.form);
    if (moulds.length > MOULDS_MAX) moulds.pop();
    if (this.#moulds.size >= STEPS_MAX && !this.#moulds.has(key)) this.#moulds.clear();
    this.#moulds.set(key, moulds);
  }
}

const NOBODY: ActSourceFacts = Object.freeze({ entry: 0, recordTimeMs: 0, issuer: '', kid: '' });

/** True if a mould reads an event to the act that the simple way makes of it. */
function reads(mould: Mould, text: string, event: EpcisEvent): boolean {
  const act = mould.read(text, 0, 0, NOBODY, new KnownNames());
  if (act === undefined || mould.end !== text.length) return false;
  return JSON.stringify(act) === JSON.stringify(actOfEvent(event, { entry: 0, event: 0 }, NOBODY));
}

/** Tells business steps apart, by and large: length, first and last character. */
function stepKey(text: string, at: number): number {
  const start = at + STEP.length;
  const end = text.indexOf('"', start);
  return end < 0 ? 0 : ((end - start) << 14) ^ (text.charCodeAt(start) << 7) ^ text.charCodeAt(end - 1);
}

/** Where the object ends that begins at `at`, in text that is JSON; else anywhere, or -1. */
function endOfObject(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) i = endOfString(text, i);
    else if (unit === OPEN_BRACE) depth++;
    else if (unit === CLOSE_BRACE && --depth === 0) return i + 1;
    if (i < 0) return -1;
  }
  return -1;
}

/** Index of the quote that ends the string opened at `start`, or -1. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && text.charCodeAt(end - 1) === BACKSLASH) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((end - before) % 2 === 1) break;
    end = text.indexOf('"', end + 1);
  }
  return end;
}

function eventOf(text: string): EpcisEvent | undefined {
  try {
    return readEvent(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function textOf(payload: Uint8Array): string | undefined {
  try {
    return utf8Decode(payload);
  } catch {
    return undefined;
  }
}
