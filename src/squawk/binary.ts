import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UsageError } from '../base/usage-error.js';

/**
 * The squawk binary that a corpus has installed: that of the npm package `squawk-cli` for this platform.
 * @throws UsageError `missing-tool`
 */
export function findSquawk(root: string): string {
  const platform = `@squawk-cli/${process.platform}-${process.arch}`;
  const name = process.platform === 'win32' ? 'squawk.exe' : 'squawk';
  // npm puts the platform's package beside squawk-cli or below it.
  const wrapper = resolveFrom(root, 'squawk-cli');
  for (const from of wrapper ? [root, wrapper] : [root]) {
    const folder = resolveFrom(from, platform);
    const binary = folder && join(folder, 'bin', name);
    if (binary && existsSync(binary)) return binary;
  }
  throw new UsageError(
    'missing-tool',
    `the configuration says "squawk: true", but squawk is not installed in ${root}`,
    'npm install --save-dev squawk-cli, or take the line out of probatum.config.yaml',
  );
}

/** Folder of a package as a folder finds it. */
function resolveFrom(folder: string, name: string): string | null {
  try {
    return dirname(createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}
