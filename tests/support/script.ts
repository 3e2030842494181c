/**
 * A script: signed statements of the small world in terse steps that read as sentences, not yet in any log.
 *
 * Reads  cast.ts, src/.   Used by  world.ts (through a real Ledger), replay.ts (straight into the judge).
 * Rule   steps are signed at once and enter the log in order of their record time, so a late step is just `{ late: hours }`;
 *        each step happens 12 hours after the last unless it says otherwise.
 * @module
 */
import { toBase64url } from '../../src/bytes/index.ts';
import type { EventRef } from '../../src/custody/index.ts';
import {
  accept,
  administer,
  alias,
  commission,
  correct,
  declare,
  decline,
  decommission,
  dispense,
  documents,
  eventHash,
  observe,
  open,
  pack,
  receive,
  reject,
  repack,
  reportDelivery,
  retire,
  returnUnits,
  sensor,
  ship,
  stockTake,
  undo,
  unpack,
  voidShipment,
  type EpcisEvent,
  type LotQuantity,
  type ObjectEvent,
} from '../../src/epcis/index.ts';
import { sgtin, signUnitCode, sscc, toElementString } from '../../src/gs1/index.ts';
import type { Finding } from '../../src/judgement/index.ts';
import { openStatement, signStatement } from '../../src/statement/index.ts';
import type { LotPayload, Payloads, ProductPayload, StatementKind } from '../../src/statement/kinds.ts';
import type { Policy } from '../../src/statement/policy.ts';
import {
  CAST,
  EXPIRY,
  GENESIS_MS,
  genesisPayload,
  GTIN,
  HOUR_MS,
  ID,
  LOT,
  ORIGIN,
  PRODUCT,
  rolesOf,
  SIGNER,
  SITE,
  siteOf,
  START_MS,
  VALID_FROM,
  VALID_TO,
  withCheckDigit,
  type Who,
} from './cast.ts';
import {
  absentees,
  care,
  papers,
  sensorElement,
  type CorrectStepOptions,
  type DeclareStepOptions,
  type HandOverStepOptions,
  type LoggedPart,
  type LogStepOptions,
  type LookOptions,
  type PackStepOptions,
  type ReceiveStepOptions,
  type StepOptions,
  type UseStepOptions,
} from './step-options.ts';

export type { LoggedPart, LookOptions, StepOptions, UseStepOptions } from './step-options.ts';

/** One statement of the world: signed when made, in the log once recorded. */
export interface Step {
  readonly who: Who;
  readonly kind: StatementKind;
  readonly bytes: Uint8Array;
  readonly timeMs: number;
  readonly recordTimeMs: number;
  /** Index of its entry once recorded. */
  entry: number | undefined;
  /** What the append answered. */
  findings: readonly Finding[];
  /** Why the append refused it, where it did. */
  refused: Error | undefined;
}

export interface WorldOptions {
  readonly policy?: Partial<Policy>;
  readonly product?: Partial<ProductPayload>;
  readonly lot?: Partial<LotPayload>;
  /** Leaves out the facts about product and lot. */
  readonly unregistered?: boolean;
}

const SIGNED = new Map<string, Uint8Array>();

/** Signs the steps of a small world. */
export class Script {
  /** The first entry of the log. */
  readonly genesis: Uint8Array;
  /** Every step in the order it was made. */
  readonly steps: Step[] = [];
  /** Event time of the last step. */
  nowMs: number = START_MS;
  #made = 0;
  readonly #sequences = new Map<string, number>([[toBase64url(SIGNER.operator.publicKey), 0]]);

  /** Begins with parties, keys, licences, product and lot; nothing has been made yet. */
  constructor(options: WorldOptions = {}) {
    const payload = genesisPayload(options.policy ?? {});
    const signer = SIGNER.operator;
    const draft = { kind: 'genesis', payload, issuer: ID.operator, audience: ORIGIN, sequence: 0 } as const;
    this.genesis = signStatement({ ...draft, signer });
    this.#registerCast();
    if (options.unregistered !== true) this.#registerGoods(options);
  }

  /** A new unit id of the world's product. */
  unit(): string {
    return sgtin(GTIN, this.serial());
  }

  /** New unit ids. */
  units(count: number): string[] {
    return Array.from({ length: count }, () => this.unit());
  }

  /** A new serial number; they differ early in the text, so that an audit's partitions part the units. */
  serial(): string {
    return `SN${String(++this.#made * 41).padStart(12, '0')}`;
  }

  /** A new container id. */
  container(): string {
    return sscc(withCheckDigit(`09521000${String(++this.#made).padStart(9, '0')}`));
  }

  /** A new treatment, supply or session id. */
  id(): string {
    return `id-${String(++this.#made).padStart(16, '0')}`;
  }

