/** One problem of an expression's text or types. */
export interface CelProblem {
  /** Offset in the text. */
  at: number;
  message: string;
}

/** `ERROR: <input>:1:4: message` with the line and a caret, as cel-go's common.Error writes it. */
function problemText({ at, message }: CelProblem, source: string): string {
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  const start = before.lastIndexOf('\n') + 1;
  const column = [...source.slice(start, at)].length;
  const text = source.split('\n')[line - 1] ?? '';
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${text}\n | ${'.'.repeat(column)}^`;
}

/** An expression that does not compile; the message is that of cel-go's Issues, after the caller's prefix. */
export class CelCompileError extends Error {
  override name = 'CelCompileError';
  readonly problems: readonly CelProblem[];

  constructor(problems: readonly CelProblem[], source: string) {
    super(
      [...problems]
        .sort((a, b) => a.at - b.at)
        .map((problem) => problemText(problem, source))
        .join('\n'),
    );
    this.problems = problems;
  }
}

/** An evaluation that fails: `no such key: x`, `division by zero`… */
export class CelError extends Error {
  override name = 'CelError';
}

/** The expression did more than its budget allows; `&&` and `||` do not absorb it. */
export class CelCostError extends Error {
  override name = 'CelCostError';
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
  }
}
