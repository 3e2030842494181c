/**
 * Endings of a scenario's line: when, where, by whom, with what. Any number of them, in any order.
 *
 * Reads  words.ts, tale.ts.   Used by  teller.ts.
 * Rule   an ending sets one field of what was said; a verb names those it understands besides the common ones.
 * @module
 */
import { HOUR_MS, ID, siteOf, type Who } from '../support/cast.ts';
import { MISSPELT_PLACE, STRANGER, UNKNOWN_PLACE, type Tale } from './tale.ts';
import { dateMs, durationMs, listed, momentMs, sentence, type Sentence } from './words.ts';

type Holes = Readonly<Record<string, string>>;
/** Fields an ending adds; those of a moment wait until the line's time is known. */
type Reading = (holes: Holes, tale: Tale, timeMs: number) => Readonly<Record<string, unknown>>;

/** One ending. */
export interface Ending {
  readonly sentence: Sentence;
  readonly read: Reading;
}

/** Every ending by the name verbs use for it. */
const ALL: Readonly<Record<string, readonly (readonly [string, Reading])[]>> = {
  place: [
    ['at the place of {who}', ({ who }, tale) => ({ place: tale.place(who!) })],
    ['at no place', () => ({ nowhere: true })],
    ['at an unknown place', () => ({ place: UNKNOWN_PLACE })],
    ['at a misspelt place', () => ({ place: MISSPELT_PLACE })],
    ['at {word}', ({ word }, tale) => ({ place: tale.site(word!) })],
  ],
  signing: [
    ['in the name of {who}', ({ who }) => ({ issuer: ID[who as Who] })],
    ['in the name of a stranger', () => ({ issuer: STRANGER })],
    ['signed by {word}', ({ word }, tale) => ({ signer: tale.signer(word!) })],
    ['with sequence number {number}', ({ number }) => ({ sequence: Number(number) })],
  ],
  name: [
    ['as {name}', ({ name }) => ({ name })],
    ['as {name} again', ({ name }) => ({ name, again: true })],
  ],
  make: [
    ['in lot {word}', ({ word }) => ({ lot: word })],
    ['with expiry {day}', ({ day }) => ({ expiry: day })],
  ],
  through: [
    ['through {who}', ({ who }) => ({ through: who })],
    ['from maker directly', () => ({ directly: true })],
  ],
  delivery: [
    ['delivered to the place of {who}', ({ who }, tale) => ({ toPlace: tale.place(who!) })],
    ['delivered to {word}', ({ word }, tale) => ({ toPlace: tale.site(word!) })],
  ],
  documents: [['with documents {words}', ({ words }) => ({ documents: words!.split(/,? /) })]],
  stating: [['stating {counted}', ({ counted }, tale) => ({ quantities: tale.quantities(counted!) })]],
  lacking: [['lacking {things}', ({ things }, tale) => ({ absent: tale.ids(things!) })]],
  use: [
    ['with treatment {name}', ({ name }, tale) => ({ actId: tale.actId(name) })],
    ['with supply {name}', ({ name }, tale) => ({ actId: tale.actId(name) })],
    ['{number} doses', ({ number }) => ({ doses: Number(number) })],
    ['1 dose', () => ({ doses: 1 })],
    ['by {doctor}', ({ doctor }, tale) => ({ practitioner: tale.doctor(doctor!) })],
    ['in department {word}', ({ word }) => ({ department: word })],
    ['with procedure {word}', ({ word }) => ({ procedure: word })],
  ],
  because: [['because {word}', ({ word }) => ({ reason: word })]],
  corrective: [['with {words} instead', ({ words }) => ({ corrective: words!.split(/,? /) })]],
  label: [
    ['showing its label', (_, tale) => ({ label: { signer: tale.signer('maker') } })],
    ['showing lot {word}', ({ word }) => ({ label: { lot: word } })],
    ['showing expiry {day}', ({ day }) => ({ label: { expiry: day } })],
    ['showing serial {word}', ({ word }) => ({ label: { serial: word } })],
    ['showing the product of {who}', ({ who }, tale) => ({ label: { gtin: tale.product(who!).gtin } })],
    ['showing code {quoted}', ({ quoted }) => ({ presented: quoted!.slice(1, -1) })],
    ['signed by {word}', ({ word }, tale) => ({ label: { signer: tale.signer(word!) } })],
    ['with a broken signature', (_, tale) => ({ label: { signer: tale.signer('maker'), isBroken: true } })],
    ['with the signature of {name}', ({ name }, tale) => ({ label: { signatureOf: tale.id(name!) } })],
    ['unsigned', () => ({ label: { signer: undefined } })],
  ],
  scan: [
    ['typed by hand', () => ({ entryMode: 'manual' })],
    ['read by machine', () => ({ entryMode: 'scan' })],
    ['around {who}', ({ who }) => ({ region: region(who as Who, 10_000) })],
    [
      'within {number} km of {who}',
      ({ number, who }) => ({ region: region(who as Who, Number(number) * 1000) }),
    ],
    ['in {countries}', ({ countries }) => ({ countries: listed(countries!) })],
    ['in session {name}', ({ name }, tale) => ({ session: tale.actId(name) })],
    ['declaring it unused', () => ({ unused: true })],
    ['claiming it was not supplied', () => ({ claim: 'not-supplied' })],
    ['bought {moment}', ({ moment }, _, timeMs) => ({ purchased: momentMs(moment!, timeMs) })],
    ['bought on {moment}', ({ moment }, _, timeMs) => ({ purchased: momentMs(moment!, timeMs) })],
  ],
  logger: [
    ['every {duration}', ({ duration }) => ({ everyMs: durationMs(duration!) })],
    ['by device {word}', ({ word }) => ({ device: word })],
    ['in unit {word}', ({ word }) => ({ uom: word })],
  ],
  validity: [
    ['from {moment}', ({ moment }, _, timeMs) => ({ from: momentMs(moment!, timeMs) })],
    ['to {moment}', ({ moment }, _, timeMs) => ({ to: momentMs(moment!, timeMs) })],
    ['until {moment}', ({ moment }, _, timeMs) => ({ until: momentMs(moment!, timeMs) })],
    ['with deadline {moment}', ({ moment }, _, timeMs) => ({ deadline: momentMs(moment!, timeMs) })],
    ['distrusted since {moment}', ({ moment }, _, timeMs) => ({ distrustSince: momentMs(moment!, timeMs) })],
    ['named {word}', ({ word }) => ({ called: word })],
  ],
  scope: [
    ['limited to places of {who}', ({ who }, tale) => ({ scope: { places: [tale.place(who!)] } })],
    ['limited to products of {who}', ({ who }, tale) => ({ scope: { products: [tale.product(who!).id] } })],
    [
      'limited to territory {countries}',
      ({ countries }) => ({ scope: { territory: countries!.split(/,? /) } }),
    ],
    ['limited to departments {words}', ({ words }) => ({ scope: { departments: words!.split(/,? /) } })],
    ['limited to classes {words}', ({ words }) => ({ scope: { productClasses: words!.split(/,? /) } })],
    ['limited to procedures {words}', ({ words }) => ({ scope: { procedures: words!.split(/,? /) } })],
  ],
  level: [['at level {number}', ({ number }) => ({ level: Number(number) })]],
  regions: [['in {countries}', ({ countries }) => ({ countries: listed(countries!) })]],
  channel: [
    ['with channel {word}', ({ word }) => ({ channel: word })],
    ['of kind {word}', ({ word }) => ({ kind: word })],
  ],
};

