/**
 * `countermark check`: the verdict on a code in hand.
 *
 * Reads  ledger/.   Used by  run.ts.
 * Exit   0 genuine or notice; 3 stop, suspect or contradiction proved.
 * @module
 */
import { NOTHING_TO_DO, type ProductFacts, type Scan, type Verdict } from '../ledger/index.ts';
import { licenceClass } from '../registry/index.ts';
import { LEDGER_OPTIONS, usageError, type Answer, type Command, type Context } from './command.ts';
import { EXIT } from './failure.ts';
import { readText } from './files.ts';
import { findingLines, levelOf } from './findings.ts';
import { reading } from './ledger-file.ts';
import { countOf, fields, say, timeText } from './text.ts';

const HOUR_MS = 3_600_000;

export const command: Command = {
  usage: ['check CODE [--time TIME] [--place ID | --at LAT,LON[,RADIUS]] [--country XX]… [--session ID]'],
  about: [
    'Judges a code as if this scan were recorded now; writes nothing. CODE is a GS1 element string, with brackets or as the',
    'scanner gives it, a GS1 Digital Link, an EPC URN, an SSCC, a Chinese trace code, or an id of the ledger; "-" reads it from',
    'standard input, where FNC1 may stand.',
  ],
  options: {
    time: { type: 'string', argument: 'TIME', about: 'when it was scanned (default now)' },
    place: { type: 'string', argument: 'ID', about: 'registered place of the scan' },
    at: {
      type: 'string',
      argument: 'LAT,LON[,M]',
      about: 'or its point in degrees, with a radius in metres',
    },
    country: {
      type: 'string',
      multiple: true,
      argument: 'XX',
      about: 'country the scan is in; may be repeated',
    },
    session: { type: 'string', argument: 'ID', about: "a consumer's random session id" },
    manual: { type: 'boolean', about: 'the code was typed, not scanned' },
    unused: { type: 'boolean', about: 'the consumer says the pack is unused' },
    ...LEDGER_OPTIONS,
  },
  positionals: [1, 1],
  run: check,
};

async function check(context: Context): Promise<Answer> {
  const given = context.positionals[0]!;
  const code = given === '-' ? (await readText('-', context.signal)).replace(/\r?\n$/, '') : given;
  const scan = scanOf(context);
  const verdict = await reading(context, (ledger) => ledger.check(code, scan));
  return {
    exit: exitOf(verdict),
    json: verdict,
    lines: linesOf(verdict),
  };
}

/** A code that names nothing is refused like any bad input: no script may take it for a good unit. */
function exitOf({ severity, subject }: Verdict): number {
  if (severity >= 2) return EXIT.stop;
  return subject === undefined ? EXIT.refused : EXIT.fine;
}

function scanOf(context: Context): Scan {
  const timeMs = context.time('time');
  const place = context.text('place');
  const session = context.text('session');
  const countries = context.list('country');
  if (countries.some((country) => !/^[A-Z]{2}$/.test(country))) {
    throw usageError('--country expected two capital letters, such as DE');
  }
  return {
    ...(timeMs !== undefined && { timeMs }),
    ...(place !== undefined && { place }),
    ...pointOf(context.text('at')),
    ...(countries.length > 0 && { countries }),
    ...(session !== undefined && { session }),
    ...(context.flag('manual') && { entryMode: 'manual' as const }),
    ...(context.flag('unused') && { unused: true }),
  };
}

/** Degrees as the micro-degrees the ledger counts in. */
function pointOf(text: string | undefined): Pick<Scan, 'latitude' | 'longitude' | 'radius'> {
  if (text === undefined) return {};
  const match = /^(-?\d{1,2}(?:\.\d{1,9})?),(-?\d{1,3}(?:\.\d{1,9})?)(?:,(\d{1,8}))?$/.exec(text);
  const latitude = Math.round(Number(match?.[1]) * 1e6);
  const longitude = Math.round(Number(match?.[2]) * 1e6);
  if (match === null || Math.abs(latitude) > 90e6 || Math.abs(longitude) > 180e6) {
    throw usageError('--at expected LATITUDE,LONGITUDE in degrees and perhaps a radius in metres');
  }
  return { latitude, longitude, radius: Number(match[3] ?? 0) };
}

function linesOf(verdict: Verdict): string[] {
  const { severity, word, what, remedy, product, lot, expiry, manufacturer, checks, subject, size } = verdict;
  const since = checks.firstTimeMs === undefined ? '' : `, first at ${timeText(checks.firstTimeMs)}`;
  return [
    say`${levelOf(severity, word.toUpperCase())}  ${what}`,
    ...fields([
      ['do', remedy === NOTHING_TO_DO ? undefined : remedy],
      ['unit', subject],
      ['product', product?.name],
      ...(product === undefined ? [] : productLines(product)),
      ['made by', manufacturer?.name],
      ['lot', lot === undefined ? undefined : `${lot}${expiry === undefined ? '' : `, expires ${expiry}`}`],
      ['custody', custodyText(verdict.custody)],
      ['place', verdict.place?.name],
      ['checks', checks.count === 0 ? undefined : `${checks.count} before this one${since}`],
      ['log', countOf(size, 'entry', 'entries')],
    ]),
    ...findingLines(verdict.findings, 10, size),
  ];
}

/** What its manufacturer signed about it, as far as it said. */
function productLines(product: ProductFacts): readonly (readonly [string, string | undefined])[] {
  const { composition, indications, storage, inUseMs, price, doses, usedBy } = product;
  return [
    ['contains', composition],
    ['for', textOf(indications)],
    ['keep at', storage && `${storage.minMilliC / 1000} to ${storage.maxMilliC / 1000} C`],
    ['once open', inUseMs === undefined ? undefined : `use within ${inUseMs / HOUR_MS} hours`],
    ['doses', doses === 1 ? undefined : String(doses)],
    ['used by', textOf(usedBy.map((type) => licenceClass(type)?.name ?? type))],
    ['price', price && `${price.amount} minor units of ${price.currency}`],
  ];
}

function textOf(list: readonly string[]): string | undefined {
  return list.length === 0 ? undefined : list.join(', ');
}

function custodyText(custody: Verdict['custody']): string | undefined {
  if (custody === undefined) return undefined;
  if (custody.at !== 'transit')
    return `${custody.at === 'held' ? 'with' : 'handed out by'} ${custody.by.name}`;
  const { from, to } = custody;
  return `on the way from ${from.name}${to === undefined ? '' : ` to ${to.name}`}`;
}
