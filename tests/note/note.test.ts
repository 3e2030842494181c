// Goal: exactly the notes that C2SP signed-note allows are opened, and only on the word of known keys.
// Method: lines built by hand from the specification, one rule and one mutation a case.
import { describe, expect, it } from 'vitest';
import {
  NOTE_LENGTH_MAX,
  formatVerifierKey,
  openNote,
  parseNote,
  parseVerifierKey,
  signNote,
  type NoteVerifier,
} from '../../src/note/index.ts';
import { ALICE, BOB, lineOf, strangerLine } from './world.ts';

const TEXT = 'first line\nsecond line\n';
const alice = parseVerifierKey(formatVerifierKey(ALICE.name, ALICE.signer.publicKey));
const bob = parseVerifierKey(formatVerifierKey(BOB.name, BOB.signer.publicKey));
const NOTE = `${TEXT}\n${lineOf(ALICE, TEXT)}`;

function verdict(note: string | Uint8Array, verifiers: readonly NoteVerifier[] = [alice]): string {
  const result = openNote(note, verifiers);
  return result.ok ? result.verified.map((verifier) => verifier.name).join(' ') : result.reason;
}

describe('signNote()', () => {
  it('writes text, blank line, and one line per signer', () => {
    expect(signNote(TEXT, [ALICE, BOB])).toBe(`${TEXT}\n${lineOf(ALICE, TEXT)}${lineOf(BOB, TEXT)}`);
  });

  it('refuses text that no note can hold, and signer lists that no note should', () => {
    for (const text of ['', 'no line feed', 'tab\there\n', 'return\r\n', '\u0000\n', '\ud800\n']) {
      expect(() => signNote(text, [ALICE]), JSON.stringify(text)).toThrow(RangeError);
    }
    expect(() => signNote('x'.repeat(NOTE_LENGTH_MAX - 1) + '\n', [ALICE])).toThrow(RangeError);
    expect(() => signNote(TEXT, [])).toThrow(RangeError);
    expect(() => signNote(TEXT, [ALICE, BOB, ALICE])).toThrow(RangeError);
    expect(() => signNote(TEXT, [{ ...ALICE, name: 'two words' }])).toThrow(RangeError);
    expect(() => signNote(TEXT, [{ ...ALICE, name: 'a+b' }])).toThrow(RangeError);
    const broken = { publicKey: ALICE.signer.publicKey, sign: () => new Uint8Array(63) };
    expect(() => signNote(TEXT, [{ name: 'a', signer: broken }])).toThrow(RangeError);
    expect(() => signNote(1 as never, [ALICE])).toThrow(TypeError);
    expect(() => signNote(TEXT, ALICE as never)).toThrow(TypeError);
  });
});

