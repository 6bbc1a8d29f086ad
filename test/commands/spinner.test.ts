import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { whileWaiting } from '../../src/commands/spinner.js';

describe('whileWaiting', () => {
  let written: MockInstance<typeof process.stderr.write>;
  beforeEach(() => {
    written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => written.mockRestore());
  const text = () => written.mock.calls.map(([chunk]) => String(chunk)).join('');

  it('says what takes longer than a second, and where somebody watches only', async () => {
    expect(await whileWaiting({ interactive: true }, 'checking', wait(1500, 'slow'))).toBe('slow');
    expect(text()).toContain('checking');
    written.mockClear();
    expect(await whileWaiting({ interactive: true }, 'checking', wait(50, 'fast'))).toBe('fast');
    expect(await whileWaiting({ interactive: false }, 'checking', wait(1200, 'piped'))).toBe('piped');
    expect(text()).toBe('');
  });

  it('stops where the work fails', async () => {
    const failing = wait(1300).then(() => Promise.reject(new Error('no')));
    await expect(whileWaiting({ interactive: true }, 'checking', failing)).rejects.toThrow('no');
    written.mockClear();
    await wait(300);
    expect(text()).toBe('');
  });
});
