// Browser-safe.
/**
 * What an audit keeps for the next: how entries are found again by what they name, what was found of which subject, and when time alone
 * may change that.
 *
 * Reads  runs.ts, memory.ts, judgement/.   Used by  range.ts (keys), judging.ts (a keeper), audit.ts (writes), ledger/audit-on.ts (reads).
 * Source design section 5 "Incremental"; decision 0027.
 * Rule   what is kept is made of the entries alone, never of derived data.
 * @module
 */
import { assertInteger, assertObject, assertText } from '../bytes/index.ts';
import { idsOf, isContainer, subjectKind, type Act } from '../custody/index.ts';
import {
  consulted,
  correctionIds,
  wakesAt,
  type Finding,
  type FindingCode,
  type SubjectView,
} from '../judgement/index.ts';
import { textHash } from './routing.ts';
import {
  ENTRIES_MAX,
  entriesEndFor,
  NUMBER_END,
  packRun,
  rangeOf,
  writeRun,
  type NumberRange,
  type RunPlace,
} from './runs.ts';
import type { AuditMemory } from './memory.ts';
import { SpilledBlocks, type Runs, type Spill } from './spill.ts';
import type { Summary } from './summary.ts';

/** Key of an event id, of the corrections that name one, of subjects whose judgement asks for a unit, of what is only recorded. */
export const keyText = Object.freeze({
  event: (eventId: string): string => `event ${eventId}`,
  corrects: (eventId: string): string => `corrects ${eventId}`,
  asks: (unit: string): string => `asks ${unit}`,
  records: (by: string): string => `records ${by}`,
});

/** Everything under which an act's entry must be found again. */
export function* namesOf(act: Act): Iterable<string> {
  for (const id of idsOf(act)) if (subjectKind(id) !== undefined) yield id;
  if (act.parent !== undefined && isContainer(act.parent)) yield act.parent;
  if (act.eventId !== undefined) yield keyText.event(act.eventId);
  if (act.step === 'correct') for (const id of correctionIds(act)) yield keyText.corrects(id);
}

/** What makes numbers of names and entries, and is the same for all runs of a log. */
export interface KeySpace {
  readonly seed: number;
  /** Above all entries that can be told, see {@link entriesEndFor}. */
  readonly entriesEnd: number;
}

/**
 * The numbers of all entries under a name. What most logs hold little of stands apart from what every event writes: to learn that there
 * is none of it takes few blocks, however many names are asked for.
 */
export function numbersOf(name: string, { seed, entriesEnd }: KeySpace): NumberRange {
  const hash = textHash(name, seed);
  return rangeOf(isRare(name) ? RARE_FIRST + (hash >>> 3) : Math.floor(hash * COMMON_SHARE), entriesEnd);
}

const COMMON_SHARE = 7 / 8;
const RARE_FIRST = 2 ** 32 * COMMON_SHARE;

function isRare(name: string): boolean {
  return name.startsWith('asks ') || name.startsWith('corrects ') || name.startsWith('records ');
}

/** Keys of the acts of some entries, as numbers of a run. */
export class KeyWriter {
  readonly #space: KeySpace;
  #numbers = new Float64Array(1024);
  #length = 0;

  constructor(space: KeySpace) {
    assertObject('space', space);
    assertInteger('seed', space.seed);
    assertInteger('entriesEnd', space.entriesEnd, 1);
    this.#space = space;
  }

  /** Adds the entry of an act under all it names. */
  add(act: Act): void {
    for (const name of namesOf(act)) this.addName(name, act.ref.entry);
  }

