import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

/** Ends a program with this process, however it ends by itself or by a signal that it handles: it would go on writing. */
export function endsWithProcess<T extends ChildProcess>(child: T): T {
  if (running.size === 0) process.once('exit', endAll);
  running.add(child);
  child.once('close', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  });
  return child;
}

function endAll(): void {
  for (const child of running) child.kill();
}
