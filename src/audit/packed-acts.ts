// Browser-safe.
/**
 * Acts, packed: what an act says, exactly, in about a tenth of the memory of the object and with nothing for a garbage collector to walk.
 *
 * Reads  packing.ts, packed-ids.ts, words.ts, custody/ (acts).   Used by  streams.ts.
 * Rule   reading gives what was written, field by field and in the order of fields that the acts of custody/ have: their content is
 *        compared as text.
 * Method words that come again and again (parties, places, keys, lots) are written once a range, or once a run, and numbered from then
 *        on; the rare contents of an act are JSON, and equal ones become one object.
 * @module
 */
import {
  STEPS,
  NOTHING_MORE,
  type Act,
  type ActMore,
  type ActSourceFacts,
  type EventRef,
  type ScannedAct,
  type Step,
} from '../custody/index.ts';
import { extentOf } from '../custody/extent.ts';
import { cutLoose } from './cut-loose.ts';
import { joinIds, type IdBytes, type JoinedIds } from './joined-ids.ts';
import { IdReader, IdWriter, type Positions } from './packed-ids.ts';
import type { BytePlace, Packer, Unpacker } from './packing.ts';
import { readScan, writeScan } from './packed-scan.ts';
import { UnitTable, type IdList } from './unit-table.ts';
import { WordReader, WordWriter, type RangeWords } from './words.ts';

const STEP_NUMBERS = new Map<Step, number>(STEPS.map((step, number) => [step, number]));

const EVENT_ID = 1;
const PARENT = 2;
const PLACE = 4;
const FROM = 8;
const TO = 16;
const TO_PLACE = 32;
const LOT = 64;
const EXPIRY = 128;
const ACT_ID = 256;
const DOSES = 512;
const SCAN = 1024;
const MORE = 2048;

/** Those that are words. */
const WORDS = PARENT | PLACE | FROM | TO | TO_PLACE | LOT | EXPIRY;

/** Writes acts, in log order, into one packer; what it numbers holds until the packer is finished, and so does this. */
export class ActWriter {
  readonly #packer: Packer;
  readonly #words: WordWriter;
  readonly #ids: IdWriter;
  #entry = -1;
  #recordTimeMs = 0;

  constructor(packer: Packer, common?: RangeWords) {
    this.#packer = packer;
    this.#words = new WordWriter(packer, common);
    this.#ids = new IdWriter(packer, this.#words);
  }

  /** Begins anew, in a packer that is empty again. */
  renew(): void {
    this.#words.renew();
    this.#entry = -1;
    this.#recordTimeMs = 0;
  }

  /**
   * @param joined - its ids, if they were joined before.
   * @param own - positions of those that are meant; default all.
   * @param place - if there are such, where {@link idText} of all stands.
   */
  write(
    act: Act,
    joined: JoinedIds | undefined = joinIds(act.ids),
    own?: readonly number[],
    place?: BytePlace,
  ): void {
    const packer = this.#packer;
    const { ref, scan, more } = act;
    const flags = flagsOf(act);
    this.#begin(ref, act.recordTimeMs, flags, act);
    this.#words.write(act.actor);
    this.#words.write(act.kid);
    this.#ids.write(act.ids, joined, own, place);
    if (act.eventId !== undefined) packer.text(act.eventId);
    if (act.parent !== undefined) this.#words.write(act.parent);
    this.#wordsOf(act);
    if (act.actId !== undefined) packer.text(act.actId);
    if ((flags & DOSES) !== 0) packer.uint(act.doses);
    if (scan !== undefined) writeScan(packer, scan);
    if (more !== undefined) this.#words.write(moreText(more));
  }

  /**
   * Writes what {@link write} writes of the same act.
   * @param bytes - what it was found in; attacker-controlled, but for what the scan says of it.
   * @param own - positions of the ids that are meant, of which the first `count` count; default all.
   * @param place - if there are such, where the ends of all stand.
   */
  writeScanned(
    { entry, recordTimeMs, issuer, kid }: ActSourceFacts,
    event: number,
    act: ScannedAct,
    bytes: Uint8Array,
    own?: Positions,
    place?: BytePlace,
  ): void {
    const packer = this.#packer;
    const flags = flagsOfScanned(act);
    this.#begin({ entry, event }, recordTimeMs, flags, act);
    this.#words.write(issuer);
    this.#words.write(kid);
    this.#ids.writeScanned(act, bytes, own, place);
    if ((flags & EVENT_ID) !== 0) packer.span(bytes, act.eventIdAt, act.eventIdEnd);
    this.#wordsOf(act);
    if ((flags & ACT_ID) !== 0) packer.span(bytes, act.actIdAt, act.actIdEnd);
    if ((flags & DOSES) !== 0) packer.uint(act.doses);
    if (act.more !== undefined) this.#words.write(moreText(act.more));
  }

