// Browser-safe.
/**
 * Licence classes of the field, as data: who holds one, what it proves, who usually issues it.
 *
 * Reads  nothing.   Used by  registry/, judgement/ (words of LC findings), docs.
 * Source the field's own papers: institution, clinic and physician registers, makers' certificates, distribution authorisations.
 * Never  decides anything: which classes a step asks for is policy and product data; who may issue one is the operator's word.
 * @module
 */
import { assertText } from '../bytes/index.ts';

/** Who a class of licence is about. */
export type LicenceHolder = 'institution' | 'practitioner' | 'trader' | 'manufacturer';

/** One class of licence. */
export interface LicenceClass {
  readonly type: string;
  readonly name: string;
  readonly holder: LicenceHolder;
  /** What it proves, in one clause. */
  readonly proves: string;
  /** Who usually issues it. */
  readonly issuer: 'regulator' | 'manufacturer';
}

/** Every class the default policy or a rule names; a log may use others of the same form. */
export const LICENCE_CLASSES: readonly LicenceClass[] = Object.freeze([
  row(
    'institution-practice',
    'institution practice licence',
    'institution',
    'it may treat patients at its places',
    'regulator',
  ),
  row(
    'pharmacy-practice',
    'pharmacy licence',
    'institution',
    'it may supply patients at its places',
    'regulator',
  ),
  row(
    'clinic-registration',
    'clinic registration',
    'institution',
    'it is entered as a clinic, with its departments',
    'regulator',
  ),
  row(
    'physician-qualification',
    'physician qualification',
    'practitioner',
    'who holds it is a physician',
    'regulator',
  ),
  row(
    'physician-practice',
    'physician practice licence',
    'practitioner',
    'who holds it may practise at the places named',
    'regulator',
  ),
  row(
    'medical-aesthetic',
    'medical-aesthetic qualification',
    'practitioner',
    'who holds it may lead aesthetic treatments',
    'regulator',
  ),
  row(
    'certification',
    'certification of an institution',
    'institution',
    'the maker has certified it for the product',
    'manufacturer',
  ),
  row(
    'doctor-certification',
    'certification of a doctor',
    'practitioner',
    'the maker has trained and certified who holds it',
    'manufacturer',
  ),
  row(
    'distribution',
    'distribution authorisation',
    'trader',
    'it may trade the products in its territory',
    'manufacturer',
  ),
  row(
    'marketing-authorisation',
    'marketing authorisation',
    'manufacturer',
    'the products may be put on the market',
    'regulator',
  ),
]);

/** Holds the maker's word for an institution, and for who injects. */
export const CERTIFICATION = 'certification';
export const DOCTOR_CERTIFICATION = 'doctor-certification';
/** Held by a manufacturer for its product in a territory. */
export const MARKETING_AUTHORISATION = 'marketing-authorisation';
/** Held by whoever trades. */
export const DISTRIBUTION = 'distribution';

/** The class of a licence type; undefined for one this library has no words for. */
export function licenceClass(type: string): LicenceClass | undefined {
  assertText('type', type);
  return LICENCE_CLASSES.find((known) => known.type === type);
}

function row(
  type: string,
  name: string,
  holder: LicenceHolder,
  proves: string,
  issuer: LicenceClass['issuer'],
): LicenceClass {
  return Object.freeze({ type, name, holder, proves, issuer });
}
