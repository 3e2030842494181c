/**
 * `countermark append`: signed statements into the log; or payloads, signed first.
 *
 * Reads  signing.ts, appending.ts.   Used by  run.ts.
 * @module
 */
import { appendAll } from './appending.ts';
import { usageError, WRITER_OPTIONS, type Answer, type Command, type Context } from './command.ts';
import { writing } from './ledger-file.ts';
import { kindOf, readStatements, signFiles, type Signed } from './signing.ts';

export const command: Command = {
  usage: ['append STATEMENTS…', 'append --kind KIND --key FILE PAYLOAD.json…'],
  about: [
    'Appends statements somebody signed: files of "countermark sign", or of one raw COSE_Sign1 statement; "-" is standard input.',
    'With --kind and --key, signs payloads (see sign) and appends them. What is merely suspicious is recorded and shown as a',
    "finding; refused (exit 2) is only what nobody could be held to: a bad signature, an unknown key, another ledger's statement.",
  ],
  options: {
    kind: { type: 'string', argument: 'KIND', about: 'sign payloads of this kind' },
    key: { type: 'string', argument: 'FILE', about: 'with this key file' },
    'no-findings': { type: 'boolean', about: 'do not judge what the statements name: faster for bulk' },
    ...WRITER_OPTIONS,
  },
  positionals: [1, 10_000],
  run: append,
};

async function append(context: Context): Promise<Answer> {
  const { positionals: paths, signal } = context;
  const kind = context.text('kind');
  const key = context.text('key');
  if ((kind === undefined) !== (key === undefined)) throw usageError('--kind and --key go together');
  const signedKind = kind === undefined ? undefined : kindOf(kind);
  return writing(context, async (ledger) => {
    const statements: Signed[] = [];
    if (signedKind !== undefined && key !== undefined) {
      statements.push(...(await signFiles({ kind: signedKind, key, origin: ledger.origin, paths, signal })));
    } else {
      for (const path of paths) statements.push(...(await readStatements(path, signal)));
    }
    return appendAll(ledger, statements, context);
  });
}