  /** The signed code on a unit's label, as an element string; `signer` defaults to the manufacturer. */
  label(unit: string, signer = SIGNER.maker, lot = LOT): string {
    const serial = unit.slice(unit.indexOf('/21/') + 4);
    return toElementString(signUnitCode({ gtin: GTIN, serial, lot, expiry: EXPIRY }, signer));
  }

  /** The newest step of a kind. */
  newest(kind: StatementKind): Step {
    return this.steps.filter((step) => step.kind === kind).at(-1)!;
  }

  /** Makes one signed statement of any kind. */
  say<K extends StatementKind>(who: Who, kind: K, payload: Payloads[K], options: StepOptions = {}): Step {
    const timeMs = this.#timeOf(options);
    const signer = options.signer ?? SIGNER[who];
    const key = toBase64url(signer.publicKey);
    const next = (this.#sequences.get(key) ?? -1) + 1;
    const { sequence = next } = options;
    this.#sequences.set(key, sequence < next ? next - 1 : sequence);
    const issuer = options.issuer ?? ID[who];
    const draft = { kind, payload, issuer, audience: ORIGIN, sequence };
    // Most worlds begin with the same facts: they are signed once.
    const name = timeMs === GENESIS_MS ? JSON.stringify([key, draft]) : undefined;
    const bytes = (name === undefined ? undefined : SIGNED.get(name)) ?? signStatement({ ...draft, signer });
    if (name !== undefined) SIGNED.set(name, bytes);
    const recordTimeMs = timeMs + (options.late ?? 0) * HOUR_MS;
    const blank = { entry: undefined, findings: [], refused: undefined };
    const made: Step = { who, kind, bytes, timeMs, recordTimeMs, ...blank };
    this.steps.push(made);
    return made;
  }

  /** One statement with these events; `make` gets the time and the place. */
  does(who: Who, options: StepOptions, make: (base: Base) => EpcisEvent | readonly EpcisEvent[]): Step {
    const timeMs = this.#timeOf(options);
    const { place = SITE[who], eventID } = options;
    const made = make({ time: timeMs, place, ...(eventID === undefined ? {} : { eventID }) });
    const events = Array.isArray(made) ? (made as readonly EpcisEvent[]) : [made as EpcisEvent];
    const creationTime = Math.max(timeMs, 0);
    const [payload] = documents(events, { creationTime });
    return this.say(who, 'events', payload!, { ...options, time: timeMs });
  }

  commission(units: string | readonly string[], options: StepOptions & MadeOptions = {}): Step {
    const { by = 'maker', lot = LOT, expiry = EXPIRY } = options;
    return this.does(by, options, (base) => commission({ ...base, units: list(units), lot, expiry }));
  }

  pack(
    who: Who,
    container: string,
    children: string | readonly string[],
    options: PackStepOptions = {},
  ): Step {
    const { quantities } = options;
    const stated = quantities === undefined ? {} : { quantities };
    return this.does(who, options, (base) =>
      pack({ ...base, container, children: list(children), ...stated }),
    );
  }

  /** Takes the children out, or everything where none are named. */
  unpack(
    who: Who,
    container: string,
    children?: string | readonly string[],
    options: ReceiveStepOptions = {},
  ): Step {
    const named = { ...(children === undefined ? {} : { children: list(children) }), ...absentees(options) };
    return this.does(who, options, (base) => unpack({ ...base, container, ...named }));
  }

  /** What was seen together: an aggregation observed, which packs nothing. */
  assertContents(
    who: Who,
    container: string,
    children: string | readonly string[],
    options: StepOptions = {},
  ): Step {
    return this.does(who, options, (base) => {
      const { eventID: _hash, ...packed } = pack({ ...base, container, children: list(children) });
      const seen = { ...packed, action: 'OBSERVE', bizStep: 'inspecting' } as const;
      return { eventID: base.eventID ?? eventHash(seen), ...seen };
    });
  }

  ship(who: Who, ids: string | readonly string[], to: Who, options: HandOverStepOptions = {}): Step {
    const way = { from: ID[who], to: ID[to], toPlace: options.toPlace ?? SITE[to] };
    return this.does(who, options, (base) => ship({ ...base, ...way, ...papers(options), ids: list(ids) }));
  }

  giveBack(who: Who, ids: string | readonly string[], to: Who, options: HandOverStepOptions = {}): Step {
    const way = { from: ID[who], to: ID[to], toPlace: options.toPlace ?? SITE[to] };
    return this.does(who, options, (base) => returnUnits({ ...base, ...way, ids: list(ids) }));
  }

  receive(who: Who, ids: string | readonly string[], from?: Who, options: ReceiveStepOptions = {}): Step {
    const way = from === undefined ? {} : { from: ID[from], to: ID[who] };
    const facts = { ...way, ...papers(options), ...absentees(options) };
    return this.does(who, options, (base) => receive({ ...base, ...facts, ids: list(ids) }));
  }

  accept(who: Who, ids: string | readonly string[], from: Who, options: ReceiveStepOptions = {}): Step {
    const facts = { from: ID[from], to: ID[who], ...papers(options), ...absentees(options) };
    return this.does(who, options, (base) => accept({ ...base, ...facts, ids: list(ids) }));
  }

  reject(who: Who, ids: string | readonly string[], from: Who, options: HandOverStepOptions = {}): Step {
    const facts = { from: ID[from], to: ID[who], ...papers(options) };
    return this.does(who, options, (base) => reject({ ...base, ...facts, ids: list(ids) }));
  }

  /** The sender says that the receiver has it. */
  reportDelivery(who: Who, ids: string | readonly string[], to: Who, options: StepOptions = {}): Step {
    const way = { from: ID[who], to: ID[to] };
    return this.does(who, options, (base) => reportDelivery({ ...base, ...way, ids: list(ids) }));
  }

  /** The sender takes back what is on its way. */
  voidShipment(who: Who, ids: string | readonly string[], to: Who, options: StepOptions = {}): Step {
    const way = { from: ID[who], to: ID[to] };
    return this.does(who, options, (base) => voidShipment({ ...base, ...way, ids: list(ids) }));
  }

  stockTake(who: Who, quantities: readonly LotQuantity[], options: StepOptions = {}): Step {
    return this.does(who, options, (base) => stockTake({ ...base, quantities }));
  }

  repack(who: Who, inputs: readonly string[], outputs: readonly string[], options: StepOptions = {}): Step {
    return this.does(who, options, (base) => repack({ ...base, inputs, outputs }));
  }

  declare(who: Who, ids: string | readonly string[], options: DeclareStepOptions): Step {
    const { set, unset } = options;
    const marks = { ...(set === undefined ? {} : { set }), ...(unset === undefined ? {} : { unset }) };
    return this.does(who, options, (base) => declare({ ...base, ...marks, ids: list(ids) }));
  }

  /** Takes back a step, such as `dispense`, or a mark. */
  undo(who: Who, ids: string | readonly string[], undoes: string, options: StepOptions = {}): Step {
    return this.does(who, options, (base) => undo({ ...base, undoes, ids: list(ids) }));
  }

  /** Declares the first event of an earlier step wrong; the step's own time is that of the declaration. */
  correct(who: Who, wrong: Step, options: CorrectStepOptions = {}): Step {
    const { statement } = openStatement(wrong.bytes);
    if (statement.kind !== 'events') throw new Error('only events are corrected');
    const event = statement.payload.epcisBody.eventList[0]!;
    const { reason = 'did_not_occur', corrective } = options;
    const ids = corrective === undefined ? {} : { correctiveEventIDs: corrective };
    return this.does(who, options, ({ time }) => correct(event, { time, reason, ...ids }));
  }

  /** Says that a unit bears another id too. */
  alias(who: Who, unit: string, other: string, options: StepOptions = {}): Step {
    return this.does(who, options, (base) => alias({ ...base, unit, alias: other }));
  }

  decline(who: Who, ids: string | readonly string[], reason: string, options: StepOptions = {}): Step {
    return this.does(who, options, (base) => decline({ ...base, reason, ids: list(ids) }));
  }

  /** What a logger measured, in °C unless `uom` says otherwise. */
  log(
    who: Who,
    ids: string | readonly string[],
    parts: readonly LoggedPart[],
    options: LogStepOptions = {},
  ): Step {
    const { device = `https://device.example/${who}`, uom = 'CEL' } = options;
    return this.does(who, options, (base) => {
      const one = [{ time: base.time, type: 'Temperature', value: 0, uom }];
      const blank = sensor({ ...base, ids: list(ids), deviceId: device, readings: one });
      const { eventID: _hash, ...rest } = blank;
      const said: Omit<ObjectEvent, 'eventID'> = {
        ...rest,
        sensorElementList: parts.map((part) => sensorElement(part, device, uom)),
      };
      return { eventID: base.eventID ?? eventHash(said), ...said };
    });
  }

  open(who: Who, ids: string | readonly string[], options: UseStepOptions = {}): Step {
    return this.does(who, options, (base) => open({ ...base, ...care(options), ids: list(ids) }));
  }

  dispense(who: Who, ids: string | readonly string[], options: UseStepOptions = {}): Step {
    return this.does(who, options, (base) =>
      dispense({ ...base, ids: list(ids), ...this.#use(options), ...care(options) }),
    );
  }

  administer(who: Who, ids: string | readonly string[], options: UseStepOptions = {}): Step {
    return this.does(who, options, (base) =>
      administer({ ...base, ids: list(ids), ...this.#use(options), ...care(options) }),
    );
  }

  retire(who: Who, ids: string | readonly string[], options: UseStepOptions = {}): Step {
    return this.does(who, options, (base) => retire({ ...base, ids: list(ids) }));
  }

  decommission(who: Who, ids: string | readonly string[], options: StepOptions = {}): Step {
    return this.does(who, options, (base) => decommission({ ...base, ids: list(ids) }));
  }

  destroy(who: Who, ids: string | readonly string[], options: StepOptions = {}): Step {
    return this.does(who, options, (base) => decommission({ ...base, ids: list(ids), destroyed: true }));
  }

  /** A recorded scan, by the scan service unless `by` says who; without a place unless one is named. */
  look(ids: string | readonly string[], options: LookOptions = {}): Step {
    const {
      by = 'scanner',
      after: _a,
      time: _t,
      late: _l,
      issuer: _i,
      signer: _s,
      eventID,
      place,
      ...facts
    } = options;
    const named = {
      ...(place === undefined ? {} : { place }),
      ...(eventID === undefined ? {} : { eventID }),
    };
    return this.does(by, options, ({ time }) => observe({ time, ...named, ids: list(ids), ...facts }));
  }

  /** Made, shipped by way of a distributor, and received by a clinic or pharmacy, each step naming the units. */
  deliver(units: string | readonly string[], to: Who, by: Who = 'north'): readonly Step[] {
    return [
      this.commission(units),
      this.ship('maker', units, by),
      this.receive(by, units, 'maker'),
      this.ship(by, units, to),
      this.receive(to, units, by),
    ];
  }

  #timeOf({ time, after = 12 }: StepOptions): number {
    this.nowMs = time ?? this.nowMs + after * HOUR_MS;
    return this.nowMs;
  }

  #use({ actId, doses }: UseStepOptions): { actId: string; doses?: number } {
    return { actId: actId ?? this.id(), ...(doses === undefined ? {} : { doses }) };
  }

  #registerCast(): void {
    const at = { time: GENESIS_MS };
    for (const who of CAST) {
      if (who === 'operator') continue;
      const roles = rolesOf(who);
      const prefixes = { maker: { prefixes: ['9521'] }, rival: { prefixes: ['9522'] } };
      const issues = [{ type: 'institution-practice' }, { type: 'pharmacy-practice' }];
      const trust = who === 'regulator' ? { issues } : {};
      const own = who === 'maker' || who === 'rival' ? prefixes[who] : trust;
      const party = { id: ID[who], name: who, roles, sites: [siteOf(who)], ...own };
      this.say('operator', 'party', party, at);
      const publicKey = toBase64url(SIGNER[who].publicKey);
      this.say('operator', 'key', { action: 'add', party: ID[who], publicKey, validFrom: VALID_FROM }, at);
    }
    const valid = { validFrom: VALID_FROM, validTo: VALID_TO };
    for (const who of ['clinicA', 'clinicB'] as const) {
      const licence = { id: `practice-${who}`, type: 'institution-practice', holder: ID[who], ...valid };
      this.say('regulator', 'licence', licence, at);
    }
    const shop = { id: 'shop', type: 'pharmacy-practice', holder: ID.pharmacy, ...valid };
    this.say('regulator', 'licence', shop, at);
    this.nowMs = START_MS;
  }

  #registerGoods({ product, lot }: WorldOptions): void {
    const at = { time: GENESIS_MS };
    const valid = { validFrom: VALID_FROM, validTo: VALID_TO };
    this.say('maker', 'product', { id: PRODUCT, name: 'Botulinum toxin', ...product }, at);
    const batch = { product: PRODUCT, lot: LOT, quantity: 1000, expiry: EXPIRY, markets: ['DE'] };
    this.say('maker', 'lot', { ...batch, ...lot }, at);
    for (const who of ['north', 'south'] as const) {
      const scope = { products: [PRODUCT], territory: ['DE'] };
      const licence = { id: `trade-${who}`, type: 'distribution', holder: ID[who], ...valid, ...scope };
      this.say('maker', 'licence', licence, at);
    }
    this.nowMs = START_MS;
  }
}

interface Base {
  readonly time: number;
  readonly place: string;
  readonly eventID?: string;
}

interface MadeOptions {
  readonly by?: Who;
  readonly lot?: string;
  readonly expiry?: string;
}

function list(ids: string | readonly string[]): readonly string[] {
  return typeof ids === 'string' ? [ids] : ids;
}

/** The reference of a recorded step: its event, by default the first, or -1 for a registry statement. */
export function refOf({ entry, kind }: Step, event = kind === 'events' ? 0 : -1): EventRef {
  if (entry === undefined) throw new Error('the step has not been recorded');
  return { entry, event };
}