describe('openNote()', () => {
  it('opens what signNote() writes, as text and as bytes', () => {
    const note = signNote(TEXT, [ALICE, BOB]);
    expect(openNote(note, [bob, alice])).toEqual({ ok: true, text: TEXT, verified: [alice, bob] });
    expect(verdict(Buffer.from(note), [alice])).toBe(ALICE.name);
  });

  it('splits at the last blank line, so the text may hold blank lines and even signature lines', () => {
    const inner = `${TEXT}\n${lineOf(BOB, TEXT)}\nmore\n\n`;
    const note = signNote(inner, [ALICE]);
    expect(openNote(note, [alice, bob])).toEqual({ ok: true, text: inner, verified: [alice] });
    expect(openNote(signNote('\n', [ALICE]), [alice])).toMatchObject({ ok: true, text: '\n' });
  });

  it('does not let a signature over the first part vouch for the rest', () => {
    expect(verdict(`${NOTE}\nmore\n\n${strangerLine()}`)).toBe('unknown-key');
    expect(verdict(`${NOTE}\nmore\n\n${lineOf(ALICE, TEXT)}`)).toBe('signature');
  });

  it('ignores lines of unknown name or unknown key id, even where one of the two is known', () => {
    const otherId = strangerLine(ALICE.name);
    const otherName = lineOf(ALICE, TEXT).replace(ALICE.name, 'log.example/b');
    const cosignature = lineOf({ ...BOB, name: ALICE.name }, TEXT, new Uint8Array(72));
    for (const line of [strangerLine(), otherId, otherName, cosignature]) {
      expect(verdict(`${TEXT}\n${line}${lineOf(ALICE, TEXT)}`)).toBe(ALICE.name);
      expect(verdict(`${TEXT}\n${lineOf(ALICE, TEXT)}${line}`)).toBe(ALICE.name);
      expect(verdict(`${TEXT}\n${line}`)).toBe('unknown-key');
    }
    expect(verdict(NOTE, [])).toBe('unknown-key');
    expect(verdict(NOTE, [bob])).toBe('unknown-key');
  });

  it('matches whole names, not parts of them', () => {
    const longer = lineOf(ALICE, TEXT).replace(ALICE.name, `${ALICE.name}b`);
    const shorter = lineOf(ALICE, TEXT).replace(ALICE.name, ALICE.name.slice(0, -1));
    expect(verdict(`${TEXT}\n${longer}`)).toBe('unknown-key');
    expect(verdict(`${TEXT}\n${shorter}`)).toBe('unknown-key');
  });

  it('refuses the note if a known key has signed something else, whoever else signed it', () => {
    const wrong = lineOf(BOB, 'other\n');
    expect(verdict(`${TEXT}\n${lineOf(ALICE, TEXT)}${wrong}`, [alice, bob])).toBe('signature');
    expect(verdict(`${TEXT}\n${wrong}${lineOf(ALICE, TEXT)}`, [alice, bob])).toBe('signature');
    expect(verdict(`${TEXT}\n${wrong}${lineOf(ALICE, TEXT)}`, [alice])).toBe(ALICE.name);
    for (const length of [1, 63, 65, 72]) {
      expect(verdict(`${TEXT}\n${lineOf(ALICE, TEXT, new Uint8Array(length))}`)).toBe('signature');
    }
  });

  it('refuses a text changed in any one byte', () => {
    for (let i = 0; i < TEXT.length - 1; i++) {
      const changed = TEXT.slice(0, i) + (TEXT[i] === 'x' ? 'y' : 'x') + TEXT.slice(i + 1);
      expect(verdict(`${changed}\n${lineOf(ALICE, TEXT)}`)).toBe('signature');
    }
  });

  it('keeps the first of repeated lines by one key and drops the rest', () => {
    const good = lineOf(ALICE, TEXT);
    const bad = lineOf(ALICE, 'other\n');
    expect(verdict(`${TEXT}\n${good}${good}`)).toBe(ALICE.name);
    expect(verdict(`${TEXT}\n${good}${bad}`)).toBe(ALICE.name);
    expect(verdict(`${TEXT}\n${bad}${good}`)).toBe('signature');
  });

  it('refuses two verifiers with one name and key id', () => {
    expect(() => openNote(NOTE, [alice, bob, alice])).toThrow(RangeError);
    expect(() => openNote('', [alice, { ...bob, name: alice.name, keyId: alice.keyId }])).toThrow(RangeError);
  });

  it('reads 100 signature lines and no more', () => {
    const many = (count: number): string =>
      `${TEXT}\n${Array.from({ length: count }, (_, i) => strangerLine(`s${i}`)).join('')}`;
    expect(verdict(many(99) + lineOf(ALICE, TEXT))).toBe(ALICE.name);
    expect(verdict(many(100) + lineOf(ALICE, TEXT))).toBe('malformed');
    expect(verdict(many(101))).toBe('malformed');
  });

  it('refuses every malformed note', () => {
    const line = lineOf(ALICE, TEXT);
    const id = Buffer.alloc(4).toString('base64');
    const cases = {
      empty: '',
      'one line feed': '\n',
      'blank line only': '\n\n',
      'text only': TEXT,
      'no signature': `${TEXT}\n`,
      'no blank line': TEXT + line,
      'no final line feed': NOTE.slice(0, -1),
      'blank line after the signatures': `${NOTE}\n`,
      'text after the signatures': `${NOTE}text\n`,
      'text before the signatures': `${TEXT}\ntext\n${line}`,
      'hyphen for the dash': NOTE.replace('\u2014', '-'),
      'en dash': NOTE.replace('\u2014', '\u2013'),
      'no space after the dash': NOTE.replace('\u2014 ', '\u2014'),
      'two spaces after the dash': NOTE.replace('\u2014 ', '\u2014  '),
      'two spaces after the name': NOTE.replace(`${ALICE.name} `, `${ALICE.name}  `),
      'trailing space': `${NOTE.slice(0, -1)} \n`,
      'no name': `${TEXT}\n\u2014  ${line.split(' ')[2]}`,
      'name with plus': NOTE.replace(ALICE.name, 'a+b'),
      'name with no-break space': NOTE.replace(ALICE.name, 'a\u00a0b'),
      'no signature bytes': `${TEXT}\n\u2014 ${ALICE.name} ${id}\n`,
      'empty base64': `${TEXT}\n\u2014 ${ALICE.name} \n`,
      'name only': `${TEXT}\n\u2014 ${ALICE.name}\n`,
      'unpadded base64': NOTE.replace('=\n', '\n'),
      base64url: `${TEXT}\n\u2014 ${ALICE.name} ${'_'.repeat(8)}\n`,
      'non-zero trailing bits': `${TEXT}\n\u2014 ${ALICE.name} AAAAAAAAAAB=\n`,
      'base64 broken by a space': `${TEXT}\n\u2014 ${ALICE.name} AAAA AAAA\n`,
      'carriage returns': NOTE.replaceAll('\n', '\r\n'),
      'tab in the text': NOTE.replace('first line', 'first\tline'),
      'NUL in the text': NOTE.replace('first line', 'first\u0000line'),
      'lone surrogate': NOTE.replace('first', '\udc00'),
      'malformed line of a stranger': `${NOTE}\u2014 stranger !!!!\n`,
    };
    for (const [what, note] of Object.entries(cases)) expect(verdict(note), what).toBe('malformed');
    expect(verdict('x'.repeat(NOTE_LENGTH_MAX) + NOTE)).toBe('malformed');
    expect(verdict(Uint8Array.of(0xff, ...Buffer.from(NOTE)))).toBe('malformed');
  });

  it('throws for arguments that are no note and no list', () => {
    for (const wrong of [undefined, null, 1, [], {}] as never[]) {
      expect(() => openNote(wrong, [alice])).toThrow(TypeError);
      expect(() => parseNote(wrong)).toThrow(TypeError);
    }
    expect(() => openNote(NOTE, alice as never)).toThrow(TypeError);
  });

  it('answers a million hostile characters quickly', () => {
    const start = performance.now();
    for (const piece of ['\n', '\n\n', '\u2014 a AAAAAAA=\n', '\u2014 ', 'a', ' ']) {
      verdict(piece.repeat(NOTE_LENGTH_MAX / piece.length - 1));
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('parseNote()', () => {
  it('gives text and signatures in the order of the note', () => {
    const parsed = parseNote(`${TEXT}\n${strangerLine()}${lineOf(ALICE, TEXT)}`);
    expect(parsed.text).toBe(TEXT);
    expect(parsed.signatures.map(({ name, keyId }) => [name, keyId])).toEqual([
      ['stranger.example', 0x07070707],
      [ALICE.name, alice.keyId],
    ]);
    expect(parsed.signatures[0]!.signature).toEqual(new Uint8Array(64).fill(7));
  });
});
