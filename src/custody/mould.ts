// Browser-safe.
/**
 * Moulds: events that differ in nothing but names, times and ids are read by one regular expression made from the first of them.
 *
 * Reads  act.ts, epcis/ (fields, context), gs1/.   Used by  act-reader.ts.
 * Why    an audit reads millions of events of a dozen forms; to parse, spell, check and translate each anew takes ten times as long.
 * Rule   a mould is the canonical text of an event that was read whole, with a slot for each value that may differ. What stands in a
 *        slot keeps, by its pattern, every rule that the strict reader has for that field and the payload rule has for its spelling;
 *        all else is the same text. So what fits a mould would be read, and to the same act: the simple way is the oracle of the tests.
 * Never  moulds what other fields' values decide about: positions, readings, corrections, quantities are read the simple way.
 * @module
 */
import { parseTime } from '../bytes/index.ts';
import type { EpcisEvent } from '../epcis/event.ts';
import { canonicalId } from '../gs1/index.ts';
import { actOfEvent, type Act, type ActSourceFacts, type ScanFacts } from './act.ts';
import { readIds } from './mould-ids.ts';

/** Field values a mould repeats as they are: words of closed lists, and what there are few of. */
const LITERAL: ReadonlySet<string> = new Set([
  'type',
  'eventTimeZoneOffset',
  'action',
  'bizStep',
  'disposition',
  'cm:doses',
  'cm:entryMode',
  'cm:unused',
  'cm:department',
  'cm:procedure',
]);

/** Fields whose values stand in slots. */
const SLOTTED: ReadonlySet<string> = new Set([
  'eventID',
  'eventTime',
  'epcList',
  'childEPCs',
  'parentID',
  'readPoint',
  'bizLocation',
  'sourceList',
  'destinationList',
  'bizTransactionList',
  'ilmd',
  'cm:actId',
  'cm:presented',
  'cm:session',
]);

/** True if an event has no other fields than those of moulds. */
export function isMouldable(event: EpcisEvent): boolean {
  return Object.keys(event).every((key) => LITERAL.has(key) || SLOTTED.has(key));
}

/** A URI without escapes: a part of what epcis/shape.ts takes for one. */
const URI = '[A-Za-z][A-Za-z0-9+.-]*:[!#$&-;=?-Z[\\]_a-z~]+';
/** Printable ASCII that stands for itself in JSON. */
const PLAIN = '[ !#-[\\]-~]';
/** What may stand in a slot, by kind; a part of what the strict reader takes, spelled as JSON.stringify does. */
export const PATTERNS = {
  time: '"(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)"',
  uri: `"(${URI})"`,
  quotedUri: `("${URI}")`,
  ids: '(\\["[^\\]]*"\\])',
  lot: '("[!%-?A-Z_a-z]{1,20}")',
  text: `("${PLAIN}{0,100}")`,
  random: '("[A-Za-z0-9._~:-]{16,64}")',
  // A scanner gives FNC1 as the group separator.
  presented: `("(?:${PLAIN}|\\\\u001d)+")`,
} as const;
export type SlotKind = keyof typeof PATTERNS;

/** Longest piece of an event beside its ids: within it no URI and no code is longer than the strict reader allows. */
const REST_LENGTH_MAX = 2_000;
/** What marks a slot in the text a mould is made from; private use, so that nobody means it. */
const MARK = '\uE000';
const MARKED = /"\uE000(\d+)"/;

/** Number of the capture that holds each part of an act; 0 for parts an event of this form does not have. */
export interface Parts {
  readonly time: number;
  readonly eventId: number;
  readonly ids: number;
  readonly parent: number;
  readonly place: number;
  readonly from: number;
  readonly to: number;
  readonly toPlace: number;
  readonly lot: number;
  readonly expiry: number;
  readonly actId: number;
  readonly presented: number;
  readonly session: number;
}

/** What a mould is made of. */
export interface MouldForm {
  /** Text before each slot, and after the last. */
  readonly literals: readonly string[];
  /** Kind of each slot: of each capture. */
  readonly kinds: readonly SlotKind[];
  readonly parts: Parts;
  /** An event of this form; what it shares with all others is taken from it. */
  readonly example: Act;
}

/** All events of one form. */
export class Mould {
  readonly form: MouldForm;
  readonly #pattern: RegExp;
  readonly #parts: Parts;
  readonly #example: Act;

  private constructor(pattern: RegExp, form: MouldForm) {
    this.form = form;
    this.#pattern = pattern;
    this.#parts = form.parts;
    this.#example = form.example;
  }

