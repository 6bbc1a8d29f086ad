import { configDefaults, defineConfig } from 'vitest/config';

/** Tests of minutes, for every night: `npm run test:long`. */
const LONG = 'test/**/*.long.test.ts';

export default defineConfig(({ mode }) => ({
  test: {
    include: [mode === 'long' ? LONG : 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(mode === 'long' ? [] : [LONG])],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
}));
