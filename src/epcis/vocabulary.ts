// Browser-safe.
/**
 * The closed vocabularies of EPCIS 2.0 events as data: business steps, dispositions, party roles, measurement types.
 *
 * Reads  bytes/ (argument checks).   Used by  epcis/ reader, builders and event hash; custody/ to compare steps by their bare word.
 * Source CBV 2.0 section 7 and the GS1 web vocabulary; the spellings of a word (bare, CURIE, URN, web URI) are one word.
 * Never  guesses: a word of a known vocabulary that the vocabulary does not hold is no word at all.
 * @module
 */
import { assertText } from '../bytes/index.ts';
import { argumentRangeError } from '../errors.ts';

/** Business steps (CBV 2.0 section 7.1). */
export const BIZ_STEPS: readonly string[] = words(`
  accepting arriving assembling collecting commissioning consigning creating_class_instance
  cycle_counting decommissioning departing destroying disassembling dispensing encoding
  entering_exiting holding inspecting installing killing loading other packing picking receiving
  removing repackaging repairing replacing reserving retail_selling sampling sensor_reporting
  shipping staging_outbound stock_taking stocking storing transporting unloading unpacking
  void_shipping
`);

/** Dispositions (CBV 2.0 section 7.2). */
export const DISPOSITIONS: readonly string[] = words(`
  active available completeness_inferred completeness_verified conformant container_closed
  container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit
  inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement no_pedigree_match
  non_conformant non_sellable_other partially_dispensed recalled reserved retail_sold returned
  sellable_accessible sellable_not_accessible stolen unavailable unknown
`);

/** Business transaction types (CBV 2.0 section 7.3). */
export const BIZ_TRANSACTION_TYPES: readonly string[] = words(
  'bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt',
);

/** Source and destination types (CBV 2.0 section 7.4). */
export const SOURCE_DESTINATION_TYPES: readonly string[] = words('owning_party possessing_party location');

/** Error reasons (CBV 2.0 section 7.5). */
export const ERROR_REASONS: readonly string[] = words('did_not_occur incorrect_data');

/** Measurement types of sensor reports (GS1 web vocabulary). */
export const MEASUREMENT_TYPES: readonly string[] = words(`
  AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Radioactivity Altitude
  AmountOfSubstance AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum
  AngularVelocity Area Capacitance Conductance Conductivity Count Density Dimensionless
  DoseEquivalent DoseEquivalentRate DynamicViscosity ElectricCharge ElectricCurrent
  ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force Frequency Illuminance
  Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux
  LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass
  MassConcentration MassFlowRate MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy
  MolarMass MolarVolume Power Pressure RadiantFlux RadiantIntensity RelativeHumidity Resistance
  Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension Temperature Time
  Torque Voltage Volume VolumeFlowRate VolumeFraction VolumetricFlux Wavenumber
`);

/** Sensor alerts (GS1 web vocabulary). */
export const SENSOR_EXCEPTIONS: readonly string[] = words('ALARM_CONDITION ERROR_CONDITION');

/** Components of a vector-valued measurement (CBV 2.0 section 7). */
export const COMPONENTS: readonly string[] = words(`
  x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting
  northing latitude longitude altitude
`);

/** A closed vocabulary by the field that uses it. */
export type VocabularyKind =
  | 'bizStep'
  | 'disposition'
  | 'bizTransactionType'
  | 'sourceDestinationType'
  | 'errorReason'
  | 'measurementType'
  | 'sensorException'
  | 'component';

function words(list: string): readonly string[] {
  return Object.freeze(list.trim().split(/\s+/));
}

interface Vocabulary {
  readonly words: ReadonlySet<string>;
  /** Web URI of a word without the word. */
  readonly base: string;
  /** Other spellings of `base`. */
  readonly spellings: readonly string[];
  /** Namespaces in which nothing but this vocabulary's words may stand. */
  readonly reserved: readonly string[];
}

const CBV = 'https://ref.gs1.org/cbv/';
const CBV_URN = 'urn:epcglobal:cbv:';
const CBV_RESERVED = [
  CBV,
  CBV_URN,
  'http://ref.gs1.org/cbv/',
  'https://ns.gs1.org/cbv/',
  'http://ns.gs1.org/cbv/',
];
const GS1 = 'https://gs1.org/voc/';
const GS1_RESERVED = [
  GS1,
  'http://gs1.org/voc/',
  'https://www.gs1.org/voc/',
  'https://ref.gs1.org/voc/',
  'gs1:',
];

