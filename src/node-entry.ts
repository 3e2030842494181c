/**
 * The package's main entry on Node: everything of index.ts, with native Ed25519 and SHA-256 behind the same verdicts.
 *
 * Reads  index.ts, node/, audit/ (host).   Used by  `import 'countermark'` on Node, through package.json "exports".
 * Note   importing it installs the accelerator in this thread; it can only speed verdicts up, never change one.
 * @module
 */
import { installAuditHost } from './audit/index.ts';
import { installNativeCrypto, nodeHost } from './node/index.ts';

installNativeCrypto();
installAuditHost(nodeHost);

export * from './index.ts';
