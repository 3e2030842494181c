// Browser-safe.
/**
 * The one transition table: which step is legal in which state, who may take it, and what it leaves behind.
 *
 * Reads  act.ts (steps), statement/ (roles).   Used by  completion.ts, timeline.ts, judgement/.
 * Source CBV 2.0 dispositions for the life of a unit; design section 6 for what may be inserted as a missing step.
 * Never  knows about time, licences or places: those are asked of the caller.
 * @module
 */
import { assertArray, assertFunction, assertObject } from '../bytes/index.ts';
import { assertStep } from './act.ts';
import type { Role } from '../statement/kinds.ts';
import type { Step } from './act.ts';

/** Life of a unit. `gone` is decommissioned or destroyed. */
export const LIVES = ['unborn', 'active', 'opened', 'dispensed', 'administered', 'retired', 'gone'] as const;
export type Life = (typeof LIVES)[number];

/**
 * Where custody lies. `claimed` names the party on whose word alone it rests: it made itself the holder by a hand-over that
 * the party before never recorded, and nobody has taken the goods from it since.
 */
export type Custody =
  | { readonly at: 'nowhere'; readonly claimed?: undefined }
  | { readonly at: 'held'; readonly by: string; readonly claimed?: string | undefined }
  | {
      readonly at: 'transit';
      readonly from: string;
      readonly to: string | undefined;
      readonly claimed?: string | undefined;
    }
  | { readonly at: 'inside'; readonly container: string; readonly claimed?: string | undefined }
  /** Handed to a customer; `by` is who dispensed it. */
  | { readonly at: 'released'; readonly by: string; readonly claimed?: string | undefined };

export interface State {
  readonly life: Life;
  readonly custody: Custody;
}

/** What a step asks of custody and does to it. */
export type Hand =
  /** nowhere → held by the actor */
  | 'make'
  /** held by the actor → the same */
  | 'keep'
  /** held by the actor → in transit to whom the step names */
  | 'give'
  /** in transit to the actor → held by the actor */
  | 'take'
  /** in transit to the actor → held by whom it came from */
  | 'refuse'
  /** in transit from the actor → held by the actor */
  | 'recall'
  /** held by the actor → inside the container the step names */
  | 'enclose'
  /** inside that container, which the actor holds → held by the actor */
  | 'disclose'
  /** held by the actor → with the customer */
  | 'release'
  /** held by the actor or with the customer → held by the actor */
  | 'use'
  /** with the actor's own customer → held by the actor */
  | 'reclaim'
  /** asks nothing, does nothing */
  | 'none';

export interface Transition {
  readonly from: readonly Life[];
  /** Life afterwards; undefined keeps it. */
  readonly to: Life | undefined;
  readonly hand: Hand;
  /** Roles that may take the step; `any` for steps that move nothing. */
  readonly roles: readonly Role[] | 'any';
  /** May be inserted as a missing step (design section 6). */
  readonly insertable: boolean;
  /** The actor must hold his role's required licences at the time. */
  readonly licensed: boolean;
}

const TRADE: readonly Role[] = ['manufacturer', 'distributor'];
const CARE: readonly Role[] = ['clinic', 'pharmacy'];
const ALL: readonly Role[] = ['manufacturer', 'distributor', 'clinic', 'pharmacy'];
const STOCK: readonly Life[] = ['active'];
const ENCLOSED: readonly Life[] = ['active', 'opened', 'dispensed', 'administered', 'retired'];

/** Step by step; everything else in this library asks this table. */
export const TRANSITIONS: Readonly<Record<Step, Transition>> = {
  commission: row(['unborn'], 'active', 'make', ['manufacturer']),
  pack: row(STOCK, undefined, 'enclose', ALL, { insertable: true }),
  unpack: row(ENCLOSED, undefined, 'disclose', ALL, { insertable: true }),
  ship: row(STOCK, undefined, 'give', TRADE, { insertable: true }),
  return: row(STOCK, undefined, 'give', ['distributor', 'clinic', 'pharmacy'], { insertable: true }),
  receive: row(STOCK, undefined, 'take', ALL, { insertable: true, licensed: true }),
  reject: row(STOCK, undefined, 'refuse', ALL),
  void: row(STOCK, undefined, 'recall', ALL),
  open: row(['active', 'dispensed'], 'opened', 'use', CARE, { insertable: true, licensed: true }),
  dispense: row(STOCK, 'dispensed', 'release', CARE, { licensed: true }),
  undo: row(['dispensed'], 'active', 'reclaim', CARE, { insertable: true }),
  administer: row(['active', 'opened', 'dispensed'], 'administered', 'use', ['clinic'], {
    insertable: true,
    licensed: true,
  }),
  retire: row(['administered'], 'retired', 'use', CARE),
  handle: row(STOCK, undefined, 'keep', ALL),
  decommission: row(STOCK, 'gone', 'keep', TRADE),
  destroy: row(['active', 'opened', 'administered', 'retired'], 'gone', 'keep', ALL),
  transform: row(['active', 'opened'], 'gone', 'keep', ALL),
  declare: row(LIVES, undefined, 'none', [...ALL, 'regulator']),
  correct: row(LIVES, undefined, 'none', 'any'),
  sensor: row(LIVES, undefined, 'none', 'any'),
  observe: row(LIVES, undefined, 'none', 'any'),
  other: row(LIVES, undefined, 'none', 'any'),
};

