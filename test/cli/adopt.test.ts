import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OLDER_REPORT } from '../fix/older-report.js';
import { probatum, temporaryFolders } from './probatum.js';

const folder = temporaryFolders();
const PATH = 'knowledge/parcel-production-execution-report-2026-02-03.md';
const read = (root: string) => readFileSync(join(root, PATH), 'utf8');

interface Finding {
  readonly ruleId: string;
  readonly message: string;
}

async function findings(root: string): Promise<Finding[]> {
  const { out } = await probatum(['lint', '--format', 'json'], { cwd: root });
  return (JSON.parse(out) as { diagnostics: Finding[] }).diagnostics;
}

describe('probatum adopt', () => {
  it('shows what it would do, and writes it when it is asked to', async () => {
    const root = folder({ [PATH]: OLDER_REPORT });
    const shown = await probatum(['adopt', PATH], { cwd: root });
    expect(shown).toMatchObject({ code: 1, err: 'nothing was written; write it with --write\n' });
    expect(shown.out).toContain(`--- a/${PATH}\n+++ b/${PATH}\n@@ -1,`);
    expect(shown.out).toContain('\n+## §1 — Authorization Chain\n');
    expect(read(root)).toBe(OLDER_REPORT);

    const written = await probatum(['adopt', PATH, '--write'], { cwd: root });
    expect(written).toMatchObject({ code: 0, out: '', err: expect.stringContaining(`written  ${PATH}\n`) });
    const once = read(root);
    expect(once).toMatch(/^---\nkind: execution-report\n/);
    const again = await probatum(['adopt', PATH, '--write'], { cwd: root });
    expect(again).toMatchObject({
      code: 0,
      out: '',
      err: 'nothing to do: front matter is there already\n',
    });
    expect(read(root)).toBe(once);
  });

  it('leaves findings only about what somebody has to know', async () => {
    const root = folder({ [PATH]: OLDER_REPORT.replace('| V-03 | short | 1 |\n', '') });
    const rules = async () => new Set((await findings(root)).map(({ ruleId }) => ruleId));
    expect(await rules()).toContain('malformed-table');
    expect(await rules()).toContain('front-matter-required');
    await probatum(['adopt', PATH, '--write'], { cwd: root });
    expect(await rules()).toEqual(
      new Set(['front-matter-schema', 'no-broken-reference', 'no-empty-glob', 'pass-means-equal']),
    );
    const asked = (await findings(root)).filter(({ ruleId }) => ruleId === 'front-matter-schema');
    expect(asked.map(({ message }) => message.split(':')[0])).toEqual(
      expect.arrayContaining(['change', 'record.sha256', 'package.document', 'plan_sha256', 'generator']),
    );
  });

  it('asks for the kind where the words do not say it, and writes none of several files then', async () => {
    const unclear = 'Parcel\nrevision: r1\ndate: 2026-02-03\n';
    const root = folder({ [PATH]: OLDER_REPORT, 'knowledge/a.md': unclear });
    const { code, out, err } = await probatum(['adopt', PATH, 'knowledge/a.md', '--write'], { cwd: root });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: the kind of knowledge\/a\.md is not clear: .*\n {2}name it with --kind\n$/);
    expect(read(root)).toBe(OLDER_REPORT);
    const note = await probatum(['adopt', 'knowledge/a.md', '--kind', 'note', '--write'], { cwd: root });
    expect(note.code).toBe(0);
  });

  it.each<[string, string[], string]>([
    ['a kind that does not exist', ['knowledge/a.md', '--kind', 'memo'], 'no kind "memo"'],
    ['a file that does not exist', ['knowledge/b.md'], 'cannot read knowledge/b.md: ENOENT'],
    ['a file that is no text', ['knowledge/bad.md', '--kind', 'note'], 'knowledge/bad.md: '],
  ])('ends with 2 at %s', async (_, args, message) => {
    const root = folder({ 'knowledge/a.md': 'Parcel\n' });
    writeFileSync(join(root, 'knowledge/bad.md'), Buffer.from([0xff, 0xfe, 0]));
    const { code, out, err } = await probatum(['adopt', ...args], { cwd: root });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(new RegExp(`^error: ${message}`));
  });

  it('shows nothing that steers a terminal', async () => {
    const root = folder({ 'knowledge/a.md': 'Title \u001b[2J\rhidden\nrevision: r1\ndate: 2026-02-03\n' });
    const { out } = await probatum(['adopt', 'knowledge/a.md', '--kind', 'note'], { cwd: root });
    expect(out).toContain('\\u001b[2J');
    expect(out).not.toMatch(/\u001b|\r(?!\n)/);
  });
});
