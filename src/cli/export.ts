/**
 * `countermark export`: the log in forms other programs read.
 *
 * Reads  ledger/, log/, files.ts.   Used by  run.ts.
 * Forms  jsonl: a line an entry, with its exact bytes; epcis: one EPCIS 2.0 document of all events, each with the time the log
 *        recorded it; tlog-proofs: a file an entry, in a folder.
 * Never  holds more than a block of entries in memory; never leaves half a file.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatTime, toBase64url } from '../bytes/index.ts';
import { DOCUMENT_CONTEXT } from '../epcis/index.ts';
import { DecodeError, StoreError } from '../errors.ts';
import { formatProof } from '../ledger/index.ts';
import { decodeEntry, makeReceipts, READ_ENTRIES_MAX, type LogStore } from '../log/index.ts';
import { hashLeaf } from '../merkle/index.ts';
import { openStatement } from '../statement/index.ts';
import { LEDGER_OPTIONS, usageError, type Answer, type Command, type Context } from './command.ts';
import { EXIT } from './failure.ts';
import { fileError, fileSink, STANDARD_OUTPUT, writeNew, type Sink } from './files.ts';
import { reading } from './ledger-file.ts';
import { countOf, ProgressLine, say, toJson } from './text.ts';

export const command: Command = {
  usage: ['export [--format jsonl|epcis|tlog-proofs] [--from N] [--to N] [--out FILE|FOLDER]'],
  about: [
    'jsonl: a JSON object a line and entry (with --json on standard output: one array of them); "bytes" is the exact entry.',
    'epcis: one EPCIS 2.0 document of all events; what signatures and order prove is lost in this form.',
    'tlog-proofs: a proof file an entry, as "countermark prove" writes it, into the folder --out.',
  ],
  options: {
    format: { type: 'string', argument: 'FORM', about: 'jsonl (default), epcis or tlog-proofs' },
    from: { type: 'string', argument: 'N', about: 'first entry (default 0)' },
    to: { type: 'string', argument: 'N', about: 'entry before which to end (default: all)' },
    out: {
      type: 'string',
      argument: 'PATH',
      about: 'new file, or folder for tlog-proofs (default standard output)',
    },
    ...LEDGER_OPTIONS,
  },
  positionals: [0, 0],
  run: exportLog,
};

/** One entry of the log, opened. */
interface Exported {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly recordTimeMs: number;
  readonly statement: ReturnType<typeof openStatement>['statement'];
}

type Entries = AsyncIterable<Exported>;
/** Writes entries into a sink; returns how many items. */
type Writer = (
  entries: Entries,
  sink: Sink,
  options: { readonly asArray: boolean; readonly timeMs: number },
) => Promise<number>;

const WRITERS: Readonly<Record<string, { readonly write: Writer; readonly item: string }>> = {
  jsonl: { write: writeLines, item: 'line' },
  epcis: { write: writeDocument, item: 'event' },
};

async function exportLog(context: Context): Promise<Answer> {
  const format = context.text('format') ?? 'jsonl';
  const out = context.text('out');
  const from = context.integer('from', 0) ?? 0;
  const to = context.integer('to', from) ?? Infinity;
  const writer = WRITERS[format];
  if (writer === undefined && format !== 'tlog-proofs') {
    throw usageError('--format expected jsonl, epcis or tlog-proofs');
  }
  if (writer === undefined && out === undefined)
    throw usageError('--format tlog-proofs needs a folder: --out');
  return reading(context, async (ledger, store) => {
    const { size, recordTimeMs } = await ledger.head();
    const range = { from: Math.min(from, size), to: Math.min(to, size) };
    if (writer === undefined) return writeProofs(store, range, out!, context);
    const sink = out === undefined ? STANDARD_OUTPUT : fileSink(out);
    const asArray = context.flag('json') && out === undefined;
    try {
      const entries = readEntries(store, range, context.signal);
      const count = await writer.write(entries, sink, { asArray, timeMs: recordTimeMs });
      sink.end();
      if (out === undefined) return { exit: EXIT.fine, json: undefined, lines: [] };
      const lines = [say`${out}  ${countOf(count, writer.item)}`];
      return { exit: EXIT.fine, json: { format, out, count, ...range }, lines };
    } catch (error) {
      sink.abandon();
      throw error;
    }
  });
}

interface Range {
  readonly from: number;
  readonly to: number;
}