  /** The mould of an event that was read whole from canonical text; undefined if its form is too rich. */
  static of(event: EpcisEvent): Mould | undefined {
    if (JSON.stringify(event).includes(MARK)) return undefined;
    const slots = new Slots();
    const marked = slots.mark(event);
    if (marked === undefined) return undefined;
    const pieces = JSON.stringify(marked).split(MARKED);
    let source = '';
    const captures = new Map<string, number>();
    const literals: string[] = [];
    const kinds: SlotKind[] = [];
    for (let i = 0; i < pieces.length; i += 2) {
      literals.push(pieces[i]!);
      source += escaped(pieces[i]!);
      if (i + 1 === pieces.length) break;
      const mark = MARK + pieces[i + 1]!;
      const kind = slots.kindOf(mark);
      captures.set(mark, kinds.push(kind));
      source += PATTERNS[kind];
    }
    if (source.length > SOURCE_LENGTH_MAX) return undefined;
    const parts = slots.partsOf(actOfEvent(slots.probe(marked), NOWHERE, NOBODY), captures);
    // A list that is no part of the act would go unread.
    if (slots.hasIds && parts.ids === 0) return undefined;
    const example = actOfEvent(event, NOWHERE, NOBODY);
    // Ids out of a slot are no others' ids: thousands of them would be kept for nothing.
    const own = parts.ids === 0 ? example : { ...example, ids: [] };
    return new Mould(new RegExp(source, 'y'), { literals, kinds, parts, example: own });
  }

  /** Where the event ended that was read last. */
  get end(): number {
    return this.#pattern.lastIndex;
  }

  /** The act of the event whose canonical text begins at `at`; undefined if it is of another form, or must be looked at closely. */
  read(text: string, at: number, event: number, source: ActSourceFacts, names: KnownNames): Act | undefined {
    const pattern = this.#pattern;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    const parts = this.#parts;
    const example = this.#example;
    const listed = parts.ids === 0 ? '' : found[parts.ids]!;
    if (found[0].length - listed.length > REST_LENGTH_MAX) return undefined;
    const timeMs = names.timeOf(found[parts.time]!);
    const ids = parts.ids === 0 ? example.ids : readIds(listed);
    if (timeMs === undefined || ids === undefined) return undefined;
    const name = (part: number): string | undefined =>
      part === 0 ? undefined : names.canonical(found[part]!, part);
    const quoted = (part: number): string | undefined =>
      part === 0 ? undefined : (JSON.parse(found[part]!) as string);
    const expiry = quoted(parts.expiry);
    // The order of the fields is that of actOf: equal acts are to be equal when written, too.
    return {
      ref: { entry: source.entry, event },
      recordTimeMs: source.recordTimeMs,
      timeMs,
      step: example.step,
      actor: source.issuer,
      kid: source.kid,
      eventId: quoted(parts.eventId),
      ids,
      parent: name(parts.parent),
      place: name(parts.place),
      from: name(parts.from),
      to: name(parts.to),
      toPlace: name(parts.toPlace),
      lot: quoted(parts.lot),
      expiry: expiry?.slice(0, 10),
      actId: quoted(parts.actId),
      doses: example.doses,
      scan: this.#scan(quoted(parts.presented), quoted(parts.session)),
      more: example.more,
    };
  }

  #scan(presented: string | undefined, session: string | undefined): ScanFacts | undefined {
    const { scan } = this.#example;
    if (scan === undefined) return undefined;
    const { manual, machine, point, countries, unused } = scan;
    return { presented, manual, machine, point, countries, session, unused };
  }
}

const NOWHERE = Object.freeze({ entry: 0, event: 0 });
const NOBODY: ActSourceFacts = Object.freeze({ entry: 0, recordTimeMs: 0, issuer: '', kid: '' });
const SOURCE_LENGTH_MAX = 6_000;

/** The slots of one mould in the making. */
class Slots {
  readonly #kinds = new Map<string, SlotKind>();
  /** Marks of the parts that an act does not name by themselves. */
  readonly #named = new Map<keyof Parts, string>();

  get hasIds(): boolean {
    return [...this.#kinds.values()].includes('ids');
  }

  kindOf(mark: string): SlotKind {
    return this.#kinds.get(mark)!;
  }

  /** A copy of the event with a mark in the place of each value that may differ, or undefined if it holds anything unusual. */
  mark(event: EpcisEvent): Readonly<Record<string, unknown>> | undefined {
    const marked: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(event)) {
      const put = LITERAL.has(key) ? (value as unknown) : this.#markOf(key, value);
      if (put === undefined) return undefined;
      marked[key] = put;
    }
    return marked;
  }

