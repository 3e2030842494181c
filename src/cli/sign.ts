/**
 * `countermark sign`: statements from payload files, for whoever is to append them.
 *
 * Reads  signing.ts.   Used by  run.ts.
 * @module
 */
import { toBase64url } from '../bytes/index.ts';
import { parseVerifierKey } from '../note/index.ts';
import { LEDGER_OPTIONS, type Answer, type Command, type Context } from './command.ts';
import { EXIT } from './failure.ts';
import { assertAbsent, writeNew } from './files.ts';
import { logKeyOf } from './ledger-file.ts';
import { kindOf, signFiles } from './signing.ts';
import { countOf, say } from './text.ts';

export const command: Command = {
  usage: ['sign --kind KIND --key FILE (--origin ORIGIN | --log-key KEY) [--out FILE] PAYLOAD.json…'],
  about: [
    'Signs payloads (JSON files, "-" for standard input) as statements of a kind: events party key product lot licence revocation',
    'recall policy case. Writes one statement a line in base64url, for "countermark append". The ledger need not be here: its',
    'origin is enough. An "events" payload is an EPCIS 2.0 document; one that does not fit a statement is split.',
    'Appending the same signed statement twice records it once, signing the same payload twice records it twice.',
  ],
  options: {
    kind: { type: 'string', argument: 'KIND', about: 'what the payloads are' },
    key: { type: 'string', argument: 'FILE', about: 'key file of the party that speaks' },
    origin: {
      type: 'string',
      argument: 'ORIGIN',
      about: 'log the statements are for (default: from the log key)',
    },
    subject: {
      type: 'string',
      argument: 'TEXT',
      about: 'what they are about (default: the id the payload names)',
    },
    out: { type: 'string', argument: 'FILE', about: 'new file for the statements (default standard output)' },
    ...LEDGER_OPTIONS,
  },
  positionals: [1, 10_000],
  run: sign,
};

async function sign(context: Context): Promise<Answer> {
  const kind = kindOf(context.required('kind'));
  const key = context.required('key');
  const origin = context.text('origin') ?? parseVerifierKey(await logKeyOf(context)).name;
  const out = context.text('out');
  if (out !== undefined) assertAbsent(out);
  const { positionals: paths, signal } = context;
  const signed = await signFiles({ kind, key, origin, paths, subject: context.text('subject'), signal });
  const lines = signed.map(({ bytes }) => toBase64url(bytes));
  if (out !== undefined) writeNew(out, `${lines.join('\n')}\n`);
  return {
    exit: EXIT.fine,
    json: { kind, origin, ...(out === undefined ? { statements: signed } : { out, count: signed.length }) },
    lines: out === undefined ? lines : [say`${out}  ${countOf(signed.length, 'statement')} for ${origin}`],
  };
}
