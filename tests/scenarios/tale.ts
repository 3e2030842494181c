/**
 * A tale: one scenario while it is told. Keeps what its names stand for, and the script its lines have written so far.
 *
 * Reads  ../support (cast, script), words.ts.   Used by  the verbs (through teller.ts), subjects.ts, runner.ts.
 * Rule   ids come from the names, so one scenario always signs the same bytes.
 * @module
 */
import type { Signer } from '../../src/crypto/index.ts';
import { codeId, type LotQuantity } from '../../src/epcis/index.ts';
import {
  lotId,
  partyId,
  placeId,
  productId,
  sgtin,
  signUnitCode,
  sscc,
  toElementString,
  traceCodeId,
  type UnitCode,
} from '../../src/gs1/index.ts';
import type { Site } from '../../src/statement/kinds.ts';
import {
  EXPIRY,
  GTIN,
  HOUR_MS,
  LOT,
  PRODUCT,
  RIVAL_GTIN,
  RIVAL_PRODUCT,
  SIGNER,
  SITE,
  withCheckDigit,
  type Who,
} from '../support/cast.ts';
import { Script, type Step, type StepOptions, type WorldOptions } from '../support/script.ts';
import { namesOf, type Scenario } from './parse.ts';

/** A place nobody registered, and one whose check digit is wrong. */
export const UNKNOWN_PLACE = placeId(withCheckDigit('952100008888'));
export const MISSPELT_PLACE = UNKNOWN_PLACE.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
/** A party nobody registered. */
export const STRANGER = partyId(withCheckDigit('952100009999'));

/** The maker's other product. */
const SECOND_GTIN = withCheckDigit('0952100000002');

/** What the endings of a line said; each verb takes what concerns it. */
export interface Said {
  /** Event time, ms. */
  readonly time: number;
  /** Hours between event and record. */
  readonly late: number;
  readonly place?: string;
  readonly issuer?: string;
  readonly signer?: Signer;
  readonly sequence?: number;
  /** Name for the event or statement, from `as J`. */
  readonly name?: string;
  readonly [ending: string]: unknown;
}

/** What a unit's label says. */
interface Printed {
  readonly lot: string;
  readonly expiry: string;
}

/** A name for an event or statement of the story. */
interface Named {
  readonly step: Step;
  readonly who: Who;
  readonly eventID: string;
}

/** Labels as somebody may show them. */
export interface Label {
  readonly serial?: string;
  readonly lot?: string;
  readonly expiry?: string;
  readonly gtin?: string;
  /** Default: unsigned. */
  readonly signer?: Signer;
  /** Changes one bit of the signature. */
  readonly isBroken?: boolean;
  /** The signature is the true one of this unit's label. */
  readonly signatureOf?: string;
}

/** One scenario as it is told. */
export class Tale {
  readonly scenario: Scenario;
  readonly script: Script;
  /** Event time of the line before. */
  nowMs: number;
  readonly named = new Map<string, Named>();
  readonly signers = new Map<string, { readonly party: string; readonly signer: Signer }>();
  readonly sites = new Map<string, string>();
  /** All sites of a party that has more than its own. */
  readonly branches = new Map<Who, readonly Site[]>();
  readonly lotExpiry = new Map<string, string>([[LOT, EXPIRY]]);
  readonly #units = new Map<string, string>();
  readonly #printed = new Map<string, Printed>();
  readonly #acts = new Map<string, string>();
  /** Names by id, for what is found. */
  readonly names = new Map<string, string>();

  constructor(scenario: Scenario, options: WorldOptions) {
    this.scenario = scenario;
    this.script = new Script(options);
    this.nowMs = this.script.nowMs;
    const { expiry } = options.lot ?? {};
    if (expiry !== undefined) this.lotExpiry.set(LOT, expiry);
  }

  /** The default time of the next line. */
  get nextMs(): number {
    return this.nowMs + 12 * HOUR_MS;
  }

