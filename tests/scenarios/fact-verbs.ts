/**
 * Facts, papers and rules: the sentences of scenarios that write registry statements.
 *
 * Reads  tale.ts, facts.ts, words.ts (holes).   Used by  teller.ts.
 * @module
 */
import { formatTime, toBase64url } from '../../src/bytes/index.ts';
import { keyId } from '../../src/crypto/index.ts';
import { placeId } from '../../src/gs1/index.ts';
import type { Payloads, Role, Site, StatementKind } from '../../src/statement/kinds.ts';
import {
  EXPIRY,
  ID,
  LOT,
  rolesOf,
  SIGNER,
  signerOf,
  siteOf,
  VALID_FROM,
  VALID_TO,
  withCheckDigit,
  type Who,
} from '../support/cast.ts';
import type { Step } from '../support/script.ts';
import type { EndingGroup } from './endings.ts';
import type { Verb } from './event-verbs.ts';
import { factOf, factsOf } from './facts.ts';
import { STRANGER, type Said, type Tale } from './tale.ts';
import { durationMs } from './words.ts';

type Holes = Readonly<Record<string, string>>;
type Payload = (tale: Tale, holes: Holes, said: Said) => unknown;

/** A sentence that is one statement of this kind. */
function states(kind: StatementKind, says: string, endings: readonly EndingGroup[], payload: Payload): Verb {
  const tell = (tale: Tale, holes: Holes, said: Said): Step => {
    const { eventID: _none, ...options } = tale.step(said);
    const made = payload(tale, holes, said) as Payloads[typeof kind];
    return tale.script.say(holes['who'] as Who, kind, made, options);
  };
  return { says, endings: ['signing', 'name', ...endings], tell };
}

const time = (said: Said, name: string): string | undefined => {
  const ms = said[name] as number | undefined;
  return ms === undefined ? undefined : formatTime(ms);
};

