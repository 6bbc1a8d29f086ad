import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from './base/package-root.js';

interface Manifest {
  readonly name: string;
  readonly version: string;
}

const manifest = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as Manifest;

/** Version of this package. */
export const VERSION = manifest.version;

/** What a record says of the program that made it. */
export const TOOL = {
  name: manifest.name,
  version: manifest.version,
  runtime: `Node.js ${process.versions.node} on ${process.platform} ${process.arch}`,
} as const;
