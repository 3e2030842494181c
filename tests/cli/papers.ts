/**
 * The papers of a small supply chain, as the files its parties would write: registrations, a product, a lot, EPCIS documents.
 *
 * Reads  src/epcis, src/gs1, src/bytes to build them.   Used by  tests/cli.
 * @module
 */
import { expect } from 'vitest';
import { formatTime } from '../../src/bytes/index.ts';
import { commission, documents, receive, ship } from '../../src/epcis/index.ts';
import { checkDigit, partyId, placeId, productId, sgtin } from '../../src/gs1/index.ts';
import { command as append } from '../../src/cli/append.ts';
import { Context, type Command } from '../../src/cli/command.ts';
import { command as init } from '../../src/cli/init.ts';
import { command as keygen } from '../../src/cli/keygen.ts';
import { Shell } from './shell.ts';

const HOUR_MS = 3_600_000;
/** All events lie in the hours before this. */
const NOW_MS = Date.now();
const digits = (body: string): string => body + checkDigit(body);

export const OPERATOR = digits('952000000001');
export const MAKER = digits('952100000001');
export const CLINIC = digits('952100000002');
export const GTIN = digits('0952100000001');
const PLANT = placeId(digits('952100000011'));
const WARD = placeId(digits('952100000012'));
const maker = partyId(MAKER);
const clinic = partyId(CLINIC);

/** Id of unit number `n`. */
export function unit(n: number): string {
  return sgtin(GTIN, `SERIAL${String(n).padStart(8, '0')}`);
}

const site = (id: string, name: string, market: string, latitude: number, longitude: number): object => ({
  id,
  name,
  market,
  latitude,
  longitude,
});

const document = (...events: Parameters<typeof documents>[0]): object =>
  documents(events, { creationTime: NOW_MS, payloadBytesMax: 65_000 })[0]!;

/** Payload files by name. */
export function papers(): Readonly<Record<string, unknown>> {
  const units = [1, 2, 3, 4, 5].map(unit);
  const made = commission({
    units,
    time: NOW_MS - 9 * HOUR_MS,
    place: PLANT,
    lot: 'L1',
    expiry: '2036-01-31',
  });
  const sent = ship({
    ids: units,
    time: NOW_MS - 8 * HOUR_MS,
    place: PLANT,
    from: maker,
    to: clinic,
    toPlace: WARD,
  });
  const got = receive({ ids: units, time: NOW_MS - 7 * HOUR_MS, place: WARD, from: maker, to: clinic });
  const from = formatTime(NOW_MS - 1000 * HOUR_MS);
  const until = '2036-01-01T00:00:00.000Z';
  return {
    'maker.json': {
      id: maker,
      name: 'Example Maker',
      roles: ['manufacturer'],
      prefixes: ['9521'],
      sites: [site(PLANT, 'Plant', 'KR', 37_500_000, 127_000_000)],
      issues: [{ type: 'institution-practice' }],
    },
    'clinic.json': {
      id: clinic,
      name: 'Example Clinic',
      roles: ['clinic'],
      sites: [site(WARD, 'Ward', 'KR', 37_600_000, 127_000_000)],
    },
    'product.json': { id: productId(GTIN), name: 'Example Product' },
    'lot.json': { product: productId(GTIN), lot: 'L1', quantity: 5, expiry: '2036-01-31', markets: ['KR'] },
    'licence.json': {
      id: 'l1',
      type: 'institution-practice',
      holder: clinic,
      validFrom: from,
      validTo: until,
    },
    'made.epcis.json': document(made, sent),
    'got.epcis.json': document(got),
  };
}

/** A folder with a ledger in which all parties, the product, the lot and the licence are registered: entries 0 to 7. */
export async function foundedShell(): Promise<Shell> {
  const shell = new Shell();
  const path = (name: string): string => shell.folder.file(name);
  for (const [name, content] of Object.entries(papers())) shell.file(name, content);
  // In this process, for speed: the walkthrough does the same by typing it.
  const run = async (command: Command, ...words: readonly string[]): Promise<void> => {
    const { exit } = await command.run(new Context(command, words, new AbortController().signal));
    expect(exit, words.join(' ')).toBe(0);
  };
  const ledger = ['--ledger', path('ledger.db')];
  for (const [name, party] of [
    ['operator', OPERATOR],
    ['maker', MAKER],
    ['clinic', CLINIC],
  ] as const) {
    await run(keygen, path(`${name}.key`), '--party', party);
  }
  const operator = path('operator.key');
  await run(init, ...ledger, '--origin', 'example.com/ledger', '--operator', operator, '--name', 'Operator');
  const record = async (kind: string, key: string, ...names: readonly string[]): Promise<void> =>
    run(append, ...ledger, '--kind', kind, '--key', path(key), ...names.map(path));
  await record('party', 'operator.key', 'maker.json', 'clinic.json');
  await record('key', 'operator.key', 'maker.key.pub', 'clinic.key.pub');
  await record('product', 'maker.key', 'product.json');
  await record('lot', 'maker.key', 'lot.json');
  await record('licence', 'maker.key', 'licence.json');
  return shell;
}
