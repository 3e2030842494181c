// Goal:   DV rules see goods outside the markets, territories and hands signed for, and leave returns and travellers alone.
// Method: one small world a case, replayed into the judge; each code with its exact level and proof, beside a near miss.
import { describe, expect, it } from 'vitest';
import { ship } from '../../src/epcis/index.ts';
import { placeId } from '../../src/gs1/index.ts';
import {
  EXPIRY,
  ID,
  LOT,
  PRODUCT,
  SITE,
  siteOf,
  VALID_FROM,
  VALID_TO,
  withCheckDigit,
} from '../support/cast.ts';
import { expectClean, expectNone, expectOne, said } from '../support/expect-findings.ts';
import { replay } from '../support/replay.ts';
import { Script, type Step, type WorldOptions } from '../support/script.ts';

const POLAND = { latitude: 52_230_000, longitude: 21_010_000, radius: 20_000, countries: ['PL'] };

/** A world in which the trader in Poland is authorised for `territory`. */
function traderWorld(territory: readonly string[], options: WorldOptions = {}): Script {
  const script = new Script(options);
  const valid = { validFrom: VALID_FROM, validTo: VALID_TO };
  const scope = { products: [PRODUCT], territory };
  script.say('maker', 'licence', {
    id: 'trade-trader',
    type: 'distribution',
    holder: ID.trader,
    ...valid,
    ...scope,
  });
  return script;
}

function toTrader(script: Script): { unit: string; taken: Step } {
  const unit = script.unit();
  script.commission(unit);
  script.ship('maker', unit, 'trader');
  return { unit, taken: script.receive('trader', unit, 'maker') };
}

describe('DV-01 market-mismatch', () => {
  it('names a receipt outside the markets of the lot', () => {
    const script = traderWorld(['DE', 'PL']);
    const lot = script.newest('lot');
    const { unit, taken } = toTrader(script);
    expectOne(replay(script).findings(), 'DV-01', {
      severity: 3,
      subject: unit,
      proof: [lot, taken],
      last: taken,
      secondLine: false,
      detail: /lot LOT1 is for DE, seen in PL/,
    });
  });

  it('names a use outside the markets', () => {
    const script = new Script({ lot: { markets: ['AT'] } });
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    const used = script.administer('clinicA', unit);
    const found = replay(script)
      .findings()
      .filter(({ code }) => code === 'DV-01');
    expect(found.some(({ last }) => last?.entry === used.entry)).toBe(true);
  });

  it('raises it on the pallet, once, by the lots inside it however deep', () => {
    const script = traderWorld(['DE', 'PL']);
    const units = script.units(4);
    const [box, pallet] = [script.container(), script.container()];
    script.commission(units);
    script.pack('maker', box, units);
    script.pack('maker', pallet, box);
    script.ship('maker', pallet, 'trader');
    const taken = script.receive('trader', pallet, 'maker');
    expectOne(replay(script).findings(), 'DV-01', { severity: 3, subject: pallet, count: 1, last: taken });
  });

  it('exempts the sites the lot names', () => {
    const script = traderWorld(['DE', 'PL'], { lot: { exemptSites: [SITE.trader] } });
    toTrader(script);
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });

  it('lets the manufacturer take goods back where they were made', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker');
    script.giveBack('north', unit, 'maker');
    script.receive('maker', unit, 'north');
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });

  it("stops at a consumer's check abroad before a supply", () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    const scan = script.look(unit, { session: script.id(), ...POLAND });
    expectOne(replay(script).findings(), 'DV-01', { severity: 2, subject: unit, last: scan });
  });

  it('only records a check abroad after a supply at home', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    script.dispense('pharmacy', unit);
    script.look(unit, { session: script.id(), ...POLAND });
    const found = replay(script).findings();
    expectOne(found, 'DV-01', { severity: 0 });
    expectClean(found, 0);
  });

  it('accepts a region that touches a market of the lot', () => {
    const script = new Script();
    const unit = script.unit();
    script.deliver(unit, 'pharmacy');
    script.look(unit, { session: script.id(), ...POLAND, countries: ['DE', 'PL'] });
    expectNone(replay(script).findings(), 'DV-01');
  });

  it('accuses nobody of yesterday when the lot is narrowed today, and clears when it is widened', () => {
    const lot = { product: PRODUCT, lot: LOT, quantity: 1000, expiry: EXPIRY };
    const narrowed = traderWorld(['DE', 'PL'], { lot: { markets: ['DE', 'PL'] } });
    toTrader(narrowed);
    narrowed.say('maker', 'lot', { ...lot, markets: ['DE'] });
    expectNone(replay(narrowed).findings(), 'DV-01');
    const late = toTrader(narrowed);
    expectOne(replay(narrowed).findings(), 'DV-01', { severity: 3, subject: late.unit });
    const widened = traderWorld(['DE', 'PL']);
    toTrader(widened);
    widened.say('maker', 'lot', { ...lot, markets: ['DE', 'PL'] });
    expectNone(replay(widened).findings(), 'DV-01');
  });
});

