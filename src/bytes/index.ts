// Browser-safe.
/**
 * Bytes: argument checks, comparison, integers, and the strict text forms (hex, base64, base64url).
 * @module
 */
export * from './bytes.ts';
export * from './text.ts';
export * from './time.ts';
