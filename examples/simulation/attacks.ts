/**
 * The attackers: each plants its attack when a lot is made, or follows a genuine unit to its use.
 *
 * Reads  attack-*.ts, one family each.   Used by  trade.ts (lots), clinics.ts (uses).
 * Rule   what an attacker writes goes through the same capture as everything else: it can be missed, late or out of order.
 * Never  gives the ledger a hint: a copy carries the genuine code, an insider signs with the genuine key.
 * @module
 */
import type { Attack } from './attack-book.ts';
import { planFraming, plantClaim, planTheft } from './attack-claims.ts';
import { checkFarAway, checkNearBy, checkUnused, refill, sellEverywhere, useAgain } from './attack-copies.ts';
import { plantForgery, plantOverIssue } from './attack-serials.ts';
import { plantRecall, unqualifiedDoctor } from './attack-status.ts';
import { plantDiversion, plantRogueClinic, plantWarmth } from './attack-trade.ts';
import type { AttackKind } from './options.ts';
import { SHORT_EXPIRY_DAYS, type Lot, type Unit } from './lots.ts';
import type { Doctor, Outlet } from './parties.ts';
import { chooseUnit } from './victims.ts';
import { DAY_MS, workingTime, type World } from './world.ts';

type Planter = (world: World, lot: Lot, attack: Attack, lotIndex: number) => void;

/** Kinds in the order in which they choose: pallets and cartons first, single units among the rest. */
const PLANTERS: readonly (readonly [AttackKind, Planter])[] = [
  ['unlicensed-clinic', plantRogueClinic],
  ['self-licensed', plantRogueClinic],
  ['diverted-pallet', plantDiversion],
  ['cold-chain', plantWarmth],
  ['over-issue', plantOverIssue],
  ['forged-serial', plantForgery],
  ['recall-ignored', plantRecall],
  ...(['clone-single', 'clone-mass', 'double-use', 'unqualified-doctor', 'refill'] as const).map(
    (kind) => [kind, chooseUnit] as const,
  ),
  ...(['stolen', 'backdated', 'framing'] as const).map((kind) => [kind, plantClaim] as const),
  ['expired', chooseUnit],
];

/** Plants the attacks that strike this lot; called once, before anything of it is recorded. */
export function plantAttacks(world: World, lot: Lot, lotIndex: number): void {
  const attacks = world.attacks.ofLot(lotIndex);
  for (const [kind, plant] of PLANTERS) {
    for (const attack of attacks) if (attack.kind === kind) plant(world, lot, attack, lotIndex);
  }
}

/** True if the lot's last day of use is to come soon. */
export function isShortDated(world: World, lotIndex: number): boolean {
  return world.attacks.ofLot(lotIndex).some((attack) => attack.kind === 'expired');
}

/** How a unit in stock will be used. */
export interface PlannedUse {
  readonly useMs: number;
  /** The attack whose doing the use itself is. */
  readonly attack?: Attack | undefined;
  /** Who injects; absent: one of the clinic's doctors. */
  readonly doctor?: Doctor | undefined;
}

/** A genuine unit under attack would be used at `useMs`: plans what the attack does around it; undefined if it is not used there. */
export function onGenuineUse(
  world: World,
  unit: Unit,
  clinic: Outlet,
  useMs: number,
): PlannedUse | undefined {
  const { attack } = unit;
  const honest: PlannedUse = { useMs };
  if (attack === undefined) return honest;
  const random = world.random.fork(`attack on ${unit.id}`);
  const scene = { world, random, unit, attack, clinic, useMs };
  switch (attack.variant) {
    case 'used elsewhere':
    case 'sold on':
    case 'same clinic':
      useAgain(scene);
      return honest;
    case 'checked elsewhere':
      checkFarAway(scene);
      return honest;
    case 'sold as unused':
      checkUnused(scene);
      return honest;
    case 'seen near by':
      checkNearBy(scene);
      return honest;
    case 'sold everywhere':
      sellEverywhere(scene);
      return honest;
    case 'received as new':
    case 'opened again':
      refill(scene);
      return honest;
    case 'qualification lapsed':
    case 'not certified':
      return { useMs, attack, doctor: unqualifiedDoctor(scene) };
    case 'used after theft':
    case 'shipped before theft':
      planTheft(scene);
      return undefined;
    case 'used after recall':
      return { useMs: Math.max(useMs, laterUse(scene, attack.strikesAtMs ?? 0)), attack };
    case 'used after expiry':
      return { useMs: laterUse(scene, unit.lot.startMs + (SHORT_EXPIRY_DAYS + 2) * DAY_MS), attack };
    case 'declared stolen':
    case 'declared used':
      planFraming(scene);
      return honest;
    default:
      return honest;
  }
}

function laterUse({ world, random, clinic }: Scene, afterMs: number): number {
  return workingTime(random, clinic, Math.max(afterMs, world.agenda.nowMs), 1, 6);
}

/** A unit under attack that is about to be used, and whoever has it. */
export interface Scene {
  readonly world: World;
  readonly random: World['random'];
  readonly unit: Unit;
  readonly attack: Attack;
  readonly clinic: Outlet;
  readonly useMs: number;
}
