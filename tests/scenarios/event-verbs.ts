/**
 * What happens to goods, who looks at them, and what is declared of them: the event sentences of scenarios.
 *
 * Reads  tale.ts, words.ts (holes).   Used by  teller.ts.
 * Rule   one sentence, one statement; only `A reaches clinicA` is five.
 * @module
 */
import { sgtin } from '../../src/gs1/index.ts';
import type { Who } from '../support/cast.ts';
import type { Step, StepOptions } from '../support/script.ts';
import type { EndingGroup } from './endings.ts';
import type { Label, Said, Tale } from './tale.ts';

type Holes = Readonly<Record<string, string>>;

/** One sentence of the language. */
export interface Verb {
  readonly says: string;
  /** Groups of endings it understands. */
  readonly endings: readonly EndingGroup[];
  /** True for lines that take no time and write nothing. */
  readonly isTimeless?: boolean;
  readonly tell: (tale: Tale, holes: Holes, said: Said) => Step | undefined;
}

const EVENT = ['place', 'signing', 'name'] as const;

/** Fields of `said` with these names, where it has them. */
function only(said: Said, ...names: readonly string[]): Readonly<Record<string, never>> {
  return Object.fromEntries(names.filter((name) => name in said).map((name) => [name, said[name] as never]));
}

/** A sentence of its own, that says where, by whom and as what besides. */
export function verb(says: string, endings: readonly EndingGroup[], tell: Verb['tell']): Verb {
  return { says, endings: [...EVENT, ...endings], tell };
}

/** A verb of one party and its goods. */
export function plain(
  says: string,
  endings: readonly EndingGroup[],
  act: (tale: Tale, who: Who, ids: readonly string[], options: StepOptions & Said, holes: Holes) => Step,
): Verb {
  return verb(says, endings, (tale, holes, said) => {
    const options = { ...said, ...tale.step(said) };
    return act(tale, holes['who'] as Who, tale.ids(holes['things'] ?? ''), options, holes);
  });
}

function make(tale: Tale, by: Who, ids: readonly string[], said: Said): Step {
  const lot = (said['lot'] as string | undefined) ?? 'LOT1';
  const expiry =
    (said['expiry'] as string | undefined) ?? tale.lotExpiry.get(lot) ?? tale.lotExpiry.get('LOT1')!;
  tale.print(ids, lot, expiry);
  return tale.script.commission(ids, { ...tale.step(said), by, lot, expiry });
}

/** Made, shipped, received, shipped, received: the last step. */
function reach(tale: Tale, ids: readonly string[], to: Who, said: Said): Step {
  make(tale, 'maker', ids, said);
  const { script } = tale;
  const by = (said['through'] as Who | undefined) ?? 'north';
  if (said['directly'] === true) {
    script.ship('maker', ids, to);
    return script.receive(to, ids, 'maker');
  }
  script.ship('maker', ids, by);
  script.receive(by, ids, 'maker');
  script.ship(by, ids, to);
  return script.receive(to, ids, by);
}

const SUPPLY: readonly Verb[] = [
  plain('{who} makes {things}', ['make'], (tale, who, ids, said) => make(tale, who, ids, said)),
  verb('{things} reaches {to:who}', ['make', 'through'], (tale, { things, to }, said) =>
    reach(tale, tale.ids(things!), to as Who, said),
  ),
  verb('{things} reach {to:who}', ['make', 'through'], (tale, { things, to }, said) =>
    reach(tale, tale.ids(things!), to as Who, said),
  ),
  plain('{who} packs {things} into {thing}', ['stating'], (tale, who, ids, options, { thing }) =>
    tale.script.pack(who, tale.id(thing!), ids, options),
  ),
  plain('{who} unpacks {thing}', ['lacking'], (tale, who, _, options, { thing }) =>
    tale.script.unpack(who, tale.id(thing!), undefined, options),
  ),
  plain('{who} takes {things} out of {thing}', ['lacking'], (tale, who, ids, options, { thing }) =>
    tale.script.unpack(who, tale.id(thing!), ids, options),
  ),
  plain('{who} asserts {thing} holds {things}', [], (tale, who, ids, options, { thing }) =>
    tale.script.assertContents(who, tale.id(thing!), ids, options),
  ),
  plain('{who} ships {things} to {to:who}', ['delivery', 'documents'], (tale, who, ids, said, { to }) =>
    tale.script.ship(who, ids, to as Who, said),
  ),
  plain('{who} returns {things} to {to:who}', ['delivery', 'documents'], (tale, who, ids, said, { to }) =>
    tale.script.giveBack(who, ids, to as Who, said),
  ),
  plain('{who} receives {things}', ['lacking', 'documents'], (tale, who, ids, said) =>
    tale.script.receive(who, ids, undefined, said),
  ),
  plain(
    '{who} receives {things} from {from:who}',
    ['lacking', 'documents'],
    (tale, who, ids, said, { from }) => tale.script.receive(who, ids, from as Who, said),
  ),
  plain('{who} takes {things} out of circulation', [], (tale, who, ids, said) =>
    tale.script.decommission(who, ids, said),
  ),
  plain('{who} destroys {things}', [], (tale, who, ids, said) => tale.script.destroy(who, ids, said)),
];

