/**
 * Licences of the simulated world: what regulators and manufacturers sign about institutions, doctors, traders and products.
 *
 * Reads  parties.ts, capture.ts.   Used by  registry.ts, attack-trade.ts, attack-status.ts.
 * Source the licence classes of the package's registry room.
 * @module
 */
import type { LicencePayload } from 'countermark/statement';
import type { Capture } from './capture.ts';
import type { Cast, Doctor, Manufacturer, Network, Outlet, Party, Product } from './parties.ts';
import { DAY_MS, START_MS } from './world.ts';

const LICENCE_DAYS = 730;
/** Classes regulators issue, each in its own market. */
export const REGULATED = [
  'institution-practice',
  'pharmacy-practice',
  'clinic-registration',
  'physician-qualification',
  'physician-practice',
  'medical-aesthetic',
  'marketing-authorisation',
] as const;

/** The validity all licences have; shifted back by days where one is to have ended. */
function validity(shiftDays = 0): Pick<LicencePayload, 'validFrom' | 'validTo'> {
  return {
    validFrom: timeText(START_MS + (shiftDays - 30) * DAY_MS),
    validTo: timeText(START_MS + (shiftDays + LICENCE_DAYS) * DAY_MS),
  };
}

/** Shift that ends a licence a month before the first delivery. */
export const LAPSED_DAYS = -LICENCE_DAYS - 30;

/** A distributor may trade a manufacturer's products in its market. */
export function distributionLicence(cast: Cast, maker: Manufacturer, distributor: Party): LicencePayload {
  return {
    id: `${maker.labelKey}-${numberOf(distributor)}`,
    type: 'distribution',
    holder: distributor.id,
    ...validity(),
    products: productsOf(cast, maker),
    territory: [distributor.market],
  };
}

/** A clinic or pharmacy may practise at its place. */
export function practiceLicence(outlet: Party, shiftDays = 0): LicencePayload {
  const type = outlet.trade === 'pharmacy' ? 'pharmacy-practice' : 'institution-practice';
  return {
    id: `${type}-${numberOf(outlet)}`,
    type,
    holder: outlet.id,
    ...validity(shiftDays),
    places: [outlet.place],
  };
}

/** All that an honest clinic or pharmacy and its doctors need. */
export function registerOutlet(cast: Cast, capture: Capture, { regulator }: Network, outlet: Outlet): void {
  capture.register(regulator, 'licence', practiceLicence(outlet));
  if (outlet.trade !== 'clinic') return;
  capture.register(regulator, 'licence', {
    ...practiceLicence(outlet),
    id: `clinic-registration-${numberOf(outlet)}`,
    type: 'clinic-registration',
  });
  certifyClinic(cast, capture, outlet);
  for (const doctor of outlet.doctors) {
    registerDoctor(cast, capture, doctor, { place: outlet.place, makers: cast.manufacturers });
  }
}

/** Every manufacturer certifies the clinic for its products. */
export function certifyClinic(cast: Cast, capture: Capture, clinic: Party): void {
  for (const maker of cast.manufacturers) {
    capture.register(maker, 'licence', {
      id: `certification-${maker.labelKey}-${numberOf(clinic)}`,
      type: 'certification',
      holder: clinic.id,
      ...validity(),
      products: productsOf(cast, maker),
    });
  }
}

/** What a doctor's papers say. */
export interface Papers {
  /** Where the doctor practises. */
  readonly place: string;
  /** The qualification as a physician ended before the first delivery. */
  readonly isLapsed?: boolean;
  /** Manufacturers that certified the doctor. */
  readonly makers: readonly Manufacturer[];
}

/** Licences and certifications of a doctor. */
export function registerDoctor(cast: Cast, capture: Capture, doctor: Doctor, papers: Papers): void {
  const network = cast.networks.find(({ market }) => market.code === doctor.market);
  if (network === undefined) throw new Error(`no market ${doctor.market}`);
  const number = doctor.id.split('/').slice(-2).join('-');
  const licence = (type: string, shiftDays = 0): LicencePayload => ({
    id: `${type}-${number}`,
    type,
    holder: doctor.id,
    ...validity(shiftDays),
    territory: [doctor.market],
  });
  const { regulator } = network;
  const shiftDays = papers.isLapsed === true ? LAPSED_DAYS : 0;
  capture.register(regulator, 'licence', licence('physician-qualification', shiftDays));
  capture.register(regulator, 'licence', { ...licence('physician-practice'), places: [papers.place] });
  capture.register(regulator, 'licence', licence('medical-aesthetic'));
  for (const maker of papers.makers) {
    capture.register(maker, 'licence', {
      ...licence('doctor-certification'),
      id: `doctor-certification-${maker.labelKey}-${number}`,
      products: productsOf(cast, maker),
    });
  }
}

/** A product may be sold in a market. */
export function marketingAuthorisation({ market }: Network, product: Product): LicencePayload {
  return {
    id: `marketing-authorisation-${market.code}-${product.gtin}`,
    type: 'marketing-authorisation',
    holder: product.maker.id,
    ...validity(),
    products: [product.id],
    territory: [market.code],
  };
}

function productsOf(cast: Cast, maker: Manufacturer): string[] {
  return cast.products.filter((product) => product.maker === maker).map((product) => product.id);
}

/** The last digits of a place: what tells one holder's licences from another's. */
function numberOf(party: Party): string {
  return party.place.slice(-13);
}

function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
