import { defineConfig } from 'vitest/config';

/** One window, used by one test after the other. */
export default defineConfig({
  root: import.meta.dirname,
  test: { include: ['*.test.ts'], testTimeout: 60_000, hookTimeout: 120_000, bail: 1 },
});