const USE: readonly Verb[] = [
  plain('{who} opens {things}', ['use'], (tale, who, ids, said) => tale.script.open(who, ids, said)),
  plain('{who} dispenses {things}', ['use'], (tale, who, ids, said) =>
    tale.script.dispense(who, ids, { actId: tale.actId(undefined), ...said }),
  ),
  plain('{who} uses {things}', ['use'], (tale, who, ids, said) =>
    tale.script.administer(who, ids, { actId: tale.actId(undefined), ...said }),
  ),
  plain('{who} retires {things}', ['use'], (tale, who, ids, said) => tale.script.retire(who, ids, said)),
];

const LOOKS: readonly Verb[] = [
  looking('{who} scans {things}', ({ who }) => ({ by: who as Who })),
  looking('a consumer scans {things}', () => ({ by: 'scanner' }), true),
  looking('{who} and a consumer scan {things}', ({ who }) => ({ by: who as Who, joint: true }), true),
  looking('{who} scans code {quoted}', ({ who }) => ({ by: who as Who })),
  looking('a consumer scans code {quoted}', () => ({ by: 'scanner' }), true),
];

function looking(
  says: string,
  by: (holes: Holes) => { readonly by: Who; readonly joint?: boolean },
  isConsumer = false,
): Verb {
  const endings = ['place', 'name', 'label', 'scan'] as const;
  return {
    says,
    endings,
    tell: (tale, holes, said) => {
      const ids = holes['things'] === undefined ? [] : tale.ids(holes['things']);
      const who = by(holes);
      const atHome = who.by !== 'scanner' && said['region'] === undefined;
      const presented = presentation(tale, ids, holes, said);
      const { place, ...step } = tale.step(said);
      const where = place ?? (atHome && said['nowhere'] !== true ? tale.place(who.by) : undefined);
      return tale.script.look(ids, {
        ...step,
        ...who,
        ...(where === undefined ? {} : { place: where }),
        ...(presented === undefined ? {} : { presented }),
        ...(isConsumer ? { session: tale.actId(undefined) } : {}),
        ...only(said, 'entryMode', 'countries', 'session', 'unused', 'claim', 'purchased'),
        ...(said['region'] as Readonly<Record<string, number>> | undefined),
      });
    },
  };
}

/** The code a scan presents, if it presents one. */
function presentation(tale: Tale, ids: readonly string[], holes: Holes, said: Said): string | undefined {
  const text = (said['presented'] as string | undefined) ?? holes['quoted']?.slice(1, -1);
  if (text !== undefined) return tale.present(text);
  const label = said['label'] as Label | undefined;
  if (label === undefined) return undefined;
  if (ids.length !== 1) throw new Error('a label is that of one pack');
  return tale.label(ids[0]!, label);
}

const NAMES: readonly Verb[] = [
  timeless('{thing} has serial {word}', (tale, { thing, word }) => tale.christen(thing!, tale.unitOf(word!))),
  timeless('{thing} is a unit of rival', (tale, { thing }) =>
    tale.christen(thing!, tale.unitOf(`RV${thing!.padStart(10, '0')}`, true)),
  ),
  timeless('{thing} is a unit of the second product with serial {word}', (tale, { thing, word }) =>
    tale.christen(thing!, sgtin(tale.product('second').gtin, word!)),
  ),
  timeless('{thing} is the trace code {number}', (tale, { thing, number }) =>
    tale.christen(thing!, tale.traceCode(number!)),
  ),
];

function timeless(says: string, tell: (tale: Tale, holes: Holes) => void): Verb {
  const quiet: Verb['tell'] = (tale, holes) => {
    tell(tale, holes);
    return undefined;
  };
  return { says, endings: [], isTimeless: true, tell: quiet };
}

export const EVENT_VERBS: readonly Verb[] = [...NAMES, ...SUPPLY, ...USE, ...LOOKS];
