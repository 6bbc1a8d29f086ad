import type { Plugin } from './config-files.js';

/** Runs a plugin's module. It is code of the corpus, with the rights of the user. */
export async function importPlugin({ url }: Plugin): Promise<{ readonly [name: string]: unknown }> {
  return import(url);
}