const VOCABULARIES: Readonly<Record<VocabularyKind, Vocabulary>> = {
  bizStep: cbv(BIZ_STEPS, 'BizStep-', 'bizstep:'),
  disposition: cbv(DISPOSITIONS, 'Disp-', 'disp:'),
  bizTransactionType: cbv(BIZ_TRANSACTION_TYPES, 'BTT-', 'btt:'),
  sourceDestinationType: cbv(SOURCE_DESTINATION_TYPES, 'SDT-', 'sdt:'),
  errorReason: cbv(ERROR_REASONS, 'ER-', 'er:'),
  component: cbv(COMPONENTS, 'Comp-', 'comp:'),
  measurementType: gs1(MEASUREMENT_TYPES),
  sensorException: gs1(SENSOR_EXCEPTIONS),
};

function cbv(words: readonly string[], tag: string, urnTag: string): Vocabulary {
  const spellings = [...CBV_RESERVED.filter((base) => base !== CBV_URN), 'cbv:'].map((base) => base + tag);
  spellings.push(CBV_URN + urnTag);
  return { words: new Set(words), base: CBV + tag, spellings, reserved: [...CBV_RESERVED, `cbv:${tag}`] };
}

function gs1(words: readonly string[]): Vocabulary {
  return { words: new Set(words), base: GS1, spellings: GS1_RESERVED, reserved: GS1_RESERVED };
}

/**
 * The bare word that `text` spells, or `text` itself if it is a URI of a stranger's vocabulary, or undefined.
 *
 * Bare words, CURIEs (`cbv:BizStep-shipping`), URNs (`urn:epcglobal:cbv:bizstep:shipping`) and web URIs
 * (`https://ref.gs1.org/cbv/BizStep-shipping`) are the same word. Undefined: an unknown word, bare or in GS1's namespaces.
 *
 * @param kind - which vocabulary the field is bound to.
 * @param text - the field's value. Attacker-controlled.
 * @example
 * vocabularyWord('bizStep', 'urn:epcglobal:cbv:bizstep:shipping'); // 'shipping'
 */
export function vocabularyWord(kind: VocabularyKind, text: string): string | undefined {
  const vocabulary = vocabularyOf(kind);
  assertText('text', text);
  return vocabulary.words.has(text) ? text : spelledWord(vocabulary, text);
}

/** What a text that is no bare word spells. */
function spelledWord(vocabulary: Vocabulary, text: string): string | undefined {
  if (!text.includes(':')) return undefined;
  for (const spelling of vocabulary.spellings) {
    if (!text.startsWith(spelling)) continue;
    const word = text.slice(spelling.length);
    return vocabulary.words.has(word) ? word : undefined;
  }
  return vocabulary.reserved.some((namespace) => text.startsWith(namespace)) ? undefined : text;
}

/** The web URI of the word that `text` spells; any other text comes back as it is. */
export function vocabularyUri(kind: VocabularyKind, text: string): string {
  const vocabulary = vocabularyOf(kind);
  const word = vocabularyWord(kind, text);
  return word !== undefined && vocabulary.words.has(word) ? vocabulary.base + word : text;
}

/** `text` with a leading CBV URN (`urn:epcglobal:cbv:disp:` …) replaced by the web URI; other text unchanged. */
export function vocabularyUrnToUri(text: string): string {
  if (!assertText('text', text).startsWith(CBV_URN)) return text;
  for (const vocabulary of Object.values(VOCABULARIES)) {
    const urn = vocabulary.spellings.find((spelling) => spelling.startsWith(CBV_URN));
    if (urn !== undefined && text.startsWith(urn)) return vocabulary.base + text.slice(urn.length);
  }
  return text;
}

function vocabularyOf(kind: VocabularyKind): (typeof VOCABULARIES)[VocabularyKind] {
  if (typeof kind !== 'string' || !Object.hasOwn(VOCABULARIES, kind)) {
    throw argumentRangeError('kind', Object.keys(VOCABULARIES).join(', '), 'another one');
  }
  return VOCABULARIES[kind];
}