  addName(name: string, entry: number): void {
    const number = numbersOf(name, this.#space).first + entry;
    if (this.#length === this.#numbers.length) {
      const grown = new Float64Array(2 * this.#length);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers[this.#length++] = number;
  }

  /** All numbers, sorted; the writer is empty again. */
  finish(): Float64Array {
    const numbers = this.#numbers.slice(0, this.#length);
    this.#length = 0;
    return numbers.sort();
  }
}

/** What was found by judging some subjects, subject by subject; "unit …", "container …", "code …" or "event …". */
export interface Kept {
  /** At L1 and above. */
  readonly findings: readonly (readonly [by: string, found: Finding])[];
  /** Subjects of which something is only recorded. */
  readonly records: readonly string[];
  /** Numbers of a run: when to look again at what an entry names, by {@link wakeNumber}. */
  readonly wakes: readonly number[];
  /** Units that the judgement of what an entry names asks for. */
  readonly asks: readonly (readonly [unit: string, entry: number])[];
}

/** Collects what is found of subjects, for whoever goes on from this audit. */
export class Keeper {
  #findings: (readonly [string, Finding])[] = [];
  #records = new Set<string>();
  #wakes = new Set<number>();
  #asks: (readonly [string, number])[] = [];

  /** Adds what was found of a subject. */
  found(by: string, findings: readonly Finding[]): void {
    assertText('by', by);
    for (const one of findings) {
      if (one.severity > 0) this.#findings.push([by, one]);
      else this.#records.add(by);
    }
  }

  /** Notes until when what was found holds, and which units were asked for; `entry` names the subject. */
  seen(view: SubjectView, entry: number): void {
    this.wakes(wakesAt(view), view.asOfMs, entry);
    if (view.subject.type === 'unit') this.asks(consulted(view), entry);
  }

  wakes(wakeMs: number, asOfMs: number, entry: number): void {
    if (wakeMs !== Infinity) this.#wakes.add(wakeNumber(wakeMs <= asOfMs ? 0 : wakeMs, entry));
  }

  asks(units: readonly string[], entry: number): void {
    for (const unit of units) this.#asks.push([unit, entry]);
  }

  /** All of it; the keeper is empty again. */
  take(): Kept {
    const kept = {
      findings: this.#findings,
      records: [...this.#records],
      wakes: [...this.#wakes],
      asks: this.#asks,
    };
    this.#findings = [];
    this.#records = new Set();
    this.#wakes = new Set();
    this.#asks = [];
    return kept;
  }
}

/** Minutes are counted from here; nothing is recorded before. */
const WAKES_FROM_MS = 1_577_836_800_000;
const MINUTE_MS = 60_000;
/** Later than this, everything is looked at each time. */
const WAKES_END = 2 ** 24;

/** An entry whose subjects are to be looked at from a time on, as a number of a run; time 0 is "at every audit". */
export function wakeNumber(wakeMs: number, entry: number): number {
  return minuteOf(wakeMs) * ENTRIES_MAX + entry;
}

/** The entry of such a number. */
export function wokenEntry(number: number): number {
  return number % ENTRIES_MAX;
}

/** The numbers of all that is to be looked at again when time has moved from `beforeMs` to `asOfMs`. */
export function wakesBetween(beforeMs: number, asOfMs: number): readonly NumberRange[] {
  return [minutes(0, 1), minutes(minuteOf(beforeMs), minuteOf(asOfMs) + 1)];
}

function minutes(first: number, end: number): NumberRange {
  return { first: first * ENTRIES_MAX, end: end * ENTRIES_MAX };
}

function minuteOf(ms: number): number {
  if (ms === 0) return 0;
  const minute = Math.floor((ms - WAKES_FROM_MS) / MINUTE_MS);
  return Math.max(1, Math.min(minute, WAKES_END - 1));
}

/** Numbers in a bucket, about. */
const BUCKET_NUMBERS = 500_000;
const BUCKETS_MAX = 1024;

/** How many buckets the keys of a log have, a power of two. */
export function bucketsFor(size: number): number {
  let buckets = 1;
  while (buckets < BUCKETS_MAX && buckets * BUCKET_NUMBERS < 4 * size) buckets *= 2;
  return buckets;
}

/** First number of a bucket. */
export function bucketFirst(bucket: number, buckets: number): number {
  return (bucket * NUMBER_END) / buckets;
}

/** Bucket of a number. */
export function bucketOf(number: number, buckets: number): number {
  return Math.floor(number / (NUMBER_END / buckets));
}

/** Gathers what a whole audit keeps, and writes it. */
export class Keeping {
  readonly space: KeySpace;
  readonly findings: (readonly [string, Finding])[] = [];
  readonly records: Partial<Record<FindingCode, number>> = {};
  readonly #memory: AuditMemory;
  /** Keys of each bucket, range by range. */
  readonly #keys: SpilledBlocks;
  readonly #wakes: SpilledBlocks;
  readonly #buckets: number;
  readonly #more: KeyWriter;

  constructor(memory: AuditMemory, seed: number, spill: Spill, size: number) {
    this.space = { seed, entriesEnd: entriesEndFor(size) };
    this.#memory = memory;
    this.#keys = new SpilledBlocks(spill);
    this.#wakes = new SpilledBlocks(spill);
    this.#buckets = bucketsFor(size);
    this.#more = new KeyWriter(this.space);
  }

  /** Begins anew in the memory. */
  async begin(): Promise<void> {
    await this.#memory.renew();
  }

  /** Takes the sorted keys of a range, which are no longer the caller's. */
  addKeys(numbers: Float64Array): void {
    const ends = new Uint32Array(this.#buckets);
    let end = 0;
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      const first = bucketFirst(bucket + 1, this.#buckets);
      while (end < numbers.length && numbers[end]! < first) end++;
      ends[bucket] = end * 8;
    }
    this.#keys.add({ bytes: bytesOf(numbers), ends });
  }

  /** Takes what a task found. */
  add({ findings, records, wakes, asks }: Kept): void {
    for (const one of findings) this.findings.push(one);
    for (const by of records) this.#more.addName(keyText.records(by), 0);
    for (const [unit, entry] of asks) this.#more.addName(keyText.asks(unit), entry);
    if (wakes.length > 0) this.#wakes.add(oneRun(bytesOf(Float64Array.from(wakes))));
  }

  /** Adds findings about what is never judged again. */
  found(findings: readonly Finding[]): void {
    for (const one of findings) {
      if (one.severity > 0) this.findings.push(['', one]);
      else this.count(one.code, one.count);
    }
  }

  /** Counts what is only recorded. */
  count(code: FindingCode, count: number): void {
    this.records[code] = (this.records[code] ?? 0) + count;
  }

  /** Writes all runs. */
  async finish(): Promise<Pick<Summary, 'findings' | 'records' | 'space' | 'buckets' | 'levels' | 'wakes'>> {
    const buckets: RunPlace[] = [];
    for (let bucket = 0; bucket < this.#buckets; bucket++)
      buckets.push(await this.#write(this.#keys, bucket));
    const levels = [await writeRun(this.#memory, packRun(this.#more.finish()))];
    const { findings, records, space } = this;
    return { findings, records, space, buckets, levels, wakes: [await this.#write(this.#wakes, 0)] };
  }

  async #write(blocks: SpilledBlocks, bucket: number): Promise<RunPlace> {
    const { bytes } = await blocks.read(bucket);
    return writeRun(this.#memory, packRun(new Float64Array(bytes.buffer)));
  }
}

function bytesOf(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** A block of one run. */
function oneRun(bytes: Uint8Array): Runs {
  return { bytes, ends: Uint32Array.of(bytes.length) };
}
