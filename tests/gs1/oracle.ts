/**
 * bwip-js as a second opinion: what a printing library accepts and refuses to encode.
 *
 * Its encoders check lengths, character sets, check digits and dates of GS1 data, independently of this project.
 * @module
 */
import bwip from 'bwip-js/node';

/** True if the printing library encodes the printed element string `(01)…`. */
export function printsElementString(text: string): boolean {
  return prints('gs1datamatrix', text);
}

/** True if the printing library encodes the GS1 Digital Link. */
export function printsDigitalLink(uri: string): boolean {
  return prints('gs1dldatamatrix', uri);
}

/** True if the printing library encodes the digits in the named symbology (`ean8`, `ean13`, `upca`, `ean14`, `sscc18`). */
export function prints(symbology: string, text: string): boolean {
  try {
    bwip.raw(symbology, text, '');
    return true;
  } catch (error) {
    // A refusal is a coded message; anything else is a broken oracle.
    if (/bwipp\.\w+#/.test(String(error))) return false;
    throw error;
  }
}
