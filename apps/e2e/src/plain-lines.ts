/** What a person reads on standard error: everything but the structured log lines, which are JSON. */
export function plainLines(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.trim() !== '' && !isLogLine(line));
}

function isLogLine(line: string): boolean {
  try {
    return typeof (JSON.parse(line) as { level?: unknown } | null)?.level === 'number';
  } catch {
    return false;
  }
}
