/**
 * `countermark init`: a new ledger, with its genesis signed by the operator, its log's keys beside it.
 *
 * Reads  ledger/, statement/, key-file.ts, ledger-file.ts.   Used by  run.ts.
 * Never  leaves a half-made ledger: what this command made is taken away again if it fails.
 * @module
 */
import { rmSync } from 'node:fs';
import { equalBytes, toBase64url } from '../bytes/index.ts';
import { Ledger } from '../ledger/index.ts';
import { randomBytes32 } from '../node/index.ts';
import { formatVerifierKey, isKeyName, type NoteSigner } from '../note/index.ts';
import { SqliteStore } from '../store/sqlite/index.ts';
import {
  prepareStatement,
  signStatement,
  type GenesisPayload,
  type Payloads,
  type StatementDraft,
} from '../statement/index.ts';
import { usageError, WRITER_OPTIONS, type Answer, type Command, type Context } from './command.ts';
import { EXIT } from './failure.ts';
import { assertAbsent, readText, writeNew } from './files.ts';
import { parseJsonObject } from './json-text.ts';
import { makeLogKey, readLogKey, readPartyKey, takeSequence, type PartyKey } from './key-file.ts';
import { ledgerPath, logSignerPath, verifierKeyPath } from './ledger-file.ts';
import { fields, say } from './text.ts';

export const command: Command = {
  usage: ['init --origin ORIGIN --operator FILE --name NAME [--ledger FILE] [--policy FILE]'],
  about: [
    "Begins a ledger: makes the file, signs its genesis with the operator's key, makes the key that signs the log's checkpoints",
    '(LEDGER.logkey, unless --log-signer names one) and writes its public half to LEDGER.vkey. Publish LEDGER.vkey: who checks',
    'or audits must have it from you, not from a copy of the ledger.',
  ],
  options: {
    ledger: WRITER_OPTIONS['ledger']!,
    origin: { type: 'string', argument: 'ORIGIN', about: 'name of the log: a URL without scheme' },
    operator: { type: 'string', argument: 'FILE', about: 'key file of the party that runs it (see keygen)' },
    name: { type: 'string', argument: 'NAME', about: "the operator's name" },
    policy: { type: 'string', argument: 'FILE', about: 'JSON with thresholds other than the defaults' },
    'log-signer': { type: 'string', argument: 'FILE', about: 'key file of the log, made by keygen --log' },
  },
  positionals: [0, 0],
  run: init,
};

async function init(context: Context): Promise<Answer> {
  const { signal } = context;
  const path = ledgerPath(context);
  const origin = context.required('origin');
  const operatorPath = context.required('operator');
  const name = context.required('name');
  if (!isKeyName(origin)) throw usageError('--origin expected a name without white space or "+"');
  const operator = await readPartyKey(operatorPath, signal);
  const policyPath = context.text('policy');
  const policy =
    policyPath === undefined ? {} : parseJsonObject(await readText(policyPath, signal), policyPath);
  const signerPath = context.text('log-signer') ?? logSignerPath(path);
  const keyPath = verifierKeyPath(path);
  const makesKey = context.text('log-signer') === undefined;
  assertAbsent(path, keyPath, ...(makesKey ? [signerPath] : []));
  const made: string[] = [];
  try {
    const logKeyPair = makesKey
      ? makeLogKey(signerPath, randomBytes32(), origin)
      : await readLogKey(signerPath, signal);
    if (makesKey) made.push(signerPath);
    if (logKeyPair.origin !== origin) throw usageError(`${signerPath} is the key of another log`);
    const logSigner: NoteSigner = { name: origin, signer: logKeyPair.signer };
    if (equalBytes(logSigner.signer.publicKey, operator.signer.publicKey)) {
      throw usageError('operator and log need two different keys');
    }
    const logKey = formatVerifierKey(origin, logSigner.signer.publicKey);
    const draft = genesisDraft({ origin, logKey, operator, name, policy });
    prepareStatement({ ...draft, publicKey: operator.signer.publicKey });
    const sequence = await takeSequence(operatorPath, 1, signal);
    const genesis = signStatement({ ...draft, sequence, signer: operator.signer });
    writeNew(keyPath, `${logKey}\n`);
    made.push(keyPath);
    const checkpoint = await begin(path, { origin, logSigner, genesis }, made);
    return {
      exit: EXIT.fine,
      json: {
        ledger: path,
        origin,
        operator: operator.party,
        logKey,
        logKeyFile: keyPath,
        logSigner: signerPath,
        checkpoint,
      },
      lines: [
        say`${path}  the ledger, with its genesis as entry 0`,
        say`${signerPath}  secret key that signs its checkpoints`,
        say`${keyPath}  public key of the log: give it to whoever checks or audits`,
        ...fields([['log key', logKey]]),
      ],
    };
  } catch (error) {
    for (const file of made) rmSync(file, { force: true });
    throw error;
  }
}

async function begin(
  path: string,
  options: { readonly origin: string; readonly logSigner: NoteSigner; readonly genesis: Uint8Array },
  made: string[],
): Promise<string> {
  const store = await SqliteStore.open(path, { create: true });
  made.push(path, `${path}-wal`, `${path}-shm`);
  try {
    const ledger = await Ledger.create({ store, ...options });
    return (await ledger.head()).checkpoint;
  } finally {
    await store.close();
  }
}

function genesisDraft(options: {
  readonly origin: string;
  readonly logKey: string;
  readonly operator: PartyKey;
  readonly name: string;
  readonly policy: object;
}): StatementDraft<'genesis'> {
  const { origin, logKey, operator, name } = options;
  const payload: Payloads['genesis'] = {
    origin,
    logKey,
    operator: { id: operator.party, name },
    keys: [toBase64url(operator.signer.publicKey)],
    policy: options.policy as GenesisPayload['policy'],
  };
  return { kind: 'genesis', payload, issuer: operator.party, audience: origin, sequence: 0 };
}
