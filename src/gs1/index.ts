// Browser-safe.
/**
 * GS1 identifiers and codes: check digits, canonical ids, element strings, Digital Links, EPC URNs, signed unit codes.
 * @module
 */
export { checkDigit, isGln, isGtin, isSscc, toGtin14 } from './check-digit.ts';
export { aiFormat, aiList } from './ai.ts';
export type { AiComponent, AiElement, AiFormat } from './ai.ts';
export type { CodeFailure, CodeFinding } from './failure.ts';
export { CODE_LENGTH_MAX } from './failure.ts';
export { FNC1, formatElementString, parseElementString } from './element-string.ts';
export type { ParsedElements } from './element-string.ts';
export { formatDigitalLink, parseDigitalLink } from './digital-link.ts';
export { lotId, parseCanonicalId, partyId, placeId, productId, sgtin, sscc, traceCodeId } from './ids.ts';
export type { ParsedId } from './ids.ts';
export { epcElements } from './epc.ts';
export { canonicalDigitalLink, canonicalId, parseId } from './canonical.ts';
export { parseCode } from './code.ts';
export type { ParsedCode, PresentedCode } from './code.ts';
export {
  labelKeyId,
  signUnitCode,
  signUnitCodes,
  toDigitalLink,
  toElementString,
  unitCodeMessage,
  verifyUnitCode,
} from './unit-code.ts';
export type { PresentedUnitCode, SignedUnitCode, UnitCode } from './unit-code.ts';