/** The fields that have a value. */
function present(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const GOODS: readonly Verb[] = [
  states('product', '{who} states the product with {facts:text}', [], (tale, { who, facts }) => ({
    id: tale.product(who!).id,
    name: 'Botulinum toxin',
    ...factsOf(facts!),
  })),
  states('product', '{who} states the product of {whose:who}', [], (tale, { whose }) => ({
    id: tale.product(whose!).id,
    name: 'Filler',
  })),
  states(
    'product',
    '{who} states the product of {whose:who} with {facts:text}',
    [],
    (tale, { whose, facts }) => ({
      id: tale.product(whose!).id,
      name: 'Filler',
      ...factsOf(facts!),
    }),
  ),
  states('product', '{who} states its second product', [], (tale) => ({
    id: tale.product('second').id,
    name: 'Filler',
  })),
  states('lot', '{who} states lot {lot:word} of its second product', [], (tale, { lot }) =>
    lotOf(tale, 'second', lot!),
  ),
  states('lot', '{who} states lot {lot:word}', [], (tale, { who, lot }) => lotOf(tale, who!, lot!)),
  states('lot', '{who} states lot {lot:word} with {facts:text}', [], (tale, { who, lot, facts }) =>
    lotOf(tale, who!, lot!, factsOf(facts!)),
  ),
  states('lot', '{who} states lot {lot:word} of {whose:who}', [], (tale, { whose, lot }) =>
    lotOf(tale, whose!, lot!),
  ),
  states(
    'lot',
    '{who} states lot {lot:word} of {whose:who} with {facts:text}',
    [],
    (tale, { whose, lot, facts }) => lotOf(tale, whose!, lot!, factsOf(facts!)),
  ),
  states(
    'recall',
    '{who} recalls {lots}',
    ['validity', 'level', 'regions', 'because'],
    (tale, { who, lots }, said) => {
      const { countries: regions, level, reason = 'leak' } = said;
      const id = (said['called'] as string | undefined) ?? `recall-${lots!.split(/\W/)[0]!}`;
      const effectiveFrom = formatTime((said['from'] as number | undefined) ?? said.time);
      const product = tale.product(who!).id;
      const optional = present({ regions, level, deadline: time(said, 'deadline') });
      return { id, product, lots: lots!.split(/, | and /), effectiveFrom, reason, ...optional };
    },
  ),
];

function lotOf(
  tale: Tale,
  whose: string,
  lot: string,
  facts: Readonly<Record<string, unknown>> = {},
): unknown {
  const stated = {
    product: tale.product(whose).id,
    lot,
    quantity: 1000,
    expiry: EXPIRY,
    markets: ['DE'],
    ...facts,
  };
  // What is printed on packs is the expiry their lot had first: a later statement extends it.
  if (lot !== LOT && !tale.lotExpiry.has(lot)) tale.lotExpiry.set(lot, stated.expiry);
  return stated;
}

const PAPERS: readonly Verb[] = [
  states('licence', '{who} licenses {holder:who} for {type:word}', ['validity', 'scope'], (_, holes, said) =>
    licence(holes['type']!, ID[holes['holder'] as Who], holes['holder']!, said),
  ),
  states('licence', '{who} licenses {doctor} for {type:word}', ['validity', 'scope'], (tale, holes, said) =>
    licence(holes['type']!, tale.doctor(holes['doctor']!), holes['doctor']!, said),
  ),
  states('licence', '{who} licenses device {device:word} for {type:word}', ['validity'], (_, holes, said) =>
    licence(holes['type']!, `https://device.example/${holes['device']}`, holes['device']!, said),
  ),
  ...['revokes', 'suspends'].map((does) =>
    states('revocation', `{who} ${does} licence {word}`, ['validity', 'because'], (_, { word }, said) => ({
      licence: word,
      effectiveFrom: formatTime((said['from'] as number | undefined) ?? said.time),
      reason: said['reason'] ?? 'hygiene',
      ...present({ until: time(said, 'until') }),
    })),
  ),
];

function licence(type: string, holder: string, name: string, said: Said): unknown {
  return {
    id: (said['called'] as string | undefined) ?? `${type}-${name}`,
    type,
    holder,
    validFrom: time(said, 'from') ?? VALID_FROM,
    validTo: time(said, 'to') ?? VALID_TO,
    ...(said['scope'] as object | undefined),
  };
}

const RULES: readonly Verb[] = [
  states('case', '{who} says case {word} is {state:word}', ['because'], (_, { word, state }, said) => ({
    id: word,
    state,
    findings: [],
    reason: said['reason'] ?? 'inquiry',
  })),
  states('policy', '{who} sets {name:word} to {value:text}', [], (_, { name, value }) =>
    Object.fromEntries([factOf(name!, value!)]),
  ),
  states('policy', '{who} requires of {role:word} {list}', [], (_, { role, list }) => ({
    requiredLicences: {
      distributor: ['distribution'],
      clinic: ['institution-practice'],
      pharmacy: ['pharmacy-practice'],
      [role!]: list!.split(', '),
    },
  })),
  {
    says: '{duration} pass',
    endings: [],
    tell: (tale, { duration }) => {
      const time = tale.nowMs + durationMs(duration!);
      return tale.script.say('operator', 'policy', {}, { time });
    },
  },
];

const PARTIES: readonly Verb[] = [
  states(
    'party',
    '{who} registers {party:who} as {roles:list}',
    ['regions', 'channel'],
    (_, { party, roles }, said) => {
      const [market = siteOf(party as Who).market] =
        (said['countries'] as readonly string[] | undefined) ?? [];
      const site = {
        ...siteOf(party as Who),
        market,
        ...present({ channel: said['channel'], kind: said['kind'] }),
      };
      return partyOf(party as Who, [site], roles!.split(', ') as Role[]);
    },
  ),
  states('party', '{who} registers {site:word} of {party:who}', ['regions', 'channel'], (tale, holes, said) =>
    branch(tale, holes['party'] as Who, holes['site']!, said),
  ),
  states(
    'party',
    '{who} trusts {party:who} to issue {types:list}',
    ['regions'],
    (_, { party, types }, said) => {
      const regions = present({ regions: said['countries'] });
      const issues = types!.split(', ').map((type) => ({ type, ...regions }));
      const known = party === 'regulator' ? REGULATOR_ISSUES : [];
      return { ...partyOf(party as Who, [siteOf(party as Who)]), issues: [...known, ...issues] };
    },
  ),
  states('key', '{who} gives {party:who} a new key named {key:word}', [], (tale, { party, key }) =>
    newKey(tale, ID[party as Who], key!),
  ),
  states('key', '{who} gives a stranger a key named {key:word}', [], (tale, { key }) =>
    newKey(tale, STRANGER, key!),
  ),
  states('key', '{who} revokes the key of {party:who}', ['validity', 'because'], (_, { party }, said) =>
    revocation(ID[party as Who], toBase64url(keyId(SIGNER[party as Who].publicKey)), said),
  ),
  states('key', '{who} revokes key {key:word}', ['validity', 'because'], (tale, { key }, said) => {
    const known = tale.signers.get(key!);
    if (known === undefined) throw new Error(`nobody has a key called "${key!}"`);
    return revocation(known.party, toBase64url(keyId(known.signer.publicKey)), said);
  }),
];

const REGULATOR_ISSUES = [{ type: 'institution-practice' }, { type: 'pharmacy-practice' }];

function newKey(tale: Tale, party: string, name: string): unknown {
  const signer = signerOf(100 + tale.signers.size);
  tale.signers.set(name, { party, signer });
  return { action: 'add', party, publicKey: toBase64url(signer.publicKey), validFrom: VALID_FROM };
}

function revocation(party: string, kid: string, said: Said): unknown {
  const distrustSince = time(said, 'distrustSince');
  const base = { action: 'revoke', party, kid, reason: said['reason'] ?? 'stolen' };
  return { ...base, ...present({ distrustSince }) };
}

function partyOf(who: Who, sites: readonly Site[], roles: readonly Role[] = rolesOf(who)): Payloads['party'] {
  const prefixes = { maker: { prefixes: ['9521'] }, rival: { prefixes: ['9522'] } };
  const own = who === 'maker' || who === 'rival' ? prefixes[who] : {};
  const issues = who === 'regulator' ? { issues: REGULATOR_ISSUES } : {};
  return { id: ID[who], name: who, roles, sites, ...own, ...issues };
}

function branch(tale: Tale, who: Who, name: string, said: Said): Payloads['party'] {
  const id = placeId(withCheckDigit(`95210000${String(900 + tale.sites.size)}`.padEnd(12, '0').slice(0, 12)));
  tale.sites.set(name, id);
  const home = siteOf(who);
  const [market = home.market] = (said['countries'] as readonly string[] | undefined) ?? [];
  const site = {
    ...home,
    id,
    name,
    market,
    ...present({ channel: said['channel'], kind: said['kind'] }),
  } as Site;
  const before = tale.branches.get(who) ?? [home];
  tale.branches.set(who, [...before, site]);
  return partyOf(who, [...before, site]);
}

export const FACT_VERBS: readonly Verb[] = [...GOODS, ...PAPERS, ...RULES, ...PARTIES];