/** Steps that end a unit's saleable life: a second one is the subject of ST-01, ST-02, ST-08 and CL-03. */
export const END_STEPS: ReadonlySet<Step> = new Set<Step>([
  'dispense',
  'administer',
  'decommission',
  'destroy',
]);
/** Lives after which nothing but a sequel is legal (ST-06). */
export const ENDED: ReadonlySet<Life> = new Set<Life>(['dispensed', 'administered', 'retired', 'gone']);
export const NOWHERE: Custody = Object.freeze({ at: 'nowhere' });

/** True if the step moves a subject at all. */
export function moves(step: Step): boolean {
  assertStep(step);
  return isMoving(step);
}

/** {@link moves} of what is known to be a step. */
export function isMoving(step: Step): boolean {
  return TRANSITIONS[step].hand !== 'none';
}

/** True if one of `roles` may take the step. */
export function roleAllows(step: Step, roles: readonly Role[]): boolean {
  assertStep(step);
  assertArray('roles', roles, 1000);
  return isRoleFor(step, roles);
}

/** {@link roleAllows} of what is known to be a step and roles. */
export function isRoleFor(step: Step, roles: readonly Role[]): boolean {
  const allowed = TRANSITIONS[step].roles;
  if (allowed === 'any') return true;
  for (const role of roles) if (allowed.includes(role)) return true;
  return false;
}

/**
 * Custody after the step, or undefined where the step is not legal from `custody`.
 * @param outerOf - custody of a container; undefined where nothing of it is recorded.
 */
export function custodyAfter(
  hand: Hand,
  custody: Custody,
  step: { readonly actor: string; readonly to?: string | undefined; readonly parent?: string | undefined },
  outerOf: (container: string) => Custody | undefined,
): Custody | undefined {
  assertObject('custody', custody);
  assertObject('step', step);
  assertFunction('outerOf', outerOf);
  return handedOn(hand, custody, step, { containerCustody: outerOf });
}

/** {@link custodyAfter} of what is known to be custody and a step. */
export function handedOn(
  hand: Hand,
  custody: Custody,
  step: { readonly actor: string; readonly to?: string | undefined; readonly parent?: string | undefined },
  world: { containerCustody(container: string): Custody | undefined },
): Custody | undefined {
  const { actor, to, parent } = step;
  const held = custody.at === 'held' && custody.by === actor;
  // Whoever takes the goods from a party that claimed them bears it out; its own further steps do not.
  const isClaimed = custody.claimed === actor;
  switch (hand) {
    case 'make':
      return custody.at === 'nowhere' ? heldBy(actor, isClaimed) : undefined;
    case 'keep':
      return held ? custody : undefined;
    case 'give':
      return held ? { at: 'transit', from: actor, to, claimed: isClaimed ? actor : undefined } : undefined;
    case 'take':
      return custody.at === 'transit' && (custody.to === undefined || custody.to === actor)
        ? heldBy(actor, isClaimed)
        : undefined;
    case 'refuse': {
      if (custody.at !== 'transit' || (custody.to !== undefined && custody.to !== actor)) return undefined;
      const { from, claimed } = custody;
      return heldBy(from, claimed === from);
    }
    case 'recall':
      return custody.at === 'transit' && custody.from === actor ? heldBy(actor, isClaimed) : undefined;
    case 'enclose':
      return held && parent !== undefined
        ? { at: 'inside', container: parent, claimed: isClaimed ? actor : undefined }
        : undefined;
    case 'disclose': {
      if (custody.at !== 'inside' || custody.container !== parent) return undefined;
      const outer = world.containerCustody(custody.container);
      if (outer === undefined) return heldBy(actor, isClaimed);
      if (outer.at !== 'held' || outer.by !== actor) return undefined;
      return heldBy(actor, isClaimed || outer.claimed === actor);
    }
    case 'release':
      return held ? { at: 'released', by: actor, claimed: isClaimed ? actor : undefined } : undefined;
    case 'use':
      return held || custody.at === 'released' ? heldBy(actor, isClaimed) : undefined;
    case 'reclaim':
      return custody.at === 'released' && custody.by === actor ? heldBy(actor, isClaimed) : undefined;
    case 'none':
      return custody;
  }
}

/** Held by a party. Who makes custody names all its parts, also those it lacks: engines read objects of few shapes faster. */
export function heldBy(by: string, isClaimed: boolean): Custody {
  return { at: 'held', by, claimed: isClaimed ? by : undefined };
}

function row(
  from: readonly Life[],
  to: Life | undefined,
  hand: Hand,
  roles: readonly Role[] | 'any',
  flags: { readonly insertable?: boolean; readonly licensed?: boolean } = {},
): Transition {
  return Object.freeze({
    from,
    to,
    hand,
    roles,
    insertable: flags.insertable ?? false,
    licensed: flags.licensed ?? false,
  });
}
