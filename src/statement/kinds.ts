// Browser-safe.
/**
 * The kinds of signed statement and the shape of each payload: every fact this library knows arrives in one of these.
 *
 * Reads  epcis/ (the payload of `events`), policy.ts.   Used by  registry/, ledger/, examples.
 * Source design section 3. Ids are canonical GS1 Digital Link URIs; times RFC 3339 with milliseconds and `Z`; days YYYY-MM-DD.
 * Never  gains a field that changes the meaning of an older payload: new fields are optional.
 * @module
 */
import type { EpcisDocument } from '../epcis/event.ts';
import type { Policy } from './policy.ts';

/** What a party may be; a party may have several roles. */
export const ROLES = [
  'operator',
  'manufacturer',
  'distributor',
  'clinic',
  'pharmacy',
  'regulator',
  'service',
] as const;
export type Role = (typeof ROLES)[number];

/** Licence classes known to the default policy; others are plain strings of the same form. */
export type LicenceType = string;

/** Kinds of outlet a product may be supplied through. */
export const CHANNELS = ['hospital', 'clinic', 'pharmacy', 'retail', 'e-commerce', 'beauty-salon'] as const;
export type Channel = (typeof CHANNELS)[number];

/** First entry of every log: who runs it, with which keys, and the policy it starts with. */
export interface GenesisPayload {
  /** Origin of the log: the checkpoint's first line and the audience of every statement. */
  readonly origin: string;
  /** C2SP verifier key of the log's checkpoint signer. */
  readonly logKey: string;
  readonly operator: { readonly id: string; readonly name: string };
  /** Operator's Ed25519 public keys, base64url; the genesis itself is signed by one of them. */
  readonly keys: readonly string[];
  readonly policy: Partial<Policy>;
}

/** A licensed physical place of a party. */
export interface Site {
  /** Canonical GLN URI, AI 414. */
  readonly id: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2 code of the market the site is in. */
  readonly market: string;
  /** Integer micro-degrees: latitude -90e6 .. 90e6, longitude -180e6 .. 180e6. */
  readonly latitude: number;
  readonly longitude: number;
  /** What kind of outlet it is; absent means nobody said. */
  readonly channel?: Channel;
  /** What the place is, in the words of the trade: warehouse, cold store, department. */
  readonly kind?: string;
}

/** A party and what it is; the newest statement for an id replaces the older. */
export interface PartyPayload {
  /** Canonical GLN URI, AI 417. */
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly sites?: readonly Site[];
  /** GS1 Company Prefixes (digits) the party may issue products under. */
  readonly prefixes?: readonly string[];
  /** Licence types this party is trusted to issue, with the regions (ISO 3166-1) it may; no regions means anywhere. */
  readonly issues?: readonly { readonly type: LicenceType; readonly regions?: readonly string[] }[];
}

/** Adds a key to a party, or revokes one. */
export type KeyPayload =
  | {
      readonly action: 'add';
      readonly party: string;
      /** 32 bytes, base64url. */
      readonly publicKey: string;
      readonly validFrom: string;
      readonly validTo?: string;
    }
  | {
      readonly action: 'revoke';
      readonly party: string;
      /** RFC 9679 thumbprint, base64url. */
      readonly kid: string;
      /** Statements of this key recorded from this time on are distrusted (SG-04 at L2). */
      readonly distrustSince?: string;
      readonly reason: string;
    };

/** How a product must be kept; temperatures in milli-degrees Celsius, both ends allowed. */
export interface Storage {
  readonly minMilliC: number;
  readonly maxMilliC: number;
  /** Time it may spend outside the range in its whole life. */
  readonly budgetMs: number;
  /** At or below this it is ruined; absent means freezing does it no harm. */
  readonly freezeMilliC?: number;
}

/** A reference price for one container. */
export interface Price {
  /** ISO 4217 code. */
  readonly currency: string;
  /** In the currency's minor units. */
  readonly amount: number;
}

