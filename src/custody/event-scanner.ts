// Browser-safe.
/**
 * Documents of events of known forms, read as bytes: where each part of each act stands, and neither text nor object for any of it.
 *
 * Reads  mould.ts, span-set.ts, the kernel (kernel/assembly/scan.ts).   Used by  event-reader.ts; audit/ packs what it finds.
 * Why    an audit packs nearly every act it reads: most of a text, of its parts and of an act would be made only to be taken apart.
 * Rule   what is read is what the mould of the form reads, which is the oracle of the tests. A document is read whole or not at all,
 *        and never where there is no kernel.
 * Never  says anything in doubt: what is not of the plainest spelling is left to the mould, and by that to the strict reader.
 * @module
 */
import { assertBytes, assertText, parseTime, utf8Encode } from '../bytes/index.ts';
import { isKernelMade, kernel } from '../crypto/kernel.ts';
import { canonicalId } from '../gs1/index.ts';
import type { ActMore } from './act-more.ts';
import type { Step } from './act.ts';
import { IDS_MAX } from './mould-ids.ts';
import type { MouldForm } from './mould.ts';
import { SpanSet } from './span-set.ts';

/** Units that follow one another in the list of an act: of one product, their serial numbers of one length. */
export interface ScannedUnits {
  /** What their ids begin with: all to the last slash. */
  readonly family: string;
  /** Where the end of the first id stands, how long that is, how many ids there are, and how far each is from the one before. */
  readonly serialAt: number;
  readonly serialLength: number;
  readonly count: number;
  readonly stride: number;
}

/** One act of units. Places of its texts are those in the bytes that were scanned; all texts are ASCII. */
export interface ScannedAct {
  readonly step: Step;
  readonly timeMs: number;
  /** Where its event id stands; both 0 if it has none. */
  readonly eventIdAt: number;
  readonly eventIdEnd: number;
  /** Its units in their order, of which the first `runCount` are meant, and how many they are together. */
  readonly runs: readonly ScannedUnits[];
  readonly runCount: number;
  readonly count: number;
  /** Where the list of their ids stands, brackets included: what JSON.stringify makes of it. */
  readonly listAt: number;
  readonly listEnd: number;
  readonly place: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly toPlace: string | undefined;
  readonly lot: string | undefined;
  readonly expiry: string | undefined;
  readonly actIdAt: number;
  readonly actIdEnd: number;
  readonly doses: number;
  readonly more: ActMore | undefined;
}

/** The acts of one payload, in the order of its events, good until the next is scanned. No subject is named twice. */
export interface ScannedActs {
  readonly bytes: Uint8Array;
  /** Where the same bytes stand in the memory of this thread's kernel. */
  readonly textAt: number;
  /** How many of `acts` are meant. */
  readonly count: number;
  readonly acts: readonly ScannedAct[];
}

/** What the kernel has for this: see kernel/assembly/scan.ts. */
interface ScanKernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  scanTables(): number;
  scanKeep(bytes: number): number;
  scanForget(): void;
  scanKnown(frames: number, forms: number): void;
  scanLearn(kind: number, start: number, end: number, number: number): number;
  scan(length: number): number;
}

