// Browser-safe.
/**
 * QA rules: quantities. A lot's commissionings against the quantity its manufacturer signed.
 *
 * Reads  registry/ (lot statements).   Used by  judge.ts, ledger/ (units of an over-issued lot), audit/.
 * Source `findings.md` QA-09: the quantity counts only if signed at a position before the commissioning.
 * Never  counts a unit twice: the fold is fed with first commissionings only.
 * @module
 */
import { assertAct, assertActs } from '../custody/index.ts';
import { assertRegistry } from '../registry/index.ts';
import { assertArray, assertInteger, assertObject, assertText } from '../bytes/index.ts';
import type { Act } from '../custody/index.ts';
import { lotId } from '../gs1/index.ts';
import type { Registry } from '../registry/index.ts';
import { assertFinding, finding, type Finding } from './finding.ts';

/** One step of a lot's fold: units first commissioned (or, negative, taken back before shipment) by one entry. */
export interface LotMovement {
  readonly entry: number;
  readonly units: number;
}

/** Result of a lot's fold. */
export interface LotBalance {
  /** Units in circulation when the lot was furthest beyond its quantity; where it never was, now. */
  readonly commissioned: number;
  /** Quantity signed at a position before that; 0 where none was. */
  readonly quantity: number;
  /** First entry that went beyond the quantity and was not made good by taking units back, or undefined. */
  readonly exceededAt: number | undefined;
}

/** Folds a lot's movements, ascending by entry. A quantity signed afterwards excuses nothing; units taken back do. */
export function lotBalance(registry: Registry, lot: string, movements: readonly LotMovement[]): LotBalance {
  const fold = new LotFold(registry, lot);
  for (const movement of assertArray('movements', movements, Number.MAX_SAFE_INTEGER)) {
    fold.add(movement as LotMovement);
  }
  return fold.balance;
}

/** A lot's fold, one movement after the other. */
export class LotFold {
  readonly #registry: Registry;
  readonly #lot: string;
  #units = 0;
  #excess = 0;
  #worst = { commissioned: 0, quantity: 0 };
  #exceededAt: number | undefined;

  constructor(registry: Registry, lot: string) {
    this.#registry = assertRegistry(registry);
    this.#lot = assertText('lot', lot);
  }

  /** Units in circulation now. */
  get units(): number {
    return this.#units;
  }

  get balance(): LotBalance {
    return { ...this.#worst, exceededAt: this.#exceededAt };
  }

  /** Adds a movement, of no earlier entry than those before. */
  add(movement: LotMovement): void {
    const { entry, units } = assertObject('movement', movement);
    assertInteger('units', units, -Number.MAX_SAFE_INTEGER);
    this.#units += units;
    if (units < 0) this.#excess = Math.max(this.#excess + units, 0);
    const quantity = this.#registry.lot(this.#lot, entry)?.payload.quantity ?? 0;
    const commissioned = this.#units;
    if (this.#excess === 0) this.#exceededAt = undefined;
    if (units > 0 && commissioned - quantity > this.#excess) {
      this.#excess = commissioned - quantity;
      this.#exceededAt ??= entry;
      this.#worst = { commissioned, quantity };
    }
    if (this.#excess === 0) this.#worst = { commissioned, quantity };
  }
}

/** QA-09 on the lot: proof is the lot statement and the commissionings. Empty where the lot is within its quantity. */
export function overIssue(
  registry: Registry,
  lot: string,
  movements: readonly LotMovement[],
  commissionings: readonly Act[],
): readonly Finding[] {
  return overIssueOf(registry, lot, lotBalance(registry, lot, movements), commissionings);
}

/** The same of a lot that was folded already. */
export function overIssueOf(
  registry: Registry,
  lot: string,
  balance: LotBalance,
  commissionings: readonly Act[],
): readonly Finding[] {
  assertRegistry(registry);
  assertText('lot', lot);
  assertActs(commissionings);
  const { commissioned, quantity, exceededAt } = assertObject('balance', balance);
  if (exceededAt === undefined) return [];
  return [
    finding({
      code: 'QA-09',
      severity: 4,
      subject: { type: 'lot', id: lot },
      acts: commissionings,
      facts: [registry.lot(lot, exceededAt)?.entry],
      detail: `${commissioned} commissioned, ${quantity} signed for`,
    }),
  ];
}

/** QA-09 as one unit of the lot inherits it: suspect if it was commissioned beyond the quantity, else a notice. */
export function inheritedOverIssue(lot: Finding, unit: string, commission: Act, exceededAt: number): Finding {
  assertFinding(lot);
  assertText('unit', unit);
  assertAct(commission);
  assertInteger('exceededAt', exceededAt);
  const beyond = commission.ref.entry >= exceededAt;
  const inherited = finding({
    code: 'QA-09',
    severity: beyond ? 3 : 1,
    subject: { type: 'unit', id: unit },
    acts: [commission],
    detail: beyond ? 'this unit is among those beyond the quantity' : 'this unit is within the quantity',
  });
  return { ...inherited, proof: lot.proof };
}

/** True if an act commissions units of this lot: same product, same lot number. */
export function commissionsLot(act: Act, lot: string): boolean {
  assertAct(act);
  assertText('lot', lot);
  if (act.step !== 'commission' || act.lot === undefined) return false;
  const product = lot.slice(0, lot.indexOf('/10/'));
  const gtin = product.slice(product.lastIndexOf('/') + 1);
  return lotId(gtin, act.lot) === lot && act.ids.some((id) => id.startsWith(`${product}/`));
}