  /** Says what unit a name stands for. */
  christen(name: string, id: string): void {
    if (this.#units.has(name)) throw new Error(`${name} has been named before; say what it is first`);
    this.#units.set(name, id);
    this.names.set(id, name);
  }

  /** Gives a unit of the product, or of the rival's, its serial number. */
  unitOf(serial: string, ofRival = false): string {
    return sgtin(ofRival ? RIVAL_GTIN : GTIN, serial);
  }

  traceCode(digits: string): string {
    return traceCodeId(digits);
  }

  /** An id in another scheme, given by its digits: a trace code of 20, or a GTIN and serial `14 digits.serial`. */
  otherId(digits: string): string {
    const id = this.traceCode(digits);
    if (!this.names.has(id)) this.names.set(id, digits);
    return id;
  }

  /** Id of a unit or container. */
  id(name: string): string {
    const known = this.#units.get(name);
    if (known !== undefined) return known;
    const isContainer = /^[a-z]/.test(name);
    const number = this.#units.size + 1;
    const id = isContainer
      ? sscc(withCheckDigit(`09521000${String(number).padStart(9, '0')}`))
      : this.unitOf(`SN${String(number).padStart(12, '0')}`);
    this.christen(name, id);
    return id;
  }

  /** Ids of `A, B and C`. */
  ids(list: string): readonly string[] {
    return namesOf(list).map((name) => this.id(name));
  }

  /** The random id of a treatment, supply or session; a new one where none is named. */
  actId(name: string | undefined): string {
    if (name === undefined) return `act-${String(this.script.steps.length).padStart(16, '0')}`;
    const known = this.#acts.get(name) ?? `named-${name.padStart(16, '0')}`;
    this.#acts.set(name, known);
    return known;
  }

  /** A doctor's licence number. */
  doctor(name: string): string {
    const id = `https://licence.example/practitioner/${name.slice(2)}-1`;
    this.names.set(id, name);
    return id;
  }

  /** A place: a site the story registered. */
  site(name: string): string {
    const id = this.sites.get(name);
    if (id === undefined) throw new Error(`no site called "${name}" has been registered`);
    return id;
  }

  /** A key: a party's own, or one the story added. */
  signer(name: string): Signer {
    const own = (SIGNER as Readonly<Record<string, Signer>>)[name] ?? this.signers.get(name)?.signer;
    if (own === undefined) throw new Error(`nobody has a key called "${name}"`);
    return own;
  }

  /** The eventID that `as J` gives. */
  eventId(name: string): string {
    const id = `https://event.example/${name}`;
    this.names.set(id, name);
    return id;
  }

  /** An event that has a name. */
  namedEvent(name: string): Named {
    const known = this.named.get(name);
    if (known === undefined)
      throw new Error(`no event before this line is called ${name}: end its line with "as ${name}"`);
    return known;
  }

  /** Options of a script's step. */
  step({ time, late, place, issuer, signer, sequence, name }: Said): StepOptions {
    return {
      time,
      late,
      ...(place === undefined ? {} : { place }),
      ...(issuer === undefined ? {} : { issuer }),
      ...(signer === undefined ? {} : { signer }),
      ...(sequence === undefined ? {} : { sequence }),
      ...(name === undefined ? {} : { eventID: this.eventId(name) }),
    };
  }

  /** Remembers what is printed on units that were made. */
  print(ids: readonly string[], lot: string, expiry: string): void {
    for (const id of ids) this.#printed.set(id, { lot, expiry });
  }

  /** The code on a unit's label, with what differs. */
  label(unit: string, different: Label): string {
    const [, gtin, serial] = /\/01\/(\d{14})\/21\/(.+)$/.exec(unit) ?? [];
    if (gtin === undefined || serial === undefined)
      throw new Error('only packs with a GTIN have such a label');
    const printed = this.#printed.get(unit) ?? { lot: LOT, expiry: EXPIRY };
    const { signer, isBroken, signatureOf, ...fields } = different;
    const code = { gtin, serial: decodeURIComponent(serial), ...printed, ...fields };
    if (signatureOf !== undefined) return this.#labelWithSignatureOf(signatureOf, code);
    if (signer === undefined)
      return `(01)${code.gtin}(21)${code.serial}(17)${shortDay(code.expiry)}(10)${code.lot}`;
    const signed = signUnitCode(code, signer);
    if (isBroken !== true) return toElementString(signed);
    const signature = new Uint8Array(signed.signature);
    signature[9]! ^= 1;
    return toElementString({ ...signed, signature });
  }

  #labelWithSignatureOf(unit: string, code: UnitCode): string {
    const [, gtin, serial] = /\/01\/(\d{14})\/21\/(.+)$/.exec(unit) ?? [];
    const printed = this.#printed.get(unit) ?? { lot: LOT, expiry: EXPIRY };
    const own = { gtin: gtin!, serial: decodeURIComponent(serial!), ...printed };
    return toElementString({ ...signUnitCode(own, SIGNER.maker), ...code });
  }

  /** Remembers a code that may name no unit. */
  present(code: string): string {
    this.names.set(codeId(code), `code "${code}"`);
    return code;
  }

  /** Product of a party that makes one. */
  product(who: string): { readonly id: string; readonly gtin: string } {
    if (who === 'second') return { id: productId(SECOND_GTIN), gtin: SECOND_GTIN };
    return who === 'rival' ? { id: RIVAL_PRODUCT, gtin: RIVAL_GTIN } : { id: PRODUCT, gtin: GTIN };
  }

  /** Counts such as `5 of LOT1 and 3 of R1`; lots that begin with R are the rival's. */
  quantities(counted: string): readonly LotQuantity[] {
    return counted.split(/, | and /).map((part) => {
      const [quantity = '', lot = ''] = part.split(' of ');
      const { gtin } = this.product(lot.startsWith('R') ? 'rival' : 'maker');
      return { lot: lotId(gtin, lot), quantity: Number(quantity) };
    });
  }

  /** Site of a party. */
  place(who: string): string {
    return SITE[who as Who];
  }
}

function shortDay(day: string): string {
  return day.slice(2).replaceAll('-', '');
}