describe('DV-02 territory-mismatch', () => {
  it('names a distributor that ships outside its territory, with its authorisation', () => {
    const script = new Script({ lot: { markets: ['DE', 'PL'] } });
    const lot = script.newest('lot');
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker');
    const sent = script.ship('north', unit, 'trader');
    const found = replay(script).findings();
    const one = expectOne(found, 'DV-02', { severity: 3, subject: unit, last: sent, secondLine: false });
    expect(one.proof.map(({ event }) => event)).toEqual([-1, -1, 0]);
    expect(one.proof[0]!.entry).toBe(lot.entry);
  });

  it('accepts a return to wherever the goods came from', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker');
    script.giveBack('north', unit, 'maker');
    expectNone(replay(script).findings(), 'DV-02');
  });

  it("accepts a shipment within the territory, and a manufacturer's anywhere", () => {
    const script = traderWorld(['PL'], { lot: { markets: ['DE', 'PL'] } });
    toTrader(script);
    script.deliver(script.unit(), 'clinicA');
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });

  it('goes by where the goods are meant to go, else by the sites of the receiver', () => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker');
    const branch = { ...siteOf('clinicA'), id: SITE.salon, market: 'AT' };
    script.say('operator', 'party', { id: ID.salon, name: 'salon', roles: ['clinic'], sites: [branch] });
    script.ship('north', unit, 'salon');
    expectOne(replay(script).findings(), 'DV-02', { severity: 3, detail: /shipped to AT/ });
  });
});

describe('DV-05 unauthorised-intermediary', () => {
  it('names a distributor without any authorisation that takes the goods', () => {
    const script = new Script();
    const lot = script.newest('lot');
    const { unit, taken } = toTrader(script);
    expectOne(replay(script).findings(), 'DV-05', {
      severity: 3,
      subject: unit,
      proof: [lot, taken],
      secondLine: true,
    });
  });

  it('names an authorised distributor that this lot does not name', () => {
    const script = new Script({ lot: { distributors: [ID.south] } });
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    const taken = script.receive('north', unit, 'maker');
    expectOne(replay(script).findings(), 'DV-05', { severity: 3, subject: unit, last: taken });
  });

  it('accepts the distributors the lot names', () => {
    const script = new Script({ lot: { distributors: [ID.north] } });
    script.deliver(script.unit(), 'clinicA');
    expect(said(replay(script).findings(), -1)).toEqual([]);
  });

  it('leaves an expired authorisation to LC-02', () => {
    const script = new Script();
    const valid = { validFrom: VALID_FROM, validTo: '2026-01-01T00:00:00.000Z' };
    const licence = { id: 'old', type: 'distribution', holder: ID.trader, ...valid, products: [PRODUCT] };
    script.say('maker', 'licence', licence);
    toTrader(script);
    const found = replay(script).findings();
    expectNone(found, 'DV-05');
    expectOne(found, 'LC-02', { severity: 3 });
  });
});

describe('DV-03 channel-mismatch', () => {
  it('proves the product statement and the registration of the outlet', () => {
    const script = new Script({ product: { channels: ['hospital'] } });
    const fact = script.newest('product');
    const sites = [{ ...siteOf('clinicA'), channel: 'beauty-salon' as const }];
    const shop = script.say('operator', 'party', {
      id: ID.clinicA,
      name: 'clinicA',
      roles: ['clinic'],
      sites,
    });
    const unit = script.unit();
    script.deliver(unit, 'clinicA');
    const [sent, taken] = script.steps.slice(-2) as [Step, Step];
    const found = replay(script)
      .unfolded()
      .filter(({ code }) => code === 'DV-03');
    expect(found.map(({ proof, secondLine }) => [proof.map(({ entry }) => entry), secondLine])).toEqual([
      [[fact.entry, shop.entry, sent.entry], false],
      [[fact.entry, shop.entry, taken.entry], false],
    ]);
  });
});

describe('DV-04 delivery-site-illegal', () => {
  const shipTo = (script: Script, unit: string, toPlace: string): Step =>
    script.does('north', {}, (base) =>
      ship({ ...base, ids: [unit], from: ID.north, to: ID.clinicA, toPlace }),
    );
  const withNorth = (): { script: Script; unit: string } => {
    const script = new Script();
    const unit = script.unit();
    script.commission(unit);
    script.ship('maker', unit, 'north');
    script.receive('north', unit, 'maker');
    return { script, unit };
  };

  it('accepts the recipient’s site and any part of it', () => {
    for (const place of [SITE.clinicA, `${SITE.clinicA}/254/DOCK`]) {
      const { script, unit } = withNorth();
      shipTo(script, unit, place);
      expectNone(replay(script).findings(), 'DV-04');
    }
  });

  it('names a place of somebody else, and one nobody registered', () => {
    for (const [place, detail] of [
      [SITE.clinicB, /a site of clinicB/],
      [placeId(withCheckDigit('952100009999')), /a place nobody registered/],
    ] as const) {
      const { script, unit } = withNorth();
      const sent = shipTo(script, unit, place);
      expectOne(replay(script).findings(), 'DV-04', { severity: 3, subject: unit, last: sent, detail });
    }
  });

  it('does not judge a recipient of whom no site is registered', () => {
    const { script, unit } = withNorth();
    script.say('operator', 'party', { id: ID.clinicA, name: 'clinicA', roles: ['clinic'] });
    shipTo(script, unit, SITE.clinicB);
    expectNone(replay(script).findings(), 'DV-04');
  });
});
