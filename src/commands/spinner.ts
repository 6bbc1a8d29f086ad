import type { Terminal } from './terminal.js';

/** After how many milliseconds somebody who waits wants to know that something happens. */
const PATIENCE = 1000;

/** Shows on standard error what takes longer than a second, where somebody watches. @returns the work's own result */
export async function whileWaiting<T>(
  { interactive }: Pick<Terminal, 'interactive'>,
  text: string,
  work: Promise<T>,
): Promise<T> {
  if (!interactive) return work;
  let spinner: { stop(): unknown } | null = null;
  let done = false;
  const timer = setTimeout(async () => {
    const { default: yoctoSpinner } = await import('yocto-spinner');
    if (!done) spinner = yoctoSpinner({ text }).start();
  }, PATIENCE);
  try {
    return await work;
  } finally {
    done = true;
    clearTimeout(timer);
    (spinner as { stop(): unknown } | null)?.stop();
  }
}
