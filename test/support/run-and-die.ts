import { resumeRun } from '../../src/execute/resume-run.js';
import { loadConfig } from '../../src/load/config.js';
import type { JournalLine } from '../../src/record/events.js';
import { openTarget } from '../../src/target/open-target.js';
import { TARGET, URL_VARIABLE } from './change.js';
import { runHere } from './run-probatum.js';

// `tsx run-and-die.ts ROOT EVENT[:DETAIL] [FOLDER]`, with the URL in its variable: a run, or the resumption of one, that ends like a power cut
// right after that event was written.
const [, , root = '', event = '', folder = ''] = process.argv;
const url = process.env[URL_VARIABLE] ?? '';
const [type, detail] = event.split(':');
const onEvent = (line: JournalLine) => {
  const details = [
    'id' in line ? line.id : '',
    'name' in line ? line.name : '',
    'unit' in line ? line.unit : '',
    'moment' in line ? line.moment : '',
  ];
  if (line.type === type && (detail === undefined || details.includes(detail)))
    process.kill(process.pid, 'SIGKILL');
};
if (folder === '') await runHere(root, url, { onEvent });
else {
  const target = await openTarget(
    TARGET,
    loadConfig(root).targets,
    root,
    { ...process.env, [URL_VARIABLE]: url },
    true,
  );
  await resumeRun({ folder, target, now: () => new Date(), onEvent, whyUnproved: async () => null });
}
