/**
 * `countermark keygen`: a new key, and the file about it that others may see.
 *
 * Reads  key-file.ts, gs1/, note/.   Used by  run.ts.
 * @module
 */
import { formatTime, toBase64url } from '../bytes/index.ts';
import { keyId } from '../crypto/index.ts';
import { parseId, partyId } from '../gs1/index.ts';
import { randomBytes32 } from '../node/index.ts';
import { formatVerifierKey, isKeyName } from '../note/index.ts';
import { usageError, type Answer, type Command, type Context } from './command.ts';
import { EXIT } from './failure.ts';
import { assertAbsent, writeNew } from './files.ts';
import { makeLogKey, makePartyKey } from './key-file.ts';
import { fields, say } from './text.ts';

export const command: Command = {
  usage: ['keygen FILE --party GLN [--valid-from TIME] [--valid-to TIME]', 'keygen FILE --log ORIGIN'],
  about: [
    'Makes an Ed25519 key in FILE (mode 0600, never overwritten) and writes what others may see into FILE.pub: for a party the',
    'payload of the "key" statement by which the operator enrols it, for a log its verifier key. Keep FILE secret, and use it',
    'in one place: two copies would use the same sequence number twice, which everybody can prove.',
  ],
  options: {
    party: { type: 'string', argument: 'GLN', about: 'whose key: 13 digits, or a canonical party id' },
    log: { type: 'string', argument: 'ORIGIN', about: 'or the log it signs for, such as example.com/ledger' },
    'valid-from': { type: 'string', argument: 'TIME', about: 'start of validity (default now)' },
    'valid-to': { type: 'string', argument: 'TIME', about: 'end of validity (default none)' },
  },
  positionals: [1, 1],
  run: keygen,
};

async function keygen(context: Context): Promise<Answer> {
  const file = context.positionals[0]!;
  const party = context.text('party');
  const origin = context.text('log');
  if ((party === undefined) === (origin === undefined)) throw usageError('give either --party or --log');
  const pub = `${file}.pub`;
  assertAbsent(file, pub);
  return party === undefined ? keygenLog(file, pub, origin!) : keygenParty(file, pub, party, context);
}

function keygenParty(file: string, pub: string, text: string, context: Context): Answer {
  const party = partyOf(text);
  const validFrom = formatTime(context.time('valid-from') ?? Date.now());
  const validTo = context.time('valid-to');
  const { signer } = makePartyKey(file, randomBytes32(), party);
  const publicKey = toBase64url(signer.publicKey);
  const ends = validTo === undefined ? {} : { validTo: formatTime(validTo) };
  const enrolment = { action: 'add', party, publicKey, validFrom, ...ends };
  writeNew(pub, `${JSON.stringify(enrolment, undefined, 2)}\n`);
  const kid = toBase64url(keyId(signer.publicKey));
  return {
    exit: EXIT.fine,
    json: { file, pub, kind: 'party', party, publicKey, kid },
    lines: [
      say`${file}  secret key of ${party}`,
      say`${pub}  for the operator: countermark append --kind key --key OPERATOR.key ${pub}`,
      ...fields([
        ['public key', publicKey],
        ['key id', kid],
      ]),
    ],
  };
}

function keygenLog(file: string, pub: string, origin: string): Answer {
  if (!isKeyName(origin)) throw usageError('--log expected an origin without white space or "+"');
  const { signer } = makeLogKey(file, randomBytes32(), origin);
  const logKey = formatVerifierKey(origin, signer.publicKey);
  writeNew(pub, `${logKey}\n`);
  return {
    exit: EXIT.fine,
    json: { file, pub, kind: 'log', origin, logKey },
    lines: [
      say`${file}  secret key of the log ${origin}`,
      say`${pub}  its verifier key, for everybody`,
      ...fields([['log key', logKey]]),
    ],
  };
}

/** Canonical id of a party given by GLN or id. */
function partyOf(text: string): string {
  if (/^\d+$/.test(text)) return partyId(text);
  const parsed = parseId(text);
  if (parsed?.type !== 'party') throw usageError('--party expected a GLN of 13 digits or a party id');
  return parsed.id;
}
