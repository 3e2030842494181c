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
  assertRegistry(registry);
  for (const movement of assertArray('movements', movements, Number.MAX_SAFE_INTEGER)) {
    assertObject('movement', movement as LotMovement);
  }
  let commissioned = 0;
  let excess = 0;
  let worst = { commissioned: 0, quantity: 0 };
  let exceededAt: number | undefined;
  for (const { entry, units } of movements) {
    commissioned += units;
    if (units < 0) excess = Math.max(excess + units, 0);
    const quantity = registry.lot(lot, entry)?.payload.quantity ?? 0;
    if (excess === 0) exceededAt = undefined;
    if (units > 0 && commissioned - quantity > excess) {
      excess = commissioned - quantity;
      exceededAt ??= entry;
      worst = { commissioned, quantity };
    }
    if (excess === 0) worst = { commissioned, quantity };
  }
  return { ...worst, exceededAt };
}

/** QA-09 on the lot: proof is the lot statement and the commissionings. Empty where the lot is within its quantity. */
export function overIssue(
  registry: Registry,
  lot: string,
  movements: readonly LotMovement[],
  commissionings: readonly Act[],
): readonly Finding[] {
  assertText('lot', lot);
  assertActs(commissionings);
  const { commissioned, quantity, exceededAt } = lotBalance(registry, lot, movements);
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
