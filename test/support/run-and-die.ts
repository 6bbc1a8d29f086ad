import { runHere } from './run-probatum.js';

// `tsx run-and-die.ts ROOT URL EVENT[:DETAIL]`: a run that ends like a power cut right after that event was written.
const [, , root = '', url = '', event = ''] = process.argv;
const [type, detail] = event.split(':');
await runHere(root, url, {
  onEvent: (line) => {
    const details = ['id' in line ? line.id : '', 'unit' in line ? line.unit : ''];
    if (line.type === type && (detail === undefined || details.includes(detail)))
      process.kill(process.pid, 'SIGKILL');
  },
});
