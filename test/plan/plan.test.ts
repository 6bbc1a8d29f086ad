import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { EXAMPLE } from '../../src/demo/example.js';
import { loadConfig } from '../../src/load/config.js';
import { schemaErrors } from '../../src/load/schemas.js';
import { type Compilation, compile, type PreparedPlan, preparePlan } from '../../src/pipeline.js';
import { planDigest, planDocuments } from '../../src/plan/build-plan.js';
import type { Plan, PlanUnit } from '../../src/plan/plan.js';
import type { ByteRange } from '../../src/sql/facts.js';

/*
 * The plan of this repository's own package. What it says of bytes is calculated again by other programs, in a child
 * process: sed for the lines, tail and head for the bytes, sha256sum for the digests.
 */

const REPOSITORY = join(import.meta.dirname, '../..');

let compilation: Compilation;
let prepared: PreparedPlan;
let plan: Plan;

beforeAll(async () => {
  compilation = await compile(loadConfig(REPOSITORY));
  prepared = planned(compilation);
  plan = prepared.plan;
});

function planned(from: Compilation): PreparedPlan {
  const found = preparePlan(from, EXAMPLE.package);
  if (!('plan' in found)) throw new Error('the example has no plan');
  return found;
}

/** Lines that a shell command prints, in the repository's folder. */
function shell(script: string): string[] {
  return execFileSync('bash', ['-eu', '-c', script], { cwd: REPOSITORY, encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

/** Digests that sha256sum gives of the outputs of shell commands, one each. */
function digestsOf(commands: readonly string[]): string[] {
  return shell(commands.map((command) => `${command} | sha256sum`).join('\n')).map((line) =>
    line.slice(0, 64),
  );
}

const linesOf = (path: string, ranges: readonly ByteRange[]) =>
  `{ ${ranges.map(({ firstLine, lastLine }) => `sed -n '${firstLine},${lastLine}p' '${path}';`).join(' ')} }`;

const bytesOf = (path: string, ranges: readonly ByteRange[]) =>
  `{ ${ranges.map(({ start, end }) => `tail -c +${start + 1} '${path}' | head -c ${end - start};`).join(' ')} }`;

const part = (input: string, { start, end }: { start: number; end: number }) =>
  `${input} | tail -c +${start + 1} | head -c ${end - start}`;

describe('the plan of the example', () => {
  it('has the shape of its schema, and no errors in its documents', () => {
    expect(schemaErrors('plan', plan)).toEqual([]);
    expect(prepared.errors).toEqual([]);
  });

  it('is plain data: it survives JSON unchanged', () => {
    expect(JSON.parse(canonicalJson(plan))).toEqual(plan);
  });

  it('has the digest of its canonical JSON, as another program calculates it', () => {
    const digest = execFileSync('sha256sum', { input: canonicalJson(plan), encoding: 'utf8' }).slice(0, 64);
    expect(prepared.planSha256).toBe(digest);
    expect(planDigest(plan)).toBe(digest);
  });

  it('is the one that the committed records were made with', () => {
    for (const path of [EXAMPLE.dryRunReport, EXAMPLE.executionReport]) {
      const report = readFileSync(join(REPOSITORY, path), 'utf8');
      expect(/^plan_sha256: (.*)$/m.exec(report)?.[1]).toBe(prepared.planSha256);
    }
  });

  it('is the same again, and the same from a copy of the corpus elsewhere', async () => {
    const text = canonicalJson(plan);
    const again = planned(await compile(loadConfig(REPOSITORY)));
    expect(canonicalJson(again.plan)).toBe(text);
    const root = mkdtempSync(join(tmpdir(), 'probatum-plan-'));
    try {
      cpSync(join(REPOSITORY, 'knowledge'), join(root, 'a folder/knowledge'), { recursive: true });
      const copy = planned(await compile(loadConfig(join(root, 'a folder'))));
      expect(canonicalJson(copy.plan)).toBe(text);
      expect(copy.planSha256).toBe(prepared.planSha256);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  it('names nothing of the machine', () => {
    expect(canonicalJson(plan)).not.toContain(REPOSITORY);
    expect(canonicalJson(plan)).not.toContain(tmpdir());
  });
});

describe('digests in the plan', () => {
  it('of its documents are those of the files', () => {
    const documents = planDocuments(plan);
    expect(documents).toHaveLength(6);
    expect(digestsOf(documents.map(({ path }) => `cat '${path}'`))).toEqual(
      documents.map(({ sha256 }) => sha256),
    );
  });

  it('of its predecessors are those of their fences', () => {
    const commands = plan.predecessors.flatMap(({ path }) => [
      `awk '/^\`\`\`sql migration$/ { on = 1; next } /^\`\`\`$/ { on = 0 } on' '${path}'`,
      `awk '/^\`\`\`sql fixture$/ { on = 1; next } /^\`\`\`$/ { on = 0 } on' '${path}'`,
    ]);
    const nothing = digestsOf(['printf ""'])[0];
    const found = digestsOf(commands).map((digest) => (digest === nothing ? null : digest));
    expect(found).toEqual(
      plan.predecessors.flatMap(({ migrationSha256, fixtureSha256 }) => [migrationSha256, fixtureSha256]),
    );
    expect(found).toContain(null);
  });

  describe.each(['migration', 'rollback'] as const)('of the %s', (name) => {
    let unit: PlanUnit;
    beforeAll(() => {
      unit = plan[name];
    });

    it('and its size are those of its lines and of its byte ranges', () => {
      const { document, ranges, sha256, size } = unit;
      const [lines, bytes] = [linesOf(document, ranges), bytesOf(document, ranges)];
      expect(digestsOf([lines, bytes])).toEqual([sha256, sha256]);
      expect(shell(`${lines} | wc -c`).map(Number)).toEqual([size]);
    });

    it('and places of its statements are those of the file', () => {
      const { document, ranges, statements } = unit;
      const whole = linesOf(document, ranges);
      expect(digestsOf(statements.map((statement) => part(whole, statement)))).toEqual(
        statements.map(({ sha256 }) => sha256),
      );
      const firstLines = shell(statements.map(({ line }) => `sed -n '${line}p' '${document}'`).join('\n'));
      for (const [index, { label }] of statements.entries()) expect(firstLines[index]).toContain(label);
      expect(statements.map(({ number }) => number)).toEqual(statements.map((_, index) => index + 1));
    });
  });

  describe.each(['preflight', 'verification'] as const)('of the %s', (name) => {
    const role = name === 'preflight' ? 'preflight' : 'verify';
    const fence = `awk '/^\`\`\`sql ${role}$/ { on = 1; next } /^\`\`\`$/ { on = 0 } on' '${EXAMPLE.package}'`;

    it('are those of the fence and of its statements', () => {
      const { sha256, checks } = plan[name];
      const statements = checks.flatMap(({ statement }) => statement ?? []);
      expect(statements.length).toBeGreaterThan(7);
      expect(digestsOf([fence, ...statements.map((one) => part(fence, one))])).toEqual([
        sha256,
        ...statements.map((one) => one.sha256),
      ]);
    });

    it('stand beside the ids that the file has, at their lines', () => {
      const { checks } = plan[name];
      const lines = shell(checks.map(({ line }) => `sed -n '${line}p' '${EXAMPLE.package}'`).join('\n'));
      expect(lines).toEqual(checks.map(({ id, title }) => `-- ${id}: ${title}`));
      const all = shell(`${fence} | grep -cE '^-- (PF|V)-'`).map(Number);
      expect(all).toEqual([checks.length]);
    });
  });

  it('are those of the bytes that a run would send', () => {
    const { bytes } = prepared;
    const pinned = [plan.migration, plan.rollback, plan.preflight, plan.verification].map(
      ({ sha256 }) => sha256,
    );
    const buffers = [bytes.migration, bytes.rollback, bytes.preflight, bytes.verify];
    const found = buffers.map((unit) =>
      execFileSync('sha256sum', { input: unit.bytes, encoding: 'utf8' }).slice(0, 64),
    );
    expect(found).toEqual(pinned);
  });
});
