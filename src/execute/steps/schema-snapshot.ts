import { readCatalogue, storedCatalogue } from '../../target/catalogue.js';
import { writeArtefact } from '../artefacts.js';
import { migratingSession } from '../context.js';
import { done, type Step } from './step.js';

/** C-03: every object of the database, in the backup's snapshot. */
export const schemaSnapshot: Step = {
  title: 'write the catalogue snapshot',
  async run(context) {
    const { snapshot } = context.state;
    const session = snapshot?.session ?? migratingSession(context);
    const catalogue = await (snapshot?.evidence?.catalogue ?? readCatalogue(session));
    context.state.catalogue = catalogue;
    const bytes = Buffer.from(storedCatalogue(catalogue));
    const digest = await writeArtefact(
      context,
      'schema-snapshot',
      'schema snapshot',
      'schema-before.jsonl',
      bytes,
      'catalogue queries',
    );
    return done(`${catalogue.objects.length} objects, sha256 ${digest}`);
  },
};
