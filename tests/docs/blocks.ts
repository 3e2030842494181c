/**
 * Fenced code blocks of the documents, so that what is printed there is what the tests run.
 *
 * Reads  the working tree.   Used by  tests/docs.
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Contents of all fenced blocks of a language, in order. */
export function blocksOf(document: string, language: string): readonly string[] {
  const text = readFileSync(fileURLToPath(new URL(`../../${document}`, import.meta.url)), 'utf8');
  return [...text.matchAll(/^```(\S*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , body]) => body!);
}
