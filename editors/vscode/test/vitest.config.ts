import { defineConfig } from 'vitest/config';

/** One window, used by one test after the other. */
export default defineConfig({
  root: import.meta.dirname,
  test: { include: ['*.test.ts'], testTimeout: 300_000, hookTimeout: 300_000, bail: 1 },
});
