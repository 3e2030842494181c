/**
 * Node only: native speed for the portable core.
 * @module
 */
export { installNativeCrypto, nativeSigner, randomBytes32 } from './native.ts';
export { signUnitCodesParallel, type ParallelSigningOptions } from './sign-codes.ts';
export { FileMemory } from './audit-memory.ts';
export { nodeHost } from './host.ts';
