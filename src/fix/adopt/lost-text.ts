/** Words and marks of a text that another one has not, each as often as it is missing. Order and blanks do not count. */
export function lostText(before: string, after: string): string[] {
  const left = new Map<string, number>();
  for (const token of tokens(after)) left.set(token, (left.get(token) ?? 0) + 1);
  return tokens(before).filter((token) => {
    const count = left.get(token) ?? 0;
    left.set(token, count - 1);
    return count < 1;
  });
}

function tokens(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];
}
