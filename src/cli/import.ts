/**
 * `countermark import`: EPCIS 2.0 documents, signed and appended.
 *
 * Reads  signing.ts, appending.ts.   Used by  run.ts.
 * @module
 */
import { appendAll } from './appending.ts';
import { WRITER_OPTIONS, type Answer, type Command, type Context } from './command.ts';
import { writing } from './ledger-file.ts';
import { signFiles } from './signing.ts';

export const command: Command = {
  usage: ['import --key FILE DOCUMENT.json…'],
  about: [
    "Reads EPCIS 2.0 JSON documents strictly, signs them with a party's key and appends them. A document too large for one entry",
    'becomes several that name each other as parts of one act. For a hand-in that can be repeated safely after a crash, use',
    '"countermark sign --kind events --out FILE" once and "countermark append FILE" as often as you like.',
  ],
  options: {
    key: { type: 'string', argument: 'FILE', about: 'key file of the party that reports the events' },
    'no-findings': { type: 'boolean', about: 'do not judge what the events name: faster for bulk' },
    ...WRITER_OPTIONS,
  },
  positionals: [1, 10_000],
  run: (context) => importDocuments(context),
};

async function importDocuments(context: Context): Promise<Answer> {
  const { positionals: paths, signal } = context;
  const key = context.required('key');
  return writing(context, async (ledger) => {
    const statements = await signFiles({ kind: 'events', key, origin: ledger.origin, paths, signal });
    return appendAll(ledger, statements, context);
  });
}
