/**
 * A log store in a SQLite file; the only room that imports better-sqlite3.
 * @module
 */
export { SqliteStore } from './sqlite-store.ts';
export type { SqliteOptions } from './open.ts';
