// Goal:   the transition table allows exactly the steps written out here, from every life and every shape of custody.
// Method: exhaustive: 17 steps × 7 lives × every shape, with the actor as holder, receiver, or nobody; a second table by hand.
import { describe, expect, it } from 'vitest';
import {
  applyAct,
  LIVES,
  moves,
  roleAllows,
  STEPS,
  TRANSITIONS,
  type Act,
  type CompletionWorld,
  type Custody,
  type Life,
  type Step,
} from '../../src/custody/index.ts';
import { ROLES, type Role } from '../../src/statement/kinds.ts';

const ME = 'me';
const OTHER = 'other';
const BOX = 'box';

/** Every shape of custody, by what it is to the actor. */
const SHAPES: Readonly<Record<string, Custody>> = {
  nowhere: { at: 'nowhere' },
  mine: { at: 'held', by: ME },
  theirs: { at: 'held', by: OTHER },
  'sent to me': { at: 'transit', from: OTHER, to: ME },
  'sent to nobody named': { at: 'transit', from: OTHER, to: undefined },
  'sent to another': { at: 'transit', from: ME, to: OTHER },
  'in my box': { at: 'inside', container: BOX },
  'in another box': { at: 'inside', container: 'another' },
  'sold by me': { at: 'released', by: ME },
  'sold by another': { at: 'released', by: OTHER },
};
const HELD = ['mine'];
const SENT = ['sent to me', 'sent to nobody named'];
const USABLE = ['mine', 'sold by me', 'sold by another'];

interface Rule {
  readonly lives: readonly Life[];
  readonly shapes: readonly string[];
  readonly life?: Life;
  readonly custody: string;
}

/** What is legal: from which lives and shapes, and what it leaves. */
const LEGAL: Readonly<Partial<Record<Step, Rule>>> = {
  commission: { lives: ['unborn'], shapes: ['nowhere'], life: 'active', custody: 'mine' },
  receive: { lives: ['active'], shapes: SENT, custody: 'mine' },
  unpack: {
    lives: ['active', 'opened', 'dispensed', 'administered', 'retired'],
    shapes: ['in my box'],
    custody: 'mine',
  },
  undo: { lives: ['dispensed'], shapes: ['sold by me'], life: 'active', custody: 'mine' },
  transform: { lives: ['active', 'opened'], shapes: HELD, life: 'gone', custody: 'mine' },
  handle: { lives: ['active'], shapes: HELD, custody: 'mine' },
  pack: { lives: ['active'], shapes: HELD, custody: 'in my box' },
  ship: { lives: ['active'], shapes: HELD, custody: 'sent to another' },
  return: { lives: ['active'], shapes: HELD, custody: 'sent to another' },
  reject: { lives: ['active'], shapes: SENT, custody: 'theirs' },
  void: { lives: ['active'], shapes: ['sent to another'], custody: 'mine' },
  open: { lives: ['active', 'dispensed'], shapes: USABLE, life: 'opened', custody: 'mine' },
  dispense: { lives: ['active'], shapes: HELD, life: 'dispensed', custody: 'sold by me' },
  administer: {
    lives: ['active', 'opened', 'dispensed'],
    shapes: USABLE,
    life: 'administered',
    custody: 'mine',
  },
  retire: { lives: ['administered'], shapes: USABLE, life: 'retired', custody: 'mine' },
  decommission: { lives: ['active'], shapes: HELD, life: 'gone', custody: 'mine' },
  destroy: {
    lives: ['active', 'opened', 'administered', 'retired'],
    shapes: HELD,
    life: 'gone',
    custody: 'mine',
  },
};

/** Roles that may take each step. */
const WHO: Readonly<Partial<Record<Step, string>>> = {
  commission: 'manufacturer',
  receive: 'manufacturer distributor clinic pharmacy',
  unpack: 'manufacturer distributor clinic pharmacy',
  undo: 'clinic pharmacy',
  transform: 'manufacturer distributor clinic pharmacy',
  declare: 'manufacturer distributor clinic pharmacy regulator',
  handle: 'manufacturer distributor clinic pharmacy',
  pack: 'manufacturer distributor clinic pharmacy',
  ship: 'manufacturer distributor',
  return: 'distributor clinic pharmacy',
  reject: 'manufacturer distributor clinic pharmacy',
  void: 'manufacturer distributor clinic pharmacy',
  open: 'clinic pharmacy',
  dispense: 'clinic pharmacy',
  administer: 'clinic',
  retire: 'clinic pharmacy',
  decommission: 'manufacturer distributor',
  destroy: 'manufacturer distributor clinic pharmacy',
};