/** A product class; the newest statement for a product replaces the older. */
export interface ProductPayload {
  /** Canonical GTIN URI, AI 01. */
  readonly id: string;
  readonly name: string;
  /** Doses in one container; absent means 1. */
  readonly doses?: number;
  /** First seven digits of the product's Chinese drug trace codes. */
  readonly traceCodePrefix?: string;
  /** What is in it, as the label says. */
  readonly composition?: string;
  /** What it is approved for. */
  readonly indications?: readonly string[];
  readonly storage?: Storage;
  /** How long it may be used once it is opened or made up. */
  readonly inUseMs?: number;
  readonly price?: Price;
  /** Licence classes whoever uses it on a patient must hold. */
  readonly usedBy?: readonly LicenceType[];
  /** Outlets it may be supplied through; absent means any. */
  readonly channels?: readonly Channel[];
  /** True: every code presented for it must carry its manufacturer's signature (SG-01). */
  readonly signedCode?: boolean;
  /** True: a hand-over or destruction needs the word of both parties (SG-13, CU-12). */
  readonly twoParty?: boolean;
  /** True: clinics, and who injects it, need the manufacturer's certification (LC-07). */
  readonly certified?: boolean;
  /** Units in a full carton (QA-05). */
  readonly cartonUnits?: number;
  /** Class of goods a licence must cover (LC-04). */
  readonly productClass?: string;
  /** Level of procedure a licence must cover for its use (LC-04). */
  readonly procedure?: string;
  /** True: whoever received it may not pass it on (RX-09). */
  readonly notForRedistribution?: boolean;
}

/** A lot with the markets it may be supplied in; the newest statement for a lot replaces the older. */
export interface LotPayload {
  readonly product: string;
  readonly lot: string;
  /** Units the manufacturer signs for, 1 .. 2^53-1. */
  readonly quantity: number;
  /** Expiry day; the unit may be used through the end of it. A newer statement with a later day extends it (RX-08). */
  readonly expiry: string;
  /** ISO 3166-1 alpha-2 codes. */
  readonly markets: readonly string[];
  /** Distributors this lot may pass through; absent means any with a valid authorisation. */
  readonly distributors?: readonly string[];
  /** Sites outside the markets for making, transit, return and destruction (exempt from DV-01). */
  readonly exemptSites?: readonly string[];
  /** True: whoever received it may not pass it on (RX-09). */
  readonly notForRedistribution?: boolean;
}

/**
 * Any credential: distribution authorisation, institution licence, qualification, certification, marketing authorisation.
 * A newer statement of the same id replaces the older from when it is recorded and its validity has begun.
 */
export interface LicencePayload {
  readonly id: string;
  readonly type: LicenceType;
  readonly holder: string;
  readonly validFrom: string;
  /** First instant at which it is no longer valid. */
  readonly validTo: string;
  /** Scope; an absent list does not restrict. */
  readonly places?: readonly string[];
  readonly products?: readonly string[];
  readonly territory?: readonly string[];
  readonly departments?: readonly string[];
  readonly productClasses?: readonly string[];
  /** Levels of procedure. */
  readonly procedures?: readonly string[];
}

/** Ends a licence before its time, or, with `until`, suspends it. */
export interface RevocationPayload {
  readonly licence: string;
  readonly effectiveFrom: string;
  readonly reason: string;
  /** First instant at which a suspended licence is valid again. */
  readonly until?: string;
}

/** Calls lots back; the newest statement of its writer for an id replaces the older. */
export interface RecallPayload {
  readonly id: string;
  readonly product: string;
  readonly lots: readonly string[];
  readonly effectiveFrom: string;
  readonly reason: string;
  /** Where it applies; absent means everywhere. */
  readonly regions?: readonly string[];
  /** 1 is the gravest: the goods may kill or do lasting harm. */
  readonly level?: 1 | 2 | 3;
  /** Nobody should hold goods of these lots after this, but whom they go back to. */
  readonly deadline?: string;
}

/** An investigation's state; a clearance names the findings it clears. */
export interface CasePayload {
  readonly id: string;
  readonly state: 'new' | 'active' | 'escalated' | 'closed';
  readonly findings: readonly string[];
  readonly reason: string;
  /** Highest level among those findings, 0 .. 4; absent: taken for a suspicion, whose closing needs two parties (SG-13). */
  readonly severity?: number;
}

/** Payload by kind. */
export interface Payloads {
  readonly genesis: GenesisPayload;
  readonly events: EpcisDocument;
  readonly party: PartyPayload;
  readonly key: KeyPayload;
  readonly product: ProductPayload;
  readonly lot: LotPayload;
  readonly licence: LicencePayload;
  readonly revocation: RevocationPayload;
  readonly recall: RecallPayload;
  readonly policy: Partial<Policy>;
  readonly case: CasePayload;
}
export type StatementKind = keyof Payloads;

/** An opened statement: signature NOT implied; see open.ts for what was checked. */
export type Statement = { readonly [K in StatementKind]: StatementOf<K> }[StatementKind];

export interface StatementOf<K extends StatementKind> {
  readonly kind: K;
  /** CWT claims of the protected header: iss = the signing party's id, sub = what it is about, aud = the ledger's origin. */
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  /** RFC 9679 thumbprint of the signing key, 32 bytes. */
  readonly kid: Uint8Array;
  /** The key's own sequence number, 0 .. 2^53-1. */
  readonly sequence: number;
  readonly payload: Payloads[K];
}
