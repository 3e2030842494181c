// Goal:   every story of restated.txt finds exactly what it says, however it is recorded and judged.
// Method: runner.ts, one test for each scenario.
import { judgeFile } from './runner.ts';

judgeFile('restated.txt');