  /** The words any act may have, in the order they are read. */
  #wordsOf(act: Words): void {
    if (act.place !== undefined) this.#words.write(act.place);
    if (act.from !== undefined) this.#words.write(act.from);
    if (act.to !== undefined) this.#words.write(act.to);
    if (act.toPlace !== undefined) this.#words.write(act.toPlace);
    if (act.lot !== undefined) this.#words.write(act.lot);
    if (act.expiry !== undefined) this.#words.write(act.expiry);
  }

  #begin(
    { entry, event }: EventRef,
    recordTimeMs: number,
    flags: number,
    { step, timeMs }: { readonly step: Step; readonly timeMs: number },
  ): void {
    const packer = this.#packer;
    packer.uint(entry - this.#entry);
    if (entry !== this.#entry) {
      packer.int(recordTimeMs - this.#recordTimeMs);
      this.#entry = entry;
      this.#recordTimeMs = recordTimeMs;
    }
    packer.uint(event);
    packer.uint(flags);
    packer.uint(STEP_NUMBERS.get(step)!);
    packer.int(timeMs - recordTimeMs);
  }
}

/** What can be known of an act before it is read whole. */
export interface ReadableAct {
  readonly entry: number;
  readonly step: Step;
  /** True if it says more than most. */
  readonly isRich: boolean;
  /** True if it puts what it names into a container, or takes it out. */
  readonly isPacking: boolean;
  /** All of it, for as long as the run it was read from is at hand: it holds on to the texts of its range. */
  act(): Act;
  /** All of it, to be kept. */
  loose(): Act;
}

/** Reads what an {@link ActWriter} wrote, act by act. */
export class ActReader implements ReadableAct {
  readonly #packed: Unpacker;
  readonly #words: WordReader;
  readonly #ids: IdReader;
  readonly #mores = new Map<string, ActMore>();
  #entry = -1;
  #recordTimeMs = 0;
  #event = 0;
  #flags = 0;
  #step: Step = 'other';
  #timeMs = 0;
  #actor = '';
  #kid = '';
  #list: IdList | undefined;
  /** The act at hand; undefined until its rest is read. */
  #act: Act | undefined;
  #loose: Act | undefined;

  /**
   * @param common - words of the range.
   * @param idBytes - has the lists of which some are meant.
   */
  constructor(packed: Unpacker, units?: UnitTable, common: readonly string[] = [], idBytes?: IdBytes) {
    this.#packed = packed;
    this.#words = new WordReader(packed, common);
    this.#ids = new IdReader(packed, this.#words, units ?? new UnitTable(), idBytes);
  }

  get entry(): number {
    return this.#entry;
  }

  get step(): Step {
    return this.#step;
  }

  get isRich(): boolean {
    return (this.#flags & MORE) !== 0;
  }

  /** What does stands among the shared acts. */
  get isPacking(): boolean {
    return false;
  }

  read(): Act {
    this.begin();
    return this.act();
  }

  /** Reads the beginning of the next act, and what ids it names. Whoever begins calls {@link act} or {@link pass} before the next one. */
  begin(): IdList {
    const packed = this.#packed;
    this.#act = undefined;
    this.#loose = undefined;
    const ahead = packed.uint();
    if (ahead !== 0) {
      this.#entry += ahead;
      this.#recordTimeMs += packed.int();
    }
    this.#event = packed.uint();
    this.#flags = packed.uint();
    this.#step = STEPS[packed.uint()]!;
    this.#timeMs = this.#recordTimeMs + packed.int();
    this.#actor = this.#words.read();
    this.#kid = this.#words.read();
    return (this.#list = this.#ids.read());
  }

  act(): Act {
    if (this.#act !== undefined) return this.#act;
    const packed = this.#packed;
    const flags = this.#flags;
    this.#act = {
      ref: { entry: this.#entry, event: this.#event },
      recordTimeMs: this.#recordTimeMs,
      timeMs: this.#timeMs,
      step: this.#step,
      actor: this.#actor,
      kid: this.#kid,
      eventId: (flags & EVENT_ID) === 0 ? undefined : packed.text(),
      ids: this.#list!.ids,
      parent: (flags & PARENT) === 0 ? undefined : this.#words.read(),
      place: (flags & PLACE) === 0 ? undefined : this.#words.read(),
      from: (flags & FROM) === 0 ? undefined : this.#words.read(),
      to: (flags & TO) === 0 ? undefined : this.#words.read(),
      toPlace: (flags & TO_PLACE) === 0 ? undefined : this.#words.read(),
      lot: (flags & LOT) === 0 ? undefined : this.#words.read(),
      expiry: (flags & EXPIRY) === 0 ? undefined : this.#words.read(),
      actId: (flags & ACT_ID) === 0 ? undefined : packed.text(),
      doses: (flags & DOSES) === 0 ? 1 : packed.uint(),
      scan: (flags & SCAN) === 0 ? undefined : readScan(packed),
      more: (flags & MORE) === 0 ? undefined : this.#more(),
    };
    return this.#act;
  }

  loose(): Act {
    return (this.#loose ??= cutLoose(this.act()));
  }

  /** Goes to the end of the act at hand, if it was not read. */
  pass(): void {
    if (this.#act !== undefined) return;
    const packed = this.#packed;
    const flags = this.#flags;
    if ((flags & EVENT_ID) !== 0) packed.skipText();
    for (let word = flags & WORDS; word !== 0; word &= word - 1) this.#words.read();
    if ((flags & ACT_ID) !== 0) packed.skipText();
    if ((flags & DOSES) !== 0) packed.uint();
    if ((flags & SCAN) !== 0) readScan(packed);
    if ((flags & MORE) !== 0) this.#words.read();
  }

  #more(): ActMore {
    const text = this.#words.read();
    let more = this.#mores.get(text);
    if (more === undefined) {
      const said = JSON.parse(text) as ActMore;
      const [first] = said.readings;
      const extent = first === undefined ? undefined : extentOf(said.readings, first.device);
      more = extent === undefined ? { ...NOTHING_MORE, ...said } : { ...NOTHING_MORE, ...said, extent };
      this.#mores.set(text, more);
    }
    return more;
  }
}

/** What acts that were read and acts that were found have in common. */
type Words = Partial<Record<'place' | 'from' | 'to' | 'toPlace' | 'lot' | 'expiry', string | undefined>>;

function flagsOfWords(act: Words): number {
  return (
    (act.place === undefined ? 0 : PLACE) |
    (act.from === undefined ? 0 : FROM) |
    (act.to === undefined ? 0 : TO) |
    (act.toPlace === undefined ? 0 : TO_PLACE) |
    (act.lot === undefined ? 0 : LOT) |
    (act.expiry === undefined ? 0 : EXPIRY)
  );
}

function flagsOf(act: Act): number {
  return (
    (act.eventId === undefined ? 0 : EVENT_ID) |
    (act.parent === undefined ? 0 : PARENT) |
    flagsOfWords(act) |
    (act.actId === undefined ? 0 : ACT_ID) |
    (act.doses === 1 ? 0 : DOSES) |
    (act.scan === undefined ? 0 : SCAN) |
    (act.more === undefined ? 0 : MORE)
  );
}

/** {@link flagsOf} the act that was found. */
function flagsOfScanned(act: ScannedAct): number {
  return (
    (act.eventIdEnd === 0 ? 0 : EVENT_ID) |
    flagsOfWords(act) |
    (act.actIdEnd === 0 ? 0 : ACT_ID) |
    (act.doses === 1 ? 0 : DOSES) |
    (act.more === undefined ? 0 : MORE)
  );
}

const moreTexts = new WeakMap<ActMore, string>();

/** Acts that name one document share one object: its text is made once. */
function moreText(more: ActMore): string {
  let text = moreTexts.get(more);
  if (text === undefined) moreTexts.set(more, (text = JSON.stringify(withoutExtent(more))));
  return text;
}

/** What is made again of the readings when they are read. */
function withoutExtent(more: ActMore): ActMore {
  return more.extent === undefined ? more : { ...more, extent: undefined };
}
