/** The last answers to questions of text, at most so many. When half of them are new, the older half is let go at once. */
export class Recent<Answer> {
  private newer = new Map<string, Answer>();
  private older: ReadonlyMap<string, Answer> = new Map();

  /** @param most answers to keep, at least 2 */
  constructor(private readonly most: number) {}

  get(question: string): Answer | undefined {
    const answer = this.newer.get(question);
    return answer === undefined ? this.older.get(question) : answer;
  }

  set(question: string, answer: Answer): void {
    if (this.newer.size >= this.most / 2) {
      this.older = this.newer;
      this.newer = new Map();
    }
    this.newer.set(question, answer);
  }
}
