// Goal:   every story of capture-errors.txt finds exactly what it says, however it is recorded and judged.
// Method: runner.ts, one test for each scenario.
import { judgeFile } from './runner.ts';

judgeFile('capture-errors.txt');
