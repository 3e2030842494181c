/**
 * Six markets and their cities, as data.
 *
 * Reads  nothing.   Used by  parties.ts, consumers.ts, attacks.
 * Source GeoNames (geonames.org, CC BY 4.0): city centres, in degrees with five decimals, here in micro-degrees.
 * Rule   a consumer's place is a region: the middle of a grid cell of a tenth of a degree, radius 15 km (design section 2).
 * @module
 */

/** A point in integer micro-degrees. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

export interface City extends Point {
  readonly name: string;
  /** Countries that a region of 15 km around it may touch beside its own. */
  readonly neighbours: readonly string[];
}

export interface Market {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  readonly name: string;
  /** Its continent: cities of two continents are at least 5,000 km apart. */
  readonly continent: 'Europe' | 'Asia';
  /** Offset of local winter time from UTC. */
  readonly offsetHours: number;
  readonly cities: readonly City[];
}

/** A consumer's region: what a scan page may know. */
export interface Region extends Point {
  readonly radius: number;
  readonly countries: readonly string[];
}

const REGION_RADIUS_METRES = 15_000;
const GRID = 100_000;

function city(name: string, latitude: number, longitude: number, neighbours: readonly string[] = []): City {
  return { name, latitude, longitude, neighbours };
}

export const MARKETS: readonly Market[] = [
  {
    code: 'DE',
    name: 'Germany',
    continent: 'Europe',
    offsetHours: 1,
    cities: [
      city('Berlin', 52_524_370, 13_410_530),
      city('Hamburg', 53_550_730, 9_993_020),
      city('Munich', 48_137_430, 11_575_490),
      city('Cologne', 50_933_330, 6_950_000),
      city('Frankfurt', 50_115_520, 8_684_170),
      city('Stuttgart', 48_782_320, 9_177_020),
      city('Leipzig', 51_339_620, 12_371_290),
      city('Hanover', 52_370_520, 9_733_220),
    ],
  },
  {
    code: 'FR',
    name: 'France',
    continent: 'Europe',
    offsetHours: 1,
    cities: [
      city('Paris', 48_853_410, 2_348_800),
      city('Lyon', 45_748_460, 4_846_710),
      city('Marseille', 43_296_950, 5_381_070),
      city('Toulouse', 43_604_260, 1_443_670),
      city('Nantes', 47_217_250, -1_553_360),
      city('Strasbourg', 48_583_920, 7_745_530, ['DE']),
      city('Lille', 50_632_970, 3_058_580, ['BE']),
      city('Bordeaux', 44_840_440, -580_500),
    ],
  },
  {
    code: 'IT',
    name: 'Italy',
    continent: 'Europe',
    offsetHours: 1,
    cities: [
      city('Rome', 41_891_930, 12_511_330, ['VA']),
      city('Milan', 45_464_270, 9_189_510),
      city('Naples', 40_852_160, 14_268_110),
      city('Turin', 45_070_490, 7_686_820),
      city('Bologna', 44_493_810, 11_338_750),
      city('Florence', 43_779_250, 11_246_260),
      city('Bari', 41_120_660, 16_869_820),
      city('Palermo', 38_132_050, 13_335_610),
    ],
  },
  {
    code: 'PL',
    name: 'Poland',
    continent: 'Europe',
    offsetHours: 1,
    cities: [
      city('Warsaw', 52_229_770, 21_011_780),
      city('Kraków', 50_061_430, 19_936_580),
      city('Łódź', 51_770_580, 19_473_950),
      city('Wrocław', 51_100_000, 17_033_330),
      city('Poznań', 52_406_920, 16_929_930),
      city('Gdańsk', 54_352_270, 18_649_120),
      city('Katowice', 50_258_410, 19_027_540),
      city('Lublin', 51_250_000, 22_566_670),
    ],
  },
  {
    code: 'KR',
    name: 'South Korea',
    continent: 'Asia',
    offsetHours: 9,
    cities: [
      city('Seoul', 37_566_000, 126_978_400),
      city('Busan', 35_101_680, 129_030_040),
      city('Incheon', 37_456_460, 126_705_150),
      city('Daegu', 35_870_280, 128_591_110),
      city('Daejeon', 36_349_130, 127_384_930),
      city('Gwangju', 35_154_720, 126_915_560),
      city('Suwon', 37_291_110, 127_008_890),
      city('Cheongju', 36_637_220, 127_489_720),
    ],
  },
  {
    code: 'TH',
    name: 'Thailand',
    continent: 'Asia',
    offsetHours: 7,
    cities: [
      city('Bangkok', 13_753_980, 100_501_440),
      city('Chiang Mai', 18_790_380, 98_984_680),
      city('Phuket', 7_890_590, 98_398_100),
      city('Pattaya', 12_933_330, 100_883_330),
      city('Khon Kaen', 16_446_710, 102_833_000),
      city('Hat Yai', 7_008_360, 100_476_680),
      city('Udon Thani', 17_415_670, 102_785_890),
      city('Nakhon Ratchasima', 14_970_660, 102_101_960),
    ],
  },
];

/** The market with this code, which must exist. */
export function marketOf(code: string): Market {
  const market = MARKETS.find((one) => one.code === code);
  if (market === undefined) throw new Error(`no market ${code}`);
  return market;
}

/** The region a scan page tells of somebody who stands at `point` in or near `city` of `market`. */
export function regionAround(point: Point, city: City, market: string): Region {
  return {
    latitude: gridMiddle(point.latitude),
    longitude: gridMiddle(point.longitude),
    radius: REGION_RADIUS_METRES,
    countries: [market, ...city.neighbours],
  };
}

function gridMiddle(microDegrees: number): number {
  return Math.floor(microDegrees / GRID) * GRID + GRID / 2;
}
