/**
 * The ledger a command works on: the file, the key that says whose log it is, and the key that signs for it.
 *
 * Reads  ledger/, store/sqlite/, note/, key-file.ts.   Used by  every command that opens a ledger.
 * Trust  the log's public key never comes from the ledger file: whoever can rewrite the file could rewrite the key with it.
 *        `init` writes it beside the ledger, LEDGER.vkey, for the operator's own use; everybody else gets it from the operator
 *        by another way and gives it with --log-key.
 * @module
 */
import { existsSync } from 'node:fs';
import { Ledger } from '../ledger/index.ts';
import type { LogStore } from '../log/index.ts';
import { parseVerifierKey } from '../note/index.ts';
import { SqliteStore } from '../store/sqlite/index.ts';
import type { Context } from './command.ts';
import { CliError } from './failure.ts';
import { readText } from './files.ts';
import { readLogKey } from './key-file.ts';

const DEFAULT_LEDGER = 'ledger.db';
const VERIFIER_KEY = /^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/;

/** Path of the ledger file. */
export function ledgerPath(context: Context): string {
  return context.text('ledger') ?? DEFAULT_LEDGER;
}
/** File beside a ledger that holds its log's public key. */
export function verifierKeyPath(ledger: string): string {
  return `${ledger}.vkey`;
}
/** File beside a ledger that holds its log's secret key. */
export function logSignerPath(ledger: string): string {
  return `${ledger}.logkey`;
}

/**
 * The log's verifier key: `--log-key`, or the file beside the ledger.
 * @throws {CliError} `ERR_LOG_KEY` where there is none.
 */
export async function logKeyOf(context: Context): Promise<string> {
  const given = context.text('log-key');
  if (given !== undefined && VERIFIER_KEY.test(given)) return parsed(given, '--log-key');
  const path = given ?? verifierKeyPath(ledgerPath(context));
  if (!existsSync(path)) {
    const what =
      given === undefined ? `there is no ${path}` : '--log-key is neither a verifier key nor a file';
    throw new CliError('ERR_LOG_KEY', `the log's public key is not known: ${what}`);
  }
  return parsed((await readText(path, context.signal)).trim(), path);
}

/** Runs `work` on the ledger, opened for reading only, and closes it. */
export async function reading<T>(
  context: Context,
  work: (ledger: Ledger, store: LogStore) => Promise<T>,
): Promise<T> {
  const logKey = await logKeyOf(context);
  const store = await SqliteStore.open(ledgerPath(context), { readonly: true });
  return using(store, async () => Ledger.open({ store, logKey }), work);
}

/** Runs `work` on the ledger, opened for appending, and closes it. */
export async function writing<T>(context: Context, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const path = ledgerPath(context);
  const logKey = await logKeyOf(context);
  const signerPath = context.text('log-signer') ?? logSignerPath(path);
  const { origin, signer } = await readLogKey(signerPath, context.signal);
  const verifier = parseVerifierKey(logKey);
  if (origin !== verifier.name || Buffer.compare(signer.publicKey, verifier.publicKey) !== 0) {
    throw new CliError('ERR_LOG_KEY', `${signerPath} is not the secret half of the log's public key`);
  }
  const store = await SqliteStore.open(path);
  return using(store, async () => Ledger.open({ store, logKey, logSigner: { name: origin, signer } }), work);
}

async function using<T>(
  store: LogStore,
  open: () => Promise<Ledger>,
  work: (ledger: Ledger, store: LogStore) => Promise<T>,
): Promise<T> {
  try {
    const ledger = await open();
    try {
      return await work(ledger, store);
    } finally {
      await ledger.close();
    }
  } finally {
    await store.close();
  }
}

function parsed(text: string, where: string): string {
  try {
    return parseVerifierKey(text).text;
  } catch (cause) {
    throw new CliError('ERR_LOG_KEY', `${where} holds no verifier key of a log`, { cause });
  }
}
