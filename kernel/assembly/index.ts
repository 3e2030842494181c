export { multiply, multiplyAgain, square, squareTimes } from './products';
export const SCRATCH: usize = memory.data(16384, 16);
