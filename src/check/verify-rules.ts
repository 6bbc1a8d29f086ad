import type { RuleDescription } from './rule.js';

const common = { group: 'provenance', severity: 'error' } as const;

/**
 * What `verify` judges beyond the rules of `lint`: it reads what lies outside of the corpus, the records of runs and
 * their artefacts, and renders reports again.
 */
export const VERIFY_RULES = [
  {
    ...common,
    id: 'record-chain',
    what: 'A record of a run that cannot be read, is not what its journal says, whose plan is not what the corpus gives at the commit that it names, or whose artefact has another digest.',
    why: 'The record is what a report is believed for; each line of its journal holds the digest of the line before it.',
    fix: 'Bring back the record, the journal or the artefact as the run wrote it, from git or a backup of the run folder.',
  },
  {
    ...common,
    id: 'report-matches-record',
    what: 'A report that names no record, pins another digest of it, or is not byte for byte what the record renders to.',
    why: 'A report says what was proved because nobody wrote it; one that was edited says what its editor believes.',
    fix: 'Render the report again from its record: `probatum report RECORD --publish --force`.',
  },
  {
    ...common,
    id: 'seal-signature',
    what: 'A record without its seal, with one of other files or of another run, with a signature that does not hold, or without those that the configuration asks for.',
    why: 'A chain does not show that its end was cut off, and whoever writes record, journal and report anew writes them consistent; the seal holds the digests of all of them, and a signature who said so.',
    fix: 'Bring back the files as the run left them. Where they are those, write the seal again: `probatum attest RECORD --seal-key FILE --output SEAL --force`.',
  },
  {
    ...common,
    id: 'signature-valid',
    what: 'A review or an authorization with a signature that does not hold, or without those that the configuration asks for; as a warning, a line of allowed_signers that cannot be read.',
    why: 'A name in front matter is typed by anybody; a signature of exactly these bytes is not.',
    fix: 'Have the document signed as it is now (`probatum sign`), by a key that allowed_signers allows and a person who has the role.',
  },
  {
    ...common,
    id: 'authorization-matches',
    what: 'An authorization that may still be used and names another plan than its package gives, one that a run used and that says otherwise than the record, or a nonce with which two runs have committed.',
    why: 'An authorization allows one commit of one plan; anything else was not allowed by it.',
    fix: 'Have the plan as it is authorized anew (`probatum new authorization`); bring back an authorization that was used as the run had it.',
  },
  {
    ...common,
    id: 'word-removed',
    what: 'With `--since`: a change that removes the report of a run on a target, a review that fails what is there, or the lock file.',
    why: 'What happened does not become untrue, and a no does not become a yes, by taking the document away; without the lock file nothing says which bytes were released.',
    fix: 'Bring the document back. A subject that was mended has other bytes, and its old review no longer speaks of it.',
  },
] as const satisfies readonly RuleDescription[];

export type VerifyRuleId = (typeof VERIFY_RULES)[number]['id'];
