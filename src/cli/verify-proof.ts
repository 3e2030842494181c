/**
 * `countermark verify-proof`: what a proof proves, without the ledger.
 *
 * Reads  ledger/proof.ts.   Used by  run.ts.
 * Exit   0 if it holds; 4 if it proves nothing.
 * @module
 */
import { toBase64url } from '../bytes/index.ts';
import { DecodeError } from '../errors.ts';
import { verifyProof, type ProofResult } from '../ledger/index.ts';
import { LEDGER_OPTIONS, type Answer, type Command, type Context } from './command.ts';
import { EXIT } from './failure.ts';
import { nameOf, readText } from './files.ts';
import { logKeyOf } from './ledger-file.ts';
import { countOf, fields, say, style, timeText } from './text.ts';

export const command: Command = {
  usage: ['verify-proof FILE|- --log-key KEY'],
  about: [
    'Checks a tlog-proof offline: the checkpoint is signed by the log, and the entry is under its root. It shows what the entry',
    'says and which key signed it; that this key is the party\'s is for the log to prove, by its "key" entry.',
  ],
  options: LEDGER_OPTIONS,
  positionals: [1, 1],
  run: verify,
};

/** More characters than any proof has. */
const PROOF_LENGTH_MAX = 200_000;

async function verify(context: Context): Promise<Answer> {
  const path = context.positionals[0]!;
  const logKey = await logKeyOf(context);
  const text = await readText(path, context.signal);
  if (text.length > PROOF_LENGTH_MAX) {
    throw new DecodeError('ERR_DECODE_LIMIT', `couldn't read ${nameOf(path)}: too long for a proof`);
  }
  const result = verifyProof(text, logKey);
  return { exit: result.ok ? EXIT.fine : EXIT.damaged, json: result, lines: linesOf(result) };
}

function linesOf(result: ProofResult): string[] {
  if (!result.ok) return [say`${style('red', 'INVALID')}  ${result.code}: ${result.reason}`];
  const { statement } = result;
  return [
    say`${style('green', 'VALID')}  entry ${result.entry} of ${result.origin}`,
    ...fields([
      ['recorded', timeText(result.recordTimeMs)],
      ['log', countOf(result.size, 'entry', 'entries')],
      ['kind', statement.kind],
      ['issuer', statement.issuer],
      ['subject', statement.subject],
      ['key id', toBase64url(statement.kid)],
    ]),
  ];
}