/** Its tables, as long as its memory is the same. */
interface Views {
  readonly engine: ScanKernel;
  readonly classes: Uint8Array;
  readonly frames: Uint32Array;
  readonly forms: Uint32Array;
  readonly text: Uint8Array;
  readonly records: Int32Array;
  readonly runs: Int32Array;
  /** The last of its addresses: where the day stands. */
  readonly day: Uint32Array;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type WritableAct = Writable<Omit<ScannedAct, 'runs'>> & { readonly runs: Writable<ScannedUnits>[] };

// Sizes, kinds and classes of kernel/assembly/scan.ts.
const TEXT_BYTES = 65_536;
const FRAMES_MAX = 8;
const FRAME_WORDS = 6;
const FORMS_MAX = 32;
const SLOTS_MAX = 24;
const FORM_WORDS = 1 + 3 * (SLOTS_MAX + 1);
const EVENTS_MAX = 640;
const HEAD_WORDS = 4;
const RECORD_WORDS = HEAD_WORDS + 2 * SLOTS_MAX;
const RUN_WORDS = 4;
const RUNS_MAX = 1024;
const KINDS = { time: 0, uri: 1, quotedUri: 2, ids: 3, random: 4, name: 5, lot: 6, text: 7, family: 8 };
const CLASS_BYTES = 32;
const CLASSES = [
  /[A-Za-z]/,
  /[A-Za-z0-9+.-]/,
  /[!#$&-;=?-Z[\]_a-z~]/,
  /[\w.-]/,
  /[A-Za-z0-9._~:-]/,
  /[!%-?A-Z_a-z]/,
  /[ !#-[\]-~]/,
];

const DAY_BYTES = 'YYYY-MM-DDT'.length;
const FAMILY_BYTES = 'https://id.gs1.org/01/09506000134352/21/'.length;
const FAMILY = /^https:\/\/id\.gs1\.org\/01\/\d{14}\/21\/$/;
/** Longer words are made anew each time. */
const WORD_BYTES_MAX = 200;

/** Whose frames, forms and words this thread's kernel has. */
let owner: object | undefined;

/** Scans payloads for forms it has learnt. Bounded memory. */
export class EventScanner {
  readonly #frames: (readonly Uint8Array[])[] = [];
  readonly #forms: MouldForm[] = [];
  readonly #subjects = new SpanSet();
  readonly #acts: WritableAct[] = [];
  /** Stands for this among those whom a kernel may know. */
  readonly #name = {};
  #engine: ScanKernel | undefined;
  #views: Views | undefined;
  /** Words by the numbers the kernel knows them by. */
  #words: string[] = [''];
  /** Date and milliseconds of the day met last. */
  readonly #day = new Uint8Array(DAY_BYTES);
  #dayMs: number | undefined;

  /** Learns what stands around the events of documents: before the day they were written, between that and the events, behind them. */
  learnFrame(head: string, middle: string, tail: string): void {
    assertText('head', head);
    if (this.#frames.length === FRAMES_MAX) this.#frames.length = 0;
    this.#frames.push([head, middle, tail].map((text) => utf8Encode(text)));
    this.#forgo();
  }

  /** Learns a form, if it is one of those that are scanned. */
  learn(form: MouldForm): void {
    const { kinds, parts, example } = form;
    const isPlain = parts.ids !== 0 && parts.parent === 0 && example.parent === undefined;
    const lists = kinds.filter((kind) => kind === 'ids').length;
    if (!isPlain || example.scan !== undefined || lists !== 1 || kinds.length > SLOTS_MAX) return;
    if (kinds.includes('presented')) return;
    if (this.#forms.length === FORMS_MAX) this.#forms.length = 0;
    this.#forms.push(form);
    this.#forgo();
  }

  /** The acts of a payload, or undefined if it must be read another way. @param bytes - attacker-controlled. */
  scan(bytes: Uint8Array): ScannedActs | undefined {
    const { length } = assertBytes('bytes', bytes);
    if (this.#forms.length === 0 || length > TEXT_BYTES || !this.#hasKernel()) return undefined;
    const views = this.#viewsOf(this.#engine!);
    views.text.set(bytes);
    const count = this.#engine!.scan(length);
    if (count < 0 || this.#timeOf(bytes, views.day[0]!) === undefined) return undefined;
    let subjects = 0;
    let run = 0;
    for (let event = 0; event < count; event++) {
      const act = (this.#acts[event] ??= newAct());
      if (!this.#take(bytes, views.records, event * RECORD_WORDS, act)) return undefined;
      if (!this.#takeUnits(bytes, views.runs, run, act)) return undefined;
      run += act.runCount;
      subjects += act.count + 1;
    }
    if (!this.#areDistinct(bytes, count, subjects)) return undefined;
    return { bytes, textAt: views.text.byteOffset, count, acts: this.#acts };
  }

  /** Lets the kernel be told anew. */
  #forgo(): void {
    if (owner === this.#name) owner = undefined;
  }

  /** True if this thread has a kernel, which then knows what this has learnt. */
  #hasKernel(): boolean {
    const engine = isKernelMade() ? (kernel() as Partial<ScanKernel> | undefined) : undefined;
    if (engine === this.#engine && owner === this.#name) return engine !== undefined;
    this.#engine = undefined;
    if (engine?.scanTables === undefined) return false;
    this.#engine = engine as ScanKernel;
    if (!this.#tell(this.#engine)) return false;
    owner = this.#name;
    return true;
  }

  /** Tells a kernel what was learnt; false if it has no room for it. */
  #tell(engine: ScanKernel): boolean {
    engine.scanForget();
    this.#words = [''];
    const { classes, frames, forms } = this.#viewsOf(engine);
    for (const [i, pattern] of CLASSES.entries()) {
      classes.set(classOf(pattern), i * CLASS_BYTES);
    }
    const kept = new Map<string, number>();
    for (const [i, texts] of this.#frames.entries()) {
      for (const [part, text] of texts.entries()) {
        frames[i * FRAME_WORDS + 2 * part] = this.#keep(engine, text);
        frames[i * FRAME_WORDS + 2 * part + 1] = text.length;
      }
    }
    for (const [i, { literals, kinds, parts }] of this.#forms.entries()) {
      let at = i * FORM_WORDS;
      forms[at++] = kinds.length;
      for (const [slot, literal] of literals.entries()) {
        const text = utf8Encode(literal);
        const place = kept.get(literal) ?? this.#keep(engine, text);
        kept.set(literal, place);
        const kind = kinds[slot] as Exclude<MouldForm['kinds'][number], 'presented'> | undefined;
        forms[at++] = place;
        forms[at++] = text.length;
        forms[at++] = kind === undefined ? 0 : KINDS[kindOf(kind, slot + 1, parts)];
      }
    }
    if ([...kept.values()].includes(0) || frames[0] === 0) return false;
    engine.scanKnown(this.#frames.length, this.#forms.length);
    return true;
  }

  /** Where the kernel has a text from now on; 0 if it has no room. */
  #keep(engine: ScanKernel, text: Uint8Array): number {
    const at = engine.scanKeep(text.length);
    if (at !== 0) new Uint8Array(engine.memory.buffer, at, text.length).set(text);
    return at;
  }

  #viewsOf(engine: ScanKernel): Views {
    // Views of memory that has grown since are empty.
    if (this.#views !== undefined && this.#views.engine === engine && this.#views.text.length > 0)
      return this.#views;
    const { buffer } = engine.memory;
    const table = engine.scanTables();
    const [classes, frames, forms, text, records, runs] = new Uint32Array(buffer, table, 6);
    this.#views = {
      engine,
      classes: new Uint8Array(buffer, classes, CLASSES.length * CLASS_BYTES),
      frames: new Uint32Array(buffer, frames, FRAMES_MAX * FRAME_WORDS),
      forms: new Uint32Array(buffer, forms, FORMS_MAX * FORM_WORDS),
      text: new Uint8Array(buffer, text, TEXT_BYTES),
      records: new Int32Array(buffer, records, EVENTS_MAX * RECORD_WORDS),
      runs: new Int32Array(buffer, runs, RUNS_MAX * RUN_WORDS),
      day: new Uint32Array(buffer, table + 24, 1),
    };
    return this.#views;
  }

  /** Makes an act of the record at word `at`; false if there is anything in it that only a closer look can tell. */
  #take(bytes: Uint8Array, records: Int32Array, at: number, act: WritableAct): boolean {
    const { parts, example } = this.#forms[records[at]!]!;
    const timeMs = this.#timeOf(bytes, startAt(records, at, parts.time));
    if (timeMs === undefined) return false;
    act.step = example.step;
    act.timeMs = timeMs;
    act.eventIdAt = startAt(records, at, parts.eventId);
    act.eventIdEnd = endAt(records, at, parts.eventId);
    act.listAt = records[at + 1]!;
    act.listEnd = records[at + 2]!;
    act.runCount = records[at + 3]!;
    act.place = this.#wordAt(bytes, records, at, parts.place, KINDS.name);
    act.from = this.#wordAt(bytes, records, at, parts.from, KINDS.name);
    act.to = this.#wordAt(bytes, records, at, parts.to, KINDS.name);
    act.toPlace = this.#wordAt(bytes, records, at, parts.toPlace, KINDS.name);
    act.lot = this.#wordAt(bytes, records, at, parts.lot, KINDS.lot);
    act.expiry = this.#wordAt(bytes, records, at, parts.expiry, KINDS.text);
    act.actIdAt = startAt(records, at, parts.actId);
    act.actIdEnd = endAt(records, at, parts.actId);
    act.doses = example.doses;
    act.more = example.more;
    return true;
  }

  /** Takes its units, the first of which are run `first`; false if their ids may not be canonical. */
  #takeUnits(bytes: Uint8Array, runs: Int32Array, first: number, act: WritableAct): boolean {
    act.count = 0;
    for (let i = 0, at = first * RUN_WORDS; i < act.runCount; i++, at += RUN_WORDS) {
      const family = this.#familyAt(bytes, runs, at + 3);
      if (family === undefined) return false;
      const units = (act.runs[i] ??= newUnits());
      units.family = family;
      units.serialAt = runs[at]!;
      units.count = runs[at + 1]!;
      units.serialLength = runs[at + 2]!;
      units.stride = FAMILY_BYTES + units.serialLength + 3;
      act.count += units.count;
    }
    return true;
  }

  /** What a part stands for; undefined if events of the form do not have it. */
  #wordAt(
    bytes: Uint8Array,
    records: Int32Array,
    at: number,
    part: number,
    kind: number,
  ): string | undefined {
    if (part === 0) return undefined;
    const number = records[at + HEAD_WORDS + 2 * part - 1]!;
    if (number > 0) return this.#words[number]!;
    const end = endAt(records, at, part);
    const text = asciiText(bytes, -number, end);
    const word =
      kind === KINDS.name ? (canonicalId(text) ?? text) : kind === KINDS.text ? text.slice(0, 10) : text;
    this.#learnWord(kind, -number, end, word);
    return word;
  }

  /** What the ids begin with, if ids that begin so are canonical: all of a family are if one is. */
  #familyAt(bytes: Uint8Array, records: Int32Array, at: number): string | undefined {
    const number = records[at]!;
    if (number > 0) return this.#words[number]!;
    const family = asciiText(bytes, -number, -number + FAMILY_BYTES);
    const unit = `${family}AA`;
    if (!FAMILY.test(family) || canonicalId(unit) !== unit) return undefined;
    this.#learnWord(KINDS.family, -number, -number + FAMILY_BYTES, family);
    return family;
  }

  /** Has the kernel know a word; where it has no room, it begins anew with the next payload. */
  #learnWord(kind: number, start: number, end: number, word: string): void {
    if (end - start > WORD_BYTES_MAX) return;
    const number = this.#words.push(word) - 1;
    if (this.#engine!.scanLearn(kind, start, end, number) === 0) this.#forgo();
  }

  /** Milliseconds of the time at `at`; undefined if that is none of the form this library writes. */
  #timeOf(bytes: Uint8Array, at: number): number | undefined {
    const day = this.#day;
    for (let i = 0; i < DAY_BYTES; i++) {
      if (bytes[at + i] === day[i]) continue;
      day.set(bytes.subarray(at, at + DAY_BYTES));
      this.#dayMs = parseTime(`${asciiText(bytes, at, at + DAY_BYTES)}00:00:00.000Z`);
      break;
    }
    const [hour, minute] = [digits(bytes, at + 11, 2), digits(bytes, at + 14, 2)];
    const [second, rest] = [digits(bytes, at + 17, 2), digits(bytes, at + 20, 3)];
    const isPlain = bytes[at + 13] === COLON && bytes[at + 16] === COLON && bytes[at + 19] === POINT;
    if (!isPlain || bytes[at + 23] !== ZULU || (hour | minute | second | rest) < 0) return undefined;
    if (this.#dayMs === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
    return this.#dayMs + hour * 3_600_000 + minute * 60_000 + second * 1000 + rest;
  }

  /** True if no unit and no event id is named twice. */
  #areDistinct(bytes: Uint8Array, count: number, subjects: number): boolean {
    const acts = this.#acts;
    if (count === 1 && acts[0]!.count === 1) return true;
    if (subjects > IDS_MAX) return false;
    const spans = this.#subjects;
    spans.begin(bytes, subjects);
    for (let event = 0; event < count; event++) {
      const { eventIdAt, eventIdEnd, runs, runCount } = acts[event]!;
      if (eventIdEnd > 0 && !spans.addSpread(eventIdAt, eventIdEnd)) return false;
      for (let run = 0; run < runCount; run++) {
        const { serialAt, serialLength, stride, count: units } = runs[run]!;
        for (let unit = 0, at = serialAt; unit < units; unit++, at += stride) {
          if (!spans.addEnding(at - FAMILY_BYTES, at + serialLength)) return false;
        }
      }
    }
    return true;
  }
}

const COLON = 0x3a;
const POINT = 0x2e;
const ZULU = 0x5a;
const ZERO = 0x30;

/** Where a part begins, behind its quote; 0 if there is none. */
function startAt(records: Int32Array, at: number, part: number): number {
  return part === 0 ? 0 : records[at + HEAD_WORDS + 2 * part - 1]!;
}

/** Where a part ends, before its quote; 0 if there is none. */
function endAt(records: Int32Array, at: number, part: number): number {
  return part === 0 ? 0 : records[at + HEAD_WORDS + 2 * part - 2]! - 1;
}

/** The number that so many digits write; negative if they are none. */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = bytes[i]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** How the kernel reads a slot: a URI is a name only where it is a part of the act. */
function kindOf(
  kind: Exclude<MouldForm['kinds'][number], 'presented'>,
  capture: number,
  { place, from, to, toPlace }: MouldForm['parts'],
): keyof typeof KINDS {
  return kind === 'uri' && [place, from, to, toPlace].includes(capture) ? 'name' : kind;
}

/** The text of bytes that are ASCII; of others, one character each. */
function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

/** A class of bytes as the kernel wants it: a bit for each high half that a low half may have, then that bit of each high half. */
function classOf(pattern: RegExp): Uint8Array {
  const table = new Uint8Array(CLASS_BYTES);
  for (let high = 0; high < 8; high++) {
    table[16 + high] = 1 << high;
    for (let low = 0; low < 16; low++) {
      if (pattern.test(String.fromCharCode(16 * high + low))) table[low]! |= 1 << high;
    }
  }
  return table;
}

function newAct(): WritableAct {
  return {
    step: 'other',
    timeMs: 0,
    eventIdAt: 0,
    eventIdEnd: 0,
    runs: [newUnits()],
    runCount: 0,
    count: 0,
    listAt: 0,
    listEnd: 0,
    place: undefined,
    from: undefined,
    to: undefined,
    toPlace: undefined,
    lot: undefined,
    expiry: undefined,
    actIdAt: 0,
    actIdEnd: 0,
    doses: 1,
    more: undefined,
  };
}

function newUnits(): Writable<ScannedUnits> {
  return { family: '', serialAt: 0, serialLength: 0, count: 0, stride: 0 };
}