async function* readEntries(store: LogStore, { from, to }: Range, signal: AbortSignal): Entries {
  const progress = new ProgressLine();
  try {
    for (let next = from; next < to;) {
      signal.throwIfAborted();
      const block = await store.readEntries(next, to);
      if (block[0]?.index !== next) throw damaged(next, 'it is missing');
      for (const { index, bytes } of block) {
        if (index !== next) throw damaged(next, 'it is missing');
        yield opened(index, bytes);
        next++;
      }
      progress.show(`export: ${next - from} of ${to - from} entries`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    progress.end();
  }
}

function opened(index: number, bytes: Uint8Array): Exported {
  try {
    const { recordTimeMs, statement } = decodeEntry(bytes);
    return { index, bytes, recordTimeMs, statement: openStatement(statement).statement };
  } catch {
    throw damaged(index, 'its bytes are no entry');
  }
}

async function writeLines(
  entries: Entries,
  sink: Sink,
  { asArray }: { readonly asArray: boolean },
): Promise<number> {
  let count = 0;
  for await (const { index, bytes, recordTimeMs, statement } of entries) {
    const { kind, issuer, subject, audience, kid, sequence, payload } = statement;
    const line = toJson({
      entry: index,
      recordTime: formatTime(recordTimeMs),
      leafHash: hashLeaf(bytes),
      kind,
      issuer,
      subject,
      audience,
      kid: toBase64url(kid),
      sequence,
      payload,
      bytes,
    });
    await sink.write(asArray ? `${count === 0 ? '[' : ',\n'}${line}` : `${line}\n`);
    count++;
  }
  if (asArray) await sink.write(count === 0 ? '[]\n' : ']\n');
  return count;
}

async function writeDocument(
  entries: Entries,
  sink: Sink,
  { timeMs }: { readonly timeMs: number },
): Promise<number> {
  let count = 0;
  const head = { '@context': DOCUMENT_CONTEXT, type: 'EPCISDocument', schemaVersion: '2.0' };
  const start = JSON.stringify({ ...head, creationDate: formatTime(timeMs), epcisBody: { eventList: [] } });
  for await (const { recordTimeMs, statement } of entries) {
    if (statement.kind !== 'events') continue;
    const { '@context': context, epcisBody } = statement.payload;
    for (const event of epcisBody.eventList) {
      await sink.write(count === 0 ? start.slice(0, -LIST_END.length) : ',');
      await sink.write(
        JSON.stringify({ ...withContext(event, context), recordTime: formatTime(recordTimeMs) }),
      );
      count++;
    }
  }
  if (count === 0)
    throw new DecodeError('ERR_DECODE_MALFORMED', "couldn't export: there is no event to export");
  await sink.write(`${LIST_END}\n`);
  return count;
}

const LIST_END = ']}}';

/** An event outside its document: prefixes its own document declared go with it. */
function withContext(event: object, context: readonly unknown[]): object {
  const standard = JSON.stringify(DOCUMENT_CONTEXT);
  const extra = context.filter((entry) => typeof entry === 'object');
  if (extra.length === 0 || JSON.stringify(context) === standard) return event;
  const own: unknown = '@context' in event ? event['@context'] : [];
  return { ...event, '@context': [...extra, ...(Array.isArray(own) ? (own as unknown[]) : [own])] };
}

async function writeProofs(
  store: LogStore,
  { from, to }: Range,
  folder: string,
  context: Context,
): Promise<Answer> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw fileError('make', folder, cause);
  }
  const head = (await store.readHead())!;
  const progress = new ProgressLine();
  try {
    for (let first = from; first < to; first += READ_ENTRIES_MAX) {
      const indexes = Array.from({ length: Math.min(READ_ENTRIES_MAX, to - first) }, (_, i) => first + i);
      const entries = await store.readEntriesAt(indexes);
      const receipts = await makeReceipts(store, indexes, head);
      for (const [i, receipt] of receipts.entries()) {
        context.signal.throwIfAborted();
        const bytes = entries[i];
        if (bytes === undefined) throw damaged(first + i, 'it is missing');
        writeNew(join(folder, `${first + i}.tlog-proof`), formatProof(receipt, bytes));
        progress.show(`export: ${first + i - from + 1} of ${to - from} proofs`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  } finally {
    progress.end();
  }
  const count = Math.max(0, to - from);
  return {
    exit: EXIT.fine,
    json: { format: 'tlog-proofs', out: folder, count, from, to },
    lines: [say`${folder}  ${countOf(count, 'proof')}`],
  };
}

function damaged(entry: number, why: string): StoreError {
  const message = `couldn't export entry ${entry}: ${why}`;
  return new StoreError('ERR_STORE_CORRUPT', message, { details: { entry } });
}
