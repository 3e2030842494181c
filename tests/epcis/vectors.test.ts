// Goal:   the reader and the event hash agree with the field's own test data.
// Method: every public capture document must be read or refused; every public event hash must be reproduced.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalEventString, eventHash, readDocument } from '../../src/epcis/index.ts';
import { vectorsPath } from '../support/vectors.ts';

type Json = Readonly<Record<string, unknown>>;

function load(path: string): Json {
  return JSON.parse(readFileSync(path, 'utf8')) as Json;
}

function lines(path: string): string[] {
  return readFileSync(path, 'utf8').trim().split(/\r?\n/);
}

describe('readDocument()', () => {
  for (const kind of ['valid', 'invalid'] as const) {
    const folder = vectorsPath(`epcis-capture/${kind}`);
    for (const file of folder === undefined ? [] : readdirSync(folder)) {
      it(`${kind === 'valid' ? 'reads' : 'refuses'} ${file}`, () => {
        const read = (): unknown => readDocument(load(join(folder!, file)));
        if (kind === 'valid') expect(read()).toEqual(load(join(folder!, file)));
        else expect(read).toThrow(expect.objectContaining({ code: 'ERR_DECODE_MALFORMED' }));
      });
    }
    it.skipIf(folder === undefined)(`finds the ${kind} capture documents`, () => {
      expect(readdirSync(folder!).length).toBeGreaterThanOrEqual(kind === 'valid' ? 19 : 8);
    });
  }
});

describe('eventHash()', () => {
  // Their second canonical string is not of the event beside it; the hash is.
  const staleStrings = ['epcisDocWithCustomSchemaInContext'];
  const folder = vectorsPath('epcis-hash');
  const files = folder === undefined ? [] : readdirSync(folder).filter((file) => file.endsWith('.jsonld'));

  for (const file of files) {
    const name = file.slice(0, -'.jsonld'.length);
    it(`reproduces ${name}`, () => {
      const document = load(join(folder!, file));
      const context = document['@context'];
      const ignored = (document['repository-x:ignoreFields'] ?? []) as readonly string[];
      const events = eventsOf(document);
      const strings = join(folder!, `${name}.prehashes`);
      if (existsSync(strings) && !staleStrings.includes(name)) {
        expect(events.map((event) => canonicalEventString(event, context, ignored))).toEqual(lines(strings));
      }
      const expected = lines(join(folder!, `${name}.hashes`));
      expect(events.map((event) => eventHash(event, context, ignored))).toEqual(expected);
    });
  }
  it.skipIf(folder === undefined)('finds the event hashes', () => {
    expect(files.length).toBeGreaterThanOrEqual(11);
  });
});

interface Body {
  readonly eventList?: readonly (Json & { readonly type: string })[];
  readonly queryResults?: {
    readonly resultsBody: { readonly eventList: readonly (Json & { readonly type: string })[] };
  };
}

function eventsOf(document: Json): readonly (Json & { readonly type: string })[] {
  const body = document['epcisBody'] as Body;
  return body.eventList ?? body.queryResults?.resultsBody.eventList ?? [];
}