/** When it happens: read first of all. */
const TIMES: readonly (readonly [string, Reading])[] = [
  ['{duration} later', ({ duration }, tale) => ({ time: tale.nowMs + durationMs(duration!) })],
  ['{duration} earlier', ({ duration }, tale) => ({ time: tale.nowMs - durationMs(duration!) })],
  ['at once', (_, tale) => ({ time: tale.nowMs })],
  ['on {day} at {clock}', ({ day, clock }) => ({ time: dateMs(day!, clock) })],
  ['on {day}', ({ day }) => ({ time: dateMs(day!) })],
  ['recorded {duration} late', ({ duration }) => ({ late: durationMs(duration!) / HOUR_MS })],
  ['recorded {duration} early', ({ duration }) => ({ late: -durationMs(duration!) / HOUR_MS })],
];

export const WHEN = TIMES.map(ending);

/** Name of a group of endings. */
export type EndingGroup = keyof typeof ALL;

/** The endings of these groups. */
export function endingsOf(groups: readonly EndingGroup[]): readonly Ending[] {
  return groups.flatMap((group) => ALL[group]!.map(ending));
}

function ending([pattern, read]: readonly [string, Reading]): Ending {
  return { sentence: sentence(pattern), read };
}

function region(who: Who, radius: number): Readonly<Record<string, number>> {
  const { latitude, longitude } = siteOf(who);
  return { latitude, longitude, radius };
}
