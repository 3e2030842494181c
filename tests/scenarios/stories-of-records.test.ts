// Goal:   stories of codes, holders, places, licences and the log find exactly what they say, however they are recorded and judged.
// Method: runner.ts, one test for each scenario; many families in one file, for each file has its own modules and its own start.
import { judgeFile } from './runner.ts';

judgeFile('identification.txt');
judgeFile('capture-errors.txt');
judgeFile('signatures.txt');
judgeFile('quantity.txt');
judgeFile('stock.txt');
judgeFile('operations.txt');
judgeFile('restated.txt');
judgeFile('log.txt');
judgeFile('custody.txt');
judgeFile('hand-overs.txt');
judgeFile('declared.txt');
judgeFile('clones.txt');
judgeFile('diversion.txt');
judgeFile('licences.txt');