  /** The marked event, its id list a list again: an event to ask which part of its act comes from where. */
  probe(marked: Readonly<Record<string, unknown>>): EpcisEvent {
    const probe: Record<string, unknown> = { ...marked };
    for (const key of ['epcList', 'childEPCs']) {
      if (typeof probe[key] === 'string') probe[key] = [probe[key]];
    }
    return probe as unknown as EpcisEvent;
  }

  partsOf(act: Act, captures: ReadonlyMap<string, number>): Parts {
    const of = (mark: string | undefined): number => (mark === undefined ? 0 : (captures.get(mark) ?? 0));
    const named = (part: keyof Parts): number => of(this.#named.get(part));
    return {
      time: named('time'),
      eventId: of(act.eventId),
      ids: of(act.ids[0]),
      parent: of(act.parent),
      place: of(act.place),
      from: of(act.from),
      to: of(act.to),
      toPlace: of(act.toPlace),
      lot: named('lot'),
      expiry: named('expiry'),
      actId: of(act.actId),
      presented: of(act.scan?.presented),
      session: of(act.scan?.session),
    };
  }

  #markOf(key: string, value: unknown): unknown {
    switch (key) {
      case 'eventTime':
        return this.#slot('time', 'time');
      case 'eventID':
        return this.#slot('quotedUri');
      case 'parentID':
        return this.#slot('uri');
      case 'epcList':
      case 'childEPCs':
        return (value as readonly string[]).length === 0 ? value : this.#slot('ids');
      case 'readPoint':
      case 'bizLocation':
        return this.#within(value, { id: ['uri'] });
      case 'sourceList':
        return this.#each(value, 'source');
      case 'destinationList':
        return this.#each(value, 'destination');
      case 'bizTransactionList':
        return this.#each(value, 'bizTransaction');
      case 'ilmd':
        return this.#within(value, {
          'cbvmda:lotNumber': ['lot', 'lot'],
          'cbvmda:itemExpirationDate': ['text', 'expiry'],
        });
      case 'cm:actId':
      case 'cm:session':
        return this.#slot('random');
      case 'cm:presented':
        return this.#slot('presented');
      default:
        return undefined;
    }
  }

  #slot(kind: SlotKind, part?: keyof Parts): string {
    const mark = MARK + String(this.#kinds.size);
    this.#kinds.set(mark, kind);
    if (part !== undefined) this.#named.set(part, mark);
    return mark;
  }

  /** An object of no other fields than these, and its `type`. */
  #within(value: unknown, fields: Readonly<Record<string, readonly [SlotKind, (keyof Parts)?]>>): unknown {
    const marked: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value as object)) {
      if (key !== 'type' && !Object.hasOwn(fields, key)) return undefined;
      marked[key] = key === 'type' ? (item as unknown) : this.#slot(...fields[key]!);
    }
    return marked;
  }

  #each(value: unknown, field: string): unknown {
    const items = (value as readonly unknown[]).map((item) => this.#within(item, { [field]: ['uri'] }));
    return items.includes(undefined) ? undefined : items;
  }
}

/** A regular expression that matches the text and nothing else. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Names met lately, each as one string, by any of its spellings; and the time met last. */
export class KnownNames {
  readonly #names = new Map<string, string>();
  /** The URI last met in each place of an event, and its name: to compare is cheaper than to look up. */
  readonly #lastUris: string[] = Array.from({ length: PLACES }, () => '');
  readonly #lastNames: string[] = Array.from({ length: PLACES }, () => '');
  #lastTime = '';
  #lastTimeMs: number | undefined;

  /**
   * The canonical id a URI stands for, else itself.
   * @param place - where in an event it stands: the same name mostly comes again there.
   */
  canonical(uri: string, place: number): string {
    const last = place % PLACES;
    if (this.#lastUris[last] === uri) return this.#lastNames[last]!;
    const name = this.#lookUp(uri);
    this.#lastUris[last] = uri;
    this.#lastNames[last] = name;
    return name;
  }

  /** {@link parseTime} */
  timeOf(text: string): number | undefined {
    if (text !== this.#lastTime) {
      this.#lastTimeMs = parseTime(text);
      this.#lastTime = text;
    }
    return this.#lastTimeMs;
  }

  #lookUp(uri: string): string {
    const known = this.#names.get(uri);
    if (known !== undefined) return known;
    if (this.#names.size >= KNOWN_NAMES_MAX) this.#names.clear();
    // A slice would keep the whole payload alive.
    const own = JSON.parse(`"${uri}"`) as string;
    const name = canonicalId(own) ?? own;
    this.#names.set(own, name);
    return name;
  }
}

const PLACES = 16;
const KNOWN_NAMES_MAX = 8_192;
