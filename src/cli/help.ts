/**
 * `countermark help`: the commands, the options of each, the files and the exit codes.
 *
 * Reads  command.ts.   Used by  run.ts.
 * @module
 */
import { COMMON_OPTIONS, type Command, type Options } from './command.ts';

/** First line of help about each command, in the order a newcomer needs them. */
export const SUMMARIES = {
  keygen: 'make a signing key',
  init: 'begin a ledger',
  sign: 'sign statements for somebody to append',
  append: 'append signed statements, or payloads to be signed',
  import: 'sign and append EPCIS 2.0 documents',
  check: 'the verdict on a code in hand',
  trace: 'the journey of a unit or container; --lot: who holds what of a lot',
  audit: 'replay the whole log and say what holds; --policy: try a policy first',
  prove: 'a proof of one entry',
  'verify-proof': 'check a proof without the ledger',
  export: 'the log as JSON lines, as EPCIS, or as proofs',
} as const;
export type CommandName = keyof typeof SUMMARIES;

const NOTES = `Exit codes
    0  fine                                3  check: stop, suspect or contradiction proved
    1  the command line is wrong           4  the log is damaged, or a proof proves nothing
    2  input refused; nothing was written  5  the ledger file cannot be used
  130  interrupted (Ctrl-C)               70  an error of this program

Errors are one line on standard error, "countermark: CODE: what happened. What to do."; with --json they are
{"error": {"code", "message", "advice"}} on standard output. Progress of long jobs goes to standard error.
Of several statements some may be refused (exit 2) and the others appended: --json says which.

Keys
  The log's public key says whose log it is. It never comes from the ledger file: whoever can rewrite the file could
  put another key in. "init" writes it to LEDGER.vkey for the operator; everybody else gets it from the operator by
  another way and gives it with --log-key. Key files are secret, are used in one place, and store their next sequence
  number before they sign.

A first ledger
  countermark keygen operator.key --party 9520000000028
  countermark init --origin example.com/ledger --operator operator.key --name 'Example Operator'
  countermark keygen maker.key --party 9521000000018
  countermark append --kind party --key operator.key maker.json     {"id": "https://id.gs1.org/417/9521000000018", …}
  countermark append --kind key --key operator.key maker.key.pub
  countermark append --kind product --key maker.key product.json
  countermark append --kind lot --key maker.key lot.json
  countermark import --key maker.key commissioning.json
  countermark check '(01)…(21)…'
  countermark audit`;

/** Help about everything. */
export function overview(): string {
  const width = Math.max(...Object.keys(SUMMARIES).map((name) => name.length));
  const commands = Object.entries(SUMMARIES).map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
  return [
    'countermark: a tamper-evident custody ledger for serialised products',
    '',
    'Usage: countermark COMMAND [arguments]',
    '',
    ...commands,
    '',
    'countermark help COMMAND explains a command; every command takes --json and --help.',
    '',
    NOTES,
  ].join('\n');
}

/** Help about one command. */
export function helpOn(command: Command): string {
  return [
    ...command.usage.map((form, i) => `${i === 0 ? 'Usage:' : '      '} countermark ${form}`),
    '',
    ...command.about,
    '',
    ...optionLines({ ...command.options, ...COMMON_OPTIONS }),
  ].join('\n');
}

function optionLines(options: Options): string[] {
  const heads = Object.entries(options).map(
    ([name, { argument }]) => `--${name}${argument === undefined ? '' : ` ${argument}`}`,
  );
  const width = Math.max(...heads.map((head) => head.length));
  return Object.values(options).map(({ about }, i) => `  ${heads[i]!.padEnd(width)}  ${about}`);
}
