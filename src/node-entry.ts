/**
 * The package's main entry on Node: everything of index.ts, with native Ed25519 and SHA-256 behind the same verdicts.
 *
 * Reads  index.ts, node/.   Used by  `import 'countermark'` on Node, through package.json "exports".
 * Note   importing it installs the accelerator in this thread; it can only speed verdicts up, never change one.
 * @module
 */
import { installNativeCrypto } from './node/index.ts';

installNativeCrypto();

export * from './index.ts';
