/**
 * GS1 numbers handed out one after another: GTIN, GLN, SSCC, and the ids made of them.
 *
 * Reads  the package's gs1 room.   Used by  parties.ts, lots.ts.
 * Source GS1 General Specifications section 7.9 (check digit); GS1 prefix 952 is reserved for examples.
 * @module
 */
import { checkDigit, partyId, placeId, productId, sscc } from 'countermark/gs1';
import type { Doctor } from './parties.ts';

/** A counter for each kind of number. */
export class Numbers {
  #glns = 0;
  #gtins = 0;
  #ssccs = 0;
  #doctors = 0;

  /** The next global location number. */
  gln(): string {
    const digits = `9520${String(++this.#glns).padStart(8, '0')}`;
    return digits + checkDigit(digits);
  }

  /** The next trade item number under a company prefix of seven digits. */
  gtin(prefix: string): string {
    const digits = `0${prefix}${String(++this.#gtins).padStart(5, '0')}`;
    return digits + checkDigit(digits);
  }

  /** Id of the next logistic unit under a company prefix of seven digits. */
  container(prefix: string): string {
    const digits = `3${prefix}${String(++this.#ssccs).padStart(9, '0')}`;
    return sscc(digits + checkDigit(digits));
  }

  /** The next doctor of a market: its register's address and a licence number. */
  doctor(market: string): Doctor {
    const number = String(++this.#doctors).padStart(6, '0');
    return { id: `https://doctors.countermark.example/${market}/${number}`, market };
  }

  partyId(gln: string): string {
    return partyId(gln);
  }

  placeId(gln: string): string {
    return placeId(gln);
  }

  productId(gtin: string): string {
    return productId(gtin);
  }
}
