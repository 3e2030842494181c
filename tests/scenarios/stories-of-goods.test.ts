// Goal:   stories of what becomes of goods, of the cold and of care find exactly what they say, however they are recorded and judged.
// Method: runner.ts, one test for each scenario; many families in one file, for each file has its own modules and its own start.
import { judgeFile } from './runner.ts';

judgeFile('states.txt');
judgeFile('status.txt');
judgeFile('marks.txt');
judgeFile('aggregation.txt');
judgeFile('containers.txt');
judgeFile('corrections.txt');
judgeFile('use.txt');
judgeFile('cold-chain.txt');
judgeFile('cold-chain-gaps.txt');
judgeFile('practitioners.txt');
judgeFile('consumer.txt');