const MOVING = STEPS.filter(moves);

describe('TRANSITIONS', () => {
  it.each(MOVING)('allows %s exactly where it is legal', (step) => {
    const rule = LEGAL[step]!;
    for (const life of LIVES) {
      for (const [shape, custody] of Object.entries(SHAPES)) {
        const after = applyAct({ life, custody }, actOf(step), worldOf(false));
        const isLegal = rule.lives.includes(life) && rule.shapes.includes(shape);
        const expected = isLegal ? { life: rule.life ?? life, custody: SHAPES[rule.custody] } : undefined;
        expect(after, `${step} of an ${life} unit, ${shape}`).toEqual(expected);
      }
    }
  });

  it('lets the steps that move nothing leave every state as it is', () => {
    const still = STEPS.filter((step) => !moves(step));
    expect(still).toEqual(['declare', 'correct', 'sensor', 'observe', 'other']);
    for (const step of still) {
      for (const life of LIVES) {
        for (const custody of Object.values(SHAPES)) {
          expect(applyAct({ life, custody }, actOf(step), worldOf(false))).toEqual({ life, custody });
        }
      }
    }
  });

  it('allows a further use of a container that holds more doses, and of no other', () => {
    const used = { life: 'administered', custody: SHAPES.mine! } as const;
    expect(applyAct(used, actOf('administer'), worldOf(true))).toEqual(used);
    expect(applyAct(used, actOf('administer'), worldOf(false))).toBeUndefined();
    for (const life of ['unborn', 'retired', 'gone'] as const) {
      expect(applyAct({ ...used, life }, actOf('administer'), worldOf(true))).toBeUndefined();
    }
  });

  it.each(STEPS)('gives %s to the roles that may take it', (step) => {
    const allowed = ROLES.filter((role) => roleAllows(step, [role]));
    const expected: readonly Role[] = (WHO[step]?.split(' ') as Role[] | undefined) ?? ROLES;
    expect(allowed).toEqual(
      expected.length === ROLES.length ? ROLES : ROLES.filter((r) => expected.includes(r)),
    );
    expect(roleAllows(step, []), 'no role').toBe(WHO[step] === undefined);
  });

  it('lets the search insert only what an honest party may have missed', () => {
    const insertable = STEPS.filter((step) => TRANSITIONS[step].insertable);
    expect(insertable).toEqual(['receive', 'unpack', 'undo', 'pack', 'ship', 'return', 'open', 'administer']);
  });

  it('asks a licence for taking, supplying and using goods', () => {
    const licensed = STEPS.filter((step) => TRANSITIONS[step].licensed);
    expect(licensed).toEqual(['receive', 'open', 'dispense', 'administer']);
  });
});

describe("custody that rests on one party's word", () => {
  const claimed: Custody = { at: 'held', by: ME, claimed: ME };

  it.each(['ship', 'pack', 'dispense', 'open', 'handle'] as const)('stays so after its own %s', (step) => {
    expect(applyAct({ life: 'active', custody: claimed }, actOf(step), worldOf(false))?.custody.claimed).toBe(
      ME,
    );
  });

  it('is borne out by whoever takes the goods from it', () => {
    const sent: Custody = { at: 'transit', from: OTHER, to: ME, claimed: OTHER };
    const taken = applyAct({ life: 'active', custody: sent }, actOf('receive'), worldOf(false));
    expect(taken).toEqual({ life: 'active', custody: SHAPES.mine });
  });
});

/** An act of ME that names BOX as its container and OTHER as its receiver. */
function actOf(step: Step): Act {
  return {
    ref: { entry: 1, event: 0 },
    recordTimeMs: 0,
    timeMs: 0,
    step,
    actor: ME,
    kid: '',
    eventId: undefined,
    ids: ['unit'],
    parent: BOX,
    place: undefined,
    from: undefined,
    to: OTHER,
    toPlace: undefined,
    lot: undefined,
    expiry: undefined,
    actId: undefined,
    doses: 1,
    scan: undefined,
    more: undefined,
  };
}

function worldOf(dosesRemain: boolean): CompletionWorld {
  return {
    containerCustody: (container) => (container === BOX ? SHAPES.mine : SHAPES.theirs),
    containerWasWith: () => false,
    mayInsert: () => false,
    mayFlow: () => false,
    dosesRemain,
  };
}
