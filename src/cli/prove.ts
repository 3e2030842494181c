/**
 * `countermark prove`: a proof of one entry that anybody can check without the ledger.
 *
 * Reads  ledger/.   Used by  run.ts.
 * @module
 */
import { integerOf, LEDGER_OPTIONS, type Answer, type Command, type Context } from './command.ts';
import { EXIT } from './failure.ts';
import { assertAbsent, writeNew } from './files.ts';
import { reading } from './ledger-file.ts';
import { say } from './text.ts';

export const command: Command = {
  usage: ['prove ENTRY [--out FILE]'],
  about: [
    'Writes a C2SP tlog-proof: the entry, its inclusion proof and the signed checkpoint. "countermark verify-proof" checks it',
    "with the log's public key alone.",
  ],
  options: {
    out: { type: 'string', argument: 'FILE', about: 'new file for the proof (default standard output)' },
    ...LEDGER_OPTIONS,
  },
  positionals: [1, 1],
  run: prove,
};

async function prove(context: Context): Promise<Answer> {
  const entry = integerOf('ENTRY', context.positionals[0]!, 0);
  const out = context.text('out');
  if (out !== undefined) assertAbsent(out);
  const proof = await reading(context, (ledger) => ledger.prove(entry));
  if (out !== undefined) writeNew(out, proof);
  return {
    exit: EXIT.fine,
    json: { entry, ...(out === undefined ? { proof } : { out }) },
    lines: out === undefined ? [proof.replace(/\n$/, '')] : [say`${out}  proof of entry ${entry}`],
  };
}
