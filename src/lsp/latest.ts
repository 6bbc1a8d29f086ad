/** How a task that is run again after changes tells of its results. */
export interface Outcome<T> {
  /** Called for a result that no later change has overtaken. */
  done(value: T): void;
  failed(error: unknown): void;
}

/** Runs a task after changes: after a pause, never twice at once, and only the result for the latest change counts. */
export class Latest<T> {
  private changes = 0;
  private finished = -1;
  private value: T | null = null;
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  /** @param pause milliseconds without a change before the task runs by itself */
  constructor(
    private readonly task: () => Promise<T>,
    private readonly pause: number,
    private readonly outcome: Outcome<T>,
  ) {}

  /** The last result, which may be overtaken; null before the first. */
  get last(): T | null {
    return this.value;
  }

  /** Something changed: the task runs again after the pause, or earlier if somebody asks for the result. */
  changed(): void {
    this.changes += 1;
    clearTimeout(this.timer);
    if (!this.closed) this.timer = setTimeout(() => void this.fresh(), this.pause);
  }

  /** The result for the latest change; the last one that there was if the task fails. */
  async fresh(): Promise<T | null> {
    clearTimeout(this.timer);
    while (this.finished !== this.changes && !this.closed) {
      this.running ??= this.run(this.changes);
      await this.running;
    }
    return this.value;
  }

  /** No result is told of any more. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async run(change: number): Promise<void> {
    try {
      const value = await this.task();
      this.value = value;
      if (change === this.changes && !this.closed) this.outcome.done(value);
    } catch (error) {
      if (!this.closed) this.outcome.failed(error);
    } finally {
      this.finished = change;
      this.running = null;
    }
  }
}
